"""``tuopin run``: simulate what is not yet done of a study, compare the scenarios, draw the figures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.commands.options import ReplicatesOption, ScaleOption, SeedOption, StudyArgument, YearsOption

if TYPE_CHECKING:
    from sim.batch import RunReport


def run(
    study: StudyArgument,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the results go.", show_default="results/<name>")
    ] = None,
    replicates: ReplicatesOption = None,
    seed: SeedOption = None,
    years: YearsOption = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="W", min=1, help="Processes.", show_default="all processors")
    ] = None,
    scale: ScaleOption = 1.0,
    scenarios: Annotated[str | None, typer.Option(metavar="a,b", help="Only these scenarios of the study.")] = None,
    panel: Annotated[bool, typer.Option("--panel", help="Keep every household and year.")] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Run again what failed.")] = False,
    only: Annotated[str | None, typer.Option(metavar="SCENARIO:REPLICATE", help="This run alone.")] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a dask cluster.")] = None,
) -> None:
    """Run what is not yet done of STUDY, write its results, and print the comparison of its scenarios."""
    from sim.commands.options import load_study, names

    loaded = load_study(study, replicates=replicates, seed=seed, years=years, scale=scale)
    chosen = names(scenarios, "--scenarios", list(loaded.scenarios))

    from sim.batch import run_study
    from sim.plan import make_plan

    plan = make_plan(loaded, scale=scale)
    directory = out or Path("results") / loaded.name
    report = run_study(
        plan,
        directory,
        workers=workers,
        scenarios=chosen,
        panel=panel,
        retry_failed=retry_failed,
        only=only,
        dask_address=dask,
    )
    show_result(directory)
    tell(report, directory)
    if report.failed:
        raise typer.Exit(report.exit_status)


def show_result(directory: Path) -> None:
    """Print the comparison of the scenarios of a result and draw its figures.

    Where there is nothing to compare (one scenario, or the baseline not done) it prints nothing: the engine says so.
    """
    headlines = headline_rows(directory)
    if not headlines:
        return
    from sim.commands.tables import show

    columns = list(headlines[0])
    title = "Simulated, given these assumptions. Differences are paired on common random numbers, with 95% intervals."
    show(title, columns, headlines, ids=[columns[0], "scenario"])

    from sim.figures import draw_all

    draw_all(directory)


def headline_rows(directory: Path) -> list[dict[str, Any]]:
    """The headline table of a result as rows; none where nothing was compared."""
    file = directory / "comparison.csv"
    if not file.is_file():
        return []
    import pandas as pd

    from sim.comparison import headline

    frame = headline(pd.read_csv(file), pd.read_parquet(directory / "indicators.parquet"))
    if frame.index.name is not None:
        frame = frame.reset_index()
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def tell(report: RunReport, directory: Path) -> None:
    """Say what was done and where it is, and for each failure the command that repeats it alone."""
    sys.stdout.write(
        f"{report.done} runs done, {report.skipped} done before, {report.failed} failed,"
        f" in {report.seconds:.1f} s: {directory}\n"
    )
    for failure in report.failures:
        error = " ".join(failure.error.split())
        where = f"{failure.place} {failure.scenario}:{failure.replicate} (seed {failure.seed})"
        sys.stderr.write(f"failed: {where}: {error}; to repeat it alone: {failure.command}\n")
