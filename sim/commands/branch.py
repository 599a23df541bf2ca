"""``tuopin branch``: go on from a year of a result under other policies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuopin.sim.commands.numbers import whole_number
from tuopin.sim.commands.options import (
    DaskOption,
    DirectoryArgument,
    OnlyOption,
    PanelOption,
    RetryOption,
    TimeLimitOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from tuopin.sim.branching.plan import BranchPlan
    from tuopin.sim.branching.scenarios import Branches
    from tuopin.sim.branching.source import Source


def branch(
    directory: DirectoryArgument,
    from_year: Annotated[
        int,
        typer.Option("--from-year", metavar="Y", parser=whole_number(), help="The last year under the old policies."),
    ],
    scenarios: Annotated[
        Path, typer.Option("--scenarios", metavar="FILE", help="YAML file with scenarios: to go on with.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR2", help="Where the results go.")],
    workers: WorkersOption = None,
    panel: PanelOption = False,
    retry_failed: RetryOption = False,
    only: OnlyOption = None,
    dask: DaskOption = None,
    time_limit: TimeLimitOption = None,
) -> None:
    """Continue every run of DIR from the end of year Y under the scenarios of FILE, up to DIR's last year.

    FILE's `continues:` says which scenario of DIR was simulated until then: one name, or a mapping of scenarios to
    names; without it a scenario continues the one of its own name, else the baseline. DIR2 is a result like any other.
    """
    from tuopin.sim.batch.engine import run_study
    from tuopin.sim.branching.plan import until
    from tuopin.sim.branching.scenarios import read_branches
    from tuopin.sim.branching.source import open_source
    from tuopin.sim.branching.task import TASK
    from tuopin.sim.commands.result import show_result
    from tuopin.sim.commands.run import tell_report

    here = Path.cwd()  # a policy may change it
    _check_out(out, directory)
    source = open_source(directory)
    study = source.study
    _check_year(from_year, study.first_year, study.last_year)
    past = {name: until(history, from_year)[-1].parameters for name, history in source.histories.items()}
    asked = read_branches(scenarios, list(source.histories), study.baseline, study.years, past)
    plan = _plan(source, asked, from_year, directory, scenarios)
    for text in source.notes:
        _note(text)
    sys.stdout.write("\n".join(_what_is_done(plan, asked, directory, scenarios, panel)) + "\n")
    report = run_study(
        plan,
        here / out,
        workers=workers,
        panel=panel,
        retry_failed=retry_failed,
        only=only,
        dask_address=dask,
        time_limit=time_limit,
        task=TASK,
    )
    show_result(here / out)
    tell_report(report, plan, out)
    if report.failed:
        raise typer.Exit(report.exit_status)


def _check_out(out: Path, directory: Path) -> None:
    """A branch is not written into its source."""
    from tuopin.sim.study.problems import Problem, StudyError

    inner, outer = Path(os.path.realpath(out)), Path(os.path.realpath(directory))
    if inner == outer or outer in inner.parents:
        allowed = f"allowed: a directory outside {directory}"
        raise StudyError([Problem("command line", 1, "--out", f"{out} is inside the result it continues", allowed)])


def _check_year(year: int, first: int, last: int) -> None:
    from tuopin.sim.study.problems import Problem, StudyError

    if not first <= year < last:
        allowed = f"allowed: a year from {first} to {last - 1} (the result covers {first}-{last})"
        raise StudyError([Problem("command line", 1, "--from-year", f"is {year}", allowed)])


def _plan(source: Source, asked: Branches, year: int, directory: Path, file: Path) -> BranchPlan:
    from tuopin.sim.branching.plan import make_branch_plan
    from tuopin.sim.branching.source import saved_states

    name = f"{source.study.name[:50]}-from-{year}"
    study = source.study_with(name, asked.scenarios, asked.baseline, asked.parameters)
    saved = saved_states(source, year, set(asked.continues.values()), _note)
    command = ("tuopin", "branch", str(directory), "--from-year", str(year), "--scenarios", str(file))
    return make_branch_plan(
        study,
        source.scale,
        from_year=year,
        continues=asked.continues,
        histories=source.histories,
        source_study=source.study.name,
        source_identity=source.identity,
        source_hashes=source.hashes,
        source_runs=str(source.results.runs.resolve()),
        saved=saved,
        command=command,
    )


def _note(text: str) -> None:
    sys.stderr.write(text + "\n")


def _what_is_done(plan: BranchPlan, asked: Branches, directory: Path, file: Path, panel: bool) -> list[str]:
    """What will be done, in lines: who continues whom, and where the years before come from."""
    year = plan.from_year
    then = f"then {year + 1}-{plan.last_year} by {file}:"
    lines = [f"{directory} ({plan.source_study}) as simulated to the end of {year}, {then}"]
    lines += [f"  {name} continues {past}" for name, past in plan.continues.items()]
    if len(plan.histories) > 1:
        lines.append(f"they do not all continue the same scenario: their differences begin before {year + 1}")
    if asked.unread:
        lines.append(f"{file}: {', '.join(asked.unread)}: not read; these are those of {directory}")
    pasts = len(plan.histories) * len(plan.places) * plan.replicates
    found = 0 if panel else len(plan.saved)
    again = f"its years to {year} are simulated again: same luck, same values"
    if panel:
        lines.append(f"panels are asked for, which saved states do not hold; {again}")
    elif found < pasts:
        some = f"only {found} of {pasts} runs have a saved state" if found else "there is no saved state"
        lines.append(f"{some} of {year} (`tuopin run --save-state {year}` keeps them); {again}")
    else:
        lines.append(f"from {found} saved states of {year}")
    return lines
