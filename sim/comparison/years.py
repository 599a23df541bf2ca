"""The years of a comparison put together: rates are averaged, flows and counts of persons are summed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tuopin.sim.comparison.cube import Cube
from tuopin.sim.measures.indicator import OverYears
from tuopin.sim.measures.known import known_indicators

FIGURE = ["place", "indicator", "view", "group"]


class OverAll(NamedTuple):
    """Figures over all simulated years of the scenarios and of the baseline beside each.

    Both are (figures, scenarios, replicates).
    """

    keys: pd.DataFrame
    scenarios: NDArray[np.float64]
    baseline: NDArray[np.float64]


def rule(indicator: str) -> OverYears:
    """Return how an indicator is put together over years; those of other packages are averaged."""
    return known_indicators()[indicator].over_years if indicator in known_indicators() else "mean"


def over_years(cube: Cube, scenarios: Sequence[int], baseline: int, first_year: int) -> OverAll:
    """Return each figure over the years after `first_year`, for the scenarios and for the baseline as paired with each.

    Rates, means and indices are averaged over the years in which both have a value in that replicate, so that pairs
    stay pairs. Persons, households, flows and money are summed (a stock of persons gives person-years) and are NaN in
    a replicate that lacks a year. What is counted from the initial state on is taken of the last year. Indicators that
    do not add up over years are left out.
    """
    rules = cube.keys["indicator"].map(rule)
    used = (cube.keys["year"].to_numpy() > first_year) & (rules != "none").to_numpy()
    keys = cube.keys[used]
    figure = keys.groupby(FIGURE, sort=False).ngroup().to_numpy()
    first = np.unique(figure, return_index=True)[1]
    figures = cube.figures[used]
    pair = (figures[:, scenarios], figures[:, [baseline]])
    both = np.isfinite(pair[0]) & np.isfinite(pair[1])
    year = keys["year"].to_numpy()
    years = _sum_years(both, figure, year)
    summed = (rules[used] == "sum").to_numpy()[first, None, None]
    of_last = (rules[used] == "last").to_numpy()[first, None, None]
    at_end = np.zeros(len(keys), dtype=np.bool_)
    at_end[keys["year"].to_numpy() == int(year.max(initial=first_year))] = True
    complete = years == np.bincount(figure, minlength=len(first))[:, None, None]
    results = []
    for values in pair:
        total = _sum_years(np.where(both, values, 0.0), figure, year)
        mean = np.full_like(years, np.nan)
        np.divide(total, years, out=mean, where=years > 0)
        end = np.full_like(years, np.nan)
        end[figure[at_end]] = np.where(both, values, np.nan)[at_end]
        results.append(np.where(of_last, end, np.where(summed, np.where(complete, total, np.nan), mean)))
    return OverAll(keys.iloc[first][FIGURE].reset_index(drop=True), *results)


def _sum_years(values: NDArray[Any], figure: NDArray[Any], year: NDArray[Any]) -> NDArray[np.float64]:
    """Return the sums of the rows of each figure, which has one row a year, added in the order of years."""
    total = np.zeros((int(figure.max(initial=-1)) + 1, *values.shape[1:]))
    for one in np.unique(year):
        rows = year == one
        total[figure[rows]] += values[rows]
    return total
