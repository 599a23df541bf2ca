"""Writing so that a file is either whole or not there, whatever stops the process or the machine.

Temporary file in the same directory, flush, fsync, atomic rename, fsync of the directory: the order that POSIX file
systems need before a rename survives a power cut (Pillai et al. 2014, "All File Systems Are Not Created Equal").
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

_serial = count()

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # no link, and no waiting for a FIFO's reader
TEMPORARY_PREFIX = ".part-"


def _nothing(name: str) -> None:
    """Stand for a commit point in ordinary life."""


# Called between any two system calls that matter; the fault tests put a function here that stops the process.
checkpoint: Callable[[str], None] = _nothing


def temporary_in(directory: Path) -> Path:
    """A name in `directory` that no other process on any machine is using."""
    unique = f"{socket.gethostname()}-{os.getpid()}-{time.monotonic_ns()}-{next(_serial)}"
    return directory / f"{TEMPORARY_PREFIX}{unique}.tmp"


def make_folder(folder: Path) -> None:
    """Make `folder` and what is above it; where that fails, take away again what was made."""
    above = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        for made in above:
            with suppress(OSError):  # not made, or another process has put something into it
                made.rmdir()
        raise


def fsync_directory(directory: Path) -> None:
    """Make the names in `directory` durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(temporary: Path, final: Path) -> None:
    """Rename a complete, fsynced `temporary` to `final` in one step and make the name durable."""
    checkpoint(f"before rename {final.name}")
    temporary.replace(final)
    checkpoint(f"after rename {final.name}")
    fsync_directory(final.parent)
    checkpoint(f"directory synced {final.name}")


def write_atomically(final: Path, content: bytes) -> None:
    """Replace the file `final` by `content`; at any moment `final` is the old or the new content, whole."""
    temporary = temporary_in(final.parent)
    try:
        with temporary.open("xb") as stream:
            checkpoint(f"opened for {final.name}")
            half = len(content) // 2
            stream.write(content[:half])
            stream.flush()
            checkpoint(f"half of {final.name}")
            stream.write(content[half:])
            stream.flush()
            checkpoint(f"written {final.name}")
            os.fsync(stream.fileno())
        put_in_place(temporary, final)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def append_durably(path: Path, content: bytes) -> None:
    """Append `content` to `path` in one write and make it durable.

    Raises
    ------
    OSError
        Also when only a part could be written (disk full); the reader drops a torn last line.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_FOLLOW, 0o666)
    try:
        checkpoint(f"before append {path.name}")
        written = os.write(descriptor, content)
        if written < len(content):
            os.write(descriptor, content[written:])  # a full disk says so here
        checkpoint(f"appended {path.name}")
        os.fsync(descriptor)
        checkpoint(f"append synced {path.name}")
    finally:
        os.close(descriptor)


def clear_temporaries(directory: Path) -> int:
    """Remove what stopped processes left half-written in `directory`; the number removed."""
    removed = 0
    for path in directory.glob(f"{TEMPORARY_PREFIX}*.tmp"):
        with suppress(IsADirectoryError, PermissionError):  # nothing of ours
            path.unlink(missing_ok=True)
            removed += 1
    return removed
