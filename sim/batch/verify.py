"""Whether a directory still holds what its runs gave: every cell is worked out again from the committed runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tuopin.sim.batch.committed import add_receipt
from tuopin.sim.batch.taskfile import checksum, frame_schema, read_frames, read_receipt, table_digest
from tuopin.sim.comparison.compare import as_csv, differences_of
from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.manifest import MANIFEST, digest, fingerprint, manifest_faults, read_manifest
from tuopin.sim.results.receipts import JOURNAL, RUNS, TABLES_RECORD, Receipt, Records, RunKey, RunRecord, read_journal
from tuopin.sim.results.results import COMPARISON_FILE, Results
from tuopin.sim.results.schemas import TABLES, fit_schema


def verify(directory: Path) -> list[str]:
    """Return what differs between the tables of a result and its committed runs, one line each; empty if nothing.

    Raises
    ------
    ResultsError
        If the directory is no result.
    """
    if not directory.is_dir():
        raise ResultsError(f"{directory}: there is no such directory; give one that `tuopin run` has written")
    manifest = read_manifest(directory)
    if manifest is None:
        raise ResultsError(f"{directory}: holds no readable {MANIFEST}; give a directory that `tuopin run` has written")
    if faults := manifest_faults(manifest):
        return [f"{directory / MANIFEST}: {wrong}" for wrong in faults]
    found, records = _committed(directory, manifest)
    found += _manifest(directory, manifest, records)
    found += _checksums(directory)
    done = [key for key in map(_key, manifest["runs"]) if key in records and records[key].done]
    in_order = [records[key] for key in done]
    for frame in TABLES:
        if frame != "panel" or any(run.panel for run in in_order):
            found += _table(directory, frame, in_order)
    return found if found else _comparison(directory, manifest)


def _key(row: Mapping[str, Any]) -> RunKey:
    return RunKey(row["place"], row["scenario"], row["replicate"])


def _committed(directory: Path, manifest: Mapping[str, Any]) -> tuple[list[str], Records]:
    """What is wrong with the committed files, and the runs of the whole ones."""
    found: list[str] = []
    receipts: list[Receipt] = []
    runs = directory / RUNS
    journal = read_journal(runs)
    if journal.identity != manifest["identity"]:
        found.append(f"{runs}: its journal is of another result")
    present = {path.name: path for path in sorted(runs.glob("*.zip"))}
    if journal.torn:
        found.append(f"{runs / JOURNAL}: {journal.torn} line(s) are not whole; the same `tuopin run` command mends it")
    found += [f"{runs / name}: is gone" for name in sorted(set(journal.receipts) - set(present))]
    for name, path in present.items():
        try:
            if not path.is_file() or path.is_symlink():
                raise ValueError("is not a regular file")
            known = journal.receipts.get(name) or read_receipt(path)
            if checksum(path) != known.sha256:
                raise ValueError("its checksum is not that of its receipt")
            if known.identity != manifest["identity"]:
                raise ValueError("is of another result")
            found += [f"{path}: {line}" for line in _digests(path, known)]
        except (ValueError, OSError, KeyError, pa.ArrowException) as error:
            found.append(f"{path}: {error}")
            continue
        receipts.append(known)
    records: Records = {}
    for receipt in sorted(receipts, key=lambda receipt: (receipt.place, receipt.replicate, receipt.part)):
        add_receipt(records, receipt)
    return found, records


def _digests(path: Path, receipt: Receipt) -> Iterator[str]:
    for position, run in enumerate(receipt.runs):
        for frame, expected in run.digests.items():
            if table_digest(_frame(path, position, frame)) != expected:
                yield f"{frame} of {run.scenario}:{run.replicate} is not what its receipt says"


def _frame(path: Path, position: int, frame: str) -> Any:
    pieces = [table for _, table in read_frames(path, [(position, frame)])]
    return pa.concat_tables(pieces) if pieces else frame_schema(path, position, frame).empty_table()


def _manifest(directory: Path, manifest: Mapping[str, Any], records: Records) -> list[str]:
    """The manifest's checksums, its list of runs and its fingerprint."""
    path, found = directory / MANIFEST, []
    if digest(manifest["inputs"]) != manifest["inputs_sha256"]:
        found.append(f"{path}: its inputs do not have the checksum beside them")
    listed = {_key(row): row["status"] for row in manifest["runs"] if row["status"] != "pending"}
    for key in sorted(set(listed) | set(records)):
        there = records[key].status if key in records else "not there"
        if listed.get(key, "not listed") != there:
            found.append(
                f"{path}: run {':'.join(map(str, key))} is {listed.get(key, 'not listed')}; in {RUNS}: {there}"
            )
    if manifest.get("fingerprint") != fingerprint(records):
        found.append(f"{path}: the fingerprint is {manifest.get('fingerprint')}; of the runs: {fingerprint(records)}")
    return found


