"""What the batch engine needs to know of a plan and of the function that simulates a task; nothing more."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from tuopin.sim.results.errors import BatchError

SIMULATE_TASK = "tuopin.sim.run.task:simulate_task"


class PlanLike(Protocol):
    """The resolved form of a study (see `tuopin.sim.study.plan.Plan`): immutable and picklable."""

    @property
    def study_name(self) -> str: ...  # noqa: D102
    @property
    def places(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def scenarios(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def baseline(self) -> str: ...  # noqa: D102
    @property
    def seed(self) -> int: ...  # noqa: D102
    @property
    def replicates(self) -> int: ...  # noqa: D102
    @property
    def first_year(self) -> int: ...  # noqa: D102
    @property
    def last_year(self) -> int: ...  # noqa: D102
    @property
    def scale(self) -> float: ...  # noqa: D102
    @property
    def identity(self) -> str: ...  # noqa: D102
    @property
    def inputs(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def scenario_hashes(self) -> Mapping[str, str]: ...  # noqa: D102


class OutcomeLike(Protocol):
    """One run as the simulation gives it: its frames (pyarrow tables by name), or why there are none."""

    place: str
    scenario: str
    replicate: int
    frames: Mapping[str, Any]
    error: str | None
    traceback: str | None
    seconds: float


TaskFunction = Callable[..., Iterator[OutcomeLike]]


@dataclass(frozen=True, order=True)
class RunKey:
    """One run: a scenario in one replicate in one place."""

    place: str
    scenario: str
    replicate: int


@dataclass(frozen=True)
class Task:
    """Some or all scenarios of one place and replicate, simulated together because they share population and draws."""

    place: str
    replicate: int
    scenarios: tuple[str, ...]
    panel: bool = False
    save_state: int | None = None


_STATE = "state-"


def state_frame(year: int) -> str:
    """The frame that holds a run's saved state at the end of `year`: one row, one column of bytes."""
    return f"{_STATE}{year}"


def state_year(frame: str) -> int | None:
    """The year of a frame that holds a saved state; None for the frames of tables."""
    return int(frame.removeprefix(_STATE)) if frame.startswith(_STATE) else None


@dataclass(frozen=True)
class Context:
    """What every worker of a batch gets once: the plan, the task function's name, and where to write (or None)."""

    plan: PlanLike
    function: str
    runs_directory: str | None


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
