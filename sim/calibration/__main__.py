"""`python -m tuopin.sim.calibration [STUDY]`: print the calibration table and the parts of income risk."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from tuopin.sim.study.shipped import SCENARIOS

SHOWN = ["target", "period", "published", "unit", "use", "simulated", "luck", "view", "scenario", "verdict", "remark"]
TITLES = {
    "calibration": "Simulated beside published",
    "risk": "Decomposition of income risk",
    "switches": "Change in mean true headcount, percentage points, with one mechanism switched",
}


def main(
    study: Annotated[Path, typer.Argument(help="A study with the scenarios the targets name.")] = SCENARIOS
    / "lushi.yaml",
    scale: Annotated[float, typer.Option(help="Share of the households simulated.")] = 0.2,
    replicates: Annotated[int, typer.Option(min=1, help="Replicates averaged.")] = 5,
    targets: Annotated[Path | None, typer.Option(help="Another file of targets.")] = None,
    write: Annotated[Path | None, typer.Option(help="Put the tables into this Markdown file too.")] = None,
    switches: Annotated[bool, typer.Option(help="Also show how far the comparison hinges on mechanisms.")] = False,
) -> None:
    """Print simulated beside published figures of STUDY."""
    from tuopin.sim.calibration.decomposition import decompose
    from tuopin.sim.calibration.switches import switch_table, wide
    from tuopin.sim.calibration.table import calibration_table, markdown
    from tuopin.sim.calibration.targets import load_targets
    from tuopin.sim.study.plan import make_plan
    from tuopin.sim.study.problems import StudyError
    from tuopin.sim.study.study import Study

    try:
        plan = make_plan(Study.load(study), scale)
        table = calibration_table(plan, replicates, None if targets is None else load_targets(targets))
    except (StudyError, ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    parts = {"calibration": table[SHOWN], "risk": decompose(plan)}
    if switches:
        parts["switches"] = wide(switch_table(plan, replicates))
    _print(parts)
    if write is not None:
        before = write.read_text(encoding="utf-8") if write.is_file() else ""
        tables = {name: markdown(frame, list(frame.columns)) for name, frame in parts.items()}
        write.write_text(put(before, tables), encoding="utf-8")


def put(text: str, tables: dict[str, str]) -> str:
    """Replace what stands between `<!-- NAME -->` and `<!-- end -->` by the table.

    A table without a place is appended.
    """
    for name, table in tables.items():
        marked = f"<!-- {name} -->\n{table}<!-- end -->"
        place = re.search(f"<!-- {name} -->\n.*?<!-- end -->", text, re.DOTALL)
        text = f"{text}\n{marked}\n" if place is None else text[: place.start()] + marked + text[place.end() :]
    return text


def _print(parts: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from tuopin.sim.calibration.table import figure

    console = Console()
    for name, frame in parts.items():
        shown = Table(title=TITLES[name])
        for column in frame:
            shown.add_column(str(column))
        for row in frame.itertuples(index=False, name=None):
            shown.add_row(*(figure(x) if isinstance(x, float) else str(x) for x in row))
        console.print(shown)


if __name__ == "__main__":
    typer.run(main)
