"""Totals of a result that simulated a part of the households (by scale or sample), at full size for people to read.

The tables hold what was simulated. What counts persons, households or money is divided by the share where it is
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
    """The share of the households that the study and its command asked for."""
    return float(results.manifest.get("scale", 1.0))


def samples_of(results: Results) -> dict[str, int]:
    """Of each place, or region as one place, that is a sample by itself: one of how many households is simulated."""
    places = results.manifest.get("inputs", {}).get("place", {})
    region = {county: name for name, counties in results.regions.items() for county in counties}
    # the counties of a region say alike how large a sample they are
    samples = {region.get(name, name): int(place.get("sample", 1)) for name, place in places.items()}
    return {name: sample for name, sample in samples.items() if sample > 1}


def share_of(results: Results, place: str) -> float:
    """The share of the households of `place`, or of a region as one place, that was simulated."""
    return scale_of(results) / samples_of(results).get(place, 1)


def at_full_size(rows: pd.DataFrame, results: Results, columns: Sequence[str]) -> pd.DataFrame:
    """Return rows of indicators or of a comparison with the totals in `columns` at full size; the others unchanged."""
    if rows.empty or (scale_of(results) == 1.0 and not samples_of(results)):
        return rows
    samples = samples_of(results)
    share = scale_of(results) / rows["place"].astype(str).map(samples).fillna(1.0).astype(float)
    totals = rows["indicator"].astype(str).isin(TOTALS)
    return rows.assign(**{column: rows[column].mask(totals, rows[column] / share) for column in columns})
