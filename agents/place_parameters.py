"""What a place's own keys make of the model's numbers: below what a study says, above what the model says.

Sources: the keys' own, in the place file. A key that is a number of the model under another name (land a person, shares
of lines, the registry line) stands in its place; a key that is a total of the place (earlier exits, planned exits) does
not belong here but where it is met to the unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tuopin.agents.documented import Figure
from tuopin.agents.parameters import Parameter
from tuopin.agents.place_keys import LAST_YEAR, OWN_LINES, PlaceKeys, PovertyLine

REGISTRY_LINE = "economy.registry_line"
NAMED = {
    "land_per_person": "production.land_per_person",
    "forest_per_person": "production.forest_per_person",
    "off_farm_share": "labour.initial_off_farm_share",
}
"""Keys of a place that are a number of the model under another name."""
SIZES = "demography.size_weight_"
"""How many households have 1, 2, ... members: a place says it by its totals and its mean household size."""


def share_of(line: str) -> str:
    """The id of the share of households whose industry is `line`."""
    return f"production.share_{line}"


def own_figures(place: PlaceKeys) -> Iterator[tuple[str, Figure]]:
    """Give the figures of a place that stand for a number of the model: (id of the number, figure)."""
    for key, id in NAMED.items():
        figure: Figure | None = getattr(place, key)
        if figure is not None:
            yield id, figure
    for line, figure in place.line_shares.items():
        yield share_of(line), figure


def has_own_numbers(place: PlaceKeys) -> bool:
    """Whether the model's numbers are others in this place."""
    return bool(place.parameters or place.line or place.allowed_lines is not None or any(own_figures(place)))


def taken_ids(place: PlaceKeys) -> dict[str, str]:
    """The ids of the model's numbers that a place gives by another key, with that key."""
    taken = {id: key for key, id in NAMED.items() if getattr(place, key) is not None}
    taken |= {share_of(line): f"line_shares.{line}" for line in place.line_shares}
    if place.line is not None:
        taken[REGISTRY_LINE] = "line"
    return taken


def with_place(entries: Mapping[str, Parameter], place: PlaceKeys) -> dict[str, Parameter]:
    """Return the model's numbers as they are in a place.

    Lines that a place does not allow are nobody's. Where the shares of lines then pass one (the place's own beside the
    model's), all are lowered alike.
    """
    result = dict(entries)
    for id, own in place.parameters.items():
        result[id] = result[id].given(own.value)
    for id, figure in own_figures(place):
        result[id] = _as_here(result[id], figure.value, figure)
    if place.allowed_lines is not None:
        for line in set(OWN_LINES) - set(place.allowed_lines):
            result[share_of(line)] = result[share_of(line)].given(0.0)
    if place.line_shares or place.allowed_lines is not None:
        _keep_to_one(result)
    if place.line is not None:
        result[REGISTRY_LINE] = _as_here(result[REGISTRY_LINE], _line(place.line), place.line)
    return result


def _as_here(parameter: Parameter, value: Any, origin: Any) -> Parameter:
    low, high = origin.range or (None, None)
    own = {"source": origin.source, "confidence": origin.confidence, "low": low, "high": high}
    return replace(parameter, value=value, changed={}, **own)


def _line(line: PovertyLine) -> dict[int, float]:
    """The series of a place's line: it ends with the last year given, or is held in money to the last year there is."""
    years = {year: float(value) for year, value in sorted(line.value.items())}
    return years if line.indexed else {**years, LAST_YEAR: years[max(years)]}


def _keep_to_one(entries: dict[str, Parameter]) -> None:
    shares = {share_of(line): entries[share_of(line)].at(0) for line in OWN_LINES}
    total = sum(float(share or 0.0) for share in shares.values())
    if total > 1.0:
        for id, share in shares.items():
            entries[id] = entries[id].given(float(share or 0.0) / total)
