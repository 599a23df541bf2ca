"""Which runs are asked for, and which of them are still to be run, as tasks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from tuopin.sim.batch.task import Task
from tuopin.sim.results.errors import BatchError
from tuopin.sim.results.receipts import RunKey, RunRecord
from tuopin.sim.study.plan import Plan


@dataclass(frozen=True)
class Selection:
    """Which runs of a plan are asked for."""

    scenarios: tuple[str, ...]
    replicates: tuple[int, ...]
    places: tuple[str, ...]
    panel: bool
    retry_failed: bool
    save_state: int | None = None

    def keys(self) -> list[RunKey]:
        """The runs asked for, in the order of the tables."""
        return [RunKey(p, s, r) for p in self.places for s in self.scenarios for r in self.replicates]


def select(
    plan: Plan,
    scenarios: Sequence[str] | None = None,
    only: str | None = None,
    panel: bool = False,
    retry_failed: bool = False,
    save_state: int | None = None,
) -> Selection:
    """Resolve what was asked for; `only` is ``SCENARIO:REPLICATE`` or ``PLACE:SCENARIO:REPLICATE``.

    Raises
    ------
    BatchError
        If a name, number or year is not in the plan.
    """
    if save_state is not None and not plan.first_year <= save_state < plan.last_year:
        allowed = f"a year from {plan.first_year} to {plan.last_year - 1}, with years left to go on through"
        raise BatchError(f"--save-state: is {save_state}; allowed: {allowed}")
    numbers = tuple(range(1, plan.replicates + 1))
    places = tuple(plan.places)
    if only is not None and scenarios is not None:
        raise BatchError("--only: is given with --scenarios; allowed: one of the two, --only names its scenario itself")
    if only is None:
        asked = tuple(plan.scenarios) if scenarios is None else tuple(dict.fromkeys(scenarios))
        _require(asked, plan.scenarios, "--scenarios")
        ordered = tuple(name for name in plan.scenarios if name in asked)
        return Selection(ordered, numbers, places, panel, retry_failed, save_state)
    *before, scenario, replicate = only.split(":") if only.count(":") in (1, 2) else ("", "", "")
    if not scenario or not re.fullmatch(r"[0-9]{1,9}", replicate):
        raise BatchError(f"--only: {_cut(only)!r} is not SCENARIO:REPLICATE; for example {plan.scenarios[0]}:1")
    _require((scenario,), plan.scenarios, "--only")
    if before:
        _require(tuple(before), places, "--only")
        places = (before[0],)
    if int(replicate) not in numbers:
        raise BatchError(f"--only: there is no replicate {replicate}; 1 to {plan.replicates}")
    return Selection((scenario,), (int(replicate),), places, panel, True, save_state)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _require(names: Sequence[str], allowed: Collection[str], option: str) -> None:
    for name in names:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, 1)
            guess = f" (did you mean {near[0]}?)" if near else ""
            raise BatchError(f"{option}: there is no {_cut(name)!r} in the study{guess}; allowed: {', '.join(allowed)}")
    if not names:
        raise BatchError(f"{option}: names nothing; allowed: {', '.join(allowed)}")


def pending_tasks(selection: Selection, records: Mapping[RunKey, RunRecord], workers: int) -> list[Task]:
    """What is still to be run: by place and replicate, the missing scenarios.

    A scenario that failed, or lacks panel or state, is missing. When there are fewer tasks than workers, tasks are
    divided by scenario: each part builds the population anew, which costs less than an idle processor, and gives the
    same figures.
    """
    tasks = []
    for place in selection.places:
        for replicate in selection.replicates:
            todo = tuple(
                name
                for name in selection.scenarios
                if _is_pending(records.get(RunKey(place, name, replicate)), selection)
            )
            if todo:
                tasks.append(Task(place, replicate, todo, selection.panel, selection.save_state))
    parts = -(-workers // len(tasks)) if tasks else 1
    return [piece for task in tasks for piece in _divide(task, parts)]


def _is_pending(record: RunRecord | None, selection: Selection) -> bool:
    if record is None:
        return True
    if not record.done:
        return selection.retry_failed
    lacks_state = selection.save_state is not None and selection.save_state not in record.states
    return lacks_state or (selection.panel and not record.panel)


def _divide(task: Task, parts: int) -> list[Task]:
    size = -(-len(task.scenarios) // max(1, min(parts, len(task.scenarios))))
    return [replace(task, scenarios=task.scenarios[at : at + size]) for at in range(0, len(task.scenarios), size)]
