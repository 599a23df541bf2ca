from __future__ import annotations

import pytest
from fake_county import fake_plan
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.batch.selection import pending_tasks, select
from tuopin.sim.results.receipts import RunKey, RunRecord

PLAN = fake_plan(places=("east", "west"), replicates=2)
DONE = RunRecord("east", "none", 1, "h", "done", rows={"indicators": 9})
WITH_PANEL = RunRecord("east", "none", 1, "h", "done", rows={"indicators": 9, "panel": 99})
FAILED = RunRecord("east", "none", 1, "h", "failed")


def test_scenarios_are_taken_in_the_study_s_order() -> None:
    assert select(PLAN, ["a", "none", "a"], None, False, False).scenarios == ("none", "a")


def test_only_one_run_in_every_place_or_in_one() -> None:
    assert len(select(PLAN, None, "b:2", False, False).keys()) == 2
    assert select(PLAN, None, "west:b:2", False, False).keys() == [RunKey("west", "b", 2)]


@pytest.mark.parametrize("panel", [False, True])
def test_only_asks_for_a_failed_run_again_and_for_no_finished_one(panel: bool) -> None:
    """The command that the manifest gives with a failure repeats it, with or without the panel."""
    plan = fake_plan(places=("east",), scenarios=("none",), replicates=1)
    asked = select(plan, None, "none:1", panel, False)
    key = RunKey("east", "none", 1)
    assert [task.scenarios for task in pending_tasks(asked, {key: FAILED}, 1)] == [("none",)]
    assert pending_tasks(asked, {key: WITH_PANEL}, 1) == []
    assert len(pending_tasks(asked, {key: DONE}, 1)) == panel


@pytest.mark.parametrize(
    ("record", "panel", "retry", "pending"),
    [
        (None, False, False, True),
        (DONE, False, False, False),
        (DONE, True, False, True),
        (WITH_PANEL, True, True, False),
        (FAILED, False, False, False),
        (FAILED, False, True, True),
        (FAILED, True, False, False),
        (FAILED, True, True, True),
        (DONE, False, True, False),
        (WITH_PANEL, False, True, False),
    ],
)
def test_what_is_pending(record: RunRecord | None, panel: bool, retry: bool, pending: bool) -> None:
    plan = fake_plan(places=("east",), scenarios=("none",), replicates=1)
    records = {} if record is None else {RunKey("east", "none", 1): record}
    assert bool(pending_tasks(select(plan, None, None, panel, retry), records, 1)) == pending


@given(st.integers(1, 40), st.integers(1, 5), st.integers(1, 12))
def test_tasks_cover_every_run_once_and_busy_all_workers(workers: int, replicates: int, scenarios: int) -> None:
    plan = fake_plan(replicates=replicates, scenarios=tuple(f"s{n}" for n in range(scenarios)))
    selection = select(plan, None, None, False, False)
    tasks = pending_tasks(selection, {}, workers)
    runs = [run for task in tasks for run in task.runs]
    assert sorted(runs) == sorted(selection.keys())
    whole = 2 * replicates
    assert len(tasks) >= min(workers, whole) and (workers > whole or len(tasks) == whole)
