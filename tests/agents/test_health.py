"""Illness and its bills: rates, the health loop, moral hazard that never loses a stay, and the basic scheme by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.county import County
from tuopin.agents.health import BasicScheme, basic_payment, bill, fall_ill, to_fen

RATES = {
    "health.inpatient_rate": 0.1,
    "health.chronic_onset": 0.0,
    "health.chronic_recovery": 0.0,
    "health.chronic_risk": 2.0,
    "health.elderly_risk": 1.5,
    "health.mean_risk": 1.25,
    "health.bill_median": 4000.0,
    "health.bill_sigma": 1.0,
    "health.major_rate": 0.0,
    "health.major_median": 45000.0,
    "health.major_sigma": 0.5,
    "health.income_loss": 0.1,
    "health.major_income_loss": 0.4,
    "health.disability_rate": 0.0,
    "health.forgone_risk": 1.5,
    "health.basic_deductible": 300.0,
    "health.basic_rate": 0.6,
    "health.basic_cap": 5000.0,
    "health.basic_outpatient_rate": 0.25,
    "health.outpatient_cost": 1500.0,
}
N = 60_000


def near(share: float, p: float, n: int = N) -> bool:
    return abs(share - p) <= 4.5 * (p * (1 - p) / n) ** 0.5


@pytest.mark.parametrize(
    ("columns", "weight"),
    [
        ({}, 1 / 1.25),
        ({"members": 2, "working_age": 1, "elderly": 1}, (1 + 1.5) / 1.25),
        ({"chronic": 1}, (1 + 1.0) / 1.25),
        ({"care_forgone": True}, 1.5 / 1.25),
        ({"members": 3, "working_age": 0, "pupils": 3}, 0.0),
    ],
)
def test_hospital_stays_come_at_their_rate(
    by_hand: Callable[..., County], columns: dict[str, int], weight: float
) -> None:
    county = by_hand(N, RATES, {"illness": True, "health_loop": True}, **columns)
    fall_ill(county)
    assert near(float((county.flows.stay_ratio < 1.0).mean()), 1 - np.exp(-0.1 * weight))


def test_without_the_health_loop_forgone_care_has_no_sequel(by_hand: Callable[..., County]) -> None:
    county = by_hand(N, RATES, {"illness": True}, care_forgone=True)
    fall_ill(county)
    assert near(float((county.flows.stay_ratio < 1.0).mean()), 1 - np.exp(-0.08))


def test_without_illness_nobody_falls_ill_and_nobody_recovers(by_hand: Callable[..., County]) -> None:
    county = by_hand(500, {**RATES, "health.major_rate": 1.0, "health.chronic_recovery": 1.0}, chronic=1, working_age=1)
    fall_ill(county)
    bill(county)
    f = county.flows
    assert (county.households.chronic == 1).all() and (f.illness_factor == 1.0).all()
    assert (
        not f.major_bill.any()
        and not f.inpatient_bill.any()
        and not f.outpatient_bill.any()
        and not f.basic_reimbursed.any()
    )


def test_bills_are_log_normal_about_their_median(by_hand: Callable[..., County]) -> None:
    county = by_hand(N, {**RATES, "health.inpatient_rate": 9.0, "health.major_rate": 1.0}, {"illness": True})
    fall_ill(county)
    f = county.flows
    for bills, median, sigma in ((f.stay_bill, 4000.0, 1.0), (f.major_bill, 45000.0, 0.5)):
        logs = np.log(bills[bills > 0].astype(float))
        assert len(logs) > 0.99 * N
        assert logs.mean() == pytest.approx(np.log(median), abs=0.02) and logs.std() == pytest.approx(sigma, rel=0.02)


def test_income_left_after_illness(by_hand: Callable[..., County]) -> None:
    county = by_hand(N, {**RATES, "health.inpatient_rate": 0.5, "health.major_rate": 0.3}, {"illness": True})
    fall_ill(county)
    f, h = county.flows, county.households
    stay, major = f.stay_ratio < 1.0, f.major_bill > 0
    for mask, left, state in (
        (~stay & ~major, 1.0, 0),
        (stay & ~major, 0.9, 2),
        (~stay & major, 0.6, 3),
        (stay & major, 0.54, 3),
    ):
        assert mask.sum() > 1000
        np.testing.assert_allclose(f.illness_factor[mask], left, rtol=1e-6)
        assert (h.health[mask] == state).all()


def test_major_illness_strikes_adults(by_hand: Callable[..., County]) -> None:
    rare = {**RATES, "health.major_rate": 0.05}
    county = by_hand(N, rare, {"illness": True}, members=6, working_age=2, elderly=1, pupils=3, able_workers=2)
    fall_ill(county)
    assert near(float((county.flows.major_bill > 0).mean()), 0.15)


def test_chronic_illness_disability_and_their_bounds(by_hand: Callable[..., County]) -> None:
    moving = {**RATES, "health.chronic_onset": 0.05, "health.chronic_recovery": 0.1, "health.disability_rate": 0.02}
    county = by_hand(
        N, moving, {"illness": True}, members=2, working_age=2, chronic=1, able_workers=1, off_farm=1, migrants=1
    )
    fall_ill(county)
    h = county.households
    assert near(float((h.chronic == 2).mean()), 0.05) and near(float((h.chronic == 0).mean()), 0.1)
    assert near(float((h.disabled == 1).mean()), 0.04)
    hurt = h.disabled == 1
    assert (h.able_workers[hurt] == 0).all() and (h.off_farm[hurt] == 0).all() and (h.migrants[hurt] == 0).all()
    # of three adults two are ill: one may fall ill, two may recover; children count for neither
    two = by_hand(
        N, moving, {"illness": True}, members=5, working_age=2, elderly=1, pupils=2, chronic=2, able_workers=2
    )
    fall_ill(two)
    h = two.households
    assert near(float((h.chronic == 3).mean()), 0.05) and near(float((h.chronic == 1).mean()), 0.2)
    assert near(float((h.disabled == 1).mean()), 0.06)
    full = by_hand(
        N, {**moving, "health.chronic_onset": 1.0, "health.chronic_recovery": 0.0}, {"illness": True}, chronic=1
    )
    fall_ill(full)
    assert (full.households.chronic == 1).all()  # nobody left to fall chronically ill


# --- the basic scheme ------------------------------------------------------------------------------------------------

SCHEME = BasicScheme(basic_deductible=300.0, basic_rate=0.6, basic_cap=5000.0, basic_outpatient_rate=0.25)


@pytest.mark.parametrize(
    ("inpatient", "outpatient", "paid"),
    [
        (0.0, 0.0, 0.0),
        (300.0, 0.0, 0.0),
        (299.99, 0.0, 0.0),
        (1300.0, 0.0, 600.0),
        (1300.0, 1000.0, 850.0),
        (8633.33, 0.0, 5000.0),
        (8633.34, 0.0, 5000.0),
        (1e6, 0.0, 5000.0),
        (1e6, 100.0, 5025.0),
        (301.0, 0.01, 0.6),
    ],
)
def test_basic_payment_by_hand(inpatient: float, outpatient: float, paid: float) -> None:
    assert basic_payment(inpatient, outpatient, SCHEME) == pytest.approx(paid, abs=0.005)


money = st.integers(0, 10**8).map(lambda fen: fen / 100)
share = st.floats(0, 1)


@given(money, money, money, share, share, money)
def test_the_scheme_never_pays_more_than_the_bill(
    a: float, b: float, deductible: float, rate: float, out: float, cap: float
) -> None:
    paid = basic_payment(a, b, BasicScheme(deductible, rate, cap, out))
    assert 0.0 <= paid <= a + b + 0.011
    assert round(paid * 100) == pytest.approx(paid * 100, abs=1e-4)


@given(money, money, money, money, share, share, share, share)
def test_better_terms_never_pay_less(
    a: float, b: float, low: float, more: float, r1: float, r2: float, o1: float, o2: float
) -> None:
    worse = BasicScheme(low + more, min(r1, r2), 5000.0, min(o1, o2))
    better = BasicScheme(low, max(r1, r2), 5000.0 + more, max(o1, o2))
    assert basic_payment(a, b, worse) <= basic_payment(a, b, better)


@given(st.floats(0, 1e8))
def test_to_fen(yuan: float) -> None:
    assert abs(to_fen(yuan) - yuan) <= 0.005 + 1e-7
    assert to_fen(0.125) == 0.13 and to_fen(7.0) == 7.0


# --- bills -----------------------------------------------------------------------------------------------------------


def test_bills_by_hand(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        5, RATES, {"illness": True}, members=4, working_age=4, chronic=[0, 2, 0, 0, 0], insured=[1, 1, 1, 0, 1]
    )
    f = county.flows
    f.stay_ratio[:], f.stay_bill[:] = [0.5, 5.0, 1.2, 0.5, 0.99], [1300.0, 0.0, 1300.0, 1300.0, 1300.0]
    f.major_bill[:] = [0.0, 0.0, 0.0, 0.0, 10_000.0]
    bill(county)
    assert f.inpatient_bill.tolist() == [1300.0, 0.0, 0.0, 1300.0, 11_300.0]
    assert f.outpatient_bill.tolist() == [0.0, 3000.0, 0.0, 0.0, 0.0]
    assert f.basic_reimbursed.tolist() == [600.0, 750.0, 0.0, 0.0, 5000.0]
    f.use_factor[:] = 1.25  # better cover: the third household's luck now is a stay, of the same bill
    bill(county)
    assert f.inpatient_bill.tolist() == [1300.0, 0.0, 1300.0, 1300.0, 11_300.0]


def test_more_use_only_adds_stays_and_costs_no_income(by_hand: Callable[..., County]) -> None:
    def stays(use: float) -> tuple[np.ndarray, np.ndarray]:
        county = by_hand(20_000, RATES, {"illness": True}, insured=False)
        fall_ill(county)
        factor = county.flows.illness_factor.copy()
        county.flows.use_factor[:] = use
        bill(county)
        return county.flows.inpatient_bill.copy(), factor

    (few, income_a), (some, income_b), (many, _) = stays(1.0), stays(1.2), stays(1.5)
    assert (some >= few).all() and (many >= some).all() and (many > 0).sum() > (some > 0).sum() > (few > 0).sum()
    assert (some[few > 0] == few[few > 0]).all()
    np.testing.assert_array_equal(income_a, income_b)
    p = 1 - np.exp(-0.08)
    assert near(float((many > 0).mean()), 1.5 * p, 20_000)
