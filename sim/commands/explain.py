"""``tuopin explain``: the order of the year, every number of a study with its source, the parts of income risk."""

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
    MECHANISMS = "mechanisms"
    PARAMETERS = "parameters"
    RISK = "risk"


TITLES = {
    Section.ORDER: "The order of a year, and the policies of this study that act at each step",
    Section.MECHANISMS: "Mechanisms",
    Section.PARAMETERS: "Parameters (those marked free have no source: assumptions with a prior range)",
    Section.RISK: "Decomposition of income risk",
}
IDS = ("step", "mechanism", "parameter", "scenario", "component")


def explain(
    study: StudyArgument,
    section: Annotated[
        Section, typer.Option(help="Part of the explanation; CSV has one part at a time.")
    ] = Section.ALL,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print the order of the year, every parameter of STUDY with its source, and the decomposition of income risk."""
    from tuopin.sim.commands.tables import as_json, show
    from tuopin.sim.study.study import Study

    loaded = Study.load(study)
    wanted = list(TITLES) if section is Section.ALL else [section]
    if format is Format.CSV and section is Section.ALL:
        wanted = [Section.PARAMETERS]
    if format is Format.JSON:
        parts = {part.value: part_of(loaded, part) for part in wanted}
        sys.stdout.write(as_json(parts if section is Section.ALL else parts[section.value]) + "\n")
        return
    for position, part in enumerate(wanted):
        rows = part_of(loaded, part)
        columns = list(rows[0]) if rows else ["(none)"]
        if position:
            sys.stdout.write("\n")
        show(TITLES[part], columns, rows, format=format, ids=IDS)
        sys.stdout.flush()


def part_of(study: Study, part: Section) -> list[dict[str, Any]]:
    """The rows of one part of the explanation."""
    from tuopin.sim.commands import explanation

    if part is Section.ORDER:
        from tuopin.sim.run.year import STEPS

        return explanation.order_rows(study, STEPS)
    if part is Section.MECHANISMS:
        return explanation.mechanism_rows(study)
    if part is Section.PARAMETERS:
        return explanation.parameter_rows(study)
    from tuopin.sim.calibration.decomposition import decompose
    from tuopin.sim.study.plan import make_plan

    frame = decompose(make_plan(study))
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
