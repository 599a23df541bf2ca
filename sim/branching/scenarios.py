"""The file of a branch's scenarios: as in a study, and which scenario each one continues."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuopin.agents.economy import GROWING
from tuopin.sim.branching.plan import Settings
from tuopin.sim.study.bundles import write_out
from tuopin.sim.study.declarations import declared
from tuopin.sim.study.document import Document
from tuopin.sim.study.names import YEARS
from tuopin.sim.study.problems import nearest, one_of, shown
from tuopin.sim.study.rules import PARAMETERS, check_baseline, check_scenarios
from tuopin.sim.study.study import Study
from tuopin.sim.study.values import Years
from tuopin.sim.study.yaml_file import read_document

WHAT = "a file of scenarios"
READ = ("bundles", "scenarios", "baseline", "continues")


@dataclass(frozen=True)
class Branches:
    """What a file asks for; `unread` are keys of a study that a branch takes from the result it continues."""

    scenarios: Mapping[str, Settings]
    baseline: str
    continues: Mapping[str, str]
    unread: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The model's numbers that scenarios have for themselves from the year of the branch on."""


def read_branches(
    path: Path,
    simulated: Collection[str],
    baseline: str,
    years: Years,
    past: Mapping[str, Mapping[str, Any]] | None = None,
) -> Branches:
    """Read and check a file of scenarios for a result.

    The scenarios `simulated` in it, its `baseline` and `years` are what the file is held against. ``continues:`` is the
    name of one simulated scenario for all, or a mapping of scenarios to simulated ones. A scenario it does not name
    continues the one of its own name, or else the result's baseline. A whole study file will do: its other keys are
    those of the result and are not read. `past` are the model's numbers that simulated scenarios had for themselves
    until then: rates that have grown since the initial year stay what they were.

    Raises
    ------
    StudyError
        With every mistake and its line.
    """
    document = read_document(path, what=WHAT)
    unread = []
    for key in document.data:
        if key in Study.model_fields and key not in READ:
            unread.append(str(key))
        elif key not in READ:
            document.add((key,), f"unknown key '{key}'{nearest(key, READ)}", one_of(READ))
    if "scenarios" not in document.data:
        document.add((), "has no scenarios", "allowed: scenarios: with a mapping of scenario names to policies")
    parameters = write_out(document, declared(), _with_own_years(document, years))
    scenarios = check_scenarios(document, declared().policies, _with_own_years(document, years))
    continues = _continues(document, list(scenarios), simulated, baseline)
    _check_growing(document, continues, parameters, past or {})
    named = document.data.get("baseline")
    if named is not None and not isinstance(named, str):
        document.add(("baseline",), f"is {shown(named)}", one_of(scenarios))
    check_baseline(document)
    document.raise_problems()
    default = baseline if baseline in scenarios else next(iter(scenarios))
    return Branches(scenarios, default if named is None else named, continues, tuple(unread), parameters)


def _check_growing(
    document: Document,
    continues: Mapping[str, str],
    parameters: Mapping[str, Mapping[str, Any]],
    past: Mapping[str, Mapping[str, Any]],
) -> None:
    """A rate whose effect has grown since the initial year cannot change in a later one; mistakes go to `document`."""
    for name, source in continues.items():
        before, now = past.get(source, {}), parameters.get(name, {})
        for id in GROWING:
            if (id in before) != (id in now) or before.get(id) != now.get(id):
                had = shown(before[id]) if id in before else "no value of its own"
                wrong = f"'{id}' has acted since the initial year and cannot change now: '{source}' had {had}"
                path = ("scenarios", name, PARAMETERS, id) if id in now else ("scenarios", name)
                document.add(path, wrong, f"allowed: {id} {had}" if id in before else f"allowed: no {id} here")


def _with_own_years(document: Document, years: Years) -> Years:
    """The years a dated value may have: the result's, and those of the study that the file is, if it is one."""
    raw = document.data.get("years")
    found = YEARS.match(raw) if isinstance(raw, str) else None
    return years if found is None else (min(years[0], int(found[1])), max(years[1], int(found[2])))


def _continues(document: Document, scenarios: list[str], simulated: Collection[str], baseline: str) -> dict[str, str]:
    """Which simulated scenario each of `scenarios` goes on from; mistakes go to `document`."""
    raw = document.data.get("continues")
    path = ("continues",)
    given = {}
    if isinstance(raw, str):
        given = dict.fromkeys(scenarios, raw)
        if raw not in simulated:
            document.add(path, f"'{raw}' is not a scenario that was run{nearest(raw, simulated)}", one_of(simulated))
    elif isinstance(raw, Mapping):
        for name, source in raw.items():
            if name not in scenarios:
                said = f"'{name}' is not a scenario of this file{nearest(name, scenarios)}"
                document.add((*path, name), said, one_of(scenarios))
            elif source not in simulated:
                said = f"'{source}' is not a scenario that was run{nearest(source, simulated)}"
                document.add(
                    (*path, name), said if isinstance(source, str) else f"is {shown(source)}", one_of(simulated)
                )
            else:
                given[name] = source
    elif raw is not None:
        allowed = "allowed: the scenario to continue, or a mapping of scenarios to those they continue"
        document.add(path, f"is {shown(raw)}", allowed)
    return {name: given.get(name, name if name in simulated else baseline) for name in scenarios}
