"""A place of which one household in n is simulated: how many villages and sites then stand for all of them.

Documented totals stay those of the whole place: money, slots, capacities and staff follow the share of households, as
they follow a study's scale.
"""

from __future__ import annotations

from typing import Any

from tuopin.agents.columns import ZONES
from tuopin.agents.documented import SHARES, Figure
from tuopin.agents.place import Place
from tuopin.agents.place_keys import VILLAGE_KEYS

VILLAGE_HOUSEHOLDS = 20
"""Households of a village of a sample, about: enough for neighbours and a list, few enough for many villages."""


def simulated_share(place: Place, scale: float) -> float:
    """The share of the place's households that is simulated at a study's `scale`."""
    return scale if place.sample == 1 else scale / place.sample


def simulated_villages(place: Place, households: int) -> int:
    """How many villages the `households` simulated live in: all of the place's, of a sample as many as they fill."""
    villages = int(place.villages.value)
    return villages if place.sample == 1 else min(villages, max(1, households // VILLAGE_HOUSEHOLDS))


def simulated_place(place: Place, villages: int) -> Place:
    """The place with so many `villages`, and as many of its sites, listed villages and townships as go with them.

    What the sites hold (persons, jobs) stays the whole place's: in many sites of a few persons each no family would
    fit. Cooperatives stay as many: households of a sample are members of different ones. Nothing is left without one
    where there was one.
    """
    ratio = villages / place.villages.value
    if place.sample == 1 or ratio >= 1.0:
        return place

    def fewer(figure: Figure) -> Figure:
        # the range goes along, so that the copy is as sound a figure as the original
        bounds = figure.range and (figure.range[0] * ratio, max(figure.range[1] * ratio, 1.0))
        return figure.model_copy(update={"value": _part(figure.value, ratio), "range": bounds})

    documented = int(place.villages.value)
    changes: dict[str, Any] = {"villages": place.villages.model_copy(update={"value": villages})}
    for key in ("townships", *VILLAGE_KEYS):
        figure: Figure | None = getattr(place, key)
        if figure is not None and figure.unit not in SHARES:
            changes[key] = fewer(figure)
    if place.resettlement is not None:
        zones = {name: getattr(place.resettlement, name) for name in ZONES[1:]}
        parts = {name: z.model_copy(update={"sites": _part(z.sites, ratio)}) for name, z in zones.items()}
        changes["resettlement"] = place.resettlement.model_copy(update=parts)
    return place.model_copy(update=changes).standing_for(documented)


def _part(number: float, ratio: float) -> int:
    return max(round(number * ratio), 1) if number else 0
