"""``tuopin list``: the policies, places and studies there are."""

from __future__ import annotations

import enum
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tuopin.sim.commands.options import Format, FormatOption


class What(enum.StrEnum):
    """Kinds of thing that can be listed."""

    POLICIES = "policies"
    PLACES = "places"
    STUDIES = "studies"
    BUNDLES = "bundles"
    MEASURES = "measures"


def list_what(what: Annotated[What, typer.Argument(help="What to list.")], format: FormatOption = Format.TABLE) -> None:
    """List the installed policies, the shipped places, studies or bundles, or the measures households are sent to."""
    from tuopin.sim.commands.tables import show

    if what is What.POLICIES:
        from tuopin.sim.study.declarations import broken_lines

        sys.stderr.write("".join(f"left out: {line}\n" for line in broken_lines()))
    listed = {
        What.POLICIES: _policies,
        What.PLACES: _places,
        What.STUDIES: _studies,
        What.BUNDLES: _bundles,
        What.MEASURES: _measures,
    }
    columns, rows = listed[what]()
    show("", columns, rows, format=format, ids=[columns[0], "file"])


def _policies() -> tuple[list[str], list[dict[str, Any]]]:
    from tuopin.sim.study.declarations import declared

    rows = [
        {
            "policy": policy.name,
            "label": policy.label,
            "label_zh": policy.label_zh,
            "acts_at": list(policy.steps),
            "parameters": list(policy.parameters),
        }
        for _, policy in sorted(declared().policies.items())
    ]
    return ["policy", "label", "label_zh", "acts_at", "parameters"], rows


def _places() -> tuple[list[str], list[dict[str, Any]]]:
    from tuopin.sim.study.places import load_place
    from tuopin.sim.study.shipped import shipped_places

    rows = []
    for file in shipped_places():
        place = load_place(file)
        label = place.label
        rows.append(
            {"place": file.stem, "label": label.en, "label_zh": label.zh, "year": str(place.year), "file": str(file)}
        )
    return ["place", "label", "label_zh", "year", "file"], rows


def _studies() -> tuple[list[str], list[dict[str, Any]]]:
    from tuopin.sim.study.shipped import shipped_studies
    from tuopin.sim.study.study import Study

    rows = []
    for file in shipped_studies():
        study = Study.load(file)
        rows.append(
            {
                "study": study.name,
                "place": list(study.place),
                "years": f"{study.first_year}-{study.last_year}",
                "scenarios": list(study.scenarios),
                "question": study.question.en,
                "file": _short(file),
            }
        )
    return ["study", "place", "years", "scenarios", "question", "file"], rows


def _bundles() -> tuple[list[str], list[dict[str, Any]]]:
    from tuopin.sim.study.bundles import shipped_bundles
    from tuopin.sim.study.rules import PARAMETERS

    rows = [
        {
            "bundle": name,
            "label": said["label"],
            "label_zh": said["zh"],
            "policies": [policy for policy in said if policy not in ("label", "zh", "every", PARAMETERS)],
            "every": [f"{key} {value}" for key, value in said.get("every", {}).items()],
            "parameters": [f"{id} {value}" for id, value in said.get(PARAMETERS, {}).items()],
        }
        for name, said in shipped_bundles().items()
    ]
    return ["bundle", "label", "label_zh", "policies", "every", PARAMETERS], rows


def _measures() -> tuple[list[str], list[dict[str, Any]]]:
    from tuopin.policies.measures import measures
    from tuopin.sim.study.declarations import declared

    policies = declared().policies
    rows = [
        {
            "measure": measure.name,
            "label": measure.label,
            "label_zh": measure.label_zh,
            "meaning": measure.meaning,
            "delivered_by": [name for name, policy in policies.items() if measure.name in policy.measures],
        }
        for measure in measures().values()
    ]
    return ["measure", "label", "label_zh", "meaning", "delivered_by"], rows


def _short(file: Path) -> str:
    """Relative to where the user stands, if it is below: the path to give to `tuopin run`."""
    here = Path.cwd()
    return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)
