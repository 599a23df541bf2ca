"""The file of one task: an uncompressed ZIP of Arrow streams, one per run and frame, with its receipt inside.

Nothing of our own: `unzip` and any Arrow library read it. Each run's frames are members ``<n>/<frame>.arrow`` (n counts
the runs of the receipt), written as each run ends, so that never more than one run's panel is in memory; the receipt
comes last, so that a file that breaks off has none.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
import pyarrow as pa

from tuopin.sim.results import durable
from tuopin.sim.results.receipts import Receipt, from_json, to_json

RECEIPT = "receipt.json"
_DAMAGE = (zipfile.BadZipFile, zlib.error, KeyError, UnicodeDecodeError, RuntimeError, EOFError)
"""What zipfile raises where a header is altered: a member that is nowhere, or now looks compressed or encrypted."""
_ROWS_PER_BATCH = 1 << 17  # 131,072 rows: a panel is read back in pieces of some tens of MB
# Buffers of some kB: handing each to a thread costs ten times what compressing it does.
_WRITE = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_READ = pa.ipc.IpcReadOptions(use_threads=False)
_BUFFER = 1 << 16  # bytes: Arrow writes some dozen pieces a frame
_EPOCH = (1980, 1, 1, 0, 0, 0)


def member(position: int, frame: str) -> str:
    """The member that holds `frame` of the receipt's run number `position`."""
    return f"{position}/{frame}.arrow"


class TaskWriter:
    """Writes one task file under a temporary name in `directory`; `close` gives the receipt of the durable file."""

    def __init__(self, directory: Path) -> None:
        self.path = durable.temporary_in(directory)
        self._stream: IO[bytes] = self.path.open("xb")
        self._zip = zipfile.ZipFile(self._stream, "w", zipfile.ZIP_STORED)

    def __enter__(self) -> TaskWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._zip.fp = None  # its close() would finish the file properly: this one is to break off
            with suppress(OSError):
                self._stream.close()
            with suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _member(self, name: str) -> IO[bytes]:
        return self._zip.open(zipfile.ZipInfo(name, _EPOCH), "w", force_zip64=True)

    def add(self, position: int, frame: str, table: Any) -> str:
        """Write one frame of run number `position`; return the digest of its values."""
        durable.checkpoint(f"before member {member(position, frame)}")
        with (
            self._member(member(position, frame)) as stream,
            pa.BufferedOutputStream(pa.PythonFile(stream, mode="w"), _BUFFER) as buffered,
            pa.ipc.new_stream(buffered, table.schema, options=_WRITE) as writer,
        ):
            writer.write_table(table, max_chunksize=_ROWS_PER_BATCH)
        return table_digest(table)

    def close(self, receipt: Receipt) -> Receipt:
        """Write `receipt` into the file, make it durable, and return it with the temporary name, size and checksum."""
        with self._member(RECEIPT) as stream:
            stream.write(json.dumps(to_json(receipt), ensure_ascii=False).encode())
        self._zip.close()
        self._stream.flush()
        durable.checkpoint("task file written")
        os.fsync(self._stream.fileno())
        self._stream.close()
        durable.checkpoint("task file synced")
        return replace(receipt, file=self.path.name, size=self.path.stat().st_size, sha256=checksum(self.path))


def table_digest(table: Any) -> str:
    """The SHA-256 of the values of a table, column by column, however its rows are divided into pieces."""
    whole = hashlib.sha256()
    for name, column in zip(table.column_names, table.unify_dictionaries().columns, strict=True):
        whole.update(f"{name} {column.type} {len(column)}\n".encode())
        if not len(column):
            continue
        values = column.combine_chunks()
        if pa.types.is_dictionary(values.type):
            whole.update(json.dumps(values.dictionary.to_pylist()).encode())
            values = values.indices
        if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
            whole.update(json.dumps(values.to_pylist()).encode())
            continue
        if values.null_count:
            whole.update(values.is_null().to_numpy(zero_copy_only=False).tobytes())
            values = values.fill_null(False if pa.types.is_boolean(values.type) else 0)
        whole.update(np.ascontiguousarray(values.to_numpy(zero_copy_only=False)).tobytes())
    return whole.hexdigest()


def checksum(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_receipt(path: Path) -> Receipt:
    """Check a committed file that the journal does not know, and return the receipt inside.

    Raises
    ------
    ValueError
        If the file is torn, altered or not a task file.
    """
    try:
        with zipfile.ZipFile(path) as container:
            damaged = container.testzip()
            if damaged is not None:
                raise ValueError(f"{path.name}: {damaged} is damaged")
            receipt = from_json(json.loads(container.read(RECEIPT)))
            present = set(container.namelist())
    except _DAMAGE as error:
        raise ValueError(f"{path.name} is not a whole task file: {error}") from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a damaged directory sends the reader to before the beginning of the file
            raise
        raise ValueError(f"{path.name} is not a whole task file: {error}") from error
    expected = {member(at, frame) for at, run in enumerate(receipt.runs) for frame in run.rows}
    if not expected <= present:
        raise ValueError(f"{path.name} lacks {sorted(expected - present)}")
    receipt = from_json({**to_json(receipt), "file": path.name})
    return replace(receipt, size=path.stat().st_size, sha256=checksum(path))


def read_frames(path: Path, wanted: list[tuple[int, str]]) -> Iterator[tuple[str, Any]]:
    """(frame, table) in pieces of bounded size, for the (position, frame) `wanted`; checked by CRC-32 on reading."""
    with zipfile.ZipFile(path) as container:
        yield from frames_in(container, wanted)


def frames_in(container: zipfile.ZipFile, wanted: list[tuple[int, str]]) -> Iterator[tuple[str, Any]]:
    """`read_frames` of a file that is open already."""
    for position, frame in wanted:
        with container.open(member(position, frame)) as stream:
            # Small members are read at once; only a panel is worth streaming.
            source = stream if frame == "panel" else io.BytesIO(stream.read())
            with pa.ipc.open_stream(source, options=_READ) as reader:
                for batch in reader:
                    yield frame, pa.Table.from_batches([batch])


def frame_schema(path: Path, position: int, frame: str) -> Any:
    """The schema of one frame, without reading its rows."""
    with zipfile.ZipFile(path) as container, container.open(member(position, frame)) as stream:
        return pa.ipc.open_stream(stream).schema
