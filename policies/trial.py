"""Plug-ins are imported in a process of their own first: one that ends it, crashes it or hangs is left out and told of.

What is found is handed on to worker processes in the environment, so that none of them imports such a plug-in either.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

SECONDS = 30.0
"""So long may the import of a plug-in take."""
KNOWN = "TUOPIN_PLUG_INS_TRIED"
_CHILD = """
import json, os, sys
from importlib.metadata import EntryPoint
out = os.fdopen(os.dup(1), "w", encoding="utf-8")
given = json.load(sys.stdin)
os.dup2(os.open(os.devnull, os.O_RDWR), 1)
sys.path[:] = given["path"]
for name, value in given["points"]:
    out.write(json.dumps(name) + "\\n")
    out.flush()
    try:
        EntryPoint(name, value, given["group"]).load()
    except BaseException:
        pass  # the program will find that out itself
out.write("done\\n")
out.flush()
os._exit(0)
"""


def dead_plug_ins(points: Sequence[EntryPoint]) -> dict[str, str]:
    """Return how a process ends that imports a plug-in which none survives, by the names of such entry points."""
    listed = [[point.name, point.value] for point in points]
    with contextlib.suppress(ValueError, TypeError, KeyError):
        known = json.loads(os.environ.get(KNOWN, ""))
        if known["points"] == listed:
            return {str(name): str(reason) for name, reason in known["dead"].items()}
    dead: dict[str, str] = {}
    left = list(points)
    while left:
        begun, end = _try(left)
        if end is None:
            break
        culprit = begun[-1] if begun else left[0].name
        place = next(k for k, point in enumerate(left) if point.name == culprit)
        dead[culprit] = f"{end}{_in_file(left[place].module)}"
        left = left[place + 1 :]
    if listed:
        os.environ[KNOWN] = json.dumps({"points": listed, "dead": dead})
    return dead


def _try(points: Sequence[EntryPoint]) -> tuple[list[str], str | None]:
    """Import plug-ins one after the other in a fresh process; which were begun, and how it ended if not well."""
    given = {"path": sys.path, "group": points[0].group, "points": [[point.name, point.value] for point in points]}
    command = [sys.executable, "-P", "-c", _CHILD]
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, text=True, start_new_session=True)
    except (OSError, ValueError):  # where no process can be started there is nothing to try in
        return [], None
    late = False
    try:
        said, _ = process.communicate(json.dumps(given), timeout=SECONDS * len(points))
    except subprocess.TimeoutExpired:
        late = True
        _kill(process)
        said, _ = process.communicate()
    finally:
        _kill(process)
    lines = said.splitlines()
    if lines and lines[-1] == "done":
        return [], None
    return [json.loads(line) for line in lines], _ending(process.returncode, late)


def _kill(process: subprocess.Popen[str]) -> None:
    """End the process, and what it has started where processes have groups."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _ending(status: int, late: bool) -> str:
    if late:
        return f"is not done after {SECONDS:g} seconds"
    if status < 0:
        names = {number.value: number.name for number in signal.Signals}
        return f"ends the process by {names.get(-status, f'signal {-status}')}"
    return f"ends the process with status {status}"


def _in_file(module: str) -> str:
    """The file of a module in brackets, found without importing anything; nothing if it has none."""
    path: Any = None
    origin = None
    for k, _ in enumerate(parts := module.split(".")):
        spec = PathFinder.find_spec(".".join(parts[: k + 1]), path)
        if spec is None:
            break
        origin, path = spec.origin or origin, spec.submodule_search_locations
    return f" ({origin})" if origin else ""


@contextlib.contextmanager
def nothing_else_changed() -> Iterator[None]:
    """While a plug-in is imported: what it prints goes to standard error, the folder and warnings are as before."""
    folder = Path.cwd()
    try:
        with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
            yield
    finally:
        with contextlib.suppress(OSError):
            os.chdir(folder)
