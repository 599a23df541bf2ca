"""A small county to try a policy in: a part of Lushi for a few years, without any other programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from tuopin.agents.county import County
from tuopin.policies.catalogue import catalogue
from tuopin.policies.guard import guarded, is_built_in
from tuopin.policies.protocol import Policy
from tuopin.sim.run.run import Run, begin
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.year import simulate_year
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.study import Study

SCALE = 0.02
"""The share of Lushi that is simulated unless a test asks for another: some 2,000 households."""
FIRST_YEAR, LAST_YEAR = 2016, 2019


class Tried(NamedTuple):
    """A policy as tests are given it: its class, guarded as an installed one is, and a scenario's settings for it."""

    kind: type[Policy]
    settings: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The policy's name."""
        return self.kind.name

    def made(self, **settings: Any) -> Policy:
        """A new object, as every run has its own; `settings` come on top."""
        return self.kind({**self.settings, **settings})


def tried(policy: str | type[Policy], settings: Mapping[str, Any] | None) -> Tried:
    """What tests are about, from the name of an installed policy or from a class.

    Raises
    ------
    LookupError
        If no policy of that name is installed.
    """
    if isinstance(policy, str):
        known = catalogue()
        if policy not in known:
            raise LookupError(f"no policy {policy!r} is installed; allowed: {', '.join(known)}, or a class")
        policy = known[policy]
    return Tried(policy if is_built_in(policy) else guarded(policy), dict(settings or {}))


@lru_cache(maxsize=4)
def _initial(scale: float) -> County:
    data = {
        "name": "testing",
        "place": "lushi",
        "years": f"{FIRST_YEAR}-{LAST_YEAR}",
        "seed": 1,
        "baseline": "none",
        "scenarios": {"none": {}},
    }
    return county_of(make_plan(Study.from_dict(data), scale), "lushi", 0)


def begun(policies: Sequence[Policy], scale: float = SCALE, county: County | None = None) -> Run:
    """A run in its initial state, which is the same each time it is asked for, under `policies`."""
    return begin((_initial(scale) if county is None else county).fork(), policies, LAST_YEAR, panel=True)


def lived(policies: Sequence[Policy], scale: float = SCALE, county: County | None = None) -> Run:
    """A finished run."""
    return until(begun(policies, scale, county), LAST_YEAR)


def until(run: Run, year: int) -> Run:
    """The same run at the end of `year`."""
    while run.year < year:
        simulate_year(run)
    return run


def initial(scale: float = SCALE) -> County:
    """A copy of the initial state."""
    return _initial(scale).fork()


def named(policies: Sequence[str]) -> list[Policy]:
    """Shipped policies at their defaults, to be run beside."""
    return [catalogue()[name]({}) for name in policies]
