from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from tuopin.sim.comparison.cost_effectiveness import NO_CLEAR_GAIN, TOO_FEW, cost_ratio, fieller
from tuopin.sim.comparison.paired import paired_interval

COST = np.array([100.0, 110.0, 90.0, 105.0])
EFFECT = np.array([10.0, 12.0, 9.0, 11.0])


def test_ratio_of_means_not_mean_of_ratios() -> None:
    found = cost_ratio(COST, EFFECT)
    assert found.ratio == pytest.approx(405 / 42)
    assert found.low < found.ratio < found.high
    assert found.reason == ""


def test_ends_of_the_interval_are_where_the_t_test_just_rejects() -> None:
    for end in fieller(COST, EFFECT):
        d = COST - end * EFFECT
        assert abs(d.mean()) == pytest.approx(t.ppf(0.975, 3) * d.std(ddof=1) / 2)


def test_a_certain_effect_gives_the_t_interval_of_cost_over_it() -> None:
    found = cost_ratio(COST, np.full(4, 5.0))
    interval = paired_interval(COST / 5.0)
    assert (found.low, found.high) == (pytest.approx(float(interval.low)), pytest.approx(float(interval.high)))


def test_no_spread_at_all_is_a_point() -> None:
    found = cost_ratio(np.full(3, 60.0), np.full(3, 5.0))
    assert (found.low, found.ratio, found.high) == pytest.approx((12.0, 12.0, 12.0))


@pytest.mark.parametrize("effect", [[1.0, -1.0, 2.0, 0.5], [0.0] * 4, [-3.0, -2.0, -4.0, -3.0]])
def test_no_ratio_where_the_gain_is_not_clear(effect: list[float]) -> None:
    found = cost_ratio(COST, np.array(effect))
    assert math.isnan(found.ratio)
    assert math.isnan(found.high)
    assert found.reason == NO_CLEAR_GAIN


def test_one_replicate_gives_no_ratio() -> None:
    assert cost_ratio(COST[:1], EFFECT[:1]).reason == TOO_FEW


def test_a_saving_has_a_negative_ratio() -> None:
    assert cost_ratio(-COST, EFFECT).high < 0


def test_drawn_parameters_give_the_quantiles_of_the_draws_ratios() -> None:
    # ratios 10, 20, 30 (mean cost 60 over mean effect 3); quantiles at .05 and 1.95 between the draws
    found = cost_ratio(np.array([20.0, 60.0, 100.0]), np.array([2.0, 3.0, 4.0]) * [1, 1, 5 / 6], "parameters")
    assert found.ratio == pytest.approx(180 / (2 + 3 + 10 / 3))
    assert (found.low, found.high) == pytest.approx((10.5, 29.5))


def test_a_draw_without_a_gain_leaves_the_upper_end_open() -> None:
    effect = np.array([-0.001, *[1.0] * 40])  # the 2.5% quantile is at the second draw of 41
    found = cost_ratio(np.full(41, 5.0), effect, "parameters")
    assert (found.low, found.high) == (5.0, 5.0)  # one of 41 lies above the 97.5% quantile
    assert cost_ratio(np.full(41, 5.0), np.array([-1.0, -1.0, *[1.0] * 39]), "parameters").reason == NO_CLEAR_GAIN


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-50, 100)), min_size=2, max_size=15))
def test_a_printed_ratio_always_has_an_interval_and_that_of_luck_is_finite_around_it(
    pairs: list[tuple[float, float]],
) -> None:
    cost, effect = np.array(pairs).T
    for kind in ("luck", "parameters"):
        found = cost_ratio(cost, effect, kind)
        if found.reason:
            assert math.isnan(found.ratio)
            continue
        assert paired_interval(effect, kind).low > 0
        assert math.isfinite(found.low) and found.low <= found.high
        if kind == "luck":
            tolerance = 1e-9 * (1 + abs(found.ratio))
            assert found.low - tolerance <= found.ratio <= found.high + tolerance
            assert math.isfinite(found.high)


def test_draws_whose_ratios_overflow_either_way_have_no_ratio() -> None:
    """An effect of 5e-324 makes a cost of -1 minus infinity and one of 1 infinity: between them there is nothing."""
    for cost in ([-1.0, 1.0], [-1.0, -1.0], [-1.0, 5.0]):
        found = cost_ratio(np.array(cost), np.array([5e-324, 5e-324]), "parameters")
        assert np.isnan(found.ratio) and found.reason == NO_CLEAR_GAIN
