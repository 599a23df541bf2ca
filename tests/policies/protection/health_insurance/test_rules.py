"""Health insurance by hand: three layers in order, terms by effect, moral hazard, and a budget shared in proportion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuopin.agents.county import County
from tuopin.agents.finance import forgo_care
from tuopin.agents.health import BasicScheme
from tuopin.policies.ledger import LEAKAGE, Ledger
from tuopin.policies.protection.health_insurance import POLICY as HealthInsurance
from tuopin.policies.protection.health_insurance.layers import Bills, Layers, claims_of, layer_payments

ORDINARY = {
    "health.basic_deductible": 300.0,
    "health.basic_rate": 0.6,
    "health.basic_cap": 5000.0,
    "health.basic_outpatient_rate": 0.2,
    "health.bill_median": 4300.0,
    "health.moral_hazard": 0.25,
    "health.forgone_share": 0.5,
    "finance.bill_share": 0.3,
    "finance.borrowing_cap": 0.5,
}
TERMS = {
    "budget": None,
    "take_up": 1.0,
    "deductible_factor": 0.5,
    "basic_rate_gain": 0.1,
    "outpatient_rate": 0.5,
    "critical_deductible": 2000.0,
    "critical_rate": 0.5,
    "aid_rate": 0.6,
    "aid_cap": 1000.0,
}


def insurance(**more: Any) -> Any:
    return HealthInsurance({**TERMS, **more})


# --- layers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inpatient", "outpatient", "ordinary", "paid"),
    [
        (0.0, 0.0, 0.0, [0, 0, 0]),
        # basic 10,000 x .7 above the cap of 6,500, + 500: 7,000, of which 5,200 are ordinary; 4,150 left: (4,150 -
        # 2,000) / 2;
        # 3,075 left: 60% is 1,845, above the cap of 1,000
        (10_150.0, 1000.0, 5200.0, [1800, 1075, 1000]),
        # 1,150 x .7 - 600 = 105 beyond ordinary; 545 left is under the deductible; 60% of it
        (1150.0 + 150, 0.0, 600.0, [205, 0, 297]),
        (0.0, 1000.0, 200.0, [300, 0, 300]),
        # what the ordinary scheme pays is never taken back
        (1000.0, 0.0, 900.0, [0, 0, 60]),
    ],
)
def test_layers_in_order_by_hand(inpatient: float, outpatient: float, ordinary: float, paid: list[float]) -> None:
    basic = BasicScheme(basic_deductible=150.0, basic_rate=0.7, basic_cap=6500.0, basic_outpatient_rate=0.5)
    layers = Layers(2000.0, 0.5, 0.6, 1000.0)
    got = layer_payments(inpatient, outpatient, ordinary, basic, layers)
    np.testing.assert_allclose(got, paid, atol=1e-9)
    # the same in columns: of two insured members one has a bill, a third is not enrolled, a fourth not insured
    since, insured = np.array([2017, 2017, 0, 2017], dtype=np.int16), np.array([True, True, True, False])
    bills = Bills(since, insured, *(np.array([0.0, x, x, x]) for x in (inpatient, outpatient, ordinary)))
    rows, claims = claims_of(bills, basic, layers)
    assert rows.tolist() == ([1] if inpatient + outpatient else [])
    assert claims.tolist() == [[round(x * 100) for x in paid]] * len(rows)


fen = st.integers(0, 10**8).map(lambda x: x / 100)


@given(fen, fen, st.floats(0, 1), fen, st.floats(0, 1), fen, fen, st.floats(0, 1), st.floats(0, 1), fen)
def test_no_layer_pays_more_than_is_left_and_all_in_fen(
    inpatient: float,
    outpatient: float,
    covered: float,
    deductible: float,
    rate: float,
    cap: float,
    critical_deductible: float,
    critical: float,
    aid: float,
    aid_cap: float,
) -> None:
    ordinary = np.floor(covered * (inpatient + outpatient) * 100) / 100
    paid = np.array(
        layer_payments(
            inpatient,
            outpatient,
            ordinary,
            BasicScheme(deductible, rate, cap, rate),
            Layers(critical_deductible, critical, aid, aid_cap),
        )
    )
    left = inpatient + outpatient - ordinary
    for amount in paid:
        assert -1e-9 <= amount <= left + 0.0051
        left -= amount
    np.testing.assert_allclose(paid * 100, np.rint(paid * 100), atol=1e-4)
    assert paid[2] <= aid_cap + 0.0051


# --- terms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "basic", "layers"),
    [
        (1.0, (150.0, 0.7, 5000.0, 0.5), (2000.0, 0.5, 0.6, 1000.0)),
        (0.5, (225.0, 0.65, 5000.0, 0.35), (2000.0, 0.25, 0.3, 1000.0)),
        (0.0, (300.0, 0.6, 5000.0, 0.2), (2000.0, 0.0, 0.0, 1000.0)),
        (5.0, (0.0, 1.0, 5000.0, 1.0), (2000.0, 1.0, 1.0, 1000.0)),
    ],
)
def test_terms_by_effect(
    by_hand: Callable[..., County], effect: float, basic: tuple[float, ...], layers: tuple[float, ...]
) -> None:
    got = insurance(effect=effect).terms(by_hand(1, ORDINARY))
    assert tuple(got[0]) == pytest.approx(basic) and tuple(got[1]) == pytest.approx(layers)


def test_money_in_terms_follows_prices(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, {**ORDINARY, "economy.rural_cpi": {2016: 0.0, 2017: 0.1}})
    basic, layers = insurance().terms(county)
    assert (basic.basic_deductible, basic.basic_cap) == pytest.approx((165.0, 5500.0))
    assert (layers.critical_deductible, layers.aid_cap) == pytest.approx((2200.0, 1100.0))


def test_who_is_enrolled(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = insurance()
    county = by_hand(4, ORDINARY, policies=(policy,), registry_status=[1, 1, 0, 5], insured=[True, False, True, True])
    ledger = programmes(county, policy)
    assert policy.enrolled(county).tolist() == [True, False, False, True]
    assert ledger.spent("health_insurance") == 0  # the cost is claims, not enrolment


def test_moral_hazard_by_hand(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    # a bill of 4,300: ordinary 2,400, so 1,900 own. Better terms (4,300 - 150) x .7 = 2,905, 505 more; 1,395 are left,
    # under
    # the deductible; aid 837. The cover newly pays 1,342 of 1,900
    # in the first year nothing has been paid of anything; a year later by what was paid of the claims
    on = {"moral_hazard": True}
    whole = 0.25 * 1342 / 1900
    for mechanisms, paid_ratio, use in (
        (on, 1.0, 1.0 + whole),
        (on, 0.3, 1.0 + 0.3 * whole),
        (on, 0.0, 1.0),
        ({}, 1.0, 1.0),
    ):
        policy = insurance()
        policy.paid_ratio = paid_ratio
        county = by_hand(2, ORDINARY, mechanisms, policies=(policy,), registry_status=[1, 0])
        programmes(county, policy)
        np.testing.assert_allclose(county.flows.use_factor, [use, 1.0], rtol=1e-6)


def test_who_has_left_the_basic_scheme_uses_no_more_care(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = insurance()
    policy.paid_ratio = 1.0
    columns = {"registry_status": [1, 1], "health_insurance_since": [2016, 2016], "insured": [True, False]}
    county = by_hand(2, ORDINARY, {"moral_hazard": True}, policies=(policy,), **columns)
    programmes(county, policy)
    np.testing.assert_allclose(county.flows.use_factor, [1.0 + 0.25 * 1342 / 1900, 1.0], rtol=1e-6)


# --- claims ----------------------------------------------------------------------------------------------------------


def billed(by_hand: Callable[..., County], policy: Any, n: int = 3) -> County:
    county = by_hand(n, ORDINARY, policies=(policy,), registry_status=1)
    policy.since(county)[:] = 2017
    f = county.flows
    f.inpatient_bill[:] = 10_300.0
    f.basic_reimbursed[:] = 5000.0
    return county


EACH = [0.0, (10_300 - 5000 - 2000) * 0.5, 1000.0]  # basic is at its cap already; 5,300 own; then 60% of 3,650, capped


def test_claims_are_paid_by_layer_and_payer(by_hand: Callable[..., County], opened: Callable[..., Ledger]) -> None:
    policy = insurance()
    county = billed(by_hand, policy)
    county.households.insured[1], policy.since(county)[2] = False, 0
    ledger = opened(county, policy)
    policy.reimburse(county, ledger)
    assert county.flows.reimbursed_term.tolist() == [sum(EACH), 0.0, 0.0]
    got = {e.payer: (e.households, e.fen) for e in ledger.close_year(county.households.members)}
    assert got == {"basic_fund": (0, 0), "critical_illness_insurer": (1, 165_000), "medical_aid": (1, 100_000)}


def test_a_quote_pays_nothing_and_promises_what_was_paid_of_last_years_claims(
    by_hand: Callable[..., County], opened: Callable[..., Ledger]
) -> None:
    # 3 x 2,650 are claimed and 1,987.50 there: a quarter is paid of each
    policy = insurance(budget={2017: 1987.5, 2018: 1987.5, 2019: 1e9, 2020: 1.0})
    county = billed(by_hand, policy)
    f, quotes, paid = county.flows, [], []
    for county.year in (2017, 2018, 2019, 2020):
        f.reimbursed_term[:] = 0.0
        policy.reimburse(county, None)
        quotes.append(f.reimbursed_term.tolist())
        f.reimbursed_term[:] = 0.0
        policy.reimburse(county, opened(county, policy))
        paid.append(f.reimbursed_term.tolist())
    assert quotes == [[x] * 3 for x in (0.0, 662.5, 662.5, 2650.0)]
    assert paid == [[x] * 3 for x in (662.5, 662.5, 2650.0, 0.32)]


def test_a_year_without_claims_leaves_the_promise_and_one_without_money_ends_it(
    by_hand: Callable[..., County], opened: Callable[..., Ledger]
) -> None:
    policy = insurance(budget={2017: 1e6, 2018: 1e6})
    county = billed(by_hand, policy)
    ratios = []
    for county.year, bill in ((2017, 10_300.0), (2018, 0.0), (2019, 10_300.0)):
        county.flows.inpatient_bill[:] = county.flows.basic_reimbursed[:] = bill
        county.flows.basic_reimbursed[:] *= 0.4
        policy.reimburse(county, opened(county, policy))
        ratios.append(policy.paid_ratio)
    assert ratios == [1.0, 1.0, 0.0]


def test_leakage_comes_out_of_the_same_budget(by_hand: Callable[..., County], opened: Callable[..., Ledger]) -> None:
    # of 5,830 yuan 5,300 reach households when a tenth of that leaks: two thirds of 3 x 2,650
    policy = insurance(budget=5830.0, leakage=0.1)
    county = billed(by_hand, policy)
    ledger = opened(county, policy)
    policy.reimburse(county, ledger)
    assert policy.paid_ratio == pytest.approx(2 / 3)
    np.testing.assert_allclose(county.flows.reimbursed_term, 2650.0 * 2 / 3, atol=0.03)
    fen_by_payer = {e.payer: e.fen for e in ledger.close_year(county.households.members)}
    reached = fen_by_payer["critical_illness_insurer"] + fen_by_payer["medical_aid"]
    assert fen_by_payer[LEAKAGE] == reached // 10 and 583_000 - 10 < reached + fen_by_payer[LEAKAGE] <= 583_000


def test_without_a_budget_nothing_is_quoted(by_hand: Callable[..., County], opened: Callable[..., Ledger]) -> None:
    """Enrolled households do not seek care for cover that has ended."""
    policy = insurance(budget={2016: 100.0})
    county = billed(by_hand, policy)
    for ledger in (None, opened(county, policy)):
        policy.reimburse(county, ledger)
        assert not county.flows.reimbursed_term.any()


def test_claims_beyond_the_budget_are_paid_in_proportion(
    by_hand: Callable[..., County], opened: Callable[..., Ledger]
) -> None:
    policy = insurance(budget=2650.0)
    county = billed(by_hand, policy, 2)
    ledger = opened(county, policy)
    policy.reimburse(county, ledger)
    assert county.flows.reimbursed_term.tolist() == [1325.0, 1325.0]
    assert {e.payer: e.fen for e in ledger.close_year(county.households.members)} == {
        "basic_fund": 0,
        "critical_illness_insurer": 165_000,
        "medical_aid": 100_000,
    }


@given(st.lists(st.tuples(fen, fen), min_size=1, max_size=20), st.integers(1, 10**12))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_budget_is_kept_and_used_up(
    by_hand: Callable[..., County], opened: Callable[..., Ledger], bills: list[tuple[float, float]], budget: int
) -> None:
    policy = insurance(budget=budget / 100)
    policy.paid_ratio = 1.0
    county = by_hand(len(bills), ORDINARY, policies=(policy,), registry_status=1)
    policy.since(county)[:] = 2017
    county.flows.inpatient_bill[:], county.flows.outpatient_bill[:] = zip(*bills, strict=True)
    policy.reimburse(county, None)
    claimed = int(np.rint(county.flows.reimbursed_term * 100).sum())
    county.flows.reimbursed_term[:] = 0.0
    ledger = opened(county, policy)
    policy.reimburse(county, ledger)
    spent = ledger.spent("health_insurance")
    assert spent <= budget and spent == int(np.rint(county.flows.reimbursed_term * 100).sum())
    assert spent >= min(budget, claimed) - 3 * len(bills)  # less than a fen is lost on each claim


def test_better_cover_ends_care_forgone(by_hand: Callable[..., County]) -> None:
    forgone = []
    for policy in (insurance(effect=0.0), insurance(aid_cap=1e6)):
        county = by_hand(1, ORDINARY, {"borrowing": True}, policies=(policy,), registry_status=1)
        policy.since(county)[:] = 2017
        policy.paid_ratio = 1.0
        county.flows.net_income[:], county.flows.inpatient_bill[:], county.flows.basic_reimbursed[:] = (
            5000.0,
            12_000.0,
            5000.0,
        )
        policy.reimburse(county, None)
        forgo_care(county)
        forgone.append(bool(county.households.care_forgone[0]))
    # means are 1,500 + 2,500; own cost is 7,000, or (7,000 - 2,500) x .4 = 1,800
    assert forgone == [True, False]
