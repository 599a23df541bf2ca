"""Totals of a result whose study simulated a part of the households, at full size for people to read.

The tables hold what was simulated. What counts persons, households or money is divided by the scale where it is
printed; shares, rates, means and ratios are what they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tuopin.sim.measures.indicators import INDICATORS
from tuopin.sim.results.results import Results

UNITS = ("persons", "person-years", "households", "yuan", "hours")
"""Units of what adds up over households."""
TOTALS = frozenset(name for name, indicator in INDICATORS.items() if indicator.unit in UNITS)
"""Indicators that are totals."""


def scale_of(results: Results) -> float:
    """The share of the households that was simulated."""
    return float(results.manifest.get("scale", 1.0))


def at_full_size(rows: pd.DataFrame, scale: float, columns: Sequence[str]) -> pd.DataFrame:
    """Return rows of indicators or of a comparison with the totals in `columns` at full size; the others unchanged."""
    if scale == 1.0 or rows.empty:
        return rows
    totals = rows["indicator"].astype(str).isin(TOTALS)
    changed = {column: rows[column].mask(totals, rows[column] / scale) for column in columns}
    return rows.assign(**changed)
