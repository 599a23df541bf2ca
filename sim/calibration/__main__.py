"""`python -m sim.calibration [STUDY]`: simulate, print the calibration table and the decomposition of income risk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sim.study.shipped import SCENARIOS

SHOWN = ["target", "period", "published", "unit", "use", "simulated", "luck", "view", "scenario", "verdict", "remark"]


def main(
    study: Annotated[Path, typer.Argument(help="A study with the scenarios the targets name.")] = SCENARIOS / "lushi.yaml",
    scale: Annotated[float, typer.Option(help="Share of the households simulated.")] = 0.2,
    replicates: Annotated[int, typer.Option(min=1, help="Replicates averaged.")] = 5,
    targets: Annotated[Path | None, typer.Option(help="Another file of targets.")] = None,
    write: Annotated[Path | None, typer.Option(help="Write the tables there as Markdown too.")] = None,
) -> None:
    """Print simulated beside published figures of STUDY."""
    from sim.calibration import calibration_table, load_targets, markdown
    from sim.decomposition import decompose
    from sim.plan import make_plan
    from sim.study import Study, StudyError

    try:
        plan = make_plan(Study.load(study), scale)
        table = calibration_table(plan, replicates, None if targets is None else load_targets(targets))
    except (StudyError, ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    risk = decompose(plan)
    _print(table[SHOWN], risk)
    if write is not None:
        write.write_text(markdown(table, SHOWN) + "\n" + markdown(risk, list(risk.columns)), encoding="utf-8")


def _print(table: Any, risk: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    from sim.calibration.table import figure

    console = Console()
    for title, frame in (("Simulated beside published", table), ("Decomposition of income risk", risk)):
        shown = Table(title=title)
        for name in frame:
            shown.add_column(name)
        for row in frame.itertuples(index=False, name=None):
            shown.add_row(*(figure(x) if isinstance(x, float) else str(x) for x in row))
        console.print(shown)


if __name__ == "__main__":
    typer.run(main)
