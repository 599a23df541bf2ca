"""Run a study: what is pending becomes tasks, tasks become committed files, files become tables."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.batch import durable
from sim.batch.comparing import Compare, comparison_settings, default_compare, write_comparison
from sim.batch.directory import RUNS, opened
from sim.batch.errors import BatchError, storage_failed
from sim.batch.manifest import (
    MANIFEST,
    Failure,
    build_manifest,
    canonical,
    failure,
    manifest_bytes,
    ordered_scenarios,
)
from sim.batch.pool import available_processors, run_here, run_in_pool
from sim.batch.progress import Display, Meter, Progress, display_for
from sim.batch.receipts import Receipt, append_receipt, file_name, file_stem, named
from sim.batch.seam import SIMULATE_TASK, Context, PlanLike, RunKey, Task, check_task_function
from sim.batch.state import Records, Selection, add_receipt, load_committed, pending_tasks, select
from sim.batch.tables import assemble, tables_stand, write_tables_record
from sim.batch.taskfile import failed_runs
from sim.batch.versions import versions

_MANIFEST_EVERY_SECONDS = 2.0


@dataclass(frozen=True)
class RunReport:
    """What `run_study` did: runs done now, failed among those asked for, done before; and the failures."""

    done: int
    failed: int
    skipped: int
    seconds: float
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """0 when every run asked for is done, 1 when some failed."""
        return 1 if self.failed else 0


@dataclass
class _Batch:
    """One call of `run_study` while it holds the directory."""

    plan: PlanLike
    out: Path
    selection: Selection
    records: Records
    parts: dict[str, int]  # stem of a task's file names -> first unused part number
    extra: dict[str, Any]
    manifest_written: float = float("-inf")
    manifest_cost: float = 0.0
    asked: list[RunKey] = field(default_factory=list)

    @property
    def runs(self) -> Path:
        return self.out / RUNS


def run_study(
    plan: PlanLike,
    out: Path | str,
    *,
    workers: int | None = None,
    scenarios: Sequence[str] | None = None,
    panel: bool = False,
    retry_failed: bool = False,
    only: str | None = None,
    dask_address: str | None = None,
    progress: bool | Callable[[Progress], object] | None = None,
    task: str = SIMULATE_TASK,
    compare: Compare = default_compare,
) -> RunReport:
    """Run what is not yet done of `plan` and write its tables into the directory `out`.

    Any interruption leaves `out` such that the same call goes on from what was committed; the tables do not depend on
    interruptions, on `workers` or on the cluster.

    Parameters
    ----------
    workers
        Processes on this machine; None as many as there are processors, 1 simulates in this process.
    scenarios
        Names chosen among the study's; None all.
    panel
        Also keep every household and year. A directory that has panels keeps them for all later runs.
    retry_failed
        Run again what failed earlier; otherwise a failed run stays failed.
    only
        ``SCENARIO:REPLICATE``, or with several places ``PLACE:SCENARIO:REPLICATE``: that run alone (also if it failed).
    dask_address
        Scheduler of a dask cluster, ``tcp://host:port``.
    progress
        None shows progress on standard error as fits it, False nothing; a function gets each `Progress`.
    task, compare
        The function that simulates a task, as ``module:function``, and the one that compares tables.

    Raises
    ------
    BatchError
        With `exit_status` and one line per mistake: bad arguments, a directory refused or locked, a failure to write, a
        cluster that cannot serve.
    KeyboardInterrupt
        After everything committed has been recorded.
    """
    began = time.monotonic()
    out = Path(out)
    _check_workers(workers)
    check_task_function(task)
    selection = select(plan, scenarios, only, panel, retry_failed)
    display = display_for(progress)
    notes: list[str] = []

    def note(text: str) -> None:
        notes.append(text)
        display.note(text)

    try:
        with opened(out, plan, note) as found:
            batch = _open_batch(plan, out, selection, found, note)
            before = {key for key in batch.asked if key in batch.records}
            tasks = pending_tasks(batch.selection, batch.records, workers or available_processors())
            _simulate(batch, tasks, Context(plan, task, str(batch.runs.resolve())), workers, dask_address, display, note)
            _finish(batch, compare, note)
    except OSError as error:
        raise storage_failed(out, error) from error
    finally:
        display.close()
    return _report(batch, before, tasks, time.monotonic() - began, notes)


def _check_workers(workers: int | None) -> None:
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise BatchError(f"--workers: {workers!r} is not a number of processes; a whole number from 1")


def _open_batch(
    plan: PlanLike, out: Path, selection: Selection, found: Mapping[str, Any] | None, note: Callable[[str], None]
) -> _Batch:
    """Check what is committed and write the manifest of what is asked for."""
    records, parts = load_committed(out / RUNS, plan, note)
    found = found or {}
    if found.get("panel") and not selection.panel:
        note(f"{out}: keeps panels; new runs keep theirs too")
    keeps_panel = bool(selection.panel or found.get("panel"))
    selection = Selection(
        selection.scenarios, selection.replicates, selection.places, keeps_panel, selection.retry_failed
    )
    extra: dict[str, Any] = {"comparison": comparison_settings(plan)}
    others = list(found.get("also_made_with", []))
    if found.get("versions", versions()) != versions():
        others += [found["versions"]] if found["versions"] not in others else []
        note(f"{out}: earlier runs were made with other versions of libraries; equal figures are not assured")
    if others:
        extra["also_made_with"] = [other for other in others if other != versions()]
    return _Batch(plan, out, selection, records, parts, extra, asked=selection.keys())


def _simulate(
    batch: _Batch,
    tasks: list[Task],
    context: Context,
    workers: int | None,
    dask_address: str | None,
    display: Display,
    note: Callable[[str], None],
) -> None:
    """Commit every task's file as it comes; on the way out, whatever the reason, the manifest says what is committed."""
    waiting = {RunKey(task.place, name, task.replicate) for task in tasks for name in task.scenarios}
    known = [batch.records.get(key) for key in batch.asked if key not in waiting]
    failed_before = sum(record is not None and not record.done for record in known)
    meter = Meter(display, len(batch.asked), len(known) - failed_before, failed_before)
    if not tasks:
        return
    _write_manifest(batch)
    try:
        with closing(_receipts(tasks, context, workers, dask_address, note)) as receipts:
            for receipt in receipts:
                _commit(batch, receipt)
                years = sum(run.household_years or 0.0 for run in receipt.runs)
                failed = len(failed_runs(receipt))
                meter.count(len(receipt.runs) - failed, failed, years)
                _write_manifest_now_and_then(batch)
    except BaseException:
        with suppress(OSError):  # what stopped the batch may forbid this too; the journal has all that counts
            durable.clear_temporaries(batch.runs)
            _write_manifest(batch)
        raise


