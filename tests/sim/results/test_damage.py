"""A directory damaged in any file and way: each command and reader answers or refuses in a line, and none waits."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fake_county import TASK, fake_plan

from tuopin.sim.batch.engine import run_study
from tuopin.sim.cli import status_of
from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.results import Results
from tuopin.sim.results.schemas import COMPARISON, TABLES, misfit

LINE = re.compile(r"[^\n]+:[0-9]+: [^\n]+: [^\n]+; [^\n]+")
PLAN = fake_plan()
FILES = [
    "indicators.parquet",
    "draws.parquet",
    "panel.parquet",
    "comparison.csv",
    "manifest.json",
    "runs/receipts.jsonl",
    "runs/tables.json",
]


def _half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("/nowhere/at/all")


WAYS: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda path: path.write_bytes(b""),
    "half": _half,
    "junk": lambda path: path.write_bytes(bytes(range(255, 0, -1)) * 3),
    "text": lambda path: path.write_text('{"x": [1]}\n'),
    "FIFO": _fifo,
    "folder": _folder,
    "dangling": _dangling,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("damage") / "out"
    run_study(PLAN, out, workers=1, progress=False, panel=True, task=TASK)
    return out


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """A FIFO opened deep in a library waits where Python's handlers do not run: end the process then."""

    def late(*_: int | FrameType | None) -> None:
        raise AssertionError("it waits")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.filterwarnings("ignore:.*its tables are older than its manifest")
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("way", WAYS)
def test_readers_answer_or_refuse_in_a_line(
    copy: Path, name: str, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    WAYS[way](copy / name)
    assert status_of(["verify", str(copy)]) in (1, 2)
    said = capsys.readouterr()
    assert said.out == "" and str(copy) in said.err
    for table in ("comparison", "indicators", "draws", "panel"):
        try:
            results = Results.open(copy)
            results.rows(table)
            if table != "comparison":
                assert results.row_count(table) == len(getattr(results, table))
        except ResultsError as refused:
            assert len(str(refused).splitlines()) == 1 and str(copy) in str(refused)
    status = status_of(["compare", str(copy), "--indicator", "poverty_gap"])
    told = capsys.readouterr().err
    assert status in (0, 2)
    assert status == 0 or all(LINE.fullmatch(line) for line in told.splitlines()), told


@pytest.mark.parametrize("name", ["draws", "panel", "pairs", "limits", "costs"])
def test_a_table_damaged_is_not_taken_for_one_without_rows(copy: Path, name: str) -> None:
    results, path = Results.open(copy), copy / f"{name}.parquet"
    _half(path)
    for read in (lambda: results.rows(name), lambda: results.row_count(name), lambda: results.places(["east"])):
        if name in ("draws", "panel") and read.__code__.co_names[0] == "places":
            continue
        with pytest.raises(ResultsError, match=rf"{name}\.parquet: is damaged or not a table of Tuopin; give the same"):
            read()


@pytest.mark.parametrize("name", [name for name in TABLES if name != "draws"])
def test_a_table_without_a_column_or_with_another_type_is_refused(copy: Path, name: str) -> None:
    """The metadata are still those of the run: only the columns tell."""
    path = copy / f"{name}.parquet"
    table = pq.read_table(path)
    assert misfit(name, table.schema) is None
    for at, declared in enumerate(TABLES[name]):
        assert misfit(name, table.drop_columns([declared.name]).schema) == f"has no column {declared.name}"
        blank = table.set_column(at, declared.name, pa.nulls(len(table), pa.binary()))
        expected = None if declared.type is None else f"has a column {declared.name} of binary"
        assert misfit(name, blank.schema) == expected
    last = TABLES[name][-1].name  # a panel has columns of the policies after it
    pq.write_table(table.drop_columns([last]), path)
    with pytest.raises(ResultsError, match=f"{name}.parquet: has no column {last}; give the same"):
        Results.open(copy)


def test_a_comparison_with_other_columns_is_refused(copy: Path) -> None:
    path = copy / "comparison.csv"
    header, *rows = path.read_text().splitlines()
    assert header.split(",") == [column.name for column in COMPARISON] and rows
    for columns in ([0, 1, 2], [1, 0, *range(2, len(COMPARISON))]):
        lines = [[line.split(",")[at] for at in columns] for line in (header, *rows)]
        path.write_text("\n".join(",".join(line) for line in lines) + "\n")
        with pytest.raises(ResultsError, match=r"comparison\.csv: is damaged"):
            Results.open(copy).rows("comparison")


@pytest.mark.parametrize("name", ["x.zip", "east-r00001-p00.zip"])
@pytest.mark.parametrize("way", ["FIFO", "folder", "dangling"])
def test_a_committed_file_that_is_no_file_is_told_by_verify(
    copy: Path, name: str, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copy / "runs" / name
    path.touch()
    WAYS[way](path)
    assert status_of(["verify", str(copy)]) == 1
    assert f"{path}: is not a regular file" in capsys.readouterr().err
