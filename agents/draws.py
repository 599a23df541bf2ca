"""Numbers in force in a run: a study's own for the stated ones, and the uncertain ones drawn from their priors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betaincinv

from tuopin.agents.parameters import FREE, Parameter, Parameters, model_parameters, name_key
from tuopin.agents.place import Place
from tuopin.agents.place_parameters import with_place
from tuopin.agents.randomness import PARAMETERS, Luck

UNCERTAIN = FREE | {"approximate"}
"""Confidences of numbers that are drawn from their range where a study draws its parameters."""


def resolve_parameters(
    overrides: Mapping[str, Any], draw: Draw | None = None, place: Place | None = None
) -> Parameters:
    """Return the model's parameters with a study's overrides; with `draw`, uncertain ones not overridden are drawn.

    What `place` says of its own stands below the study's overrides, and is as its own figures are (drawn by
    `tuopin.sim.run.draws`), not drawn again. A draw is keyed by the parameter's id: it is alike in all scenarios of a
    replicate and does not change when other parameters are added. A dated series is scaled as a whole.
    """
    entries = dict(model_parameters())
    if draw is not None:
        entries = {id: p if id in overrides else draw_parameter(p, draw) for id, p in entries.items()}
    if place is not None:
        entries = with_place(entries, place)
    for id, value in overrides.items():
        entries[id] = entries[id].given(value)
    return Parameters(entries)


class Draw(NamedTuple):
    """One draw of all uncertain parameters: the luck of a replicate, and which attempt at an admissible draw it is."""

    luck: Luck
    attempt: int = 0

    def uniform(self, id: str) -> float:
        """The uniform of the parameter `id`."""
        return float(self.luck.uniform(PARAMETERS, self.attempt, np.array([name_key(id)]))[0])


def is_uncertain(parameter: Parameter) -> bool:
    """Whether a study that draws its parameters draws this one: no source states it exactly, and it has a range.

    Not one whose stated value is an end of its range (an effect of zero): that is swept at its ends.
    """
    if parameter.confidence not in UNCERTAIN or parameter.low is None or parameter.high is None:
        return False
    if parameter.value is None or isinstance(parameter.value, str | bool):
        return False
    return parameter.low < _mode(parameter) < parameter.high


def _mode(parameter: Parameter) -> float:
    """Where the prior is highest: the stated value; of a dated series, whose range is one of factors, 1."""
    return 1.0 if isinstance(parameter.value, Mapping) else float(parameter.value)  # type: ignore[arg-type]


def draw_parameter(parameter: Parameter, draw: Draw) -> Parameter:
    """Return an uncertain parameter drawn from its prior; any other unchanged.

    The prior is a PERT distribution on the range with its mode at the stated value, so that draws are centred on the
    model as stated. The factor of a dated series is drawn.
    """
    if not is_uncertain(parameter):
        return parameter
    assert parameter.low is not None and parameter.high is not None
    drawn = pert(draw.uniform(parameter.id), parameter.low, _mode(parameter), parameter.high)
    least = -math.inf if parameter.minimum is None else parameter.minimum
    most = math.inf if parameter.maximum is None else parameter.maximum
    if isinstance(parameter.value, Mapping):
        return replace(parameter, value={year: min(v * drawn, most) for year, v in parameter.value.items()})
    bounded = min(max(drawn, least), most)  # a county's part of what a region may have can be less than one village
    return replace(parameter, value=round(bounded) if parameter.whole else bounded)


def pert(u: float, low: float, mode: float, high: float) -> float:
    """The quantile `u` of the PERT distribution on `low` to `high` with the given mode.

    A beta distribution with shapes 1 + 4 (mode - low) / (high - low) and 1 + 4 (high - mode) / (high - low). Source:
    Malcolm, Roseboom, Clark and Fazar (1959), Operations Research 7.
    """
    width = high - low
    below, above = _PERT_WEIGHT * (mode - low) / width, _PERT_WEIGHT * (high - mode) / width
    return low + width * float(betaincinv(1.0 + below, 1.0 + above, u))


_PERT_WEIGHT = 4.0
"""The mode counts four times an end in the mean of the distribution: what makes it a PERT."""
