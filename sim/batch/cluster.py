"""Tasks on a dask cluster: the same tasks, functions and files as on one machine.

Where a worker sees the result directory (a shared file system) it writes its file there, and only the receipt travels;
where it does not, the file comes back in the answer. Each task finds out for itself, so mixed clusters work. The
plan travels once per worker, as a plugin that the scheduler also gives to workers that join or restart later.
"""

from __future__ import annotations

import logging
import pickle
import re
import tempfile
import time
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

from tuopin.policies.packages import packages_of
from tuopin.sim.batch.task import Context, Task
from tuopin.sim.batch.worker import perform, perform_failure
from tuopin.sim.results.durable import temporary_in, write_atomically
from tuopin.sim.results.errors import ClusterLost, ClusterRefused, storage_failed
from tuopin.sim.results.receipts import Receipt
from tuopin.sim.study.versions import DECISIVE, changed_packages, differing, versions

Client = Any  # distributed.Client: half of its methods are untyped

_CONNECT_SECONDS = 15.0
_ADDRESS = re.compile(r"((?P<scheme>tcp|tls|ws|wss)://)?(\[[0-9A-Fa-f:.%]+\]|[\w.-]+):(?P<port>[0-9]{1,5})")
"""What distributed connects to over a network; ``inproc`` is this process, ``ucx`` needs a library of its own."""
_INSTALL = "--dask needs the library distributed; install it with: pip install 'tuopin[cluster]'"
_LOST = "--dask: the scheduler is gone; committed runs are kept: give the same command again"
_DIED = "the workers that tried this run died (killed by the system, often for lack of memory)"


@contextmanager
def connect(address: str) -> Iterator[Client]:
    """A client of the cluster whose scheduler is at `address`, all of whose workers can give the same figures.

    Raises
    ------
    ClusterRefused
        If there is no such cluster, it has no worker, or a worker has another version of Tuopin or numpy.
    """
    distributed = _import_distributed()
    with _quiet_logs():
        client = _open_client(distributed, address)
        try:
            _refuse_other_versions(client)
            yield client
        finally:
            with suppress(Exception):  # a cluster that is gone cannot be left politely
                client.close(timeout=2)


