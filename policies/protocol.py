"""What a policy is: a declaration and a few vectorised rules.

A rule may read any column of the county as it stood when the step began; it writes only the policy's own columns and
the
year's terms (`tuopin.agents.flows.TERMS`). Policies act in the order of their names whatever order a study lists them
in, so listing order cannot change results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.columns import EXITED, Column
from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.economy import INCOME_FLOOR
from tuopin.agents.parameters import Parameter, Value, draw_parameter, name_key, read_parameters
from tuopin.agents.randomness import CHUNK, TAKE_UP, TARGETING, Luck, fill4, fill_normals
from tuopin.agents.rationing import reached
from tuopin.agents.registry import registered, team_error
from tuopin.policies.ledger import Ledger

D = TypeVar("D")
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
Fen = NDArray[np.int64]
_COMMON = Path(__file__).parent / "common.yaml"


def policy_parameters(name: str, path: Path) -> dict[str, Parameter]:
    """Read a policy's parameters file on top of the common parameters; its own entries win."""
    return {**read_parameters(_COMMON, name), **read_parameters(path, name)}


class Policy:
    """Base of every programme: subclass it, declare the class attributes, override the rules that apply.

    Per household it keeps the column `<name>_since`: the year of enrolment, 0 if not enrolled.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    label_zh: ClassVar[str] = ""
    steps: ClassVar[tuple[str, ...]] = ("programmes",)
    parameters: ClassVar[Mapping[str, Parameter]]
    own_columns: ClassVar[tuple[Column, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ()
    """Base columns this policy may change; no two policies may name the same."""

    def __init__(self, settings: Mapping[str, Any], luck: Luck | None = None) -> None:
        """Take a scenario's settings; with `luck`, free parameters not set are drawn. Raises KeyError if unknown."""
        self._seen: NDArray[np.float64] | None = None
        self._eyes_open = False
        self.resolved: dict[str, Parameter] = {}
        self._known: dict[tuple[str, int], Any] = {}
        for name, parameter in self.parameters.items():
            self.resolved[name] = draw_parameter(parameter, luck) if luck and name not in settings else parameter
        for name, value in settings.items():
            self.resolved[name] = replace(
                self.resolved[name], value=dict(value) if isinstance(value, Mapping) else value
            )

    # --- numbers -----------------------------------------------------------------------------------------------------

    def value(self, name: str, year: int) -> float:
        """The parameter `name` in `year` as a float."""
        return float(self.setting(name, year))  # type: ignore[arg-type]

    def setting(self, name: str, year: int) -> Value | None:
        """The parameter `name` in `year`; None stands for unlimited."""
        return self.resolved[name].at(year)

    def remember(self, name: str, year: int, make: Callable[[], D]) -> D:
        """Return what `make` gave for `name` and `year` the first time; for what follows from the settings and the
        year alone.
        """
        key = (name, year)
        if key not in self._known:
            self._known[key] = make()
        return cast(D, self._known[key])

    def budget_fen(self, county: County) -> int | None:
        """The year's budget in fen at the county's scale; None if unlimited. A county of a region has its part of
        it.
        """
        budget = self.setting("budget", county.year)
        return None if budget is None else county.place.part(round(float(budget) * county.scale * 100.0))

    def slots(self, county: County) -> int | None:
        """Households that may enrol this year; None if unlimited. A county of a region has its part of them."""
        slots = self.setting("slots", county.year)
        return None if slots is None else county.place.part(round(float(slots) * county.scale))

    # --- state -------------------------------------------------------------------------------------------------------

    @classmethod
    def columns(cls) -> tuple[Column, ...]:
        """The household columns of this policy."""
        since = Column(
            f"{cls.name}_since",
            "programme",
            "int16",
            "year",
            0,
            3000,
            f"enrolled in {cls.label} since (0 not)",
            f"{cls.label_zh}参与年份",
        )
        return (since, *cls.own_columns)

    def since(self, county: County) -> NDArray[np.int16]:
        """Year of enrolment per household, 0 if not enrolled."""
        return county.households.column(f"{self.name}_since")

    def enrolled(self, county: County) -> Mask:
        """Who is enrolled, bool per household."""
        mask: Mask = self.since(county) > 0
        return mask

    # --- rules -------------------------------------------------------------------------------------------------------

    def prepare(self, county: County) -> None:
        """Set up institutions and own columns once, in the initial state."""

    def strike(self, county: County) -> None:
        """Shocks to the policy's own institutions (firm failure), in the step of shocks."""

    def eligible(self, county: County) -> Mask:
        """Who may enrol; by default the registered poor."""
        return registered(county)

    def need(self, county: County, rows: Rows | slice) -> NDArray[np.float64]:
        """What ranks the applicants `rows`, lower first; by default log net income per person of last year."""
        result: NDArray[np.float64] = np.log(np.maximum(county.households.net_income_pp[rows], INCOME_FLOOR))
        return result

    def take_up(self, county: County, rows: Rows) -> NDArray[np.float64] | float:
        """Probability that an eligible household accepts, for each of `rows` or one for all."""
        return self.value("take_up", county.year)

    def unit_cost(self, county: County, rows: Rows) -> NDArray[np.int64]:
        """Cost of enrolling each household of `rows` this year, fen, all payers."""
        return np.zeros(len(rows), dtype=np.int64)

    def affordable(self, county: County, rows: Rows, left_fen: int) -> tuple[Rows, NDArray[np.int64]]:
        """Choose whom of the applicants `rows` the year's slots and `left_fen` reach, neediest first. Changes nothing.

        Returns the rows (ascending) and the cost of each in fen; costs sum to at most `left_fen`.
        """
        slots = self.slots(county)
        chosen, cost = reached(
            self.seen_need(county, rows),
            county.households.uid[rows],
            len(rows) if slots is None else slots,
            left_fen,
            lambda index: self.unit_cost(county, rows[index]),
        )
        return rows[chosen], cost

    def room(self, county: County, rows: Rows) -> Mask:
        """For which of the funded `rows` the policy's institutions have room; by default all. Those then enrol."""
        return np.ones(len(rows), dtype=np.bool_)

    def pay_enrolment(self, county: County, ledger: Ledger, rows: Rows, fen: NDArray[np.int64]) -> None:
        """Post the cost of enrolment, split over payers; by default the county pays."""
        ledger.post(self.name, "county", rows, fen)

    def enrol(self, county: County, rows: Rows) -> None:
        """Write own columns of newly enrolled households; `<name>_since` is already set."""

    def withdraw(self, county: County) -> Mask:
        """Who leaves the programme now; by default exited households once support after exit has run out."""
        h = county.households
        leaves = np.empty(len(h), dtype=np.bool_)
        months = self.value("support_after_exit_months", county.year)
        _support_is_over(self.since(county), h.registry_status, h.registry_exit_year, county.year, months, leaves)
        return leaves

    def release(self, county: County, rows: Rows) -> None:
        """Undo own columns of households that leave; `<name>_since` is already 0."""

    def recount(self, county: County) -> None:
        """Count the members of the policy's institutions anew, after births, deaths, splits and withdrawals."""

    def serve(self, county: County, ledger: Ledger) -> None:
        """Add to the year's terms, after enrolment and before the livelihood step."""

    def employ(self, county: County) -> None:
        """Fill the policy's own jobs with workers still idle after the year's changes of jobs; add to `wage_term`."""

    def reimburse(self, county: County, ledger: Ledger | None) -> None:
        """Add to `reimbursed_term`. With `ledger` None it is a quote: nothing is paid yet, budgets do not bind."""

    def transfer(self, county: County, ledger: Ledger) -> None:
        """Add to `tested_transfer_term` (income-tested transfers) and post them."""

    def expected_gain(self, county: County) -> NDArray[np.float64]:
        """What a household may expect to gain, yuan a person and year; zero if the policy cannot tell."""
        return np.zeros(len(county.households))

    # --- luck --------------------------------------------------------------------------------------------------------

    @property
    def block(self) -> int:
        """The policy's own sequence on the streams shared by policies, from its name alone."""
        return name_key(self.name) % 2**28 * 4

    def willingness(self, county: County, rows: Rows) -> NDArray[np.float64]:
        """A uniform for each household of `rows`, fixed for life: it accepts if this is below take-up."""
        return county.luck.uniform(TAKE_UP, 0, county.households.uid[rows], self.block)

    def seen_need(self, county: County, rows: Rows) -> NDArray[np.float64]:
        """Need of `rows` as the programme sees it, with error unless `targeting_error` is off.

        Within the programme step a household is looked at once: what was seen is kept.
        """
        if not self._eyes_open:
            return self._look(county, rows)
        if self._seen is None:
            self._seen = np.full(len(county.households), np.nan)
        seen: NDArray[np.float64] = self._seen[rows]
        new = np.flatnonzero(np.isnan(seen))
        if len(new):
            seen[new] = self._seen[rows[new]] = self._look(county, rows[new])
        return seen

    def seen_need_of_all(self, county: County) -> NDArray[np.float64]:
        """Need of every household as the programme sees it, shape (households,)."""
        seen = self._look(county, slice(None))
        if self._eyes_open:
            self._seen = seen
        return seen

    def open_eyes(self) -> None:
        """Begin the programme step: from now on needs are seen once, in the state of its start."""
        self._eyes_open, self._seen = True, None

    def close_eyes(self) -> None:
        """End the programme step."""
        self._eyes_open, self._seen = False, None

    def _look(self, county: County, rows: Rows | slice) -> NDArray[np.float64]:
        need = self.need(county, rows)
        if not county.on("targeting_error"):
            return need
        h, luck = county.households, county.luck
        seen = np.empty(len(need))
        _misjudge(
            np.asarray(need, dtype=np.float64),
            h.village[rows],
            self.value("targeting_noise", county.year) * team_error(county),
            h.uid[rows],
            luck.seed,
            luck.replicate,
            TARGETING,
            county.year,
            self.block,
            seen,
        )
        return seen


@compiled
def _support_is_over(since: Any, status: Any, exit_year: Any, year: Any, months: Any, leaves: Any) -> None:
    for i in range(since.shape[0]):
        leaves[i] = since[i] > 0 and status[i] == EXITED and 12 * (year - exit_year[i] - 1) >= months


@compiled
def _misjudge(
    need: Any,
    village: Any,
    error: Any,
    uid: Any,
    seed: Any,
    replicate: Any,
    stream: Any,
    year: Any,
    block: Any,
    seen: Any,
) -> None:
    """Write each need with the error of its village's team: a normal times `error` (villages,)."""
    u, z = np.empty((4, CHUNK)), np.empty(CHUNK)
    for first in range(0, uid.shape[0], CHUNK):
        many = min(CHUNK, uid.shape[0] - first)
        fill4(seed, replicate, stream, year, uid[first : first + many], block, u)
        fill_normals(u[0, :many], z)
        places, needs, out = village[first : first + many], need[first : first + many], seen[first : first + many]
        for k in range(many):
            out[k] = error[places[k]] * z[k] + needs[k]
