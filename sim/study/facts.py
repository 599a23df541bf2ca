"""Ids of documented facts: every one that a place file names must stand in the table of facts."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tuopin.sim.study.document import Document
from tuopin.sim.study.problems import Index, Path, nearest
from tuopin.sim.study.shipped import SCENARIOS

TABLE = "evidence/facts.csv"


@cache
def known_facts() -> frozenset[str]:
    """The ids of all documented facts."""
    with (SCENARIOS / TABLE).open(encoding="utf-8", newline="") as table:
        return frozenset(row["fact"] for row in csv.DictReader(table))


def check_facts(document: Document) -> None:
    """Note every id under a key `facts` that is no documented fact. Without such a key the table is not read."""
    for path, id in _named(document.data, ()):
        if isinstance(id, str) and id not in known_facts():
            document.add(path, f"there is no fact '{id}'{nearest(id, known_facts())}", f"allowed: ids of {TABLE}")


def _named(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(data, Mapping):
        for key, inside in data.items():
            if key == "facts" and isinstance(inside, list):
                yield from ((((*path, key, Index(k))), id) for k, id in enumerate(inside))
            else:
                yield from _named(inside, (*path, key))
    elif isinstance(data, list):
        for k, inside in enumerate(data):
            yield from _named(inside, (*path, Index(k)))
