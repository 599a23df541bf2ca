"""The small table a planner reads first: what each scenario reached, what it cost, and how sure the order is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tuopin.sim.comparison.paired import Uncertainty
from tuopin.sim.comparison.pairs import RELAPSE, RELAPSE_IN_BASELINE
from tuopin.sim.comparison.present_values import ANNUALISED, DISCOUNTED, PER_POVERTY_YEAR
from tuopin.sim.comparison.ranking import ranking

POVERTY_YEARS = "poverty_years_persons"
MEASURED = ("headcount_ratio", "poor_persons", POVERTY_YEARS)
"""Indicators whose levels it reads, of everybody and in view true."""
RELIEF, PREVENTION = "start=poor", "start=not_poor"
GROUPS = ("all", RELIEF, PREVENTION)
DIFFERENCES: dict[str, tuple[str, str, float]] = {
    "averted": (POVERTY_YEARS, "all", -1.0),
    "averted_by_prevention": (POVERTY_YEARS, PREVENTION, -1.0),
    "sustained_gain": ("sustained_exits_persons", "all", 1.0),
    "own_strength_gain": ("sustained_exits_own_strength_persons", "all", 1.0),
    "relapse_difference": (RELAPSE, "all", 1.0),
    "relapse_in_baseline": (RELAPSE_IN_BASELINE, "all", 1.0),
    "cost": (DISCOUNTED, "all", 1.0),
    "cost_annualised": (ANNUALISED, "all", 1.0),
    "cost_per_poverty_year": (PER_POVERTY_YEAR, "all", 1.0),
    "helped": ("helped_persons", "all", 1.0),
    "harmed": ("harmed_persons", "all", 1.0),
}
"""Column -> indicator, group and sign of the comparison over all years it is read from; `_low`, `_high` beside it."""
COMPARED = tuple(dict.fromkeys(indicator for indicator, _, _ in DIFFERENCES.values()))


def headline(comparison: pd.DataFrame, indicators: pd.DataFrame, uncertainty: Uncertainty = "luck") -> pd.DataFrame:
    """Return one row per place and scenario, baseline included, in the order of the indicators.

    Levels are means over replicates, view true, group all: headcount_ratio_start and _end and poor_persons_end (first
    and last year). Differences from the baseline with their intervals are those of `DIFFERENCES`: poverty-years
    averted and of them by prevention, sustained exits gained and of them on own strength, relapse of those who exit
    under both, public cost in cash and with capital annualised (present values, constant prices), yuan per
    poverty-year averted (NaN where the gain is not clear), and persons helped and harmed. `rank` and `first` are the
    order by poverty-years averted, the baseline with none among them (see `ranking`). `replicates` counts the
    scenario's runs.

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
    for column, indicator, year in (
        ("headcount_ratio_start", "headcount_ratio", first),
        ("headcount_ratio_end", "headcount_ratio", last),
        ("poor_persons_end", "poor_persons", last),
    ):
        rows = everybody[(everybody["indicator"] == indicator) & (everybody["year"] == year)]
        table[column] = rows.groupby(runs, observed=True)["value"].mean()
    table = table.reset_index().astype({"place": str, "scenario": str})
    for column, (indicator, group, sign) in DIFFERENCES.items():
        table = table.merge(_difference(comparison, column, indicator, group, sign), on=runs, how="left")
    ends = everybody[(everybody["indicator"] == POVERTY_YEARS) & (everybody["year"] == last)]
    return table.merge(_ranks(ends, uncertainty), on=runs, how="left")


def _difference(comparison: pd.DataFrame, column: str, indicator: str, group: str, sign: float) -> pd.DataFrame:
    """A difference over all years with its interval; a negative sign turns it and its ends around."""
    rows = comparison[
        (comparison["indicator"] == indicator)
        & (comparison["view"] == "true")
        & (comparison["group"] == group)
        & (comparison["year"].astype(str) == "all")
    ].astype({"place": str, "scenario": str})
    low, high = ("low", "high") if sign > 0 else ("high", "low")
    found = {column: rows["mean_difference"], f"{column}_low": rows[low], f"{column}_high": rows[high]}
    return rows[["place", "scenario"]].assign(**{name: sign * values for name, values in found.items()})


def _ranks(poverty_years: pd.DataFrame, uncertainty: Uncertainty) -> pd.DataFrame:
    """Rank and share of first of each scenario, place by place, from poverty-years at the end of each run."""
    parts = [pd.DataFrame(columns=["place", "scenario", "rank", "first"])]
    for place, rows in poverty_years.groupby("place", observed=True, sort=False):
        wide = rows.astype({"scenario": str}).pivot_table("value", "scenario", "replicate", sort=False)
        found = ranking(-wide.to_numpy(dtype=np.float64), uncertainty)
        parts.append(
            pd.DataFrame({"place": str(place), "scenario": wide.index, "rank": found.rank, "first": found.first})
        )
    return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
