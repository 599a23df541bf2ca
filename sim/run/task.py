"""Simulate one task: a place and replicate with all its scenarios, which share population and luck."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from tuopin.agents.county import County
from tuopin.policies.catalogue import built_in
from tuopin.sim.measures.pairs import Histories, pair_measures
from tuopin.sim.results.outcome import RunOutcome
from tuopin.sim.run.pairs import draws_frame, histories, pairs_frame
from tuopin.sim.run.run import Run, begin
from tuopin.sim.run.saved_state import kept_state
from tuopin.sim.run.setup import county_of, own_parameters, policies_of
from tuopin.sim.run.signals import noticing_signals
from tuopin.sim.run.tables import keyed, tables
from tuopin.sim.run.year import simulate_year
from tuopin.sim.study.plan import Plan, make_plan
from tuopin.sim.study.study import Study

Progress = Callable[[str, int], None]


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

    The initial state is made once; each scenario starts from a copy. The baseline is simulated first, also where it is
    not asked for, so that every other scenario can be paired with it household by household. A scenario that raises
    gives an outcome with `error`, and the others go on; if the initial state fails, all fail alike. With the year
    `save_state` the frame `state-<year>` holds the county at the end of that year, for `tuopin.sim.run.saved_state` to
    go on from.
    """
    try:
        initial = county_of(plan, place, replicate)
    except Exception as error:
        for scenario in scenarios:
            yield RunOutcome.failed(place, scenario, replicate, error)
        return
    baseline: list[Histories] = []

    def simulate(scenario: str, asked: bool = True) -> RunOutcome:
        kept = partial(kept_state, plan, place, scenario, replicate, save_state) if asked and save_state else None
        return outcome_of(
            place,
            scenario,
            replicate,
            partial(begin_scenario, plan, initial, scenario, replicate, panel=panel and asked),
            progress if asked else None,
            kept,
            partial(close_run, plan, scenario, baseline),
        )

    first = simulate(plan.baseline, plan.baseline in scenarios)
    for scenario in scenarios:
        yield first if scenario == plan.baseline else simulate(scenario)


def close_run(plan: Plan, scenario: str, baseline: list[Histories], run: Run) -> dict[str, pa.Table]:
    """Frames of a finished run that need more than itself: what was drawn, and the pair it makes with the baseline.

    `baseline` holds the baseline's households once its run is finished, which comes first.
    """
    found = histories(run)
    if scenario == plan.baseline:
        baseline.append(found)
        return {"pairs": pairs_frame({}), "draws": draws_frame(plan, run.county)}
    measures = pair_measures(baseline[0], found, run.year - run.county.start) if baseline else {}
    return {"pairs": pairs_frame(measures), "draws": draws_frame(None, run.county)}


def outcome_of(
    place: str,
    scenario: str,
    replicate: int,
    start: Callable[[], Run],
    progress: Progress | None = None,
    keep: Callable[[Run], Mapping[str, pa.Table]] | None = None,
    close: Callable[[Run], Mapping[str, pa.Table]] | None = None,
) -> RunOutcome:
    """Simulate the run that `start` begins to its last year; whatever is raised on the way is the outcome's `error`.

    `keep` is asked at the start and after every year for further frames of the outcome (a saved state), `close` once at
    the end.
    """
    began = time.perf_counter()
    kept: dict[str, pa.Table] = {}
    with noticing_signals() as arrived:
        try:
            run = start()
            household_years = 0
            kept.update(keep(run) if keep is not None else {})
            while not run.finished:
                simulate_year(run)
                household_years += len(run.county.households)
                if progress is not None:
                    progress(scenario, run.year)
                kept.update(keep(run) if keep is not None else {})
            frames = tables(run, place, scenario, replicate) | kept
            for name, frame in (close(run) if close is not None else {}).items():
                frames[name] = keyed(frame, place, scenario, replicate)
            seconds = time.perf_counter() - began
            outcome = RunOutcome(place, scenario, replicate, frames, None, None, seconds, household_years)
        except BaseException as error:  # also a SystemExit or KeyboardInterrupt that a policy raises
            if arrived and isinstance(error, KeyboardInterrupt):
                raise
            outcome = RunOutcome.failed(place, scenario, replicate, error, time.perf_counter() - began)
    if arrived:  # and a policy has kept it to itself
        raise KeyboardInterrupt
    return outcome


def begin_scenario(plan: Plan, initial: County, scenario: str, replicate: int, *, panel: bool = False) -> Run:
    """Return the run of a scenario in the initial state, on a copy of `initial`."""
    return begin(
        initial.fork(),
        policies_of(plan, scenario, replicate),
        plan.last_year,
        parameters=own_parameters(plan, scenario),
        groups=plan.groups,
        panel=panel,
    )


def simulate_scenario(plan: Plan, initial: County, scenario: str, replicate: int, *, panel: bool = False) -> Run:
    """Simulate a copy of `initial` through the plan's years under a scenario; return the finished run."""
    run = begin_scenario(plan, initial, scenario, replicate, panel=panel)
    while not run.finished:
        simulate_year(run)
    return run


def warm_up() -> None:
    """Compile or load every kernel by simulating a tiny county for two years under all shipped policies."""
    everything: dict[str, dict[str, Any]] = {name: {} for name in built_in()}
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
