"""Poverty of one income distribution against a line: the Foster-Greer-Thorbecke family and the Watts index.

These are the definitions; `accumulate` computes the same sums for every group in one pass and is tested against them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuopin.sim.measures.arguments import check_lengths, check_line, check_weights

WATTS_FLOOR = 0.05
"""Incomes below this share of the line count as this share in the Watts index, which has no value at zero income."""

Array = NDArray[Any]


def gap_ratio(income: Array, line: float) -> NDArray[np.float64]:
    """Return the censored gap (line - income) / line in [0, 1], shape (n,); incomes below 0 count as 0.

    `income` and `line` are yuan per person and year; the gap of an income that is NaN is NaN.

    Raises
    ------
    ValueError
        If the line is not a number above 0.
    """
    check_line(line)
    return np.clip((line - np.asarray(income, dtype=np.float64)) / line, 0.0, 1.0)


def fgt(income: Array, line: float, weights: Array, alpha: int = 0) -> float:
    """Return the Foster-Greer-Thorbecke index of order `alpha`: 0 headcount ratio, 1 poverty gap, 2 squared gap.

    `income` (n,) yuan/person/year, `weights` (n,) persons. Poor is strictly below the line. NaN if nobody is there or
    if an income is NaN: who has no income known is neither poor nor not. Source: Foster, Greer and Thorbecke (1984),
    Econometrica 52, eq. 2.

    Raises
    ------
    ValueError
        If the line is not a number above 0, `alpha` is below 0, a weight is negative or not finite, or the shapes
        differ.
    """
    if not alpha >= 0:
        raise ValueError(f"alpha must not be below 0, got {alpha}")
    y = np.asarray(income, dtype=np.float64)
    gap = gap_ratio(y, line)
    poor = y < line
    term = poor.astype(np.float64) if alpha == 0 else np.where(poor, gap**alpha, 0.0)
    return weighted_mean(np.where(np.isnan(y), np.nan, term), weights)


def watts(income: Array, line: float, weights: Array) -> float:
    """Return the Watts index: the mean of ln(line / income), 0 for the non-poor, incomes floored at 5% of the line.

    Shapes, units, NaN and errors as `fgt`. Source: Watts (1968); the floor is the usual remedy for zero and negative
    incomes.
    """
    check_line(line)
    floored = np.maximum(np.asarray(income, dtype=np.float64), WATTS_FLOOR * line)
    return weighted_mean(np.log(line / np.minimum(floored, line)), weights)


def weighted_mean(values: Array, weights: Array) -> float:
    """Return the mean of `values` (n,) with `weights` (n,); NaN if the weights sum to 0 or a value is NaN.

    Raises
    ------
    ValueError
        If the shapes differ or a weight is negative or not finite.
    """
    check_lengths(values=values, weights=weights)
    check_weights(weights)
    x, w = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    total = float(w.sum())
    return float(np.dot(x, w)) / total if total else np.nan
