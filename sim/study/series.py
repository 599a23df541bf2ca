"""National series do not reach back for ever: a study of years that they lack is refused, not extended in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tuopin.agents.parameters import Parameter, model_parameters
from tuopin.agents.place import Place
from tuopin.agents.place_keys import LAST_YEAR
from tuopin.agents.place_parameters import REGISTRY_LINE
from tuopin.agents.population import BURN_IN_YEARS
from tuopin.sim.study.document import Document
from tuopin.sim.study.names import YEARS, years_text

POOR_AREA_INCOME = "economy.poor_area_income"
PRINTED = ("economy.rural_cpi", "economy.migrant_wage", REGISTRY_LINE, POOR_AREA_INCOME)
"""Series no value is made up for: what follows the last year is a named assumption, before the first there is none."""


def check_series(study: Document, places: Mapping[str, Any]) -> None:
    """Note every series that has no value for a year that a place of the study needs.

    Prices and wages are needed from the first year lived before the state that a place describes, the registry line
    from the first simulated year (unless the place has its own), and mean income of poor areas in the year described
    (unless the place states its own).
    """
    given = study.data.get("parameters")
    overrides: Mapping[Any, Any] = given if isinstance(given, Mapping) else {}
    years = study.data.get("years")
    found = YEARS.match(years) if isinstance(years, str) else None
    last = int(found[2]) if found is not None else LAST_YEAR
    told: set[str] = set()
    for name, place in places.items():
        if not isinstance(place, Place):
            continue
        for id, missing in missing_years(place, last, overrides):
            if id in told:
                continue
            told.add(id)
            wrong = f"'{name}' needs {id} of {years_text(missing)}, which the series does not have"
            study.add(("place",), wrong, _allowed(id, place, missing))


def missing_years(place: Place, last: int, overrides: Mapping[Any, Any]) -> Iterator[tuple[str, list[int]]]:
    """Give the printed series that lack a year which a study of `place` up to `last` needs, with those years."""
    for id in PRINTED:
        series = model_parameters()[id]
        own = place.parameters.get(id)
        if _plain(overrides.get(id)) or (own is not None and not isinstance(own.value, Mapping)):
            continue
        known = _known(id, place, series, overrides)
        if missing := [year for year in _needed(id, place, last, series) if year not in known]:
            yield id, missing


def _needed(id: str, place: Place, last: int, series: Parameter) -> list[int]:
    first = place.year - BURN_IN_YEARS + 1
    if id == POOR_AREA_INCOME:
        return [] if place.mean_income is not None else [place.year]
    if id == REGISTRY_LINE:
        return [] if place.line is not None else list(range(place.year + 1, min(last + 1, _first(series))))
    return list(range(first, _first(series)))


def _known(id: str, place: Place, series: Parameter, overrides: Mapping[Any, Any]) -> set[Any]:
    """The years for which the series, the place or the study has a value."""
    known = set(series.value) if isinstance(series.value, Mapping) else set()
    own, given = place.parameters.get(id), overrides.get(id)
    if own is not None and isinstance(own.value, Mapping):
        known |= set(own.value)
    if isinstance(given, Mapping):
        by_year = given.get("value", given)
        known |= set(by_year) if isinstance(by_year, Mapping) else set()
    return known


def _plain(given: object) -> bool:
    """Whether a study gives one value for all years."""
    if isinstance(given, Mapping):
        return "value" in given and not isinstance(given["value"], Mapping)
    return given is not None


def _first(series: Parameter) -> int:
    assert isinstance(series.value, Mapping)
    return min(series.value)


def _allowed(id: str, place: Place, missing: list[int]) -> str:
    series = model_parameters()[id]
    years = years_text(sorted(series.value)) if isinstance(series.value, Mapping) else ""
    own = f"parameters: {{{id}: {{{missing[0]}: ...}}}} in the study ({series.unit})"
    key = {POOR_AREA_INCOME: "mean_income in the place file", REGISTRY_LINE: "line in the place file"}.get(id)
    earliest = _first(series) + BURN_IN_YEARS - 1
    instead = f"a place of {earliest} or later" if key is None else key
    return f"allowed: years {years}; {instead}, or {own}"


def held_series(place: Place, overrides: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """Other sourced series that begin later than a place is lived into: (id, first year of the series, first needed).

    Their first value stands for those years: an assumption that `tuopin check` tells.
    """
    set_here = {*PRINTED, *place.parameters, *overrides}
    return _held(place.year - BURN_IN_YEARS + 1, {i: p for i, p in model_parameters().items() if i not in set_here})


def held_by_programmes(
    first: int, programmes: Mapping[str, Mapping[str, Parameter]], given: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, int, int]]:
    """As `held_series`, of the programmes of a scenario from its `first` simulated year on, what it sets left out.

    `programmes` are the numbers of those that have any to hold, by name.
    """
    numbers = {
        f"{policy}.{name}": parameter
        for policy, own in given.items()
        for name, parameter in programmes.get(policy, {}).items()
        if name not in own and not parameter.programme_years
    }
    return _held(first, numbers)


def _held(first: int, numbers: Mapping[str, Parameter]) -> list[tuple[str, int, int]]:
    begins = {
        id: min(p.value)
        for id, p in numbers.items()
        if p.extend == "hold" and not p.free and isinstance(p.value, Mapping) and p.value
    }
    return [(id, year, first) for id, year in begins.items() if year > first]
