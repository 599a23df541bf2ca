"""Indicator tables as arrays: one row per figure, one column per scenario, one layer per replicate."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

KEY = ("place", "indicator", "view", "group", "year")


class Cube(NamedTuple):
    """Figures of all runs: `keys` has one row a figure, `figures` is (keys, scenarios, replicates), NaN if absent."""

    keys: pd.DataFrame
    scenarios: list[str]
    replicates: list[int]
    figures: NDArray[np.float64]


def cube_of(indicators: pd.DataFrame) -> Cube:
    """Return the cube of a long table with the columns of `indicators.parquet`.

    Figures and scenarios keep the order in which they first appear, years and replicates are sorted.

    Raises
    ------
    ValueError
        If a column is missing or one figure of one run is given twice.
    """
    missing = {*KEY, "scenario", "replicate", "value"} - set(indicators.columns)
    if missing:
        raise ValueError(f"indicators lack the columns {', '.join(sorted(missing))}")
    codes, levels = {}, {}
    for name in (*KEY, "scenario", "replicate"):
        codes[name], uniques = pd.factorize(indicators[name], sort=name in ("year", "replicate"))
        levels[name] = np.asarray(uniques)
    key = np.zeros(len(indicators), dtype=np.int64)
    for name in KEY:
        key = key * max(len(levels[name]), 1) + codes[name]
    present = np.zeros(int(np.prod([max(len(levels[name]), 1) for name in KEY])), dtype=np.bool_)
    present[key] = True
    found, row = np.flatnonzero(present), np.cumsum(present) - 1
    shape = (len(found), len(levels["scenario"]), len(levels["replicate"]))
    position = (row[key] * shape[1] + codes["scenario"]) * shape[2] + codes["replicate"]
    filled = np.zeros(int(np.prod(shape)), dtype=np.bool_)
    filled[position] = True
    if np.count_nonzero(filled) < len(position):
        raise ValueError("indicators give one figure of one run twice; each run must be read once")
    values = np.full(shape, np.nan)
    values.reshape(-1)[position] = indicators["value"].to_numpy(dtype=np.float64)
    columns = {}
    for name in reversed(KEY):
        found, code = np.divmod(found, max(len(levels[name]), 1))
        columns[name] = levels[name][code]
    keys = pd.DataFrame({name: columns[name] for name in KEY})
    return Cube(keys, [str(s) for s in levels["scenario"]], [int(r) for r in levels["replicate"]], values)


def scenario_index(cube: Cube, baseline: str) -> int:
    """Return the position of the baseline.

    Raises
    ------
    ValueError
        Naming the scenarios there are.
    """
    if baseline not in cube.scenarios:
        raise ValueError(f"no scenario {baseline!r} to compare with; there are {', '.join(cube.scenarios)}")
    return cube.scenarios.index(baseline)
