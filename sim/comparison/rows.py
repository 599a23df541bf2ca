"""Figures of a comparison before they are put in order: keys, and intervals for every scenario."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import pandas as pd

from tuopin.sim.comparison.paired import Interval

ALL, WORST = "all", "worst"
"""The rows of `year` that are no year: all simulated years together, and the worst ones of the baseline."""


class Rows(NamedTuple):
    """Some figures of a comparison: one row of `keys` each, with intervals of shape (keys, scenarios)."""

    keys: pd.DataFrame
    interval: Interval


def one_row(place: Hashable, indicator: str, interval: Interval, year: str = ALL) -> Rows:
    """Return a figure of everybody in the true view from its intervals (1, scenarios)."""
    key = {"place": place, "indicator": indicator, "view": "true", "group": ALL, "year": year}
    return Rows(pd.DataFrame([key]), interval)
