"""Coverage, adequacy, leakage and retention of a programme, and incidence by fifth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.programmes import benefit_incidence, programme_values, reached, total_received
from tuopin.sim.measures.state import Programme

MEMBERS = np.array([2, 1, 3, 4], dtype=np.int16)
ALONE = np.array([500.0, 900.0, 1_500.0, 3_000.0])


def test_a_programmes_year_by_hand() -> None:
    # 1,000 yuan to two persons at 500 and 600 to three at 1,500; last year the first two households were paid
    programme = Programme(np.array([100_000, 0, 60_000, 0]), np.array([True, True, False, False]))
    found = programme_values(reached(programme, ALONE < 1_000.0, 3.0, ALONE, MEMBERS))
    assert found == pytest.approx(
        {
            "coverage": 2 / 3,
            "poor_before_persons": 3,
            "beneficiaries_persons": 5,
            "adequacy": 1_600 / (2 * 500 + 3 * 1_500),
            "income_before_yuan": 5_500,
            "leakage_share": 600 / 1_600,
            "benefits_yuan": 1_600,
            "retention": 2 / 3,
            "beneficiaries_before_persons": 3,
        }
    )


def test_shares_of_nobody_and_of_nothing_are_unknown() -> None:
    programme = Programme(np.zeros(4, dtype=np.int64), np.zeros(4, dtype=bool))
    found = programme_values(reached(programme, np.zeros(4, dtype=bool), 0.0, ALONE, MEMBERS))
    assert {name for name, value in found.items() if math.isnan(value)} == {
        "coverage",
        "adequacy",
        "leakage_share",
        "retention",
    }
    assert all(math.isnan(x) for x in benefit_incidence(programme.received, ALONE, MEMBERS, 1_000.0).values())


def test_a_debt_is_no_income_to_be_adequate_against() -> None:
    programme = Programme(np.array([50_000, 0, 0, 0]), np.zeros(4, dtype=bool))
    alone = np.array([-400.0, 900.0, 1_500.0, 3_000.0])
    found = programme_values(reached(programme, alone < 1_000.0, 3.0, alone, MEMBERS))
    assert found["income_before_yuan"] == 0.0 and math.isnan(found["adequacy"]) and found["coverage"] == 2 / 3


def test_incidence_by_fifth_by_hand() -> None:
    one = np.ones(5, dtype=np.int16)
    income = np.array([3.0, 1.0, 5.0, 2.0, 4.0]) * 1_000.0
    received = np.array([30, 50, 20, 0, 0], dtype=np.int64)
    assert benefit_incidence(received, income, one, 1_000.0) == {1: 0.5, 2: 0.0, 3: 0.3, 4: 0.0, 5: 0.2}


@given(st.lists(st.tuples(st.integers(1, 390), st.integers(1, 9), st.integers(0, 999)), min_size=1, max_size=40))
def test_incidence_is_that_of_ranked_persons(rows: list[tuple[int, int, int]]) -> None:
    """Households of one income stand together; they belong to the fifth in which their middle person stands."""
    income = np.array([(k + 0.5) * 10.0 / 4095 * 10 for k, _, _ in rows])  # in lines, the middle of every tenth bin
    members, received = (np.array([row[k] for row in rows], dtype=t) for k, t in ((1, np.int16), (2, np.int64)))
    expected = dict.fromkeys(range(1, 6), 0)
    total, upto = int(members.sum()), 0
    for value in sorted(set(income)):
        same = income == value
        persons = int(members[same].sum())
        fifth = min(4, int(5 * (upto + persons / 2) / total)) + 1
        expected[fifth] += int(received[same].sum())
        upto += persons
    found = benefit_incidence(received, income * 1_000.0, members, 1_000.0)
    if received.sum() == 0:
        assert all(math.isnan(x) for x in found.values())
    else:
        assert found == pytest.approx({k: paid / received.sum() for k, paid in expected.items()})


def test_money_of_all_programmes_adds_up() -> None:
    none = np.zeros(2, dtype=bool)
    paid = {"a": Programme(np.array([1, 2]), none), "b": Programme(np.array([10, 0]), none)}
    assert total_received(paid, 2).tolist() == [11, 2]
    assert total_received({}, 2).tolist() == [0, 0]
