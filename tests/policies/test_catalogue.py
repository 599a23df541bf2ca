"""Plug-ins: the guide's example, installed by pip from a wheel made here, runs from a study on the command line."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tuopin.policies import catalogue as module
from tuopin.policies.catalogue import catalogue
from tuopin.policies.places.relocation import Relocation
from tuopin.policies.protocol import Policy

ROOT = Path(__file__).parents[2]
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
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n",
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


def test_the_example_is_complete_and_short() -> None:
    files = example()
    assert set(files) == {
        "pyproject.toml",
        "tuopin_training/__init__.py",
        "tuopin_training/parameters.yaml",
        "study.yaml",
    }
    package = [text for name, text in files.items() if name != "study.yaml"]
    assert sum(len(text.rstrip("\n").splitlines()) for text in package) <= 60


@pytest.mark.slow
def test_it_runs_from_a_study(installed: Path) -> None:
    done = tuopin("run", "study.yaml", "--out", "out", "--scale", "0.02", "--workers", "1", "--panel", folder=installed)
    assert done.returncode == 0, done.stderr
    assert "training" in done.stdout
    costs = pd.read_parquet(installed / "out" / "costs.parquet")
    mine = costs[costs["policy"] == "training"]
    assert set(mine["scenario"].astype(str)) == {"training"} and set(mine["year"]) == {2017, 2018}
    # 2% of 6 million a year, 2,400 a household and what leaks on top
    assert (mine.groupby(["replicate", "year"])["yuan"].sum() <= 120_000).all()
    county = mine[mine["payer"] == "county"]
    assert (
        len(county) == 4 and (county["yuan"] == 2400 * county["households"]).all() and (county["households"] > 20).all()
    )
    panel = pd.read_parquet(installed / "out" / "panel.parquet")
    enrolled = panel[panel["scenario"].astype(str) == "training"].groupby("year")["in_training"].sum()
    assert enrolled[2016] == 0 and enrolled[2018] > enrolled[2017] > 0
    incomes = panel.groupby(["scenario", "year"], observed=True)["market_income_per_person"].mean()
    assert incomes["training", 2020] != incomes["allowance", 2020]


@pytest.mark.slow
def test_it_is_listed_checked_and_explained(installed: Path) -> None:
    assert "training" in tuopin("list", "policies", folder=installed).stdout
    assert "entry_gain" in tuopin("explain", "study.yaml", folder=installed).stdout
    wrong = (installed / "study.yaml").read_text("utf-8").replace("support_after_exit_months: 12", "entry_gain: -1")
    (installed / "wrong.yaml").write_text(wrong, encoding="utf-8")
    refused = tuopin("check", "wrong.yaml", folder=installed)
    assert refused.returncode != 0 and "entry_gain" in refused.stderr and "Traceback" not in refused.stderr


def test_without_the_package_its_study_is_refused_in_one_line(installed: Path) -> None:
    refused = tuopin("check", "study.yaml", folder=installed, plugged=False)
    assert refused.returncode != 0 and "training" in refused.stderr and "Traceback" not in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


# --- what the catalogue refuses --------------------------------------------------------------------------------------


class _Point:
    """An installed entry point, as `importlib.metadata` would give it."""

    def __init__(self, value: str, loaded: Any) -> None:
        self.value, self._loaded = value, loaded

    def load(self) -> Any:
        return self._loaded


class _Impostor(Relocation):
    pass


@pytest.mark.parametrize(
    ("loaded", "complaint"),
    [
        (_Impostor, "other:X: the policy name 'relocation' is already taken"),
        (object, "other:X: a policy must be a subclass"),
        ("text", "other:X: a policy must be a subclass"),
    ],
)
def test_a_foreign_or_clashing_policy_is_refused(monkeypatch: pytest.MonkeyPatch, loaded: Any, complaint: str) -> None:
    monkeypatch.setattr(module, "entry_points", lambda group: [_Point("other:X", loaded)])
    with pytest.raises(ValueError, match=complaint):
        catalogue.__wrapped__()


def test_the_shipped_policies_are_there_in_order_of_names() -> None:
    found = catalogue()
    assert list(found) == sorted(found)
    assert {"cooperative", "health_insurance", "low_income_support", "relocation"} <= set(found)
    for name, policy in found.items():
        assert issubclass(policy, Policy) and policy.name == name and policy.label and policy.label_zh


def test_no_two_policies_write_the_same_column() -> None:
    written = [column for policy in catalogue().values() for column in policy.writes]
    assert len(set(written)) == len(written)
