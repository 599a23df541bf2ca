"""Simulate one task: a place and replicate with all its scenarios, which share population and luck."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tuopin.agents.county import County
from tuopin.policies.catalogue import catalogue
from tuopin.sim.run.model import CountyModel
from tuopin.sim.run.setup import county_of, policies_of
from tuopin.sim.run.tables import tables
from tuopin.sim.study.plan import Plan, make_plan
from tuopin.sim.study.study import Study

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class RunOutcome:
    """One run: its tables by name (`indicators`, `costs`, `spells`, and `panel` if asked for), or why there are
    none.
    """

    place: str
    scenario: str
    replicate: int
    frames: dict[str, pa.Table] = field(default_factory=dict)
    error: str | None = None
    traceback: str | None = None
    seconds: float = 0.0
    household_years: int = 0


def simulate_task(
    plan: Plan,
    place: str,
    replicate: int,
    scenarios: Sequence[str],
    *,
    panel: bool = False,
    progress: Progress | None = None,
    save_state: int | None = None,
) -> Iterator[RunOutcome]:
    """Simulate the scenarios of a task one after the other and yield an outcome for each, in the order given.

    The initial state is made once; each scenario lives on a copy. A scenario that raises gives an outcome with
    `error`, and
    the others go on; if the initial state fails, all fail alike. With the year `save_state` the frame `state-<year>`
    holds the county at the end of that year, for `tuopin.sim.run.saved_state` to go on from.
    """
    try:
        initial = county_of(plan, place, replicate)
    except Exception as error:
        for scenario in scenarios:
            yield RunOutcome(place, scenario, replicate, {}, _say(error), traceback.format_exc())
        return
    for scenario in scenarios:
        yield outcome_of(
            plan,
            place,
            scenario,
            replicate,
            lambda name=scenario: start_scenario(plan, initial, name, replicate, panel=panel),  # type: ignore[misc]
            progress,
            save_state,
        )


def outcome_of(
    plan: Plan,
    place: str,
    scenario: str,
    replicate: int,
    start: Callable[[], CountyModel],
    progress: Progress | None = None,
    save_state: int | None = None,
) -> RunOutcome:
    """Live the model that `start` makes to its last year; whatever is raised on the way is the outcome's `error`."""
    began = time.perf_counter()
    try:
        model = start()
        first = model.year
        states: dict[str, pa.Table] = {}
        each_year: Callable[[CountyModel], None] | None = None
        if save_state is not None:
            from tuopin.sim.run.saved_state import keep_state

            each_year = keep_state(plan, place, scenario, replicate, save_state, states)
        live(model, scenario, progress, each_year)
        frames = tables(model, place, scenario, replicate) | states
        lived = len(model.county.households) * (model.year - first)
        model.close()
        return RunOutcome(place, scenario, replicate, frames, None, None, time.perf_counter() - began, lived)
    except Exception as error:
        seconds = time.perf_counter() - began
        return RunOutcome(place, scenario, replicate, {}, _say(error), traceback.format_exc(), seconds)


def start_scenario(plan: Plan, initial: County, scenario: str, replicate: int, *, panel: bool = False) -> CountyModel:
    """Return the model of a scenario in the initial state, on a copy of `initial`."""
    policies = policies_of(plan, scenario, replicate)
    return CountyModel(county=initial.fork(), policies=policies, last_year=plan.last_year, panel=panel)


def live(
    model: CountyModel,
    scenario: str,
    progress: Progress | None = None,
    each_year: Callable[[CountyModel], None] | None = None,
) -> CountyModel:
    """Live a model to its last year; `each_year` sees it as it is now and after every year."""
    if each_year is not None:
        each_year(model)
    while model.running:
        model.step()
        if progress is not None:
            progress(scenario, model.year)
        if each_year is not None:
            each_year(model)
    return model


def run_scenario(
    plan: Plan,
    initial: County,
    scenario: str,
    replicate: int,
    *,
    panel: bool = False,
    progress: Progress | None = None,
) -> CountyModel:
    """Live a copy of `initial` through the plan's years under a scenario; return the finished model."""
    return live(start_scenario(plan, initial, scenario, replicate, panel=panel), scenario, progress)


def _say(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def warm_up() -> None:
    """Compile or load every kernel by living a tiny county through two years under all shipped policies."""
    everything: dict[str, dict[str, Any]] = {name: {} for name in catalogue()}
    study = Study.from_dict(
        {
            "name": "warm-up",
            "place": "lushi",
            "years": "2016-2018",
            "replicates": 1,
            "baseline": "all",
            "scenarios": {"all": everything},
        }
    )
    for outcome in simulate_task(make_plan(study, 0.02), "lushi", 0, ["all"], panel=True):
        if outcome.error:
            raise RuntimeError(outcome.error)
