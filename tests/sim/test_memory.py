"""A county leaves memory with its task, without waiting for a garbage collection: 832 of them must not pile up."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from tuopin.agents.county import County
from tuopin.sim.run.task import simulate_task


def counties() -> int:
    # `type`, not `isinstance`: the latter asks weak proxies of other tests, which may be dead
    return sum(type(thing) is County for thing in gc.get_objects())


def test_no_county_outlives_its_task(plan_for: Callable[..., Any]) -> None:
    plan = plan_for(years="2016-2018")
    gc.collect()
    gc.disable()  # a model and its agents hold each other: a collection would hide what is not let go
    try:
        before = counties()
        for replicate in (0, 1):
            outcomes = list(simulate_task(plan, "lushi", replicate, list(plan.scenarios)))
            assert [outcome.error for outcome in outcomes] == [None, None]
        assert counties() == before
    finally:
        gc.enable()
