"""The table printed after a run: the headline figures of `tuopin.sim.comparison`, written for a planner."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tuopin.sim.commands.tables import cell_text
from tuopin.sim.comparison.headline import DIFFERENCES, MEASURED, headline
from tuopin.sim.results.results import Results

TITLE = (
    "Simulated, given these assumptions; true view. Differences from {baseline}: paired, {replicates} replicates,"
    " 95% intervals ({kind})."
)
LEVELS = "Simulated, given these assumptions; true view; {replicates} replicates. One scenario: nothing to compare."
KINDS = {
    "luck": "luck alone: the parameters are held fixed",
    "parameters": "luck and parameters: each replicate draws the free parameters",
}
COMPARED = ("difference (points)", "more sustained exits", "yuan per sustained exit")
NO_GAIN = "no clear gain"
Row = dict[str, Any]


def headline_table(results: Results) -> tuple[str, list[Row]]:
    """Title and rows of the headline table of a result, a region as one place.

    No rows where nothing was compared; of a region levels are shown even so.
    """
    everybody = {"view": ["true"], "group": ["all"]}
    comparison = results.rows("comparison", indicator=[name for name, _ in DIFFERENCES.values()], **everybody)
    if comparison.empty and not results.regions:
        return "", []
    indicators, spells = results.reported(indicator=MEASURED, **everybody)
    if indicators.empty:
        return "", []
    frame = headline(comparison, indicators, spells)
    baseline = str(results.manifest["baseline"] if comparison.empty else comparison["baseline"].iloc[0])
    several = len(set(frame["place"])) > 1
    rows = [cells({str(key): value for key, value in row.items()}, baseline) for row in frame.to_dict("records")]
    if not several:
        rows = [{key: value for key, value in row.items() if key != "place"} for row in rows]
    if comparison.empty:
        rows = [{key: value for key, value in row.items() if key not in COMPARED} for row in rows]
    fewest, most = int(frame["replicates"].min()), int(frame["replicates"].max())
    replicates = str(most) if fewest == most else f"{fewest} to {most}"
    title = LEVELS.format(replicates=replicates)
    if not comparison.empty:
        kind = KINDS.get(str(comparison["uncertainty"].iloc[0]), "")
        title = TITLE.format(baseline=baseline, kind=kind, replicates=replicates)
    places = results.manifest.get("inputs", {}).get("place", {})
    return title + "".join(_region_note(name, counties, places) for name, counties in results.regions.items()), rows


def _region_note(name: str, counties: list[str], places: Mapping[str, Any]) -> str:
    """How many counties a region stands for, and whether they exist."""
    made_up = sum(bool(places[county].get("synthetic")) for county in counties)
    kind = "synthetic counties" if made_up == len(counties) else "counties"
    part = f", {made_up} of them synthetic" if 0 < made_up < len(counties) else ""
    return f" {name}: {len(counties)} {kind}{part}, put together."


def cells(row: Row, baseline: str) -> Row:
    """One row of `tuopin.sim.comparison.headline` as text with units in the column names."""
    is_baseline = row["scenario"] == baseline
    return {
        "place": row["place"],
        "scenario": row["scenario"],
        "headcount at start": _percent(row["headcount_ratio_start"]),
        "at end": _percent(row["headcount_ratio_end"]),
        "difference (points)": "baseline" if is_baseline else _interval(row, "headcount_difference", 100.0, 2),
        "exits (persons)": _whole(row["exits_persons"]),
        "relapse in 3 years": _percent(row["relapse_by_3_years"]),
        "sustained exits (persons)": _whole(row["sustained_exits_persons"]),
        "more sustained exits": "baseline" if is_baseline else _interval(row, "sustained_exits_difference", 1.0, 0),
        "cost (M yuan, nominal)": _in_units(row["cost_yuan_nominal"], 1e-6),
        "yuan per sustained exit": "baseline" if is_baseline else _cost(row),
    }


def _cost(row: Row) -> str:
    """No ratio is printed where the gain in sustained exits is not clearly positive."""
    low = row["sustained_exits_difference_low"]
    if not (math.isfinite(low) and low > 0 and math.isfinite(row["cost_per_sustained_exit"])):
        return NO_GAIN
    return _interval(row, "cost_per_sustained_exit", 1.0, 0)


def _interval(row: Row, column: str, factor: float, places: int) -> str:
    middle, low, high = (row[name] * factor for name in (column, f"{column}_low", f"{column}_high"))
    if not math.isfinite(middle):
        return ""
    text = f"{middle:,.{places}f}"
    if not (math.isfinite(low) and math.isfinite(high)):
        return text
    return f"{text} [{low:,.{places}f}, {high:,.{places}f}]"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}%" if math.isfinite(value) else ""


def _whole(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else ""


def _in_units(value: float, factor: float) -> str:
    return cell_text(value * factor, 4)
