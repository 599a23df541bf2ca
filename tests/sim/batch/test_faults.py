"""Real kills, Ctrl-C, damaged and foreign files, a second writer, read-only directories and full disks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_county import fake_plan

from tuopin.sim.results.errors import DirectoryRefused

SUPPORT = Path(__file__).parent / "support"
PLAN = fake_plan(replicates=6)


def start(out: Path, **request: Any) -> subprocess.Popen[str]:
    """The fake county as a program in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, str(SUPPORT / "run_fake.py"), str(out), json.dumps(request)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(SUPPORT)},
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def wait_for_files(out: Path, number: int) -> None:
    for _ in range(3000):
        if len(list((out / "runs").glob("*.zip"))) >= number:
            return
        time.sleep(0.01)
    raise AssertionError("nothing was committed in time")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.slow
def test_the_whole_process_tree_is_killed_again_and_again(run: Any, tmp_path: Path, assert_same: Any) -> None:
    out = tmp_path / "out"
    for committed in (1, 3, 4, 5):
        # east's replicates come first: it can commit `committed` files, then it waits until it is killed
        process = start(out, plan={"replicates": 6, "waits_from": committed + 1}, options={"workers": 2})
        wait_for_files(out, committed)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    status, text, _ = finish(start(out, plan={"replicates": 6}, options={"workers": 2}))
    assert status == 0
    report = json.loads(text)
    assert report["skipped"] >= 15 and report["done"] + report["skipped"] == 36
    assert any("stopped without finishing" in note for note in report["notes"])
    run(PLAN, tmp_path / "reference")
    assert_same(out, tmp_path / "reference")


def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.mkdir()
    process = start(tmp_path / "out", plan={"replicates": 6, "waits_from": 3, "log": str(log)}, options={"workers": 2})
    wait_for_files(tmp_path / "out", 2)
    workers = {int(path.name.split("-")[3]) for path in log.iterdir()}
    assert workers and process.pid not in workers
    process.kill()
    process.communicate()
    for _ in range(1200):
        if not any(alive(pid) for pid in workers):
            break
        time.sleep(0.05)
    assert not [pid for pid in workers if alive(pid)]


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_leaves_whole_files_and_130(run: Any, tmp_path: Path, workers: int) -> None:
    out = tmp_path / "out"
    process = start(out, plan={"replicates": 6, "waits_from": 3}, options={"workers": workers})
    wait_for_files(out, 2)
    os.killpg(process.pid, signal.SIGINT)
    status, _, err = finish(process)
    assert status == 130, err
    assert "Traceback" not in err
    committed = list((out / "runs").glob("*.zip"))
    counts = json.loads((out / "manifest.json").read_text())["counts"]
    assert counts == {"done": 3 * len(committed), "failed": 0, "pending": 36 - 3 * len(committed)}
    assert not list(out.rglob(".part-*")) and not (out / "indicators.parquet").exists()
    report = run(PLAN)
    assert (report.skipped, report.done) == (counts["done"], counts["pending"])


def test_a_worker_that_dies_once_costs_nothing(run: Any, tmp_path: Path, assert_same: Any) -> None:
    report = run(fake_plan(replicates=6, dies_once=str(tmp_path / "died")), workers=2)
    assert (tmp_path / "died").exists()
    assert (report.done, report.failed) == (36, 0)
    run(PLAN, tmp_path / "reference")
    assert_same(tmp_path / "out", tmp_path / "reference")


def test_a_scenario_that_kills_its_worker_fails_alone(run: Any) -> None:
    report = run(fake_plan(replicates=6, places=("east",), dies=(("b", 2),)), workers=2)
    assert (report.done, report.failed) == (17, 1)
    failure = report.failures[0]
    assert (failure.scenario, failure.replicate) == ("b", 2)
    assert "worker process died" in failure.error and failure.key == ("east", "b", 2)


