"""Where the time of a run goes: processor nanoseconds a household-year of each step and of each policy.

`python -m tuopin.sim.run.profile STUDY [SCENARIO] [SCALE]` prints the table of docs/performance.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from tuopin.agents.county import County
from tuopin.policies.protocol import Policy
from tuopin.sim.run.run import begin
from tuopin.sim.run.setup import county_of, own_parameters, policies_of
from tuopin.sim.run.tables import tables
from tuopin.sim.run.year import Step, simulate_year
from tuopin.sim.study.plan import Plan, make_plan
from tuopin.sim.study.study import Study

RULES = (
    "prepare",
    "strike",
    "eligible",
    "willingness",
    "withdraw",
    "release",
    "recount",
    "affordable",
    "observe",
    "need",
    "room",
    "pay_enrolment",
    "enrol",
    "change_terms",
    "employ",
    "reimburse",
    "transfer",
)
"""The rules of a policy whose time is its own; a rule called by another of the same policy is counted once."""


class _Clock:
    """Adds up processor time by name; inside a timed policy rule nothing is counted twice."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = {}
        self._busy = False

    def add(self, name: str, began: int) -> None:
        self.spent[name] = self.spent.get(name, 0) + time.process_time_ns() - began

    def timed(self, name: str, rule: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **keywords: Any) -> Any:
            if self._busy:
                return rule(*args, **keywords)
            self._busy = True
            began = time.process_time_ns()
            try:
                return rule(*args, **keywords)
            finally:
                self.add(name, began)
                self._busy = False

        return run


def profile_run(plan: Plan, county: County, scenario: str, replicate: int = 0) -> dict[str, float]:
    """Run one scenario on a copy of `county`; return nanoseconds a household-year by `step NAME` and `policy NAME`.

    `setup` is the copy and the record of the initial state, `tables` the frames at the end, `total`
    all of it. What a policy's rules take is part of the steps that call them too.
    """
    clock = _Clock()
    began = time.process_time_ns()
    policies = policies_of(plan, scenario, replicate)
    _watch(policies, clock)
    own = own_parameters(plan, scenario)
    run = begin(county.fork(), policies, plan.last_year, parameters=own, groups=plan.groups)
    clock.add("setup", began)

    def timed(step: Step, simulate: Callable[[], None]) -> None:
        start = time.process_time_ns()
        simulate()
        clock.add(f"step {step.name}", start)

    while not run.finished:
        simulate_year(run, timed)
    start = time.process_time_ns()
    tables(run, county.place.name, scenario, replicate)
    clock.add("tables", start)
    clock.add("total", began)
    household_years = len(county.households) * (plan.last_year - plan.first_year)
    return {name: spent / household_years for name, spent in clock.spent.items()}


def _watch(policies: Sequence[Policy], clock: _Clock) -> None:
    for policy in policies:
        for rule in RULES:
            setattr(policy, rule, clock.timed(f"policy {policy.name}", getattr(policy, rule)))


def main(arguments: Sequence[str]) -> None:
    """Print the table for a study, a scenario (default `all`) and a scale (default 0.2).

    Each row is the best of ten runs.
    """
    study = Study.load(arguments[0])
    scenario = arguments[1] if len(arguments) > 1 else "all"
    plan = make_plan(study, float(arguments[2]) if len(arguments) > 2 else 0.2)
    county = county_of(plan, plan.places[0], 0)
    profile_run(plan, county, scenario)  # loads the kernels
    runs = [profile_run(plan, county, scenario) for _ in range(10)]
    best = {name: min(run[name] for run in runs) for name in runs[0]}
    print(f"{len(county.households):,} households, scenario {scenario}: ns per household-year")
    for name, spent in best.items():
        print(f"{name:28s} {spent:8.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