def _receipts(
    tasks: list[Task], context: Context, workers: int | None, dask_address: str | None, note: Callable[[str], None]
) -> Iterator[Receipt]:
    """The receipts of the tasks' files, as they come."""
    if dask_address is not None:
        from sim.batch.cluster import run_on_cluster

        return run_on_cluster(tasks, context, dask_address, note)
    processes = min(workers or available_processors(), len(tasks))
    return run_here(tasks, context) if processes == 1 else run_in_pool(tasks, context, processes)


def _commit(batch: _Batch, receipt: Receipt) -> None:
    """Give a worker's file its final name, then enter its receipt: from here on the runs are done."""
    temporary = batch.runs / receipt.file
    stem = file_stem(receipt.place, receipt.replicate)
    part = batch.parts.get(stem, 0)
    name = file_name(receipt.place, receipt.replicate, part)
    durable.put_in_place(temporary, batch.runs / name)
    receipt = named(receipt, name)
    append_receipt(batch.runs, receipt)
    batch.parts[stem] = part + 1
    add_receipt(batch.records, receipt)


def _manifest(batch: _Batch) -> bytes:
    panel = batch.selection.panel
    return manifest_bytes(build_manifest(batch.plan, batch.records, batch.asked, panel=panel, extra=batch.extra))


def _write_manifest(batch: _Batch) -> bytes:
    began = time.monotonic()
    content = _manifest(batch)
    durable.write_atomically(batch.out / MANIFEST, content)
    batch.manifest_written = time.monotonic()
    batch.manifest_cost = batch.manifest_written - began
    return content


def _write_manifest_now_and_then(batch: _Batch) -> None:
    """For those who look: every two seconds, rarer when the manifest is long; the journal is what counts."""
    if time.monotonic() - batch.manifest_written > max(_MANIFEST_EVERY_SECONDS, 50 * batch.manifest_cost):
        _write_manifest(batch)


def _finish(batch: _Batch, compare: Compare, note: Callable[[str], None]) -> None:
    """Bring manifest, tables and comparison up to date, unless they already are."""
    content = _manifest(batch)
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        manifest_stands = (batch.out / MANIFEST).read_bytes() == content
    except FileNotFoundError:
        manifest_stands = False
    if manifest_stands and tables_stand(batch.out, batch.runs, sha256):
        return
    _write_manifest(batch)
    scenarios = ordered_scenarios(batch.plan, batch.records)
    done_keys = [key for key, record in batch.records.items() if record.done]
    done = [(key, batch.records[key]) for key in canonical(batch.plan, done_keys, scenarios)]
    facts = {
        "tuopin.study": batch.plan.study_name,
        "tuopin.identity": batch.plan.identity,
        "tuopin.manifest_sha256": sha256,
    }
    tables = assemble(batch.out, batch.runs, done, facts, _indicator_labels())
    comparison: str | None = None
    compared = {key.scenario for key in done_keys}
    if batch.plan.baseline in compared and len(compared) > 1:
        places = [name for name in batch.plan.places if any(key.place == name for key in done_keys)]
        comparison = write_comparison(batch.out, batch.extra["comparison"], compare, places)
    else:
        (batch.out / "comparison.csv").unlink(missing_ok=True)
        note(f"{batch.out}: nothing to compare yet: the baseline {batch.plan.baseline} and another scenario must be done")
    write_tables_record(batch.runs, sha256, tables, comparison)


def _indicator_labels() -> dict[str, tuple[str, str, str]]:
    from sim.measures.labels import INDICATORS

    return {name: (label.unit, label.english, label.chinese) for name, label in INDICATORS.items()}


def _report(
    batch: _Batch, before: set[RunKey], tasks: list[Task], seconds: float, notes: list[str]
) -> RunReport:
    tried = {RunKey(task.place, name, task.replicate) for task in tasks for name in task.scenarios}
    failed = [key for key in batch.asked if not batch.records[key].done]
    done = sum(batch.records[key].done for key in tried)
    skipped = sum(batch.records[key].done for key in before - tried)
    failures = tuple(failure(batch.plan, key, batch.records[key]) for key in failed)
    return RunReport(done, len(failed), skipped, seconds, failures, tuple(notes))
