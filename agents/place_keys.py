"""What a place file may say beside its totals: its own level, line, plan, land, lines and villages. All of it optional.

A place without these keys is simulated with the model's own numbers. What each key moves stands in
`tuopin.agents.place_parameters`, `place_sample`, `village_traits`, `exit_plan` and `registry`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from tuopin.agents.documented import (
    PERSONS,
    SHARES,
    Figure,
    Label,
    Origin,
    Strict,
    of_kind,
)
from tuopin.agents.lines import LINES, OWN_LINES_FROM
from tuopin.agents.parameters import FREE
from tuopin.agents.plain_names import checked_name

FIRST_YEAR, LAST_YEAR = 2000, 2040
"""Years that a place or a study may speak of; the series of the model say which of them can be simulated."""
MOST_SAMPLED = 1_000_000
OWN_LINES = LINES[OWN_LINES_FROM:]
"""Industry lines of a household's own; who has none of them grows grain."""
if TYPE_CHECKING:
    OwnLine = str
else:
    OwnLine = Literal[OWN_LINES]
Name = Annotated[str, AfterValidator(checked_name)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


class ByYear(Origin):
    """Figures by year with their unit and origin; the range of those without a source is in multiples of them."""

    value: Annotated[dict[Year, Annotated[int | float, Field(ge=0)]], Field(min_length=1)]

    @model_validator(mode="after")
    def _free_has_range(self) -> ByYear:
        if self.confidence in FREE and self.range is None:
            raise ValueError(
                "figures without a source need a prior range in multiples of them; allowed: range: [low, high]"
            )
        if self.range is not None and not 0 <= self.range[0] <= 1 <= self.range[1]:
            said = f"is {list(self.range)}, in multiples of the values"
            raise ValueError(f"range: {said}; allowed: [low, high] with 0 <= low <= 1 <= high")
        return self

    def check(self, units: tuple[str, ...], least: float, most: float, *, whole: bool = False) -> None:
        """Raise ValueError if the unit is another, or a value of a year outside its bounds."""
        if self.unit not in units:
            raise ValueError(f"unit: is '{self.unit[:40]}'; allowed: {' or '.join(units)}")
        for year, value in self.value.items():
            if not least <= value <= most or (whole and value != int(value)):
                number = "whole number" if whole else "number"
                allowed = f"a {number} in {least:g}..{most:.12g} ({units[0]})"
                raise ValueError(f"value: {year}: is {value:.12g}; allowed: {allowed}")


class PovertyLine(ByYear):
    """The place's own registry line by year.

    After its last year it goes on with consumer prices, as the model's own does, or stays as it is in money
    (`indexed: false`).
    """

    indexed: bool = True

    @model_validator(mode="after")
    def _a_line(self) -> PovertyLine:
        self.check(("yuan/person/year", "元/人年"), 100, 100_000)
        return self


class ExitsByYear(ByYear):
    """Persons planned to leave the register by year; years left out follow the model's share."""

    @model_validator(mode="after")
    def _persons(self) -> ExitsByYear:
        self.check(PERSONS, 0, 100_000_000, whole=True)
        return self


class Factory(Strict):
    """A workshop of the county: jobs it is said to offer. Programmes that run factories read it."""

    name: Name
    label: Label
    jobs: Figure
    per_household: Figure | None = None

    @model_validator(mode="after")
    def _jobs(self) -> Factory:
        for key, figure in (("jobs", self.jobs), ("per_household", self.per_household)):
            if figure is None:
                continue
            if figure.unit not in ("jobs", "个岗位"):
                raise ValueError(f"{key}: is in '{figure.unit[:40]}'; allowed: unit: jobs or 个岗位")
            if not 0 <= figure.value <= 1_000_000 or (key == "per_household" and figure.value <= 0):
                raise ValueError(f"{key}: is {figure.value:.12g}; allowed: a number above 0, up to 1000000 (jobs)")
        return self


class OwnValue(Origin):
    """A number of the model as it is in this place, below what a study says: plain, or by year."""

    value: bool | int | float | str | dict[int, int | float]

    @model_validator(mode="after")
    def _free_has_range(self) -> OwnValue:
        if self.confidence in FREE and self.range is None:
            raise ValueError("a number without a source needs a prior range; allowed: range: [low, high]")
        if self.range is None:
            return self
        if isinstance(self.value, bool | str):
            raise ValueError("range: is given for what is no number; allowed: no range")
        value = 1 if isinstance(self.value, dict) else self.value
        if not self.range[0] <= value <= self.range[1]:
            whose = "1, in multiples of the series" if isinstance(self.value, dict) else f"the value {value}"
            raise ValueError(f"range: is {list(self.range)}; allowed: [low, high] that holds {whose}")
        return self


class PlaceKeys(Strict):
    """The optional keys of a place, alike in the counties of a region where they stand under `alike`."""

    mean_income: Annotated[Figure, of_kind("mean_income")] | None = None
    registered_exited: Annotated[Figure, of_kind("registered_exited")] | None = None
    line: PovertyLine | None = None
    plan: ExitsByYear | None = None
    poor_villages: Annotated[Figure, of_kind("poor_villages")] | None = None
    weak_villages: Annotated[Figure, of_kind("weak_villages")] | None = None
    flood_villages: Annotated[Figure, of_kind("flood_villages")] | None = None
    townships: Annotated[Figure, of_kind("townships")] | None = None
    land_per_person: Annotated[Figure, of_kind("land_per_person")] | None = None
    forest_per_person: Annotated[Figure, of_kind("forest_per_person")] | None = None
    off_farm_share: Annotated[Figure, of_kind("off_farm_share")] | None = None
    line_shares: dict[OwnLine, Figure] = Field(default_factory=dict)
    allowed_lines: tuple[OwnLine, ...] | None = None
    factories: tuple[Factory, ...] = ()
    parameters: dict[str, OwnValue] = Field(default_factory=dict)
    sample: Annotated[int, Field(ge=1, le=MOST_SAMPLED)] = 1

    @field_validator("factories", "allowed_lines", mode="before")
    @classmethod
    def _list_of_keys(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _villages_are_counted(self) -> PlaceKeys:
        for key in VILLAGE_KEYS:
            figure: Figure | None = getattr(self, key)
            if figure is None:
                continue
            for number in (figure.value, *(figure.range or ())):
                if figure.unit in SHARES and number > 1:
                    raise ValueError(f"{key}: has a share of {number:g}; allowed: a number in 0..1 (share)")
            if figure.unit not in SHARES and figure.value != int(figure.value):
                raise ValueError(f"{key}: is {figure.value:g}; allowed: a whole number (villages)")
        if self.registered_exited is not None and self.registered_exited.value != int(self.registered_exited.value):
            raise ValueError("registered_exited: is not whole; allowed: a whole number")
        return self

    @model_validator(mode="after")
    def _lines_fit(self) -> PlaceKeys:
        if self.allowed_lines == ():
            raise ValueError(f"allowed_lines: is empty; allowed: some of {', '.join(OWN_LINES)}")
        total = 0.0
        for line, figure in self.line_shares.items():
            if figure.unit not in SHARES or not 0 <= figure.value <= 1:
                said = f"{line} is {figure.value:g} ({figure.unit[:40]})"
                raise ValueError(f"line_shares: {said}; allowed: a number in 0..1 (share)")
            if self.allowed_lines is not None and line not in self.allowed_lines:
                raise ValueError(f"line_shares: {line} is none of the allowed_lines; allowed: one of them")
            total += figure.value
        if total > 1.0 + ROUNDING:
            raise ValueError(f"line_shares: sum to {total:.4g}; allowed: up to 1, the rest grows grain")
        return self

    @model_validator(mode="after")
    def _factories_fit(self) -> PlaceKeys:
        names = [factory.name for factory in self.factories]
        if len(set(names)) < len(names):
            raise ValueError("factories: two have the same name; allowed: each name once")
        return self


ROUNDING = 1e-9
"""What shares printed to a few digits may sum above one by."""
VILLAGE_KEYS = ("poor_villages", "weak_villages", "flood_villages")
