"""What a worker is given: a task, the plan it belongs to, and the function that simulates it."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from tuopin.sim.results.errors import BatchError
from tuopin.sim.results.outcome import RunOutcome
from tuopin.sim.results.receipts import RunKey
from tuopin.sim.study.plan import Plan

SIMULATE_TASK = "tuopin.sim.run.task:simulate_task"

TaskFunction = Callable[..., Iterator[RunOutcome]]


@dataclass(frozen=True)
class Task:
    """Some or all scenarios of one place and replicate, simulated together because they share population and draws."""

    place: str
    replicate: int
    scenarios: tuple[str, ...]
    panel: bool = False
    save_state: int | None = None

    @property
    def runs(self) -> list[RunKey]:
        """The runs of the task."""
        return [RunKey(self.place, scenario, self.replicate) for scenario in self.scenarios]


@dataclass(frozen=True)
class Context:
    """What every worker of a batch gets once.

    The plan, the task function's name, where to write, and the seconds a run may take (None: any number).
    """

    plan: Plan
    function: str
    runs_directory: str
    time_limit: float | None = None


def check_task_function(name: str) -> None:
    """Refuse a task function whose module cannot be found, without importing it."""
    module, _, attribute = name.partition(":")
    try:
        found = bool(module and attribute) and importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        found = False
    if not found:
        raise BatchError(f"task function {name!r} cannot be found; write package.module:function")


def task_function(name: str) -> TaskFunction:
    """The function written as ``package.module:function``."""
    module, _, attribute = name.partition(":")
    return cast(TaskFunction, getattr(importlib.import_module(module), attribute))
