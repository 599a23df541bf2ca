"""``tuopin branch`` on a small county: equal to the unbroken run with and without saved states, and every refusal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tuopin.sim.cli import status_of

PACKAGE = "{relocation: {budget: {2017: 2.0e7, 2018: 1.0e7, 2019: 1.0e7}}, cooperative: {side_selling: 0.3}}"
STUDY = f"""\
name: small
place: small
years: 2016-2020
replicates: 2
baseline: none
scenarios:
  none: {{}}
  both: {PACKAGE}
"""
UNCHANGED = f"scenarios:\n  none: {{}}\n  both: {PACKAGE}\n"
NEXT = """\
continues: both
baseline: stop
scenarios:
  stop: {}
  allowance: {low_income_support: {}, relocation: {budget: 1.0e7}}
"""
TABLES = ("indicators", "costs", "spells")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, write_small_study: Callable[[Path, str], None]) -> Path:
    """A study of a county of some 900 households, run to ``plain``, and with states of 2018 to ``kept``."""
    folder = tmp_path_factory.mktemp("branch")
    write_small_study(folder, STUDY)
    (folder / "unchanged.yaml").write_text(UNCHANGED)
    (folder / "next.yaml").write_text(NEXT)
    assert run(folder, "plain") == 0
    assert run(folder, "kept", "--save-state", "2018") == 0
    return folder


@pytest.fixture(autouse=True)
def few_figures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take longer than everything else; one test draws them."""
    if "unbroken" not in request.node.name:
        monkeypatch.setattr("tuopin.sim.figures.files.draw_all", lambda results: [])


def run(folder: Path, out: str, *options: str) -> int:
    return status_of(
        ["run", str(folder / "small" / "study.yaml"), "--out", str(folder / out), "--workers", "1", *options]
    )


def branch(folder: Path, source: str, file: str, out: Path, *options: str, year: int = 2018) -> int:
    return status_of(
        [
            "branch",
            str(folder / source),
            "--from-year",
            str(year),
            "--scenarios",
            str(folder / file),
            "--out",
            str(out),
            "--workers",
            "1",
            *options,
        ]
    )


