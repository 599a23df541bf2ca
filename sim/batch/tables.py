"""The final tables: committed task files put together in one canonical order, streaming, whole or not at all."""

from __future__ import annotations

import importlib
import json
import os
import zipfile
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tuopin.sim.batch.taskfile import checksum, frame_schema, frames_in
from tuopin.sim.results import durable
from tuopin.sim.results.receipts import TABLES_RECORD, RunRecord
from tuopin.sim.results.results import COMPARISON_FILE
from tuopin.sim.results.schemas import TABLES, describe, empty_schema, fit_schema, unite

# Rows per row group: large enough to compress, small enough that one group of the widest table stays near 50 MB.
_GROUP = {"panel": 1 << 18}
_DEFAULT_GROUP = 1 << 20
# Task files held open at a time: those of as many replicates are opened once, not once a scenario.
_OPEN = 100


def _files_at_once() -> int:
    """How many task files may be open: a quarter of what this process may open, so that `ulimit -n 64` will do."""
    try:
        resource = importlib.import_module("resource")
    except ImportError:  # not on this operating system
        return _OPEN
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _OPEN if soft == resource.RLIM_INFINITY else max(4, min(_OPEN, soft // 4))


class _OpenFiles:
    """Task files, the last used of which stay open."""

    def __init__(self) -> None:
        self._open: OrderedDict[Path, zipfile.ZipFile] = OrderedDict()
        self._most = _files_at_once()

    def __enter__(self) -> _OpenFiles:
        return self

    def __exit__(self, *_: object) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def get(self, path: Path) -> zipfile.ZipFile:
        if path in self._open:
            self._open.move_to_end(path)
        else:
            while len(self._open) >= self._most:
                self._open.popitem(last=False)[1].close()
            self._open[path] = zipfile.ZipFile(path)
        return self._open[path]


@dataclass(frozen=True)
class TableRecord:
    """A finished table: its checksum and number of rows."""

    sha256: str
    rows: int


class _TableWriter:
    """A Parquet file being written under a temporary name, one row group at a time."""

    def __init__(self, directory: Path, frame: str, schema: Any) -> None:
        self.frame, self.schema, self.rows = frame, schema, 0
        self.path = durable.temporary_in(directory)
        self._stream = self.path.open("xb")
        repeating = [field.name for field in schema if not pa.types.is_floating(field.type)]
        self._writer = pq.ParquetWriter(self._stream, schema, compression="zstd", use_dictionary=repeating)
        self._waiting: list[Any] = []
        self._waiting_rows = 0

    def __enter__(self) -> _TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            with suppress(OSError, pa.ArrowException):
                self._writer.close()
            with suppress(OSError):
                self._stream.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def add(self, table: Any) -> None:
        self._waiting.append(fit_schema(table, pa.schema([field.remove_metadata() for field in self.schema])))
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= _GROUP.get(self.frame, _DEFAULT_GROUP):
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            whole = pa.concat_tables(self._waiting).unify_dictionaries().cast(self.schema)
            self._writer.write_table(whole, row_group_size=_GROUP.get(self.frame, _DEFAULT_GROUP))
            self.rows += whole.num_rows
            self._waiting, self._waiting_rows = [], 0

    def finish(self) -> TableRecord:
        """Complete the file, durable but still under its temporary name."""
        self._flush()
        self._writer.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        durable.checkpoint(f"table {self.frame} written")
        return TableRecord(checksum(self.path), self.rows)


def table_file(frame: str) -> str:
    """The file name of a final table."""
    return f"{frame}.parquet"


def assemble(
    out: Path,
    runs: Path,
    done: Sequence[RunRecord],
    facts: Mapping[str, str],
) -> dict[str, TableRecord]:
    """Write the tables of the runs `done` (in canonical order) into `out`, each replacing the old one in one step.

    `facts` go into the metadata of their schemas.
    """
    frames = [frame for frame in TABLES if frame != "panel" or any(run.panel for run in done)]
    with ExitStack() as stack:
        growing = {
            frame: stack.enter_context(_TableWriter(out, frame, describe(frame, _schema(runs, frame, done), facts)))
            for frame in frames
        }
        opened = stack.enter_context(_OpenFiles())  # the runs of a file stand apart, scenario by scenario
        for run in done:
            present = [(run.position, frame) for frame in frames if frame in run.rows]
            for frame, table in frames_in(opened.get(runs / run.file), present):
                growing[frame].add(table)
        written = {frame: table.finish() for frame, table in growing.items()}
        for frame, table in growing.items():
            durable.put_in_place(table.path, out / table_file(frame))
    return written


def _schema(runs: Path, frame: str, done: Sequence[RunRecord]) -> Any:
    """The one schema of a table; only the panel's depends on the runs (their policies)."""
    if frame == "panel":
        return unite([frame_schema(runs / run.file, run.position, frame) for run in done if run.panel])
    return empty_schema(frame)


def write_tables_record(
    runs: Path, manifest_sha256: str, tables: Mapping[str, TableRecord], comparison_sha256: str | None
) -> None:
    """Record which tables belong to which manifest, after all of them are in place."""
    data = {
        "manifest_sha256": manifest_sha256,
        "tables": {table_file(frame): asdict(record) for frame, record in tables.items()},
        "comparison_sha256": comparison_sha256,
    }
    durable.write_atomically(runs / TABLES_RECORD, json.dumps(data, indent=1).encode() + b"\n")


def tables_stand(out: Path, runs: Path, manifest_sha256: str) -> bool:
    """Whether every table in `out`, and the comparison, is whole and made from the manifest with this checksum."""
    try:
        data = json.loads((runs / TABLES_RECORD).read_bytes())
        if data["manifest_sha256"] != manifest_sha256:
            return False
        expected = {name: table["sha256"] for name, table in data["tables"].items()}
        if data["comparison_sha256"] is not None:
            expected[COMPARISON_FILE] = data["comparison_sha256"]
        return set(expected) >= {table_file(name) for name in TABLES if name != "panel"} and all(
            checksum(out / name) == digest for name, digest in expected.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
