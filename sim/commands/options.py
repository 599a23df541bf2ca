"""Options and arguments that several commands share, and how options change a study."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuopin.sim.batch.bounds import MOST_WORKERS
from tuopin.sim.commands.numbers import number, whole_number

if TYPE_CHECKING:
    from tuopin.sim.study.plan import Plan
    from tuopin.sim.study.study import Study


class Format(enum.StrEnum):
    """How a table is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


StudyArgument = Annotated[
    str, typer.Argument(metavar="STUDY", help="Study file (YAML), or the name of a shipped study.")
]
DirectoryArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Directory of results.")]
FormatOption = Annotated[Format, typer.Option("--format", help="How to write the table.")]
ReplicatesOption = Annotated[
    int | None, typer.Option("--replicates", metavar="N", parser=whole_number(), help="In place of the study's.")
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", metavar="S", parser=whole_number(), help="In place of the study's.")
]
YearsOption = Annotated[str | None, typer.Option("--years", metavar="A-B", help="In place of the study's.")]
ScaleOption = Annotated[
    float,
    typer.Option(
        "--scale", metavar="X", parser=number(), help="Share of the households simulated; capacities scale alike."
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="W",
        parser=whole_number(1, MOST_WORKERS),
        help="Processes.",
        show_default="all processors",
    ),
]
PanelOption = Annotated[bool, typer.Option("--panel", help="Keep every household and year.")]
RetryOption = Annotated[bool, typer.Option("--retry-failed", help="Run again what failed.")]
OnlyOption = Annotated[str | None, typer.Option("--only", metavar="SCENARIO:REPLICATE", help="This run alone.")]
DaskOption = Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help="Scheduler of a dask cluster.")]
TimeLimitOption = Annotated[
    float | None,
    typer.Option("--time-limit", metavar="S", parser=number(), help="Seconds a run may take; a longer one fails."),
]
MAX_SCALE = 1.0


def load_study(
    path: str | Path,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    years: str | None = None,
    scale: float = 1.0,
) -> Study:
    """Load a study with the options given in place of its own keys.

    Raises
    ------
    StudyError
        With the mistakes of the study and of the options together.
    """
    from tuopin.sim.study.problems import Problem, StudyError
    from tuopin.sim.study.study import Study

    given = {"replicates": replicates, "seed": seed, "years": years}
    problems = []
    if not 0 < scale <= MAX_SCALE:  # also refuses NaN
        allowed = f"allowed: a number above 0, up to {MAX_SCALE:g} (share of the households)"
        problems.append(Problem("command line", 1, "--scale", f"is {scale:g}", allowed))
    try:
        study = Study.load(path, overrides={key: value for key, value in given.items() if value is not None})
    except StudyError as error:
        raise StudyError([*error.problems, *problems]) from None
    if problems:
        raise StudyError(problems)
    return study


def plan_of(study: Study, scale: float) -> Plan:
    """The resolved plan of a study.

    Raises
    ------
    StudyError
        Where the scale leaves too little of a place to simulate.
    """
    from tuopin.sim.study.plan import make_plan

    return make_plan(study, scale=scale)


def names(text: str | None, option: str, known: list[str]) -> list[str] | None:
    """The comma-separated names of `option`, each one of `known`; None where the option was not given."""
    from tuopin.sim.study.problems import Problem, StudyError, nearest, one_of

    if text is None:
        return None
    wanted = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    problems = [
        Problem("command line", 1, option, f"there is no '{name}'{nearest(name, known)}", one_of(known))
        for name in wanted
        if name not in known
    ]
    if not wanted:
        problems = [Problem("command line", 1, option, "names nothing", one_of(known))]
    if problems:
        raise StudyError(problems)
    return wanted
