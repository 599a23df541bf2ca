"""The small table a planner reads first: what each scenario reached, what it cost, and how sure the difference is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tuopin.sim.comparison.money import COST
from tuopin.sim.measures.survival import relapse_by_run

MEASURED = (
    "headcount_ratio",
    "exits_persons",
    "first_exits_persons",
    "reentries_persons",
    "sustained_exits_persons",
    COST,
)
"""Indicators whose levels it gives, of everybody and in view true."""
DIFFERENCES: dict[str, tuple[str, str]] = {
    "headcount_difference": ("headcount_ratio", "end"),
    "sustained_exits_difference": ("sustained_exits_persons", "all"),
    "cost_per_sustained_exit": ("cost_per_sustained_exit", "all"),
}
"""Column -> (indicator, year) of the comparison it is read from, with `_low` and `_high` beside it."""


def headline(comparison: pd.DataFrame, indicators: pd.DataFrame, spells: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return one row per place and scenario, baseline included, in the order of the indicators.

    Levels are means over replicates, view true, group all: headcount_ratio_start and _end (first and last year),
    exits_persons (moves), first_exits_persons (each household once), reentries_persons, sustained_exits_persons and
    cost_yuan_nominal summed over the years, relapse_by_3_years (Kaplan-Meier; NaN without `spells` or with too short a
    follow-up). Differences from the baseline carry their 95% interval: headcount_difference (last year),
    sustained_exits_difference, cost_per_sustained_exit (constant prices, discounted; NaN where the gain is not clear).
    `replicates` counts the scenario's runs.

    Raises
    ------
    ValueError
        If there is no indicator of everybody in the true view.
    """
    everybody = indicators[(indicators["group"] == "all") & (indicators["view"] == "true")]
    if everybody.empty:
        raise ValueError("there are no indicators of group all in view true")
    last, first = int(everybody["year"].max()), int(everybody["year"].min())
    runs = ["place", "scenario"]
    table = everybody.groupby(runs, observed=True, sort=False)["replicate"].nunique().rename("replicates").to_frame()
    for column, year in (("headcount_ratio_start", first), ("headcount_ratio_end", last)):
        rows = everybody[(everybody["indicator"] == "headcount_ratio") & (everybody["year"] == year)]
        table[column] = rows.groupby(runs, observed=True)["value"].mean()
    sums = {name: name for name in MEASURED if name.endswith("_persons")}
    for column, indicator in (sums | {"cost_yuan_nominal": COST}).items():
        rows = everybody[everybody["indicator"] == indicator]
        by_run = rows.groupby([*runs, "replicate"], observed=True)["value"].sum()
        table[column] = by_run.groupby(level=runs, observed=True).mean()
    table["relapse_by_3_years"] = np.nan
    if spells is not None and len(spells):
        relapse = relapse_by_run(spells, years=(3,))
        table["relapse_by_3_years"] = relapse.groupby(runs, observed=True)["value"].mean()
    table = table.reset_index().astype({"place": str, "scenario": str})
    for column, (indicator, when) in DIFFERENCES.items():
        rows = _difference(comparison, column, indicator, str(last) if when == "end" else when)
        table = table.merge(rows, on=runs, how="left")
    return table


def _difference(comparison: pd.DataFrame, column: str, indicator: str, year: str) -> pd.DataFrame:
    rows = comparison[
        (comparison["indicator"] == indicator)
        & (comparison["view"] == "true")
        & (comparison["group"] == "all")
        & (comparison["year"].astype(str) == year)
    ].astype({"place": str, "scenario": str})
    names = {"mean_difference": column, "low": f"{column}_low", "high": f"{column}_high"}
    return rows[["place", "scenario", *names]].rename(columns=names)
