"""A small county through the whole command: tables, comparison, figures, messages and statuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tuopin.sim.cli import status_of

STUDY = """\
name: small
place: small
years: 2016-2019
replicates: 2
baseline: none
scenarios:
  none: {}
  relocation: {relocation: {budget: 2.0e7}}
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, write_small_study: Callable[[Path, str], None]) -> Path:
    """A study of a county of some 900 households, and its result in ``out``."""
    folder = tmp_path_factory.mktemp("county")
    write_small_study(folder, STUDY)
    out = folder / "out"
    assert status_of(["run", str(folder / "small" / "study.yaml"), "--out", str(out), "--workers", "1"]) == 0
    return folder


def test_run_writes_the_tables_and_figures(county: Path) -> None:
    written = {file.name for file in (county / "out").iterdir()}
    assert {"manifest.json", "indicators.parquet", "costs.parquet", "spells.parquet", "comparison.csv"} <= written
    assert any((county / "out" / "figures").glob("*.svg"))


def test_same_command_continues_and_prints_the_comparison(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study, out = county / "small" / "study.yaml", county / "out"
    assert status_of(["run", str(study), "--out", str(out), "--workers", "1"]) == 0
    said = capsys.readouterr().out
    assert "Simulated, given these assumptions" in said
    assert "0 runs done, 4 done before, 0 failed" in said
    first_words = [line.split()[0] for line in said.splitlines() if line.strip()]
    assert [word for word in first_words if word in ("none", "relocation")][:2] == ["none", "relocation"]


def test_other_inputs_are_refused_in_one_line(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study, out = county / "small" / "study.yaml", county / "out"
    before = (out / "manifest.json").read_bytes()
    assert status_of(["run", str(study), "--out", str(out), "--seed", "5"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"{out}:1: ") and error.count("\n") == 1 and "seed" in error
    assert (out / "manifest.json").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "start"),
    [
        (["--only", "none"], "command line:1: --only: "),
        (["--only", "none:3"], "command line:1: --only: "),
        (["--scenarios", "none,reloc"], "command line:1: --scenarios: there is no 'reloc' (did you mean 'reloc"),
        (["--scenarios", ","], "command line:1: --scenarios: names nothing"),
        (["--scale", "1.5"], "command line:1: --scale: is 1.5"),
        (["--scale", "nan"], "command line:1: tuopin run: Invalid value for '--scale': 'nan' is not a number"),
        (["--scale", "0.0001"], "command line:1: --scale: "),
        (["--scale", "0.01"], "command line:1: --scale: 0.01 leaves 2.0 registered households in 'small'; allowed: "),
        (["--years", "2017-2019"], "command line:1: --years: begins in 2017, but the place 'small' describes"),
    ],
)
def test_bad_options_create_nothing(
    options: list[str], start: str, county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new"
    assert status_of(["run", str(county / "small" / "study.yaml"), "--out", str(out), *options]) == 2
    error = capsys.readouterr().err
    assert error.startswith(start) and error.count("\n") == 1
    assert not out.exists()


def test_one_run_alone(county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = county / "small" / "study.yaml"
    assert status_of(["run", str(study), "--out", str(tmp_path / "one"), "--only", "relocation:2"]) == 0
    assert "1 runs done, 0 done before, 0 failed" in capsys.readouterr().out
    assert not (tmp_path / "one" / "comparison.csv").exists()


def test_compare(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["compare", str(county / "out"), "--indicator", "headcount_ratio", "--format", "json"]
    assert status_of(command) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {(row["scenario"], row["baseline"], row["indicator"]) for row in rows} == {
        ("relocation", "none", "headcount_ratio")
    }
    assert status_of([*command, "--baseline", "relocation"]) == 0
    swapped = json.loads(capsys.readouterr().out)
    assert {row["scenario"] for row in swapped} == {"none"}
    key = ("view", "group", "year")
    back = {tuple(row[k] for k in key): row["mean_difference"] for row in swapped}
    for row in rows:
        assert back[tuple(row[k] for k in key)] == pytest.approx(-row["mean_difference"], abs=1e-12)


@pytest.mark.parametrize(
    ("options", "words"), [(["--baseline", "relocaton"], "relocaton"), (["--indicator", "headcount"], "headcount")]
)
def test_compare_refuses_unknown_names(
    options: list[str], words: str, county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(["compare", str(county / "out"), *options]) == 2
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1 and "Traceback" not in error


def test_compare_refuses_what_is_no_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["compare", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert str(tmp_path) in error and error.count("\n") == 1
