"""Arguments as a hurried or a hostile person gives them: refused in one line a mistake, and nothing is created."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuopin.sim.batch.engine import run_study
from tuopin.sim.cli import status_of
from tuopin.sim.results.errors import BatchError
from tuopin.sim.results.results import Results
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.study import Study

STUDY = (
    "name: small\nplace: small\nyears: 2016-2017\nreplicates: 2\nbaseline: none\n"
    "scenarios: {none: {}, a: {low_income_support: {}}}\n"
)
LINE = re.compile(r"[^\n]+:[0-9]+: [^\n]+: [^\n]+; [^\n]+")
NUMBERS = ["", "0", "-1", "1_0", "1.0", "+1", "１", "nan", "-inf", "1e999", "0x10", "9" * 5000, "2017", "1e-9", "一"]
WORDS = ["", "a", "none", "absent", "a,a", ",", "a\n", "县", "=1+1", "\udc80", "x" * 3000, "all", "each", "2016", "\t"]
RUNS = ["none:1", "a:0", "a:3", "a:", "::", "a:１", "a:1\n", "small:a:1", "x:a:1", "a:" + "9" * 5000, "a:b:c:d"]
YEARS = ["2016-2017", "2017-2016", "2016", "-", "２０１６-２０１７", "2016-2017\n", "2016-" + "9" * 40, "2015-2017"]
ADDRESSES = ["", "x", "tls://x:1", "ucx://x:1", "tcp://a:b:c", "tcp://x:0", "tcp://x:99999", "http://x:1", "x" * 300]
OF_RUN = {
    "--replicates": NUMBERS,
    "--seed": NUMBERS,
    "--years": YEARS,
    "--workers": NUMBERS,
    "--scale": NUMBERS,
    "--scenarios": WORDS,
    "--save-state": NUMBERS,
    "--only": RUNS + WORDS,
    "--time-limit": NUMBERS,
    "--dask": ADDRESSES,
}
OF_COMPARE = {
    "--baseline": WORDS,
    "--indicator": [*WORDS, "headcount_ratio"],
    "--group": WORDS,
    "--view": [*WORDS, "own", "true"],
    "--year": [*WORDS, "2017"],
    "--precision": NUMBERS,
    "--format": [*WORDS, "csv", "json"],
}


def options(pools: dict[str, list[str]]) -> st.SearchStrategy[list[str]]:
    """Up to three options, each with one of the values of its pool."""
    one = st.sampled_from(sorted(pools)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(pools[name])))
    return st.lists(one, min_size=1, max_size=3).map(lambda pairs: [f"{name}={value}" for name, value in pairs])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, write_small_study: Callable[[Path, str], None]) -> Path:
    made = tmp_path_factory.mktemp("arguments")
    write_small_study(made, STUDY)
    study = Study.load(made / "small" / "study.yaml")
    run_study(make_plan(study), made / "result", workers=1, progress=False)
    (made / "file").write_text("mine")
    return made


def _tree(folder: Path) -> list[tuple[str, int, int]]:
    found = [(path, path.lstat()) for path in sorted(folder.rglob("*"))]
    return [(str(path), info.st_size, info.st_mtime_ns) for path, info in found if not path.is_dir()]


def _refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert status_of(arguments) == 2, arguments
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err and all(LINE.fullmatch(line) for line in said.err.splitlines()), (arguments, said.err)
    return said.err


FIXTURES = [HealthCheck.function_scoped_fixture]


@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURES, derandomize=True)
@given(given_options=options(OF_RUN))
def test_no_option_of_run_is_told_otherwise_than_in_lines(
    folder: Path, capsys: pytest.CaptureFixture[str], given_options: list[str]
) -> None:
    """The directory is a file, so that good options are refused too, after the bad ones: nothing is simulated."""
    before = _tree(folder)
    _refused(["run", str(folder / "small" / "study.yaml"), "--out", str(folder / "file"), *given_options], capsys)
    assert _tree(folder) == before


@settings(max_examples=40, deadline=None, suppress_health_check=FIXTURES, derandomize=True)
@given(given_options=options(OF_COMPARE))
def test_compare_answers_or_refuses(folder: Path, capsys: pytest.CaptureFixture[str], given_options: list[str]) -> None:
    capsys.readouterr()
    status = status_of(["compare", str(folder / "result"), *given_options])
    said = capsys.readouterr()
    assert (status == 0 and said.out and not said.err) or (status == 2 and not said.out), given_options
    assert all(LINE.fullmatch(line) for line in said.err.splitlines()), said.err


@pytest.mark.parametrize("text", ["1_0", "+1", "1.0", "１", "٣", " 1", "0x1", "1e0", "", "one", "9" * 5000])
@pytest.mark.parametrize("option", ["--replicates", "--seed", "--workers", "--save-state"])
def test_whole_numbers_are_in_plain_digits(option: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = _refused(["run", "lushi", f"{option}={text}"], capsys)
    assert f"'{option}'" in said and "is not a whole number" in said and len(said) < 250


@pytest.mark.parametrize("text", ["1_0", "+1", "nan", "inf", "-inf", "1e999", "１", "", "0x1p0"])
@pytest.mark.parametrize(
    ("command", "option"), [("run", "--scale"), ("run", "--time-limit"), ("compare", "--precision")]
)
def test_numbers_are_finite_and_in_plain_digits(
    command: str, option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "is not a number" in _refused([command, "lushi", f"{option}={text}"], capsys)


@pytest.mark.parametrize("workers", [0, -1, 1_025, 10**9, 10**30])
def test_workers_are_bounded(workers: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "in 1..1024" in _refused(["run", "lushi", f"--workers={workers}"], capsys)
    with pytest.raises(BatchError, match=r"in 1\.\.1024"):
        run_study(make_plan(Study.load(folder / "small" / "study.yaml")), folder / "none", workers=workers)
    assert not (folder / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["run", "STUDY", "--only", "a:1", "--scenarios", "a"], "--only"),
        (["compare", "DIR", "--precision", "0.1", "--year", "2017"], "--year"),
        (["compare", "DIR", "--stated", "DIR", "--indicator", "gini"], "--indicator"),
        (["compare", "DIR", "--stated", "DIR", "--format", "csv"], "--format"),
        (["compare", "DIR", "--stated", "DIR", "--precision", "0.1"], "--precision"),
        (["compare", "DIR", "--stated", "DIR", "--baseline", "a"], "--baseline"),
        (["explain", "STUDY", "--all", "--section", "own"], "--section"),
    ],
)
def test_an_option_that_another_would_silence_is_refused(
    arguments: list[str], option: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = {"STUDY": str(folder / "small" / "study.yaml"), "DIR": str(folder / "result")}
    said = _refused([paths.get(word, word) for word in arguments], capsys)
    assert said.startswith(f"command line:1: {option}: is given with --")


@pytest.mark.parametrize("command", ["verify", "compare", "branch", "check", "explain", "run", "init"])
@pytest.mark.parametrize("name", ["a\nb", "a\r\nb", "a\x1b[2Jb", "a\u2028b"])
def test_a_path_with_a_line_break_is_told_in_one_line(
    command: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("no result")  # and no study, and no folder for a template
    more = {"branch": ["--from-year=2016", "--scenarios=x.yaml", "--out=y"]}
    said = _refused([command, name, *more.get(command, [])], capsys)
    assert len(said.splitlines()) == 1 and "\x1b" not in said and said.startswith("a\\")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["http:/x", "s3:y", "file:z", "hdfs:/a/b", "scenario=x/o", "a%20?*[b]#", "-"])
def test_a_result_is_read_under_any_name(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A relative path that looks like an address of the network, a partition or a pattern is one of this machine."""
    monkeypatch.chdir(tmp_path)
    Path(name).parent.mkdir(exist_ok=True, parents=True)
    Path(name).symlink_to(folder / "result")
    for command in ("verify", "compare"):
        assert status_of([command, "--", name]) == 0, capsys.readouterr().err
    there, here = Results.open(folder / "result"), Results.open(Path(name))
    assert len(here.indicators) == len(there.indicators) == here.row_count("indicators")
    assert len(here.rows("comparison")) == len(there.rows("comparison")) > 0
    assert len(here.rows("costs")) == int(here.sql("SELECT count(*) AS n FROM costs")["n"][0])
    assert len(here.places(["small"]).spells) == len(there.spells)


@pytest.mark.parametrize("name", ["new/" + "x" * 300, "new/er/" + "x" * 300, "/proc/tuopin", "/dev/null/x"])
@pytest.mark.parametrize("command", ["run", "init"])
def test_a_directory_that_cannot_be_made_leaves_nothing(
    command: str,
    name: str,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    study = [str(folder / "small" / "study.yaml"), "--workers", "1", "--out"] if command == "run" else []
    _refused([command, *study, name], capsys)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "address", [a for a in ADDRESSES if a] + ["tcp://127.0.0.1:1\n", "inproc://x/1/1", "wss://x:1"]
)
def test_what_is_no_address_is_refused_before_a_client_is_made(
    address: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A client that has not connected waits half a minute when the process ends, and prints a traceback."""
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")

    def no_client(*_: object, **__: object) -> None:
        raise AssertionError("a client was made")

    monkeypatch.setattr(distributed, "Client", no_client)
    study = str(folder / "small" / "study.yaml")
    said = _refused(["run", study, "--out", str(folder / "cluster"), f"--dask={address}"], capsys)
    assert "is no address of a scheduler" in said or "needs certificates" in said
    assert not (folder / "cluster").exists()
