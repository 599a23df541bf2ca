"""What a run leaves behind: indicators, accounts, spells and, if asked for, the panel, gathered year by year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tuopin.agents.columns import ColumnName
from tuopin.agents.county import County
from tuopin.agents.demography import Movement
from tuopin.agents.economy import statistical_line
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy
from tuopin.sim.measures import spells
from tuopin.sim.measures.state import YearState
from tuopin.sim.measures.transitions import income_class
from tuopin.sim.measures.views import TRACKED
from tuopin.sim.measures.yearly import yearly_values
from tuopin.sim.run.lives import advance_lives, own_income
from tuopin.sim.run.panel import panel_year
from tuopin.sim.run.year_state import Start, noted, paid_by, poor_by_view, reported, start_of, year_state

VIEWS = TRACKED
SPELLS: dict[str, tuple[ColumnName, ColumnName]] = {
    "true": ("spell_start_true", "spell_left_true"),
    "registry": ("spell_start_registry", "spell_left_registry"),
    "survey": ("spell_start_survey", "spell_left_survey"),
}
"""Columns of a view's running spell: the year it began in, and whether that was before the run."""
Array = NDArray[Any]


class Recorder:
    """Records one run: a scenario in a replicate.

    `remember` the state before an assessment, then `record` after it.
    """

    def __init__(self, first_year: int, last_year: int, panel: bool = False, groups: Sequence[str] = ()) -> None:
        self.first_year, self.last_year = first_year, last_year
        self.groups = tuple(groups)
        self.rows: list[tuple[int, tuple[Any, ...], Array]] = []
        self.panels: list[pa.Table] | None = [] if panel else None
        self.persons: list[tuple[int, int, Movement | None]] = []
        self.spell_counts = {view: spells.new_counts(first_year, last_year) for view in VIEWS}
        self._before: dict[str, Array] = {}
        self._exited: dict[str, Array] = {}
        self._class_before: Array | None = None
        self._moved: Movement | None = None
        self.initial: Start = Start(*(np.empty(0) for _ in Start._fields))

    def fork(self, panel: bool) -> Recorder:
        """Return an independent copy that records on; with `panel` False its panels are left out."""
        twin = Recorder(self.first_year, self.last_year, groups=self.groups)
        twin.rows = list(self.rows)
        twin.persons = list(self.persons)
        twin.initial = self.initial
        twin.panels = list(self.panels or ()) if panel else None
        twin.spell_counts = {view: counts.copy() for view, counts in self.spell_counts.items()}
        return twin

    def start(self, county: County, policies: Sequence[Policy]) -> None:
        """Record the initial state: no moves, running spells left-censored."""
        h = county.households
        for view, poor in poor_by_view(county).items():
            exited = h.registry_exit_year > 0 if view == "registry" else np.zeros(len(h), dtype=np.bool_)
            start, left = spells.begin(poor=poor, exited=exited, year=self.first_year)
            first, censored = (h.column(name) for name in SPELLS[view])
            first[:], censored[:] = start, left
        self.initial = start_of(county)
        self._write(county, policies, year_state(county, policies, self.initial, own_income(county), self.groups))

    def leave(self, county: County, members: Array) -> None:
        """Close the spells of households that ended in this year's demography; `members` are last year's persons."""
        gone = np.flatnonzero(county.households.members[: len(members)] == 0)
        if len(gone) == 0:
            return
        for view, poor in poor_by_view(county).items():
            running = _running(county, view, poor, members, gone)
            spells.close(self.spell_counts[view], self.first_year, county.year - 1, running)

    def move(self, moved: Movement) -> None:
        """Keep how many persons came and went in this year's demography."""
        self._moved = moved

    def remember(self, county: County) -> None:
        """Keep the status of the three views as it stood before this year's assessment."""
        h = county.households
        self._before = {view: poor.copy() for view, poor in poor_by_view(county).items()}
        self._exited = {"true": h.exits > 0, "registry": h.exited_registry.copy(), "survey": h.exited_survey.copy()}
        line_before = statistical_line(county.parameters, county.year - 1)
        self._class_before = income_class(h.income_pp, line_before)

    def record(self, county: County, policies: Sequence[Policy], ledger: Ledger, others: Sequence[Policy] = ()) -> None:
        """Record the year just assessed, in which `policies` were programmes and `others` enrolled nobody."""
        h, now = county.households, poor_by_view(county)
        for view, poor in now.items():
            running = _running(county, view, poor, h.members)
            spells.advance(self.spell_counts[view], self.first_year, county.year, running, self._before[view])
        h.exited_registry[:] |= self._before["registry"] & ~now["registry"]
        h.exited_survey[:] |= self._before["survey"] & ~now["survey"]
        alone = own_income(county)
        advance_lives(county, alone)
        state = year_state(
            county,
            policies,
            self.initial,
            alone,
            self.groups,
            poor_before=self._before,
            exited_before=self._exited,
            class_before=self._class_before,
            poverty_years_before=self._poverty_years(),
            notes=noted(county, alone),
            programmes=paid_by(ledger, county, policies),
            reports={policy.name: reported(policy, county, ledger) for policy in (*policies, *others)},
        )
        self._write(county, policies, state)

    def _poverty_years(self) -> Array:
        """Poor person-years up to the last year recorded, everybody first, then by group."""
        _, keys, values = self.rows[-1]
        first = keys.index(("true", "all", "poverty_years_persons"))
        last = first + 1
        while last < len(keys) and keys[last][2] == "poverty_years_persons":
            last += 1
        before: Array = values[first:last]
        return before

    def finish(self, county: County) -> None:
        """Close the spells that still run at the horizon."""
        h = county.households
        for view, poor in poor_by_view(county).items():
            running = _running(county, view, poor, h.members)
            spells.close(self.spell_counts[view], self.first_year, county.year, running)

    def latest(self, view: str, indicator: str) -> float:
        """The latest value of an indicator for everybody; NaN if it has none."""
        if not self.rows:
            return float("nan")
        _, keys, values = self.rows[-1]
        try:
            return float(values[keys.index((view, "all", indicator))])
        except ValueError:
            return float("nan")

    def spell_columns(self) -> dict[str, Array]:
        """Merged spells of all views as columns, `view` first."""
        parts = {view: spells.merged(self.spell_counts[view], self.first_year) for view in VIEWS}
        columns = {"view": np.repeat(np.array(VIEWS, dtype=object), [len(p["kind"]) for p in parts.values()])}
        for name in next(iter(parts.values())):
            columns[name] = np.concatenate([p[name] for p in parts.values()])
        return columns

    def persons_columns(self) -> dict[str, list[int | None]]:
        """Persons at the end of each year and who came and went in it; unknown (None) in the initial year."""
        columns: dict[str, list[int | None]] = {
            "year": [year for year, _, _ in self.persons],
            "persons": [persons for _, persons, _ in self.persons],
        }
        for k, name in enumerate(Movement._fields):
            columns[name] = [None if moved is None else moved[k] for _, _, moved in self.persons]
        return columns

    def _write(self, county: County, policies: Sequence[Policy], state: YearState) -> None:
        keys, values = yearly_values(state)
        self.rows.append((county.year, keys, values))
        self.persons.append((county.year, int(county.households.members.sum()), self._moved))
        if self.panels is not None:
            self.panels.append(panel_year(county, policies))


def _running(
    county: County, view: str, poor: Array, members: Array, rows: Array | slice = slice(None)
) -> spells.Running:
    start, left = (county.households.column(name)[rows] for name in SPELLS[view])
    return spells.Running(poor=poor[rows], members=members[rows], start=start, left=left)
