"""The documented systems, and what the modules say of those they carry."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tuopin import policies
from tuopin.sim.study.document import Document
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.shipped import SCENARIOS
from tuopin.sim.study.yaml_file import read_document

SYSTEMS, FACTS = (SCENARIOS / "evidence" / name for name in ("systems.csv", "facts.csv"))
CARRIED, OPEN, NO_MECHANISM = "carried", "open", "no mechanism"
FILE = "evidence.yaml"


@dataclass(frozen=True)
class System:
    """A documented system: id, place, names, kind (mechanism, bundle, no mechanism), module and study meant, facts."""

    system: str
    place: str
    name_en: str
    name_zh: str
    kind: str
    module: str
    study: str
    facts: tuple[str, ...]


class Moves(BaseModel):
    """What moves when a system is switched on: an indicator of a group and view, and in which direction."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    indicator: str
    group: str = "all"
    view: str = "true"
    direction: Literal["up", "down"]


class Entry(BaseModel):
    """What a module says of a system.

    `on` are settings that switch it on, `against` those it is held against (without them, the module's absence).
    `beside` (written `with`) are policies in both, `numbers` of the model hold where it is on. In `years` simulated
    years, a number that can be looked up `moves`.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    beside: dict[str, dict[str, Any]] = Field({}, alias="with")
    numbers: dict[str, Any] = {}

    parameters: str
    study: str
    on: dict[str, Any]
    against: dict[str, Any] | None = None
    moves: Moves
    years: int = 2
    note: str = ""


KEYS = tuple(field.alias or name for name, field in Entry.model_fields.items())


@dataclass(frozen=True)
class Carrier:
    """An entry, the module it is of, and its file and line."""

    entry: Entry
    module: str
    file: Path
    line: int


@dataclass
class Register:
    """What all modules say, by system; `problems` are entries that cannot be read."""

    carriers: dict[str, Carrier] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@cache
def all_systems() -> tuple[System, ...]:
    """Every documented system, in the order of the list."""
    with SYSTEMS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        System(
            row["system"],
            row["place"],
            row["name_en"],
            row["name_zh"],
            row["kind"],
            row["module"],
            row["study"],
            tuple(filter(None, row["facts"].split(";"))),
        )
        for row in rows
    )


@cache
def all_facts() -> frozenset[str]:
    """The ids of all documented facts."""
    with FACTS.open(encoding="utf-8", newline="") as file:
        return frozenset(row["fact"] for row in csv.DictReader(file))


def register(folder: Path | None = None) -> Register:
    """Read what every module says of the systems it carries, from the files beside them (below `folder`)."""
    found = Register()
    known = {system.system for system in all_systems()}
    for path in sorted((folder or Path(policies.__file__).parent).glob(f"*/*/{FILE}")):
        try:
            document = read_document(path, what="a file of documented systems")
        except StudyError as error:
            found.problems += [str(problem) for problem in error.problems]
            continue
        for name, raw in document.data.items():
            _take(found, document, str(name), raw, path, known)
        found.problems += [str(problem) for problem in document.problems]
    return found


def _take(found: Register, document: Document, name: str, raw: object, path: Path, known: set[str]) -> None:
    here = (name,)
    if name not in known:
        document.add(here, f"there is no system '{name}'", f"allowed: a system of {SYSTEMS.name}")
    elif name in found.carriers:
        other = found.carriers[name].module
        document.add(here, f"'{name}' is carried by {other} already", "allowed: one module a system")
    else:
        try:
            entry = Entry.model_validate(raw)
        except ValidationError as error:
            for wrong in error.errors():
                document.add((*here, *wrong["loc"]), wrong["msg"], f"allowed: {', '.join(KEYS)}")
            return
        found.carriers[name] = Carrier(entry, path.parent.name, path, document.line(here))


def status_of(system: System, carriers: Mapping[str, Carrier]) -> str:
    """Whether a system is carried, open, or has no mechanism that could be."""
    if system.system in carriers:
        return CARRIED
    return NO_MECHANISM if system.kind == NO_MECHANISM else OPEN
