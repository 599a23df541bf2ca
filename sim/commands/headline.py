"""The table printed after a run: the headline figures of `tuopin.sim.comparison`, written for a planner."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tuopin.sim.commands.part import share
from tuopin.sim.commands.tables import cell_text
from tuopin.sim.comparison.headline import COMPARED, GROUPS, MEASURED, headline
from tuopin.sim.comparison.spending import NOTHING_SPENT, spent_nothing
from tuopin.sim.results.full_size import at_full_size, samples_of, scale_of
from tuopin.sim.results.results import Results

ROOM = 100
"""Columns of the headline table and of the lines below it."""
TITLE = (
    "Simulated, given these assumptions; true view. Differences from {baseline}: paired, {replicates} {runs},"
    " 95% intervals ({kind})."
)
ONE_REPLICATE = (
    "Simulated, given these assumptions; true view. Differences from {baseline}: of one replicate, so how sure they are"
    " is unknown, and no rank or cost ratio is given; run more replicates."
)
LEVELS = "Simulated, given these assumptions; true view; {replicates}. One scenario: nothing to compare."
FEW = 5
"""Fewer replicates than this say little on how sure a difference is."""
FEW_DRAWS = 40
"""Of fewer draws than this the 2.5% and 97.5% quantiles are nearly the lowest and the highest."""
KINDS = {
    "luck": "luck alone: the parameters are held fixed",
    "parameters": "2.5% and 97.5% quantiles over draws of the free parameters, luck included",
}
AVERTED = "poverty years averted (of them prevented)"
SUSTAINED = "sustained exits gained (on own strength)"
POOR = "still poor at the end"
RELAPSE = "relapse / of the same in baseline"
COST = "added public cost (M yuan)"
RATIO = "yuan per poverty year averted"
RANK, FIRST = "rank", "ranks first"
BASELINE = "baseline"
NO_GAIN = "no clear gain"
UNKNOWN = "unknown"
"""Of what takes three years (sustained exits) or four (relapse) to be seen, in a study of fewer."""
ONE_IS_NO_INTERVAL = "unknown: one replicate"
MOST_PLACES = 4
Row = dict[str, Any]
DIFFERENCE = ("mean_difference", "low", "high")


def headline_table(results: Results) -> tuple[str, list[Row]]:
    """Title and rows of the headline table of a result, a region as one place; totals at full size.

    No rows where nothing was compared; of a region levels are shown even so.
    """
    comparison = results.rows("comparison", indicator=COMPARED, view=["true"], group=GROUPS, year=["all"])
    if comparison.empty and not results.regions:
        return "", []
    indicators, _ = results.reported(indicator=MEASURED, view=["true"], group=["all"])
    if indicators.empty:
        return "", []
    comparison = at_full_size(comparison, results, DIFFERENCE)
    indicators = at_full_size(indicators, results, ["value"])
    kind = "luck" if comparison.empty else str(comparison["uncertainty"].iloc[0])
    frame = headline(comparison, indicators, "parameters" if kind == "parameters" else "luck")
    baseline = str(results.manifest["baseline"] if comparison.empty else comparison["baseline"].iloc[0])
    several, idle = len(set(frame["place"])) > 1, spent_nothing(results)
    rows = []
    for record in frame.to_dict("records"):
        row = {str(key): value for key, value in record.items()}
        rows.append(cells(row, baseline, idle=(str(row["place"]), str(row["scenario"])) in idle))
    if not several:
        rows = [{key: value for key, value in row.items() if key != "place"} for row in rows]
    if comparison.empty:
        rows = [{key: value for key, value in row.items() if key in ("place", "scenario", POOR)} for row in rows]
    title = _title(int(frame["replicates"].min()), int(frame["replicates"].max()), baseline, comparison)
    places = results.manifest.get("inputs", {}).get("place", {})
    return title + "".join(_region_note(name, counties, places) for name, counties in results.regions.items()), rows


def _title(fewest: int, most: int, baseline: str, comparison: Any) -> str:
    replicates = str(most) if fewest == most else f"{fewest} to {most}"
    if comparison.empty:
        return LEVELS.format(replicates=f"{replicates} replicate{'' if most == 1 else 's'}")
    if most == 1:
        return ONE_REPLICATE.format(baseline=baseline)
    kind = str(comparison["uncertainty"].iloc[0])
    drawn = kind == "parameters"
    few = f" Fewer than {FEW} replicates: intervals are themselves uncertain." if fewest < FEW else ""
    if drawn and fewest < FEW_DRAWS:
        few = f" Fewer than {FEW_DRAWS} draws: the quantiles are nearly the lowest and the highest draw."
    runs = "draws" if drawn else "replicates"
    return TITLE.format(baseline=baseline, kind=KINDS.get(kind, ""), replicates=replicates, runs=runs) + few


def definitions(results: Results) -> list[str]:
    """What the table counts, and in which prices, in two lines."""
    settings = results.manifest.get("comparison", {})
    first_year, rate = settings.get("first_year"), settings.get("discount_rate")
    prices = "" if first_year is None else f", in {first_year} prices, discounted at {rate:.1%} a year"
    life = settings.get("capital_years", {})
    built = "; ".join(f"{name}'s houses and the like at once, though they last {n} years" for name, n in life.items())
    return [
        "poverty years: persons under the line times years, all years; prevented: of persons not poor at the start."
        " sustained exits: of the persons poor at the start, above the line in each of the last three years; on own"
        " strength: without income that ends with a programme's money (below 0: fewer than in the baseline). relapse:"
        " within three years, of those who exit under both; unknown: too few years, or nobody to follow. rank:"
        " one more than the number of packages that clearly avert more poverty years, so that several may share one.",
        f"public cost: above the baseline{prices}; pensions and other ordinary transfers included, what households pay"
        f" and capital that returns left out{'; ' + built if built else ''}. yuan per poverty year: both discounted.",
    ]


def scale_notes(results: Results) -> list[str]:
    """What part of the households was simulated, if not all, and that totals are printed at full size."""
    part = _part(results)
    full = (
        "Persons and yuan above and below are brought back to full size, with the intervals of the part (luck weighs"
        " more in a part than in the whole); the tables in the folder and `tuopin compare` hold those of the households"
        " simulated."
    )
    return [f"{part} {full}"] if part else []


def part_notes(results: Results) -> list[str]:
    """What part of the households was simulated, where no total is printed."""
    part = _part(results)
    return [f"{part} The tables hold those."] if part else []


def _part(results: Results) -> str:
    """Which households were simulated, in sentences; "" if all were."""
    scale, samples = scale_of(results), samples_of(results)
    said = [f"scale {scale:g}: {share(scale)} of the households of every village were simulated."] if scale < 1 else []
    told: dict[int, list[str]] = {}
    for place, sample in samples.items():
        told.setdefault(sample, []).append(place)
    of = " of these" if scale < 1 else ""
    said += [f"{', '.join(places)}: a sample, one household in {sample:,}{of}." for sample, places in told.items()]
    return " ".join(said)


def harm_notes(results: Results) -> list[str]:
    """Scenarios under which more persons are poor in more years than in the baseline than in fewer."""
    wanted = ["helped_persons", "harmed_persons"]
    rows = results.rows("comparison", indicator=wanted, group=["all"], year=["all"])
    rows = at_full_size(rows, results, DIFFERENCE)
    lines = []
    for (place, scenario), found in rows.groupby(["place", "scenario"], sort=False):
        persons = dict(zip(found["indicator"], found["mean_difference"], strict=True))
        helped, harmed = persons.get("helped_persons", math.nan), persons.get("harmed_persons", math.nan)
        if helped < harmed:
            lines.append(
                f"{place}, {scenario}: fewer persons are helped than harmed: {_whole(helped)} are poor in fewer years"
                f" than in the baseline, {_whole(harmed)} in more."
            )
    return lines


def annualised_notes(results: Results) -> list[str]:
    """Cost with capital as an annuity beside the cash figure, where it differs."""
    rows = results.rows(
        "comparison",
        indicator=["cost_yuan_discounted", "cost_yuan_annualised_discounted"],
        group=["all"],
        year=["all"],
    )
    rows = at_full_size(rows, results, DIFFERENCE)
    told: dict[str, list[str]] = {}
    for (place, scenario), found in rows.groupby(["place", "scenario"], sort=False):
        yuan = dict(zip(found["indicator"], found["mean_difference"], strict=True))
        cash, annual = yuan.get("cost_yuan_discounted"), yuan.get("cost_yuan_annualised_discounted")
        if cash is not None and annual is not None and abs(annual - cash) > 1e-3 * abs(cash):
            told.setdefault(str(place), []).append(f"{scenario} {_million(annual)} instead of {_million(cash)}")
    lead = "with capital as an annuity over its life, public cost above the baseline (M yuan) is"
    return [f"{lead}{f' in {place}' if len(told) > 1 else ''}: {', '.join(parts)}." for place, parts in told.items()]


def start_notes(results: Results) -> list[str]:
    """The registered share beside the simulated poverty of the initial year: they differ, and why."""
    wanted = ("persons", "poor_persons", "registered_persons")
    indicators, _ = results.reported(indicator=wanted, group=["all"])
    if indicators.empty:
        return []
    indicators = at_full_size(indicators, results, ["value"])
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
    compared = {
        AVERTED: _with_part(row, "averted", "averted_by_prevention"),
        SUSTAINED: _with_part(row, "sustained_gain", "own_strength_gain", interval=False),
        RELAPSE: _relapse(row),
        COST: _million(row["cost"]) + (f" ({NOTHING_SPENT} by its programmes)" if idle else ""),
        RATIO: NOTHING_SPENT if idle else _cost(row),
    }
    if is_baseline:
        compared = dict.fromkeys(compared, "") | {AVERTED: BASELINE}
    poor = f"{_whole(row['poor_persons_end'])} ({_percent(row['headcount_ratio_end'])})"
    first = row["first"]
    return {
        "place": row["place"],
        "scenario": row["scenario"],
        AVERTED: compared[AVERTED],
        SUSTAINED: compared[SUSTAINED],
        POOR: poor if math.isfinite(row["poor_persons_end"]) else _percent(row["headcount_ratio_end"]),
        RELAPSE: compared[RELAPSE],
        COST: compared[COST],
        RATIO: compared[RATIO],
        RANK: fixed(row["rank"], 0) if math.isfinite(row["rank"]) else "",
        FIRST: f"{100 * first:.0f}%" if math.isfinite(first) and math.isfinite(row["rank"]) else "",
    }


def _with_part(row: Row, column: str, part: str, *, interval: bool = True) -> str:
    """A difference, of it a part in parentheses, and its interval; the word `unclear` in place of that where asked."""
    middle, low, high = row[column], row[f"{column}_low"], row[f"{column}_high"]
    if not math.isfinite(middle):
        return UNKNOWN
    text = _whole(middle) + (f" ({_whole(row[part])})" if math.isfinite(row[part]) else "")
    if not (math.isfinite(low) and math.isfinite(high)):
        return text
    if interval:
        return f"{text} {_ends(low, high)}"
    return text if low > 0 or high < 0 else f"{text} unclear"


def _relapse(row: Row) -> str:
    before = row["relapse_in_baseline"]
    after = before + row["relapse_difference"]
    return f"{fixed(100 * after, 1)}% / {fixed(100 * before, 1)}%" if math.isfinite(after) else UNKNOWN


def _cost(row: Row) -> str:
    """No ratio is printed where the gain in poverty-years is not clearly positive."""
    low = row["averted_low"]
    if math.isfinite(row["averted"]) and not math.isfinite(low):
        return ONE_IS_NO_INTERVAL
    if not (math.isfinite(low) and low > 0 and math.isfinite(row["cost_per_poverty_year"])):
        return NO_GAIN
    low, high = row["cost_per_poverty_year_low"], row["cost_per_poverty_year_high"]
    ends = _ends(low, high) if math.isfinite(high) else f"[{_whole(low)}, no bound]"
    return f"{_whole(row['cost_per_poverty_year'])} {ends}"


def _ends(low: float, high: float) -> str:
    """An interval in whole numbers, or with as many digits as tell its ends apart."""
    places = 0
    while low < high and fixed(low, places) == fixed(high, places) and places < MOST_DIGITS:
        places += 1
    return f"[{fixed(low, places)}, {fixed(high, places)}]"


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


def _million(yuan: float) -> str:
    return cell_text(yuan * 1e-6, 4) if math.isfinite(yuan) else ""
