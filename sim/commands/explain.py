"""``tuopin explain``: the order of the year, what a study sets and what its scenarios differ in.

With ``--all``, every number with its source and the parts of income risk.
"""

from __future__ import annotations

import enum
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuopin.sim.commands.options import Format, FormatOption, StudyArgument

if TYPE_CHECKING:
    from tuopin.sim.study.study import Study


class Section(enum.StrEnum):
    """Parts of the explanation."""

    ALL = "all"
    ORDER = "order"
    SCENARIOS = "scenarios"
    MEASURES = "measures"
    OWN = "own"
    TEN = "ten"
    MECHANISMS = "mechanisms"
    PARAMETERS = "parameters"
    RISK = "risk"


TITLES = {
    Section.ORDER: "The order of a year, and the policies of this study that act at each step",
    Section.SCENARIOS: "What the scenarios differ in",
    Section.MEASURES: "Measures that households are sent to, and who delivers them in each scenario that sends",
    Section.OWN: "Numbers that this study sets, and its places",
    Section.TEN: "Ten assumptions without a source that matter most (of all ranges, theirs move poverty most in Lushi)",
    Section.MECHANISMS: "Mechanisms",
    Section.PARAMETERS: "Parameters (those marked free have no source: assumptions with a prior range)",
    Section.RISK: "Decomposition of income risk",
}
SHORT = (Section.ORDER, Section.SCENARIOS, Section.MEASURES, Section.OWN, Section.TEN)
EVERYTHING = (Section.ORDER, Section.SCENARIOS, Section.MEASURES, Section.MECHANISMS, Section.PARAMETERS, Section.RISK)
IDS = ("step", "mechanism", "parameter", "scenario", "component")


def explain(
    study: StudyArgument,
    everything: Annotated[
        bool, typer.Option("--all", help="Every number with its source, mechanisms and income risk too.")
    ] = False,
    section: Annotated[
        Section | None, typer.Option(help="One part of the explanation.", show_default="the short ones")
    ] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print the order of the year, what the scenarios of STUDY differ in, its own numbers and the ten that matter."""
    from tuopin.sim.commands.tables import as_json, show
    from tuopin.sim.study.problems import Problem, StudyError
    from tuopin.sim.study.study import Study

    if everything and section is not None:
        wrong, allowed = "is given with --all", "allowed: one of the two"
        raise StudyError([Problem("command line", 1, "--section", wrong, allowed)])
    loaded = Study.load(study)
    whole = everything or section is Section.ALL
    wanted = list(EVERYTHING if whole else SHORT) if section is None or whole else [section]
    if format is Format.CSV and len(wanted) > 1:  # one table only: every number, or the study's own
        wanted = [Section.PARAMETERS if whole else Section.OWN]
    if format is Format.JSON:
        parts = {part.value: part_of(loaded, part) for part in wanted}
        sys.stdout.write(as_json(parts if len(wanted) > 1 else parts[wanted[0].value]) + "\n")
        return
    for position, part in enumerate(wanted):
        rows = part_of(loaded, part)
        if part is Section.MEASURES and not rows and section is None:
            continue  # nobody is sent anywhere
        columns = list(rows[0]) if rows else ["(none)"]
        if part is Section.ORDER and not whole and section is None and format is Format.TABLE:
            columns = ["", "step", "policies", "meaning"]
        if position:
            sys.stdout.write("\n")
        show(TITLES[part], columns, rows, format=format, ids=IDS)
        sys.stdout.flush()
    if section is None and not whole and format is Format.TABLE:
        sys.stdout.write("\nevery number with its source, the mechanisms and the parts of income risk: --all\n")


def part_of(study: Study, part: Section) -> list[dict[str, Any]]:
    """The rows of one part of the explanation."""
    from tuopin.sim.commands import explanation
    from tuopin.sim.commands.differences import scenario_rows
    from tuopin.sim.commands.referrals import measure_rows

    if part is Section.ORDER:
        from tuopin.sim.run.year import STEPS

        return explanation.order_rows(study, STEPS)
    simple = {
        Section.SCENARIOS: scenario_rows,
        Section.MEASURES: measure_rows,
        Section.OWN: explanation.own_rows,
        Section.TEN: explanation.ten_rows,
        Section.MECHANISMS: explanation.mechanism_rows,
        Section.PARAMETERS: explanation.parameter_rows,
    }
    if part in simple:
        return simple[part](study)
    from tuopin.sim.calibration.decomposition import decompose
    from tuopin.sim.study.plan import make_plan

    frame = decompose(make_plan(study))
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
