"""A county as data: what a place file may not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from tuopin.agents.documented import Figure
from tuopin.agents.place import Place


def _set(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for key in parents:
            data = data[int(key)] if isinstance(data, list) else data[key]
        if value is None:
            del data[last]
        else:
            data[last] = value

    return change


def test_a_sound_place_is_read(place_data: dict[str, Any]) -> None:
    place = Place.model_validate(place_data)
    assert place.registered_persons.value == 130 and place.anchors[0].line == "livestock"
    assert place.resettlement is not None and place.resettlement.industrial_park.jobs == 3
    with pytest.raises(ValidationError, match="frozen"):
        place.code = 8  # type: ignore[misc]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (_set("villages", None), "villages"),
        (_set("vilages", 3), "vilages"),
        (_set("registered_persons.value", 39), "registered_persons: is 39; allowed: 40 to 280"),
        (_set("rural_persons.value", 129), "rural_persons: has 129, fewer than the registered persons; allowed: 130"),
        (_set("villages.value", 41), "more villages than registered households; allowed: 1..40"),
        (_set("registered_households.value", -1), "greater than or equal to 0"),
        (_set("registered_households.value", "40"), "valid number|valid integer"),
        (_set("registered_households.value", float("nan")), "finite|greater than or equal"),
        (_set("registered_households.value", float("inf")), "finite"),
        (_set("code", 0), "greater than or equal to 1"),
        (_set("code", 2**20), "less than or equal to 1048575"),
        (_set("code", True), "valid integer"),
        (_set("year", 1999), "greater than or equal to 2000"),
        (_set("year", 2016.0), "valid integer"),
        (_set("deadline", 2999), "less than or equal to 2040"),
        (_set("county_factor.confidence", "free"), "needs a prior range"),
        (_set("county_factor.confidence", "certain"), "confidence"),
        (_set("county_factor.range", [1.0, 2.0]), "outside its range; allowed: a number in 1..2"),
        (_set("county_factor.unit", 3), "valid string"),
        (_set("resettlement.city.sites", -1), "greater than or equal to 0"),
        (_set("resettlement.city.jobs", 1.5), "valid integer"),
        (_set("resettlement.city.remoteness", 1.5), "less than or equal to 1"),
        (_set("resettlement.village", {}), "Extra inputs"),
        (_set("anchors.0.line", "cattle"), "livestock"),
        (_set("anchors.0.capacity", 12), "valid dictionary|instance"),
    ],
)
def test_a_faulty_place_is_refused(
    place_data: dict[str, Any], change: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    change(place_data)
    with pytest.raises(ValidationError, match=complaint):
        Place.model_validate(place_data)


def test_a_figure_without_a_source_carries_a_range() -> None:
    given = {"value": 0.9, "unit": "ratio", "source": "not printed", "confidence": "free"}
    assert Figure.model_validate({**given, "range": [0.85, 1.0]}).range == (0.85, 1.0)
    with pytest.raises(ValidationError, match="prior range"):
        Figure.model_validate(given)
    with pytest.raises(ValidationError):
        Figure.model_validate({**given, "range": [0.8]})
