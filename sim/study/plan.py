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
from tuopin.agents.place_sample import simulated_share
from tuopin.agents.population import misfit, rural_totals, size_weights
from tuopin.policies.catalogue import catalogue
from tuopin.policies.packages import own_source, packages_of
from tuopin.sim.study.problems import Problem, StudyError
from tuopin.sim.study.study import COMMAND_LINE, Study

MAX_SCALE = 1.0
FEWEST_HOUSEHOLDS = 10  # of the registered, in every place: fewer cannot have the documented household sizes


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
    """Resolve a validated study.

    Raises
    ------
    StudyError
        If `scale` is no share, or leaves too little of a place to simulate.
    """
    check_scale(study, scale)
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
        scenario_hashes={name: scenario_digest(packages) for name, packages in settings.items()},
        packages=packages_of(sorted({policy for packages in settings.values() for policy in packages})),
    )


def check_scale(study: Study, scale: float) -> None:
    """Raise StudyError if `scale` is no share of the households, or leaves too little of a place to simulate."""
    if not 0.0 < scale <= MAX_SCALE:  # also refuses NaN
        allowed = f"allowed: a number above 0, up to {MAX_SCALE:g} (share of the households)"
        raise StudyError([Problem(COMMAND_LINE, 1, "--scale", f"is {scale:g}", allowed)])
    if scale == MAX_SCALE:
        return
    weights = size_weights(resolve_parameters(study.parameters))
    for name, place in study.places.items():
        left = place.registered_households.value * simulated_share(place, scale)
        wrong = f"leaves {left:.1f} registered households in '{name}'" if left < FEWEST_HOUSEHOLDS else None
        if wrong is None and (said := misfit(place, weights, scale)):
            wrong = f"does not fit '{name}': {said}"
        if wrong is not None:
            allowed = f"allowed: about {least_scale(place):.2g} up to 1 for this place"
            raise StudyError([Problem(COMMAND_LINE, 1, "--scale", f"{scale:g} {wrong}", allowed)])


def least_scale(place: Place) -> float:
    """The smallest scale at which there are registered households enough and every village can have one."""
    enough = FEWEST_HOUSEHOLDS * place.sample / float(place.registered_households.value)
    return min(1.0, enough if place.sample > 1 else max(enough, float(place.villages.value) / rural_totals(place)[0]))


def scenario_digest(packages: Mapping[str, Mapping[str, Any]]) -> str:
    """SHA-256 of what a scenario does.

    That is its policies' settings, the numbers they take from their own files, and the code of those of other packages.
    """
    known = catalogue()
    does: dict[str, Any] = {
        p: [_plain(v), {k: _numbers(q) for k, q in known[p].parameters.items()}] for p, v in packages.items()
    }
    if others := packages_of(packages):
        does["packages"] = others
    return digest(does)


def _numbers(parameter: Parameter) -> list[Any]:
    return [_plain(parameter.value), parameter.low, parameter.high, _plain(parameter.changed)]


def _plain(value: Any) -> Any:
    return {str(k): _plain(v) for k, v in value.items()} if isinstance(value, Mapping) else value


def digest(data: Any) -> str:
    """SHA-256 of JSON data in one canonical form, in hexadecimal."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
