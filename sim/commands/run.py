"""``tuopin run``: simulate what is not yet done of a study, compare the scenarios, draw the figures."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuopin.sim.commands.numbers import whole_number
from tuopin.sim.commands.options import (
    DaskOption,
    OnlyOption,
    PanelOption,
    ReplicatesOption,
    RetryOption,
    ScaleOption,
    SeedOption,
    StudyArgument,
    TimeLimitOption,
    WorkersOption,
    YearsOption,
)

if TYPE_CHECKING:
    from tuopin.sim.batch.engine import RunReport
    from tuopin.sim.study.plan import Plan


def run(
    study: StudyArgument,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the results go.", show_default="results/<name>")
    ] = None,
    replicates: ReplicatesOption = None,
    seed: SeedOption = None,
    years: YearsOption = None,
    workers: WorkersOption = None,
    scale: ScaleOption = 1.0,
    scenarios: Annotated[str | None, typer.Option(metavar="a,b", help="Only these scenarios of the study.")] = None,
    panel: PanelOption = False,
    save_state: Annotated[
        int | None,
        typer.Option(
            "--save-state",
            metavar="Y",
            parser=whole_number(),
            help="Keep the county at the end of year Y, for `tuopin branch`.",
        ),
    ] = None,
    retry_failed: RetryOption = False,
    only: OnlyOption = None,
    dask: DaskOption = None,
    time_limit: TimeLimitOption = None,
) -> None:
    """Run what is not yet done of STUDY, write its results, and print the comparison of its scenarios."""
    from tuopin.sim.commands.options import load_study, names, plan_of

    here = Path.cwd()  # a policy may change it
    with _garbage_collection_deferred():
        loaded = load_study(study, replicates=replicates, seed=seed, years=years, scale=scale)
        chosen = names(scenarios, "--scenarios", list(loaded.scenarios))

        from tuopin.sim.batch.engine import run_study

        plan = plan_of(loaded, scale)
    tell_first_compilation()
    directory = out or Path("results") / loaded.name
    report = run_study(
        plan,
        here / directory,
        workers=workers,
        scenarios=chosen,
        panel=panel,
        save_state=save_state,
        retry_failed=retry_failed,
        only=only,
        dask_address=dask,
        time_limit=time_limit,
    )
    from tuopin.sim.commands.result import show_result

    show_result(here / directory)
    tell_report(report, plan, directory)
    if report.failed:
        raise typer.Exit(report.exit_status)


@contextmanager
def _garbage_collection_deferred() -> Iterator[None]:
    """Keep modules and the study out of the search for garbage.

    They are made here and stay to the end: searching them again and again costs 0.15 of the 1.6 CPU-seconds until the
    first run begins.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def tell_first_compilation() -> None:
    """Say why nothing moves at first: kernels are compiled once after installation and kept on disk."""
    from tuopin import agents

    if not any(Path(agents.__path__[0], "__pycache__").glob("*.nbi")):
        sys.stderr.write("compiling the model, once after installation: some twenty seconds\n")


def tell_report(report: RunReport, plan: Plan, directory: Path) -> None:
    """Say what was done and where it is, and for each failure the command that repeats it alone."""
    from tuopin.sim.results.manifest import command_to_repeat
    from tuopin.sim.study.problems import printable

    sys.stdout.write(
        f"{report.done} runs done, {report.skipped} done before, {report.failed} failed,"
        f" in {report.seconds:.1f} s: {directory}\n"
    )
    for run in report.failures:
        error = printable(" ".join(str(run.error).split()))
        where = f"{run.place} {run.scenario}:{run.replicate} (seed {plan.seed})"
        again = command_to_repeat(plan, run.key)
        sys.stderr.write(f"failed: {where}: {error}; to repeat it alone: {again}\n")
