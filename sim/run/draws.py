"""Drawn figures of a place, and all that a replicate has drawn, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tuopin.agents.draws import Draw, draw_parameter, is_uncertain
from tuopin.agents.parameters import Parameter
from tuopin.agents.place import Figure, Place

FIGURES = ("rural_persons", "household_size", "villages", "county_factor", "cooperatives")
"""Figures of a place that are drawn if nobody states them."""
ANCHORED = ("capacity", "per_household")


def draw_place(place: Place, draw: Draw) -> Place:
    """Return the place with its uncertain figures drawn from their ranges.

    Counties of a region share the draw: what is not known of them is not known of all alike and does not average out.
    """
    changes: dict[str, Any] = {
        name: _drawn(entry, draw, getattr(place, name)) for name, entry in _entries(place) if "." not in name
    }
    anchors = []
    for anchor in place.anchors:
        new = {
            part: _drawn(_entry(place, f"{anchor.name}.{part}", getattr(anchor, part)), draw, getattr(anchor, part))
            for part in ANCHORED
        }
        anchors.append(anchor.model_copy(update=new))
    return place.model_copy(update={**changes, "anchors": tuple(anchors)})


def drawn_figures(place: Place, draw: Draw) -> Iterator[tuple[str, float]]:
    """Give the uncertain figures of a place as drawn: (id, value)."""
    entries = list(_entries(place))
    for anchor in place.anchors:
        entries += [
            (f"{anchor.name}.{part}", _entry(place, f"{anchor.name}.{part}", getattr(anchor, part)))
            for part in ANCHORED
        ]
    for _, entry in entries:
        if is_uncertain(entry):
            yield entry.id, float(draw_parameter(entry, draw).value)  # type: ignore[arg-type]


def _entries(place: Place) -> Iterator[tuple[str, Parameter]]:
    for name in FIGURES:
        figure = getattr(place, name)
        if figure is not None:
            yield name, _entry(place, name, figure)


def _entry(place: Place, name: str, figure: Figure) -> Parameter:
    owner = place.region.name if place.region is not None else place.name
    low, high = figure.range or (None, None)
    whole = isinstance(figure.value, int)
    return Parameter(
        name,
        f"place.{owner}",
        figure.value,
        figure.unit,
        figure.source,
        figure.confidence,
        low=low,
        high=high,
        whole=whole,
    )


def _drawn(entry: Parameter, draw: Draw, figure: Figure) -> Figure:
    return figure.model_copy(update={"value": draw_parameter(entry, draw).value})
