"""What calibration looks at: the households of every year of a few scenarios of one replicate, as pandas frames.

Parameters are the stated ones, never drawn: the question is what the model as printed simulates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args, overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tuopin.agents.arrays import Array
from tuopin.agents.columns import ColumnName
from tuopin.agents.county import County
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.flows import FlowName
from tuopin.agents.randomness import Luck
from tuopin.agents.registry import registered
from tuopin.sim.calibration.decomposition import log_income
from tuopin.sim.run.burn_in import initial_county
from tuopin.sim.run.run import Run, begin
from tuopin.sim.run.setup import make_policies, own_parameters
from tuopin.sim.run.tables import tables
from tuopin.sim.run.year import simulate_year
from tuopin.sim.study.plan import Plan

COLUMNS: tuple[ColumnName, ...] = (
    "village",
    "members",
    "working_age",
    "elderly",
    "able_workers",
    "off_farm",
    "migrants",
    "disabled",
    "chronic",
    "health",
    "insured",
    "cause",
    "registered_at_start",
    "poor_true",
    "poor_survey",
    "income_pp",
    "net_income_pp",
    "market_income_pp",
    "survey_income_pp",
    "wage_income",
    "remitted",
    "business_income",
    "property_income",
    "private_transfers",
    "public_transfers",
    "policy_transfers",
    "consumption",
    "poor_consumption",
    "poor_official",
    "start_persons",
    "poor_years",
    "medical_bill",
    "medical_out_of_pocket",
)
"""Household columns kept of every year."""

FLOWS: tuple[FlowName, ...] = ("inpatient_bill", "outpatient_bill", "stay_ratio", "use_factor")
PolicyColumn = Literal[
    "relocation_since",
    "relocation_workers",
    "cooperative_since",
    "cooperative_effective",
    "health_insurance_since",
    "low_income_support_since",
    "low_income_support_yuan",
]
POLICY_COLUMNS: tuple[PolicyColumn, ...] = get_args(PolicyColumn)
"""Columns of policies; 0 where the scenario has no such policy."""

HouseholdName = ColumnName | FlowName | PolicyColumn | Literal["registered"]

if TYPE_CHECKING:

    class HouseholdYear(pd.DataFrame):
        """Households of one year, one row each: a frame in which a column misspelt is an error of the type checker."""

        @overload  # type: ignore[override]
        def __getitem__(self, key: HouseholdName) -> pd.Series: ...
        @overload
        def __getitem__(self, key: pd.Series) -> HouseholdYear: ...
        def __getitem__(self, key: Any) -> Any: ...

else:
    HouseholdYear = pd.DataFrame


@dataclass(frozen=True)
class History:
    """One scenario simulated: a frame of households per year (index uid), the run's spells, and lines by year.

    `reported` holds what the run's own tables say of the true view: (year, group, indicator) -> value.
    """

    households: Mapping[int, HouseholdYear]
    spells: pd.DataFrame
    lines: Mapping[int, float]
    food: Mapping[int, float]
    standards: Mapping[int, float]
    reported: Mapping[tuple[int, str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Histories:
    """One replicate: its scenarios by name, and log incomes of the last two years of the burn-in.

    Both log incomes are (households,).
    """

    scenarios: Mapping[str, History]
    log_income: NDArray[np.float64]
    log_income_before: NDArray[np.float64]

    def year(self, scenario: str, year: int) -> HouseholdYear:
        """Households of a year of a scenario.

        Raises
        ------
        KeyError
            If it was not simulated.
        """
        return self.scenarios[scenario].households[year]


def simulate_histories(plan: Plan, replicate: int, scenarios: Iterable[str]) -> Histories:
    """Live `scenarios` of the plan's first place in one replicate and keep what calibration needs."""
    name = plan.places[0]
    place = plan.place_data[name]
    logs: list[NDArray[np.float64]] = []
    initial = initial_county(
        place,
        resolve_parameters(plan.parameters, place=place),
        dict(plan.mechanisms),
        Luck(plan.seed, replicate),
        plan.scale,
        each_year=lambda county: logs.append(log_income(county)),
    )
    simulated = {scenario: _simulate_one(plan, initial, name, scenario, replicate) for scenario in scenarios}
    return Histories(simulated, logs[-1], logs[-2])


def _simulate_one(plan: Plan, initial: County, place: str, scenario: str, replicate: int) -> History:
    policies = make_policies(plan.scenario_settings[scenario])
    run = begin(initial.fork(), policies, plan.last_year, parameters=own_parameters(plan, scenario))
    households, lines, food, standards = {}, {}, {}, {}
    support = {policy.name: policy for policy in policies}.get("low_income_support")
    while True:
        county = run.county
        households[county.year] = _frame(county)
        lines[county.year] = county.line
        food[county.year] = county.value("village.subsistence_food") * county.prices
        standards[county.year] = support.value("standard", county.year) if support is not None else np.nan
        if run.finished:
            break
        simulate_year(run)
    frames = tables(run, place, scenario, replicate)
    return History(households, frames["spells"].to_pandas(), lines, food, standards, _reported(run))


def _reported(run: Run) -> dict[tuple[int, str, str], float]:
    return {
        (year, group, indicator): float(value)
        for year, keys, values in run.recorder.rows
        for (view, group, indicator), value in zip(keys, values, strict=True)
        if view == "true"
    }


def _frame(county: County) -> HouseholdYear:
    h, f = county.households, county.flows
    after_start = county.year > county.start
    held = h.as_mapping()
    columns: dict[str, Array] = {name: h.column(name).copy() for name in COLUMNS}
    columns |= {name: getattr(f, name).copy() if after_start else np.full(len(h), np.nan) for name in FLOWS}
    columns |= {name: held[name].copy() if name in held else np.zeros(len(h)) for name in POLICY_COLUMNS}
    return HouseholdYear(columns | {"registered": registered(county)}, index=h.uid.copy())
