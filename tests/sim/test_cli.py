"""The command line as its users meet it: exit statuses, one line per mistake, nothing created, an answer at once."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tuopin.sim.cli import status_of
from tuopin.sim.study.study import Study

BAD = """\
name: B/ad
place: lushi
years: 2020-2016
seed: -1
baseline: none
scenarios: {}
"""


def tuopin(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    path = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "tuopin", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        env={**os.environ, "PYTHONPATH": path, **environment},
    )


def test_help_answers_at_once(tmp_path: Path) -> None:
    tuopin("--help", cwd=tmp_path)  # writes the bytecode files
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = tuopin("--help", cwd=tmp_path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert done.returncode == 0
    for command in ("run", "check", "explain", "compare", "list", "init", "schema", "branch"):
        assert f" {command} " in done.stdout
    assert seconds < 0.4, f"{seconds:.2f} CPU-seconds"


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from tuopin.sim.cli import status_of; status_of(['run', '--help']); "
        "print('loaded', *({'numpy', 'pandas', 'numba', 'mesa', 'pyarrow', 'matplotlib', 'ruamel'} & set(sys.modules)))"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1].split() == ["loaded"]


def test_bad_study_gives_one_line_per_mistake_and_creates_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    for command in (["check"], ["run"], ["run", "--out", "somewhere"], ["explain"]):
        done = tuopin(command[0], "bad.yaml", *command[1:], cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        lines = done.stderr.splitlines()
        assert [line.split(": ")[:2] for line in lines] == [
            ["bad.yaml:1", "name"],
            ["bad.yaml:3", "years"],
            ["bad.yaml:4", "seed"],
            ["bad.yaml:6", "scenarios"],
        ]
        assert list(tmp_path.iterdir()) == [tmp_path / "bad.yaml"]


def test_empty_file_is_line_one(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("")
    done = tuopin("check", "empty.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("empty.yaml:1: (whole file): is empty; allowed: ")


def test_long_lines_are_not_wrapped(tmp_path: Path) -> None:
    name = "x" * 150
    (tmp_path / "s.yaml").write_text(f"{name}: 1\n")
    done = tuopin("check", "s.yaml", cwd=tmp_path, COLUMNS="40")
    assert done.returncode == 2
    assert len([line for line in done.stderr.splitlines() if "unknown key" in line]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chek", "a.yaml"], "No such command 'chek'"),
        (["run"], "Missing argument 'STUDY'"),
        (["run", "a.yaml", "--scael", "1"], "No such option"),
        (["run", "a.yaml", "--workers", "0"], "--workers"),
        (["run", "a.yaml", "--replicates", "many"], "--replicates"),
        (["run", "a.yaml", "--seed", "1.5"], "--seed"),
        (["compare", "x", "--format", "xml"], "--format"),
        (["list", "counties"], "counties"),
        (["check", "a.yaml", "b.yaml"], "b.yaml"),
    ],
)
def test_usage_mistakes(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert words in captured.err and captured.err.count("\n") == 1
    assert captured.err.startswith("command line:1: tuopin") and "; allowed: see `tuopin" in captured.err


def test_options_are_checked_with_the_study(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    options = ["--replicates", "0", "--years", "2016-2050", "--scale", "-1"]
    assert status_of(["run", str(tmp_path / "bad.yaml"), *options]) == 2
    lines = capsys.readouterr().err.splitlines()
    paths = [line.split(": ")[1] for line in lines]
    assert paths == ["name", "seed", "scenarios", "--years", "--replicates", "--scale"]


def raises(error: BaseException) -> object:
    def load(*_: object, **__: object) -> Study:
        raise error

    return load


class EngineError(Exception):
    exit_status = 2


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (KeyboardInterrupt(), 130, "stopped; the same command continues"),
        (MemoryError(), 1, "tuopin: not enough memory"),
        (PermissionError(13, "Permission denied", "/x/y"), 2, "/x/y:1: (whole file): Permission denied; allowed: "),
        (EngineError("--only: 'a' is wrong; allowed: b"), 2, "command line:1: --only: 'a' is wrong; allowed: b"),
        (EngineError("results/a: is locked; wait"), 2, "results/a:1: (directory): is locked; wait"),
        (EngineError("a.yaml:3: x: is wrong; allowed: y"), 2, "a.yaml:3: x: is wrong; allowed: y"),
    ],
)
def test_errors_become_lines_and_statuses(
    error: BaseException, status: int, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Study, "load", raises(error))
    assert status_of(["check", "x.yaml"]) == status
    assert line in capsys.readouterr().err.splitlines()[-1]


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Study, "load", raises(ZeroDivisionError("a bug")))
    with pytest.raises(ZeroDivisionError):
        status_of(["check", "x.yaml"])


@pytest.mark.parametrize("command", [["schema"], ["list", "policies"]])
def test_reader_that_has_gone_is_no_error(command: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tuopin", *command],
        cwd=root,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_terminal_without_chinese_letters_still_gets_the_line(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("卢氏: 1\n", encoding="utf-8")
    done = tuopin("check", "s.yaml", cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 2
    assert "unknown key '\\u5362\\u6c0f'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk", "utf-8"])
@pytest.mark.parametrize("command", [["list", "places"], ["list", "policies"], ["check", "lushi"], ["check", "卢氏"]])
def test_output_survives_any_encoding(command: list[str], encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tuopin", *command],
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == (2 if command[-1] == "卢氏" else 0)
    assert b"Traceback" not in done.stderr
    if encoding in ("gbk", "utf-8") and command == ["list", "places"]:
        assert "卢氏县" in done.stdout.decode(encoding)


@pytest.mark.skipif(os.name == "nt", reason="closes streams as a POSIX shell does")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_closed_streams_lead_nowhere(closed: str) -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m tuopin list places {closed}", shell=True, capture_output=True, check=False
    )
    assert done.returncode == 0 and b"Traceback" not in done.stderr


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["--version"]) == 0
    assert capsys.readouterr().out == f"tuopin {version('tuopin')}\n"
