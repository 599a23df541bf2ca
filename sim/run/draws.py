"""Drawn figures of a place, and all that a replicate has drawn, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tuopin.agents.draws import Draw, draw_parameter, is_uncertain
from tuopin.agents.parameters import Parameter
from tuopin.agents.place import KINDS, Figure, Place

FIGURES = ("rural_persons", "household_size", "villages", "county_factor", "cooperatives")
"""Figures of a place that are drawn if nobody states them; of its anchors and resettlement sites those below."""
ANCHORED = ("capacity", "per_household")
JOBS = "jobs_factor"


def draw_place(place: Place, draw: Draw) -> Place:
    """Return the place with its uncertain figures drawn from their ranges.

    Counties of a region share the draw: what is not known of them is not known of all alike and does not average out.
    """
    figures = {entry.name: (entry, figure) for entry, figure in _entries(place)}
    changes: dict[str, Any] = {name: _drawn(*figures[name], draw) for name in FIGURES if name in figures}
    if place.resettlement is not None and JOBS in figures:
        jobs = _drawn(*figures[JOBS], draw)
        changes["resettlement"] = place.resettlement.model_copy(update={JOBS: jobs})
    anchors = tuple(
        anchor.model_copy(update={part: _drawn(*figures[f"{anchor.name}.{part}"], draw) for part in ANCHORED})
        for anchor in place.anchors
    )
    return place.model_copy(update={**changes, "anchors": anchors})


def drawn_figures(place: Place, draw: Draw) -> Iterator[tuple[str, float]]:
    """Give the uncertain figures of a place as drawn: (id, value)."""
    for entry, _ in _entries(place):
        if is_uncertain(entry):
            yield entry.id, float(draw_parameter(entry, draw).value)  # type: ignore[arg-type]


def _entries(place: Place) -> Iterator[tuple[Parameter, Figure]]:
    """Every figure that may be drawn, as a parameter and as it stands in the place."""
    figures = {name: getattr(place, name) for name in FIGURES}
    if place.resettlement is not None:
        figures[JOBS] = place.resettlement.jobs_factor
    for name, figure in figures.items():
        if figure is not None:
            yield _entry(place, name, figure), figure
    for anchor in place.anchors:
        for part in ANCHORED:
            figure = getattr(anchor, part)
            yield _entry(place, f"{anchor.name}.{part}", figure), figure


def _entry(place: Place, name: str, figure: Figure) -> Parameter:
    owner = place.region.name if place.region is not None else place.name
    low, high = figure.range or (None, None)
    kind = KINDS.get(name)
    return Parameter(
        name,
        f"place.{owner}",
        figure.value,
        figure.unit,
        figure.source,
        figure.confidence,
        low=low,
        high=high,
        whole=isinstance(figure.value, int) if kind is None else kind.whole,
        minimum=None if kind is None else kind.least,
        maximum=None if kind is None else kind.most,
    )


def _drawn(entry: Parameter, figure: Figure, draw: Draw) -> Figure:
    return figure.model_copy(update={"value": draw_parameter(entry, draw).value})
