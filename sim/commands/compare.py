"""``tuopin compare``: paired differences between the scenarios of a result."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuopin.sim.commands.numbers import number
from tuopin.sim.commands.options import DirectoryArgument, Format, FormatOption

if TYPE_CHECKING:
    import pandas as pd

    from tuopin.sim.results.results import Results

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
            parser=number(0.001, 1.0),
            help="Instead: replicates needed to know each difference to this share of it, and what pairing bought.",
        ),
    ] = None,
    stated: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Of a drawn study: its order of packages beside that of this undrawn result."),
    ] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print the paired differences of the results in DIR, with 95% intervals."""
    from tuopin.sim.commands.tables import show
    from tuopin.sim.comparison.compare import compare as paired_differences
    from tuopin.sim.comparison.compare import comparison_title
    from tuopin.sim.comparison.precision import precision as replicates_needed
    from tuopin.sim.results.full_size import samples_of, scale_of
    from tuopin.sim.results.results import Results

    given = {"baseline": baseline, "indicator": indicator, "group": group, "view": view, "year": year}
    _refuse_unheeded(given | {"precision": precision, "format": format}, stated=stated is not None)
    results = Results.open(directory)
    if stated is not None:
        _beside_the_stated(results, Results.open(stated))
        return
    if precision is None:
        frame = paired_differences(results, baseline=baseline, indicator=indicator)
        title = comparison_title(results, frame)
    else:
        frame = replicates_needed(results, precision, baseline=baseline, indicator=indicator)
        title = (
            f"{_repeated(results)} needed for a 95% half-width of {precision:g} times the mean difference over all"
            " years, and how many times smaller pairing on common random numbers made the variance."
        )
    frame = filtered(frame, group, view, year)
    columns = [str(column) for column in frame.columns]
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    if format is Format.TABLE:
        said, columns = said_once(columns, rows)
        title = f"{title} {said}" if said else title
        if scale_of(results) < 1 or samples_of(results):
            title += f" Scale {scale_of(results):g}: " if scale_of(results) < 1 else " Of a sample: "
            title += "persons and yuan are those of the households simulated."
    show(title, columns, rows, format=format, ids=IDS)


def _repeated(results: Results) -> str:
    """What replicates differ in; over draws it is the mean whose half-width is told, and quantiles do not shrink."""
    drawn = bool(results.manifest["comparison"].get("draw_parameters"))
    return "Draws (parameters and luck together; quantiles do not shrink)" if drawn else "Replicates (luck)"


def _refuse_unheeded(given: Mapping[str, object], *, stated: bool) -> None:
    """An option that would change nothing beside another is refused, not passed over.

    `given` holds the other options by name; `stated` says whether ``--stated`` is there.
    """
    from tuopin.sim.study.problems import Problem, StudyError

    plain = {"group": "all", "view": OWN, "year": "all", "format": Format.TABLE}
    changed = [name for name, value in given.items() if value != plain.get(name)]
    if stated:
        unheeded, by = changed, "stated"
    else:
        unheeded, by = ["year"] if given["precision"] is not None and "year" in changed else [], "precision"
    if unheeded:
        allowed = f"allowed: --{by} without it"
        raise StudyError(
            [Problem("command line", 1, f"--{name}", f"is given with --{by}", allowed) for name in unheeded]
        )


def _beside_the_stated(drawn: Results, stated: Results) -> None:
    """Print the order of packages over draws, that under the stated values, and which assumptions decide.

    Raises
    ------
    ResultsError
        Where the first draws no parameters, the second does, or they are not of one study.
    """
    from tuopin.sim.commands.draws import draw_notes, stated_orders
    from tuopin.sim.commands.layout import PAGE, wrapped
    from tuopin.sim.results.errors import ResultsError

    for results, draws in ((drawn, True), (stated, False)):
        if bool(results.manifest["comparison"].get("draw_parameters")) is not draws:
            wrong = "draws no parameters" if draws else "draws its parameters"
            raise ResultsError(f"{results.directory}: {wrong}; allowed: --stated compares a drawn result with another")
    if other := _of_another_study(drawn.manifest, stated.manifest):
        raise ResultsError(f"{stated.directory}: {other}; allowed: the study of {drawn.directory}, undrawn")
    orders = stated_orders(stated)
    for note in draw_notes(drawn, orders):
        sys.stdout.write("".join(f"{line}\n" for line in wrapped(note, PAGE)))


def _of_another_study(drawn: Mapping[str, Any], stated: Mapping[str, Any]) -> str:
    """In what two results differ that makes their orders of packages those of two studies; "" in nothing."""
    for name in ("places", "years", "baseline"):
        if drawn[name] != stated[name]:
            return f"its {name} {'is' if name == 'baseline' else 'are'} {stated[name]}, not {drawn[name]}"
    inputs = [manifest.get("inputs", {}) for manifest in (drawn, stated)]
    if inputs[0].get("mechanisms") != inputs[1].get("mechanisms"):
        return "its mechanisms are others"
    if inputs[0].get("parameters", {}).get("overrides") != inputs[1].get("parameters", {}).get("overrides"):
        return "the parameters it sets are others"
    hashes = [manifest["scenario_hashes"] for manifest in (drawn, stated)]
    common = [name for name in drawn["scenarios"] if name in hashes[1]]
    if changed := [name for name in common if hashes[0][name] != hashes[1][name]]:
        return f"its scenario {changed[0]} is another"
    return "" if len(common) > 1 else "it has no scenarios in common but the baseline"


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