def _checksums(directory: Path) -> list[str]:
    """Files against the checksums noted when the tables were made."""
    path = directory / RUNS / TABLES_RECORD
    try:
        data = json.loads(path.read_bytes() if path.is_file() else b"")  # a FIFO would be waited for
        noted = {str(name): str(table["sha256"]) for name, table in data["tables"].items()}
        if data["comparison_sha256"] is not None:
            noted[COMPARISON_FILE] = str(data["comparison_sha256"])
        of_manifest = data["manifest_sha256"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [f"{path}: cannot be read; give the same `tuopin run` command again"]
    found = []
    if hashlib.sha256((directory / MANIFEST).read_bytes()).hexdigest() != of_manifest:
        found.append(f"{directory / MANIFEST}: is not the one that the tables were made with")
    for name, expected in noted.items():
        table = directory / name
        if not table.is_file() or checksum(table) != expected:
            found.append(f"{table}: {'its checksum differs' if table.is_file() else 'is gone'}")
    others = {path.name for path in directory.glob("*.parquet")} - set(noted)
    return found + [f"{directory / name}: is no table of this result" for name in sorted(others)]


class _Rows:
    """The rows of a table in their order, some at a time."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():  # a FIFO would be waited for
            raise OSError("is not a file" if path.exists() else "is not there")
        self._file = pq.ParquetFile(path.absolute())
        self.schema = self._file.schema_arrow.remove_metadata()
        self.schema = pa.schema([field.remove_metadata() for field in self.schema])
        self.number = self._file.metadata.num_rows
        self._batches = self._file.iter_batches(use_threads=False)
        self._held = self.schema.empty_table()

    def take(self, number: int) -> Any:
        while self._held.num_rows < number:
            batch = next(self._batches, None)
            if batch is None:
                break
            held = [self._held, pa.Table.from_batches([batch]).cast(self.schema)]
            self._held = pa.concat_tables(table.unify_dictionaries() for table in held)
        taken, self._held = self._held.slice(0, number), self._held.slice(number)
        return taken


def _table(directory: Path, frame: str, done: Sequence[RunRecord]) -> list[str]:
    """Where a table is not what the runs give: its number of rows, and the first cell that differs."""
    path = directory / f"{frame}.parquet"
    try:
        rows = _Rows(path)
        expected = sum(run.rows.get(frame, 0) for run in done)
        found = [] if rows.number == expected else [f"{path}: has {rows.number} rows; the runs give {expected}"]
        at = 0
        for run in done:
            if frame not in run.rows:
                continue
            given = fit_schema(_frame(directory / RUNS / run.file, run.position, frame), rows.schema)
            wrong = _first_difference(rows.take(given.num_rows), given)
            if wrong is not None:
                row, column, is_now, was = wrong
                where = f"{run.place} {run.scenario}:{run.replicate}, row {at + row + 1}"
                return [*found, f"{path}: {where}: {column} is {is_now!r}; the run says {was!r}"]
            at += given.num_rows
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        return [f"{path}: cannot be read: {' '.join(str(error).split())}"]
    return found


def _first_difference(now: Any, given: Any) -> tuple[int, str, Any, Any] | None:
    """Row, column, what is there and what the run gave, of the first cell that differs."""
    first: tuple[int, str, Any, Any] | None = None
    for name in given.column_names:
        is_now, was = _plain(now.column(name)), _plain(given.column(name).slice(0, now.num_rows))
        if is_now.equals(was):
            continue
        pairs = enumerate(zip(is_now.to_pylist(), was.to_pylist(), strict=True))
        for row, (a, b) in pairs:
            if not _same(a, b):
                first = (row, name, a, b) if first is None or row < first[0] else first
                break
    if first is None and now.num_rows < given.num_rows:
        return now.num_rows, given.column_names[0], "missing", _plain(given.column(0))[now.num_rows].as_py()
    return first


def _plain(column: Any) -> Any:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and str(a) == str(b)  # NaN is NaN, and 0.0 not -0.0


def _comparison(directory: Path, manifest: dict[str, Any]) -> list[str]:
    """The comparison, worked out again from the tables, which are right."""
    path = directory / COMPARISON_FILE
    frame = differences_of(Results(directory, manifest), manifest["comparison"]["baseline"])
    expected = b"" if frame.empty else as_csv(frame)
    present = path.read_bytes() if path.is_file() else b""
    if present == expected:
        return []
    lines = zip(present.splitlines() or [b""], expected.splitlines() or [b""], strict=False)
    number = next((k for k, (a, b) in enumerate(lines, start=1) if a != b), "the end of the shorter")
    return [f"{path}: line {number} is not what the tables give"]