def test_memory_error_is_a_failure_like_any(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import fake_county

    def exhaust(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(fake_county, "_frames", exhaust)
    report = run(fake_plan(replicates=1))
    assert report.failed == 6 and report.failures[0].error == "MemoryError"


def test_a_second_writer_is_refused(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(out, plan={"replicates": 6, "waits_from": 2})
    wait_for_files(out, 1)
    with pytest.raises(DirectoryRefused, match=rf"is being written by process {process.pid} on .*wait until"):
        run(PLAN)
    status, _, err = finish(start(out, plan={"replicates": 6}))
    assert status == 2 and f"process {process.pid}" in err and "Traceback" not in err
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    report = run(PLAN)  # the lock died with its holder
    assert report.exit_status == 0
    assert any(f"process {process.pid}" in note and "stopped without finishing" in note for note in report.notes)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _link(path: Path) -> None:
    path.replace(path.with_suffix(".elsewhere"))
    path.symlink_to(path.with_suffix(".elsewhere"))


@pytest.mark.parametrize("journal", [True, False])
@pytest.mark.parametrize("damage", [_truncate, _flip, _empty, _link])
def test_a_damaged_file_is_reported_and_redone(
    run: Any, tmp_path: Path, assert_same: Any, damage: Any, journal: bool
) -> None:
    run(PLAN, tmp_path / "reference")
    run(PLAN)
    victim = tmp_path / "out" / "runs" / "east-r00002-p00.zip"
    damage(victim)
    if not journal:  # then the file's own checksums must tell
        (tmp_path / "out" / "runs" / "receipts.jsonl").unlink()
    report = run(PLAN)
    assert any("east-r00002-p00.zip" in note and "set aside, its runs are done again" in note for note in report.notes)
    assert (report.done, report.skipped) == (3, 33)
    assert_same(tmp_path / "out", tmp_path / "reference")
    assert run(PLAN).notes == ()


def test_a_file_of_another_study_is_never_read(run: Any, tmp_path: Path, assert_same: Any) -> None:
    run(PLAN, tmp_path / "reference")
    run(fake_plan(replicates=6, seed=99), tmp_path / "foreign")
    run(PLAN)
    runs = tmp_path / "out" / "runs"
    shutil.copy(tmp_path / "foreign" / "runs" / "east-r00001-p00.zip", runs / "east-r00001-p01.zip")
    shutil.copy(runs / "west-r00001-p00.zip", runs / "east-r00003-p01.zip")  # another task's
    (runs / "notes.zip").write_text("mine")
    report = run(PLAN)
    assert len(report.notes) == 3 and report.done == 0
    assert_same(tmp_path / "out", tmp_path / "reference")


def test_a_file_that_is_gone_is_done_again(run: Any, tmp_path: Path) -> None:
    run(PLAN)
    (tmp_path / "out" / "runs" / "west-r00004-p00.zip").unlink()
    report = run(PLAN)
    assert report.done == 3 and "is gone" in report.notes[0]


@pytest.mark.parametrize("cut", [1, 40, 900])
def test_a_torn_journal_is_mended(run: Any, tmp_path: Path, cut: int) -> None:
    run(PLAN)
    journal = tmp_path / "out" / "runs" / "receipts.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-cut])
    report = run(PLAN)
    assert report.done == 0 and "mended" in report.notes[0]
    assert sorted(journal.read_bytes().splitlines()) == sorted(whole.splitlines())


def test_a_receipt_that_was_never_appended_is_entered(run: Any, tmp_path: Path) -> None:
    """The process stopped between rename and receipt: the line that lacks is whole again, and its checksum guards."""
    run(PLAN)
    journal = tmp_path / "out" / "runs" / "receipts.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(b"".join(line + b"\n" for line in whole.splitlines()[:-1]))
    assert run(PLAN).done == 0
    assert sorted(journal.read_bytes().splitlines()) == sorted(whole.splitlines())


@pytest.mark.parametrize("damage", [_truncate, _empty, Path.unlink])
@pytest.mark.parametrize("name", ["manifest.json", "indicators.parquet", "comparison.csv", "runs/tables.json"])
def test_damaged_results_are_made_again(run: Any, tmp_path: Path, assert_same: Any, damage: Any, name: str) -> None:
    run(PLAN, tmp_path / "reference")
    run(PLAN)
    damage(tmp_path / "out" / name)
    assert run(PLAN).done == 0
    assert_same(tmp_path / "out", tmp_path / "reference")


def test_runs_directory_that_leads_elsewhere_is_refused(run: Any, tmp_path: Path) -> None:
    run(PLAN)
    (tmp_path / "out" / "runs").rename(tmp_path / "elsewhere")
    (tmp_path / "out" / "runs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DirectoryRefused, match="is a symbolic link, not a directory of its own"):
        run(PLAN)


def test_names_of_places_stay_inside(run: Any, tmp_path: Path) -> None:
    run(fake_plan(replicates=6, places=("../../up", "a/b", "..")))
    assert len(list((tmp_path / "out" / "runs").glob("*.zip"))) == 18
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that other users can reach (pytest's own are private)."""
    path = Path(tempfile.mkdtemp(prefix="tuopin-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def test_read_only_directory(run: Any, open_directory: Path) -> None:
    out = open_directory / "out"
    run(fake_plan(replicates=1), out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    user = {"user": 65534} if os.geteuid() == 0 else {}  # nothing is read-only to root
    for path in [out, *out.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    for where in (out, out / "below"):
        status, _, err = finish(start(where, plan={"replicates": 2}, **user))
        assert status == 2 and "cannot be written: Permission denied; choose another --out" in err, err
        assert len(err.splitlines()) == 1
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    for path in [out, *out.rglob("*")]:
        path.chmod(0o755)


def test_a_file_size_limit_stops_cleanly(run: Any, tmp_path: Path) -> None:
    """RLIMIT_FSIZE stands for a full disk where none can be mounted: writes fail half-way with an OSError."""
    out = tmp_path / "out"
    run(fake_plan(replicates=3), out)
    size = max(path.stat().st_size for path in (out / "runs").glob("*.zip"))
    for workers in (1, 2):
        status, _, err = finish(start(out, plan={"replicates": 6}, options={"workers": workers}, limit=size // 2))
        assert status == 1, err
        assert "cannot be written: File too large; committed runs are kept" in err and len(err.splitlines()) == 1
        assert not list((out / "runs").glob(".part-*"))
    assert run(PLAN).skipped == 18


def test_a_full_disk_loses_nothing(run: Any, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    try:
        status, _, err = finish(start(disk / "out", plan={"replicates": 60}, options={"panel": True}))
        assert status == 1 and "No space left on device; committed runs are kept: free space" in err
        committed = len(list((disk / "out" / "runs").glob("*.zip")))
        assert committed > 0
        subprocess.run(["mount", "-o", "remount,size=50m", str(disk)], check=True)
        report = run(fake_plan(replicates=60), disk / "out", panel=True)
        assert report.skipped == 3 * committed and report.exit_status == 0
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
