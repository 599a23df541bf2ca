"""A county as data: documented totals, and what its own documents say about sites, firms and deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from tuopin.agents.columns import ZONES
from tuopin.agents.lines import GRAIN, LINES
from tuopin.agents.parameters import FREE
from tuopin.agents.plain_names import checked_name

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
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


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
        if self.confidence in FREE and self.range is None:
            raise ValueError("a figure without a source needs a prior range; allowed: range: [low, high]")
        if self.range is not None and not self.range[0] <= self.value <= self.range[1]:
            low, high = self.range
            raise ValueError(f"value: is {self.value}, outside its range; allowed: a number in {low:g}..{high:g}")
        return self


@dataclass(frozen=True)
class Kind:
    """What a figure may be: its unit (in English or Chinese), bounds, and whether it counts something."""

    units: tuple[str, ...]
    least: float
    most: float
    whole: bool = True
    drawn: bool = False
    """Whether replicates may draw it from its range, which then has the same bounds."""

    def complaint(self, name: str, value: float) -> str | None:
        """What is wrong with the number `value` of `name`, and what is allowed."""
        if self.least <= value <= self.most and not (self.whole and value != int(value)):
            return None
        number = "whole number" if self.whole else "number"
        return f"{name}: is {value:.12g}; allowed: a {number} in {self.least:g}..{self.most:.12g} ({self.units[0]})"

    def check(self, figure: Figure) -> Figure:
        """Return the figure.

        Raises
        ------
        ValueError
            If its unit, value or range is not of this kind.
        """
        self.check_unit(figure)
        if wrong := self.complaint("value", figure.value):
            raise ValueError(wrong)
        for bound in (figure.range or ()) if self.drawn else ():
            if not self.least <= bound <= self.most:
                raise ValueError(f"range: has {bound:g}; allowed: numbers in {self.least:g}..{self.most:.12g}")
        return figure

    def check_unit(self, origin: Origin) -> None:
        """Raise ValueError if the unit is another."""
        if origin.unit not in self.units:
            raise ValueError(f"unit: is '{origin.unit[:40]}'; allowed: {' or '.join(self.units)}")


KINDS = {
    "registered_households": Kind(("households", "户"), 1, 5_000_000),
    "registered_persons": Kind(("persons", "人"), 1, 20_000_000),
    "rural_persons": Kind(("persons", "人"), 1, 20_000_000, drawn=True),
    "household_size": Kind(("persons", "人"), 1, MOST_MEMBERS, whole=False),
    "villages": Kind(("villages", "个村"), 1, 30_000),
    "county_factor": Kind(("ratio", "比值"), 0.1, 5, whole=False, drawn=True),
    "cooperatives": Kind(("cooperatives", "个"), 0, 30_000),
    "jobs_factor": Kind(("ratio", "比值"), 0, 10, whole=False, drawn=True),
}
"""The figures of a county and, of its resettlement sites, jobs against those stated.

