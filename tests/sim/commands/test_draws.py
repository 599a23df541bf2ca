"""A study that draws its parameters: refusals in the manifest, and its order beside the stated one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tuopin.sim.cli import status_of

STUDY = """name: {name}
place: small
years: 2016-2018
replicates: 2
draw_parameters: {drawn}
baseline: none
scenarios:
  none: {{}}
  health_insurance: {{health_insurance: {{}}}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, write_small_study: Callable[[Path, str], None]) -> Path:
    """Results of the same study with and without drawing."""
    home = tmp_path_factory.mktemp("drawn")
    write_small_study(home, STUDY.format(name="small", drawn="false"))
    for name, drawn in (("stated", "false"), ("drawn", "true")):
        file = home / "small" / f"{name}.yaml"
        file.write_text(STUDY.format(name=name, drawn=drawn))
        assert status_of(["run", str(file), "--out", str(home / name), "--workers", "1"]) == 0
    return home


def test_refused_draws_are_counted_in_the_manifest(folder: Path) -> None:
    table = pd.read_parquet(folder / "drawn" / "draws.parquet").astype({"parameter": str})
    refused = int(table[table["parameter"] == "refused_draws"]["value"].sum())
    manifest = json.loads((folder / "drawn" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["draws"] == {"kept": 2, "refused": refused}
    assert "draws" not in json.loads((folder / "stated" / "manifest.json").read_text(encoding="utf-8"))


def test_the_order_over_draws_stands_beside_the_stated_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["compare", str(folder / "drawn"), "--stated", str(folder / "stated")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("draws: 2 kept")
    assert "order over the draws" in said and "order with the stated values" in said


@pytest.mark.parametrize(("first", "second", "wrong"), [(0, 1, "draws no parameters"), (1, 1, "draws its parameters")])
def test_the_two_results_are_not_mixed_up(
    folder: Path, capsys: pytest.CaptureFixture[str], first: int, second: int, wrong: str
) -> None:
    names = ("stated", "drawn")
    assert status_of(["compare", str(folder / names[first]), "--stated", str(folder / names[second])]) == 2
    assert wrong in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("years: 2016-2018", "years: 2016-2017"), "its years are [2016, 2017], not [2016, 2018]"),
        (("{health_insurance: {}}", "{health_insurance: {slots: 3}}"), "its scenario health_insurance is another"),
        (("  health_insurance:", "  insurance:"), "it has no scenarios in common but the baseline"),
        (("baseline: none", "baseline: none\nmechanisms: {spillovers: false}"), "its mechanisms are others"),
        (
            ("baseline: none", "baseline: none\nparameters: {learning.reversion: 0.3}"),
            "the parameters it sets are others",
        ),
    ],
)
def test_the_stated_order_of_another_study_is_not_set_beside(
    folder: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], wrong: str
) -> None:
    """It was: of two studies that shared the baseline alone the order was called "the same"."""
    file = folder / "small" / "other.yaml"
    file.write_text(STUDY.format(name="other", drawn="false").replace(*change))
    out = folder / f"other-{abs(hash(change))}"
    assert status_of(["run", str(file), "--out", str(out), "--workers", "1", "--replicates", "1"]) == 0
    assert status_of(["compare", str(folder / "drawn"), "--stated", str(out)]) == 2
    assert wrong in " ".join(capsys.readouterr().err.split())


def test_replicates_of_a_drawn_study_are_told_as_draws(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {}
    for name in ("stated", "drawn"):
        assert status_of(["compare", str(folder / name), "--precision", "0.1"]) == 0
        said[name] = capsys.readouterr().out
    assert said["stated"].startswith("Replicates (luck) needed for")
    assert said["drawn"].startswith("Draws (parameters and luck together; quantiles do not shrink) needed for")
