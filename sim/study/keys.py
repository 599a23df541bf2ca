"""The types of a study's keys.

The keys themselves are in `tuopin.sim.study.study`, the rules between them in `rules`.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from tuopin.agents.place_keys import FIRST_YEAR, LAST_YEAR
from tuopin.sim.study.names import NAME, YEARS, is_name

ParameterValue = float | int | str | bool | None | dict[int, float | None] | list[float | int | str]
Scenario = dict[str, dict[str, ParameterValue]]


def _years(raw: object) -> tuple[int, int]:
    if isinstance(raw, tuple):
        return int(raw[0]), int(raw[1])
    found = YEARS.match(raw) if isinstance(raw, str) else None
    if found is None:
        raise PydanticCustomError("study", "is not of the form A-B")
    first, last = int(found[1]), int(found[2])
    if first >= last:
        raise PydanticCustomError("study", "ends before it has a year to simulate")
    if first < FIRST_YEAR or last > LAST_YEAR:
        raise PydanticCustomError("study", "is outside what the model's series cover")
    return first, last


def _name(raw: object) -> object:
    if not is_name(raw):
        raise PydanticCustomError("study", "is not a name")
    return raw


def _places(raw: object) -> object:
    names = [raw] if isinstance(raw, str) else raw
    if not isinstance(names, list | tuple) or not names:
        raise PydanticCustomError("study", "is not the name of a place")
    for name in names:
        if not is_name(name):
            raise PydanticCustomError("study", "is not the name of a place")
    if len(set(names)) < len(names):
        raise PydanticCustomError("study", "names a place twice")
    return tuple(names)


def key(meaning: str, allowed: str, default: Any = ..., **limits: Any) -> Any:
    """A key of the study: what it means (for editors) and what is allowed (for error messages)."""
    return Field(
        default, description=f"{meaning}. Allowed: {allowed}.", json_schema_extra={"allowed": allowed}, **limits
    )


class Strict(BaseModel):
    """No unknown keys, no silent conversions, no NaN; unchangeable once made."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Question(Strict):
    """The question the study answers, in English and Chinese."""

    en: str = key("The question in English", "text")
    zh: str = key("The question in Chinese", "text", "")


NameKey = Annotated[str, BeforeValidator(_name), WithJsonSchema({"type": "string", "pattern": NAME})]
YearsKey = Annotated[
    tuple[int, int], BeforeValidator(_years), WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{4}$"})
]
PlacesKey = Annotated[
    tuple[str, ...],
    BeforeValidator(_places),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": NAME},
                {"type": "array", "items": {"type": "string", "pattern": NAME}, "minItems": 1, "uniqueItems": True},
            ]
        }
    ),
]
