"""The same core in the engine and in the plain-Mesa reference: runs of both, their yearly results, and their cost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np

from agents.county import County
from sim.plan import Plan, make_plan
from sim.simulation import county_of, policies_of, run_scenario, tables
from sim.study import Study
from tests.benchmarks.reference import CORE, ReferenceCounty

STUDY = Path(__file__).parents[2] / "scenarios" / "lushi.yaml"
PERSONS_AT_FULL_SCALE = 320_000
INDICATORS = MappingProxyType(
    {
        "headcount_ratio": "true", "poverty_gap": "true", "mean_income_per_person": "true",
        "net_income_headcount_ratio": "true", "exit_rate": "true", "reentry_rate": "true",
        "catastrophic_health_spending_rate": "true", "registered_persons": "registry",
    }
)  # fmt: skip
"""What both report, and its view."""

Yearly = dict[str, dict[int, float]]


def core_plan(households: int, mechanisms: dict[str, bool] | None = None, core: bool = True) -> Plan:
    """The shipped study at about `households` households, on the core's switches unless `core` is False."""
    study = Study.load(STUDY)
    full = make_plan(study)
    place = full.place_data["lushi"]
    size = place.registered_households.value + (
        place.rural_persons.value - place.registered_persons.value
    ) / place.household_size.value
    switched = {**study.mechanisms, **(CORE if core else {}), **(mechanisms or {})}
    return make_plan(study.model_copy(update={"mechanisms": switched}), households / size)


def engine_years(plan: Plan, county: County, scenario: str, replicate: int) -> Yearly:
    """Indicators and costs by name and year from the engine."""
    model = run_scenario(plan, county, scenario, replicate)
    wanted = {(view, "all", name) for name, view in INDICATORS.items()}
    found: Yearly = {name: {} for name in INDICATORS}
    for year, keys, values in model.recorder.rows:
        for key, value in zip(keys, values, strict=True):
            if tuple(key) in wanted and year > plan.first_year:
                found[key[2]][year] = float(value)
    for entry in model.ledger.entries:
        costs = found.setdefault(f"cost of {entry.policy}", dict.fromkeys(range(plan.first_year + 1, plan.last_year + 1), 0.0))
        costs[entry.year] += entry.fen / 100.0
    return found


def reference_years(plan: Plan, county: County, scenario: str, replicate: int) -> Yearly:
    """The same from the reference."""
    model = ReferenceCounty(county, policies_of(plan, scenario, replicate), seed=replicate)
    for _ in range(plan.first_year, plan.last_year):
        model.step()
    collected = model.datacollector.model_vars
    years = range(plan.first_year + 1, plan.last_year + 1)
    found: Yearly = {name: dict(zip(years, collected[name], strict=True)) for name in INDICATORS}
    for policy in collected["costs"][0]:
        found[f"cost of {policy}"] = {y: costs[policy] for y, costs in zip(years, collected["costs"], strict=True)}
    return found


def differences(plan: Plan, scenario: str, replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Engine less reference by name, shape (replicates, years); both start from the same county in each replicate."""
    found: dict[str, list[list[float]]] = {}
    for replicate in replicates:
        county = county_of(plan, "lushi", replicate)
        engine = engine_years(plan, county, scenario, replicate)
        reference = reference_years(plan, county, scenario, replicate)
        assert engine.keys() == reference.keys()
        for name, values in engine.items():
            found.setdefault(name, []).append([values[year] - reference[name][year] for year in values])
    return {name: np.array(rows) for name, rows in found.items()}


def z_scores(difference: np.ndarray) -> np.ndarray:
    """Mean difference of each year over its standard error, shape (years,).

    Replicates are few, so a year's own deviation is averaged with that of all years: a small one by chance makes no alarm.
    """
    replicates = len(difference)
    own = difference.var(axis=0, ddof=1)
    variance = 0.5 * own + 0.5 * own.mean()
    error = np.sqrt(variance / replicates)
    mean = difference.mean(axis=0)
    return np.divide(mean, error, out=np.where(np.abs(mean) > 1e-9, np.inf, 0.0), where=error > 0.0)


def engine_cost(plan: Plan, county: County, scenario: str, repeats: int = 3) -> float:
    """Processor nanoseconds a household-year of the engine: a fork, its years, all measures and tables; best of `repeats`."""
    best = float("inf")
    for _ in range(repeats):
        began = time.process_time_ns()
        tables(run_scenario(plan, county, scenario, 0), "lushi", scenario, 0)
        best = min(best, time.process_time_ns() - began)
    return best / (len(county.households) * (plan.last_year - plan.first_year))


def reference_cost(plan: Plan, county: County, scenario: str, years: int = 0) -> float:
    """Processor nanoseconds a household-year of the reference's steps; building its agents is not counted."""
    years = years or plan.last_year - plan.first_year
    model = ReferenceCounty(county, policies_of(plan, scenario, 0), seed=0)
    began = time.process_time_ns()
    for _ in range(years):
        model.step()
    return (time.process_time_ns() - began) / (len(county.households) * years)
