"""The plan of a branch: the source's inputs, other scenarios, and the histories up to the year they begin from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from tuopin.sim.study.plan import Plan, digest, make_plan, scenario_digest
from tuopin.sim.study.study import Study

Settings = Mapping[str, Mapping[str, Any]]
"""Policy -> parameter -> value."""


@dataclass(frozen=True)
class Stage:
    """A part of a scenario's history: the policies that act until the end of `last_year`.

    `parameters` are the model's numbers that the scenario has for itself, by id.
    """

    last_year: int
    settings: Settings
    parameters: Mapping[str, Any] = field(default_factory=dict)


Histories = Mapping[str, tuple[Stage, ...]]
"""Scenario -> the stages of its history, one after the other."""
Saved = Mapping[tuple[str, str, int], tuple[str, int]]
"""Place, scenario, replicate -> committed file with the saved state, and the run's position in it."""


@dataclass(frozen=True)
class BranchPlan(Plan):
    """A plan whose scenarios begin where those of a source stand at the end of `from_year`.

    `continues` maps each scenario to the source's that it goes on from, `histories` that one to its stages up to the
    year; `saved` tells where states are in `source_runs`. Results do not depend on `saved`.
    """

    from_year: int = 0
    continues: Mapping[str, str] = field(default_factory=dict)
    histories: Histories = field(default_factory=dict)
    source_study: str = ""
    source_runs: str = ""
    source_identity: str = ""
    source_hashes: Mapping[str, str] = field(default_factory=dict)
    saved: Saved = field(default_factory=dict)

    @property
    def branched(self) -> dict[str, dict[str, Any]]:
        """What the manifest says of each scenario beside its policies: where it comes from and what came before."""
        return {"continues": {name: self._past(name) for name in self.continues}}

    def _past(self, scenario: str) -> dict[str, Any]:
        source = self.continues[scenario]
        earlier = [
            {"last_year": stage.last_year, "policies": _plain(stage.settings)}
            | ({"parameters": dict(stage.parameters)} if stage.parameters else {})
            for stage in self.histories[source]
        ]
        return {"study": self.source_study, "scenario": source, "from_year": self.from_year, "earlier": earlier}


def make_branch_plan(
    study: Study,
    scale: float,
    *,
    from_year: int,
    continues: Mapping[str, str],
    histories: Histories,
    source_study: str,
    source_identity: str,
    source_hashes: Mapping[str, str],
    **more: Any,
) -> BranchPlan:
    """Resolve a branch: `study` is the source's with the scenarios that begin at the end of `from_year`."""
    base = make_plan(study, scale)
    past = {name: until(histories[name], from_year) for name in dict.fromkeys(continues.values())}
    inputs = {**base.inputs, "branch": {"from_year": from_year, "of": source_identity}}
    hashes = {
        name: branch_digest(past[continues[name]], base.scenario_settings[name], base.scenario_parameters.get(name, {}))
        for name in base.scenarios
    }
    own = {f.name: getattr(base, f.name) for f in fields(Plan)}
    own |= {"inputs": inputs, "identity": digest(inputs), "scenario_hashes": hashes} | more
    return BranchPlan(
        **own,
        from_year=from_year,
        continues=continues,
        histories=past,
        source_study=source_study,
        source_identity=source_identity,
        source_hashes=source_hashes,
    )


def until(history: tuple[Stage, ...], year: int) -> tuple[Stage, ...]:
    """The stages of a history up to the end of `year`."""
    before = [stage for stage in history if stage.last_year < year]
    return (*before, replace(history[len(before)], last_year=year))


def branch_digest(earlier: tuple[Stage, ...], settings: Settings, parameters: Mapping[str, Any]) -> str:
    """SHA-256 of what a branched scenario does in all its stages."""
    before = [[stage.last_year, scenario_digest(stage.settings, stage.parameters)] for stage in earlier]
    return digest([*before, scenario_digest(settings, parameters)])


def _plain(settings: Settings) -> dict[str, Any]:
    return {policy: dict(values) for policy, values in settings.items()}