@contextmanager
def _quiet_logs() -> Iterator[None]:
    """Keep the client's tracebacks about lost connections off the screen: what matters is said as an error."""
    loggers = [logging.getLogger(name) for name in ("distributed.client", "distributed.core", "distributed.comm")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def run_on_cluster(tasks: list[Task], context: Context, client: Client) -> Generator[Receipt, None, None]:
    """Simulate the tasks on the cluster; receipts come as tasks finish.

    The scheduler gives a dead worker's tasks to others. A task that kills several workers is tried once more scenario
    by scenario; what still kills is recorded as failed.

    Raises
    ------
    ClusterLost
        If the scheduler goes away; what was committed stands.
    """
    runs = Path(context.runs_directory)
    name = f"tuopin-{context.plan.identity[:16]}"
    token = temporary_in(runs).with_suffix(".token")
    try:
        token.write_text(token.name, encoding="utf-8")
        try:
            client.register_plugin(_context_plugin(context, str(token)), name=name)
            yield from _submit_in_turn(client, name, tasks, context)
        except (CancelledError, OSError) as error:  # failures to write are StorageFailed already
            raise ClusterLost(_LOST) from error
    finally:
        token.unlink(missing_ok=True)
        with suppress(Exception):  # a cluster that is gone needs no tidying
            client.unregister_worker_plugin(name)


def _import_distributed() -> Any:
    """The library, imported when first needed; it sets up its own logging then."""
    try:
        return import_module("distributed")
    except ImportError:
        raise ClusterRefused(_INSTALL) from None


def _open_client(distributed: Any, address: str) -> Client:
    _refuse_address(distributed, address)
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        reason = " ".join(str(error).split())
        raise ClusterRefused(
            f"--dask: no scheduler answers at {address!r} ({reason}); give the address that dask scheduler printed,"
            " for example tcp://127.0.0.1:8786"
        ) from error
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except TimeoutError:
        client.close(timeout=2)
        raise ClusterRefused(
            f"--dask: the scheduler at {address} has no worker; start some with: dask worker {address} --nthreads 1"
        ) from None
    return client


def _refuse_address(distributed: Any, address: str) -> None:
    """Refuse what is no address before a client is made.

    distributed finds it out while connecting; its half-made client then waits half a minute at the end of the process
    and leaves a traceback.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None or not 1 <= int(found["port"]) <= 65_535:
        shown = address if len(address) <= 60 else address[:57] + "..."
        raise ClusterRefused(
            f"--dask: {shown!r} is no address of a scheduler; give the one that dask scheduler printed,"
            " for example tcp://127.0.0.1:8786"
        )
    encrypted = found["scheme"] in ("tls", "wss")
    if encrypted and not distributed.Security().get_connection_args("client").get("ssl_context"):
        raise ClusterRefused(
            f"--dask: {address!r} needs certificates; name them in dask's configuration (docs/cluster.md)"
        )


def _refuse_other_versions(client: Client) -> None:
    """All workers have this process's Tuopin and numpy, or the cluster is refused.

    dask reports the versions; its own check warns and goes on, whatever differs.
    """
    try:
        workers = client.get_versions(packages=list(DECISIVE))["workers"]
    except Exception as error:
        raise ClusterRefused(f"--dask: the workers cannot be asked for their versions: {error}") from error
    lines = [
        f"--dask: worker {worker} has other versions: {', '.join(different)}; install the same there"
        for worker, found in workers.items()
        if (different := differing(found["packages"]))
    ]
    if lines:
        raise ClusterRefused(*lines)


def _context_plugin(context: Context, token: str) -> Any:
    """A worker plugin that keeps the context; it travels pickled, so that a worker without it fails its task only."""
    from distributed import WorkerPlugin

    class TuopinContext(WorkerPlugin):
        def __init__(self) -> None:
            self.payload = pickle.dumps((context, token, versions()))

    return TuopinContext()


def perform_on_worker(task: Task, name: str) -> tuple[Receipt, bytes | None]:
    """On a worker: simulate `task`; its receipt, and the file itself if the result directory is not seen from here."""
    from distributed import get_worker

    context, token, expected = pickle.loads(vars(get_worker().plugins[name])["payload"])
    different = differing(expected)
    if different:  # this worker joined after the others were asked
        raise ClusterRefused(f"--dask: a worker that joined has other versions: {', '.join(different)}")
    mine = packages_of(sorted({policy for used in context.plan.scenario_settings.values() for policy in used}))
    if mine != dict(context.plan.packages):
        lines = changed_packages(context.plan.packages, mine) or ["another package supplies a policy"]
        raise ClusterRefused(f"--dask: a worker has other policies: {', '.join(lines)}; install the same there")
    if _sees(Path(token)):
        return perform(task, context), None
    with tempfile.TemporaryDirectory(prefix="tuopin-") as own:
        receipt = perform(task, replace(context, runs_directory=own))
        return receipt, Path(own, receipt.file).read_bytes()


def _sees(token: Path) -> bool:
    """Whether the directory of the process that started the batch is this machine's too."""
    try:
        return token.read_text(encoding="utf-8") == token.name
    except OSError:
        return False


def _submit_in_turn(client: Client, name: str, tasks: list[Task], context: Context) -> Generator[Receipt, None, None]:
    """Keep two tasks per thread of the cluster under way, so that workers never wait and plans of thousands fit."""
    from distributed.scheduler import KilledWorker

    waiting = deque(tasks)
    pending: dict[Any, Task] = {}  # by future
    finished = import_module("distributed").as_completed(loop=client.loop)
    keys = (f"{name}-{time.time_ns()}-{serial}" for serial in count())
    try:
        while waiting or pending:
            while waiting and len(pending) < 2 * max(1, sum(client.nthreads().values())):
                task = waiting.popleft()
                future = client.submit(perform_on_worker, task, name, key=next(keys), pure=False)
                pending[future] = task
                finished.add(future)
            future = next(finished)
            task = pending.pop(future)
            try:
                receipt, content = future.result()
            except KilledWorker:
                if len(task.scenarios) == 1:
                    yield perform_failure(task, context, _DIED)
                else:
                    waiting.extendleft(replace(task, scenarios=(scenario,)) for scenario in reversed(task.scenarios))
                continue
            yield _store(receipt, content, context)
    finally:
        with suppress(Exception):
            client.cancel(list(pending), force=True)


def _store(receipt: Receipt, content: bytes | None, context: Context) -> Receipt:
    """The receipt of a file that is in the runs directory, written here if the worker could not."""
    runs = Path(context.runs_directory)
    if content is None:
        return receipt
    try:
        path = temporary_in(runs)
        write_atomically(path, content)
    except OSError as error:
        raise storage_failed(runs.parent, error) from error
    return replace(receipt, file=path.name)
