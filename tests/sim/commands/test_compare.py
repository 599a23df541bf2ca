"""`tuopin compare`: paired differences and the replicates they need, from the files of a real run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tuopin import Results, Study, simulate
from tuopin.sim.cli import status_of

STUDY = Path(__file__).parents[3] / "scenarios" / "lushi.yaml"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("compare") / "out"
    study = Study.load(STUDY, overrides={"years": "2016-2018"})
    simulate(study, out, scale=0.02, replicates=4, scenarios=["none", "low_income_support"])
    return out


def test_differences_as_json(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["compare", str(directory), "--indicator", "poverty_gap", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    (whole,) = rows
    assert (whole["year"], whole["group"], whole["view"]) == ("all", "all", "true")
    assert whole["scenario"] == "low_income_support" and whole["high"] < 0 and whole["replicates"] == 4


def test_replicates_needed_follow_from_the_spread_of_paired_differences(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["compare", str(directory), "--indicator", "poverty_gap", "--precision", "0.05", "--format", "json"]
    assert status_of(command) == 0
    row = json.loads(capsys.readouterr().out)[0]
    frame = Results.open(directory).indicators
    frame = frame[
        (frame.indicator == "poverty_gap") & (frame.group == "all") & (frame.view == "true") & (frame.year > 2016)
    ]
    means = frame.groupby(["replicate", "scenario"], observed=True).value.mean().unstack("scenario")
    difference = means["low_income_support"] - means["none"]
    assert row["mean_difference"] == pytest.approx(difference.mean())
    assert row["standard_deviation"] == pytest.approx(difference.std(ddof=1))
    unpaired = means["low_income_support"].var(ddof=1) + means["none"].var(ddof=1)
    assert row["variance_reduction"] == pytest.approx(unpaired / difference.var(ddof=1))
    # one replicate fewer than needed would not do: the half-width shrinks with the root of their number
    assert 1.96 * difference.std(ddof=1) / row["replicates_needed"] ** 0.5 <= 0.05 * abs(difference.mean())


def test_an_unknown_indicator_is_told_with_its_nearest_name(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(["compare", str(directory), "--indicator", "headcount", "--precision", "0.1"]) == 2
    assert "did you mean headcount_ratio?" in capsys.readouterr().err


def test_an_indicator_of_one_programme_alone_is_told_where_it_is(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # the baseline has no programme whose coverage there could be
    assert status_of(["compare", str(directory), "--indicator", "coverage"]) == 2
    said = capsys.readouterr().err
    assert "'coverage' is not compared: no scenario has it together with the baseline" in said
    assert "headcount_ratio" in said and said.count("\n") == 1


def lines_of(capsys: pytest.CaptureFixture[str], *command: str) -> list[str]:
    assert status_of(["compare", *command]) == 0
    return capsys.readouterr().out.splitlines()


def test_the_default_table_is_short(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of(capsys, str(directory), "--indicator", "headcount_ratio")
    assert len(lines) <= 6 and max(map(len, lines)) <= 120
    assert "year: all" in " ".join(lines) and "view: true" in " ".join(lines)
    assert lines[-1].startswith("low_income_support")
    own = lines_of(capsys, str(directory), "--format", "csv", "--indicator", "registered_persons")
    assert len(own) == 2 and ",registry,all,all," in own[1]
    every = lines_of(capsys, str(directory))
    assert max(map(len, every)) <= 120


def test_filters(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = [str(directory), "--indicator", "headcount_ratio", "--format", "json"]
    every = json.loads("".join(lines_of(capsys, *base, "--group", "each", "--view", "each", "--year", "each")))
    for option, value in (("group", "remote=yes"), ("view", "survey"), ("year", "2018")):
        chosen = {"group": "all", "view": "true", "year": "all", option: value}
        rows = json.loads("".join(lines_of(capsys, *base, f"--{option}", value)))
        assert rows and rows == [row for row in every if all(row[key] == want for key, want in chosen.items())]


@pytest.mark.parametrize(("option", "wrong", "near"), [("group", "remot=yes", "remote=yes"), ("year", "2035", "2018")])
def test_a_filter_that_leaves_nothing_is_told(
    directory: Path, capsys: pytest.CaptureFixture[str], option: str, wrong: str, near: str
) -> None:
    assert status_of(["compare", str(directory), "--indicator", "headcount_ratio", f"--{option}", wrong]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"command line:1: --{option}: there is no {option} '{wrong}' in this comparison")
    assert near in said and "each" in said
