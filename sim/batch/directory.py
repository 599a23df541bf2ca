"""Opening a result directory: new, or the same study's; anything else is refused before a byte is written."""

from __future__ import annotations

import errno
import json
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tuopin.sim.batch.lock import LOCK, WRITER, writer_lock
from tuopin.sim.results.durable import TEMPORARY_PREFIX, clear_temporaries, fsync_directory, make_folder
from tuopin.sim.results.errors import DirectoryRefused
from tuopin.sim.results.manifest import MANIFEST, differences, manifest_faults, read_manifest
from tuopin.sim.results.receipts import JOURNAL, RUNS, SET_ASIDE, TABLES_RECORD, read_journal, write_journal
from tuopin.sim.results.results import COMPARISON_FILE
from tuopin.sim.study.plan import Plan

FIGURES = "figures"
_KINDS = (
    (stat.S_ISREG, "a file"),
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)
# Inputs that extend or explain a directory instead of making it another one.
_EXTENDING = ("replicates", "scenarios", "baseline", "question", "name", "study_name")


@contextmanager
def hold_directory(out: Path, plan: Plan, note: Callable[[str], None]) -> Iterator[dict[str, Any] | None]:
    """Hold `out` for writing results of `plan`, created if new; yields the manifest found there, if any.

    Raises
    ------
    DirectoryRefused
        If `out` is not a directory, holds other things or another study's results, is held by another process, or
        cannot be written.
    """
    try:
        _refuse_foreign(out, plan)
        _make(out)
        with writer_lock(out) as earlier:
            found = _refuse_foreign(out, plan)  # again: it may have changed before the lock was ours
            if earlier:
                note(earlier)
            runs = out / RUNS
            runs.mkdir(exist_ok=True)
            clear_temporaries(out)
            clear_temporaries(runs)
            if read_journal(runs).identity is None and not any(runs.glob("*.zip")):
                write_journal(runs, plan.identity, ())
            fsync_directory(out)
            yield found
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ENAMETOOLONG):
            raise _cannot_be_written(out, error) from error
        raise


def _make(out: Path) -> None:
    """Make the directory; one that the system does not let be made (in ``/proc``, say) is refused like a bad name."""
    try:
        make_folder(out)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        raise _cannot_be_written(out, error) from error


def _cannot_be_written(out: Path, error: OSError) -> DirectoryRefused:
    return DirectoryRefused(f"{out}: cannot be written: {error.strerror or error}; choose another --out")


def _refuse_foreign(out: Path, plan: Plan) -> dict[str, Any] | None:
    """The manifest in `out` if it is this plan's; None if `out` is new; else refused."""
    if not out.exists():
        if out.is_symlink():
            raise DirectoryRefused(f"{out}: is a symbolic link that leads nowhere; choose another --out")
        return None
    if not out.is_dir():
        raise DirectoryRefused(f"{out}: is a file; --out takes a directory")
    runs = out / RUNS
    _refuse_what_is_not_its_own(out)
    manifest = read_manifest(out)
    _refuse_edited(out, manifest)
    identity = manifest.get("identity") if manifest else read_journal(runs).identity
    if identity is None:
        _refuse_unless_empty(out, runs)
        return None
    if identity != plan.identity:
        _refuse_other(out, manifest or {}, plan)
    return manifest


def _refuse_what_is_not_its_own(out: Path) -> None:
    """What is to be written is a file or folder of `out` itself: no link leads elsewhere, no FIFO or device waits."""
    figures, runs = out / FIGURES, out / RUNS
    for folder in (runs, figures, *(below for below in _entries(figures) if _kind(below) != "a file")):
        kind = _kind(folder)
        if kind not in ("", "a directory"):
            raise DirectoryRefused(f"{folder}: is {kind}, not a directory of its own; choose another --out")
    ours = [path for path in _entries(out) if path not in (runs, figures)]
    inside = [path for path in _entries(runs) if path.suffix != ".zip" and not path.name.endswith(SET_ASIDE)]
    for path in [path for path in (*ours, *inside) if _is_ours(path)]:
        kind = _kind(path)
        if kind not in ("", "a file"):
            raise DirectoryRefused(f"{path}: is {kind}, not a file of its own; remove it, or choose another --out")


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []


def _is_ours(path: Path) -> bool:
    """Whether a run writes or reads a file of this name."""
    names = (MANIFEST, LOCK, WRITER, JOURNAL, TABLES_RECORD, COMPARISON_FILE)
    return path.name in names or path.suffix == ".parquet" or path.name.startswith(("report.", TEMPORARY_PREFIX))


def _kind(path: Path) -> str:
    """What is at `path`, in words, links not followed; empty if nothing is."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    return next((words for test, words in _KINDS if test(mode)), "something else")


def _refuse_edited(out: Path, manifest: Mapping[str, Any] | None) -> None:
    """A manifest changed by hand is not overwritten and not believed."""
    for wrong in manifest_faults(manifest) if manifest is not None else ():
        raise DirectoryRefused(
            f"{out / MANIFEST}: {wrong}; remove the file, then the same command makes it anew from the committed runs"
        )


def _refuse_unless_empty(out: Path, runs: Path) -> None:
    """Nothing but what a run stopped in its first instant leaves may be in a new directory."""
    begun = [path for path in (*_entries(out), *_entries(runs)) if not path.name.startswith(TEMPORARY_PREFIX)]
    strange = [str(path.relative_to(out)) for path in begun if path not in (out / LOCK, out / WRITER, runs)]
    if strange:
        listed = ", ".join(sorted(strange)[:3]) + (", ..." if len(strange) > 3 else "")
        raise DirectoryRefused(
            f"{out}: holds other files ({listed}) and no readable manifest.json; choose an empty or new --out"
        )


def _refuse_other(out: Path, manifest: Mapping[str, Any], plan: Plan) -> None:
    old = manifest.get("inputs", {})
    new = json.loads(json.dumps(dict(plan.inputs), default=str))
    if manifest:
        old = {**{name: manifest.get(name) for name in ("seed", "years", "scale")}, **old}
        new = {"seed": plan.seed, "years": [plan.first_year, plan.last_year], "scale": plan.scale, **new}
    strict = [line for line in differences(old, new) if line.partition(":")[0].split(".")[0] not in _EXTENDING]
    if not manifest or not strict:
        strict = ["its inputs or version of Tuopin differ"]
    raise DirectoryRefused(
        *(
            f"{out}: holds results of other inputs: {line}; give the same inputs, or choose another --out"
            for line in strict
        )
    )
