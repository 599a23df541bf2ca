"""Comparisons with arguments that nobody should give: a documented answer or ValueError, never a wrong number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tuopin.sim.comparison.constant_prices import deflators, discount_factors
from tuopin.sim.comparison.cost_effectiveness import cost_ratio, fieller
from tuopin.sim.comparison.headline import headline
from tuopin.sim.comparison.paired import paired_interval, replicates_needed, student_half_width, variance_reduction
from tuopin.sim.comparison.precision import replicates_for

NAN, INF = float("nan"), float("inf")
FOUR, THREE = np.arange(1.0, 5.0), np.arange(1.0, 4.0)
EMPTY = pd.DataFrame(columns=["place", "scenario", "replicate", "year", "view", "group", "indicator", "value"])


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (deflators, ([2017], {2016: 1.0, 2017: NAN}, 2016)),
        (deflators, ([2017], {2016: 1.0, 2017: INF}, 2016)),
        (deflators, ([2017], {2016: 1.0, 2017: -1.0}, 2016)),
        (deflators, ([2017], {}, 2016)),
        (discount_factors, ([2017], 2016, NAN)),
        (discount_factors, ([2017], 2016, INF)),
        (discount_factors, ([2017], 2016, -1.0)),
        (cost_ratio, (FOUR, THREE)),
        (cost_ratio, (FOUR, FOUR[:1])),  # would be spread over all
        (cost_ratio, (FOUR, FOUR, "guess")),
        (fieller, (FOUR, THREE)),
        (fieller, (FOUR[:1], FOUR[:1])),
        (fieller, (np.array([1.0, NAN]), FOUR[:2])),
        (paired_interval, (FOUR, "guess")),
        (paired_interval, (5.0,)),
        (replicates_needed, (NAN, 1.0)),
        (replicates_needed, (-1.0, 1.0)),
        (replicates_needed, (INF, 1.0)),
        (replicates_needed, (1.0, NAN)),
        (replicates_needed, (1.0, 0.0)),
        (variance_reduction, (FOUR, THREE)),
        (variance_reduction, (FOUR, FOUR[:1])),
        (headline, (EMPTY, EMPTY)),
    ],
)
def test_refused(function: Any, given: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"must|needs?|allowed|no indicators|no value"):
        function(*given)


@pytest.mark.parametrize("differences", [np.array([]), np.array([NAN, NAN]), np.array([INF, -INF])])
def test_no_pair_has_neither_mean_nor_interval(differences: np.ndarray) -> None:
    found = paired_interval(differences)
    assert np.isnan([found.mean, found.low, found.high, found.probability_positive]).all() and found.replicates == 0
    ratio = cost_ratio(differences, differences)
    assert np.isnan([ratio.ratio, ratio.low, ratio.high]).all() and ratio.replicates == 0


@pytest.mark.parametrize("uncertainty", ["luck", "parameters"])
def test_one_pair_has_no_interval(uncertainty: Any) -> None:
    found = paired_interval(np.array([3.0, NAN]), uncertainty)
    assert (found.mean, found.replicates) == (3.0, 1) and np.isnan([found.low, found.high]).all()
    assert np.isnan(student_half_width(np.array(1.0), np.array(1)))
    assert np.isnan(cost_ratio(FOUR[:1], FOUR[:1], uncertainty).low)
    assert np.isnan(variance_reduction(FOUR[:1], FOUR[:1]))


def test_precision_of_a_share_that_is_none() -> None:
    with pytest.raises(ValueError, match="relative precision must be above 0"):
        replicates_for(EMPTY, baseline="none", first_year=2016, relative=NAN)
