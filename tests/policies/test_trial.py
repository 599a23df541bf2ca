"""Plug-ins that no process survives importing are found by a process that nobody misses."""

from __future__ import annotations

import json
import os
import time
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tuopin.policies import trial
from tuopin.policies.trial import KNOWN, dead_plug_ins, nothing_else_changed

DEADLY = {
    "exits": ("import os; os._exit(0)", "ends the process with status 0"),
    "fails": ("import os; os._exit(3)", "ends the process with status 3"),
    "killed": ("import os; os.kill(os.getpid(), 9)", "ends the process by SIGKILL"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "ends the process by SIGSEGV"),
    "hangs": ("import time; time.sleep(1000)", "is not done after 1.5 seconds"),
    "swallows": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "is not done after",
    ),
}
ALIVE = {
    "good": "X = 1",
    "raises": "raise SystemExit(1)",
    "interrupts": "raise KeyboardInterrupt",
    "prints": "import sys; print('done'); sys.stdout.close()",
    "closes": "import os; os.close(1); os.close(2)",
}


@pytest.fixture
def point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv(KNOWN, "")
    monkeypatch.setattr(trial, "SECONDS", 1.5)

    def make(name: str, source: str) -> EntryPoint:
        (tmp_path / f"plug_in_{name}.py").write_text(source)
        return EntryPoint(name, f"plug_in_{name}:X", "tuopin.policies")

    return make


@pytest.mark.parametrize("how", DEADLY)
def test_what_ends_or_holds_its_process_is_told_with_its_file(point: object, tmp_path: Path, how: str) -> None:
    source, told = DEADLY[how]
    dead = dead_plug_ins([point("a", "X = 1"), point(how, source), point("z", "X = 1")])  # type: ignore[operator]
    assert set(dead) == {how}
    assert dead[how].startswith(told) and dead[how].endswith(f"({tmp_path / f'plug_in_{how}.py'})")


def test_several_are_told_and_the_living_are_left_alone(point: object) -> None:
    points = [
        point(name, source) for name, source in (ALIVE | {"b": DEADLY["exits"][0], "c": DEADLY["fails"][0]}).items()
    ]  # type: ignore[operator]
    assert set(dead_plug_ins(points)) == {"b", "c"}


def test_nobody_is_tried_twice_by_what_a_command_starts(point: object, monkeypatch: pytest.MonkeyPatch) -> None:
    points = [point("exits", DEADLY["exits"][0])]  # type: ignore[operator]
    dead = dead_plug_ins(points)
    assert json.loads(os.environ[KNOWN])["dead"] == dead
    monkeypatch.setattr(trial.subprocess, "Popen", None)
    assert dead_plug_ins(points) == dead


def test_a_file_deeper_in_a_package_is_found_unimported(point: object, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "__init__.py").write_text("raise RuntimeError")
    (tmp_path / "deep" / "er" / "__init__.py").write_text("")
    assert trial._in_file("deep.er") == f" ({tmp_path / 'deep' / 'er' / '__init__.py'})"
    assert trial._in_file("not.there") == ""


def test_nobody_waits_for_what_a_plug_in_has_started(point: object) -> None:
    sleeper = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    started = f"import subprocess, sys, os\n{sleeper}\nos._exit(0)"
    began = time.monotonic()
    assert set(dead_plug_ins([point("parent", started)])) == {"parent"}  # type: ignore[operator]
    assert time.monotonic() - began < 30


def test_what_an_import_changes_is_put_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = Path.cwd()
    with nothing_else_changed():
        os.chdir(tmp_path)
        print("hello")
    assert Path.cwd() == here
    assert capsys.readouterr() == ("", "hello\n")
