"""The same core in the engine and in the plain-Mesa reference: runs of both, their yearly results, and their cost."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
from scipy import stats

from tests.benchmarks.reference import CORE, ReferenceCounty
from tuopin.agents.county import County
from tuopin.agents.documented import Figure
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.randomness import Luck
from tuopin.sim.run.burn_in import initial_county
from tuopin.sim.run.setup import county_of, policies_of
from tuopin.sim.run.tables import tables
from tuopin.sim.run.task import simulate_scenario
from tuopin.sim.study.plan import Plan, make_plan
from tuopin.sim.study.study import Study

STUDY = Path(__file__).parents[2] / "scenarios" / "lushi.yaml"
INDICATORS = MappingProxyType(
    {
        "headcount_ratio": "true",
        "poverty_gap": "true",
        "mean_income_per_person": "true",
        "net_income_headcount_ratio": "true",
        "exit_rate": "true",
        "reentry_rate": "true",
        "catastrophic_health_spending_rate": "true",
        "registered_persons": "registry",
    }
)
"""What both report, and its view."""

Yearly = dict[str, dict[int, float]]


QUIET = MappingProxyType(
    {
        "production.price_sd_grain": 0.0,
        "production.price_sd_crops": 0.0,
        "production.price_sd_livestock": 0.0,
        "production.weather_sd": 0.0,
        "labour.demand_shock_sd": 0.0,
    }
)
"""Without shocks common to the county the two can be compared several times more closely."""


def core_plan(
    households: int, parameters: Mapping[str, float] = MappingProxyType({}), core: bool = True, scenarios: object = None
) -> Plan:
    """The shipped study at about `households` households, on the core's switches unless `core` is False."""
    study = Study.load(STUDY)
    full = make_plan(study)
    place = full.place_data["lushi"]
    size = (
        place.registered_households.value
        + (place.rural_persons.value - place.registered_persons.value) / place.household_size.value
    )
    changed = {
        "mechanisms": {**study.mechanisms, **(CORE if core else {})},
        "parameters": {**study.parameters, **parameters},
        "scenarios": study.scenarios if scenarios is None else scenarios,
    }
    return make_plan(study.model_copy(update=changed), households / size)


def large_county(plan: Plan, households: int) -> County:
    """A county of about `households` households: the shipped place with its totals, places and budgets' scale
    enlarged.
    """
    place = plan.place_data["lushi"]
    size = (
        place.registered_households.value
        + (place.rural_persons.value - place.registered_persons.value) / place.household_size.value
    )
    factor = households / size

    def times(figure: Figure) -> Figure:
        return figure.model_copy(update={"value": round(figure.value * factor)})

    names = ("registered_households", "registered_persons", "rural_persons", "villages")
    larger = place.model_copy(update={name: times(getattr(place, name)) for name in names})
    luck = Luck(plan.seed, 0)
    county = initial_county(larger, resolve_parameters(plan.parameters), dict(plan.mechanisms), luck, 1.0)
    county.scale = factor  # sites, firms and budgets grow with the place
    return county


def engine_years(plan: Plan, county: County, scenario: str, replicate: int) -> Yearly:
    """Indicators and costs by name and year from the engine."""
    model = simulate_scenario(plan, county, scenario, replicate)
    years = range(plan.first_year + 1, plan.last_year + 1)
    wanted = {(view, "all", name) for name, view in INDICATORS.items()}
    found: Yearly = {name: {} for name in INDICATORS}
    for year, keys, values in model.recorder.rows:
        for key, value in zip(keys, values, strict=True):
            if tuple(key) in wanted and year > plan.first_year:
                found[key[2]][year] = float(value)
    for entry in model.ledger.entries:
        costs = found.setdefault(f"cost of {entry.policy}", dict.fromkeys(years, 0.0))
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


def differences(
    plan: Plan, scenario: str, replicates: Sequence[int], other: Plan | None = None
) -> dict[str, np.ndarray]:
    """Engine less reference by name, shape (replicates, years); both start from the same county in each replicate.

    `other` lets the engine alone live by another plan, to see whether the comparison would notice.
    """
    found: dict[str, list[list[float]]] = {}
    for replicate in replicates:
        county = county_of(plan, "lushi", replicate)
        reference = reference_years(plan, county, scenario, replicate)
        if other is not None:
            county.parameters = resolve_parameters(other.parameters)
        engine = engine_years(other or plan, county, scenario, replicate)
        assert engine.keys() == reference.keys()
        for name, values in engine.items():
            found.setdefault(name, []).append([values[year] - reference[name][year] for year in values])
    return {name: np.array(rows) for name, rows in found.items()}


def z_score(difference: np.ndarray, tolerance: float) -> np.ndarray:
    """How far the mean along the first axis is from zero, as the standard normal deviate of equal probability.

    The error is estimated from few replicates, so mean over standard error has Student's t distribution: 3.9 of ten
    replicates is no more than 2.9 of a normal. 0 where the mean is within `tolerance` or not defined.
    """
    mean = difference.mean(axis=0)
    error = difference.std(axis=0, ddof=1) / np.sqrt(len(difference))
    ratio = np.divide(np.abs(mean), error, out=np.full_like(mean, np.inf), where=error > 0.0)
    z = stats.norm.isf(stats.t.sf(ratio, len(difference) - 1))
    return np.where(np.isnan(mean) | (np.abs(mean) <= tolerance), 0.0, np.copysign(z, mean))


def engine_cost(plan: Plan, county: County, scenario: str, repeats: int = 3) -> float:
    """Processor nanoseconds a household-year of the engine, best of `repeats`.

    As the batch engine does it: a fork, its years, all measures and tables, and the memory given back for the next run.
    """
    best = float("inf")
    for _ in range(repeats):
        began = time.process_time_ns()
        model = simulate_scenario(plan, county, scenario, 0)
        tables(model, "lushi", scenario, 0)
        best = min(best, time.process_time_ns() - began)
    return best / (len(county.households) * (plan.last_year - plan.first_year))


def reference_cost(plan: Plan, county: County, scenario: str, years: int = 0, all_measures: bool = False) -> float:
    """Processor nanoseconds a household-year of the reference's steps; building its agents is not counted.

    Without `all_measures` it reports the eight `INDICATORS` and costs, with them all that the engine reports.
    """
    years = years or plan.last_year - plan.first_year
    model = ReferenceCounty(county, policies_of(plan, scenario, 0), seed=0, all_measures=all_measures)
    began = time.process_time_ns()
    for _ in range(years):
        model.step()
    return (time.process_time_ns() - began) / (len(county.households) * years)
