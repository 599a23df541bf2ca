from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.transient import PATTERNS, chronic_transient, poverty_pattern

LINES = np.array([1_000.0, 1_100.0])


def test_by_hand() -> None:
    # in lines: 0.5 then 1.5 (mean 1: all transient), 0.5 then 0.5 (all chronic)
    income = np.array([[500.0, 1_650.0], [500.0, 550.0]])
    found = chronic_transient(income, LINES, np.array([2, 2]))
    assert found.total == pytest.approx((0.25 / 2 + 0.25) / 2)
    assert found.chronic == pytest.approx(0.25 / 2)
    assert found.transient == pytest.approx(0.25 / 4)


def test_a_loss_counts_as_no_income_in_the_mean_too() -> None:
    """0 and 2 lines are one line on average: a loss of half a line would make it three quarters."""
    found = chronic_transient(np.array([[-500.0, 2_000.0]]), np.full(2, 1_000.0), np.ones(1))
    assert (found.total, found.chronic, found.transient) == (0.5, 0.0, 0.5)


def test_patterns() -> None:
    lines = np.full(4, 1_000.0)
    income = np.array(
        [
            [900, 900, 900, 900],
            [900, 900, 900, 1_100],
            [900, 1_100, 1_100, 1_100],
            [900, 3_000, 3_000, 3_000],
            [1_000, 3_000, 3_000, 3_000],
        ]
    )
    assert [PATTERNS[k] for k in poverty_pattern(income, lines)] == [
        "always",
        "usually",
        "churning",
        "occasionally",
        "never",
    ]


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="one line"):
        chronic_transient(np.ones((3, 4)), LINES, np.ones(3))


@given(st.lists(st.lists(st.floats(0, 4_000), min_size=3, max_size=3), min_size=1, max_size=20))
def test_averaging_never_adds_poverty_when_the_measure_is_convex(incomes: list[list[float]]) -> None:
    found = chronic_transient(np.array(incomes), np.full(3, 1_000.0), np.ones(len(incomes)))
    assert 0 <= found.chronic <= found.total + 1e-12
    assert found.transient >= -1e-12
