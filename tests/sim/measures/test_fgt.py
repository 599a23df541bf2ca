from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.fgt import WATTS_FLOOR, fgt, gap_ratio, watts

INCOMES = st.lists(st.floats(-500, 50_000), min_size=1, max_size=40)
LINE = 3_000.0


def persons(n: int) -> np.ndarray:
    return np.arange(n) % 5 + 1


def test_four_persons_by_hand() -> None:
    income, one = np.array([100.0, 110.0, 150.0, 160.0]), np.ones(4)
    assert fgt(income, 125.0, one, 0) == 0.5
    assert fgt(income, 125.0, one, 1) == pytest.approx((25 + 15) / 125 / 4)
    assert fgt(income, 125.0, one, 2) == pytest.approx((0.2**2 + 0.12**2) / 4)
    assert watts(income, 125.0, one) == pytest.approx((math.log(1.25) + math.log(125 / 110)) / 4)


def test_households_weigh_by_persons() -> None:
    assert fgt(np.array([1_500.0, 9_000.0]), LINE, np.array([6, 2]), 0) == 0.75
    assert fgt(np.array([1_500.0, 9_000.0]), LINE, np.array([6, 2]), 1) == 0.375


def test_exactly_at_the_line_is_not_poor() -> None:
    assert fgt(np.array([LINE]), LINE, np.array([1]), 0) == 0.0


def test_negative_income_counts_as_none_and_watts_stops_at_its_floor() -> None:
    assert gap_ratio(np.array([-800.0]), LINE)[0] == 1.0
    assert fgt(np.array([-800.0]), LINE, np.array([1]), 2) == 1.0
    assert watts(np.array([-800.0]), LINE, np.array([1])) == pytest.approx(math.log(1 / WATTS_FLOOR))


def test_nobody_is_nan_and_a_line_of_zero_is_refused() -> None:
    assert math.isnan(fgt(np.array([]), LINE, np.array([]), 0))
    with pytest.raises(ValueError, match="above 0 yuan"):
        gap_ratio(np.array([1.0]), 0.0)


@given(INCOMES, st.sampled_from([0, 1, 2]), st.integers(2, 5))
def test_scale_and_replication_do_not_matter(incomes: list[float], alpha: int, k: int) -> None:
    y, m = np.array(incomes), persons(len(incomes))
    value = fgt(y, LINE, m, alpha)
    assert fgt(y * 4.0, LINE * 4.0, m, alpha) == pytest.approx(value, abs=1e-12)
    assert fgt(np.tile(y, k), LINE, np.tile(m, k), alpha) == pytest.approx(value, abs=1e-12)


@given(INCOMES, st.sampled_from([0, 1, 2]))
def test_groups_add_up_by_population_share(incomes: list[float], alpha: int) -> None:
    y, m = np.array(incomes), persons(len(incomes))
    group = np.arange(len(y)) % 3
    parts = [
        (m[group == g].sum() / m.sum()) * fgt(y[group == g], LINE, m[group == g], alpha) for g in set(group.tolist())
    ]
    assert sum(parts) == pytest.approx(fgt(y, LINE, m, alpha), abs=1e-12)


@given(INCOMES)
def test_deeper_orders_are_smaller_and_more_income_never_raises_poverty(incomes: list[float]) -> None:
    y, m = np.array(incomes), persons(len(incomes))
    orders = [fgt(y, LINE, m, a) for a in (0, 1, 2)]
    assert orders[0] >= orders[1] >= orders[2] >= 0
    assert watts(y, LINE, m) >= orders[1] * (1 - WATTS_FLOOR) - 1e-12
    assert fgt(y + 100.0, LINE, m, 1) <= orders[1] + 1e-12


def test_against_the_public_package() -> None:
    other = pytest.importorskip(
        "povertyInequalityMeasures.poverty", reason="install povertyInequalityMeasures to compare"
    )
    y = np.array([400.0, 1_200.0, 2_600.0, 2_900.0, 3_000.0, 4_100.0, 8_000.0, 15_000.0])
    m = np.array([5, 3, 4, 1, 2, 6, 3, 2])

    def frame() -> pd.DataFrame:
        return pd.DataFrame({"y": y, "w": m})

    assert fgt(y, LINE, m, 0) == pytest.approx(other.get_headcount_index(LINE, frame(), "y", "w"), abs=1e-5)
    assert fgt(y, LINE, m, 1) == pytest.approx(other.get_poverty_gap_index(LINE, frame(), "y", "w"), abs=1e-5)
    assert fgt(y, LINE, m, 2) == pytest.approx(other.get_poverty_severity_index(LINE, frame(), "y", "w"), abs=1e-5)
    assert watts(y, LINE, m) == pytest.approx(other.get_watts_index(LINE, frame(), "y", "w"), abs=1e-5)
