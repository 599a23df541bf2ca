"""Stop a small study at every commit point in turn, go on, and compare: a program of its own, for it forks.

It never uses a thread before it forks (pyarrow's pools start in the children). Prints one JSON object: how many kill
points were tried and what went wrong.

usage: kill_points.py CASE STRIDE DIRECTORY
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from fake_county import TASK, FakePlan, fake_plan

from tuopin.agents.draws import resolve_parameters
from tuopin.sim.batch.engine import run_study
from tuopin.sim.results import durable
from tuopin.sim.study.versions import versions

KILLED = 9
BASE = fake_plan()
FAILING = fake_plan(raises=(("b", 2), ("a", 1)))

# case -> (what was done before undisturbed, what is disturbed)
CASES: dict[str, tuple[list[tuple[FakePlan, dict[str, Any]]], tuple[FakePlan, dict[str, Any]]]] = {
    "fresh": ([], (fake_plan(replicates=3), {"panel": True})),
    "extended": ([(BASE, {"scenarios": ["b"]})], (fake_plan(replicates=3), {})),
    "panel added": ([(BASE, {})], (BASE, {"panel": True})),
    "retried": ([(FAILING, {})], (BASE, {"retry_failed": True})),
}


def go(plan: FakePlan, out: Path, options: dict[str, Any]) -> None:
    report = run_study(plan, out, workers=1, progress=False, task=TASK, **options)
    blamed = [note for note in report.notes if "is gone" in note or "set aside" in note or "not whole" in note]
    assert not blamed, blamed  # a stop is no damage


def in_child(work: Callable[[], object], stop_at: int | None = None, names: Path | None = None) -> int:
    """Run `work` in a forked child; stop it at commit point `stop_at`; write the points' names. Its exit status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    passed: list[str] = []

    def point(name: str) -> None:
        if len(passed) == stop_at:
            os._exit(KILLED)
        passed.append(name)

    durable.checkpoint = point
    status = 0
    try:
        work()
        if names is not None:
            names.write_text(json.dumps(passed))
    except BaseException:
        traceback.print_exc()
        status = 1
    os._exit(status)


def committed(out: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in (out / "runs").glob("*.zip")}


def same(one: Path, other: Path) -> None:
    names = sorted(path.name for path in one.glob("*.parquet"))
    assert names == sorted(path.name for path in other.glob("*.parquet"))
    for name in names:
        assert pq.read_table(one / name).equals(pq.read_table(other / name)), name
    for name in ("manifest.json", "comparison.csv"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    assert not list(other.rglob(".part-*")), "temporary files are left"
    assert not list(other.rglob("*.damaged")), "a whole file was taken for damaged"


def main(case: str, stride: int, directory: Path) -> dict[str, Any]:
    versions(), resolve_parameters({})  # cached: not once more in every child
    gc.freeze()  # children touch fewer pages
    before, (plan, options) = CASES[case]
    prepared, reference, names = directory / "prepared", directory / "reference", directory / "names"
    if before:
        assert in_child(lambda: [go(first, prepared, given) for first, given in before]) == 0
        shutil.copytree(prepared, reference)
    assert in_child(lambda: go(plan, reference, options), names=names) == 0
    points = json.loads(names.read_text())
    problems: list[str] = []
    tried = 0
    for at in range(0, len(points), stride):
        tried += 1
        problems += [f"{case}, stopped at {at} ({points[at]}): {text}" for text in attempt(case, at, directory)]
    return {"points": len(points), "tried": tried, "problems": problems}


def attempt(case: str, at: int, directory: Path) -> list[str]:
    """Stop at point `at` (and for every third a second time, early in going on), then go on to the end."""
    before, (plan, options) = CASES[case]
    out, log = directory / "out", directory / "log"
    shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(log, ignore_errors=True)
    log.mkdir()
    if before:
        shutil.copytree(directory / "prepared", out)
    logged = replace(plan, log=str(log))
    problems = []
    if in_child(lambda: go(logged, out, options), stop_at=at) != KILLED:
        problems.append("was not stopped")
    kept = committed(out)
    if at % 3 == 0:
        in_child(lambda: go(logged, out, options), stop_at=at % 11)
        lost = {name for name, digest in kept.items() if committed(out).get(name) != digest}
        problems += [f"lost {sorted(lost)} at the second stop"] if lost else []
        kept = committed(out)
    simulated_before = Counter(path.name.rsplit("-", 2)[0] for path in log.iterdir())
    if in_child(lambda: go(logged, out, options)) != 0:
        problems.append("could not go on")
    if {name: digest for name, digest in committed(out).items() if name in kept} != kept:
        problems.append("a committed file was lost or changed")
    after = Counter(path.name.rsplit("-", 2)[0] for path in log.iterdir())
    held = {name.split("-p")[0] for name in set(kept) - set(committed(directory / "prepared"))}
    for run, times in (after - simulated_before).items():
        place, _, replicate = run.split("-")
        if f"{place}-r{int(replicate):05d}" in held:
            problems.append(f"{run} was committed and yet simulated again ({times})")
    if in_child(lambda: same(directory / "reference", out)) != 0:
        problems.append("tables differ from the undisturbed run's")
    return problems


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
