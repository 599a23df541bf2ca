"""A real scheduler and real worker processes on loopback: same tables, a worker killed half-way, others refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_county import fake_plan

from tuopin.sim.results.errors import ClusterLost, ClusterRefused

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytestmark = [pytest.mark.cluster, pytest.mark.slow]

SUPPORT = str(Path(__file__).parent / "support")
PLAN = fake_plan(replicates=12)


class Cluster:
    """A scheduler and workers that this test started and will stop."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.processes: list[subprocess.Popen[bytes]] = []
        file = directory / "scheduler.json"
        self._start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)
        )
        for _ in range(300):
            if file.exists() and file.stat().st_size:
                break
            time.sleep(0.1)
        self.address = json.loads(file.read_text())["address"]

    def _start(self, module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        env = os.environ | {"PYTHONPATH": SUPPORT} | environment
        with (self.directory / f"{module}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=self.directory)
        self.processes.append(process)
        return process

    def add_worker(self, **environment: str) -> subprocess.Popen[bytes]:
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        return self._start("dask_worker", self.address, *options, **environment)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    (tmp_path / "dask").mkdir()
    started = Cluster(tmp_path / "dask")
    yield started
    started.stop()


def test_equal_to_the_local_result(run: Any, tmp_path: Path, assert_same: Any, cluster: Cluster) -> None:
    cluster.add_worker()
    cluster.add_worker()
    plan = fake_plan(replicates=12, raises=(("b", 3),))
    run(plan, tmp_path / "local", panel=True)
    report = run(plan, tmp_path / "dask-out", panel=True, dask_address=cluster.address)
    assert (report.done, report.failed) == (70, 2)
    assert_same(tmp_path / "local", tmp_path / "dask-out")
    assert not list((tmp_path / "dask-out" / "runs").glob(".part-*"))


def test_a_worker_killed_half_way(run: Any, tmp_path: Path, assert_same: Any, cluster: Cluster) -> None:
    victim = cluster.add_worker()
    cluster.add_worker()
    run(PLAN, tmp_path / "local")
    killed = []

    def kill_half_way(progress: Any) -> None:
        if progress.finished >= progress.total // 2 and not killed:
            victim.send_signal(signal.SIGKILL)
            killed.append(progress.finished)

    slow = fake_plan(replicates=12, sleep=0.02)
    report = run(slow, tmp_path / "dask-out", dask_address=cluster.address, progress=kill_half_way)
    assert killed and killed[0] < 72
    assert (report.done, report.failed) == (72, 0)
    assert_same(tmp_path / "local", tmp_path / "dask-out")


def test_without_a_shared_file_system_files_come_back(
    run: Any, tmp_path: Path, assert_same: Any, cluster: Cluster
) -> None:
    cluster.add_worker(TUOPIN_TEST_BLIND="1")  # see support/sitecustomize.py
    run(PLAN, tmp_path / "local")
    report = run(PLAN, tmp_path / "dask-out", dask_address=cluster.address)
    assert report.done == 72
    assert_same(tmp_path / "local", tmp_path / "dask-out")


def test_a_run_that_kills_its_workers_is_recorded(run: Any, tmp_path: Path, cluster: Cluster) -> None:
    for _ in range(10):  # dask gives up on a task after it killed four
        cluster.add_worker()
    plan = fake_plan(places=("east",), replicates=1, scenarios=("none", "a"), dies=(("a", 1),))
    report = run(plan, tmp_path / "dask-out", dask_address=cluster.address)
    assert (report.done, report.failed) == (1, 1)
    assert report.failures[0].scenario == "a" and "died" in report.failures[0].error


def test_another_version_is_refused(run: Any, tmp_path: Path, cluster: Cluster) -> None:
    cluster.add_worker(TUOPIN_TEST_NUMPY="1.0.0")  # see support/sitecustomize.py
    with pytest.raises(ClusterRefused, match=r"has other versions: numpy .* here, 1\.0\.0 there"):
        run(PLAN, tmp_path / "out", dask_address=cluster.address)


def test_no_scheduler_and_no_worker(
    run: Any, tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuopin.sim.batch.cluster._CONNECT_SECONDS", 1.0)
    with pytest.raises(ClusterRefused, match="has no worker; start some with: dask worker"):
        run(PLAN, tmp_path / "out", dask_address=cluster.address)
    with pytest.raises(ClusterRefused, match=r"no scheduler answers at 'tcp://127\.0\.0\.1:1'"):
        run(PLAN, tmp_path / "out", dask_address="tcp://127.0.0.1:1")
    with pytest.raises(ClusterRefused, match=r"'not an address' is no address of a scheduler"):
        run(PLAN, tmp_path / "out", dask_address="not an address")
    assert not (tmp_path / "out").exists()


def test_a_scheduler_that_goes_away_loses_nothing(
    run: Any, tmp_path: Path, assert_same: Any, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuopin.sim.batch.cluster._CONNECT_SECONDS", 3.0)
    cluster.add_worker()
    killed = []

    def kill_half_way(progress: Any) -> None:
        if progress.finished >= progress.total // 2 and not killed:
            cluster.processes[0].kill()
            killed.append(progress.finished)

    with pytest.raises(ClusterLost, match="the scheduler is gone; committed runs are kept") as caught:
        run(fake_plan(replicates=12, sleep=0.02), dask_address=cluster.address, progress=kill_half_way)
    assert caught.value.exit_status == 1
    report = run(PLAN)  # the same directory, without the cluster
    assert report.skipped >= killed[0] and report.done + report.skipped == 72
    run(PLAN, tmp_path / "local")
    assert_same(tmp_path / "out", tmp_path / "local")


def test_without_the_extra_it_says_what_to_install(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterRefused, match=r"pip install 'tuopin\[cluster\]'"):
        run(PLAN, dask_address="tcp://127.0.0.1:1")
    assert not (tmp_path / "out").exists()
