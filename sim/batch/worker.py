"""What a worker does: simulate one task, write its file under a temporary name, send back a receipt.

The worker never gives a file its final name. Only the process that holds the directory's lock does, so that a worker
that outlives a killed parent can spoil nothing.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Iterator, Mapping
from multiprocessing.connection import wait
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from tuopin.sim.batch.seam import Context, OutcomeLike, Task, state_frame, task_function
from tuopin.sim.batch.taskfile import TaskWriter
from tuopin.sim.results.errors import storage_failed
from tuopin.sim.results.receipts import Receipt, RunResult
from tuopin.sim.results.schemas import conform
from tuopin.sim.study.versions import versions

_context: Context | None = None


def perform(task: Task, context: Context) -> Receipt:
    """Simulate `task` and write its file into the context's runs directory under a temporary name.

    Whatever the simulation raises is recorded as the failure of its run; only failures to write are raised.

    Raises
    ------
    StorageFailed
        If the file cannot be written (disk full, directory read-only).
    """
    if context.runs_directory is None:
        raise ValueError("the context names no directory")
    directory = Path(context.runs_directory)
    results: list[RunResult] = []
    try:
        with TaskWriter(directory) as writer:
            for outcome in _outcomes(task, context):
                results.append(_write_run(writer, len(results), outcome, task, context))
            return writer.close(_receipt(task, context, results))
    except OSError as error:
        raise storage_failed(directory.parent, error) from error


def perform_failure(task: Task, context: Context, error: str) -> Receipt:
    """Write the file of a task whose worker died: every run of it failed with `error`."""
    directory = Path(str(context.runs_directory))
    results = [_failure(scenario, context, error, None) for scenario in task.scenarios]
    try:
        with TaskWriter(directory) as writer:
            return writer.close(_receipt(task, context, results))
    except OSError as failure:
        raise storage_failed(directory.parent, failure) from failure


def _receipt(task: Task, context: Context, results: list[RunResult]) -> Receipt:
    plan = context.plan
    return Receipt(plan.identity, task.place, task.replicate, task.panel, tuple(results), versions())


def _failure(scenario: str, context: Context, error: str, trace: str | None, seconds: float = 0.0) -> RunResult:
    digest = context.plan.scenario_hashes[scenario]
    return RunResult(scenario, digest, "failed", seconds, error=error, traceback=trace)


class _Raised:
    """An outcome that stands for what the simulation raised instead of giving one."""

    def __init__(self, task: Task, scenario: str, error: BaseException) -> None:
        self.place, self.scenario, self.replicate = task.place, scenario, task.replicate
        self.frames: Mapping[str, Any] = {}
        self.error: str | None = f"{type(error).__name__}: {error}".rstrip(": ")
        self.traceback: str | None = "".join(traceback.format_exception(error))
        self.seconds = 0.0


def _outcomes(task: Task, context: Context) -> Iterator[OutcomeLike]:
    """One outcome per scenario of the task, in its order; what is raised or left out becomes a failed outcome."""
    missing = list(task.scenarios)
    error: BaseException = RuntimeError("the simulation gave no outcome for this scenario")
    try:
        simulate = task_function(context.function)
        keep = {} if task.save_state is None else {"save_state": task.save_state}
        for outcome in simulate(context.plan, task.place, task.replicate, task.scenarios, panel=task.panel, **keep):
            missing.remove(outcome.scenario)
            yield outcome
    except Exception as raised:  # a failed run is data: the batch goes on
        error = raised
    for scenario in missing:
        yield _Raised(task, scenario, error)


def _write_run(writer: TaskWriter, position: int, outcome: OutcomeLike, task: Task, context: Context) -> RunResult:
    """Write one outcome's frames; frames that break the contract fail the run."""
    if outcome.error is not None:
        return _failure(outcome.scenario, context, outcome.error, outcome.traceback, outcome.seconds)
    wanted = ["indicators", "costs", "spells", *(["panel"] if task.panel else [])]
    try:
        tables = {frame: conform(frame, outcome.frames[frame]) for frame in wanted}
        if task.save_state is not None:
            tables[state_frame(task.save_state)] = outcome.frames[state_frame(task.save_state)]
    except (ValueError, KeyError, TypeError) as error:
        return _failure(outcome.scenario, context, repr(error), traceback.format_exc(), outcome.seconds)
    for frame, table in tables.items():
        writer.add(position, frame, table)
    years = getattr(outcome, "household_years", None)
    return RunResult(
        outcome.scenario,
        context.plan.scenario_hashes[outcome.scenario],
        "done",
        outcome.seconds,
        {frame: table.num_rows for frame, table in tables.items()},
        None if years is None else float(years),
    )


def start_worker(context: Context, started: Event) -> None:
    """Prepare a worker process: keep the context, leave Ctrl-C to the parent, and die when the parent does."""
    global _context
    _context = context
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, name="tuopin-parent-watch", daemon=True).start()
    with contextlib.suppress(Exception):  # what is wrong with it is said by the first run
        task_function(context.function)
    # a full collection over all that the libraries have loaded costs as much as a simulated year
    gc.collect()
    gc.freeze()
    started.set()


def _die_with_parent() -> None:
    """Leave at once when the parent is gone, however it went: a pool's worker would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def perform_here(task: Task) -> Receipt:
    """`perform` with the context this worker was started with."""
    if _context is None:
        raise RuntimeError("this worker was not started by the batch engine")
    return perform(task, _context)
