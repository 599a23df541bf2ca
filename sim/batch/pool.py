"""Tasks on this machine: in this process, or over worker processes whose death is data.

Workers are forked from a clean server process (start method ``forkserver``): a plain fork of a process with threads
(a notebook, a progress bar, OpenBLAS) can inherit a held lock, and ``spawn`` imports and loads the compiled model once
per worker. The context is explicit, so neither Mesa (which sets the global start method on import) nor a user's
setting matters, and neither is changed.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.context import BaseContext
from pathlib import Path
from types import ModuleType

import tuopin
from tuopin.sim.batch.task import Context, Task
from tuopin.sim.batch.worker import perform, perform_failure, perform_here, start_worker
from tuopin.sim.results.errors import BatchError
from tuopin.sim.results.receipts import Receipt

DIED = (
    "the worker process died while simulating this run (killed by the system, often for lack of memory);"
    " try fewer workers, a smaller --scale, or no --panel"
)
NOT_STARTED = "worker processes cannot be started on this machine; --workers 1 simulates without them"


def available_processors() -> int:
    """The processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this operating system
        return os.cpu_count() or 1


def run_here(tasks: Iterable[Task], context: Context) -> Generator[Receipt, None, None]:
    """Simulate the tasks one after the other in this process.

    What is in memory before is kept from the garbage collector meanwhile: looking through all that the libraries have
    loaded costs as much as a simulated year, every time.
    """
    gc.freeze()
    try:
        for task in tasks:
            yield perform(task, context)
    finally:
        gc.unfreeze()


def run_in_pool(tasks: Iterable[Task], context: Context, workers: int) -> Generator[Receipt, None, None]:
    """Simulate the tasks over `workers` processes; receipts come as tasks finish.

    A worker that dies takes its pool with it. Each task that was under way is then tried once more, alone in a fresh
    process, and if that dies too each of its scenarios alone; what still dies is recorded as failed, the rest goes on.

    Raises
    ------
    BatchError
        If no worker can be started at all.
    """
    waiting = deque(tasks)
    while waiting:
        suspects: list[Task] = []
        with _pool(context, workers) as submit:
            pending: dict[Future[Receipt], Task] = {}
            while (waiting and not suspects) or pending:
                try:
                    while waiting and not suspects and len(pending) < 2 * workers:
                        pending[submit(waiting[0])] = waiting[0]
                        waiting.popleft()
                except BrokenProcessPool:
                    suspects.append(waiting.popleft())
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
        with _pool(context, 1) as submit:
            receipt = submit(task).result()
    except BrokenProcessPool:
        if len(task.scenarios) == 1:
            yield perform_failure(task, context, DIED)
        else:
            for scenario in task.scenarios:
                yield from _run_alone(replace(task, scenarios=(scenario,)), context)
    else:
        yield receipt


@contextmanager
def _pool(context: Context, workers: int) -> Iterator[Callable[[Task], Future[Receipt]]]:
    """A pool as the function that submits a task to it; its processes are killed if the block is left by an exception.

    A pool none of whose workers ever came to life has not met a bad run: that is raised as a `BatchError`.
    """
    method, path = _start_method(context), safe_path()
    with _starting_safely(path):  # the first event starts a process that watches over shared resources
        started = method.Event()
    pool = ProcessPoolExecutor(workers, mp_context=method, initializer=start_worker, initargs=(context, started))

    def submit(task: Task) -> Future[Receipt]:
        with _starting_safely(path):
            return pool.submit(perform_here, task)

    try:
        yield submit
    except BaseException as error:
        processes = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        if isinstance(error, BrokenProcessPool) and not started.is_set():
            raise BatchError(NOT_STARTED) from error
        raise
    pool.shutdown()
    if not started.is_set():
        raise BatchError(NOT_STARTED)


@contextmanager
def _starting_safely(path: list[str]) -> Iterator[None]:
    """Start workers on `path` that need nothing of the caller's main program and see nothing beside it.

    multiprocessing would import the main program in every worker: a script without ``if __name__ == "__main__"`` would
    start itself again, and one read from standard input cannot be found at all.
    """
    before = sys.modules["__main__"], sys.path, os.environ.get("PYTHONSAFEPATH")
    sys.modules["__main__"], sys.path = ModuleType("__main__"), path
    os.environ["PYTHONSAFEPATH"] = "1"  # for the process that workers are forked from
    try:
        yield
    finally:
        sys.modules["__main__"], sys.path, variable = before
        if variable is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = variable


def safe_path() -> list[str]:
    """`sys.path` without what Python adds by itself for a program: the program's folder and the current one.

    A file called ``secrets.py`` there would be taken for a module of the standard library. What ``PYTHONPATH`` names
    stays. A checkout from which Tuopin is imported without being installed goes to the end, where it shadows nothing.
    """
    program = getattr(sys.modules["__main__"], "__file__", None)
    first = getattr(multiprocessing.process, "ORIGINAL_DIR", None)  # the current folder when Python started
    folders = [first or os.curdir, os.curdir, *([Path(program).parent] if program else [])]
    wanted = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    added = set(map(_real_path, folders)) - set(map(_real_path, wanted))
    kept = [entry for entry in sys.path if entry and _real_path(entry) not in added]
    home = _real_path(Path(tuopin.__file__).parents[1])
    return [*kept, home] if home in added else kept


def _real_path(folder: str | Path) -> str:
    return os.path.realpath(folder)


def _start_method(context: Context) -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    chosen = multiprocessing.get_context("forkserver")
    model = context.function.startswith("tuopin.sim.")  # the model itself, not a stand-in for it
    chosen.set_forkserver_preload(["tuopin.sim.batch.preload" if model else "tuopin.sim.batch.worker"])
    return chosen
