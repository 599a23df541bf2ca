"""The years of a comparison put together: rates are averaged, flows and counts of persons are summed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.comparison.cube import Cube
from sim.measures.labels import INDICATORS, OverYears

FIGURE = ["place", "indicator", "view", "group"]


class OverAll(NamedTuple):
    """Figures over all simulated years of a scenario and of the baseline, (figures, replicates), paired alike."""

    keys: pd.DataFrame
    scenario: NDArray[np.float64]
    baseline: NDArray[np.float64]


def rule(indicator: str) -> OverYears:
    """Return how an indicator is put together over years; those of other packages are averaged."""
    return INDICATORS[indicator].over_years if indicator in INDICATORS else "mean"


def over_years(cube: Cube, scenario: int, baseline: int, first_year: int) -> OverAll:
    """Return each figure over the years after `first_year`, for the scenario and the baseline.

    Rates, means and indices are averaged over the years in which both have a value in that replicate, so that pairs
    stay pairs. Persons, households, flows and money are summed (a stock of persons gives person-years) and are NaN in
    a replicate that lacks a year. Indicators that do not add up over years are left out.
    """
    rules = cube.keys["indicator"].map(rule)
    used = (cube.keys["year"].to_numpy() > first_year) & (rules != "none").to_numpy()
    keys = cube.keys[used]
    figure = keys.groupby(FIGURE, sort=False).ngroup().to_numpy()
    first = np.unique(figure, return_index=True)[1]
    s, b = cube.figures[used, scenario], cube.figures[used, baseline]
    both = np.isfinite(s) & np.isfinite(b)
    years = np.zeros((len(first), s.shape[1]))
    np.add.at(years, figure, both)
    summed = (rules[used] == "sum").to_numpy()[first]
    complete = years == np.bincount(figure, minlength=len(first))[:, None]
    results = []
    for values in (s, b):
        total = np.zeros_like(years)
        np.add.at(total, figure, np.where(both, values, 0.0))
        mean = np.full_like(years, np.nan)
        np.divide(total, years, out=mean, where=years > 0)
        results.append(np.where(summed[:, None], np.where(complete, total, np.nan), mean))
    return OverAll(keys.iloc[first][FIGURE].reset_index(drop=True), *results)
