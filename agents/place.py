"""A county as data: documented totals, and what its own documents say about sites, firms and deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tuopin.agents.lines import GRAIN, LINES

Confidence = Literal[
    "confirmed-here", "well-known", "approximate", "derived", "source-document", "modelling-choice", "free"
]
if TYPE_CHECKING:
    Line = str
else:
    Line = Literal[LINES[GRAIN:]]

MOST_MEMBERS = 7
"""Persons of the largest households that are made (`tuopin.agents.population`)."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Label(_Strict):
    """A text in English and Chinese."""

    en: str
    zh: str = ""


class Origin(_Strict):
    """Unit and origin of a number, and its prior range."""

    unit: str
    source: str
    confidence: Confidence
    range: tuple[int | float, int | float] | None = None

    @field_validator("range", mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class Figure(Origin):
    """One figure of a place with its unit and origin; a figure without a source carries a prior range."""

    value: Annotated[int | float, Field(ge=0, allow_inf_nan=False)]

    @model_validator(mode="after")
    def _free_has_range(self) -> Figure:
        if self.confidence in ("modelling-choice", "free") and self.range is None:
            raise ValueError("a figure without a source needs a prior range: range: [low, high]")
        if self.range is not None and not self.range[0] <= self.value <= self.range[1]:
            raise ValueError(f"value {self.value} lies outside its range {list(self.range)}")
        return self


class Zone(_Strict):
    """The resettlement sites of one zone type: how many, for how many persons, and the jobs at them."""

    sites: Annotated[int, Field(ge=0)]
    persons: Annotated[int, Field(ge=0)]
    jobs: Annotated[int, Field(ge=0)]
    remoteness: Annotated[float, Field(ge=0, le=1)]


class Zones(_Strict):
    """Resettlement by zone type. Site counts by zone are free where only their sum is printed."""

    source: str
    confidence: Confidence
    city: Zone
    industrial_park: Zone
    town: Zone
    scenic_area: Zone
    central_village: Zone


class Anchor(_Strict):
    """An anchor project: printed capacity, and how much of it one linked household fills (free)."""

    name: str
    label: Label
    line: Line
    capacity: Figure
    per_household: Figure


class Membership(_Strict):
    """The region a county is part of, and where it stands there: registered persons of the counties before it, its
    own, all.

    Budgets and slots given for a region are split in proportion to registered persons; the parts sum to the whole.
    """

    name: str
    persons_before: Annotated[int, Field(ge=0)]
    persons: Annotated[int, Field(ge=1)]
    persons_in_all: Annotated[int, Field(ge=1)]

    def part(self, total: int) -> int:
        """The county's part of `total` units of the region."""
        upto = total * (self.persons_before + self.persons) // self.persons_in_all
        return upto - total * self.persons_before // self.persons_in_all


class Place(_Strict):
    """A county (or a village) whose households are simulated from the documented state at the end of `year`."""

    name: str
    code: Annotated[int, Field(ge=1, le=2**20 - 1)]
    label: Label
    year: Annotated[int, Field(ge=2008, le=2040)]
    registered_households: Figure
    registered_persons: Figure
    rural_persons: Figure
    household_size: Figure
    villages: Figure
    county_factor: Figure
    deadline: Annotated[int, Field(ge=2008, le=2040)]
    resettlement: Zones | None = None
    anchors: tuple[Anchor, ...] = ()
    cooperatives: Figure | None = None
    limits: tuple[str, ...] = ()
    synthetic: bool = False
    registered_only: bool = False
    """Households that are not registered are simulated up to the initial state only, where they could be chosen."""
    region: Membership | None = None

    def part(self, total: int) -> int:
        """What this place gets of a study's `total` units (fen, slots): all, or its part as county of a region."""
        return total if self.region is None else self.region.part(total)

    @field_validator("anchors", "limits", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _sizes_fit(self) -> Place:
        households, persons = self.registered_households.value, self.registered_persons.value
        if not households <= persons:
            raise ValueError("registered_persons: fewer persons than households")
        if persons > MOST_MEMBERS * households:
            raise ValueError(f"registered_persons: more than {MOST_MEMBERS} persons a household")
        if self.rural_persons.value < persons:
            raise ValueError("rural_persons: fewer than the registered persons")
        if self.villages.value > households:
            raise ValueError("villages: more villages than registered households")
        return self
