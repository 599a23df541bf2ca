"""``tuopin compare``: paired differences between the scenarios of a result."""

from __future__ import annotations

from typing import Annotated

import typer

from tuopin.sim.commands.options import DirectoryArgument, Format, FormatOption


def compare(
    directory: DirectoryArgument,
    baseline: Annotated[
        str | None, typer.Option(metavar="NAME", help="Scenario to compare with.", show_default="the study's")
    ] = None,
    indicator: Annotated[str | None, typer.Option(metavar="I", help="Only this indicator.")] = None,
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
    if precision is not None:
        frame = replicates_needed(results, precision, baseline=baseline, indicator=indicator)
        title = (
            f"Replicates needed for a 95% half-width of {precision:g} times the mean difference over all years (luck),"
            " and how many times smaller pairing on common random numbers made the variance."
        )
        rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
        show(title, list(frame.columns), rows, format=format, ids=["place", "scenario", "indicator", "group"])
        return
    frame = paired_differences(results, baseline=baseline, indicator=indicator)
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    title = comparison_title(results, frame)
    columns = [str(column) for column in frame.columns]
    show(title, columns, rows, format=format, ids=["place", "scenario", "baseline", "indicator", "group"])
