from __future__ import annotations

import math

import numpy as np
import pytest

from tuopin.sim.measures.transitions import (
    exit_rate,
    income_class,
    reentry_rate,
    shorrocks_mobility,
    transition_counts,
    transition_matrix,
)

M = np.array([4, 3, 2, 1, 5])
BEFORE = np.array([True, True, False, False, False])
EXITED = np.array([True, False, True, True, False])
NOW = np.array([False, True, True, False, True])


def test_exit_rate_is_of_persons_poor_before() -> None:
    assert exit_rate(BEFORE, NOW, M) == pytest.approx(4 / 7)


def test_reentry_is_of_those_who_had_exited_not_of_all_the_non_poor() -> None:
    # households 2 and 3 are at risk (2 + 1 persons); 4 is poor for the first time and 0 was poor last year
    assert reentry_rate(BEFORE, EXITED, NOW, M) == pytest.approx(2 / 3)


def test_nobody_at_risk_is_nan() -> None:
    none = np.zeros(5, dtype=bool)
    assert math.isnan(exit_rate(none, NOW, M))
    assert math.isnan(reentry_rate(BEFORE, none, NOW, M))


def test_bounds_belong_to_the_class_above() -> None:
    income = np.array([-5.0, 499.0, 500.0, 999.0, 1_000.0, 1_500.0, 2_499.0, 2_500.0])
    assert income_class(income, 1_000.0).tolist() == [0, 0, 1, 1, 2, 3, 3, 4]


def test_matrix_rows_are_shares_of_persons() -> None:
    counts = transition_counts(np.array([0, 0, 1, -1]), np.array([0, 1, 4, 2]), np.array([1, 3, 2, 9]))
    matrix = transition_matrix(counts)
    assert matrix[0, :2].tolist() == [0.25, 0.75]
    assert matrix[1, 4] == 1.0
    assert counts.sum() == 6
    assert np.isnan(matrix[2]).all()


def test_shorrocks_mobility() -> None:
    assert shorrocks_mobility(np.eye(5)) == 0.0
    assert shorrocks_mobility(np.full((5, 5), 0.2)) == pytest.approx(1.0)
    assert math.isnan(shorrocks_mobility(np.full((5, 5), np.nan)))
