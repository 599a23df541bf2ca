"""Measure a command with all its processes: ``python tests/benchmarks/measured.py COMMAND ...`` (Linux).

Wall seconds, CPU seconds and the largest resident memory of the whole process tree together. `time -v` misses workers
that a fork server started; here every process of the tree is waited for. Shared pages count once (proportional set
size).
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Measured:
    """Status of a command and what it took."""

    status: int
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        return (
            f"status {self.status}; {self.wall_seconds:.1f} s wall; {self.cpu_seconds:.1f} CPU-seconds;"
            f" peak {self.peak_bytes / 2**30:.2f} GiB resident in all processes together"
        )


def measure(command: list[str]) -> Measured:
    """Run a command and wait for every process it started."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans come to us, so that their CPU time counts
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(command)
    peak, done = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
    watcher.start()
    status = process.wait()
    wall = time.monotonic() - began
    done.set()
    watcher.join()
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(status, wall, cpu, peak[0])


def _watch(root: int, peak: list[int], done: threading.Event) -> None:
    while not done.wait(_EVERY_SECONDS):
        peak[0] = max(peak[0], sum(_proportional_bytes(pid) for pid in _tree(root)))


def _tree(root: int) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for thread in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in thread.read_text().split()]
            except OSError:
                continue
    return found


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    result = measure(sys.argv[1:])
    sys.stderr.write(f"{result}\n")
    sys.exit(result.status)
