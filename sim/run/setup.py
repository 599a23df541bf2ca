"""What a run starts from: its surroundings, the initial state of its county and the policies of its scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuopin.agents.county import County
from tuopin.agents.parameters import Parameter, Parameters, draw_parameter, resolve_parameters
from tuopin.agents.place import Figure, Place
from tuopin.agents.randomness import Luck
from tuopin.policies.catalogue import catalogue
from tuopin.policies.guard import guarded, is_built_in
from tuopin.policies.protocol import Policy
from tuopin.sim.run.burn_in import initial_county
from tuopin.sim.study.plan import Plan


def county_of(plan: Plan, place: str, replicate: int) -> County:
    """Return the initial state of a place in a replicate, the same for all scenarios."""
    return initial_county(*world_of(plan, place, replicate), plan.scale)


def world_of(plan: Plan, place: str, replicate: int) -> tuple[Place, Parameters, dict[str, bool | str], Luck]:
    """Return the surroundings of a county in a replicate.

    Its place, parameters (drawn if the study draws), switches and luck.
    """
    luck = Luck(plan.seed, replicate)
    drawn = luck if plan.draw_parameters else None
    data = plan.place_data[place]
    return (
        draw_place(data, luck) if drawn else data,
        resolve_parameters(plan.parameters, drawn),
        dict(plan.mechanisms),
        luck,
    )


def policies_of(plan: Plan, scenario: str, replicate: int) -> list[Policy]:
    """Return the policies of a scenario; free parameters are drawn alike in all scenarios if the study draws them."""
    luck = Luck(plan.seed, replicate) if plan.draw_parameters else None
    return make_policies(plan.scenario_settings[scenario], luck, plan.scale)


def draw_place(place: Place, luck: Luck) -> Place:
    """Return the place with its free figures (rural persons, county factor) redrawn from their ranges.

    Counties of a region share the draw: what is not known of them is not known of all alike and does not average out.
    """
    owner = place.region.name if place.region is not None else place.name
    changes: dict[str, Figure] = {}
    for name in ("rural_persons", "county_factor"):
        figure: Figure = getattr(place, name)
        if figure.confidence in ("free", "modelling-choice") and figure.range is not None:
            low, high = figure.range
            entry = Parameter(
                name, f"place.{owner}", figure.value, figure.unit, figure.source, "free", low=low, high=high
            )
            value = draw_parameter(entry, luck).value
            changes[name] = figure.model_copy(update={"value": round(value) if name == "rural_persons" else value})  # type: ignore[arg-type]
    return place.model_copy(update=changes)


def make_policies(settings: Mapping[str, Mapping[str, Any]], luck: Any = None, scale: float = 1.0) -> list[Policy]:
    """Return the policies of a scenario in the order of their names; with `luck`, their free parameters are drawn.

    Their own capacities are those of the share `scale` of the county.
    """
    known = catalogue()
    classes = {name: known[name] if is_built_in(known[name]) else guarded(known[name]) for name in sorted(settings)}
    made = [policy(settings[name], luck) for name, policy in classes.items()]
    for policy in made:
        policy.scale = scale
    return made
