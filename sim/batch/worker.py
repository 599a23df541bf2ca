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
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import wait
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from tuopin.sim.batch.task import Context, Task, task_function
from tuopin.sim.batch.taskfile import TaskWriter
from tuopin.sim.results.errors import storage_failed
from tuopin.sim.results.outcome import RunOutcome
from tuopin.sim.results.receipts import Receipt, RunRecord
from tuopin.sim.results.schemas import TABLES, conform, state_frame
from tuopin.sim.run.signals import RunTooLong, time_limit
from tuopin.sim.study.plan import Plan
from tuopin.sim.study.versions import made_with

_LONGEST_ERROR, _LONGEST_TRACEBACK = 2_000, 20_000  # characters
_context: Context | None = None


def perform(task: Task, context: Context) -> Receipt:
    """Simulate `task` and write its file into the context's runs directory under a temporary name.

    Whatever the simulation raises is recorded as the failure of its run; only failures to write are raised.

    Raises
    ------
    StorageFailed
        If the file cannot be written (disk full, directory read-only).
    """
    return _write_file(task, context, _outcomes(task, context))


def perform_failure(task: Task, context: Context, error: str) -> Receipt:
    """Write the file of a task whose worker died: every run of it failed with `error`."""
    outcomes = (RunOutcome(task.place, scenario, task.replicate, error=error) for scenario in task.scenarios)
    return _write_file(task, context, outcomes)


def _write_file(task: Task, context: Context, outcomes: Iterator[RunOutcome]) -> Receipt:
    """Write each outcome as it comes, then the receipt."""
    directory = Path(context.runs_directory)
    runs: list[RunRecord] = []
    try:
        with TaskWriter(directory) as writer:
            for outcome in outcomes:
                runs.append(_write_run(writer, len(runs), outcome, task, context.plan))
            receipt = Receipt(
                context.plan.identity, task.place, task.replicate, task.panel, tuple(runs), made_with(context.plan)
            )
            return writer.close(receipt)
    except OSError as error:
        raise storage_failed(directory.parent, error) from error


def _outcomes(task: Task, context: Context) -> Iterator[RunOutcome]:
    """One outcome per scenario of the task, in its order; what is raised or left out becomes a failed outcome."""
    missing = list(task.scenarios)
    error: BaseException = RuntimeError("the simulation gave no outcome for this scenario")
    try:
        simulate = task_function(context.function)
        keep = {} if task.save_state is None else {"save_state": task.save_state}
        outcomes = simulate(context.plan, task.place, task.replicate, task.scenarios, panel=task.panel, **keep)
        while missing:
            with time_limit(context.time_limit):
                outcome = next(outcomes, None)
            if outcome is None:
                break
            missing.remove(outcome.scenario)
            yield outcome
    except (Exception, SystemExit, RunTooLong) as raised:  # a failed run is data: the batch goes on
        error = raised
    for scenario in missing:
        yield RunOutcome.failed(task.place, scenario, task.replicate, error)


def _write_run(writer: TaskWriter, position: int, outcome: RunOutcome, task: Task, plan: Plan) -> RunRecord:
    """Write one outcome's frames; frames that break the contract fail the run."""
    tables: dict[str, Any] = {}
    if outcome.error is None:
        try:
            tables = _conform_frames(outcome, task)
        except (ValueError, KeyError, TypeError) as error:
            outcome = replace(outcome, error=repr(error), traceback=traceback.format_exc())
    digests = {frame: writer.add(position, frame, table) for frame, table in tables.items()}
    return RunRecord(
        task.place,
        outcome.scenario,
        task.replicate,
        plan.scenario_hashes[outcome.scenario],
        "done" if outcome.error is None else "failed",
        outcome.seconds,
        {frame: table.num_rows for frame, table in tables.items()},
        float(outcome.household_years) if outcome.error is None else None,
        _storable(outcome.error, _LONGEST_ERROR),
        _storable(outcome.traceback, _LONGEST_TRACEBACK),
        {frame: text for frame, text in digests.items() if frame in TABLES},
    )


def _storable(text: str | None, longest: int) -> str | None:
    """A text as UTF-8 can hold it, of a length that a manifest of thousands of runs can."""
    if text is None:
        return None
    if len(text) > longest:
        text = f"{text[: longest // 2]} [...] {text[-longest // 2 :]}"
    return text.encode("utf-8", "backslashreplace").decode()


def _conform_frames(outcome: RunOutcome, task: Task) -> dict[str, Any]:
    """The frames a task is to give, with the contract's columns and types."""
    wanted = [frame for frame in TABLES if frame != "panel" or task.panel]
    tables = {frame: conform(frame, outcome.frames[frame]) for frame in wanted}
    if task.save_state is not None:
        state = state_frame(task.save_state)
        tables[state] = outcome.frames[state]
    return tables


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
