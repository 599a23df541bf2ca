"""Run a study: what is pending becomes tasks, tasks become committed files, files become tables."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

from tuopin.sim.batch.bounds import MOST_SECONDS, MOST_WORKERS
from tuopin.sim.batch.cluster import connect, run_on_cluster
from tuopin.sim.batch.committed import add_receipt, load_committed
from tuopin.sim.batch.directory import hold_directory
from tuopin.sim.batch.finish import Batch, finish, write_manifest, write_manifest_now_and_then
from tuopin.sim.batch.pool import available_processors, run_here, run_in_pool
from tuopin.sim.batch.progress import Display, Meter, Progress, display_for
from tuopin.sim.batch.selection import Selection, pending_tasks, select
from tuopin.sim.batch.task import SIMULATE_TASK, Context, Task, check_task_function
from tuopin.sim.comparison.compare import comparison_settings
from tuopin.sim.results import durable
from tuopin.sim.results.errors import BatchError, storage_failed
from tuopin.sim.results.manifest import scenario_facts
from tuopin.sim.results.receipts import RUNS, Receipt, RunKey, RunRecord, append_receipt, file_name, file_stem
from tuopin.sim.run.signals import terminable
from tuopin.sim.study.plan import Plan
from tuopin.sim.study.versions import versions


@dataclass(frozen=True)
class RunReport:
    """What `run_study` did: runs done now, failed among those asked for, done before; and the failures."""

    done: int
    failed: int
    skipped: int
    seconds: float
    failures: tuple[RunRecord, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> int:
        """0 when every run asked for is done, 1 when some failed."""
        return 1 if self.failed else 0


def run_study(
    plan: Plan,
    out: Path | str,
    *,
    workers: int | None = None,
    scenarios: Sequence[str] | None = None,
    panel: bool = False,
    save_state: int | None = None,
    retry_failed: bool = False,
    only: str | None = None,
    dask_address: str | None = None,
    time_limit: float | None = None,
    progress: bool | Callable[[Progress], object] | None = None,
    task: str = SIMULATE_TASK,
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
    save_state
        Keep the county of every run at the end of this year, for `tuopin branch`. Runs without it are run again.
    retry_failed
        Run again what failed earlier; otherwise a failed run stays failed.
    only
        ``SCENARIO:REPLICATE``, or with several places ``PLACE:SCENARIO:REPLICATE``: that run alone (also if it failed).
    dask_address
        Scheduler of a dask cluster, ``tcp://host:port``.
    time_limit
        Seconds that a run may take, the building of its population included; one that takes longer fails.
    progress
        None shows progress on standard error as fits it, False nothing; a function gets each `Progress`.
    task
        The function that simulates a task, as ``module:function``.

    Raises
    ------
    BatchError
        With `exit_status` and one line per mistake: bad arguments, a directory refused or locked, a failure to write, a
        cluster that cannot serve.
    KeyboardInterrupt
        After everything committed has been recorded.
    """
    out = Path.cwd() / out  # a policy may change the current folder
    _check_workers(workers)
    _check_time_limit(time_limit, dask_address)
    check_task_function(task)
    selection = select(plan, scenarios, only, panel, retry_failed, save_state)
    parallel = workers or (1 if dask_address else available_processors())
    display = display_for(progress)
    try:
        with terminable(), connect(dask_address) if dask_address else nullcontext() as client:
            return _run(
                plan, out, selection, Context(plan, task, str(out / RUNS), time_limit), parallel, client, display
            )
    except OSError as error:
        raise storage_failed(out, error) from error
    finally:
        display.close()


def _run(
    plan: Plan, out: Path, selection: Selection, context: Context, parallel: int, client: Any | None, display: Display
) -> RunReport:
    """Hold the directory, simulate what is pending, and bring its tables up to date."""
    began = time.monotonic()
    notes: list[str] = []

    def note(text: str) -> None:
        notes.append(text)
        display.note(text)

    with hold_directory(out, plan, note) as found:
        batch = _open_batch(plan, out, selection, found, note)
        before = {key for key in batch.asked if key in batch.records}
        tasks = pending_tasks(batch.selection, batch.records, parallel)
        with closing(_receipts(tasks, context, parallel, client)) as receipts:
            _simulate(batch, tasks, receipts, display)
        finish(batch, note)
    return _report(batch, before, tasks, time.monotonic() - began, notes)


def _check_workers(workers: int | None) -> None:
    if workers is None:
        return
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= MOST_WORKERS:
        raise BatchError(f"--workers: {workers!r} is not a number of processes; a whole number in 1..{MOST_WORKERS}")


