"""Docstrings are of one style, NumPy's: ruff holds their form, and this what it does not see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("agents", "policies", "scenarios", "sim", "tuopin")


def docstrings() -> Iterator[tuple[str, str]]:
    for path in (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                name = "" if isinstance(node, ast.Module) else f":{node.name}"
                yield f"{path.relative_to(ROOT)}{name}", ast.get_docstring(node) or ""


def test_errors_stand_in_their_section_and_not_in_a_sentence() -> None:
    assert not [where for where, text in docstrings() if re.search(r"\b[Rr]aises\s+`*[A-Z]", text)]
    assert sum("Raises\n------\n" in text for _, text in docstrings()) > 80
