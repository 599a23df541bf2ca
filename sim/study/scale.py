"""How small a share of a place's households can still stand for it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.place import Place
from tuopin.agents.place_sample import simulated_share
from tuopin.agents.population import misfit, rural_totals

SHARE = "above 0, up to 1 (share of the households)"
"""What a scale may be."""
FEWEST_HOUSEHOLDS = 10  # of the registered, in every place: fewer cannot have the documented household sizes


def scale_fault(places: Mapping[str, Place], weights: NDArray[np.float64], scale: float) -> tuple[str, str] | None:
    """What is wrong with simulating the share `scale` of the households of `places`, and what is allowed; None if good.

    `weights` are the shares of household sizes.
    """
    for name, place in places.items():
        left = place.registered_households.value * simulated_share(place, scale)
        wrong = f"leaves {left:.1f} registered households in '{name}'" if left < FEWEST_HOUSEHOLDS else None
        if wrong is None and (said := misfit(place, weights, scale)):
            wrong = f"does not fit '{name}': {said}"
        if wrong is not None:
            return wrong, f"allowed: about {least_scale(place):.2g} up to 1 for this place"
    return None


def least_scale(place: Place) -> float:
    """The smallest scale at which there are registered households enough and every village can have one."""
    enough = FEWEST_HOUSEHOLDS * place.sample / float(place.registered_households.value)
    return min(1.0, enough if place.sample > 1 else max(enough, float(place.villages.value) / rural_totals(place)[0]))
