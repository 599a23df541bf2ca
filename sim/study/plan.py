"""The resolved, immutable form of a study: what workers receive and what makes a result directory's identity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from tuopin.agents.draws import resolve_parameters
from tuopin.agents.mechanisms import resolve_mechanisms
from tuopin.agents.parameters import Parameter, model_parameters
from tuopin.agents.place import Place
from tuopin.agents.population import size_weights
from tuopin.policies.catalogue import catalogue
from tuopin.policies.packages import own_source, packages_of
from tuopin.sim.study.problems import Problem, StudyError
from tuopin.sim.study.scale import SHARE, scale_fault
from tuopin.sim.study.study import COMMAND_LINE, Study

MAX_SCALE = 1.0


@dataclass(frozen=True)
class Plan:
    """A study with every default filled in; picklable, and equal inputs give equal `identity`."""

    study_name: str
    place_data: Mapping[str, Place]
    scenario_settings: Mapping[str, Mapping[str, Mapping[str, Any]]]
    baseline: str
    seed: int
    replicates: int
    first_year: int
    last_year: int
    scale: float
    draw_parameters: bool
    discount_rate: float
    mechanisms: Mapping[str, bool | str]
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Any]
    identity: str
    study_file: str | None
    scenario_hashes: Mapping[str, str]
    scenario_parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Scenario -> id -> value: the model's numbers as a scenario has them for itself; only of those that have any."""
    groups: tuple[str, ...] = ()
    """Further groups that indicators are given for (`tuopin.agents.groups.FURTHER`)."""
    asked_scale: float = 1.0
    """The part of the study's own scale that was asked for; `scale` is their product."""
    command: tuple[str, ...] = ()
    """The words of the command that made the plan where that is not `tuopin run`."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Version and source hash of every other package that supplies a policy in use, by its name."""

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the places."""
        return tuple(self.place_data)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios in the study's order."""
        return tuple(self.scenario_settings)

    @property
    def branched(self) -> Mapping[str, Mapping[str, Any]]:
        """What the manifest says of each scenario beside its policies: nothing, unless it continues another."""
        return {}


def make_plan(study: Study, scale: float = 1.0) -> Plan:
    """Resolve a validated study; `scale` is the share simulated of what its own scale leaves.

    Raises
    ------
    StudyError
        If `scale` is no share, or leaves too little of a place to simulate.
    """
    check_scale(study, scale)
    asked, scale = scale, study.scale * scale
    mechanisms = resolve_mechanisms(study.mechanisms)
    settings = {name: {p: dict(v) for p, v in packages.items()} for name, packages in study.scenarios.items()}
    inputs = {
        "place": {name: place.model_dump(mode="json") for name, place in study.places.items()},
        "seed": study.seed,
        "years": f"{study.first_year}-{study.last_year}",
        "scale": scale,
        "mechanisms": mechanisms,
        "parameters": {
            "overrides": {id: _plain(value) for id, value in study.parameters.items()},
            "draw": study.draw_parameters,
            "model": digest({id: _numbers(p) for id, p in model_parameters().items()}),
            "resolved": digest({id: _numbers(p) for id, p in resolve_parameters(study.parameters).entries.items()}),
        },
        "version": version("tuopin"),
        "source": own_source(),
    }
    if study.groups:
        inputs["groups"] = list(study.groups)
    own = {name: dict(values) for name, values in study.scenario_parameters.items() if values}
    return Plan(
        study_name=study.name,
        place_data=dict(study.places),
        scenario_settings=settings,
        baseline=study.baseline,
        seed=study.seed,
        replicates=study.replicates,
        first_year=study.first_year,
        last_year=study.last_year,
        scale=scale,
        draw_parameters=study.draw_parameters,
        discount_rate=study.discount_rate,
        mechanisms=mechanisms,
        parameters=dict(study.parameters),
        inputs=inputs,
        identity=digest(inputs),
        study_file=None if study.file is None else str(study.file),
        scenario_hashes={name: scenario_digest(packages, own.get(name, {})) for name, packages in settings.items()},
        scenario_parameters=own,
        groups=study.groups,
        asked_scale=asked,
        packages=packages_of(sorted({policy for packages in settings.values() for policy in packages})),
    )


def check_scale(study: Study, scale: float) -> None:
    """Raise StudyError if `scale` is no share of the study's own, or leaves too little of a place to simulate."""
    if not 0.0 < scale <= MAX_SCALE:  # also refuses NaN
        raise StudyError([Problem(COMMAND_LINE, 1, "--scale", f"is {scale:g}", f"allowed: a number {SHARE}")])
    if scale == MAX_SCALE:
        return  # the study's own was looked at when it was read
    fault = scale_fault(study.places, size_weights(resolve_parameters(study.parameters)), study.scale * scale)
    if fault is not None:
        wrong, allowed = fault
        of_own = "" if study.scale == MAX_SCALE else f" of the study's own {study.scale:g}"
        allowed += "" if study.scale == MAX_SCALE else ", the study's own scale times --scale"
        raise StudyError([Problem(COMMAND_LINE, 1, "--scale", f"{scale:g}{of_own} {wrong}", allowed)])


def scenario_digest(packages: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, Any]) -> str:
    """SHA-256 of what a scenario does.

    That is its policies' settings, the numbers they take from their own files, the code of those of other packages, and
    the model's `parameters` that the scenario has for itself.
    """
    known = catalogue()
    does: dict[str, Any] = {
        p: [_plain(v), {k: _numbers(q) for k, q in known[p].parameters.items()}] for p, v in packages.items()
    }
    if others := packages_of(packages):
        does["packages"] = others
    if parameters:
        does["parameters"] = _plain(parameters)
    return digest(does)


def _numbers(parameter: Parameter) -> list[Any]:
    return [_plain(parameter.value), parameter.low, parameter.high, _plain(parameter.changed)]


def _plain(value: Any) -> Any:
    return {str(k): _plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value


def digest(data: Any) -> str:
    """SHA-256 of JSON data in one canonical form, in hexadecimal."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
