"""``tuopin compare``: paired differences between the scenarios of a result."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.commands.options import DirectoryArgument, Format, FormatOption


def compare(
    directory: DirectoryArgument,
    baseline: Annotated[
        str | None, typer.Option(metavar="NAME", help="Scenario to compare with.", show_default="the study's")
    ] = None,
    indicator: Annotated[str | None, typer.Option(metavar="I", help="Only this indicator.")] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print the paired differences of the results in DIR, with 95% intervals."""
    from sim.commands.tables import show
    from sim.results import Results

    results = Results.open(directory)
    frame = results.comparison(baseline=baseline, indicator=indicator)
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    title = "Simulated, given these assumptions. Paired differences on common random numbers with 95% intervals."
    columns = [str(column) for column in frame.columns]
    show(title, columns, rows, format=format, ids=["place", "scenario", "baseline", "indicator", "group"])
