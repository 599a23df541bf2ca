"""Opening a result directory: new, or the same study's; anything else is refused before a byte is written."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tuopin.sim.batch.lock import LOCK, WRITER, writer_lock
from tuopin.sim.results.durable import clear_temporaries, fsync_directory
from tuopin.sim.results.errors import DirectoryRefused
from tuopin.sim.results.manifest import differences, read_manifest
from tuopin.sim.results.receipts import read_journal, write_journal
from tuopin.sim.study.plan import Plan

RUNS = "runs"
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
    _refuse_foreign(out, plan)
    try:
        out.mkdir(parents=True, exist_ok=True)
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
            reason = error.strerror or str(error)
            raise DirectoryRefused(f"{out}: cannot be written: {reason}; choose another --out") from error
        raise


def _refuse_foreign(out: Path, plan: Plan) -> dict[str, Any] | None:
    """The manifest in `out` if it is this plan's; None if `out` is new; else refused."""
    if not out.exists():
        if out.is_symlink():
            raise DirectoryRefused(f"{out}: is a symbolic link that leads nowhere; choose another --out")
        return None
    if not out.is_dir():
        raise DirectoryRefused(f"{out}: is a file; --out takes a directory")
    runs = out / RUNS
    if runs.is_symlink() or (runs.exists() and not runs.is_dir()):
        raise DirectoryRefused(f"{runs}: is not a directory of its own; choose another --out")
    manifest = read_manifest(out)
    identity = manifest.get("identity") if manifest else read_journal(runs).identity
    if identity is None:
        _refuse_unless_empty(out, runs)
        return None
    if identity != plan.identity:
        _refuse_other(out, manifest or {}, plan)
    return manifest


def _refuse_unless_empty(out: Path, runs: Path) -> None:
    """Nothing but what a run stopped in its first instant leaves may be in a new directory."""
    strange = [path.name for path in out.iterdir() if path.name not in (LOCK, WRITER, RUNS)]
    if runs.is_dir():
        strange += [f"{RUNS}/{path.name}" for path in runs.iterdir() if not path.name.startswith(".part-")]
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
