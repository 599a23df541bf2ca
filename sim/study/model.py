"""The keys of a study file: one line each. The rules between keys are in `sim.study.rules`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.study.values import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from agents.place import Place
    from sim.study.declarations import Declarations

NAME = r"^[a-z0-9][a-z0-9_-]{0,63}$"
SCENARIO_NAME = r"^\w[\w.-]{0,63}$"
YEARS = re.compile(r"^([0-9]{4})-([0-9]{4})$")

PLAIN_NAME = "lower-case letters, digits, _ and -, up to 64, beginning with a letter or digit"

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


def _places(raw: object) -> object:
    names = [raw] if isinstance(raw, str) else raw
    if not isinstance(names, list | tuple) or not names:
        raise PydanticCustomError("study", "is not the name of a place")
    for name in names:
        if not isinstance(name, str) or re.fullmatch(NAME, name) is None:
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


class Study(Strict):
    """A validated study: places, years, seed, mechanisms switched and named scenarios. Make one with `load`."""

    # fmt: off
    name: str = key("Name of the study and of its output folder", PLAIN_NAME, pattern=NAME)
    question: Question = key("The question the study answers", "a mapping with en and zh", Question(en=""))
    place: PlacesKey = key("Place or list of places, files places/<name>.yaml", "a place's name, or a list of them")
    years: YearsKey = key("A-B: the initial state A, steps A+1..B", f"A-B with {FIRST_YEAR} <= A < B <= {LAST_YEAR}")
    seed: int = key("Seed of all luck", "a whole number in 0..4294967295", 0, ge=0, le=2**32 - 1)
    replicates: int = key("Repetitions with other luck", "a whole number in 1..100000", 20, ge=1, le=100_000)
    draw_parameters: bool = key("Each replicate draws the free parameters anew", "true or false", False)
    mechanisms: dict[str, bool | str] = key("Switches of the model", "a mapping of switches", {})
    parameters: dict[str, ParameterValue] = key("Values replacing sourced ones", "a mapping group.name: value", {})
    baseline: str = key("Scenario the others are compared with", "the name of a scenario")
    discount_rate: float = key("Discount rate of costs", "a number in 0..0.5 (per year)", 0.045, ge=0, le=0.5)
    scenarios: dict[str, Scenario] = key("Policy packages", "a mapping of scenario names to policies", min_length=1)
    # fmt: on

    _file: Path | None = PrivateAttr(None)
    _raw: Mapping[str, Any] = PrivateAttr(default_factory=dict)
    _places: Mapping[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def first_year(self) -> int:
        """A: the year of the initial state, reported and not simulated."""
        return self.years[0]

    @property
    def last_year(self) -> int:
        """B: the last simulated year."""
        return self.years[1]

    @property
    def file(self) -> Path | None:
        """The study file, or None for a study made from a mapping."""
        return self._file

    @property
    def places(self) -> Mapping[str, Place]:
        """The places by name, read and validated."""
        return self._places

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        overrides: Mapping[str, object] | None = None,
        declarations: Declarations | None = None,
    ) -> Study:
        """Read and validate the study file `path` with its place files.

        `overrides` replaces top-level keys (``{"years": "2016-2020"}``), validated alike and reported as options of the
        command line. `declarations` are the installed model's unless given.

        Raises:
            StudyError: with every mistake of study and place files.
        """
        from sim.study.reading import load_study

        return load_study(Path(path), overrides or {}, declarations)

    @classmethod
    def from_dict(
        cls,
        data: Mapping[str, Any],
        *,
        beside: Path | None = None,
        declarations: Declarations | None = None,
        label: str = "study",
    ) -> Study:
        """Validate a study given as a mapping; `beside` is the folder in which ``places/`` is looked for first.

        Raises:
            StudyError: with every mistake, each at line 1 of the pretended file `label`.
        """
        from sim.study.reading import study_from_dict

        return study_from_dict(data, beside, declarations, label)

    def changed(self, *, declarations: Declarations | None = None, **keys: object) -> Study:
        """A copy with other top-level keys, validated like a file: ``study.changed(replicates=3)``."""
        from sim.study.reading import changed_study

        return changed_study(self, keys, declarations)
