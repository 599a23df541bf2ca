"""Sentences of pages with their figures as fields, from `page_figures.yaml`, and what both tests of them need."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tuopin.agents.place import Place
from tuopin.sim.study.places import load_place

ROOT = Path(__file__).parents[1]
SCENARIOS = ROOT / "scenarios"
TEMPLATES = YAML(typ="safe").load((ROOT / "tests" / "page_figures.yaml").read_text("utf-8"))
PAGES = [ROOT / "README.md", ROOT / "docs" / "many-places.md", *sorted((ROOT / "docs" / "decisions").glob("*.md"))]


def all_of(kind: str) -> list[Any]:
    """The page and template of every sentence of a kind, as cases of a test."""
    return [pytest.param(page, one, id=f"{page}: {one[:40]}") for page, many in TEMPLATES[kind].items() for one in many]


def page_of(page: Path) -> str:
    return page.read_text("utf-8")


def flat(text: str) -> str:
    """The text with every run of white space as one blank."""
    return " ".join(text.split())


def flat_page(name: str) -> str:
    """The text of the page of this name, on one line."""
    (page,) = (page for page in PAGES if page.name == name)
    return flat(page_of(page))


def percent(share: float, digits: int = 0) -> str:
    return f"{share:.{digits}%}"


@cache
def lushi() -> Place:
    place: Place = load_place(SCENARIOS / "places" / "lushi.yaml")
    return place
