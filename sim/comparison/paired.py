"""Paired differences on common random numbers: their mean, 95% interval, sign, precision, and what pairing bought.

Replicate r of every scenario meets the same luck (and, if drawn, the same parameters), so scenarios are compared
within replicates. What the interval says depends on what replicates differ in:

`luck` Parameters are fixed; replicates differ in luck alone. The interval is for the *mean* difference and shrinks
with more replicates: it is Monte-Carlo error, no statement about how well parameters are known. `parameters` Every
replicate draws its parameters. Low and high are the 2.5% and 97.5% quantiles over the draws: where the difference
lies under the assumptions that are admissible. They do not shrink with more draws, and no bell curve is assumed. With
few draws they are nearly the lowest and the highest (below 40 draws no draw lies outside by right).
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Uncertainty = Literal["luck", "parameters"]
LEVEL = 0.95
Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """Mean paired difference, 95% interval, share of replicates above zero and replicates used; arrays of one shape."""

    mean: Floats
    low: Floats
    high: Floats
    probability_positive: Floats
    replicates: NDArray[np.int64]


def paired_interval(differences: Floats, uncertainty: Uncertainty = "luck") -> Interval:
    """Return the interval of paired `differences` (..., replicates); NaN marks replicates without a pair.

    Sources: for luck Student's t over replicates (Law 2015, Simulation Modeling and Analysis, section 10.2.1), for
    drawn parameters quantiles of the draws, interpolated linearly. One pair has a mean and no interval (NaN), no pair
    has neither.

    Raises
    ------
    ValueError
        If the kind of uncertainty is unknown, or there is no axis of replicates.
    """
    check_uncertainty(uncertainty)
    if np.ndim(differences) < 1:
        raise ValueError("differences need an axis of replicates")
    d = np.asarray(differences, dtype=np.float64)
    there = np.isfinite(d)
    n = there.sum(axis=-1)
    mean = _divide(np.where(there, d, 0.0).sum(axis=-1), n)
    positive = _divide((there & (d > 0)).sum(axis=-1), n)
    if uncertainty == "parameters":
        return Interval(mean, *quantiles(d), positive, n)
    squares = np.where(there, np.square(d - mean[..., None]), 0.0).sum(axis=-1)
    half = student_half_width(np.sqrt(_divide(squares, n - 1)), n)
    return Interval(mean, mean - half, mean + half, positive, n)


def quantiles(draws: Floats) -> tuple[Floats, Floats]:
    """Return the 2.5% and 97.5% quantiles over the last axis, NaN left out; NaN where there are fewer than two draws.

    Between two draws they are interpolated linearly (definition 7 of Hyndman and Fan 1996, American Statistician 50).
    """
    ordered = np.sort(draws, axis=-1)  # NaN comes last
    n = np.isfinite(draws).sum(axis=-1)
    ends = []
    for share in ((1 - LEVEL) / 2, (1 + LEVEL) / 2):
        at = share * np.maximum(n - 1, 1)
        below = np.minimum(np.floor(at).astype(np.int64), np.maximum(n - 2, 0))
        rest = at - below
        pair = [
            np.take_along_axis(ordered, (below + k)[..., None] % ordered.shape[-1], axis=-1)[..., 0] for k in (0, 1)
        ]
        ends.append(np.where(n >= 2, pair[0] + rest * (pair[1] - pair[0]), np.nan))
    return ends[0], ends[1]


def check_uncertainty(uncertainty: str) -> None:
    """Check that it is one of the two kinds.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if uncertainty not in get_args(Uncertainty):
        raise ValueError(f"uncertainty is {uncertainty!r}; allowed: {', '.join(get_args(Uncertainty))}")


def student_half_width(sd: Floats, n: NDArray[np.int64]) -> Floats:
    """Return the half-width of the 95% interval of the mean of `n` differences of deviation `sd`; NaN below two."""
    enough = np.maximum(n, 2)
    return np.where(n >= 2, student_quantile(enough) * sd / np.sqrt(enough), np.nan)


def student_quantile(n: NDArray[np.int64] | int) -> Floats:
    """Return the quantile of Student's t that a 95% interval of `n` differences, at least two, takes."""
    return np.asarray(stdtrit(np.asarray(n, dtype=np.float64) - 1.0, 0.5 + LEVEL / 2), dtype=np.float64)


def replicates_needed(sd: float, precision: float, limit: int = 1_000_000) -> int:
    """Return how many replicates bring the half-width of the 95% interval of the mean down to `precision`.

    `sd` is the standard deviation of the paired differences in the same unit. At least 2 (one pair has no interval), at
    most `limit`.

    Raises
    ------
    ValueError
        If the precision is not positive, or the standard deviation is negative or unknown (NaN).
    """
    if not 0 < precision < np.inf:
        raise ValueError(f"the precision must be above 0, got {precision}")
    if not 0 <= sd < np.inf:
        raise ValueError(f"the standard deviation must be a number not below 0, got {sd}")
    if sd == 0:
        return 2
    n = max(2, int(np.ceil((float(student_quantile(limit + 1)) * sd / precision) ** 2)))
    while n < limit and float(student_quantile(n)) * sd / np.sqrt(n) > precision:
        n += 1
    return min(n, limit)


def variance_reduction(scenario: Floats, baseline: Floats) -> float:
    """Return how many times fewer replicates pairing needs: variance of unpaired over variance of paired differences.

    `scenario` and `baseline` (replicates,) in the same order. Source: Law (2015), section 11.2. NaN below two pairs;
    infinite if all paired differences are equal while the runs themselves differ.

    Raises
    ------
    ValueError
        If the two are not of one length.
    """
    if np.ndim(scenario) != 1 or np.shape(scenario) != np.shape(baseline):
        raise ValueError(f"runs must be pairs, one a replicate; got {np.shape(scenario)}, {np.shape(baseline)}")
    there = np.isfinite(scenario) & np.isfinite(baseline)
    if there.sum() < 2:
        return np.nan
    unpaired = float(np.var(scenario[there], ddof=1) + np.var(baseline[there], ddof=1))
    paired = float(np.var(scenario[there] - baseline[there], ddof=1))
    if paired == 0.0:
        return np.inf if unpaired > 0 else np.nan
    return unpaired / paired


def _divide(part: Floats | NDArray[np.int64], whole: NDArray[np.int64]) -> Floats:
    out = np.full(np.shape(part), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
