"""Workers start from any program, and their not starting is no run's fault."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from fake_county import fake_plan

from tuopin.sim.results.errors import BatchError

SUPPORT = str(Path(__file__).parent / "support")
PROGRAM = """
import sys
from fake_county import TASK, fake_plan
from tuopin.sim.batch.engine import run_study
report = run_study(fake_plan(), sys.argv[1], workers=2, progress=False, task=TASK)
print(report.done, report.failed)
"""


@pytest.mark.parametrize("how", ["script", "standard input", "-c"])
def test_a_program_without_a_main_guard(tmp_path: Path, how: str) -> None:
    out = str(tmp_path / "out")
    (tmp_path / "script.py").write_text(PROGRAM)
    arguments = {"script": [str(tmp_path / "script.py"), out], "standard input": ["-", out], "-c": ["-c", PROGRAM, out]}
    done = subprocess.run(
        [sys.executable, *arguments[how]],
        input=PROGRAM if how == "standard input" else "",
        env=os.environ | {"PYTHONPATH": SUPPORT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("12 0\n", "")


def test_the_main_program_is_there_again(run: Any) -> None:
    before = sys.modules["__main__"]
    run(fake_plan(), workers=2)
    assert sys.modules["__main__"] is before


def test_workers_that_cannot_start_fail_no_run(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fake_county import die_at_once

    monkeypatch.setattr("tuopin.sim.batch.pool.start_worker", die_at_once)
    with pytest.raises(BatchError, match="worker processes cannot be started on this machine; --workers 1"):
        run(fake_plan(), workers=2)
    monkeypatch.undo()
    assert run(fake_plan(), workers=2).skipped == 0


@pytest.mark.parametrize("times", [1, 3])
def test_workers_killed_while_starting_cost_nothing(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, assert_same: Any
) -> None:
    from fake_county import die_at_first

    mark = tmp_path / "starts"
    mark.mkdir()
    monkeypatch.setattr("tuopin.sim.batch.pool.start_worker", die_at_first)
    report = run(fake_plan(places=("east",), starts=f"{times}:{mark}"), workers=2)
    assert len(list(mark.iterdir())) >= times
    assert (report.done, report.failed) == (6, 0)
    run(fake_plan(places=("east",)), tmp_path / "reference")
    assert_same(tmp_path / "out", tmp_path / "reference")


def test_a_fork_server_that_dies_is_started_again(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tuopin.sim.batch import pool

    plain, deaths = pool.ProcessPoolExecutor.submit, iter([EOFError(), ConnectionResetError(), OSError("no process")])

    def submit(self: Any, *arguments: Any) -> Any:
        for error in deaths:
            raise error
        return plain(self, *arguments)

    monkeypatch.setattr(pool.ProcessPoolExecutor, "submit", submit)
    report = run(fake_plan(places=("east",)), workers=2)
    assert (report.done, report.failed) == (6, 0)


def test_a_real_fork_server_killed_between_runs(run: Any, tmp_path: Path) -> None:
    from multiprocessing import forkserver

    assert run(fake_plan(places=("east",)), workers=2).done == 6
    pid = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
    os.kill(pid, signal.SIGKILL)
    assert run(fake_plan(places=("east",), replicates=4), workers=2).done == 6


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    "stubborn", ["", *(pytest.param(how, marks=pytest.mark.slow) for how in ("swallows", "deaf", "holds"))]
)
def test_a_run_beyond_its_time_limit_fails_and_the_rest_goes_on(run: Any, workers: int, stubborn: str) -> None:
    plan = fake_plan(places=("east",), hangs=(("b", 2),), stubborn=stubborn)
    report = run(plan, workers=workers, time_limit=3.0)
    assert (report.done, report.failed) == (5, 1)
    assert report.failures[0].key == ("east", "b", 2)
    assert "the run took longer than the 3 s of --time-limit" in report.failures[0].error


def test_a_thread_that_a_run_leaves_behind_holds_nothing_up(run: Any) -> None:
    began = time.monotonic()
    assert run(fake_plan(places=("east",), threads=True), workers=2).done == 6
    assert time.monotonic() - began < 120  # the thread sleeps for ten minutes


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e9, True, "5"])
def test_a_time_limit_that_is_none_is_refused(run: Any, tmp_path: Path, seconds: Any) -> None:
    with pytest.raises(BatchError, match=r"--time-limit: is .*; allowed: seconds above 0"):
        run(fake_plan(), time_limit=seconds)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("what", ["exit", "surrogate", "endless", "speechless"])
def test_whatever_a_run_raises_is_stored(run: Any, tmp_path: Path, workers: int, what: str) -> None:
    report = run(fake_plan(places=("east",), replicates=2, raising=what), workers=workers)
    assert (report.done, report.failed) == (0, 6)
    json.loads((tmp_path / "out" / "manifest.json").read_bytes().decode("utf-8"))
    assert all(len(failure.error) < 2_100 for failure in report.failures)
    assert run(fake_plan(places=("east",), replicates=2), retry_failed=True).done == 6


def test_a_policy_that_changes_the_folder_breaks_no_relative_out(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    report = run(fake_plan(places=("east",), goes_to=str(tmp_path / "elsewhere")), Path("out"))
    assert report.done == 6 and (tmp_path / "out" / "indicators.parquet").is_file()
    assert not list((tmp_path / "elsewhere").iterdir())


def test_few_files_at_once_are_enough(run: Any, tmp_path: Path) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = sum(1 for _ in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 30, hard))
    try:
        report = run(fake_plan(places=("east",), scenarios=("none", "b"), replicates=120))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert report.done == 240


@pytest.mark.parametrize(
    ("error", "silent"),
    [
        (EOFError(), True),
        (ConnectionResetError(), True),
        (KeyboardInterrupt(), True),
        (FileNotFoundError(2, "No such file or directory"), True),  # a semaphore that the parent has taken away
        (FileNotFoundError(2, "No such file or directory", "place.yaml"), False),
        (ValueError("x"), False),
    ],
)
def test_a_worker_whose_parent_has_gone_says_nothing_of_it(error: BaseException, silent: bool) -> None:
    code = f"import tuopin.sim.batch.quiet as q, sys; e = {error!r}; {{}}; sys.excepthook(type(e), e, None)"
    given = f"e.filename = {getattr(error, 'filename', None)!r}" if isinstance(error, OSError) else "0"
    program = code.replace("{}", given)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stderr == "") is silent
