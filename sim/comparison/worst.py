"""The worst year in twenty: what a scenario is worth when the baseline fares worst."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tuopin.sim.comparison.cube import Cube
from tuopin.sim.comparison.paired import Floats, Interval
from tuopin.sim.comparison.rows import ALL, WORST, Rows, one_row

SHARE = 0.05
INDICATORS = ("headcount_ratio", "poor_persons")


def worst_years(baseline: Floats, differences: Floats) -> Interval:
    """Return the mean difference over the worst replicate-years of the baseline, a twentieth of them, at least one.

    Parameters
    ----------
    baseline
        Values of the baseline (years, replicates), the highest being the worst; of equal ones the earlier year counts.
    differences
        Paired differences (years, replicates).

    Returns
    -------
    Without ends of an interval: several of the worst years may be of one replicate, so none is claimed. The share above
    zero is of these years; `replicates` counts the replicates among them.
    """
    there = np.isfinite(baseline) & np.isfinite(differences)
    nothing = np.array(np.nan)
    if not there.any():
        return Interval(nothing, nothing, nothing, nothing, np.array(0))
    _, replicate = np.nonzero(there)
    order = np.argsort(-baseline[there], kind="stable")[: max(1, int(SHARE * there.sum()))]
    chosen = differences[there][order]
    count = np.array(len(set(replicate[order].tolist())))
    return Interval(chosen.mean(), nothing, nothing, np.asarray((chosen > 0).mean()), count)


def worst_rows(cube: Cube, yearly: Floats, baseline: int, first_year: int) -> Iterator[Rows]:
    """Give the rows of year `worst`, place by place, from differences (figures, scenarios, replicates)."""
    keys = cube.keys
    here = (keys["view"] == "true") & (keys["group"] == ALL) & (keys["year"] > first_year)
    for (place, name), rows in keys[here & keys["indicator"].isin(INDICATORS)].groupby(
        ["place", "indicator"], sort=False, observed=True
    ):
        level = cube.figures[rows.index, baseline]
        found = [worst_years(level, yearly[rows.index, scenario]) for scenario in range(yearly.shape[1])]
        yield one_row(place, str(name), Interval(*(np.array([part]) for part in zip(*found, strict=True))), WORST)
