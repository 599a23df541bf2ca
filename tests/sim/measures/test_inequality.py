from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.fgt import fgt, gap_ratio
from tuopin.sim.measures.inequality import _in_order, gini, gini_and_sst

LINE = 3_000.0
HOUSEHOLDS = st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 9)), min_size=1, max_size=30)


def arrays(households: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    y, m = zip(*households, strict=True)
    return np.array(y, dtype=np.float64), np.array(m, dtype=np.int16)


def gini_of_pairs(y: np.ndarray, m: np.ndarray) -> float:
    """The definition: mean absolute difference of all pairs of persons over twice the mean."""
    persons = np.repeat(y, m)
    return float(np.abs(persons[:, None] - persons[None, :]).sum() / (2 * len(persons) ** 2 * persons.mean()))


def test_two_persons_by_hand() -> None:
    found, _ = gini_and_sst(np.array([1_000.0, 3_000.0]), LINE, np.array([1, 1], dtype=np.int16))
    assert found == pytest.approx(0.25)


def test_all_to_one_of_four() -> None:
    found, _ = gini_and_sst(np.array([0.0, 0.0, 0.0, 8_000.0]), LINE, np.ones(4, dtype=np.int16))
    assert found == pytest.approx(0.75)


def test_sst_by_hand() -> None:
    # gaps ranked from the poorest 0.2, 0.12, 0, 0: (7 x 0.2 + 5 x 0.12) / 16
    _, sst = gini_and_sst(np.array([160.0, 100.0, 150.0, 110.0]), 125.0, np.ones(4, dtype=np.int16))
    assert sst == pytest.approx(0.125)
    assert gini_and_sst(np.array([9_000.0]), LINE, np.array([2], dtype=np.int16))[1] == 0.0


def test_sst_is_the_product_of_its_factors() -> None:
    # Osberg and Xu (2000), eq. 4: how many, how poor, how unequally poor
    y, m = np.array([500.0, 2_000.0, 2_900.0, 9_000.0]), np.array([4, 3, 5, 2], dtype=np.int16)
    sst = fgt(y, LINE, m, 1) * (1.0 + gini(gap_ratio(y, LINE), m))
    assert gini_and_sst(y, LINE, m)[1] == pytest.approx(sst)


def test_nobody_no_income_and_nobody_poor() -> None:
    none = np.array([], dtype=np.float64)
    assert all(math.isnan(v) for v in gini_and_sst(none, LINE, none.astype(np.int16)))
    found, sst = gini_and_sst(np.zeros(2), LINE, np.ones(2, dtype=np.int16))
    assert math.isnan(found)
    assert sst == 1.0


@pytest.mark.parametrize("income", [math.nan, math.inf, 1e14])
def test_incomes_that_cannot_be_ordered_are_refused(income: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        gini_and_sst(np.array([1_000.0, income]), LINE, np.ones(2, dtype=np.int16))


def test_too_many_persons_are_refused() -> None:
    with pytest.raises(ValueError, match="0 to 255 persons"):
        gini_and_sst(np.array([1_000.0]), LINE, np.array([300], dtype=np.int16))


@given(HOUSEHOLDS)
def test_equals_the_definition_over_pairs_of_persons(households: list[tuple[int, int]]) -> None:
    y, m = arrays(households)
    found, _ = gini_and_sst(y, LINE, m)
    if y.sum() == 0:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(gini_of_pairs(y, m), abs=1e-12)
        assert gini(y, m) == pytest.approx(found, abs=1e-12)


@given(HOUSEHOLDS, st.integers(2, 4))
def test_scale_replication_and_bounds(households: list[tuple[int, int]], k: int) -> None:
    y, m = arrays(households)
    found, sst = gini_and_sst(y, LINE, m)
    again, sst_again = gini_and_sst(np.tile(y, k) * 8.0, LINE * 8.0, np.tile(m, k))
    assert sst_again == pytest.approx(sst, abs=1e-12)
    headcount = fgt(y, LINE, m, 0)
    assert fgt(y, LINE, m, 1) - 1e-12 <= sst <= headcount * (2 - headcount) + 1e-12
    if y.sum() > 0:
        assert again == pytest.approx(found, abs=1e-12)
        assert -1e-12 <= found < 1


@given(HOUSEHOLDS, st.randoms(use_true_random=False))
def test_row_order_changes_no_bit(households: list[tuple[int, int]], shuffler: object) -> None:
    y, m = arrays(households)
    shuffled = list(households)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    ys, ms = arrays(shuffled)
    assert np.array_equal(gini_and_sst(y, LINE, m), gini_and_sst(ys, LINE, ms), equal_nan=True)


def test_against_the_public_package() -> None:
    other = pytest.importorskip("ineqpy", reason="install ineqpy to compare")
    y, m = np.array([400.0, 1_200.0, 2_600.0, 3_000.0, 8_000.0, 15_000.0]), np.array([5, 3, 4, 1, 2, 6], dtype=np.int16)
    n = m.sum()  # that package divides by n (n - 1), and its weighted form is another measure: one row a person
    assert gini_and_sst(y, LINE, m)[0] == pytest.approx(float(other.inequality.gini(np.repeat(y, m))) * (n - 1) / n)


@given(st.lists(st.integers(0, 2**62), max_size=60))
def test_keys_come_in_order(keys: list[int]) -> None:
    assert _in_order(np.array(keys, dtype=np.int64)).tolist() == sorted(keys)
