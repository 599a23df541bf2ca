"""Compiled functions: their code is kept on disk where a folder can be written, and they work where none can."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROBE = """
from tuopin.agents.compiled import compiled, rule

@rule
def double(x: float) -> float:
    return 2.0 * x

@compiled
def four_times(x: float) -> float:
    return double(double(x))

print(four_times(2.5))
"""


def test_without_a_folder_that_can_be_written_it_compiles_and_says_so_once(tmp_path: Path) -> None:
    # what is read from standard input has no folder beside it, as in a container whose folders are sealed
    environment = {**os.environ, "HOME": "/proc/nowhere", "NUMBA_CACHE_DIR": "", "PYTHONWARNINGS": "always"}
    done = subprocess.run(
        [sys.executable, "-"], input=PROBE, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "10.0\n"
    assert done.stderr.count("set NUMBA_CACHE_DIR to a folder that can be written") == 1, done.stderr
