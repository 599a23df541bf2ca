"""The import graph, read from the sources: no circles, none hidden in a function, and every arrow downwards."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
TOP = ("agents", "policies", "sim")
ROOMS = (
    "agents",
    "policies",
    "sim.study",
    "sim.measures",
    "sim.results",
    "sim.run",
    "sim.comparison",
    "sim.batch",
    ("sim.branching", "sim.calibration", "sim.evidence", "sim.figures", "sim.testing"),
    "sim.commands",
)
"""From the lowest up; what stands beside each other may not import each other."""
ALL_ROOMS = {name for rooms in ROOMS for name in ((rooms,) if isinstance(rooms, str) else rooms)}
LOOSE = {"tuopin.sim", "tuopin.sim.api", "tuopin.sim.cli"}
"""What may stand in `sim` without a room; they see everything."""


def module_of(path: Path) -> str:
    return "tuopin." + ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def sources() -> dict[str, Path]:
    return {module_of(path): path for top in TOP for path in sorted((ROOT / top).rglob("*.py"))}


def imported(tree: ast.AST) -> Iterator[str]:
    """Every name imported anywhere in a file, inside functions too; `from a import b` may mean the module a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "relative imports hide where things live"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def import_graph() -> nx.DiGraph:
    modules = sources()
    graph = nx.DiGraph()
    graph.add_nodes_from(modules)
    for name, path in modules.items():
        for target in imported(ast.parse(path.read_text(encoding="utf-8"))):
            if target in modules and target != name:
                graph.add_edge(name, target)
    return graph


def room(module: str) -> str | None:
    parts = module.split(".")
    name = ".".join(parts[1:3]) if parts[1] == "sim" else parts[1]
    return name if name in ALL_ROOMS else None


def level(name: str) -> int:
    return next(k for k, rooms in enumerate(ROOMS) if name == rooms or (isinstance(rooms, tuple) and name in rooms))


@pytest.fixture(scope="module")
def graph() -> nx.DiGraph:
    found = import_graph()
    assert found.number_of_nodes() > 150 and found.number_of_edges() > 500
    return found


def test_no_import_circle(graph: nx.DiGraph) -> None:
    circles = [sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]
    assert circles == []


def test_every_module_has_a_room(graph: nx.DiGraph) -> None:
    assert {module for module in graph if room(module) is None} == LOOSE


def test_imports_run_one_way(graph: nx.DiGraph) -> None:
    upwards = []
    for one, other in graph.edges:
        here, there = room(one), room(other)
        if here is not None and here != there and (there is None or level(there) >= level(here)):
            upwards.append(f"{one} -> {other}")
    assert upwards == []


def test_nothing_is_imported_by_its_bare_name() -> None:
    bare = [
        f"{path}: {name}"
        for top in (*TOP, "tests", "notebooks", "scenarios", "tuopin")
        for path in (ROOT / top).rglob("*.py")
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.split(".")[0] in ("agents", "policies", "sim", "scenarios")
    ]
    assert bare == []
