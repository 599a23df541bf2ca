"""Whole small studies on the fake county: what is run, recorded, extended, retried; and what the tables hold."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fake_county import fake_plan, value

from tuopin.sim.results.errors import BatchError, DirectoryRefused
from tuopin.sim.results.manifest import command_to_repeat

PLAN = fake_plan()


def test_every_run_is_in_the_tables_in_canonical_order(run: Any, tmp_path: Path) -> None:
    report = run(PLAN)
    assert (report.done, report.failed, report.skipped, report.exit_status) == (12, 0, 0, 0)
    frame = pd.read_parquet(tmp_path / "out" / "indicators.parquet")
    keys = [
        (place, scenario, replicate, year, value(PLAN, place, scenario, replicate, year))
        for place in ("east", "west")
        for scenario in ("none", "b", "a")
        for replicate in (1, 2)
        for year in (2016, 2017, 2018)
    ]
    assert list(frame[["place", "scenario", "replicate", "year", "value"]].itertuples(index=False, name=None)) == keys


def test_manifest_tells_inputs_versions_and_every_run(run: Any, tmp_path: Path) -> None:
    run(PLAN)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["counts"] == {"done": 12, "failed": 0, "pending": 0}
    assert manifest["seed"] == 7 and manifest["identity"] == PLAN.identity
    assert {"tuopin", "python", "numpy", "numba", "mesa"} <= set(manifest["versions"])
    assert manifest["runs"][2] == {"place": "east", "scenario": "b", "replicate": 1, "status": "done"}


def test_what_was_done_is_not_done_again(run: Any, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.mkdir()
    plan = fake_plan(log=str(log))
    run(plan)
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.*")}
    report = run(plan)
    assert (report.done, report.skipped) == (0, 12)
    assert len(list(log.iterdir())) == 12
    assert stamps == {path: path.stat().st_mtime_ns for path in stamps}


def test_extending_equals_running_at_once(run: Any, tmp_path: Path, assert_same: Any) -> None:
    whole, grown = tmp_path / "whole", tmp_path / "grown"
    big = fake_plan(replicates=4)
    run(big, whole, panel=True)
    run(PLAN, grown, scenarios=["b"])
    run(PLAN, grown)
    run(big, grown)
    report = run(big, grown, panel=True)
    assert (report.done, report.skipped) == (24, 0)
    assert_same(whole, grown)


def test_a_directory_with_panels_keeps_them(run: Any, tmp_path: Path, assert_same: Any) -> None:
    run(PLAN, panel=True)
    run(fake_plan(replicates=3))
    run(fake_plan(replicates=3), tmp_path / "whole", panel=True)
    assert_same(tmp_path / "out", tmp_path / "whole")


def test_panel_changes_no_other_table(run: Any, tmp_path: Path) -> None:
    run(PLAN)
    run(PLAN, tmp_path / "with", panel=True)
    for name in ("indicators", "costs", "spells"):
        a, b = (pd.read_parquet(tmp_path / where / f"{name}.parquet") for where in ("out", "with"))
        pd.testing.assert_frame_equal(a, b)


def test_a_policy_no_scenario_knows_enrols_nobody(run: Any, tmp_path: Path) -> None:
    run(PLAN, panel=True)
    panel = pd.read_parquet(tmp_path / "out" / "panel.parquet")
    assert [name for name in panel.columns if name.startswith("in_")] == ["in_a", "in_b"]
    assert not panel.loc[panel["scenario"] != "a", "in_a"].any()
    assert panel.loc[panel["scenario"] == "a", "in_a"].any()


@pytest.mark.parametrize("workers", [2, 3])
def test_number_of_workers_changes_nothing(run: Any, tmp_path: Path, assert_same: Any, workers: int) -> None:
    before = multiprocessing.get_start_method()
    plan = fake_plan(raises=(("b", 1),), replicates=5)
    run(plan, tmp_path / "one", panel=True)
    run(plan, tmp_path / "many", panel=True, workers=workers)
    assert_same(tmp_path / "one", tmp_path / "many")
    assert multiprocessing.get_start_method() == before


def test_one_replicate_is_divided_over_workers(run: Any, tmp_path: Path, assert_same: Any) -> None:
    plan = fake_plan(places=("east",), replicates=1)
    run(plan, tmp_path / "one")
    run(plan, tmp_path / "many", workers=2)
    assert len(list((tmp_path / "many" / "runs").glob("*.zip"))) == 2
    assert_same(tmp_path / "one", tmp_path / "many")


def test_a_failed_scenario_fails_alone_and_is_recorded(run: Any, tmp_path: Path) -> None:
    report = run(fake_plan(raises=(("b", 2),)))
    assert (report.done, report.failed, report.exit_status) == (10, 2, 1)
    failure = report.failures[0]
    assert failure.key == ("east", "b", 2)
    assert failure.error == "ValueError: told to" and failure.traceback == "Traceback: told to\n"
    rows = json.loads((tmp_path / "out" / "manifest.json").read_text())["runs"]
    failed = [row for row in rows if row["status"] == "failed"]
    assert [row["place"] for row in failed] == ["east", "west"]
    assert failed[0]["traceback"] == "Traceback: told to\n" and failed[0]["seed"] == 7
    assert "--only east:b:2" in failed[0]["command"] and "--seed 7" in failed[0]["command"]
    frame = pd.read_parquet(tmp_path / "out" / "indicators.parquet")
    assert frame.groupby(["scenario", "replicate"], observed=True).size().to_dict().get(("b", 2)) is None


def test_what_raises_before_any_scenario_fails_all_of_the_task(run: Any) -> None:
    report = run(fake_plan(refuses=(2,)))
    assert (report.done, report.failed) == (6, 6)
    assert report.failures[0].error == "ValueError: no population for this replicate"
    assert "fake_county.py" in (report.failures[0].traceback or "")


def test_retry_failed_runs_only_those(run: Any, tmp_path: Path, assert_same: Any) -> None:
    run(fake_plan(raises=(("b", 2),)))
    again = run(PLAN)
    assert (again.done, again.failed, again.skipped) == (0, 2, 10)
    retried = run(PLAN, retry_failed=True)
    assert (retried.done, retried.failed, retried.skipped) == (2, 0, 10)
    run(PLAN, tmp_path / "undisturbed")
    assert_same(tmp_path / "out", tmp_path / "undisturbed")


def test_retried_and_failed_again(run: Any) -> None:
    plan = fake_plan(raises=(("b", 2),))
    run(plan)
    report = run(plan, retry_failed=True)
    assert (report.done, report.failed, report.skipped) == (0, 2, 10)


def test_a_failed_scenario_that_was_mended_is_run_again(run: Any) -> None:
    run(fake_plan(raises=(("b", 1), ("b", 2))))
    report = run(fake_plan(changed={"b": "mended"}))
    assert (report.done, report.failed, report.skipped) == (4, 0, 8)


def test_only_runs_one(run: Any, tmp_path: Path) -> None:
    plan = fake_plan(places=("east",))
    report = run(plan, only="b:2")
    assert (report.done, report.skipped) == (1, 0)
    frame = pd.read_parquet(tmp_path / "out" / "indicators.parquet")
    assert set(zip(frame["scenario"], frame["replicate"], strict=True)) == {("b", 2)}
    assert not (tmp_path / "out" / "comparison.csv").exists()
    assert run(PLAN, tmp_path / "two", only="west:a:1").done == 1


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        ({"scenarios": ["nono"]}, "did you mean none?"),
        ({"scenarios": []}, "names nothing; allowed: none, b, a"),
        ({"only": "b"}, "is not SCENARIO:REPLICATE; for example none:1"),
        ({"only": "b:x"}, "is not SCENARIO:REPLICATE"),
        ({"only": "b:3"}, "there is no replicate 3; 1 to 2"),
        ({"only": "c:1"}, "--only: there is no 'c'"),
        ({"only": "north:b:1"}, "allowed: east, west"),
        ({"workers": 0}, "--workers: 0 is not a number of processes"),
        ({"task": "no_such_module:f"}, "cannot be found"),
    ],
)
def test_bad_arguments_create_nothing(run: Any, tmp_path: Path, options: dict[str, Any], phrase: str) -> None:
    with pytest.raises(BatchError, match=".*".join(phrase.split("?")[0:1]).replace(".", r"\.")) as caught:
        run(PLAN, **options)
    assert caught.value.exit_status == 2
    assert not (tmp_path / "out").exists()


def test_other_inputs_are_refused_and_named(run: Any, tmp_path: Path) -> None:
    run(PLAN)
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    with pytest.raises(DirectoryRefused, match="seed: was 7, now 8") as caught:
        run(fake_plan(seed=8))
    assert caught.value.exit_status == 2 and len(caught.value.lines) == 1
    with pytest.raises(DirectoryRefused, match=r"years: was \[2016, 2018\], now \[2016, 2019\]"):
        run(fake_plan(last_year=2019))
    with pytest.raises(DirectoryRefused, match=r"place.north.households: was absent, now 100"):
        run(fake_plan(places=("east", "west", "north")))
    assert before == {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}


def test_a_changed_scenario_is_refused(run: Any) -> None:
    run(PLAN)
    with pytest.raises(DirectoryRefused, match="scenario b was run here with other policies"):
        run(fake_plan(changed={"b": "other"}))


def test_scenarios_that_left_the_study_stay_in_the_tables(run: Any, tmp_path: Path) -> None:
    run(PLAN)
    run(fake_plan(scenarios=("new", "none")))
    frame = pd.read_parquet(tmp_path / "out" / "indicators.parquet")
    assert list(frame["scenario"].astype(str).unique()) == ["new", "none", "a", "b"]


def test_foreign_directory_is_refused_untouched(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.docx").write_text("mine")
    with pytest.raises(DirectoryRefused, match=r"holds other files \(thesis.docx\)"):
        run(PLAN)
    assert [path.name for path in out.iterdir()] == ["thesis.docx"]


def test_a_file_is_not_a_directory(run: Any, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(DirectoryRefused, match="is a file; --out takes a directory"):
        run(PLAN)
    with pytest.raises(DirectoryRefused, match="cannot be written"):
        run(PLAN, tmp_path / "out" / "below")


def test_an_empty_directory_will_do(run: Any, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert run(PLAN).done == 12


def test_a_command_of_its_own_repeats_a_run(run: Any) -> None:
    plan = fake_plan(raises=(("b", 2),), command=("tuopin", "branch", "d"))
    key = run(plan).failures[0].key
    assert command_to_repeat(plan, key).startswith("tuopin branch d --only east:b:2 --out ")


def test_frames_that_break_the_contract_fail_the_run(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import fake_county

    whole = fake_county._frames

    def lacking(*arguments: Any) -> Any:
        frames = whole(*arguments)
        frames["costs"] = frames["costs"].drop_columns(["payer"])
        return frames

    monkeypatch.setattr(fake_county, "_frames", lacking)
    report = run(PLAN)
    assert report.failed == 12
    assert "columns missing ['payer']" in report.failures[0].error
