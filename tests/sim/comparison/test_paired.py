from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_1samp, ttest_rel

from tuopin.sim.comparison.paired import paired_interval, replicates_needed, student_quantile, variance_reduction

SAMPLES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20).filter(lambda d: np.std(d) > 1e-6)


def test_by_hand() -> None:
    # mean 2, sd 1, t(2) = 4.302653: half-width 4.302653 / sqrt(3)
    found = paired_interval(np.array([[1.0, 2.0, 3.0]]))
    assert found.mean[0] == 2.0
    assert found.low[0] == pytest.approx(2 - 4.302653 / math.sqrt(3), abs=1e-6)
    assert found.high[0] == pytest.approx(2 + 4.302653 / math.sqrt(3), abs=1e-6)
    assert (found.probability_positive[0], found.replicates[0]) == (1.0, 3)


def test_drawn_parameters_give_quantiles_of_the_draws() -> None:
    # 41 draws 0..40: quantiles at positions 1 and 39; a tail of one wild draw moves neither
    draws = np.arange(41.0)
    draws[40] = 1e9
    found = paired_interval(draws, "parameters")
    assert (float(found.low), float(found.high)) == pytest.approx((1.0, 39.0))
    assert found.probability_positive == pytest.approx(40 / 41)


@given(st.lists(st.one_of(st.floats(-1e3, 1e3), st.just(math.nan)), min_size=1, max_size=30))
def test_quantiles_are_those_of_numpy_whatever_is_missing(draws: list[float]) -> None:
    found = paired_interval(np.array([draws, draws[::-1]]), "parameters")
    known = np.array(draws)[np.isfinite(draws)]
    if len(known) < 2:
        assert np.isnan(found.low).all() and np.isnan(found.high).all()
    else:
        assert found.low == pytest.approx(np.quantile(known, 0.025), abs=1e-9)
        assert found.high == pytest.approx(np.quantile(known, 0.975), abs=1e-9)


def test_more_replicates_shrink_luck_but_not_parameters() -> None:
    few, many = np.tile([1.0, 3.0], 5), np.tile([1.0, 3.0], 500)
    for kind, shrinks in (("luck", True), ("parameters", False)):
        ratio = np.ptp(paired_interval(many, kind)[1:3]) / np.ptp(paired_interval(few, kind)[1:3])
        assert bool(ratio < 0.15) is shrinks
        assert ratio > 0.05


def test_a_missing_pair_is_left_out_and_ties_are_not_positive() -> None:
    found = paired_interval(np.array([1.0, math.nan, 0.0, -1.0]))
    assert (found.replicates, found.mean, found.probability_positive) == (3, 0.0, pytest.approx(1 / 3))


def test_one_pair_has_no_interval_and_none_no_mean() -> None:
    found = paired_interval(np.array([[5.0, math.nan], [math.nan, math.nan]]))
    assert found.mean[0] == 5.0
    assert math.isnan(found.low[0])
    assert math.isnan(found.mean[1])
    assert found.replicates.tolist() == [1, 0]


@given(SAMPLES)
def test_interval_is_that_of_the_paired_t_test(differences: list[float]) -> None:
    low, high = ttest_1samp(differences, 0.0).confidence_interval(0.95)
    found = paired_interval(np.array(differences))
    assert (float(found.low), float(found.high)) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


def test_quantile_is_that_of_students_t() -> None:
    n = np.arange(2, 500)
    assert (student_quantile(n) == t.ppf(0.975, n - 1)).all()


@given(st.floats(0.01, 10), st.floats(0.05, 10))
def test_replicates_needed_is_the_least_that_suffices(sd: float, precision: float) -> None:
    from scipy.stats import t

    n = replicates_needed(sd, precision)
    assert t.ppf(0.975, n - 1) * sd / math.sqrt(n) <= precision
    if n > 2:
        assert t.ppf(0.975, n - 2) * sd / math.sqrt(n - 1) > precision


def test_replicates_needed_at_its_edges() -> None:
    assert replicates_needed(0.0, 0.1) == 2
    assert replicates_needed(1e9, 1e-9) == 1_000_000
    with pytest.raises(ValueError, match="above 0"):
        replicates_needed(1.0, 0.0)


def test_variance_reduction_by_hand() -> None:
    baseline = np.array([1.0, 2.0, 3.0])
    scenario = np.array([2.0, 3.0, 4.5])
    paired = np.var([1.0, 1.0, 1.5], ddof=1)
    assert variance_reduction(scenario, baseline) == pytest.approx((1.0 + np.var(scenario, ddof=1)) / paired)
    assert variance_reduction(baseline + 1, baseline) == math.inf
    assert math.isnan(variance_reduction(np.array([1.0]), np.array([2.0])))
    assert (
        ttest_rel(scenario, baseline).pvalue < 0.05
    )  # what the pairing is for: unpaired these three would show nothing
