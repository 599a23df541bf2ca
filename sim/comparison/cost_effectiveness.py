"""What one more lasting exit, or one poverty-year less, cost: ratios of paired differences with Fieller intervals.

A ratio has a meaning only where the effect is clearly there. Its interval comes from Fieller's theorem on the paired
differences of cost and effect; where the effect's own 95% interval lies above zero, that interval is always finite.
Where it does not, no ratio is given and the reason is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuopin.sim.comparison.paired import (
    Uncertainty,
    check_uncertainty,
    paired_interval,
    spread_factor,
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
    """Return mean(cost) / mean(effect) of paired differences (replicates,), with Fieller's interval.

    `cost` in yuan (present value, constant prices), `effect` in persons or person-years. A pair needs both. The same
    t quantile decides whether the effect is clear and how wide the interval is. Sources: Fieller (1954), Journal of
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
    low, high = fieller(c, e, uncertainty)
    if not (
        paired_interval(e, uncertainty).low > 0 and np.isfinite(low + high)
    ):  # the second for effects near rounding
        return CostRatio(np.nan, np.nan, np.nan, share, n, NO_CLEAR_GAIN)
    return CostRatio(float(c.mean() / e.mean()), low, high, share, n, "")


def fieller(cost: Floats, effect: Floats, uncertainty: Uncertainty = "luck") -> tuple[float, float]:
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
    factor = float(spread_factor(n, uncertainty)) * float(student_quantile(n)) ** 2
    covariance = np.cov(np.vstack([cost, effect]), ddof=1) * factor
    c, e = float(np.mean(cost)), float(np.mean(effect))
    a = e * e - covariance[1, 1]
    b = c * e - covariance[0, 1]
    root = b * b - a * (c * c - covariance[0, 0])
    if not a > 0:
        return np.nan, np.nan
    spread = float(np.sqrt(max(root, 0.0)))
    return float((b - spread) / a), float((b + spread) / a)
