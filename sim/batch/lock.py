"""One writer per directory, by a lock of the operating system: it ends with the process that holds it."""

from __future__ import annotations

import json
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from tuopin.sim.results.durable import write_atomically
from tuopin.sim.results.errors import DirectoryRefused

LOCK = ".lock"
WRITER = ".writer.json"


@contextmanager
def writer_lock(directory: Path) -> Iterator[str | None]:
    """Hold the right to write `directory`; yields a note on an earlier writer that stopped without finishing, or None.

    The lock is `flock` on ``.lock`` through filelock: the file's presence means nothing, only a living process holds
    it. ``.writer.json`` merely tells people who that is.

    Raises
    ------
    DirectoryRefused
        If another process holds it.
    """
    lock = FileLock(directory / LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise DirectoryRefused(
            f"{directory}: is being written by {_describe(directory) or 'another process'};"
            " wait until it is done, stop it, or choose another --out"
        ) from None
    try:
        earlier = _describe(directory)
        _announce(directory)
        yield f"{directory}: {earlier} stopped without finishing; what it committed stands" if earlier else None
    finally:
        with suppress(OSError):
            (directory / WRITER).unlink(missing_ok=True)
        lock.release()


def _announce(directory: Path) -> None:
    me = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now().isoformat(" ", "seconds")}
    write_atomically(directory / WRITER, json.dumps(me).encode() + b"\n")  # a link there is replaced, not followed


def _describe(directory: Path) -> str | None:
    """The writer named in the directory, in words."""
    try:
        if not stat.S_ISREG((directory / WRITER).lstat().st_mode):
            return None
        text = (directory / WRITER).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    try:
        who = json.loads(text)
        return f"process {who['pid']} on {who['host']} (started {who['since']})"
    except (ValueError, KeyError, TypeError):
        return "an earlier process"
