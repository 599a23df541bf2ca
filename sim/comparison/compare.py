"""The comparison of a result's scenarios: of all its places, some at a time, and as the file ``comparison.csv``.

A region is compared as a whole, as one place of its name: differences of its single counties would fill gigabytes.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from tuopin.agents.draws import resolve_parameters
from tuopin.agents.economy import price_index
from tuopin.policies.catalogue import catalogue
from tuopin.sim.comparison.by_indicator import compared_by_indicator
from tuopin.sim.comparison.differences import paired_differences
from tuopin.sim.measures.known import known_indicators
from tuopin.sim.results.cells import neutral
from tuopin.sim.results.durable import write_atomically
from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.regions import Tables
from tuopin.sim.results.results import COMPARISON_FILE, Results
from tuopin.sim.results.schemas import COMPARISON
from tuopin.sim.study.plan import Plan

# Rows of indicators read at once: some 200 MB as a frame. Comparisons are made place by place: any grouping is alike.
_ROWS_AT_ONCE = 2_000_000


def comparison_settings(plan: Plan) -> dict[str, Any]:
    """What a comparison needs beside the tables, as kept in the manifest.

    Prices are those of the plan's parameters: draws of later inflation are left out.
    """
    parameters = resolve_parameters(plan.parameters)
    years = range(plan.first_year, plan.last_year + 1)
    used = sorted({name for settings in plan.scenario_settings.values() for name in settings})
    return {
        "baseline": plan.baseline,
        "first_year": plan.first_year,
        "discount_rate": plan.discount_rate,
        "draw_parameters": plan.draw_parameters,
        "capital_years": {name: life for name in used if (life := catalogue()[name].capital_years)},
        "price_index": {str(year): price_index(parameters, year, plan.first_year) for year in years},
    }


def compare(results: Results, baseline: str | None = None, indicator: str | None = None) -> pd.DataFrame:
    """Return paired differences between scenarios with 95% intervals, in the columns of ``comparison.csv``.

    Parameters
    ----------
    baseline
        The scenario to compare with; None the study's, whose comparison is read from the file.
    indicator
        Only this indicator; None all.

    Raises
    ------
    ResultsError
        If there is no such scenario or indicator, or nothing to compare.
    """
    chosen = chosen_baseline(results, baseline)
    if len(_scenarios_done(results)) < 2:
        raise ResultsError(f"{results.directory}: has one scenario only; run another one to compare")
    frame = pd.DataFrame()
    if chosen == results.manifest["comparison"]["baseline"]:
        frame = results.rows("comparison")
    if frame.empty:
        frame = differences_of(results, chosen)
    if indicator is None:
        return frame
    require_indicator(results, indicator, sorted(frame["indicator"].unique()))
    return frame[frame["indicator"] == indicator].reset_index(drop=True)


def require_indicator(results: Results, indicator: str, compared: Sequence[str]) -> None:
    """Refuse an indicator that is not among those `compared`; one that there is, is told why it is not.

    Raises
    ------
    ResultsError
        Naming those compared.
    """
    if indicator in known_indicators() and indicator not in compared:
        why = "no scenario has it together with the baseline; indicators.parquet holds what there is of it"
        raise ResultsError(f"{results.directory}: {indicator!r} is not compared: {why}; allowed: {', '.join(compared)}")
    results.require("indicator", indicator, compared)


def comparison_title(results: Results, frame: pd.DataFrame) -> str:
    """What the rows of a comparison are: whether intervals can be told, and in which prices money is."""
    most = int(frame["replicates"].max()) if len(frame) else 0
    sure = "with 95% intervals" if most > 1 else "of one replicate, so without intervals"
    year = results.manifest["comparison"]["first_year"]
    return (
        f"Simulated, given these assumptions. Paired differences on common random numbers {sure}."
        f" Money in {year} prices, cost_yuan_nominal excepted."
    )


def chosen_baseline(results: Results, baseline: str | None) -> str:
    """The baseline asked for, or the study's.

    Raises
    ------
    ResultsError
        If no run of it is done.
    """
    chosen: str = results.manifest["comparison"]["baseline"] if baseline is None else baseline
    results.require("scenario with results", chosen, _scenarios_done(results))
    return chosen


def _scenarios_done(results: Results) -> list[str]:
    return sorted({run["scenario"] for run in results.manifest["runs"] if run["status"] == "done"})


def differences_of(results: Results, baseline: str) -> pd.DataFrame:
    """The paired differences of every place from `baseline`; no rows where there is nothing to compare."""
    settings = {**results.manifest["comparison"], "baseline": baseline}
    settings["price_index"] = {int(year): value for year, value in settings["price_index"].items()}
    parts = list(_compared(results, settings))
    if not parts:
        return pd.DataFrame(columns=[column.name for column in COMPARISON])
    return pd.concat(parts, ignore_index=True)


def _compared(results: Results, settings: dict[str, Any]) -> Iterator[pd.DataFrame]:
    """The comparison of as many places at a time as fit in memory comfortably, then of each region.

    A place too large for that comes some scenarios at a time, each time with the baseline, and a pair too large some
    indicators at a time: time grows with the number of runs, and memory with the replicates of one indicator.
    """
    baseline = settings["baseline"]
    paired = baseline == results.manifest["comparison"]["baseline"]
    places = _comparable(results, baseline)
    regions = {name: counties for name, counties in results.regions.items() if set(counties) & set(places)}
    inside = {county for counties in results.regions.values() for county in counties}
    single = [name for name in places if name not in inside]
    share = _ROWS_AT_ONCE / max(results.row_count("indicators"), 1)
    at_once = max(1, int(len(results.manifest["places"]) * share))
    for at in range(0, len(single), at_once):
        for scenarios in _parts(results, baseline) if at_once == 1 else [None]:
            if scenarios is not None and 2 * _rows_of_one(results) > _ROWS_AT_ONCE:
                yield compared_by_indicator(results, single[at], scenarios, settings, _ROWS_AT_ONCE)
            else:
                yield from _of(results.places(single[at : at + at_once], scenarios), settings, paired)
    for name in regions:
        for tables in results.complete_regions([name]).values():
            yield from _of(tables, settings, paired)


def _of(tables: Tables, settings: dict[str, Any], paired: bool) -> Iterator[pd.DataFrame]:
    """The comparison of some tables; `paired` says that their pairs of runs are with the baseline asked for."""
    if settings["baseline"] in tables.indicators["scenario"].unique():
        pairs = tables.pairs if paired else None
        yield paired_differences(tables.indicators, tables.costs, tables.spells, pairs, **settings)


def _rows_of_one(results: Results) -> float:
    """Rows of indicators of one place and scenario, all its replicates."""
    return results.row_count("indicators") / max(len(results.manifest["places"]) * len(_in_order(results)), 1)


def _in_order(results: Results) -> list[str]:
    return list(dict.fromkeys(run["scenario"] for run in results.manifest["runs"] if run["status"] == "done"))


def _parts(results: Results, baseline: str) -> list[list[str] | None]:
    """The scenarios of a place that are compared at once, the baseline among them; None for all."""
    others = [name for name in _in_order(results) if name != baseline]
    at_once = max(1, int(_ROWS_AT_ONCE / max(_rows_of_one(results), 1)) - 1)
    if at_once >= len(others) and 2 * _rows_of_one(results) <= _ROWS_AT_ONCE:
        return [None]
    return [[baseline, *others[at : at + at_once]] for at in range(0, len(others), at_once)]


def _comparable(results: Results, baseline: str) -> list[str]:
    """The places in which the baseline and another scenario have a finished run."""
    done: dict[str, set[str]] = {}
    for run in results.manifest["runs"]:
        if run["status"] == "done":
            done.setdefault(run["place"], set()).add(run["scenario"])
    return [place for place in results.manifest["places"] if {baseline} < done.get(place, set())]


def write_comparison(results: Results) -> str | None:
    """Write ``comparison.csv`` against the study's baseline in one step, or remove it where nothing can be compared.

    Returns
    -------
    The file's SHA-256; None if there is nothing to compare.
    """
    path = results.directory / COMPARISON_FILE
    frame = differences_of(results, results.manifest["comparison"]["baseline"])
    if frame.empty:
        path.unlink(missing_ok=True)
        return None
    content = as_csv(frame)
    write_atomically(path, content)
    return hashlib.sha256(content).hexdigest()


def _holds_words(column: pd.Series) -> bool:
    kind = column.cat.categories.dtype if isinstance(column.dtype, pd.CategoricalDtype) else column.dtype
    return bool(pd.api.types.is_object_dtype(kind) or pd.api.types.is_string_dtype(kind))


def as_csv(frame: pd.DataFrame) -> bytes:
    """A frame as CSV by Arrow, in UTF-8 with a header; words are quoted only in a table where one has to be."""
    words = {str(name): column.map(neutral) for name, column in frame.items() if _holds_words(column)}
    table = pa.Table.from_pandas(frame.assign(**words), preserve_index=False)
    header = ",".join(table.column_names) + "\n"
    stream = io.BytesIO()
    try:
        csv.write_csv(table, stream, csv.WriteOptions(include_header=False, quoting_style="none"))
    except pa.ArrowInvalid:  # a word with a comma, a quotation mark or a line break
        stream = io.BytesIO()
        csv.write_csv(table, stream, csv.WriteOptions(include_header=False, quoting_style="needed"))
    return header.encode() + stream.getvalue()
