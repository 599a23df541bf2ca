"""`python -m tuopin.sim.calibration [STUDIES]`: print the calibration tables and what belongs to them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuopin.sim.study.shipped import SCENARIOS

if TYPE_CHECKING:
    from tuopin.sim.study.plan import Plan

SHOWN = ["target", "period", "published", "unit", "use", "simulated", "luck", "view", "scenario", "verdict", "remark"]
TITLES = {
    "reach": "What was asked and what is reached",
    "calibration": "Simulated beside published",
    "official": "Headcount of the official view, %, by multiples of the line",
    "windows": "The same county started in other years",
    "draws": "Draws of parameters",
    "budgets": "Each programme at several budgets, against none",
    "risk": "Decomposition of income risk",
    "switches": "Change in mean true headcount, percentage points, with one mechanism switched",
}
STUDIES = [SCENARIOS / "lushi.yaml", SCENARIOS / "documented.yaml"]


def main(
    studies: Annotated[list[Path], typer.Argument(help="Studies with the scenarios the targets name.")] = STUDIES,
    scale: Annotated[float, typer.Option(help="Share of the households simulated.")] = 0.2,
    replicates: Annotated[int, typer.Option(min=1, help="Replicates averaged.")] = 5,
    targets: Annotated[Path | None, typer.Option(help="Another file of targets.")] = None,
    write: Annotated[Path | None, typer.Option(help="Put the tables into this Markdown file too.")] = None,
    switches: Annotated[bool, typer.Option(help="Also show how far the comparison hinges on mechanisms.")] = False,
    budgets: Annotated[bool, typer.Option(help="Also show each programme at several budgets.")] = False,
    draws: Annotated[int, typer.Option(min=0, help="Also judge so many draws of the parameters.")] = 0,
) -> None:
    """Print simulated beside published figures of STUDIES; the first is the one that is looked into."""
    from tuopin.sim.calibration.budgets import budget_table
    from tuopin.sim.calibration.decomposition import decompose
    from tuopin.sim.calibration.drawn import drawn_table
    from tuopin.sim.calibration.reach import reach_table
    from tuopin.sim.calibration.switches import switch_table, wide
    from tuopin.sim.calibration.table import calibration_table
    from tuopin.sim.calibration.targets import load_targets
    from tuopin.sim.study.plan import make_plan
    from tuopin.sim.study.problems import StudyError
    from tuopin.sim.study.study import Study

    parts: dict[str, Any] = {}
    try:
        plans = [make_plan(Study.load(study), scale) for study in studies]
        chosen = None if targets is None else load_targets(targets)
        for plan in plans:
            parts[f"calibration {plan.study_name}"] = calibration_table(plan, replicates, chosen)[SHOWN]
    except (StudyError, ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    for plan in plans:
        if DOCUMENTED in plan.scenarios:
            parts |= _of_documented(plan, replicates)
    parts["risk"] = decompose(plans[0])
    if draws:
        parts["draws"] = drawn_table(draws)
    if budgets:
        parts["budgets"] = budget_table(plans[0], replicates)
    if switches:
        parts["switches"] = wide(switch_table(plans[0], replicates))
    if {f"calibration {study.stem}" for study in STUDIES} <= set(parts):
        parts = {"reach": reach_table(parts), **parts}
    _print(parts)
    if write is not None:
        _write(write, parts)


DOCUMENTED = "documented"


def _of_documented(plan: Plan, replicates: int) -> dict[str, Any]:
    """What is shown of a study with the scenario `documented`, which is held against what happened."""
    from tuopin.sim.calibration.official import official_table
    from tuopin.sim.calibration.windows import window_table

    return {
        "official": official_table(plan, replicates, DOCUMENTED),
        "windows": window_table(plan, replicates, DOCUMENTED),
    }


def _write(file: Path, parts: dict[str, Any]) -> None:
    from tuopin.sim.calibration.table import markdown

    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    tables = {name: markdown(frame, list(frame.columns)) for name, frame in parts.items()}
    file.write_text(put(before, tables), encoding="utf-8")


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
        shown = Table(title=name.replace(name.split()[0], TITLES[name.split()[0]], 1))
        for column in frame:
            shown.add_column(str(column))
        for row in frame.itertuples(index=False, name=None):
            shown.add_row(*(figure(x) if isinstance(x, float) else str(x) for x in row))
        console.print(shown)


if __name__ == "__main__":
    typer.run(main)
