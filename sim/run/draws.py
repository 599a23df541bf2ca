"""Drawn figures of a place, and all that a replicate has drawn, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tuopin.agents.documented import KINDS, Figure
from tuopin.agents.draws import Draw, draw_parameter, is_uncertain
from tuopin.agents.parameters import Parameter
from tuopin.agents.place import Place
from tuopin.agents.place_keys import ByYear, ExitsByYear, OwnValue

FIGURES = (
    "rural_persons",
    "household_size",
    "villages",
    "county_factor",
    "cooperatives",
    "mean_income",
    "registered_exited",
    "poor_villages",
    "weak_villages",
    "flood_villages",
    "townships",
    "land_per_person",
    "forest_per_person",
    "off_farm_share",
)
"""Figures of a place that are drawn if nobody states them; of its anchors and resettlement sites those below."""
BY_YEAR = ("line", "plan")
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
    changes["line_shares"] = {
        line: _drawn(*figures[f"line_shares.{line}"], draw) for line, figure in place.line_shares.items()
    }
    changes["factories"] = tuple(
        factory.model_copy(update={"jobs": _drawn(*figures[f"{factory.name}.jobs"], draw)})
        for factory in place.factories
    )
    changes |= {name: _series_drawn(_entry(place, name, series), series, draw) for name, series in _by_year(place)}
    changes["parameters"] = {
        id: own.model_copy(update={"value": draw_parameter(_entry(place, id, own), draw).value})
        for id, own in place.parameters.items()
    }
    return place.model_copy(update={**changes, "anchors": anchors})


def _by_year(place: Place) -> Iterator[tuple[str, ByYear]]:
    for name in BY_YEAR:
        if (series := getattr(place, name)) is not None:
            yield name, series


def _series_drawn(entry: Parameter, series: ByYear, draw: Draw) -> ByYear:
    """The series times what is drawn of its range, in the whole units in which persons are counted."""
    value: Any = draw_parameter(entry, draw).value
    whole = isinstance(series, ExitsByYear)
    return series.model_copy(update={"value": {year: round(x) if whole else x for year, x in value.items()}})


def drawn_figures(place: Place, draw: Draw) -> Iterator[tuple[str, float]]:
    """Give the uncertain figures of a place as drawn: (id, value); of a series the value of its first year."""
    entries = [entry for entry, _ in _entries(place)]
    entries += [_entry(place, name, series) for name, series in _by_year(place)]
    entries += [_entry(place, id, own) for id, own in place.parameters.items()]
    for entry in entries:
        if is_uncertain(entry):
            value: Any = draw_parameter(entry, draw).value
            yield entry.id, float(value[min(value)] if isinstance(value, dict) else value)


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
    for line, figure in place.line_shares.items():
        yield _entry(place, f"line_shares.{line}", figure), figure
    for factory in place.factories:
        yield _entry(place, f"{factory.name}.jobs", factory.jobs), factory.jobs


def _entry(place: Place, name: str, figure: Figure | ByYear | OwnValue) -> Parameter:
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
        whole=_counts(name, figure) if kind is None else kind.whole,
        minimum=None if kind is None else kind.least,
        maximum=None if kind is None else kind.most,
    )


def _counts(name: str, figure: Figure | ByYear | OwnValue) -> bool:
    """Whether a figure of no kind of its own counts something: printed capacities that are whole numbers do."""
    return isinstance(figure, Figure) and isinstance(figure.value, int) and not name.startswith("line_shares.")


def _drawn(entry: Parameter, figure: Figure, draw: Draw) -> Figure:
    return figure.model_copy(update={"value": draw_parameter(entry, draw).value})
