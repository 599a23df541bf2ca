"""Simulate a task of a branch, from a saved state where there is one.

Otherwise the years are simulated again from the initial state.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa

from tuopin.agents.county import County
from tuopin.policies.protocol import Policy
from tuopin.sim.batch.taskfile import read_frames
from tuopin.sim.branching.plan import BranchPlan, Settings, Stage
from tuopin.sim.measures.pairs import Histories
from tuopin.sim.results.outcome import RunOutcome
from tuopin.sim.results.schemas import state_frame
from tuopin.sim.run.run import Run, begin
from tuopin.sim.run.setup import county_of, draw_of, make_policies, own_parameters, policies_of, world_of
from tuopin.sim.run.state import State, StateError, capture, resume
from tuopin.sim.run.state_file import Origin, World, from_bytes
from tuopin.sim.run.task import Progress, close_run, outcome_of
from tuopin.sim.run.year import simulate_year
from tuopin.sim.study.versions import versions

TASK = "tuopin.sim.branching.task:simulate_branch"


def simulate_branch(
    plan: BranchPlan,
    place: str,
    replicate: int,
    scenarios: Sequence[str],
    *,
    panel: bool = False,
    progress: Progress | None = None,
) -> Iterator[RunOutcome]:
    """Simulate scenarios of a branch and yield an outcome for each, those with the same past one after the other.

    A past is simulated once, and never two at a time. What fails in it fails its scenarios only. The baseline comes
    first, also where it is not asked for, so that every other scenario can be paired with it.
    """
    initial: County | None = None
    baseline: list[Histories] = []
    first = sorted({plan.baseline, *scenarios}, key=lambda name: (name != plan.baseline, _place_in(scenarios, name)))
    for past in dict.fromkeys(plan.continues[name] for name in first):
        mine = [name for name in first if plan.continues[name] == past]
        try:
            # a state has no panels of the years before it
            state = None if panel else read_state(plan, place, past, replicate)
            if state is None:
                initial = initial or county_of(plan, place, replicate)
                state = simulate_again(plan, initial, plan.histories[past], replicate, panel=panel)
        except Exception as error:  # a failed run is data: the others go on
            for scenario in (name for name in mine if name in scenarios):
                yield RunOutcome.failed(place, scenario, replicate, error)
            continue
        for scenario in mine:
            asked = scenario in scenarios
            start = partial(_start, plan, state, scenario, replicate, panel and asked)
            close = partial(close_run, plan, scenario, baseline)
            outcome = outcome_of(place, scenario, replicate, start, progress if asked else None, close=close)
            if asked:
                yield outcome


def _place_in(scenarios: Sequence[str], name: str) -> int:
    return list(scenarios).index(name) if name in scenarios else -1


def _start(plan: BranchPlan, state: State, scenario: str, replicate: int, panel: bool) -> Run:
    return resume(state, policies_of(plan, scenario, replicate), own_parameters(plan, scenario), panel=panel)


def simulate_again(
    plan: BranchPlan, initial: County, history: Sequence[Stage], replicate: int, *, panel: bool = False
) -> State:
    """Return the state at the end of a history's last stage, simulated from a copy of `initial`.

    The same luck gives the same years.
    """
    state: State | None = None
    for stage in history:
        policies = _policies(plan, stage.settings, replicate)
        if state is None:
            own, groups = stage.parameters, plan.groups
            run = begin(initial.fork(), policies, plan.last_year, parameters=own, groups=groups, panel=panel)
        else:
            run = resume(state, policies, stage.parameters, panel=panel)
        while run.year < stage.last_year:
            simulate_year(run)
        state = capture(run)
    if state is None:
        raise ValueError("a history has at least one stage")
    return state


def _policies(plan: BranchPlan, settings: Settings, replicate: int) -> list[Policy]:
    return make_policies(settings, draw_of(plan, replicate), plan.scale)


def read_state(plan: BranchPlan, place: str, past: str, replicate: int) -> State | None:
    """Return the saved state of a run of the source at the end of the plan's year.

    None if there is none that can be used.
    """
    where = plan.saved.get((place, past, replicate))
    if where is None:
        return None
    expected = Origin(
        plan.source_identity, place, past, plan.source_hashes[past], replicate, plan.from_year, versions()
    )

    def world(origin: Origin) -> World:
        if origin != expected:
            raise StateError(origin.differs_from(expected))
        return world_of(plan, place, replicate)

    file, position = where
    try:
        frames = read_frames(Path(plan.source_runs) / file, [(position, state_frame(plan.from_year))])
        data = b"".join(table.column("state")[0].as_py() for _, table in frames)
        return from_bytes(data, file, world)[1]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, pa.ArrowException):
        return None  # gone since the branch began, or not seen from this machine
