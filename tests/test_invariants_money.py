"""Every yuan: accounts, receipts and reimbursements agree to the cent, and no budget is ever exceeded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuopin.policies.ledger import LEAKAGE

CENT = 0.01 + 1e-6
SINGLE = ("relocation", "cooperative", "health_insurance", "low_income_support")
HEALTH_PAYERS = ("basic_fund", "critical_illness_insurer", "medical_aid")


def _yuan(model: Any, policy: str, *payers: str) -> float:
    entries = [e for e in model.ledger.entries if e.year == model.year and e.policy == policy]
    return sum(e.fen for e in entries if not payers or e.payer in payers) / 100.0


def _within_budget(model: Any) -> None:
    for policy in model.policies:
        entries = [e for e in model.ledger.entries if e.year == model.year and e.policy == policy.name]
        budget = policy.budget_fen(model.county)
        assert all(e.budget_fen == budget and e.fen >= 0 for e in entries)
        assert budget is None or sum(e.fen for e in entries) <= budget, (policy.name, model.year)


def _reconcile(model: Any) -> None:
    """Compare the year's accounts with what households hold (yuan, summed over the county)."""
    h, f = model.county.households, model.county.flows
    spent = {name: _yuan(model, name) - _yuan(model, name, LEAKAGE) for name in SINGLE}
    # allowances and relief are what households received
    assert abs(h.policy_transfers.sum() - spent["low_income_support"]) <= CENT
    # what households did not pay of their bills is what the ordinary scheme and the programme's payers paid
    assert abs(f.basic_reimbursed.sum() - _yuan(model, "basic_insurance")) <= CENT
    assert abs(f.reimbursed_term.sum() - spent["health_insurance"]) <= CENT
    assert abs((h.medical_bill - f.basic_reimbursed - f.reimbursed_term - h.medical_out_of_pocket).sum()) <= CENT
    assert abs(_yuan(model, "health_insurance", *HEALTH_PAYERS) - spent["health_insurance"]) <= CENT
    # households' own shares
    assert abs(f.own_payment_term.sum() - _yuan(model, "relocation", "household")) <= CENT
    # every transfer a household has from the public
    ordinary = _yuan(model, "resident_pension") + _yuan(model, "grain_subsidy")
    assert abs(h.public_transfers.sum() - h.policy_transfers.sum() - ordinary) <= CENT
    # net income is the sum of its parts
    parts = (
        h.wage_income.astype(float) + h.business_income + h.property_income + h.private_transfers + h.public_transfers
    )
    np.testing.assert_allclose(h.net_income_pp * h.members, parts, rtol=1e-5, atol=0.05)


@pytest.mark.parametrize("replicate", [0, 1, 2])
def test_accounts_and_households_agree_every_year(
    plan_for: Callable[..., Any], lived: Callable[..., Any], replicate: int
) -> None:
    from tuopin.sim.run.setup import county_of

    plan = plan_for(scale=0.05, years="2016-2025")
    for model in lived(plan, county_of(plan, "lushi", replicate), "all", replicate):
        if model.year > plan.first_year:
            _within_budget(model)
            _reconcile(model)
    total = {name: sum(e.fen for e in model.ledger.entries if e.policy == name) for name in SINGLE}
    assert all(fen > 0 for fen in total.values()), total


def test_accounts_agree_where_incomes_are_negative_and_nothing_limits(
    plan_for: Callable[..., Any], lived: Callable[..., Any]
) -> None:
    from tuopin.sim.run.setup import county_of

    free = {name: {"budget": None, "take_up": 1.0} for name in SINGLE}
    plan = plan_for({"all": free}, years="2016-2019", mechanisms={"cadre_limits": False})
    for model in lived(plan, county_of(plan, "lushi", 0), "all"):
        if model.year > plan.first_year:
            _reconcile(model)


budgets = st.one_of(st.just(0.0), st.floats(0, 1e9), st.floats(0, 10), st.sampled_from([0.01, 0.02, 61200.0, 2000.0]))


@pytest.fixture(scope="session")
def tiny(plan_for: Callable[..., Any]) -> Any:
    from tuopin.sim.run.setup import county_of

    plan = plan_for()
    return county_of(plan, "lushi", 0)


@given(st.fixed_dictionaries(dict.fromkeys(SINGLE, budgets)), st.floats(0, 0.5), st.integers(0, 30))
@settings(max_examples=25)
def test_no_budget_is_exceeded_whatever_it_is(
    plan_for: Callable[..., Any],
    lived: Callable[..., Any],
    tiny: Any,
    budget: Mapping[str, float],
    leakage: float,
    slots: int,
) -> None:
    settings_of = {
        name: {"budget": budget[name], "leakage": leakage, "slots": 50 * slots if slots else None} for name in SINGLE
    }
    plan = plan_for({"all": settings_of}, years="2016-2018")
    for model in lived(plan, tiny, "all"):
        if model.year > plan.first_year:
            _within_budget(model)
            _reconcile(model)
            for policy in model.policies:
                enrolled = policy.since(model.county)
                new = int((enrolled == model.year).sum())
                assert policy.slots(model.county) is None or new <= policy.slots(model.county), policy.name


def test_distinct_recipients_are_never_more_than_those_present(
    plan_for: Callable[..., Any], lived: Callable[..., Any]
) -> None:
    from tuopin.sim.run.setup import county_of

    plan = plan_for()
    for model in lived(plan, county_of(plan, "lushi", 0), "all"):
        h = model.county.households
        for e in model.ledger.entries:
            if e.year == model.year:
                assert 0 <= e.households <= len(h) and e.households <= e.persons <= int(h.members.sum())
                assert (e.households > 0) == (e.fen > 0) or e.payer == LEAKAGE
