"""Tasks on this machine: in this process, or over worker processes whose death is data.

Workers are forked from a clean server process (start method ``forkserver``): a plain fork of a process with threads
(a notebook, a progress bar, OpenBLAS) can inherit a held lock, and ``spawn`` imports and loads the compiled model once
per worker. The context is explicit, so neither Mesa (which sets the global start method on import) nor a user's
setting matters, and neither is changed.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.context import BaseContext

from sim.batch.receipts import Receipt
from sim.batch.seam import SIMULATE_TASK, Context, Task
from sim.batch.worker import perform, perform_failure, perform_here, start_worker

DIED = (
    "the worker process died while simulating this run (killed by the system, often for lack of memory);"
    " try fewer workers, a smaller --scale, or no --panel"
)


def available_processors() -> int:
    """The processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this operating system
        return os.cpu_count() or 1


def run_here(tasks: Iterable[Task], context: Context) -> Generator[Receipt, None, None]:
    """Simulate the tasks one after the other in this process."""
    for task in tasks:
        yield perform(task, context)


def run_in_pool(tasks: Iterable[Task], context: Context, workers: int) -> Generator[Receipt, None, None]:
    """Simulate the tasks over `workers` processes; receipts come as tasks finish.

    A worker that dies takes its pool with it. Each task that was under way is then tried once more, alone in a fresh
    process, and if that dies too each of its scenarios alone; what still dies is recorded as failed, the rest goes on.
    """
    waiting = deque(tasks)
    while waiting:
        suspects: list[Task] = []
        with _pool(context, workers) as pool:
            pending: dict[Future[Receipt], Task] = {}
            while (waiting and not suspects) or pending:
                try:
                    while waiting and not suspects and len(pending) < 2 * workers:
                        pending[pool.submit(perform_here, waiting[0])] = waiting[0]
                        waiting.popleft()
                except BrokenProcessPool:
                    suspects = suspects or [waiting.popleft()]
                if not pending:
                    continue
                for future in wait(pending, return_when=FIRST_COMPLETED).done:
                    task = pending.pop(future)
                    try:
                        receipt = future.result()
                    except BrokenProcessPool:
                        suspects.append(task)
                    else:
                        yield receipt
        for task in suspects:
            yield from _run_alone(task, context)


def _run_alone(task: Task, context: Context) -> Generator[Receipt, None, None]:
    """One task in a process of its own; if the process dies, each scenario in one; if that dies, failed."""
    try:
        with _pool(context, 1) as pool:
            receipt = pool.submit(perform_here, task).result()
    except BrokenProcessPool:
        if len(task.scenarios) == 1:
            yield perform_failure(task, context, DIED)
        else:
            for scenario in task.scenarios:
                yield from _run_alone(replace(task, scenarios=(scenario,)), context)
    else:
        yield receipt


@contextmanager
def _pool(context: Context, workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes are killed, not waited for, when the block is left by an exception."""
    method = _start_method(context)
    pool = ProcessPoolExecutor(workers, mp_context=method, initializer=start_worker, initargs=(context,))
    try:
        yield pool
    except BaseException:
        processes = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        raise
    pool.shutdown()


def _start_method(context: Context) -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    chosen = multiprocessing.get_context("forkserver")
    if context.function == SIMULATE_TASK:
        chosen.set_forkserver_preload(["sim.batch.preload"])
    return chosen
