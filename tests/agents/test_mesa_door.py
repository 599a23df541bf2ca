"""Importing the model leaves the user's process as it was: Mesa's choice of start method does not leak."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import multiprocessing
{before}
from tuopin.agents import mesa_door
assert mesa_door.Model.__name__ == "Model"
print(multiprocessing.get_start_method(allow_none=True))
"""


@pytest.mark.parametrize(("before", "after"), [("", "None"), ("multiprocessing.set_start_method('fork')", "fork")])
def test_the_start_method_stays_the_users(before: str, after: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(before=before)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == after
