from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.targeting import (
    benefit_incidence,
    coady_grosh_hoddinott,
    concentration_coefficient,
    poverty_gap_efficiency,
    targeting_errors,
)

HOUSEHOLDS = st.lists(
    st.tuples(st.integers(0, 9_000), st.integers(1, 6), st.integers(0, 500)), min_size=2, max_size=25
).filter(lambda rows: sum(row[2] for row in rows) > 0)


def columns(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    y, m, b = (np.array(c, dtype=np.float64) for c in zip(*rows, strict=True))
    return b, y, m


def test_errors_are_of_persons() -> None:
    poor = np.array([True, True, False, False])
    reached = np.array([True, False, True, False])
    found = targeting_errors(poor=poor, reached=reached, members=np.array([4, 2, 1, 3]))
    assert found.exclusion == pytest.approx(2 / 6)
    assert found.inclusion == pytest.approx(1 / 5)


def test_errors_of_nobody_are_nan() -> None:
    found = targeting_errors(poor=np.array([False]), reached=np.array([False]), members=np.array([3]))
    assert math.isnan(found.exclusion)
    assert math.isnan(found.inclusion)


def test_poorest_tenth_getting_all_scores_ten_and_an_even_spread_one() -> None:
    y, m = np.arange(10.0), np.ones(10)
    all_to_first = np.where(y == 0, 100.0, 0.0)
    assert coady_grosh_hoddinott(all_to_first, y, m, 0.1) == pytest.approx(10.0)
    assert coady_grosh_hoddinott(np.ones(10), y, m, 0.4) == pytest.approx(1.0)


def test_incidence_by_quintile_by_hand() -> None:
    found = benefit_incidence(np.array([50.0, 30.0, 20.0, 0.0, 0.0]), np.arange(5.0), np.ones(5), groups=5)
    assert found.tolist() == pytest.approx([0.5, 0.3, 0.2, 0.0, 0.0])


def test_concentration_by_hand() -> None:
    y, m = np.array([1.0, 2.0]), np.ones(2)
    assert concentration_coefficient(np.array([1.0, 0.0]), y, m) == pytest.approx(-0.5)
    assert concentration_coefficient(np.array([0.0, 1.0]), y, m) == pytest.approx(0.5)
    assert concentration_coefficient(np.array([1.0, 1.0]), y, m) == pytest.approx(0.0)


def test_nothing_paid_has_no_incidence() -> None:
    assert math.isnan(coady_grosh_hoddinott(np.zeros(2), np.arange(2.0), np.ones(2), 0.2))
    assert math.isnan(concentration_coefficient(np.zeros(2), np.arange(2.0), np.ones(2)))
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        coady_grosh_hoddinott(np.ones(2), np.arange(2.0), np.ones(2), 0.0)


def test_what_a_household_without_members_gets_is_no_share_of_anybody() -> None:
    benefit, income, members = np.array([30.0, 900.0, 10.0]), np.array([1_000.0, 500.0, 4_000.0]), np.array([1, 0, 1])
    assert benefit_incidence(benefit, income, members, 2).tolist() == pytest.approx([0.75, 0.25])
    assert concentration_coefficient(benefit, income, members) == pytest.approx(-0.25)
    assert np.isnan(benefit_incidence(np.array([0.0, 900.0, 0.0]), income, members, 2)).all()


def test_gap_efficiency_counts_spill_over_the_line_as_lost() -> None:
    before, after = np.array([800.0, 1_500.0]), np.array([1_200.0, 1_600.0])
    assert poverty_gap_efficiency(before, after, 1_000.0, np.array([2, 1]), 900.0) == pytest.approx(400 / 900)


@given(HOUSEHOLDS)
def test_incidence_sums_to_one_and_coefficient_is_bounded(rows: list[tuple[int, int, int]]) -> None:
    b, y, m = columns(rows)
    shares = benefit_incidence(b, y, m)
    assert shares.sum() == pytest.approx(1.0)
    assert (shares >= -1e-12).all()
    assert -1 <= concentration_coefficient(b, y, m) <= 1


@given(HOUSEHOLDS)
def test_row_order_does_not_matter_even_among_equal_incomes(rows: list[tuple[int, int, int]]) -> None:
    level = [(y // 3_000, m, b) for y, m, b in rows]
    forward, backward = columns(level), columns(level[::-1])
    assert benefit_incidence(*forward).tolist() == pytest.approx(benefit_incidence(*backward).tolist())
