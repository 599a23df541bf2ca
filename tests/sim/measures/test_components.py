"""Sources of income, growth and redistribution, growth by initial tenth: by hand and by brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.components import (
    deciles,
    growth_incidence,
    growth_redistribution,
    income_shares,
    mean_by_decile,
)
from tuopin.sim.measures.state import Initial, Sources


def test_sources_by_hand_and_as_the_office_counts() -> None:
    # 8,000 of wages, half of it sent home; 500 of business, 500 of property, 1,000 from relatives, 1,000 public
    sources = Sources(
        wage=np.array([6_000.0, 2_000.0]),
        remitted=np.array([4_000.0, 0.0]),
        business=np.array([1_000.0, -500.0]),
        property=np.array([0.0, 500.0]),
        private=np.array([0.0, 1_000.0]),
        public=np.array([1_000.0, 0.0]),
    )
    assert income_shares(sources) == pytest.approx(
        {
            "wage_income_share": 8 / 11,
            "business_income_share": 0.5 / 11,
            "property_income_share": 0.5 / 11,
            "private_transfer_share": 1 / 11,
            "office_wage_share": 4 / 11,
            "office_transfer_share": 6 / 11,
        }
    )
    nothing = Sources(*(np.zeros(2) for _ in Sources._fields))
    assert all(math.isnan(share) for share in income_shares(nothing).values())


def start(in_lines: list[float], persons: list[int], decile: list[int] | None = None, prices: float = 1.0) -> Initial:
    means = np.full(11, np.nan)
    means[1:3] = 1_000.0, 2_000.0
    given = np.array(decile if decile is not None else [0], dtype=np.int8)
    return Initial(np.array(in_lines), np.array(persons, dtype=np.int16), means, given, prices)


def test_growth_and_redistribution_by_hand() -> None:
    # incomes of .5, .9 and 1.6 lines, mean 1; then .8, 1.3 and .9, mean 1. All of the change is redistribution: two of
    # three were poor and are
    initial = start([0.5, 0.9, 1.6], [1, 1, 1])
    same = growth_redistribution(initial, np.array([800.0, 1_300.0, 900.0]), np.ones(3, np.int16), 1_000.0)
    assert same == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)
    # all incomes double: 1, 1.8 and 3.2 lines, nobody is poor, all of it growth
    doubled = growth_redistribution(initial, np.array([1_000.0, 1_800.0, 3_200.0]), np.ones(3, np.int16), 1_000.0)
    assert doubled == pytest.approx((-2 / 3, 0.0, 0.0), abs=1e-12)
    # mean 1 as before, evenly: nobody is poor, all of it redistribution
    even = growth_redistribution(initial, np.full(3, 1_000.0), np.ones(3, np.int16), 1_000.0)
    assert even == pytest.approx((0.0, -2 / 3, 0.0), abs=1e-12)
    assert all(math.isnan(x) for x in growth_redistribution(initial, np.zeros(3), np.ones(3, np.int16), 1_000.0))


incomes = st.lists(st.tuples(st.integers(50, 5_000), st.integers(1, 9)), min_size=1, max_size=30)


@given(incomes, incomes)
def test_growth_and_redistribution_are_those_of_the_formula(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    """Datt and Ravallion on expanded lists of persons; incomes at the limit itself are left to rounding."""
    y0, y1 = (np.repeat([x / 1_000 for x, _ in rows], [m for _, m in rows]) for rows in (before, after))
    mean_0, mean_1 = y0.mean(), y1.mean()
    if np.isclose(y0 * mean_1 / mean_0, 1.0, atol=1e-3).any() or np.isclose(y1 * mean_0 / mean_1, 1.0, atol=1e-3).any():
        return
    h0, h1 = (y0 < 1).mean(), (y1 < 1).mean()
    growth, redistribution = (y0 * mean_1 / mean_0 < 1).mean() - h0, (y1 * mean_0 / mean_1 < 1).mean() - h0
    found = growth_redistribution(
        start([x / 1_000 for x, _ in before], [m for _, m in before]),
        np.array([float(x) for x, _ in after]),
        np.array([m for _, m in after], dtype=np.int16),
        1_000.0,
    )
    assert found == pytest.approx((growth, redistribution, h1 - h0 - growth - redistribution), abs=1e-9)


def test_growth_by_initial_tenth_is_real_and_of_persons() -> None:
    initial = start([1.0], [1], decile=[1, 1, 2, 0], prices=1.1)
    income, members = np.array([1_100.0, 1_300.0, 2_200.0, 9_000.0]), np.array([1, 3, 2, 5], dtype=np.int16)
    found = growth_incidence(initial, income, members)
    # (1,100 + 3 x 1,300) / 4 = 1,250 at prices of 1.1 against 1,000; 2,200 / 1.1 against 2,000; newcomers (0) in none
    assert found[1] == pytest.approx(1_250 / 1.1 / 1_000 - 1.0) and found[2] == pytest.approx(0.0)
    assert sorted(found) == list(range(1, 11)) and all(math.isnan(found[k]) for k in range(3, 11))


def test_tenths_of_persons_by_hand() -> None:
    income = np.arange(10, 0, -1.0)
    assert deciles(income, np.ones(10, dtype=np.int16)).tolist() == list(range(10, 0, -1))
    # of ten persons the five poorer have their middle at 2.5, the others at 7.5
    assert deciles(np.array([2.0, 1.0]), np.array([5, 5], dtype=np.int16)).tolist() == [8, 3]
    assert deciles(np.array([]), np.array([], dtype=np.int16)).tolist() == []


def test_means_by_tenth_by_hand() -> None:
    means = mean_by_decile(
        np.array([1, 1, 10], dtype=np.int8), np.array([1.0, 4.0, -3.0]), np.array([2, 1, 7], dtype=np.int16)
    )
    assert means[1] == pytest.approx(2.0) and means[10] == pytest.approx(-3.0) and np.isnan(means[2:10]).all()
