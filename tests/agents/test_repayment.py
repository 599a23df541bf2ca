"""Repayment of loans: met from savings, then by relatives, the rest unpaid; to the fen, and no medical payment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuopin.agents.county import County
from tuopin.agents.finance import for_loans, pay, repay
from tuopin.agents.status import assess

TERMS = {
    "finance.bill_share": 0.30,
    "finance.instalment_share": 0.20,
    "finance.hardship_share": 0.5,
    "finance.borrowing_cap": 0.5,
    "finance.saving_rate": 0.10,
    "finance.pass_through_poor": 0.4,
    "finance.pass_through_rich": 0.1,
    "finance.smooth_from": 3.0,
    "finance.invested_share": 0.5,
    "finance.asset_depreciation": 0.1,
}
ON = {"borrowing": True}
USUALLY_10_000 = {"net_income_pp": 2500.0, "net_income_pp_1": 2500.0}
"""Four members who had 10,000 yuan in both years before: less than the line, so that they consume what they have."""
money = st.integers(0, 5_000_000).map(lambda fen: fen / 100)


def spent(county: County, net: Any, inpatient: Any = 0.0, **terms: Any) -> Any:
    f = county.flows
    f.net_income[:], f.inpatient_bill[:], f.outpatient_bill[:] = net, inpatient, 0.0
    f.repayment_term[:], f.own_payment_term[:] = terms.get("due", 0.0), terms.get("own", 0.0)
    pay(county)
    return county.households


@pytest.mark.parametrize(
    ("due", "savings", "credit", "met"),
    [
        (0.0, 500.0, 500.0, (0.0, 0.0, 0.0)),
        (300.0, 500.0, 500.0, (300.0, 0.0, 0.0)),
        (700.0, 500.0, 500.0, (500.0, 200.0, 0.0)),
        (1700.0, 500.0, 500.0, (500.0, 500.0, 700.0)),
        (0.29, 0.289, 0.0, (0.28, 0.0, 0.01)),
        (5.0, -3.0, -2.0, (0.0, 0.0, 5.0)),
        (-5.0, 3.0, 2.0, (0.0, 0.0, 0.0)),
    ],
)
def test_repay_by_hand(due: float, savings: float, credit: float, met: tuple[float, float, float]) -> None:
    assert tuple(repay(due, savings, credit)) == met


@given(money, st.floats(0, 1e6), st.floats(0, 1e6))
def test_what_is_due_is_paid_and_unpaid_to_the_fen(due: float, savings: float, credit: float) -> None:
    met = repay(due, savings, credit)
    fen = [round(100 * part) for part in met]
    assert sum(fen) == round(100 * due) and min(fen) >= 0
    assert [x / 100 for x in fen] == list(met)  # each is a whole number of fen
    assert met.from_savings <= savings + 1e-9 and met.borrowed <= credit + 1e-9
    assert met.borrowed == 0.0 or savings - met.from_savings < 0.01
    assert met.unpaid == 0.0 or credit - met.borrowed < 0.01


def test_savings_then_relatives_within_the_cap_and_the_rest_is_unpaid(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, TERMS, ON, members=4, savings=[4000.0, 1000.0, 1000.0], **USUALLY_10_000)
    h = spent(county, [10_000.0, 10_000.0, 600.0], due=2500.0)
    # relatives lend half of the year's income at most
    assert county.flows.repayment_unpaid.tolist() == [0.0, 0.0, 1200.0]
    assert h.savings.tolist() == [1500.0, 0.0, 0.0]
    np.testing.assert_allclose(h.debt_for_loans, [0.0, 1500.0, 300.0])
    np.testing.assert_allclose(h.debt_due_1 + h.debt_due_2 + h.debt_due_3, [0.0, 1500.0, 300.0])
    assert not h.medical_paid.any() and not h.school_paid.any()


def test_care_comes_before_a_loan_and_a_loan_before_the_share_of_a_programme(by_hand: Callable[..., County]) -> None:
    """A bill of 5,000: 3,000 out of income, 2,000 of the 3,000 saved; 1,000 are left for what falls due."""
    county = by_hand(2, TERMS, ON, members=4, savings=3000.0, **USUALLY_10_000)
    h = spent(county, 10_000.0, [5000.0, 0.0], due=[7000.0, 2500.0], own=[0.0, 900.0])
    assert h.medical_paid.tolist() == [3000.0, 0.0]
    # 1,000 of savings and 5,000 of relatives; of the second's 3,000, 2,500 repay, 500 pay its share, 400 are lent
    assert county.flows.repayment_unpaid.tolist() == [1000.0, 0.0]
    np.testing.assert_allclose(h.formal_loan, [0.0, 400.0])
    np.testing.assert_allclose(h.debt_for_loans, [5000.0, 0.0])


def test_what_relatives_lent_for_care_they_do_not_lend_for_a_loan(by_hand: Callable[..., County]) -> None:
    """A bill of 5,000 without savings: 3,000 out of income, 2,000 lent; of the 5,000 they would lend 3,000 are left."""
    county = by_hand(1, TERMS, ON, members=4, **USUALLY_10_000)
    h = spent(county, 10_000.0, 5000.0, due=4000.0)
    assert county.flows.repayment_unpaid.tolist() == [1000.0]
    assert h.debt_for_loans.tolist() == [3000.0]
    np.testing.assert_allclose(h.debt_due_1 + h.debt_due_2 + h.debt_due_3, 5000.0)


def test_what_relatives_lent_for_a_loan_lowers_consumption_for_three_years_and_is_no_medical_payment(
    by_hand: Callable[..., County],
) -> None:
    county = by_hand(1, TERMS, ON, members=4, **USUALLY_10_000)
    h = spent(county, 10_000.0, due=3000.0)
    assert h.consumption.tolist() == [10_000.0]  # nothing of the year's income is paid away
    seen = []
    for _ in range(4):
        spent(county, 10_000.0)
        seen.append((round(float(h.consumption[0]), 2), round(float(h.debt_for_loans[0]), 2), float(h.medical_paid[0])))
    assert seen == [(9000.0, 2000.0, 0.0), (9000.0, 1000.0, 0.0), (9000.0, 0.0, 0.0), (10_000.0, 0.0, 0.0)]


def test_debt_for_care_and_for_loans_is_told_apart_by_its_share(by_hand: Callable[..., County]) -> None:
    """Of 3,000 owed a third is for a loan: so is a third of each instalment."""
    county = by_hand(
        1, TERMS, ON, members=4, debt_due_1=1000.0, debt_due_2=1000.0, debt_due_3=1000.0, debt_for_loans=1000.0
    )
    h, seen = county.households, []
    for _ in range(3):
        spent(county, 10_000.0)
        seen.append((float(h.medical_paid[0]), round(float(h.debt_for_loans[0]), 2)))
    assert seen == [(666.67, 666.67), (666.67, 333.33), (666.67, 0.0)]
    assert for_loans(500.0, 0.0, 0.0) == for_loans(500.0, 900.0, 0.0) == 0.0
    assert for_loans(500.0, 900.0, 950.0) == 500.0


def test_a_loan_that_falls_due_can_bring_relapse_by_consumption_and_not_by_income(
    by_hand: Callable[..., County],
) -> None:
    """Four persons at 13,000 yuan a year, 1,000 above the line of 12,000: 9,000 due is lent, 2,600 put off or paid."""
    county = by_hand(1, TERMS, ON, members=4, net_income_pp=3250.0, net_income_pp_1=3250.0)
    h, views = county.households, []
    for due in (0.0, 6000.0, 0.0):
        spent(county, 13_000.0, due=due)
        assess(county)
        views.append((bool(h.poor_true[0]), bool(h.poor_consumption[0])))
    assert views == [(False, False), (False, False), (False, True)]


row = st.tuples(money, st.one_of(st.just(0.0), money), money, money, money, money, money, st.integers(0, 20))


def test_money_is_conserved_and_debt_for_loans_is_part_of_debt(by_hand: Callable[..., County]) -> None:
    """Income + change of debt = bill + repayment + consumption + saving; a part of a bill may stay unpaid."""

    @given(st.lists(row, min_size=1, max_size=12))
    @settings(max_examples=60)
    def check(rows: list[tuple[float, ...]]) -> None:
        net, bill, due, savings, *debts, share = (np.array(x, dtype=float) for x in zip(*rows, strict=True))
        owed, due_1 = sum(debts), debts[0]
        columns = {f"debt_due_{k + 1}": debts[k] for k in range(3)}
        given_ = {**columns, "debt_for_loans": owed * share / 20, "savings": savings, "members": 3}
        county = by_hand(len(rows), TERMS, ON, **given_)
        h = county.households
        before = h.debt_for_loans.astype(float)
        spent(county, net, bill, due=due)
        owes = h.debt_due_1.astype(float) + h.debt_due_2 + h.debt_due_3
        paid = due - county.flows.repayment_unpaid
        close = 0.03 + 1e-6 * (net + bill + due + savings + owed)
        assert ((paid >= 0.0) & (paid <= due)).all() and h.faults() == []
        saving = h.savings.astype(float) - savings + h.productive_assets
        gap = bill + paid + h.consumption + saving - net - (owes - owed)
        assert (gap >= -close).all()
        assert (gap <= close)[bill == 0].all()
        # the part of an instalment that is for loans is no medical payment, and leaves what is owed for loans
        instalment = np.minimum(due_1, 0.2 * net)
        for_loans = instalment * np.where(owed > 0, before / np.maximum(owed, 0.01), 0.0)
        np.testing.assert_allclose(h.medical_paid[bill == 0], (instalment - for_loans)[bill == 0], atol=0.05, rtol=1e-5)
        lent = h.debt_for_loans - (before - for_loans)
        assert ((lent >= -close) & (lent <= paid + close)).all()
        assert (h.debt_for_loans <= owes + close).all()

    check()
