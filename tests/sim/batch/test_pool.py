"""Workers start from any program, and their not starting is no run's fault."""

from __future__ import annotations

import os
import subprocess
import sys
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
