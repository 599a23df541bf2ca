"""The engine with the real simulation: workers, a warm server process, and panels change no figure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tuopin.sim.batch.engine import run_study

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_lushi_is_the_same_however_it_is_run(tmp_path: Path, assert_same: Any) -> None:
    from tuopin.sim.study.plan import make_plan
    from tuopin.sim.study.study import Study

    study = Study.load(ROOT / "scenarios" / "lushi.yaml", overrides={"replicates": 3, "years": "2016-2019"})
    plan = make_plan(study, 0.02)
    one, two = tmp_path / "one", tmp_path / "two"
    assert run_study(plan, one, workers=1, progress=False, panel=True).failures == ()
    run_study(plan, two, workers=2, progress=False, scenarios=["all", "none"])
    assert run_study(plan, two, workers=2, progress=False, panel=True).failures == ()
    assert_same(one, two)
    assert pq.read_table(one / "panel.parquet").num_rows > 0


@pytest.mark.slow
def test_workers_leave_mesa_s_start_method_alone() -> None:
    """Mesa sets the global start method on import; the pool neither follows nor changes it."""
    program = (
        "import multiprocessing, mesa\n"
        "from tuopin.sim.batch.pool import _start_method\n"
        "from tuopin.sim.batch.task import Context\n"
        "before = multiprocessing.get_start_method()\n"
        "assert _start_method(Context(None, 'x:y', '')).get_start_method() == 'forkserver'\n"
        "assert multiprocessing.get_start_method() == before\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
