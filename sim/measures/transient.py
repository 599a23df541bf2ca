"""Chronic and transient poverty from each household's incomes of several years."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuopin.sim.measures.arguments import check_numbers
from tuopin.sim.measures.fgt import weighted_mean

Array = NDArray[Any]

PATTERNS: tuple[str, ...] = ("always", "usually", "churning", "occasionally", "never")
CHURNING_BAND = 0.1
"""Lines above one up to which a mean income is churning; not given by the source, a modelling choice."""


class ChronicTransient(NamedTuple):
    """Total poverty over the years, what remains with incomes averaged over them, and the difference."""

    total: float
    chronic: float
    transient: float


def _in_lines(income: Array, lines: Array) -> NDArray[np.float64]:
    """Return incomes as multiples of each year's line.

    Raises
    ------
    ValueError
        On other shapes, no year or a line not above 0.
    """
    y, z = np.asarray(income, dtype=np.float64), np.asarray(lines, dtype=np.float64)
    if y.ndim != 2 or z.shape != (y.shape[1],) or not len(z) or not ((z > 0) & np.isfinite(z)).all():
        raise ValueError(
            f"incomes must be (households, years) and one line above 0 a year; got {y.shape} and {z.shape}"
        )
    return y / z


def chronic_transient(income: Array, lines: Array, members: Array, alpha: int = 2) -> ChronicTransient:
    """Return total, chronic and transient poverty by the components approach.

    `income` (n, T) yuan/person/year, `lines` (T,), `members` (n,) persons. Total is the mean over years of the FGT
    index of order `alpha` (2: squared poverty gap), chronic that of each household's mean income in lines, transient
    the rest. Incomes below 0 count as 0. Source: Jalan and Ravallion (1998), Journal of Comparative Economics 26; five
    years or more are advised there. NaN if nobody is there or an income is NaN.

    Raises
    ------
    ValueError
        If shapes do not fit, a line is not a number above 0, a weight is negative or not finite, or `alpha` is below 0.
    """
    if not alpha >= 0:
        raise ValueError(f"alpha must not be below 0, got {alpha}")
    lines_worth = np.maximum(_in_lines(income, lines), 0.0)

    def poverty(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(x >= 1.0, 0.0, np.maximum(1.0 - x, 0.0) ** alpha)

    total = weighted_mean(poverty(lines_worth).mean(axis=1), members)
    chronic = weighted_mean(poverty(lines_worth.mean(axis=1)), members)
    return ChronicTransient(total, chronic, total - chronic)


def poverty_pattern(income: Array, lines: Array, churning_band: float = CHURNING_BAND) -> NDArray[np.int8]:
    """Return each household's class, shape (n,): 0 always, 1 usually, 2 churning, 3 occasionally, 4 never poor.

    `always` is poor in every year; `usually` has a mean income below the line; `churning` a mean at most
    `churning_band` lines above it, and `occasionally` a higher one, both poor at least once. Source: Hulme and Shepherd
    (2003), World Development 31; the width of the churning band, not given there, is a modelling choice. Arguments as
    `chronic_transient`.

    Raises
    ------
    ValueError
        Also if an income is NaN, which has no class.
    """
    x = _in_lines(income, lines)
    check_numbers(income=x)
    x = np.maximum(x, 0.0)
    poor = x < 1.0
    mean = x.mean(axis=1)
    conditions = [poor.all(axis=1), ~poor.any(axis=1), mean < 1.0, mean < 1.0 + churning_band]
    return np.select(conditions, [0, 4, 1, 2], default=3).astype(np.int8)
