"""The list of measures: what households can be sent to, whoever delivers it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

_FILE = Path(__file__).parent / "measures.yaml"


class Measure(NamedTuple):
    """A measure: name, label in English and Chinese, and what it is."""

    name: str
    label: str
    label_zh: str
    meaning: str


@cache
def measures() -> Mapping[str, Measure]:
    """Every measure by name, in the order of the list."""
    entries = YAML(typ="safe").load(_FILE)
    return {name: Measure(name, entry["label"], entry["zh"], entry["meaning"]) for name, entry in entries.items()}
