"""Spending and finance by hand: the bearable share, savings then debt over three years, care forgone, money
conserved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuopin.agents.county import County
from tuopin.agents.finance import _terms, forgo_care, pass_through, pay

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
    "finance.distress_sale": 0.2,
    "schooling.compulsory_cost": 600.0,
    "schooling.upper_cost": 4000.0,
    "schooling.college_cost": 12000.0,
    "schooling.college_loan": 8000.0,
    "health.forgone_share": 0.5,
    "health.basic_deductible": 0.0,
    "health.basic_rate": 0.5,
    "health.basic_cap": 1e6,
    "health.basic_outpatient_rate": 0.5,
}
ON = {"borrowing": True}


USUALLY_10_000 = {"net_income_pp": 2500.0, "net_income_pp_1": 2500.0}
"""Four members who had 10,000 yuan in both years before: less than the line, so that they consume what they have."""


def spent(county: County, net: Any, inpatient: Any = 0.0, outpatient: Any = 0.0, **flows: Any) -> County:
    f = county.flows
    f.net_income[:], f.inpatient_bill[:], f.outpatient_bill[:] = net, inpatient, outpatient
    for name, value in flows.items():
        setattr(f, name, np.asarray(value))
    pay(county)
    return county


def test_a_bill_within_the_bearable_share_is_paid_now(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        1, TERMS, ON, members=2, savings=500.0, productive_assets=1000.0, net_income_pp=3500.0, net_income_pp_1=3500.0
    )
    h = spent(county, 10_000.0, 3000.0).households[0]
    # 7,000 are left, as usual: 1 1/6 of the line of 6,000, so phi is .4 - .3 / 12 = .375; kept up is 7,000 - .1 x 1,000
    # = 6,900; consumed .375 x 7,000 + .625 x 6,900 = 6,937.5; 62.5 saved, half of it invested; assets 900 + 31.25
    assert (h.medical_bill, h.medical_out_of_pocket, h.medical_paid, h.school_paid) == (3000.0, 3000.0, 3000.0, 0.0)
    assert (h.savings, h.productive_assets, h.consumption) == pytest.approx((531.25, 931.25, 6937.5))
    assert (h.debt_due_1, h.debt_due_2, h.debt_due_3) == (0.0, 0.0, 0.0)


def test_what_exceeds_it_is_met_from_savings_then_debt_over_three_years(by_hand: Callable[..., County]) -> None:
    county = spent(by_hand(1, TERMS, ON, members=4, savings=500.0, **USUALLY_10_000), 10_000.0, 5000.0)
    h = county.households[0]
    # bearable 3,000; 2,000 remain: 500 of savings, 1,500 borrowed; all that is left is consumed
    assert (h.medical_paid, h.savings) == (3000.0, 0.0)
    assert (h.debt_due_1, h.debt_due_2, h.debt_due_3) == pytest.approx((500.0, 500.0, 500.0))
    paid = []
    for _ in range(4):
        spent(county, 10_000.0)
        paid.append(h.medical_paid)
    assert paid == [500.0, 500.0, 500.0, 0.0]
    assert h.debt_due_1 == h.debt_due_2 == h.debt_due_3 == 0.0


def test_an_instalment_above_its_share_of_income_is_put_off(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        2,
        TERMS,
        ON,
        debt_due_1=[500.0, 500.0],
        debt_due_2=[100.0, 0.0],
        debt_due_3=[50.0, 0.0],
        net_income_pp=[800.0, 0.0],
        net_income_pp_1=[800.0, 0.0],
    )
    h = spent(county, [1000.0, -400.0]).households
    # a fifth of 1,000 is paid and 300 put off; an income below zero pays nothing
    assert h.medical_paid.tolist() == [200.0, 0.0]
    np.testing.assert_allclose(h.debt_due_1, [100.0 + 300.0, 500.0])
    np.testing.assert_allclose(h.debt_due_2, [50.0, 0.0])
    assert h.debt_due_3.tolist() == [0.0, 0.0]
    assert h.consumption.tolist() == [800.0, 0.0]


def test_reimbursement_reduces_the_bill_and_is_no_income(by_hand: Callable[..., County]) -> None:
    county = spent(
        by_hand(1, TERMS, ON, members=4), 10_000.0, 4000.0, 1000.0, basic_reimbursed=2500.0, reimbursed_term=1500.0
    )
    h = county.households[0]
    assert (h.medical_bill, h.medical_out_of_pocket, h.medical_paid) == (5000.0, 1000.0, 1000.0)
    assert county.flows.net_income[0] == 10_000.0


def test_schooling_comes_after_medicine_within_the_same_share(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        3, TERMS, ON, members=6, pupils=[2, 0, 0], upper_students=[0, 1, 0], college_students=[0, 0, 1], savings=0.0
    )
    h = spent(county, 10_000.0, [0.0, 2000.0, 0.0]).households
    # 2 x 600; 4,000 of which 1,000 fit beside the bill; 12,000 less the loan of 8,000, of which 3,000 fit
    assert h.school_paid.tolist() == [1200.0, 1000.0, 3000.0]
    np.testing.assert_allclose(h.debt_due_1, [0.0, 1000.0, 1000.0 / 3])
    assert h.medical_paid.tolist() == [0.0, 2000.0, 0.0]


def test_the_own_share_of_a_programme_comes_from_savings_then_a_loan(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, TERMS, ON, members=4, savings=[4000.0, 1000.0, 3000.0], **USUALLY_10_000)
    h = spent(county, 10_000.0, [0.0, 0.0, 5000.0], own_payment_term=[2500.0, 2500.0, 2500.0]).households
    # the third needs 2,000 of its savings for the bill first
    assert h.savings.tolist() == [1500.0, 0.0, 0.0]
    assert h.formal_loan.tolist() == [0.0, 1500.0, 1500.0]
    assert h.medical_paid.tolist() == [0.0, 0.0, 3000.0] and h.school_paid.tolist() == [0.0] * 3


def test_care_is_forgone_when_the_bill_exceeds_all_means(by_hand: Callable[..., County]) -> None:
    # bearable 3,000 + savings 1,000 + credit 5,000 - 600 owed = 8,400
    county = by_hand(
        4,
        TERMS,
        ON,
        savings=1000.0,
        debt_due_1=300.0,
        debt_due_2=200.0,
        debt_due_3=100.0,
        insured=[0, 0, 1, 0],
        productive_assets=1000.0,
        members=4,
        **USUALLY_10_000,
    )
    f = county.flows
    f.net_income[:] = 10_000.0
    f.inpatient_bill[:], f.outpatient_bill[:] = [8400.0, 8300.0, 20_000.0, 10_000.0], [0.0, 200.0, 0.0, 0.0]
    f.basic_reimbursed[:] = [0.0, 0.0, 10_000.0, 0.0]
    f.reimbursed_term[:] = [0.0, 0.0, 0.0, 2000.0]
    forgo_care(county)
    assert county.households.care_forgone.tolist() == [False, True, True, False]
    assert f.inpatient_bill.tolist() == [8400.0, 4150.0, 10_000.0, 10_000.0]
    assert f.outpatient_bill.tolist() == [0.0, 100.0, 0.0, 0.0]
    assert f.basic_reimbursed.tolist() == [0.0, 0.0, 5000.0, 0.0]
    pay(county)
    np.testing.assert_allclose(county.households.productive_assets, [900.0, 720.0, 720.0, 900.0])


def test_without_borrowing_there_is_no_credit(by_hand: Callable[..., County]) -> None:
    for mechanisms, forgone in ((ON, False), ({}, True)):
        county = by_hand(1, TERMS, mechanisms, savings=1000.0)
        county.flows.net_income[:], county.flows.inpatient_bill[:] = 10_000.0, 8000.0
        forgo_care(county)
        assert county.households.care_forgone[0] == forgone


def test_who_cannot_borrow_pays_at_once_up_to_half_of_income(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        3, TERMS, members=1, savings=500.0, debt_due_1=[0.0, 0.0, 900.0], net_income_pp=1e4, net_income_pp_1=1e4
    )
    h = spent(county, 10_000.0, [3700.0, 8000.0, 20_000.0]).households
    # 3,700: 500 of savings, 200 above the bearable 3,000; the others come up to half of income, an instalment of 900
    # of earlier debt within it; what remains of the bill stays unpaid
    assert h.medical_paid.tolist() == [3200.0, 5000.0, 5000.0]
    assert h.consumption.tolist() == [6800.0, 5000.0, 5000.0]
    assert h.savings.tolist() == [0.0, 0.0, 0.0]
    assert not (h.debt_due_1 + h.debt_due_2 + h.debt_due_3).any()


def test_nobody_borrows_above_the_cap(by_hand: Callable[..., County]) -> None:
    # the cap is 5,000; of the 2,500 due now a fifth of income is paid and 500 put off, so 500 + 2,000 + 1,000 are owed
    # and 1,500 are lent; what half of the income leaves beside care and the instalment is nothing: 4,500 stay unpaid
    county = by_hand(1, TERMS, ON, members=4, debt_due_1=2500.0, debt_due_2=2000.0, debt_due_3=1000.0)
    h = spent(county, 10_000.0, 9000.0).households[0]
    assert h.medical_paid == 3000.0 + 2000.0
    assert (h.debt_due_1, h.debt_due_2, h.debt_due_3) == (2000.0 + 500.0 + 500.0, 1000.0 + 500.0, 500.0)
    # with less owed before: 4,500 are lent and the rest is paid at once, up to half of income
    county = by_hand(2, TERMS, ON, members=4, debt_due_2=500.0)
    h = spent(county, 10_000.0, [7500.0, 8000.0]).households
    assert h.medical_paid.tolist() == [3000.0, 3500.0]
    np.testing.assert_allclose(h.debt_due_3, 1500.0)


@pytest.mark.parametrize(("lines", "phi"), [(-1.0, 0.4), (1.0, 0.4), (1.5, 0.325), (2.0, 0.25), (3.0, 0.1), (9.0, 0.1)])
def test_what_consumption_follows_of_income_falls_evenly_between_one_line_and_three(
    by_hand: Callable[..., County], lines: float, phi: float
) -> None:
    assert pass_through(lines, _terms(by_hand(1, TERMS))) == pytest.approx(phi)


def test_consumption_is_smoothed_from_savings(by_hand: Callable[..., County]) -> None:
    # a bad year of 2,000 after two of 8,000: usual 6,000, two lines, phi .25; kept up is 6,000 - .1 x 3,000 = 5,700;
    # wanted .25 x 2,000 + .75 x 5,700 = 4,775: from savings, as far as they go. Nothing is invested. A good year of
    # 8,000 after two of 5,000: usual 6,000; consumed 2,000 + 4,275 = 6,275, the rest saved and half of it invested
    county = by_hand(
        3,
        TERMS,
        ON,
        members=1,
        savings=[5000.0, 1500.0, 0.0],
        net_income_pp=[9000.0, 8000.0, 5000.0],
        net_income_pp_1=[7000.0, 8000.0, 5000.0],
        productive_assets=100.0,
    )
    h = spent(county, [2000.0, 2000.0, 8000.0]).households
    np.testing.assert_allclose(h.consumption, [4775.0, 3500.0, 6275.0])
    np.testing.assert_allclose(h.savings, [2225.0, 0.0, 862.5])
    np.testing.assert_allclose(h.productive_assets, [90.0, 90.0, 952.5])
    # two years below zero leave this year's usual income at a third of it; nobody eats less than nothing
    county = by_hand(2, TERMS, ON, members=1, net_income_pp=-9000.0)
    h = spent(county, [3000.0, -3000.0]).households
    np.testing.assert_allclose(h.consumption, [0.4 * 3000.0 + 0.6 * 1000.0, 0.0])


cents = st.integers(0, 4_000_000).map(lambda fen: fen / 100)
household = st.tuples(
    st.integers(-500_000, 6_000_000).map(lambda fen: fen / 100),
    cents,
    cents,
    st.floats(0, 1),
    cents,
    cents,
    cents,
    cents,
    cents,
    st.integers(1, 7),
    st.integers(0, 3),
    st.integers(0, 1),
    st.integers(0, 1),
)


@pytest.mark.parametrize(
    "shares", [{}, {"finance.bill_share": 0.1, "finance.instalment_share": 0.4, "finance.saving_rate": 0.25}]
)
def test_money_is_conserved(by_hand: Callable[..., County], shares: dict[str, float]) -> None:
    """Income + savings drawn + borrowed = payments + saved + consumed, and debts and savings move by exactly that."""

    @given(st.lists(household, min_size=1, max_size=12))
    @settings(max_examples=80)
    def check(rows: list[tuple[float, ...]]) -> None:
        net, inpatient, outpatient, covered, own_payment, savings, due1, due2, due3, members, pupils, upper, college = (
            np.array(column, dtype=float) for column in zip(*rows, strict=True)
        )
        county = by_hand(
            len(rows),
            {**TERMS, **shares},
            ON,
            members=members,
            pupils=pupils,
            upper_students=upper,
            college_students=college,
            savings=savings,
            debt_due_1=due1,
            debt_due_2=due2,
            debt_due_3=due3,
            productive_assets=1000.0,
        )
        h = county.households
        before = {n: h.column(n).astype(float) for n in ("savings", "debt_due_1", "debt_due_2", "debt_due_3")}
        reimbursed = np.floor((inpatient + outpatient) * covered * 100) / 100
        spent(county, net, inpatient, outpatient, basic_reimbursed=reimbursed, own_payment_term=own_payment)
        owed = sum(before[f"debt_due_{k}"] for k in (1, 2, 3))
        owes = sum(h.column(f"debt_due_{k}").astype(float) for k in (1, 2, 3))
        school = pupils * 600.0 + upper * 4000.0 + college * 4000.0
        own = h.medical_out_of_pocket
        np.testing.assert_allclose(own, inpatient + outpatient - reimbursed, atol=0.011)
        income = np.maximum(net, 0.0)
        invested = h.productive_assets.astype(float) - 900.0
        saving = h.savings.astype(float) - before["savings"] + invested
        borrowed = owes - owed + h.formal_loan
        # medical_paid and school_paid are all that leaves this year's income: instalments included, new debt not
        unpaid = own + school + own_payment + saving + h.consumption - income - borrowed
        assert (unpaid > -0.1 - 1e-5 * (income + own)).all()
        # a bill stays unpaid only where relatives lend no more and half of the income is gone
        left_over = unpaid > 1.0 + 1e-5 * (income + own)
        assert (owes[left_over] >= 0.5 * income[left_over] - 1.0).all()
        assert (h.medical_paid + h.school_paid)[left_over] == pytest.approx(0.5 * income[left_over], abs=0.1, rel=1e-5)
        assert (owes <= np.maximum(owed, 0.5 * income) + 1.0).all()
        assert (h.medical_paid + h.school_paid <= 0.5 * income + 0.02).all()
        assert h.faults() == []

    check()


def test_one_household_with_everything_by_hand(by_hand: Callable[..., County]) -> None:
    """Net income + borrowing + dissaving = payments + saving + consumption, every term worked out here."""
    county = by_hand(1, TERMS, ON, members=2, pupils=1, savings=1000.0, debt_due_1=900.0, debt_due_2=300.0)
    county.households.net_income_pp[:], county.households.net_income_pp_1[:] = 6450.0, 5000.0
    h = spent(county, 20_000.0, 9000.0, 0.0, basic_reimbursed=1000.0).households[0]
    # own 8,000: 6,000 bearable, so schooling of 600 is not; 2,600 remain: 1,000 savings, 1,600 borrowed
    assert h.medical_paid == 6000.0 + 900.0 and h.school_paid == 0.0
    assert (h.debt_due_1, h.debt_due_2, h.debt_due_3) == pytest.approx((300 + 1600 / 3, 1600 / 3, 1600 / 3))
    # 13,100 are left; usual (13,100 + 2 x 11,450) / 3 = 12,000, two lines: phi .25; kept up 12,000 - .1 x 6,000; half
    # of what is saved is invested
    assert h.consumption == pytest.approx(0.25 * 13_100 + 0.75 * 11_400)
    assert h.savings == pytest.approx(637.5) and h.productive_assets == pytest.approx(637.5)