def frame(directory: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(directory / f"{table}.parquet")


def assert_equal(one: Path, other: Path) -> None:
    for table in TABLES:
        pd.testing.assert_frame_equal(frame(one, table), frame(other, table), check_exact=True, obj=table)
    assert (one / "comparison.csv").read_bytes() == (other / "comparison.csv").read_bytes()


def test_keeping_states_changes_no_figure(folder: Path) -> None:
    assert_equal(folder / "plain", folder / "kept")
    manifest = json.loads((folder / "kept" / "manifest.json").read_text())
    assert {tuple(row["states"]) for row in manifest["runs"]} == {(2018,)}


@pytest.mark.parametrize(
    ("source", "said"), [("plain", "there is no saved state of 2018"), ("kept", "from 4 saved states of 2018")]
)
def test_unchanged_policies_give_the_unbroken_run(
    source: str, said: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert branch(folder, source, "unchanged.yaml", tmp_path / "out") == 0
    printed = capsys.readouterr().out
    assert said in printed and "both continues both" in printed and "Simulated, given these assumptions" in printed
    assert_equal(folder / "plain", tmp_path / "out")
    assert any((tmp_path / "out" / "figures").glob("*.svg"))


def test_two_workers_from_the_first_year_of_a_whole_study(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(folder / "small" / "study.yaml", folder / "whole.yaml")
    assert branch(folder, "plain", "whole.yaml", tmp_path / "out", "--workers", "2", year=2016) == 0
    assert "name, place, years, replicates: not read" in capsys.readouterr().out
    assert_equal(folder / "plain", tmp_path / "out")


def test_other_policies_share_the_past_and_only_that(folder: Path, tmp_path: Path) -> None:
    assert branch(folder, "kept", "next.yaml", tmp_path / "out") == 0
    costs, indicators = frame(tmp_path / "out", "costs"), frame(tmp_path / "out", "indicators")
    before = frame(folder / "plain", "indicators").query("year <= 2018 and scenario == 'both'")["value"].tolist()
    for name in ("stop", "allowance"):
        values = indicators.query(f"year <= 2018 and scenario == '{name}'")["value"].tolist()
        assert len(values) == len(before)
        assert values == pytest.approx(before, rel=0, abs=0, nan_ok=True)
    later = costs[costs["year"] > 2018].groupby("scenario", observed=True)["policy"].agg(lambda policies: set(policies))
    assert "low_income_support" in later["allowance"] and "low_income_support" not in later["stop"]
    assert "relocation" in set(costs.query("scenario == 'stop' and year <= 2018")["policy"])
    assert not {"relocation", "cooperative"} & later["stop"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["baseline"] == "stop" and manifest["study"] == "small-from-2018"
    assert manifest["inputs"]["branch"]["from_year"] == 2018
    source = json.loads((folder / "kept" / "manifest.json").read_text())["identity"]
    assert manifest["inputs"]["branch"]["of"] == source
    past = manifest["continues"]["stop"]
    assert (past["study"], past["scenario"], past["from_year"]) == ("small", "both", 2018)
    assert status_of(["compare", str(tmp_path / "out"), "--indicator", "headcount_ratio"]) == 0


def test_it_goes_on_after_an_interruption_and_with_panels(folder: Path, tmp_path: Path) -> None:
    assert branch(folder, "kept", "next.yaml", tmp_path / "out", "--only", "stop:2") == 0
    assert branch(folder, "kept", "next.yaml", tmp_path / "out") == 0
    assert branch(folder, "plain", "next.yaml", tmp_path / "whole", "--panel") == 0
    for table in TABLES:
        one, other = frame(tmp_path / "out", table), frame(tmp_path / "whole", table)
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    panel = frame(tmp_path / "whole", "panel")
    enrolled = panel.groupby(["scenario", "year"], observed=True)[["in_relocation", "in_low_income_support"]].sum()
    assert enrolled.loc[("stop", 2018), "in_relocation"] > 0 == enrolled.loc[("stop", 2019), "in_relocation"]
    assert enrolled.loc[("allowance", 2018), "in_low_income_support"] == 0
    assert enrolled.loc[("allowance", 2019), "in_low_income_support"] > 0


def test_a_branch_of_a_branch(folder: Path, tmp_path: Path) -> None:
    assert branch(folder, "kept", "next.yaml", tmp_path / "once") == 0
    (folder / "again.yaml").write_text(NEXT.replace("continues: both\n", ""))
    assert branch(tmp_path, "once", str(folder / "again.yaml"), tmp_path / "twice", year=2019) == 0
    assert_equal(tmp_path / "once", tmp_path / "twice")
    assert branch(tmp_path, "once", str(folder / "unchanged.yaml"), tmp_path / "back", year=2017) == 0
    one, other = (frame(path, "costs").query("scenario == 'none'") for path in (folder / "plain", tmp_path / "back"))
    assert set(other["policy"]) > set(one["policy"])  # here none continues stop, that is both, to 2017


def test_states_are_kept_later_and_a_damaged_one_is_not_read(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder / "plain", tmp_path / "later")
    study = ["run", str(folder / "small" / "study.yaml"), "--out", str(tmp_path / "later"), "--workers", "1"]
    assert status_of([*study, "--save-state", "2017"]) == 0
    assert status_of([*study, "--save-state", "2017"]) == 0
    assert "0 runs done, 4 done before" in capsys.readouterr().out
    assert_equal(folder / "plain", tmp_path / "later")
    damaged = tmp_path / "later" / "runs" / "small-r00002-p01.zip"
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    assert branch(tmp_path, "later", str(folder / "unchanged.yaml"), tmp_path / "out", year=2017) == 0
    said = capsys.readouterr()
    assert f"{damaged}: is missing or damaged; its years to 2017 are simulated again" in said.err
    assert "only 2 of 4 runs have a saved state of 2017" in said.out
    assert_equal(folder / "plain", tmp_path / "out")


def test_a_state_gone_on_the_way_is_lived_again(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuopin.sim.branching import source

    shutil.copytree(folder / "kept", tmp_path / "kept")
    monkeypatch.setattr(source, "_fault", lambda *_: None)
    for path in (tmp_path / "kept" / "runs").glob("*.zip"):
        path.write_bytes(path.read_bytes()[:1000])
    assert branch(tmp_path, "kept", str(folder / "unchanged.yaml"), tmp_path / "out") == 0
    assert_equal(folder / "plain", tmp_path / "out")


def altered(folder: Path, tmp_path: Path, old: str, new: str) -> str:
    """A copy of the result whose manifest says something else."""
    shutil.copytree(folder / "plain", tmp_path / "copy")
    text = (tmp_path / "copy" / "manifest.json").read_text()
    assert old in text
    (tmp_path / "copy" / "manifest.json").write_text(text.replace(old, new))
    return str(tmp_path / "copy")


@pytest.mark.parametrize(
    ("source", "file", "year", "start"),
    [
        ("nowhere", "next.yaml", 2018, "nowhere:1: (directory): there is no such directory"),
        ("small", "next.yaml", 2018, "small:1: (directory): holds no readable manifest.json"),
        ("plain", "nowhere.yaml", 2018, "nowhere.yaml:1: (whole file): does not exist"),
        ("plain", "next.yaml", 2015, "command line:1: --from-year: is 2015; allowed: a year from 2016 to 2019"),
        ("plain", "next.yaml", 2020, "command line:1: --from-year: is 2020; allowed: a year from 2016 to 2019"),
    ],
)
def test_bad_input_is_one_line_and_creates_nothing(
    source: str, file: str, year: int, start: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert branch(folder, source, file, tmp_path / "out", year=year) == 2
    error = capsys.readouterr().err
    assert error.removeprefix(f"{folder}/").startswith(start) and error.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"tuopin": "0.1.0"', '"tuopin": "0.0.9"', "Tuopin 0.0.9 there, 0.1.0 here"),
        ('"policies"', '"other"', "does not say how to go on"),
        (
            '"asset_trap": "none"',
            '"asset_trap": "concave"',
            "inputs do not have the checksum beside",
        ),
        ('"identity": "', '"identity": "0', "its inputs are not those of its identity"),
        ('"side_selling": 0.3', '"side_selling": 0.4', "scenario both have other numbers"),
        ('"years": [', '"years": [2010,', "years is [2010, 2016, 2020]"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    old: str, new: str, words: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = altered(folder, tmp_path, old, new)
    assert branch(tmp_path, "copy", str(folder / "next.yaml"), tmp_path / "out") == 2
    error = capsys.readouterr().err
    by_hand = "remove the file" in error  # the door of all results sees by itself that somebody has changed it
    where = f"{source}/manifest.json" if by_hand else source
    assert words in error and error.startswith(f"{where}:1: ") and error.count("\n") == 1


def test_the_source_is_not_written(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in (folder / "plain").rglob("*") if path.is_file()}
    for inside in ("", "runs", "deep/down", "../plain"):
        assert branch(folder, "plain", "next.yaml", folder / "plain" / inside) == 2
        assert "--out: " in (said := capsys.readouterr().err) and "is inside the result it continues" in said
    assert branch(folder, "plain", "next.yaml", tmp_path / "out") == 0
    assert {path: path.read_bytes() for path in (folder / "plain").rglob("*") if path.is_file()} == before


def test_a_state_of_no_year_is_refused(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for year in ("2015", "2020"):
        assert (
            status_of(["run", str(folder / "small" / "study.yaml"), "--out", str(tmp_path / "x"), "--save-state", year])
            == 2
        )
        assert capsys.readouterr().err.startswith(
            f"command line:1: --save-state: is {year}; allowed: a year from 2016 to 2019"
        )
    assert not (tmp_path / "x").exists()


def test_numbers_of_its_own_are_kept_and_may_change_in_a_branch(folder: Path, tmp_path: Path) -> None:
    """A scenario with its own numbers branches into itself, with them, and without; so does a branch of that branch."""
    with_own = STUDY.replace(PACKAGE, "{parameters: {registry.exit_margin: 1.6}}").replace(
        "replicates: 2", "replicates: 1"
    )
    source = tmp_path / "source"
    (tmp_path / "s").mkdir()
    shutil.copytree(folder / "small" / "places", tmp_path / "s" / "places")
    (tmp_path / "s" / "study.yaml").write_text(with_own + "groups: [start_band]\n")
    command = ["run", str(tmp_path / "s" / "study.yaml"), "--out", str(source), "--workers", "1"]
    assert status_of([*command, "--save-state", "2018"]) == 0
    manifest = json.loads((source / "manifest.json").read_text())
    assert manifest["scenario_parameters"] == {"both": {"registry.exit_margin": 1.6}}
    (tmp_path / "next.yaml").write_text(
        "baseline: kept\ncontinues: both\nscenarios:\n  kept: {parameters: {registry.exit_margin: 1.6}}\n  ended: {}\n"
    )
    frames = {}
    for name, of, year in (("saved", source, 2018), ("again", source, 2017), ("twice", tmp_path / "saved", 2019)):
        if name == "twice":
            (tmp_path / "next.yaml").write_text("continues: kept\nscenarios: {ended: {}}\n")
        options = ["--from-year", str(year), "--scenarios", str(tmp_path / "next.yaml"), "--workers", "1"]
        assert status_of(["branch", str(of), "--out", str(tmp_path / name), *options]) == 0
        frames[name] = frame(tmp_path / name, "indicators")
    unbroken = frame(source, "indicators").query("scenario == 'both'")["value"].reset_index(drop=True)
    for name in ("saved", "again"):
        kept = frames[name].query("scenario == 'kept'")["value"].reset_index(drop=True)
        pd.testing.assert_series_equal(kept, unbroken, check_exact=True)
    ends = {name: rows.query("scenario == 'ended'").reset_index(drop=True) for name, rows in frames.items()}
    common = ends["saved"]["year"] <= 2018
    assert ends["saved"][common]["value"].tolist() == pytest.approx(
        unbroken[common].tolist(), nan_ok=True, rel=0, abs=0
    )
    assert not ends["saved"]["value"].equals(unbroken) and not ends["again"]["value"].equals(ends["saved"]["value"])
    until_2019 = ends["twice"]["year"] <= 2019
    assert ends["twice"][until_2019]["value"].equals(unbroken[until_2019])
    continues = json.loads((tmp_path / "twice" / "manifest.json").read_text())["continues"]["ended"]["earlier"]
    assert [stage["parameters"] for stage in continues] == [{"registry.exit_margin": 1.6}] * len(continues)
