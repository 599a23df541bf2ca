"""Draws of parameters that are kept: those under which a reference county comes out as counties like it are known to.

A draw is judged by the burn-in of one fixed county, whatever the study's own place and scale, so that a small study
draws from the same prior as a large one. What a study sets by hand is not judged: the draw is, with the rest as stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from tuopin.agents.county import County
from tuopin.agents.draws import Draw, is_uncertain, resolve_parameters
from tuopin.agents.mechanisms import resolve_mechanisms
from tuopin.agents.parameters import Parameters, model_parameters
from tuopin.agents.place import Place
from tuopin.agents.randomness import Luck
from tuopin.agents.registry import registered
from tuopin.sim.run.burn_in import initial_county
from tuopin.sim.study.admissibility import Admissibility, admissibility
from tuopin.sim.study.places import load_place
from tuopin.sim.study.shipped import PLACES

LEAST_INCOME = 0.05
"""Incomes are floored at this many lines before logs are taken."""
BLAMED = 3


class NoAdmissibleDraw(ValueError):
    """So many draws in a row were refused that the prior must be wrong; the message names the parameters to blame."""


class Judged(NamedTuple):
    """A draw that is kept, and how many before it were refused."""

    draw: Draw
    refused: int


@cache
def admissible_draw(seed: int, replicate: int) -> Judged:
    """Return the first admissible draw of a replicate.

    Raises
    ------
    NoAdmissibleDraw
        If too many in a row are refused.
    """
    rules, luck = admissibility(), Luck(seed, replicate)
    refused: list[Mapping[str, float]] = []
    for attempt in range(rules.most_refusals):
        draw = Draw(luck, attempt)
        found = reference_figures(resolve_parameters({}, draw))
        if not rules.violated(found):
            return Judged(draw, attempt)
        refused.append(found)
    raise NoAdmissibleDraw(_blame(luck, refused, rules))


def reference_figures(parameters: Parameters) -> dict[str, float]:
    """Return what the burn-in of the reference county gives under `parameters`, by the name of the target.

    Beside the targets its `headcount`, which is looked at and not judged.
    """
    found = _reference(parameters)
    found["off_farm_ratio"] = found.pop("off_farm") / _stated_off_farm()
    return found


@cache
def _stated_off_farm() -> float:
    return _reference(resolve_parameters({}))["off_farm"]


def _reference(parameters: Parameters) -> dict[str, float]:
    reference = admissibility().reference
    place: Place = load_place(PLACES / f"{reference.place}.yaml")
    logs: list[NDArray[np.float64]] = []

    def each_year(county: County) -> None:
        logs.append(np.log(np.maximum(county.households.income_pp, LEAST_INCOME * county.line)))

    luck = Luck(reference.seed, reference.replicate)
    county = initial_county(place, parameters, resolve_mechanisms({}), luck, reference.scale, each_year=each_year)
    h, listed = county.households, registered(county)
    members = h.members.astype(np.float64)
    return {
        "sd_log_income": float(logs[-1].std()),
        "variance_of_change": float((logs[-1] - logs[-2]).var()),
        "unregistered_poor": float(members[~listed & h.poor_true].sum() / members[~listed].sum()),
        "off_farm": float(h.off_farm[listed].mean()),
        "headcount": float(members[h.poor_true].sum() / members.sum()),
    }


def _blame(luck: Luck, refused: list[Mapping[str, float]], rules: Admissibility) -> str:
    """Say which targets were missed and which parameters moved them most, by rank correlation over the draws."""
    names = [id for id, parameter in model_parameters().items() if is_uncertain(parameter)]
    drawn = np.array([[Draw(luck, k).uniform(name) for name in names] for k in range(len(refused))])
    missed = {name: sum(name in rules.violated(found) for found in refused) for name in rules.targets}
    worst = max(missed, key=lambda name: missed[name])
    values = np.array([found[worst] for found in refused])
    strength = np.array([abs(_correlation(drawn[:, k], values)) for k in range(len(names))])
    blamed = ", ".join(names[k] for k in np.argsort(-strength, kind="stable")[:BLAMED])
    target = rules.targets[worst]
    return (
        f"{len(refused)} draws of the parameters in a row were refused: {missed[worst]} of them miss {worst}"
        f" ({values.min():.3g} to {values.max():.3g}; allowed: {target.low:g}..{target.high:g});"
        f" what moves it most is {blamed}: narrow their ranges or set them in the study"
    )


def _correlation(x: NDArray[Any], y: NDArray[Any]) -> float:
    result = float(spearmanr(x, y).statistic)
    return 0.0 if np.isnan(result) else result
