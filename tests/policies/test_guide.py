"""The guide's example of a plug-in: sound to ruff and mypy, installed by pip from a wheel, run from a study."""

from __future__ import annotations

import base64
import hashlib
import importlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tuopin.agents.county import County
from tuopin.agents.flows import COUNTY_TERMS, LINE_TERMS, TERMS, VILLAGE_TERMS

ROOT = Path(__file__).parents[2]
FURTHER = ("posts", "loans", "watch", "road")
"""Modules of the guide's package beside the first, each with its numbers; `test_guide_policies.py` runs them."""
GUIDE = ROOT / "docs" / "plugin.md"


def example() -> dict[str, str]:
    """The guide's fenced blocks by the file name in their first line."""
    blocks = re.findall(r"^```\w+\n# (\S+)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return dict(blocks)


def wheel_of(files: dict[str, str], folder: Path) -> Path:
    """Write the example as a wheel, as its build backend would: modules, data and the entry points of its pyproject."""
    project = tomllib.loads(files["pyproject.toml"])["project"]
    stem = f"{project['name'].replace('-', '_')}-{project['version']}"
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in entries.items())
        for group, entries in project["entry-points"].items()
    )
    content = {name: text for name, text in files.items() if "/" in name} | {
        f"{stem}.dist-info/METADATA": "Metadata-Version: 2.1\n"
        f"Name: {project['name']}\nVersion: {project['version']}\n",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{stem}.dist-info/entry_points.txt": points,
    }
    record = "".join(f"{name},sha256={_digest(text)},{len(text.encode())}\n" for name, text in content.items())
    content[f"{stem}.dist-info/RECORD"] = record + f"{stem}.dist-info/RECORD,,\n"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed the example."""
    folder = tmp_path_factory.mktemp("plugin")
    wheel = wheel_of(example(), folder)
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(folder / "site"),
    ]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True, text=True)
    (folder / "study.yaml").write_text(example()["study.yaml"], encoding="utf-8")
    return folder


def tuopin(*arguments: str, folder: Path, plugged: bool = True) -> subprocess.CompletedProcess[str]:
    path = [str(ROOT), *([str(folder / "site")] if plugged else [])]
    return subprocess.run(
        [sys.executable, "-m", "tuopin", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
    )


def test_the_guide_lists_every_term_as_it_is() -> None:
    def row(prefix: str, of: str, name: str, neutral: float, unit: str, meaning: str) -> str:
        return f"| `{prefix}{name}` | {of} | {neutral:g} | {unit} | {meaning} |"

    early = {name: "; written before the shocks" if flow.early else "" for name, flow in TERMS.items()}
    rows = [
        row("flows.", "household", n, float(f.neutral or 0.0), f.unit, f.meaning + early[n]) for n, f in TERMS.items()
    ]
    for prefix, of, terms in (("villages.", "village", VILLAGE_TERMS), ("markets.", "line", LINE_TERMS)):
        rows += [row(prefix, of, name, t.neutral, t.unit, t.meaning) for name, t in terms.items()]
    rows += [row("", "county", name, t.neutral, t.unit, t.meaning) for name, t in COUNTY_TERMS.items()]
    section = GUIDE.read_text("utf-8").split("## The year's terms")[1].split("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == rows


def test_the_example_is_complete_and_short() -> None:
    files = example()
    assert set(files) == {
        "pyproject.toml",
        "tuopin_apprenticeship/__init__.py",
        "tuopin_apprenticeship/parameters.yaml",
        "tuopin_apprenticeship/courses.py",
        *(f"tuopin_apprenticeship/{name}.{kind}" for name in FURTHER for kind in ("py", "yaml")),
        "tuopin_apprenticeship/variants.yaml",
        "tests/test_apprenticeship.py",
        "study.yaml",
    }
    first = ("pyproject.toml", "tuopin_apprenticeship/__init__.py", "tuopin_apprenticeship/parameters.yaml")
    package = [files[name] for name in first]
    assert sum(len(text.rstrip("\n").splitlines()) for text in package) <= 60


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with the example as its author has it."""
    for name, text in example().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def lint(*command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a linter in a folder under the settings of this project; skip where it is not installed."""
    pytest.importorskip(command[0])
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("command", [("check",), ("format", "--check")], ids=["lint", "format"])
def test_ruff_finds_nothing_in_it(written: Path, command: tuple[str, ...]) -> None:
    settings = ("--no-cache", "--config", str(ROOT / "pyproject.toml"))
    done = lint("ruff", *command, *settings, "tuopin_apprenticeship", folder=written)
    assert done.returncode == 0, done.stdout + done.stderr
    odd = written / "tuopin_apprenticeship" / "odd.py"
    odd.write_text("import os,sys\n", encoding="utf-8")
    assert lint("ruff", *command, *settings, "tuopin_apprenticeship", folder=written).returncode == 1


@pytest.mark.slow
def test_mypy_finds_nothing_in_it_but_a_misspelt_column(
    written: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tuopin_types = tmp_path_factory.mktemp("types") / "tuopin"  # the names as they are installed
    tuopin_types.mkdir()
    for name in ("__init__.py", "py.typed", "testing.py"):
        (tuopin_types / name).symlink_to(ROOT / "tuopin" / name)
    for room in ("agents", "policies", "scenarios", "sim"):
        (tuopin_types / room).symlink_to(ROOT / room)
    settings = ("--config-file", str(ROOT / "pyproject.toml"), "--follow-imports", "silent", "--cache-dir", "cache")
    command = ("mypy", *settings, "-p", "tuopin_apprenticeship")
    done = lint(*command, folder=written, MYPYPATH=os.pathsep.join((str(written), str(tuopin_types.parent))))
    assert done.returncode == 0, done.stdout + done.stderr
    courses = written / "tuopin_apprenticeship" / "courses.py"
    courses.write_text(courses.read_text("utf-8").replace(".taken[rows]", ".takne[rows]"), encoding="utf-8")
    done = lint(*command, folder=written, MYPYPATH=os.pathsep.join((str(written), str(tuopin_types.parent))))
    assert done.returncode == 1 and '"CourseColumns" has no attribute "takne"' in done.stdout, done.stdout


def test_its_columns_are_those_of_its_view(installed: Path, by_hand: Callable[..., County]) -> None:
    sys.path.insert(0, str(installed / "site"))
    try:
        courses = importlib.import_module("tuopin_apprenticeship.courses").Courses({})
    finally:
        sys.path.remove(str(installed / "site"))
        for name in ("tuopin_apprenticeship", "tuopin_apprenticeship.courses"):
            sys.modules.pop(name, None)
    county = by_hand(3, policies=(courses,))
    courses.enrol(county, np.array([0, 2]), np.array([0, 0]))
    assert county.households.column("courses_taken").tolist() == [1, 0, 1]
    assert [column.name for column in courses.columns()] == ["courses_since", "courses_served", "courses_taken"]


@pytest.mark.slow
def test_it_runs_from_a_study(installed: Path) -> None:
    done = tuopin("run", "study.yaml", "--out", "out", "--scale", "0.02", "--workers", "1", "--panel", folder=installed)
    assert done.returncode == 0, done.stderr
    assert "apprenticeship" in done.stdout
    costs = pd.read_parquet(installed / "out" / "costs.parquet")
    mine = costs[costs["policy"] == "apprenticeship"]
    assert set(mine["scenario"].astype(str)) == {"apprenticeship"} and set(mine["year"]) == {2017, 2018}
    # 2% of 6 million a year, 2,400 a household and what leaks on top
    assert (mine.groupby(["replicate", "year"])["yuan"].sum() <= 120_000).all()
    county = mine[mine["payer"] == "county"]
    assert (
        len(county) == 4 and (county["yuan"] == 2400 * county["households"]).all() and (county["households"] > 20).all()
    )
    panel = pd.read_parquet(installed / "out" / "panel.parquet")
    enrolled = panel[panel["scenario"].astype(str) == "apprenticeship"].groupby("year")["in_apprenticeship"].sum()
    assert enrolled[2016] == 0 and enrolled[2018] > enrolled[2017] > 0
    incomes = panel.groupby(["scenario", "year"], observed=True)["market_income_per_person"].mean()
    assert incomes["apprenticeship", 2020] != incomes["allowance", 2020]


@pytest.mark.slow
def test_it_is_listed_checked_and_explained(installed: Path) -> None:
    assert "apprenticeship" in tuopin("list", "policies", folder=installed).stdout
    assert "entry_gain" in tuopin("explain", "study.yaml", "--all", folder=installed).stdout
    wrong = (installed / "study.yaml").read_text("utf-8").replace("support_after_exit_months: 12", "entry_gain: -1")
    (installed / "wrong.yaml").write_text(wrong, encoding="utf-8")
    refused = tuopin("check", "wrong.yaml", folder=installed)
    assert refused.returncode != 0 and "entry_gain" in refused.stderr and "Traceback" not in refused.stderr


def test_without_the_package_its_study_is_refused_in_one_line(installed: Path) -> None:
    refused = tuopin("check", "study.yaml", folder=installed, plugged=False)
    assert refused.returncode != 0 and "apprenticeship" in refused.stderr and "Traceback" not in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
