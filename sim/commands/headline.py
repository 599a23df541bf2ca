"""The table printed after a run: the headline figures of `tuopin.sim.comparison`, written for a planner."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tuopin.sim.commands.tables import cell_text
from tuopin.sim.comparison.headline import DIFFERENCES, MEASURED, headline
from tuopin.sim.comparison.spending import NOTHING_SPENT, money_notes, spent_nothing
from tuopin.sim.results.results import Results

TITLE = (
    "Simulated, given these assumptions; true view. Differences from {baseline}: paired, {replicates} replicates,"
    " 95% intervals ({kind})."
)
ONE_REPLICATE = (
    "Simulated, given these assumptions; true view. Differences from {baseline}: of one replicate, so how sure they are"
    " is unknown and no cost ratio is given; run more replicates."
)
LEVELS = "Simulated, given these assumptions; true view; {replicates}. One scenario: nothing to compare."
FEW = 5
"""Fewer replicates than this say little on how sure a difference is."""
KINDS = {
    "luck": "luck alone: the parameters are held fixed",
    "parameters": "luck and parameters: each replicate draws the free parameters",
}
MOVES = "moves out of poverty (persons)"
PERSONS = "of these first ones"
COST = "public cost (M yuan, nominal)"
RATIO = "yuan per sustained exit (constant prices)"
COMPARED = ("difference (points)", "more sustained exits", RATIO)
NO_GAIN = "no clear gain"
ONE_IS_NO_INTERVAL = "unknown: one replicate"
MOST_PLACES = 4
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
    several, idle = len(set(frame["place"])) > 1, spent_nothing(results)
    rows = []
    for record in frame.to_dict("records"):
        row = {str(key): value for key, value in record.items()}
        rows.append(cells(row, baseline, idle=(str(row["place"]), str(row["scenario"])) in idle))
    if not several:
        rows = [{key: value for key, value in row.items() if key != "place"} for row in rows]
    if comparison.empty:
        rows = [{key: value for key, value in row.items() if key not in COMPARED} for row in rows]
    title = _title(int(frame["replicates"].min()), int(frame["replicates"].max()), baseline, comparison)
    places = results.manifest.get("inputs", {}).get("place", {})
    return title + "".join(_region_note(name, counties, places) for name, counties in results.regions.items()), rows


def _title(fewest: int, most: int, baseline: str, comparison: Any) -> str:
    replicates = str(most) if fewest == most else f"{fewest} to {most}"
    if comparison.empty:
        return LEVELS.format(replicates=f"{replicates} replicate{'' if most == 1 else 's'}")
    if most == 1:
        return ONE_REPLICATE.format(baseline=baseline)
    kind = KINDS.get(str(comparison["uncertainty"].iloc[0]), "")
    few = f" Fewer than {FEW} replicates: intervals are themselves uncertain." if fewest < FEW else ""
    return TITLE.format(baseline=baseline, kind=kind, replicates=replicates) + few


def headline_notes(results: Results) -> list[str]:
    """What stands below the table: what is counted, in which prices, the start in two views, and the money."""
    first_year = results.manifest.get("comparison", {}).get("first_year")
    rate = results.manifest.get("comparison", {}).get("discount_rate")
    prices = "" if first_year is None else f" in {first_year} prices, discounted at {rate:.1%} a year;"
    return [
        f"{MOVES}: every move counts, repeated ones of the same persons too, so they may exceed the poor at start;"
        f" {PERSONS}: persons whose household had not left poverty before, each counted once.",
        "sustained exits: persons whose household first reached three assessments in a row at or above the line.",
        f"public cost: of all years, nominal, pensions and other ordinary transfers included, what households pay left"
        f" out; a ratio is{prices} of differences from the baseline.",
        *start_notes(results),
        *money_notes(results),
    ]


def start_notes(results: Results) -> list[str]:
    """The registered share beside the simulated poverty of the initial year: they differ, and why."""
    wanted = ("persons", "poor_persons", "registered_persons")
    indicators, _ = results.reported(indicator=wanted, group=["all"])
    if indicators.empty:
        return []
    start = indicators[indicators["year"] == indicators["year"].min()]
    means = start.groupby(["place", "view", "indicator"], sort=False, observed=True)["value"].mean()
    lines = []
    for place in list(dict.fromkeys(start["place"].astype(str)))[:MOST_PLACES]:
        persons = means.get((place, "true", "persons"), math.nan)
        poor = means.get((place, "true", "poor_persons"), math.nan)
        listed = means.get((place, "registry", "registered_persons"), math.nan)
        if persons > 0 and math.isfinite(poor + listed):
            lines.append(
                f"{place} at the end of {int(start['year'].iloc[0])}: {_whole(listed)} persons"
                f" ({_percent(listed / persons)}) are registered poor, {_whole(poor)} ({_percent(poor / persons)}) are"
                " simulated poor (true view): the register holds the documented total, found by people with error,"
                " not whoever is below the line."
            )
    return lines


def _region_note(name: str, counties: list[str], places: Mapping[str, Any]) -> str:
    """How many counties a region stands for, and whether they exist."""
    made_up = sum(bool(places[county].get("synthetic")) for county in counties)
    kind = "synthetic counties" if made_up == len(counties) else "counties"
    part = f", {made_up} of them synthetic" if 0 < made_up < len(counties) else ""
    return f" {name}: {len(counties)} {kind}{part}, put together."


def cells(row: Row, baseline: str, *, idle: bool = False) -> Row:
    """One row of `tuopin.sim.comparison.headline` as text with units in the column names.

    `idle` says that the scenario's programmes spent nothing: then there is no gain to look for.
    """
    is_baseline = row["scenario"] == baseline
    mark = f" ({NOTHING_SPENT} by its programmes)" if idle else ""
    return {
        "place": row["place"],
        "scenario": row["scenario"],
        "headcount at start": _percent(row["headcount_ratio_start"]),
        "at end": _percent(row["headcount_ratio_end"]),
        "difference (points)": "baseline" if is_baseline else _interval(row, "headcount_difference", 100.0, 2),
        MOVES: _whole(row["exits_persons"]),
        PERSONS: _whole(row["first_exits_persons"]),
        "relapse in 3 years": _percent(row["relapse_by_3_years"]),
        "sustained exits (persons)": _whole(row["sustained_exits_persons"]),
        "more sustained exits": "baseline" if is_baseline else _interval(row, "sustained_exits_difference", 1.0, 0),
        COST: _in_units(row["cost_yuan_nominal"], 1e-6) + mark,
        RATIO: "baseline" if is_baseline else NOTHING_SPENT if idle else _cost(row),
    }


def _cost(row: Row) -> str:
    """No ratio is printed where the gain in sustained exits is not clearly positive."""
    low = row["sustained_exits_difference_low"]
    if math.isfinite(row["sustained_exits_difference"]) and not math.isfinite(low):
        return ONE_IS_NO_INTERVAL
    if not (math.isfinite(low) and low > 0 and math.isfinite(row["cost_per_sustained_exit"])):
        return NO_GAIN
    return _interval(row, "cost_per_sustained_exit", 1.0, 0)


def _interval(row: Row, column: str, factor: float, places: int) -> str:
    """A difference with its interval, with as many digits as tell the ends apart."""
    middle, low, high = (row[name] * factor for name in (column, f"{column}_low", f"{column}_high"))
    if not math.isfinite(middle):
        return ""
    if not (math.isfinite(low) and math.isfinite(high)):
        return fixed(middle, places)
    while low < high and fixed(low, places) == fixed(high, places) and places < MOST_DIGITS:
        places += 1
    return f"{fixed(middle, places)} [{fixed(low, places)}, {fixed(high, places)}]"


MOST_DIGITS = 6


def fixed(value: float, places: int) -> str:
    """A number with `places` digits after the point; what rounds to zero has no sign."""
    text = f"{value:,.{places}f}"
    return text.removeprefix("-") if not any(digit in text for digit in "123456789") else text


def _percent(value: float) -> str:
    """A share with the digits of the differences beside it."""
    return f"{fixed(100 * value, 2)}%" if math.isfinite(value) else ""


def _whole(value: float) -> str:
    return fixed(value, 0) if math.isfinite(value) else ""


def _in_units(value: float, factor: float) -> str:
    return cell_text(value * factor, 4)
