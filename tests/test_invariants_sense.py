"""Monotone under common luck: better cover never costs a household more, a larger allowance budget never widens the
gap.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.health import BasicScheme, basic_payment
from tuopin.policies.protection.health_insurance.layers import Layers, layer_payments

money = st.integers(0, 30_000_000).map(lambda fen: fen / 100)
share = st.floats(0, 1)
terms = st.fixed_dictionaries(
    {
        "deductible": money,
        "rate": share,
        "out": share,
        "critical_deductible": money,
        "critical": share,
        "aid": share,
        "cap": money,
    }
)


def _own(inpatient: float, outpatient: float, t: dict[str, float]) -> float:
    ordinary_terms = BasicScheme(300.0, 0.5, 1e5, 0.2)
    ordinary = basic_payment(inpatient, outpatient, ordinary_terms)
    basic = BasicScheme(t["deductible"], t["rate"], 1e5, t["out"])
    layers = Layers(t["critical_deductible"], t["critical"], t["aid"], t["cap"])
    paid = layer_payments(inpatient, outpatient, ordinary, basic, layers)
    assert min(paid) >= 0
    return round(float(inpatient + outpatient - ordinary - sum(paid)), 4)


@given(money, money, terms, terms)
def test_better_terms_never_raise_the_own_cost_of_a_bill(
    inpatient: float, outpatient: float, a: dict[str, float], b: dict[str, float]
) -> None:
    better_if_low = ("deductible", "critical_deductible")
    worse = {k: max(a[k], b[k]) if k in better_if_low else min(a[k], b[k]) for k in a}
    better = {k: min(a[k], b[k]) if k in better_if_low else max(a[k], b[k]) for k in a}
    costs = [_own(inpatient, outpatient, t) for t in (worse, better)]
    assert costs[1] <= costs[0] + 1e-4
    assert costs[1] + 1e-4 >= 0.0 and costs[0] <= inpatient + outpatient + 1e-4
    for name in a:  # one term at a time as well
        assert _own(inpatient, outpatient, {**worse, name: better[name]}) <= costs[0] + 1e-4, name


def _one_year(plan: Any, lived: Any, county: Any, scenario: str) -> Any:
    model = None
    for model in lived(plan, county, scenario):
        if model.year == plan.first_year + 1:
            return model
    raise AssertionError(model)


def test_in_a_run_a_larger_reimbursement_never_costs_a_household_more(
    plan_for: Callable[..., Any], lived: Callable[..., Any]
) -> None:
    """First simulated year, same bills; later the households' histories differ, and so may what they can afford."""
    from tuopin.sim.run.setup import county_of

    gains = (0.0, 0.4, 0.8, 1.0)
    scenarios = {f"e{k}": {"health_insurance": {"effect": gain, "budget": None}} for k, gain in enumerate(gains)}
    plan = plan_for(scenarios, mechanisms={"moral_hazard": False}, scale=0.1)
    county = county_of(plan, "lushi", 0)
    models = [_one_year(plan, lived, county, name) for name in scenarios]
    for less, more in pairwise(models):
        one, other = less.county.households, more.county.households
        same = one.medical_bill == other.medical_bill
        assert (other.medical_out_of_pocket[same] <= one.medical_out_of_pocket[same] + 1e-6).all()
        assert (other.medical_out_of_pocket[same] < one.medical_out_of_pocket[same] - 1.0).sum() > 20
        # bills differ only where better cover ended care forgone
        assert (one.care_forgone[~same] & (other.medical_bill > one.medical_bill)[~same]).all()
        assert (other.care_forgone <= one.care_forgone).all()


GAP_OFF = {"motivation": False, "cadre_limits": False}
BUDGETS = (0.0, 1e6, 5e6, 1.5e7, 4.5e7, 1e8, 3e8)


def _gaps(plan: Any, lived: Any, county: Any, scenario: str) -> np.ndarray:
    rows = []
    for model in lived(plan, county, scenario):
        rows.append(
            [model.recorder.latest("true", name) for name in ("poverty_gap", "squared_poverty_gap", "headcount_ratio")]
        )
    return np.array(rows)


@pytest.mark.parametrize("replicate", [0, 1])
def test_a_larger_allowance_budget_never_widens_that_years_gap(
    plan_for: Callable[..., Any], lived: Callable[..., Any], replicate: int
) -> None:
    """The budget of one year raised, all other years alike: that year's gap, squared gap and headcount do not rise."""
    from tuopin.sim.run.setup import county_of

    for year in (2017, 2020):
        given_budget = dict.fromkeys(range(2017, 2022), 20000000.0)
        scenarios = {
            f"b{k}": {"low_income_support": {"budget": {**given_budget, year: b}}} for k, b in enumerate(BUDGETS)
        }
        plan = plan_for(scenarios, mechanisms=GAP_OFF, years="2016-2021", scale=0.05)
        county = county_of(plan, "lushi", replicate)
        gaps = np.array([_gaps(plan, lived, county, name)[year - 2016] for name in scenarios])
        assert (np.diff(gaps, axis=0) <= 0).all(), gaps
        assert gaps[-1, 0] < gaps[0, 0]


@pytest.mark.parametrize("replicate", [0, 1, 2])
def test_larger_budgets_in_all_years_never_widen_any_years_gap(
    plan_for: Callable[..., Any], lived: Callable[..., Any], replicate: int
) -> None:
    """It holds in every year where the grant ends with registry exit.

    With months of support after exit it can fail by a household: the exit plan follows verified incomes, so money to
    one can postpone the exit of another and with it the support that goes on after it.
    """
    from tuopin.sim.run.setup import county_of

    scenarios = {
        f"b{k}": {"low_income_support": {"budget": dict.fromkeys(range(2017, 2026), b), "support_after_exit_months": 0}}
        for k, b in enumerate(BUDGETS)
    }
    plan = plan_for(scenarios, mechanisms=GAP_OFF, years="2016-2025", scale=0.05)
    county = county_of(plan, "lushi", replicate)
    gaps = np.array([_gaps(plan, lived, county, name) for name in scenarios])
    assert (np.diff(gaps, axis=0) <= 0).all(), np.argwhere(np.diff(gaps, axis=0) > 0)
    assert (gaps[-1, 1:, 0] < gaps[0, 1:, 0]).all()


def test_a_run_without_real_growth(plan_for: Callable[..., Any], lived: Callable[..., Any]) -> None:
    from tuopin.sim.run.setup import county_of

    years = "2016-2022"
    growth, flat = (plan_for(parameters={"economy.real_growth_switch": s}, years=years) for s in (1.0, 0.0))
    incomes = []
    for plan in (growth, flat):
        models = list(lived(plan, county_of(plan, "lushi", 0), "none"))
        h = models[-1].county.households
        incomes.append(float(np.average(h.market_income_pp, weights=h.members)))
        assert h.faults() == []
    assert incomes[1] < 0.97 * incomes[0]
