"""Kills at random moments from the start of the process on: nothing is lost, and the same command completes it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_county import fake_plan

from tuopin.agents.randomness import POPULATION, Luck

SUPPORT = Path(__file__).parent / "support"
REQUEST = {"plan": {"replicates": 6, "sleep": 0.02}, "options": {"workers": 2}}


def start(out: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SUPPORT / "run_fake.py"), str(out), json.dumps(REQUEST)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(SUPPORT)},
    )


def group_of(pid: int) -> list[int]:
    """The processes of a session, the first one left out: the fork server, workers, those that are starting."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getsid(int(entry.name)) == pid and int(entry.name) != pid:
                found.append(int(entry.name))
        except (ProcessLookupError, PermissionError):
            continue
    return sorted(found)


def strike(process: subprocess.Popen[str], how: str, chance: float) -> None:
    try:
        if how == "a child":
            children = group_of(process.pid)
            if children:
                os.kill(children[int(chance * len(children))], signal.SIGKILL)
        elif how == "terminated":
            process.terminate()
        else:
            os.killpg(process.pid, {"all killed": signal.SIGKILL, "Ctrl-C": signal.SIGINT}[how])
    except ProcessLookupError:
        pass  # it was done already


HOW = ["a child", "a child", "all killed", "Ctrl-C", "terminated"]
PROMISED = {"a child": {0}, "all killed": {-9, 0}, "Ctrl-C": {130, -2, 0}, "terminated": {130, -15, 0}}
"""Exit statuses; the signal's own before Python has begun to listen."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))  # five kills each
def test_nothing_is_lost(run: Any, tmp_path: Path, assert_same: Any, seed: int) -> None:
    out = tmp_path / "out"
    moments = Luck(seed, 1).uniforms(POPULATION, 0, np.arange(len(HOW)), 2)
    committed = 0
    for how, (moment, chance) in zip(HOW, moments, strict=True):
        process = start(out)
        time.sleep(4.0 * moment)
        strike(process, how, chance)
        _, err = process.communicate(timeout=120)
        assert process.returncode in PROMISED[how], (how, process.returncode, err)
        if how != "a child" and process.returncode in (0, 130):  # that may be Python's own watcher, which complains
            assert "Traceback" not in err and "leaked" not in err, (how, err)
        files = len(list((out / "runs").glob("*.zip"))) if out.exists() else 0
        assert files >= committed
        committed = files
    process = start(out)
    text, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    report = json.loads(text)
    assert report["done"] + report["skipped"] == 36 and report["failed"] == 0
    run(fake_plan(replicates=6), tmp_path / "reference")
    assert_same(out, tmp_path / "reference")
