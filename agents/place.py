"""A county as data: documented totals, and what its own documents say about sites, firms and deadlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import ConfigDict, Field, PrivateAttr, field_validator, model_validator

from tuopin.agents.columns import ZONES
from tuopin.agents.documented import (
    MOST_MEMBERS,
    PERSONS,
    SHARES,
    Confidence,
    Figure,
    Label,
    Strict,
    of_kind,
)
from tuopin.agents.lines import GRAIN, LINES
from tuopin.agents.place_keys import VILLAGE_KEYS, Name, PlaceKeys, Year

if TYPE_CHECKING:
    Line = str
else:
    Line = Literal[LINES[GRAIN:]]
MOST_FIRMS = MOST_SITES = 32_000
MOST_CAPACITY = 1e9  # households that an anchor can link: more is a mistake of units
MOST_SIMULATED = 20_000_000
"""Persons of a place that are simulated at most: more need a `sample`."""
Count = Annotated[int, Field(ge=0, le=100_000_000)]


class Zone(Strict):
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


class Zones(Strict):
    """Resettlement by zone type. Site counts by zone are free where only their sum is printed.

    `jobs_factor` multiplies the jobs of all zones: what is not known of them is not known of all alike.
    """

    source: str
    confidence: Confidence
    facts: tuple[str, ...] = ()
    jobs_factor: Annotated[Figure, of_kind("jobs_factor")] | None = None
    city: Zone
    industrial_park: Zone
    town: Zone
    scenic_area: Zone
    central_village: Zone

    @field_validator("facts", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class Anchor(Strict):
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


class Membership(Strict):
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


class Place(PlaceKeys):
    """A county (or a village) whose households are simulated from the documented state at the end of `year`."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["county_factor"]}, {"required": ["mean_income"]}]}
    )

    name: Name
    code: Annotated[int, Field(ge=1, le=2**20 - 1)]
    label: Label
    year: Year
    registered_households: Annotated[Figure, of_kind("registered_households")]
    registered_persons: Annotated[Figure, of_kind("registered_persons")]
    rural_persons: Annotated[Figure, of_kind("rural_persons")]
    household_size: Annotated[Figure, of_kind("household_size")]
    villages: Annotated[Figure, of_kind("villages")]
    county_factor: Annotated[Figure, of_kind("county_factor")] | None = None
    deadline: Year
    resettlement: Zones | None = None
    anchors: tuple[Anchor, ...] = ()
    cooperatives: Annotated[Figure, of_kind("cooperatives")] | None = None
    limits: tuple[str, ...] = ()
    synthetic: bool = False
    registered_only: bool = False
    """Households that are not registered are simulated up to the initial state only, where they could be chosen."""
    region: Membership | None = None

    _documented_villages: int = PrivateAttr(0)

    def standing_for(self, villages: int) -> Place:
        """Let the villages of this copy stand for so many documented ones, and return it."""
        self._documented_villages = villages
        return self

    @property
    def documented_villages(self) -> int:
        """Villages that there are, of which a sample simulates fewer."""
        return self._documented_villages or int(self.villages.value)

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
    def _level_is_given_once(self) -> Place:
        if self.county_factor is None and self.mean_income is None:
            raise ValueError("county_factor: is missing; allowed: county_factor, or mean_income in its place")
        if self.county_factor is not None and self.mean_income is not None:
            raise ValueError("mean_income: is given beside county_factor; allowed: one of the two")
        return self

    @model_validator(mode="after")
    def _keys_fit(self) -> Place:
        simulated = self.rural_persons.value / self.sample
        if simulated > MOST_SIMULATED:
            said = f"leaves {simulated:,.0f} persons to simulate"
            least = -(-self.rural_persons.value // MOST_SIMULATED)
            raise ValueError(f"sample: {said}; allowed: {least:g} or more, one of so many households")
        left = self.registered_exited
        if left is not None:
            others = self.rural_persons.value - self.registered_persons.value
            most = others if left.unit in PERSONS else int(others // self.household_size.value)
            if left.value > most:
                raise ValueError(
                    f"registered_exited: is {left.value}; allowed: up to {most:g} {left.unit}, who are not registered"
                )
        for key in VILLAGE_KEYS:
            figure: Figure | None = getattr(self, key)
            if figure is not None and figure.unit not in SHARES and figure.value > self.villages.value:
                raise ValueError(f"{key}: is {figure.value}; allowed: up to {self.villages.value}, all villages")
        for anchor in self.anchors:
            if self.allowed_lines is not None and anchor.line not in (LINES[GRAIN], *self.allowed_lines):
                raise ValueError(f"anchors: {anchor.name} deals in {anchor.line}; allowed: one of the allowed_lines")
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
        names = [*(anchor.name for anchor in self.anchors), *(factory.name for factory in self.factories)]
        if len(set(names)) < len(names):
            raise ValueError("anchors: two have the same name, factories included; allowed: each name once")
        number = len(names) + (0 if self.cooperatives is None else self.cooperatives.value)
        if number > MOST_FIRMS:
            said = f"there are {number:.12g} with cooperatives and factories"
            raise ValueError(f"anchors: {said}; allowed: up to {MOST_FIRMS}")
        return self
