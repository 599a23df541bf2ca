"""What can stop a batch, said for the person who started it."""

from __future__ import annotations

from pathlib import Path

from tuopin.sim.study.problems import printable


class BatchError(Exception):
    """A batch that cannot start or go on; `exit_status` is what the command line returns.

    Each line of the message is one mistake: where, what is wrong; what is allowed or to be done. Line breaks in
    a path or in what a library says are written as escapes.
    """

    exit_status = 2

    def __init__(self, *lines: str) -> None:
        self.lines = tuple(printable(line) for line in lines)
        super().__init__("\n".join(self.lines))

    def __reduce__(self) -> tuple[type[BatchError], tuple[str, ...]]:
        return type(self), self.lines


class DirectoryRefused(BatchError):
    """The result directory belongs to something else, is being written by another process, or cannot be written."""


class ResultsError(BatchError):
    """A directory that is not a result, or a question its tables cannot answer."""


class StorageFailed(BatchError):
    """Writing failed on the way (disk full, file system gone read-only): what was committed stands."""

    exit_status = 1


class ClusterRefused(BatchError):
    """The cluster cannot be reached or its workers cannot give the same figures."""


class ClusterLost(BatchError):
    """The cluster went away during the batch: what was committed stands."""

    exit_status = 1


def storage_failed(where: Path, error: OSError) -> StorageFailed:
    """The message for an `error` of the operating system while writing at `where`."""
    reason = error.strerror or str(error)
    return StorageFailed(
        f"{where}: cannot be written: {reason}; committed runs are kept: free space or make the directory writable,"
        " then give the same command again"
    )