Villages, sites and firms are numbered in 16 bits.
"""
MOST_FIRMS = MOST_SITES = 32_000
MOST_CAPACITY = 1e9  # households that an anchor can link: more is a mistake of units


def _of_kind(name: str) -> AfterValidator:
    return AfterValidator(KINDS[name].check)


Name = Annotated[str, AfterValidator(checked_name)]
Count = Annotated[int, Field(ge=0, le=100_000_000)]


class Zone(_Strict):
    """The resettlement sites of one zone type: how many, for how many persons, and the jobs at them."""

    sites: Count
    persons: Count
    jobs: Count
    remoteness: Annotated[float, Field(ge=0, le=1)]

    @model_validator(mode="after")
    def _persons_have_sites(self) -> Zone:
        if self.sites == 0 and (self.persons or self.jobs):
            raise ValueError(
                "sites: is 0, but there are persons or jobs; allowed: 1 or more, or persons: 0 and jobs: 0"
            )
        return self


class Zones(_Strict):
    """Resettlement by zone type. Site counts by zone are free where only their sum is printed.

    `jobs_factor` multiplies the jobs of all zones: what is not known of them is not known of all alike.
    """

    source: str
    confidence: Confidence
    jobs_factor: Annotated[Figure, _of_kind("jobs_factor")] | None = None
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

    @model_validator(mode="after")
    def _capacity_can_be_filled(self) -> Anchor:
        if self.per_household.value <= 0:
            raise ValueError(f"per_household: is 0; allowed: a number above 0 ({self.per_household.unit})")
        if min(self.per_household.range or (1,)) <= 0:
            raise ValueError("per_household: range: begins at 0; allowed: numbers above 0")
        if self.capacity.unit.removesuffix("/year") != self.per_household.unit.removesuffix("/year"):
            units = f"in {self.per_household.unit}, the capacity in {self.capacity.unit}"
            raise ValueError(f"per_household: is {units}; allowed: the same unit in both")
        if self.capacity.value / self.per_household.value > MOST_CAPACITY:
            raise ValueError(
                f"capacity: is for too many households; allowed: up to {MOST_CAPACITY:g} times per_household"
            )
        return self


class Membership(_Strict):
    """The region a county is part of, and where it stands there.

    It holds the registered persons of the counties before it, its own, and all. Budgets and slots given for a region
    are split in proportion to registered persons; the parts sum to the whole.
    """

    name: Name
    persons_before: Annotated[int, Field(ge=0)]
    persons: Annotated[int, Field(ge=1)]
    persons_in_all: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _part_of_all(self) -> Membership:
        if self.persons_before + self.persons > self.persons_in_all:
            most = self.persons_before + self.persons
            raise ValueError(
                f"persons_in_all: is {self.persons_in_all}; allowed: persons_before + persons ({most}) or more"
            )
        return self

    def part(self, total: int) -> int:
        """The county's part of `total` units of the region."""
        upto = total * (self.persons_before + self.persons) // self.persons_in_all
        return upto - total * self.persons_before // self.persons_in_all


class Place(_Strict):
    """A county (or a village) whose households are simulated from the documented state at the end of `year`."""

    name: Name
    code: Annotated[int, Field(ge=1, le=2**20 - 1)]
    label: Label
    year: Annotated[int, Field(ge=2008, le=2040)]
    registered_households: Annotated[Figure, _of_kind("registered_households")]
    registered_persons: Annotated[Figure, _of_kind("registered_persons")]
    rural_persons: Annotated[Figure, _of_kind("rural_persons")]
    household_size: Annotated[Figure, _of_kind("household_size")]
    villages: Annotated[Figure, _of_kind("villages")]
    county_factor: Annotated[Figure, _of_kind("county_factor")]
    deadline: Annotated[int, Field(ge=2008, le=2040)]
    resettlement: Zones | None = None
    anchors: tuple[Anchor, ...] = ()
    cooperatives: Annotated[Figure, _of_kind("cooperatives")] | None = None
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
        if not households <= persons <= MOST_MEMBERS * households:
            allowed = f"{households} to {MOST_MEMBERS * households} persons for {households} households (1 to 7 each)"
            raise ValueError(f"registered_persons: is {persons}; allowed: {allowed}")
        for figure in (self.rural_persons.value, *(self.rural_persons.range or ())):
            if figure < persons:
                said = f"has {figure:.12g}, fewer than the registered persons"
                raise ValueError(f"rural_persons: {said}; allowed: {persons} or more, in value and range")
        if self.villages.value > households:
            said = f"is {self.villages.value}, more villages than registered households"
            raise ValueError(f"villages: {said}; allowed: 1..{households}")
        if self.region is not None and self.region.persons != persons:
            raise ValueError(
                f"region: has {self.region.persons} persons; allowed: persons: {persons}, those registered"
            )
        return self

    @model_validator(mode="after")
    def _sites_fit(self) -> Place:
        zones = [] if self.resettlement is None else [getattr(self.resettlement, name) for name in ZONES[1:]]
        number = sum(zone.sites for zone in zones)
        if number > MOST_SITES:
            raise ValueError(f"resettlement: has {number} sites; allowed: up to {MOST_SITES}")
        return self

    @model_validator(mode="after")
    def _firms_fit(self) -> Place:
        names = [anchor.name for anchor in self.anchors]
        if len(set(names)) < len(names):
            raise ValueError("anchors: two have the same name; allowed: each name once")
        number = len(names) + (0 if self.cooperatives is None else self.cooperatives.value)
        if number > MOST_FIRMS:
            raise ValueError(f"anchors: there are {number:.12g} with cooperatives; allowed: up to {MOST_FIRMS}")
        return self
