"""Totals of a result whose study simulated a part of the households, at full size for people to read.

The tables hold what was simulated: the study's scale of all households, and of a place that is a sample one in so many.
What counts persons, households or money is divided by the share simulated where it is printed; shares, rates,
means and ratios are what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from tuopin.sim.measures.indicators import INDICATORS
from tuopin.sim.results.results import Results

UNITS = ("persons", "person-years", "households", "yuan")
"""Units of what adds up over households."""
TOTALS = frozenset(name for name, indicator in INDICATORS.items() if indicator.unit in UNITS)
"""Indicators that are totals."""


def scale_of(results: Results) -> float:
    """The study's scale: the share of the households simulated, or of those that a place's sample leaves."""
    return float(results.manifest.get("scale", 1.0))


def samples_of(results: Results) -> dict[str, int]:
    """Of the places, and of the regions by their own name, that are a sample: one household in so many is simulated."""
    places: Mapping[str, Any] = results.manifest.get("inputs", {}).get("place", {})
    found: dict[str, int] = {}
    for name, place in places.items():
        if (sample := int(place.get("sample", 1))) > 1:
            region = place.get("region")
            found[name] = found[name if region is None else str(region["name"])] = sample
    return found


def shares_of(results: Results) -> Callable[[str], float]:
    """What gives the share of the households of a place, or of a region, that was simulated."""
    scale, samples = scale_of(results), samples_of(results)
    return lambda place: scale / samples.get(place, 1)


def at_full_size(rows: pd.DataFrame, shares: Callable[[str], float], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows of indicators or of a comparison with the totals in `columns` at full size; the others unchanged.

    `shares` gives the share simulated of each row's place.
    """
    places = rows["place"].astype(str)
    share = places.map({place: shares(place) for place in places.unique()}).astype(float)
    if (share == 1.0).all():
        return rows
    totals = rows["indicator"].astype(str).isin(TOTALS)
    changed = {column: rows[column].mask(totals, rows[column] / share) for column in columns}
    return rows.assign(**changed)
