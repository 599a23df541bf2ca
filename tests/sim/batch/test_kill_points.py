"""The process is stopped at every commit point of whole small studies; nothing is lost, nothing repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SUPPORT = Path(__file__).parent / "support"
CASES = ["fresh", "extended", "panel added", "retried"]


def stop_everywhere(case: str, stride: int, directory: Path) -> dict[str, Any]:
    """The forks are made by a program of its own: this process may have threads."""
    command = [sys.executable, str(SUPPORT / "kill_points.py"), case, str(stride), str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_a_few_kill_points(tmp_path: Path) -> None:
    result = stop_everywhere("fresh", 23, tmp_path)
    assert result["problems"] == [] and result["tried"] >= 6


@pytest.mark.slow
def test_two_hundred_kill_points(tmp_path: Path) -> None:
    tried, problems = 0, []
    for case in CASES:
        directory = tmp_path / case.replace(" ", "-")
        directory.mkdir()
        result = stop_everywhere(case, 2, directory)
        tried += result["tried"]
        problems += result["problems"]
    assert problems == []
    assert tried >= 200