def _check_time_limit(seconds: float | None, dask_address: str | None) -> None:
    if seconds is None:
        return
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0.0 < seconds <= MOST_SECONDS:
        raise BatchError(f"--time-limit: is {seconds!r}; allowed: seconds above 0, up to {MOST_SECONDS:g}")
    if dask_address or not hasattr(signal, "setitimer"):
        where = "on a cluster" if dask_address else "on this operating system"
        raise BatchError(f"--time-limit: cannot be kept {where}; allowed: elsewhere, or without it")


def _open_batch(
    plan: Plan, out: Path, selection: Selection, found: Mapping[str, Any] | None, note: Callable[[str], None]
) -> Batch:
    """Check what is committed and write the manifest of what is asked for."""
    records, parts = load_committed(out / RUNS, plan, note)
    found = found or {}
    if found.get("panel") and not selection.panel:
        note(f"{out}: keeps panels; new runs keep theirs too")
    keeps_panel = bool(selection.panel or found.get("panel"))
    selection = replace(selection, panel=keeps_panel)
    extra: dict[str, Any] = {"comparison": comparison_settings(plan)} | scenario_facts(plan, found)
    others = list(found.get("also_made_with", []))
    if found.get("versions", versions()) != versions():
        others += [found["versions"]] if found["versions"] not in others else []
        note(f"{out}: earlier runs were made with other versions of libraries; equal figures are not assured")
    if others:
        extra["also_made_with"] = [other for other in others if other != versions()]
    return Batch(plan, out, selection, records, parts, extra, asked=selection.keys())


def _simulate(batch: Batch, tasks: list[Task], receipts: Iterator[Receipt], display: Display) -> None:
    """Commit every task's file as it comes; on the way out, however, the manifest says what is committed."""
    waiting = {key for task in tasks for key in task.runs}
    known = [batch.records.get(key) for key in batch.asked if key not in waiting]
    failed_before = sum(record is not None and not record.done for record in known)
    meter = Meter(display, len(batch.asked), len(known) - failed_before, failed_before)
    if not tasks:
        return
    write_manifest(batch)
    try:
        for receipt in receipts:
            _commit(batch, receipt)
            years = sum(run.household_years or 0.0 for run in receipt.runs)
            failed = sum(not run.done for run in receipt.runs)
            meter.count(len(receipt.runs) - failed, failed, years)
            write_manifest_now_and_then(batch)
    except BaseException:
        with suppress(OSError):  # what stopped the batch may forbid this too; the journal has all that counts
            write_manifest(batch)
        raise


def _receipts(tasks: list[Task], context: Context, workers: int, client: Any | None) -> Generator[Receipt, None, None]:
    """The receipts of the tasks' files, as they come; closing it stops the workers and clears what they left."""
    if client is not None:
        source = run_on_cluster(tasks, context, client)
    elif min(workers, len(tasks)) <= 1 and context.time_limit is None and not context.plan.packages:
        source = run_here(tasks, context)
    else:
        # policies of other packages too: one that ends its process is to end nothing else
        source = run_in_pool(tasks, context, max(1, min(workers, len(tasks))))
    try:
        with closing(source):
            yield from source
    finally:
        with suppress(OSError):
            durable.clear_temporaries(Path(context.runs_directory))


def _commit(batch: Batch, receipt: Receipt) -> None:
    """Give a worker's file its final name, then enter its receipt: from here on the runs are done."""
    temporary = batch.runs / receipt.file
    stem = file_stem(receipt.place, receipt.replicate)
    part = batch.parts.get(stem, 0)
    name = file_name(receipt.place, receipt.replicate, part)
    with _no_interrupt():
        durable.put_in_place(temporary, batch.runs / name)
        receipt = replace(receipt, file=name)
        append_receipt(batch.runs, receipt)
        batch.parts[stem] = part + 1
        add_receipt(batch.records, receipt)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back for the milliseconds of a commit: files, receipts and manifest agree when they come.

    A handler, not a signal mask: the signal may reach another thread, and Python raises it in the main one all the
    same.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[tuple[int, FrameType | None]] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    held = [number for number, handler in before.items() if callable(handler)]
    for number in held:
        signal.signal(number, lambda number, frame: arrived.append((number, frame)))
    try:
        yield
    finally:
        for number in held:
            signal.signal(number, before[number])
    if arrived:
        handler = before[signal.Signals(arrived[0][0])]
        if callable(handler):
            handler(*arrived[0])


def _report(batch: Batch, before: set[RunKey], tasks: list[Task], seconds: float, notes: list[str]) -> RunReport:
    tried = {key for task in tasks for key in task.runs}
    failed = [key for key in batch.asked if not batch.records[key].done]
    done = sum(batch.records[key].done for key in tried)
    skipped = sum(batch.records[key].done for key in before - tried)
    failures = tuple(batch.records[key] for key in failed)
    return RunReport(done, len(failed), skipped, seconds, failures, tuple(notes))
