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
import signal
import sys
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.machinery import PathFinder
from multiprocessing import forkserver
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import BaseContext
from pathlib import Path
from types import ModuleType
from typing import Any

import tuopin
from tuopin.sim.batch.task import Context, Task
from tuopin.sim.batch.worker import perform, perform_failure, perform_here, start_worker
from tuopin.sim.results.errors import BatchError
from tuopin.sim.results.receipts import Receipt
from tuopin.sim.run.signals import told_too_long

DIED = (
    "the worker process died while simulating this run (killed by the system, often for lack of memory);"
    " try fewer workers, a smaller --scale, or no --panel"
)
NOT_STARTED = "worker processes cannot be started on this machine; --workers 1 simulates without them"
NO_LONGER_STARTED = (
    "worker processes can no longer be started on this machine; committed runs are kept: give the same command again,"
    " with fewer workers"
)
_TRIES = 5
_SECONDS_TO_LEAVE = 5.0
_ALARM = getattr(signal, "SIGALRM", 0)


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
    A pool none of whose workers came to life has not met a bad run: it is tried again with fresh processes.

    Raises
    ------
    BatchError
        If several pools in a row cannot be started.
    """
    waiting = deque(tasks)
    starts = _Starts()
    while waiting:
        suspects: list[Task] = []
        with _open_pool(context, workers) as pool:
            yield from _work_through(pool, waiting, suspects, 2 * workers)
        if suspects and not pool.lived:
            waiting.extendleft(reversed(suspects))
            starts.failed()
            continue
        starts.succeeded()
        for task in suspects:
            yield from _run_alone(task, context, starts)


def _work_through(
    pool: _Pool, waiting: deque[Task], suspects: list[Task], at_once: int
) -> Generator[Receipt, None, None]:
    """Give `waiting` tasks to a pool until it breaks; those that were under way then are `suspects`."""
    pending: dict[Future[Receipt], Task] = {}
    while (waiting and not suspects) or pending:
        try:
            while waiting and not suspects and len(pending) < at_once:
                pending[pool.submit(waiting[0])] = waiting[0]
                waiting.popleft()
        except BrokenProcessPool:
            suspects.append(waiting.popleft())
        if pool.abandoned:
            suspects.extend(pending.values())
            return
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


def _run_alone(task: Task, context: Context, starts: _Starts) -> Generator[Receipt, None, None]:
    """One task in a process of its own; if the process dies, each scenario in one; if that dies, failed."""
    while True:
        began = time.monotonic()
        with _open_pool(context, 1) as pool:
            try:
                yield pool.submit(task).result()
                return
            except BrokenProcessPool:
                pass
        if pool.lived:
            break
        starts.failed()
    lasted = time.monotonic() - began
    starts.succeeded()
    if len(task.scenarios) == 1:
        # by the alarm, or by the last resort after it, which leaves no other trace than the time it took
        late = context.time_limit is not None and (pool.killed_by_alarm or lasted >= context.time_limit)
        yield perform_failure(task, context, told_too_long(context.time_limit or 0.0) if late else DIED)
        return
    for scenario in task.scenarios:
        yield from _run_alone(replace(task, scenarios=(scenario,)), context, starts)


class _Starts:
    """Pools that could not be started, one after the other: a few in a row are bad luck, more are the machine."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._ever = False

    def succeeded(self) -> None:
        self._in_a_row, self._ever = 0, True

    def failed(self) -> None:
        """Wait a little before the next try.

        Raises
        ------
        BatchError
            After the last try.
        """
        self._in_a_row += 1
        if self._in_a_row >= _TRIES:
            raise NoMoreWorkers(NO_LONGER_STARTED) if self._ever else BatchError(NOT_STARTED)
        time.sleep(0.05 * self._in_a_row)


class NoMoreWorkers(BatchError):
    """Workers were started before and cannot be any more: what was committed stands."""

    exit_status = 1


