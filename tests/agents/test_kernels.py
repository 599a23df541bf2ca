"""Kernels take their arrays by name: every field exists with its type, and no call can have two arrays swapped."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tuopin.agents.arrays import F32, F64, I8
from tuopin.agents.columns import COLUMNS, dtypes_of
from tuopin.agents.flows import FLOWS, TERMS, Flows
from tuopin.agents.households import Households
from tuopin.agents.kernels import pick

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for room in ("agents", "policies", "sim") for path in (ROOT / room).rglob("*.py"))
ARRAYS = ("I8", "I16", "I32", "I64", "F32", "F64", "Flags", "Totals", "Counts", "NDArray")
FROM_TO = {"fill_normals", "repeats"}
"""Kernels of two arrays of one type that are read as a sentence: `u` to `out`, whether `many` hold one of the `few`."""


class _Land(NamedTuple):
    savings: F32
    wage_term: F64
    land: F32
    marks: I8


def test_every_field_is_the_array_of_its_name() -> None:
    h, f, marks = Households(2), Flows(), np.zeros(2, dtype=np.int8)
    f.reset(2)
    picked = pick(_Land, h, f, marks=marks)
    assert picked.savings is h.savings and picked.land is h.land and picked.marks is marks
    picked.wage_term[:] = 3.0
    assert f.wage_term.tolist() == [3.0, 3.0]


def test_what_has_no_array_and_what_has_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match=r"_Land\.wage_term is no column and no flow, and was not given"):
        pick(_Land, Households(1), marks=np.zeros(1, dtype=np.int8))
    with pytest.raises(TypeError, match="_Land has no field acres"):
        pick(_Land, Households(1), Flows(), acres=np.zeros(1))


def test_columns_and_flows_share_no_name() -> None:
    assert not COLUMNS.keys() & FLOWS.keys()


def test_no_kernel_of_the_model_writes_to_a_term() -> None:
    """`pick` hands terms to them without noting that they may be written to, so that they stay neutral unwritten."""
    found = []
    for path in sorted((ROOT / "agents").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            for target in targets if isinstance(node, ast.Assign | ast.AugAssign) else ():
                inner = target.value if isinstance(target, ast.Subscript) else target
                if isinstance(inner, ast.Attribute) and inner.attr in TERMS:
                    found.append(f"{path.name}:{node.lineno}: {inner.attr}")
    assert found == []


def picks() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Module, NamedTuple and what is given by hand of every call of `pick`."""
    for path in SOURCES:
        module = "tuopin." + ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "pick":
                assert isinstance(node.args[0], ast.Name), f"{path}:{node.lineno}"
                yield module, node.args[0].id, tuple(keyword.arg or "" for keyword in node.keywords)


@pytest.mark.parametrize(("module", "name", "given"), sorted(picks()), ids=str)
def test_every_field_is_declared_with_the_type_of_its_column_or_flow(
    module: str, name: str, given: tuple[str, ...]
) -> None:
    declared = {**COLUMNS, **FLOWS}
    for field, dtype in dtypes_of(getattr(importlib.import_module(module), name)).items():
        if field not in given:
            assert field in declared, f"{name}.{field} is no column and no flow"
            assert dtype == declared[field].dtype, f"{name}.{field}"


def compiled() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Where and what every compiled function is."""
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and {"compiled", "rule"} & {
                ast.unparse(d) for d in node.decorator_list
            }:
                yield f"{path.relative_to(ROOT)}:{node.name}", node


@pytest.mark.parametrize(("where", "function"), [pytest.param(*found, id=found[0]) for found in compiled()])
def test_signatures_say_what_a_kernel_takes(where: str, function: ast.FunctionDef) -> None:
    types = [ast.unparse(a.annotation) if a.annotation else "nothing" for a in function.args.args]
    assert function.returns is not None, where
    assert not {"Any", "Array", "nothing"} & {*types, ast.unparse(function.returns)}, f"{where}: {types}"
    arrays = [kind for kind in types if kind.startswith(ARRAYS)]
    if function.name not in FROM_TO:
        assert len(arrays) == len(set(arrays)), f"{where}: two arrays of one type, which a call may swap"
    if "rule" in {ast.unparse(d) for d in function.decorator_list}:
        assert not arrays and ast.get_docstring(function), f"{where}: a rule takes no array, and says what it computes"
