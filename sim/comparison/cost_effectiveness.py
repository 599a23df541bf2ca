"""What one more lasting exit, or one poverty-year less, cost: ratios of paired differences with their intervals.

A ratio has a meaning only where the effect is clearly there. For luck its interval comes from Fieller's theorem on the
paired differences of cost and effect; where the effect's own 95% interval lies above zero, that interval is always
finite. For drawn parameters it is the quantiles of the draws' own ratios. Where the effect is not clear, no ratio is
given and the reason is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuopin.sim.comparison.paired import (
    LEVEL,
    Uncertainty,
    check_uncertainty,
    paired_interval,
    student_quantile,
)

Floats = NDArray[np.float64]

NO_CLEAR_GAIN = "no clear gain: the 95% interval of the difference in effect reaches zero or below"
TOO_FEW = "fewer than two replicates: no interval, so no ratio"


class CostRatio(NamedTuple):
    """Cost per unit of effect with its 95% interval; NaN, with a `reason`, where the effect is not clearly positive."""

    ratio: float
    low: float
    high: float
    probability_effect_positive: float
    replicates: int
    reason: str


def cost_ratio(cost: Floats, effect: Floats, uncertainty: Uncertainty = "luck") -> CostRatio:
    """Return mean(cost) / mean(effect) of paired differences (replicates,), with its interval.

    `cost` in yuan and `effect` in persons or person-years, both present values. A pair needs both. The same quantiles
    decide whether the effect is clear and how wide the interval is; a draw without a gain costs infinitely much a unit,
    so that an upper end may be infinite. Sources: Fieller (1954), Journal of
    the Royal Statistical Society B 16; for cost-effectiveness Willan and O'Brien (1996), Health Economics 5.

    Raises
    ------
    ValueError
        If the two are not of one length, or the kind of uncertainty is unknown.
    """
    check_uncertainty(uncertainty)
    if np.ndim(cost) != 1 or np.shape(cost) != np.shape(effect):
        raise ValueError(f"costs and effects must be pairs, one a replicate; got {np.shape(cost)}, {np.shape(effect)}")
    there = np.isfinite(cost) & np.isfinite(effect)
    c, e = np.asarray(cost, dtype=np.float64)[there], np.asarray(effect, dtype=np.float64)[there]
    n = len(c)
    share = float((e > 0).mean()) if n else np.nan
    if n < 2:
        return CostRatio(np.nan, np.nan, np.nan, share, n, TOO_FEW)
    clear = bool(paired_interval(e, uncertainty).low > 0) and float(e.mean()) > 0
    low, high = (fieller(c, e) if uncertainty == "luck" else _ratio_quantiles(c, e)) if clear else (np.nan, np.nan)
    if not np.isfinite(low):  # also for effects near rounding
        return CostRatio(np.nan, np.nan, np.nan, share, n, NO_CLEAR_GAIN)
    return CostRatio(float(c.mean() / e.mean()), low, high, share, n, "")


def _ratio_quantiles(cost: Floats, effect: Floats) -> tuple[float, float]:
    """The 2.5% and 97.5% quantiles of the draws' ratios; infinite where they rest on a draw without a gain."""
    ratios = np.full(len(cost), np.inf)
    with np.errstate(over="ignore"):  # an effect near nothing costs infinitely much, too
        np.divide(cost, effect, out=ratios, where=effect > 0)
    ordered = np.sort(ratios)
    ends = []
    for share in ((1 - LEVEL) / 2, (1 + LEVEL) / 2):
        below, rest = divmod(share * (len(ordered) - 1), 1.0)
        low, high = ordered[int(below)], ordered[min(int(below) + 1, len(ordered) - 1)]
        if rest == 0.0 or low == high:
            ends.append(float(low))
        elif np.isinf(low) or np.isinf(high):  # between a number and no bound, or two of either sign, there is no bound
            ends.append(float(high if np.isinf(high) else low))
        else:
            ends.append(float(low + rest * (high - low)))
    return ends[0], ends[1]


def fieller(cost: Floats, effect: Floats) -> tuple[float, float]:
    """Return the ends of Fieller's 95% interval of mean(cost) / mean(effect) from at least two pairs.

    Solves (c - R e)^2 = t^2 v(R), with v the variance of mean(cost) - R mean(effect); (NaN, NaN) if the set of R is
    unbounded.

    Raises
    ------
    ValueError
        With fewer than two pairs, or values that are not finite.
    """
    n = len(cost)
    if n < 2 or np.shape(cost) != np.shape(effect) or not (np.isfinite(cost).all() and np.isfinite(effect).all()):
        raise ValueError("Fieller's interval needs at least two pairs of finite costs and effects")
    factor = float(student_quantile(n)) ** 2 / n
    covariance = np.cov(np.vstack([cost, effect]), ddof=1) * factor
    c, e = float(np.mean(cost)), float(np.mean(effect))
    a = e * e - covariance[1, 1]
    b = c * e - covariance[0, 1]
    root = b * b - a * (c * c - covariance[0, 0])
    if not a > 0:
        return np.nan, np.nan
    spread = float(np.sqrt(max(root, 0.0)))
    return float((b - spread) / a), float((b + spread) / a)
