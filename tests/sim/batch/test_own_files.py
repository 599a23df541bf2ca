"""Nothing leads out of a directory, nothing waits for ever, nothing edited by hand is believed or costs a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_county import fake_plan

from tuopin.sim.results.errors import BatchError, DirectoryRefused
from tuopin.sim.results.results import Results

PLAN = fake_plan()
NAMES = [
    "manifest.json",
    "indicators.parquet",
    "costs.parquet",
    "spells.parquet",
    "comparison.csv",
    ".writer.json",
    ".lock",
    "runs/receipts.jsonl",
    "runs/tables.json",
    "figures",
    "figures/east",
]


def _link(path: Path, target: Path) -> None:
    path.symlink_to(target)


def _dangling(path: Path, target: Path) -> None:
    path.symlink_to(target.with_name("nowhere"))


def _fifo(path: Path, target: Path) -> None:
    os.mkfifo(path)


def _device(path: Path, target: Path) -> None:
    path.symlink_to("/dev/zero")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for below in path.iterdir():
            _remove(below)
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("make", [_link, _dangling, _fifo, _device])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_file_of_its_own_is_refused_and_its_target_untouched(
    run: Any, tmp_path: Path, name: str, make: Callable[[Path, Path], None]
) -> None:
    out, target = tmp_path / "out", tmp_path / "precious"
    run(PLAN)
    target.write_text("mine")
    victim = out / name
    victim.parent.mkdir(exist_ok=True)
    _remove(victim)
    make(victim, target)
    before = sorted(path.name for path in out.rglob("*"))
    with pytest.raises(DirectoryRefused, match=r"of its own; .*choose another --out") as caught:
        run(fake_plan(replicates=3))
    assert str(victim) in str(caught.value) and len(caught.value.lines) == 1
    assert target.read_text() == "mine" and not (tmp_path / "nowhere").exists()
    assert before == sorted(path.name for path in out.rglob("*"))


@pytest.mark.parametrize(
    "name", ["manifest.json", "indicators.parquet", "runs/receipts.jsonl", ".writer.json", ".lock"]
)
def test_a_folder_in_place_of_a_file_is_refused(run: Any, tmp_path: Path, name: str) -> None:
    run(PLAN)
    _remove(tmp_path / "out" / name)
    (tmp_path / "out" / name).mkdir()
    with pytest.raises(DirectoryRefused, match="is a directory, not a file of its own"):
        run(PLAN)


@pytest.mark.parametrize("name", ["x" * 300, "x" * 200 + "/" + "y" * 300])
def test_an_impossible_directory_is_refused(run: Any, tmp_path: Path, name: str) -> None:
    with pytest.raises(DirectoryRefused, match="cannot be written: File name too long; choose another --out") as caught:
        run(PLAN, tmp_path / name)
    assert caught.value.exit_status == 2


EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "runs are a text": lambda m: m.update(runs="none"),
    "runs hold numbers": lambda m: m.update(runs=[1]),
    "a run without a place": lambda m: m["runs"][0].pop("place"),
    "a run of no place": lambda m: m["runs"][0].update(place="north"),
    "a run of no scenario": lambda m: m["runs"][0].update(scenario="../up"),
    "a run of a strange status": lambda m: m["runs"][0].update(status="perhaps"),
    "a replicate that is a text": lambda m: m["runs"][0].update(replicate="1"),
    "a replicate of zero": lambda m: m["runs"][0].update(replicate=0),
    "places are a mapping": lambda m: m.update(places={}),
    "places hold a list": lambda m: m.update(places=[["east"]]),
    "scenarios are missing": lambda m: m.pop("scenarios"),
    "counts are a list": lambda m: m.update(counts=[1, 2, 3]),
    "counts are false": lambda m: m["counts"].update(done=99),
    "counts hold texts": lambda m: m.update(counts={"done": "12"}),
    "years are one": lambda m: m.update(years=[2016]),
    "years run backwards": lambda m: m.update(years=[2018, 2016]),
    "years are texts": lambda m: m.update(years=["2016", "2018"]),
    "the seed is a text": lambda m: m.update(seed="7"),
    "the seed is missing": lambda m: m.pop("seed"),
    "the scale is a list": lambda m: m.update(scale=[]),
    "the baseline is none": lambda m: m.update(baseline=None),
    "the comparison is a list": lambda m: m.update(comparison=[]),
    "the comparison has no baseline": lambda m: m["comparison"].pop("baseline"),
    "prices are texts": lambda m: m["comparison"].update(price_index={"2016": "1"}),
    "panel is a text": lambda m: m.update(panel="yes"),
    "the versions are a list": lambda m: m.update(versions=[]),
    "the versions hold numbers": lambda m: m.update(versions={"numpy": 2}),
    "the inputs are a text": lambda m: m.update(inputs="x"),
    "the inputs are others": lambda m: m["inputs"].update(replicates=99),
    "hashes are a list": lambda m: m.update(scenario_hashes=[]),
    "policies are a list": lambda m: m.update(policies=[]),
    "earlier versions are a number": lambda m: m.update(also_made_with=3),
    "the study is a number": lambda m: m.update(study=5),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_manifest_edited_by_hand_is_refused_in_one_line(
    run: Any, tmp_path: Path, assert_same: Any, edit: str
) -> None:
    out = tmp_path / "out"
    run(PLAN)
    whole = (out / "manifest.json").read_bytes()
    manifest = json.loads(whole)
    EDITS[edit](manifest)
    (out / "manifest.json").write_text(json.dumps(manifest))
    for act in (lambda: run(PLAN), lambda: Results.open(out)):
        with pytest.raises(BatchError, match=r"manifest.json: .*remove the file") as caught:
            act()
        assert len(str(caught.value).splitlines()) == 1 and caught.value.exit_status == 2
    (out / "manifest.json").unlink()
    assert run(PLAN).done == 0  # no run was lost
    assert (out / "manifest.json").read_bytes() == whole


LINES: list[Callable[[dict[str, Any]], Any]] = [
    lambda r: r.update(runs=5),
    lambda r: r.update(runs=[5]),
    lambda r: r["runs"][0].update(rows=5),
    lambda r: r["runs"][0].update(rows={"indicators": "9"}),
    lambda r: r["runs"][0].update(rows={"../../up": 9}),
    lambda r: r["runs"][0].update(rows={"indicators": -1}),
    lambda r: r["runs"][0].update(household_years="many"),
    lambda r: r["runs"][0].update(seconds=None),
    lambda r: r["runs"][0].update(error=["x"]),
    lambda r: r["runs"][0].update(scenario=3),
    lambda r: r["runs"][0].update(status=None),
    lambda r: r["runs"][0].update(more=1),
    lambda r: r.update(replicate="one"),
    lambda r: r.update(place=None),
    lambda r: r.update(size="big"),
    lambda r: r.update(versions=[]),
    lambda r: r.update(versions={"numpy": 2}),
    lambda r: r.update(file="../../etc/passwd"),
    lambda r: r.update(file=7),
    lambda r: r.update(format="1"),
    lambda r: r.pop("identity"),
]


@pytest.mark.parametrize("edit", LINES)
def test_a_receipt_edited_by_hand_costs_no_run(run: Any, tmp_path: Path, edit: Callable[[dict[str, Any]], Any]) -> None:
    run(PLAN)
    journal = tmp_path / "out" / "runs" / "receipts.jsonl"
    whole = journal.read_bytes()
    head, first, *rest = whole.splitlines()
    receipt = json.loads(first)
    edit(receipt)
    journal.write_bytes(b"\n".join([head, json.dumps(receipt).encode(), *rest]) + b"\n")
    report = run(PLAN)
    assert (report.done, report.skipped) == (0, 12) and "mended" in report.notes[-1]
    assert sorted(journal.read_bytes().splitlines()) == sorted(whole.splitlines())


@pytest.mark.parametrize("text", ["[]", "5", "null", '"x"', "[" * 100_000, "\x00", '{"tuopin": "results"}'])
def test_a_manifest_that_is_something_else_ends_in_a_line(run: Any, tmp_path: Path, text: str) -> None:
    run(PLAN)
    (tmp_path / "out" / "manifest.json").write_text(text)
    with pytest.raises(BatchError) as caught:
        Results.open(tmp_path / "out")
    assert len(str(caught.value).splitlines()) == 1
    try:
        assert run(PLAN).done == 0
    except DirectoryRefused as refused:
        assert len(refused.lines) == 1


def test_folders_called_like_columns_change_no_answer(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "scenario=x" / "place=y" / "out"
    run(PLAN, out)
    found = Results.open(out).sql("SELECT DISTINCT place, scenario FROM indicators ORDER BY ALL")
    assert set(found["place"]) == {"east", "west"} and set(found["scenario"]) == {"none", "a", "b"}
    found = Results.open(out).sql("SELECT DISTINCT scenario FROM comparison ORDER BY ALL")
    assert list(found["scenario"]) == ["a", "b"]


def test_a_closed_standard_output_is_no_error() -> None:
    program = [sys.executable, "-m", "tuopin", "list", "places"]
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", *program], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
