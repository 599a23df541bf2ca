"""Person-weighted figures of a frame of households, and a figure averaged over years."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from tuopin.sim.calibration.histories import Histories, HouseholdName, HouseholdYear

Measure = Callable[[Histories, str, tuple[int, ...]], float]
"""(histories, scenario, years) -> one simulated figure of one replicate; NaN where there is nobody to measure."""
YearMeasure = Callable[[Histories, str, int], float]


def every_year(measure: YearMeasure) -> Measure:
    """Turn a measure of one year into the plain mean over the target's years."""

    def over(histories: Histories, scenario: str, years: tuple[int, ...]) -> float:
        return float(np.mean([measure(histories, scenario, year) for year in years]))

    return over


def share(part: pd.Series, of: pd.Series, members: pd.Series) -> float:
    """Share of the persons of `of` who are in `part` too; all (households,). NaN if `of` is empty."""
    whole = int(members[of].sum())
    return float(members[of & part].sum()) / whole if whole else np.nan


def mean(values: pd.Series, members: pd.Series) -> float:
    """Person-weighted mean of `values`, both (households,); NaN if nobody is there."""
    whole = int(members.sum())
    return float((values * members).sum()) / whole if whole else np.nan


def paired(histories: Histories, scenarios: tuple[str, str], year: int) -> tuple[HouseholdYear, HouseholdYear]:
    """The households present in both scenarios at the end of `year`, in the same order."""
    one, other = (histories.year(name, year) for name in scenarios)
    both = one.index.intersection(other.index, sort=True)
    return HouseholdYear(one.loc[both]), HouseholdYear(other.loc[both])


def column_mean(names: Iterable[HouseholdName]) -> dict[str, Measure]:
    """Measures `mean_<name>`: person-weighted means of columns."""

    def of(name: HouseholdName) -> Measure:
        def measure(histories: Histories, scenario: str, year: int) -> float:
            h = histories.year(scenario, year)
            return mean(h[name], h["members"])

        return every_year(measure)

    return {f"mean_{name}": of(name) for name in names}
