"""`verify` finds every altered, missing or added row of every table, and says equal where nothing is."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from fake_county import TASK, fake_plan

from tuopin.sim.batch.engine import run_study
from tuopin.sim.batch.taskfile import table_digest
from tuopin.sim.batch.verify import verify
from tuopin.sim.cli import status_of
from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.results import Results
from tuopin.sim.results.schemas import TABLES, conform, without_nan


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("verify") / "out"
    run_study(fake_plan(raises=(("b", 2),)), out, workers=1, progress=False, panel=True, task=TASK)
    return out


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def test_a_result_is_equal_to_its_runs(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(made) == []
    assert status_of(["verify", str(made)]) == 0
    assert "equal: every table is what its 10 runs give (2 failed, 0 pending); fingerprint" in capsys.readouterr().out


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + "x"
    return 1 if value is None else value + 1


def columns() -> list[tuple[str, str]]:
    return [(frame, column.name) for frame, declared in TABLES.items() for column in declared]


@pytest.mark.parametrize(("frame", "column"), columns())
def test_an_altered_cell_of_any_column_is_found(copy: Path, frame: str, column: str) -> None:
    path = copy / f"{frame}.parquet"
    table = pq.read_table(path)
    row = table.num_rows // 2
    values = table.column(column).to_pylist()
    values[row] = other(values[row])
    at = table.schema.get_field_index(column)
    array = pa.array(values, pa.string() if isinstance(values[row], str) else table.schema.field(at).type)
    array = array.cast(table.schema.field(at).type) if not isinstance(values[row], str) else array.dictionary_encode()
    pq.write_table(table.set_column(at, table.schema.field(at), array.cast(table.schema.field(at).type)), path)
    found = verify(copy)
    assert any(f"{path}: " in line and f"row {row + 1}: {column} is {values[row]!r}" in line for line in found), found
    assert f"{path}: its checksum differs" in found
    assert status_of(["verify", str(copy)]) == 1


@pytest.mark.parametrize("frame", list(TABLES))
@pytest.mark.parametrize("how", ["first gone", "last gone", "doubled", "turned", "none", "damaged", "no file"])
def test_rows_missing_added_or_moved_are_found(copy: Path, frame: str, how: str) -> None:
    path = copy / f"{frame}.parquet"
    table = pq.read_table(path)
    n = table.num_rows
    if how == "damaged":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif how == "no file":
        path.unlink()
    else:
        rows = {
            "first gone": range(1, n),
            "last gone": range(n - 1),
            "doubled": [*range(n), n - 1],
            "turned": [1, 0, *range(2, n)],
            "none": [],
        }
        pq.write_table(table.take(pa.array(list(rows[how]), pa.int64())), path)
    found = [line for line in verify(copy) if line.startswith(f"{path}: ")]
    assert len(found) >= 2 or how == "turned", found
    assert any("checksum" in line or "gone" in line for line in found)


def _edit(name: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    def edit(out: Path) -> None:
        data = json.loads((out / name).read_text())
        change(data)
        (out / name).write_text(json.dumps(data))

    return edit


def _replace(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def edit(out: Path) -> None:
        content = (out / name).read_bytes()
        assert old in content
        (out / name).write_bytes(content.replace(old, new, 1))

    return edit


@pytest.mark.parametrize(
    "harm",
    [
        _replace("comparison.csv", b",a,none,", b",b,none,"),
        lambda out: (out / "comparison.csv").unlink(),
        lambda out: (out / "comparison.csv").open("a").write("x"),
        _edit("manifest.json", lambda m: m.update(fingerprint="0" * 64)),
        _edit("manifest.json", lambda m: m.update(seed=8)),
        _edit("manifest.json", lambda m: m["runs"].pop() and m["counts"].update(done=9)),
        _edit("runs/tables.json", lambda t: t.update(manifest_sha256="0")),
        _edit("runs/tables.json", lambda t: t["tables"].clear()),
        _edit("runs/tables.json", lambda t: t.update(tables=3)),
        lambda out: (out / "runs" / "tables.json").unlink(),
        lambda out: (out / "runs" / "east-r00001-p00.zip").unlink(),
        lambda out: (out / "runs" / "east-r00001-p00.zip").open("ab").write(b"x"),
        lambda out: shutil.copy(out / "costs.parquet", out / "other.parquet"),
        _replace("runs/receipts.jsonl", b'"identity":"', b'"identity":"x'),
    ],
)
def test_other_harm_is_found(copy: Path, harm: Callable[[Path], Any]) -> None:
    harm(copy)
    assert verify(copy)
    assert status_of(["verify", str(copy)]) == 1


def test_what_is_no_result_is_bad_input(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ResultsError):
            verify(path)
        assert status_of(["verify", str(path)]) == 2


def test_the_fingerprint_is_of_the_values_alone(tmp_path: Path) -> None:
    prints = []
    for name, seed, workers in (("a", 7, 1), ("b", 7, 2), ("c", 8, 1)):
        run_study(fake_plan(seed=seed), tmp_path / name, workers=workers, progress=False, task=TASK)
        prints.append(json.loads((tmp_path / name / "manifest.json").read_text())["fingerprint"])
    assert prints[0] == prints[1] != prints[2]


def test_a_digest_does_not_depend_on_pieces() -> None:
    table = pa.table(
        {"a": pa.array(["x", "y", "x"]).dictionary_encode(), "b": [1.0, None, 2.0], "c": [True, False, None]}
    )
    pieces = pa.concat_tables([table.slice(0, 1), table.slice(1)])
    assert table_digest(table) == table_digest(pieces) != table_digest(table.slice(1))
    assert table_digest(table.slice(0, 0)) == table_digest(table.schema.empty_table())
    null, nought = pa.table({"b": pa.array([None], pa.float64())}), pa.table({"b": [0.0]})
    assert table_digest(null) != table_digest(nought)


def test_undefined_indicators_are_null_and_read_as_nan(made: Path, tmp_path: Path) -> None:
    table = pq.read_table(made / "indicators.parquet").slice(0, 3)
    at = table.schema.get_field_index("value")
    undefined = conform("indicators", table.set_column(at, "value", pa.array([1.0, np.nan, 3.0])))
    assert undefined.column("value").to_pylist() == [1.0, None, 3.0]
    assert pc.mean(undefined.column("value")).as_py() == 2.0
    assert math.isnan(undefined.to_pandas()["value"][1])
    assert without_nan(pa.chunked_array([[1.0, 2.0]])).null_count == 0
    assert Results.open(made).sql("SELECT count(*) AS n FROM indicators WHERE isnan(value)")["n"][0] == 0


def test_a_run_of_the_model_itself_with_tables_that_are_empty(tmp_path: Path) -> None:
    study = Path(__file__).parents[3] / "scenarios" / "lushi.yaml"
    options = ["--scale", "0.02", "--years", "2016-2018", "--replicates", "1", "--workers", "1"]
    assert status_of(["run", str(study), "--scenarios", "none,all", *options, "--out", str(tmp_path / "out")]) == 0
    assert verify(tmp_path / "out") == []
