"""``tuopin compare``: paired differences between the scenarios of a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuopin.sim.commands.options import DirectoryArgument, Format, FormatOption

if TYPE_CHECKING:
    import pandas as pd

EACH = "each"
"""The word for no filter."""
OWN = "own"
"""The word for each indicator's own view."""
IDS = ("place", "scenario", "baseline", "indicator", "view", "group", "year")
SAID_ONCE = ("place", "baseline", "indicator", "view", "group", "year", "uncertainty", "replicates", "note")


def compare(
    directory: DirectoryArgument,
    baseline: Annotated[
        str | None, typer.Option(metavar="NAME", help="Scenario to compare with.", show_default="the study's")
    ] = None,
    indicator: Annotated[
        str | None, typer.Option(metavar="I", help="Only this indicator.", show_default="all of them")
    ] = None,
    group: Annotated[str, typer.Option(metavar="G", help="Of these persons, e.g. remote=yes; 'each' of all.")] = "all",
    view: Annotated[
        str, typer.Option(metavar="V", help="In this view of poverty; 'own' is the indicator's, 'each' every one.")
    ] = OWN,
    year: Annotated[str, typer.Option(metavar="Y", help="Of this year; 'all' together, 'each' one by one.")] = "all",
    precision: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            min=0.001,
            max=1.0,
            help="Instead: replicates needed to know each difference to this share of it, and what pairing bought.",
        ),
    ] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print the paired differences of the results in DIR, with 95% intervals."""
    from tuopin.sim.commands.tables import show
    from tuopin.sim.comparison.compare import compare as paired_differences
    from tuopin.sim.comparison.compare import comparison_title
    from tuopin.sim.comparison.precision import precision as replicates_needed
    from tuopin.sim.results.results import Results

    results = Results.open(directory)
    if precision is None:
        frame = paired_differences(results, baseline=baseline, indicator=indicator)
        title = comparison_title(results, frame)
    else:
        frame = replicates_needed(results, precision, baseline=baseline, indicator=indicator)
        title = (
            f"Replicates needed for a 95% half-width of {precision:g} times the mean difference over all years (luck),"
            " and how many times smaller pairing on common random numbers made the variance."
        )
    frame = filtered(frame, group, view, year)
    columns = [str(column) for column in frame.columns]
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    if format is Format.TABLE:
        said, columns = said_once(columns, rows)
        title = f"{title} {said}" if said else title
    show(title, columns, rows, format=format, ids=IDS)


def filtered(frame: pd.DataFrame, group: str, view: str, year: str) -> pd.DataFrame:
    """The rows of one group, view and year.

    Raises
    ------
    StudyError
        Where there is none, naming what there is.
    """
    from tuopin.sim.measures.indicators import INDICATORS

    for column, wanted in (("group", group), ("view", view), ("year", year)):
        if column not in frame or wanted == EACH:
            continue
        values = frame[column].astype(str)
        if wanted == OWN and column == "view":
            own = {name: row.view for name, row in INDICATORS.items()}
            frame = frame[values == frame["indicator"].astype(str).map(own).fillna("true")]
            continue
        if wanted not in set(values):
            _refuse(column, wanted, sorted(set(values)), [EACH, *([OWN] if column == "view" else [])])
        frame = frame[values == wanted]
    return frame.reset_index(drop=True)


def _refuse(option: str, wanted: str, there: Sequence[str], words: Sequence[str]) -> None:
    from tuopin.sim.study.problems import Problem, StudyError, nearest, one_of

    wrong = f"there is no {option} '{wanted}' in this comparison{nearest(wanted, there)}"
    raise StudyError([Problem("command line", 1, f"--{option}", wrong, one_of([*there, *words]))])


def said_once(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> tuple[str, list[str]]:
    """What is the same in all rows as a sentence, and the columns that are left."""
    from tuopin.sim.commands.tables import cell_text

    same = {
        column: cell_text(rows[0][column])
        for column in SAID_ONCE
        if rows and column in columns and len({str(row[column]) for row in rows}) == 1
    }
    said = "; ".join(f"{column}: {text}" for column, text in same.items() if text)
    return f"{said}." if said else "", [column for column in columns if column not in same]
