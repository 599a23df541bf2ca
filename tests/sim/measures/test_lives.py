"""Chronic and transient poverty from what is kept of households: as the measures on the incomes themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures import sustained
from tuopin.sim.measures.lives import long_run
from tuopin.sim.measures.state import Lives
from tuopin.sim.measures.transient import PATTERNS, chronic_transient, poverty_pattern

LINES = np.array([3_000.0, 3_100.0, 3_200.0, 3_300.0, 3_400.0])


def kept(income: np.ndarray) -> Lives:
    """What is kept of incomes, shape (households, years)."""
    n, years = income.shape
    life = sustained.Lives(
        income=np.zeros(n),
        alone=np.zeros(n),
        years_above=np.zeros(n, dtype=np.int8),
        years_above_alone=np.zeros(n, dtype=np.int8),
        poor_years=np.zeros(n, dtype=np.int64),
        lines_sum=np.zeros(n, dtype=np.float32),
        squared_gap_sum=np.zeros(n, dtype=np.float32),
    )
    for year in range(years):
        life.income[:] = income[:, year]
        sustained.advance(life, LINES[year], year)
    return Lives(years, life.poor_years, life.lines_sum, life.squared_gap_sum)


def test_two_households_by_hand() -> None:
    # one always at half the line, one at .5 and 1.5 lines in turn: mean .9, poor in three years of five
    income = np.array([[0.5] * 5, [0.5, 1.5, 0.5, 1.5, 0.5]]) * LINES
    found = long_run(kept(income), np.array([1, 3], dtype=np.int16))
    total = (1 * 0.25 + 3 * 0.6 * 0.25) / 4
    chronic = (1 * 0.25 + 3 * 0.1**2) / 4
    assert found.poverty == pytest.approx((total, chronic, total - chronic), abs=1e-6)
    assert found.patterns == {"always": 0.25, "usually": 0.75, "churning": 0.0, "occasionally": 0.0, "never": 0.0}


panels = st.lists(
    st.tuples(st.lists(st.integers(-2_000, 9_000), min_size=5, max_size=5), st.integers(1, 9)), min_size=1, max_size=20
)


@given(panels)
def test_it_agrees_with_the_measures_on_incomes(rows: list[tuple[list[int], int]]) -> None:
    income = np.array([years for years, _ in rows], dtype=np.float64)
    members = np.array([persons for _, persons in rows], dtype=np.int16)
    found = long_run(kept(income), members)
    assert found.poverty == pytest.approx(chronic_transient(income, LINES, members), abs=1e-5)
    mean = np.maximum(income / LINES, 0.0).mean(axis=1)
    if np.isclose(mean, 1.0, atol=1e-5).any() or np.isclose(mean, 1.1, atol=1e-5).any():
        return  # rounding decides there
    codes = poverty_pattern(income, LINES)
    for code, name in enumerate(PATTERNS):
        assert found.patterns[name] == pytest.approx(members[codes == code].sum() / members.sum())


def test_nobody_has_no_long_run() -> None:
    found = long_run(kept(np.zeros((0, 5))), np.zeros(0, dtype=np.int16))
    assert all(math.isnan(x) for x in (*found.poverty, *found.patterns.values()))
