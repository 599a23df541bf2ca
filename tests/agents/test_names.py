"""A column or flow misspelt or renamed is an error of the type checker, before anything runs."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tuopin.agents.columns import COLUMNS
from tuopin.agents.flows import FLOWS

ROOT = Path(__file__).parents[2]
PROBE = """
from tuopin.agents.county import County


def probe(county: County) -> None:
    households, flows = county.households, county.flows
    households.{column}[:] = households.column("relocation_since") > 0
    flows.{term} += 2.0 * flows.net_income
"""


def mypy(tmp_path: Path, **names: str) -> tuple[int, str]:
    tmp_path.mkdir()
    probe = tmp_path / "probe.py"
    probe.write_text(PROBE.format(**names), encoding="utf-8")
    links = tmp_path / "types" / "tuopin"
    links.mkdir(parents=True)
    for name in ("__init__.py", "py.typed"):
        (links / name).symlink_to(ROOT / "tuopin" / name)
    (links / "agents").symlink_to(ROOT / "agents")
    (tmp_path / "mypy.ini").write_text(
        f"[mypy]\nstrict = true\nmypy_path = {tmp_path / 'types'}\nignore_missing_imports = true\n"
        "follow_imports = silent\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "probe.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.slow
def test_misspelt_names_fail_the_type_check_and_right_ones_pass(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    code, said = mypy(tmp_path / "right", column="care_forgone", term="wage_term")
    assert code == 0, said
    code, said = mypy(tmp_path / "wrong", column="care_forgon", term="wage_trem")
    assert code == 1
    assert '"Households" has no attribute "care_forgon"' in said
    assert '"Flows" has no attribute "wage_trem"' in said
    assert said.count("error:") == 2, said


ROOMS = ("agents", "policies", "sim")
TABLES = ("agents/columns.py", "agents/flows.py")
OWN_NAMES = ("sim/measures/", "sim/results/")
"""Measures take arrays from any table, and result files have columns of their own: what they call them is theirs."""
OTHERS = {
    "agents/composition.py": {"health"},
    "agents/county.py": {"hazard", "remoteness", "uid"},
    "agents/firm_life.py": {"members", "uid"},
    "agents/firms.py": {"members", "uid"},
    "agents/institutions.py": {"firm", "members", "remoteness", "site", "uid", "zone"},
    "agents/mechanisms.py": {"motivation"},
    "agents/place.py": {"remoteness"},
    "agents/shocks.py": {"hazard"},
    "agents/village_traits.py": {"remoteness", "uid"},
    "policies/cycle.py": {"uid"},
    "policies/finding/monitoring/causes.py": {"cause"},
    "policies/finding/monitoring/listing.py": {"cause"},
    "policies/finding/monitoring/packages.py": {"cause"},
    "policies/guard.py": {"uid"},
    "policies/hours.py": {"uid", "village"},
    "policies/livelihood/cooperative/firms.py": {"members", "uid"},
    "policies/observed_need.py": {"uid", "village"},
    "policies/protocol.py": {"remoteness", "uid"},
    "policies/staff/cadre_support/rules.py": {"remoteness"},
    "policies/places/relocation/sites.py": {"remoteness", "zone"},
    "sim/calibration/dynamics.py": {"hazard"},
    "sim/calibration/targets.py": {"consumption"},
    "sim/calibration/switches.py": {"motivation"},
    "sim/figures/groups.py": {"start_decile"},
}
"""Names that other things in a file have too: villages, firms and sites, units of a programme, causes of risk,
mechanisms, groups of parameters and of households."""
EVERYWHERE = {"line"}
"""The poverty line, an industry line and the line of a file."""


def uses(tree: ast.AST) -> Iterator[str]:
    """Every name that a source uses as an attribute, as a field of a record or as text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.ClassDef):
            fields = (x.target for x in node.body if isinstance(x, ast.AnnAssign))
            yield from (target.id for target in fields if isinstance(target, ast.Name))


def texts(tree: ast.AST, line: int) -> Iterator[str]:
    """The texts of the plain statement that stands on a line: mypy names its place, not always the text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno <= line <= (node.end_lineno or 0):
            yield from (x.value for x in ast.walk(node) if isinstance(x, ast.Constant) and isinstance(x.value, str))


def renamed_copy(tmp_path: Path) -> None:
    """A copy of the program whose two tables, and nothing else, call every array by another name."""
    for room in (*ROOMS, "tuopin", "scenarios", ".ci"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "*.yaml", "*.csv"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for table in TABLES:
        text = (tmp_path / table).read_text(encoding="utf-8")
        text = re.sub(r"^    (\w+)(?=: \w+ = (?:column|term|quantity)\()", r"    \1_new", text, flags=re.MULTILINE)
        (tmp_path / table).write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_a_column_or_flow_renamed_is_named_in_every_file_that_uses_it(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    renamed_copy(tmp_path)
    subprocess.run(["bash", ".ci/link-types"], cwd=tmp_path, check=True)
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=tmp_path, capture_output=True, text=True, check=False)
    paths = {str(p.relative_to(ROOT)): p for room in ROOMS for p in (ROOT / room).rglob("*.py")}
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    found: set[tuple[str, str]] = set()
    for where, line, error in re.findall(r"^build/types/tuopin/(\S+):(\d+): error: (.*)$", done.stdout, re.MULTILINE):
        found |= {(where, name) for name in re.findall(r"\w+", error)}
        found |= {(where, name) for name in texts(trees[where], int(line))}
        if record := re.match(r'"tuopin\.([\w.]+)\.\w+\.(\w+)" is no column', error):  # the file of the record
            found.add((record[1].replace(".", "/") + ".py", record[2]))
    used = {
        (path, name) for path, tree in trees.items() for name in ({*COLUMNS, *FLOWS} - EVERYWHERE) & set(uses(tree))
    }
    theirs = {(path, name) for path, name in used if name in OTHERS.get(path, ()) or path.startswith(OWN_NAMES)}
    missed = {use for use in used - found - theirs if use[0] not in TABLES}
    assert not missed, "\n".join(f"{path}: {name}" for path, name in sorted(missed))
    assert len(used & found) > 300
