"""How sure a comparison is: replicates still needed for a stated precision, and what pairing on common luck bought."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tuopin.sim.comparison.by_indicator import portions, rows_by_indicator
from tuopin.sim.comparison.compare import chosen_baseline, require_indicator
from tuopin.sim.comparison.cube import cube_of, scenario_index
from tuopin.sim.comparison.paired import paired_interval, replicates_needed, variance_reduction
from tuopin.sim.comparison.years import over_years
from tuopin.sim.results.results import Results

_ROWS_AT_ONCE = 8_000_000
"""Rows of indicators, all groups counted, of which those of everybody are read at once."""


def precision(
    results: Results, relative: float = 0.1, baseline: str | None = None, indicator: str | None = None
) -> pd.DataFrame:
    """Return how well the mean differences of a result over all years are known; see `replicates_for`.

    Parameters
    ----------
    relative
        The precision wanted, as a share of each mean difference.
    baseline
        The scenario to compare with; None the study's.
    indicator
        Only this indicator; None all.

    Raises
    ------
    ResultsError
        If there is no such scenario or indicator.
    """
    chosen = chosen_baseline(results, baseline)
    first_year = int(results.manifest["comparison"]["first_year"])
    done = [run for run in results.manifest["runs"] if run["status"] == "done"]
    scenarios = list(dict.fromkeys(run["scenario"] for run in done))
    rows = {
        place: rows_by_indicator(results, place, scenarios) for place in dict.fromkeys(run["place"] for run in done)
    }
    if indicator is not None:
        require_indicator(results, indicator, sorted({name for counts in rows.values() for name in counts}))
    parts = []
    for place, counts in rows.items():
        wanted = {name: views for name, views in counts.items() if indicator in (None, name)}
        for portion in portions(wanted, _ROWS_AT_ONCE):
            frame = results.part("indicators", place, scenarios, group=["all"], **portion)
            if chosen in frame["scenario"].unique():
                parts.append(replicates_for(frame, baseline=chosen, first_year=first_year, relative=relative))
    table = pd.concat([part for part in parts if len(part)] or [pd.DataFrame()], ignore_index=True)
    if not len(table):
        return table
    order = {name: at for at, name in enumerate(scenarios)}
    return table.sort_values("scenario", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def replicates_for(indicators: pd.DataFrame, *, baseline: str, first_year: int, relative: float) -> pd.DataFrame:
    """Return how well each mean difference over all years is known, for everybody and for luck.

    `relative` states the precision wanted as a share of the mean difference (0.1: a half-width of a tenth of it).
    Columns: place, scenario, indicator, view, group, mean_difference, standard_deviation (of paired differences),
    half_width (95%), replicates, replicates_needed, replicates_more, variance_reduction. Where the mean difference is
    0 no precision can be a share of it and `replicates_needed` is missing.

    Raises
    ------
    ValueError
        If the baseline is unknown or the precision is not above 0.
    """
    if not relative > 0:
        raise ValueError(f"the relative precision must be above 0, got {relative}")
    cube = cube_of(indicators[indicators["group"] == "all"])
    base = scenario_index(cube, baseline)
    parts = []
    others = [index for index in range(len(cube.scenarios)) if index != base]
    totals = over_years(cube, others, base, first_year)
    for at, index in enumerate(others):
        with_policy, without = totals.scenarios[:, at], totals.baseline[:, at]
        differences = with_policy - without
        interval = paired_interval(differences)
        rows = totals.keys.assign(
            scenario=cube.scenarios[index], mean_difference=interval.mean, replicates=interval.replicates
        )
        rows["half_width"] = interval.high - interval.mean
        rows["standard_deviation"] = [_deviation(d) for d in differences]
        rows["variance_reduction"] = [variance_reduction(s, b) for s, b in zip(with_policy, without, strict=True)]
        parts.append(rows[rows["replicates"] >= 2])
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if not len(table):
        return table
    needed = [
        replicates_needed(sd, relative * abs(mean)) if mean and np.isfinite(mean) else None
        for sd, mean in zip(table["standard_deviation"], table["mean_difference"], strict=True)
    ]
    table["replicates_needed"] = pd.array(needed, dtype="Int64")
    table["replicates_more"] = (table["replicates_needed"] - table["replicates"]).clip(lower=0)
    first = ["place", "scenario", "indicator", "view", "group", "mean_difference", "standard_deviation", "half_width"]
    return table[[*first, "replicates", "replicates_needed", "replicates_more", "variance_reduction"]]


def _deviation(differences: np.ndarray) -> float:
    known = differences[np.isfinite(differences)]
    return float(np.std(known, ddof=1)) if len(known) > 1 else float("nan")
