"""Every number of the model moves something: a parameter without effect is a promise to a planner that is not kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd
import pytest

from tuopin.agents.parameters import Parameter, model_parameters
from tuopin.sim.run.task import simulate_task
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.study import Study

PROGRAMMES = (
    "cooperative",
    "eco_compensation",
    "health_insurance",
    "low_income_support",
    "public_jobs",
    "relocation",
    "training",
)
RECORD_ONLY: Mapping[str, str] = {
    "registry.illness_bill_share": "moves the recorded cause alone, which stands in the panel",
    "economy.rural_income": "stands beside the mean income of a place in `tuopin check`",
    "population.central_village_above": "parts settlements that are on record; no rule and no group tells them apart",
    "population.natural_village_above": "as central_village_above: the groups know scattered households only",
    "population.dangerous_housing_share": "grades C and D are both unsafe; which of them is on record",
    "population.sound_housing_share": "grades A and B are both safe; which of them is on record",
}
"""Parameters that only change what is on record of a household."""
LONG: Mapping[str, Any] = {"years": "2016-2026"}
TRAP: Mapping[str, Any] = {"mechanisms": {"asset_trap": "concave"}}
STEP: Mapping[str, Any] = {"mechanisms": {"asset_trap": "threshold"}}
ELSEWHERE: Mapping[str, Mapping[str, Any]] = {
    # after the printed series
    "economy.rural_cpi_after": LONG,
    "economy.wage_growth_after": LONG,
    # productive assets bear on incomes only where the study switches their trap on
    "finance.asset_depreciation": TRAP,
    "finance.distress_sale": TRAP,
    "population.assets_line_correlation": TRAP,
    "population.assets_sd": TRAP,
    "population.assets_skill_slope": TRAP,
    "production.asset_exponent": TRAP,
    "production.asset_factor_limit": TRAP,
    "production.asset_threshold": STEP,
    "production.reference_assets": TRAP,
    "production.trap_factor": STEP,
    # limits that nobody reaches in this county as the model is stated
    "health.basic_cap": {"parameters": {"health.bill_median": 40_000.0}},
    "registry.most_team_error": {"parameters": {"registry.cadre_error": 0.9}},
    "registry.exit_margin": {"parameters": {"registry.exit_share": {2017: 1.0, 2018: 1.0}}},
}
"""Parameters that matter in other studies than the one looked at, and what that study says."""


def others(parameter: Parameter) -> list[Any]:
    """Other values of the parameter: the ends of its range or, without one, a fifth more and less within its bounds."""
    value = parameter.value

    def within(x: float) -> float | int:
        low = -1e300 if parameter.minimum is None else parameter.minimum
        high = 1e300 if parameter.maximum is None else parameter.maximum
        inside = min(max(x, low), high)
        return round(inside) if parameter.whole else float(inside)

    if isinstance(value, Mapping):
        factors = {1.2, 0.8} if parameter.low is None or parameter.high is None else {parameter.low, parameter.high}
        return [
            {year: within(float(v) * x + (0.0 if v else 0.05)) for year, v in value.items()} for x in sorted(factors)
        ]
    assert isinstance(value, int | float)
    ends = [within(x) for x in (parameter.high, parameter.low, value * 1.2, value * 0.8, value + 1.0) if x is not None]
    return [x for x in ends if x != value][:2]


def tables_of(parameters: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """All tables of four years of a small county with every programme at work."""
    study = {
        "name": "test",
        "place": "lushi",
        "years": "2016-2020",
        "seed": 5,
        "baseline": "all",
        "scenarios": {"all": {name: {} for name in PROGRAMMES}},
        **more,
        "parameters": {**more.get("parameters", {}), **parameters},
    }
    plan = make_plan(Study.from_dict(study), 0.02)
    (outcome,) = simulate_task(plan, "lushi", 0, ("all",))
    assert outcome.error is None, outcome.error
    return {name: frame.to_pandas() for name, frame in outcome.frames.items()}


def differ(one: Mapping[str, pd.DataFrame], other: Mapping[str, pd.DataFrame]) -> bool:
    return not all(other[name].equals(table) for name, table in one.items())


@cache
def as_stated(id: str) -> dict[str, pd.DataFrame]:
    """Tables of the study in which the parameter is looked at, as it is stated; `id` empty: of the usual study."""
    return tables_of({}, ELSEWHERE.get(id, {}))


def test_the_same_parameters_give_the_same_tables() -> None:
    assert not differ(as_stated(""), tables_of({}, {}))


@pytest.mark.slow
@pytest.mark.parametrize("id", [id for id, p in model_parameters().items() if not isinstance(p.value, str | bool)])
def test_every_number_of_the_model_moves_something(id: str) -> None:
    more = ELSEWHERE.get(id, {})
    stated = as_stated(id if more else "")
    moves = any(differ(stated, tables_of({id: value}, more)) for value in others(model_parameters()[id]))
    assert moves == (id not in RECORD_ONLY), f"{id}: {'something moves' if moves else 'nothing moves'}"


def test_the_exceptions_are_parameters() -> None:
    assert set(RECORD_ONLY) | set(ELSEWHERE) <= set(model_parameters()) and not set(RECORD_ONLY) & set(ELSEWHERE)
