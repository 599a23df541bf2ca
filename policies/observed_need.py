"""Need as a programme observes it: with an error, and each household looked at once a year."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I16, I64
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.judgement import JudgementShares, judgement_shares, misjudgement, team_error
from tuopin.agents.randomness import CHUNK, TARGETING, Draws, draw_chunk
from tuopin.policies.arrays import Rows
from tuopin.policies.units import Units, units_of


class ObservedNeed:
    """What the village teams observe of households' need for one programme in one year.

    The programme step makes one for each programme. A household is looked at when somebody first asks, in the state of
    the step's start, and what was observed is kept: whoever asks again gets the same.

    Parameters
    ----------
    county
        The county as it stands when the step begins.
    need
        The programme's score of some rows, lower first, without error.
    noise
        Standard deviation of the error of an average team, in units of the score.
    block
        The programme's own sequence on the stream of errors.
    units
        What is looked at; households unless given.
    """

    def __init__(
        self,
        county: County,
        need: Callable[[County, Rows | slice], F64],
        noise: float,
        block: int,
        units: Units | None = None,
    ) -> None:
        self._county, self._need, self._noise, self._block = county, need, noise, block
        self._units = units or units_of(county)
        self._observed: F64 | None = None

    def of(self, rows: Rows) -> F64:
        """Observed need of `rows`, shape (n,), lower first."""
        if self._observed is None:
            self._observed = np.full(len(self._units.uid), np.nan)
        observed: F64 = self._observed[rows]
        new = np.flatnonzero(np.isnan(observed))
        if len(new):
            observed[new] = self._observed[rows[new]] = self._look(rows[new])
        return observed

    def of_all(self) -> F64:
        """Observed need of every household, shape (households,)."""
        if self._observed is None:
            self._observed = self._look(slice(None))
            return self._observed
        return self.of(np.arange(len(self._units.uid)))

    def _look(self, rows: Rows | slice) -> F64:
        need = np.asarray(self._need(self._county, rows), dtype=np.float64)
        if not self._county.on("targeting_error"):
            return need.copy()  # it may be a column of the households
        county, units = self._county, self._units
        observed = np.empty(len(need))
        cases = _Cases(
            need=need, village=units.village[rows], uid=units.uid[rows], error=self._noise * team_error(county)
        )
        lasting, of_year = (
            county.luck.draws(TARGETING, year, normals=1, block=self._block) for year in (0, county.year)
        )
        _misjudge(cases, lasting, of_year, judgement_shares(county), observed)
        return observed


class _Cases(NamedTuple):
    """Households looked at, and the standard deviation of each village team's error, shape (villages,)."""

    need: F64
    village: I16
    uid: I64
    error: F64


@rule
def observed_score(need: float, error: float, z: float) -> float:
    """A score as a team with standard deviation `error` observes it; `z` is its standard normal of the household."""
    return error * z + need


@compiled
def _misjudge(cases: _Cases, lasting: Draws, of_year: Draws, shares: JudgementShares, observed: F64) -> None:
    """Write every case's need as observed."""
    for first in range(0, cases.uid.shape[0], CHUNK):
        many = draw_chunk(of_year, cases.uid, first)
        draw_chunk(lasting, cases.uid, first)
        trait, z = lasting.z[0], of_year.z[0]
        village, need, out = cases.village[first:], cases.need[first:], observed[first:]
        for k in range(many):
            out[k] = observed_score(need[k], cases.error[village[k]], misjudgement(trait[k], z[k], shares))
