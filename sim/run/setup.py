"""What a run starts from: its surroundings, the initial state of its county and the policies of its scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuopin.agents.county import County
from tuopin.agents.draws import Draw, resolve_parameters
from tuopin.agents.parameters import Parameters
from tuopin.agents.place import Place
from tuopin.agents.randomness import Luck
from tuopin.policies.catalogue import catalogue
from tuopin.policies.guard import guarded, is_built_in
from tuopin.policies.protocol import Policy
from tuopin.sim.run.admissible import admissible_draw
from tuopin.sim.run.burn_in import initial_county
from tuopin.sim.run.draws import draw_place
from tuopin.sim.study.plan import Plan


def county_of(plan: Plan, place: str, replicate: int) -> County:
    """Return the initial state of a place in a replicate, the same for all scenarios."""
    return initial_county(*world_of(plan, place, replicate), plan.scale)


def world_of(plan: Plan, place: str, replicate: int) -> tuple[Place, Parameters, dict[str, bool | str], Luck]:
    """Return the surroundings of a county in a replicate.

    Its place, parameters (drawn if the study draws), switches and luck.
    """
    draw, data = draw_of(plan, replicate), plan.place_data[place]
    here = data if draw is None else draw_place(data, draw)
    return (
        here,
        resolve_parameters(plan.parameters, draw, here),
        dict(plan.mechanisms),
        Luck(plan.seed, replicate),
    )


def draw_of(plan: Plan, replicate: int) -> Draw | None:
    """The admissible draw of a replicate; None if the study does not draw its parameters."""
    return admissible_draw(plan.seed, replicate).draw if plan.draw_parameters else None


def policies_of(plan: Plan, scenario: str, replicate: int) -> list[Policy]:
    """Return the policies of a scenario; free parameters are drawn alike in all scenarios if the study draws them."""
    return make_policies(plan.scenario_settings[scenario], draw_of(plan, replicate), plan.scale)


def own_parameters(plan: Plan, scenario: str) -> Mapping[str, Any]:
    """Return the model's numbers that a scenario has for itself, by id; empty if none."""
    return plan.scenario_parameters.get(scenario, {})


def make_policies(
    settings: Mapping[str, Mapping[str, Any]], draw: Draw | None = None, scale: float = 1.0
) -> list[Policy]:
    """Return the policies of a scenario in the order of their names; with `draw`, uncertain parameters are drawn.

    Their own capacities are those of the share `scale` of the county.
    """
    known = catalogue()
    classes = {name: known[name] if is_built_in(known[name]) else guarded(known[name]) for name in sorted(settings)}
    made = [policy(settings[name], draw) for name, policy in classes.items()]
    for policy in made:
        policy.scale = scale
    return made