class _Pool:
    """Worker processes: `submit` gives them a task. `lived` says whether any of them came to life."""

    def __init__(self, context: Context, workers: int) -> None:
        method, self._path = _start_method(context), safe_path()
        with _starting_safely(self._path):  # the first event starts a process that watches over shared resources
            self._started = method.Event()
        self._pool = ProcessPoolExecutor(
            workers, mp_context=method, initializer=start_worker, initargs=(context, self._started)
        )
        self._processes: dict[int, Any] = {}
        self.abandoned = False
        """Whether its processes could not be started: tasks given to it may never be done."""

    def submit(self, task: Task) -> Future[Receipt]:
        """Give a task to the workers.

        Raises
        ------
        BrokenProcessPool
            Also where the process that starts them has died.
        """
        try:
            with _starting_safely(self._path):
                _start_fork_server()
                return self._pool.submit(perform_here, task)
        except (EOFError, OSError) as error:
            self.abandoned = True
            raise BrokenProcessPool("a worker process could not be started") from error
        finally:
            self._processes.update(getattr(self._pool, "_processes", None) or {})

    @property
    def lived(self) -> bool:
        return self._started.is_set()

    @property
    def killed_by_alarm(self) -> bool:
        """Whether a worker was ended by the alarm of its time limit."""
        return any(process.exitcode == -_ALARM for process in self._processes.values())

    def close(self) -> None:
        """Let the workers end; one that a policy keeps alive (a thread of its own that does not end) is killed."""
        if self.abandoned:
            self.kill()
            return
        self._processes.update(getattr(self._pool, "_processes", None) or {})
        self._pool.shutdown(wait=False)
        left, deadline = set(self._processes.values()), time.monotonic() + _SECONDS_TO_LEAVE
        while left and (seconds := deadline - time.monotonic()) > 0:
            ended = set(wait_for([process.sentinel for process in left], seconds))
            left = {process for process in left if process.sentinel not in ended}
        for process in left:
            with suppress(OSError, ValueError):
                process.kill()
        self._pool.shutdown()

    def kill(self) -> None:
        """End the workers at once."""
        self._processes.update(getattr(self._pool, "_processes", None) or {})
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in self._processes.values():
            with suppress(OSError, ValueError):
                process.kill()


@contextmanager
def _open_pool(context: Context, workers: int) -> Iterator[_Pool]:
    """A pool whose processes are killed if the block is left by an exception."""
    pool = _Pool(context, workers)
    try:
        yield pool
    except BaseException:
        pool.kill()
        raise
    pool.close()


def _start_fork_server() -> None:
    """Start the process that workers are forked from, deaf to Ctrl-C, which is the parent's to hear."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
    stays. A checkout from which Tuopin is imported without being installed goes to the end, where it shadows nothing;
    if another Tuopin is installed, before that one, or workers would simulate with other code than the caller's.
    """
    program = getattr(sys.modules["__main__"], "__file__", None)
    first = getattr(multiprocessing.process, "ORIGINAL_DIR", None)  # the current folder when Python started
    folders = [first or os.curdir, os.curdir, *([Path(program).parent] if program else [])]
    wanted = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    added = set(map(_real_path, folders)) - set(map(_real_path, wanted))
    kept = [entry for entry in sys.path if entry and _real_path(entry) not in added]
    home = _home()
    if home not in added:
        return kept
    at = next((k for k, entry in enumerate(kept) if PathFinder.find_spec("tuopin", [entry])), len(kept))
    return [*kept[:at], home, *kept[at:]]


def another_is_installed() -> bool:
    """Whether Python started safely would import another Tuopin than this one: that of site-packages, not a checkout's.

    The process that workers are forked from starts so, before it is told the path of `safe_path`: what it imports
    beforehand, all workers have.
    """
    kept, before = [entry for entry in safe_path() if _real_path(entry) != _home()], sys.path
    sys.path = kept
    try:
        found = (finder.find_spec("tuopin", None) for finder in sys.meta_path)
        spec = next(filter(None, found), None)
    finally:
        sys.path = before
    return spec is not None and _real_path(spec.origin or "") != _real_path(tuopin.__file__)


def _home() -> str:
    return _real_path(Path(tuopin.__file__).parents[1])


def _real_path(folder: str | Path) -> str:
    return os.path.realpath(folder)


def _start_method(context: Context) -> BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    chosen = multiprocessing.get_context("forkserver")
    model = context.function.startswith("tuopin.sim.")  # the model itself, not a stand-in for it
    modules = ["tuopin.sim.batch.quiet", "tuopin.sim.batch.preload" if model else "tuopin.sim.batch.worker"]
    chosen.set_forkserver_preload([] if another_is_installed() else modules)
    return chosen
