"""No economic number is written in Python: what stands in the model's functions is arithmetic, and constants say
why.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted(
    path for room in ("agents", "policies") for path in (ROOT / room).rglob("*.py") if path.name != "randomness.py"
)
ARITHMETIC = {0.0, 0.5, 1.0, 2.0, 3.0, 12.0, 100.0, 500.0, 1000.0}
"""Halves and doubles, means of three, months of a year, fen of a yuan, rounding to a thousandth."""


def fractions_in_functions(source: str) -> list[tuple[int, float]]:
    """Line and value of every float written in a function that is not arithmetic, powers of two and defaults aside."""
    found = []
    for function in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)):
        powers = {id(n.left) for n in ast.walk(function) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow)}
        for n in ast.walk(function):
            if (
                isinstance(n, ast.Constant)
                and type(n.value) is float
                and n.value not in ARITHMETIC
                and id(n) not in powers
            ):
                found.append((n.lineno, n.value))
    return sorted(set(found))


def constants_without_a_word(source: str) -> list[str]:
    """Names of floats at the top of a module that no docstring or comment explains."""
    body, lines = ast.parse(source).body, source.splitlines()
    found = []
    for statement, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(statement, ast.Assign) or not any(
            isinstance(n, ast.Constant) and type(n.value) is float for n in ast.walk(statement.value)
        ):
            continue
        told = (
            isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)
        )
        if not told and "#" not in lines[statement.lineno - 1]:
            found.append(ast.unparse(statement.targets[0]))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_numbers_live_in_yaml(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert fractions_in_functions(source) == []
    assert constants_without_a_word(source) == []


def test_the_sweep_finds_what_it_is_for() -> None:
    source = "A = 0.4\nB = 0.7\n'''why'''\ndef f(x):\n    return 0.35 * x + 2.0 * x\n"
    assert fractions_in_functions(source) == [(5, 0.35)]
    assert constants_without_a_word(source) == ["A"]
