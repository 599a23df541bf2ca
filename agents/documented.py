"""A documented figure: its value, unit, source, confidence, prior range, and the facts it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from tuopin.agents.parameters import FREE

Confidence = Literal[
    "confirmed-here", "well-known", "approximate", "derived", "source-document", "modelling-choice", "free"
]

MOST_MEMBERS = 7
"""Persons of the largest households that are made (`tuopin.agents.population`)."""


class Strict(BaseModel):
    """Refuses unknown keys and other types; unchangeable once made."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Label(Strict):
    """A text in English and Chinese."""

    en: str
    zh: str = ""


class Origin(Strict):
    """Unit and origin of a number, its prior range, and the documented facts it rests on.

    `facts` are ids of the table of facts (`scenarios/evidence/facts.csv`); they are looked up where a file is read.
    """

    unit: str
    source: str
    confidence: Confidence
    range: tuple[int | float, int | float] | None = None
    facts: tuple[str, ...] = ()

    @field_validator("range", "facts", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
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
    "registered_households": Kind(("households", "户"), 1, 25_000_000),
    "registered_persons": Kind(("persons", "人"), 1, 100_000_000),
    "rural_persons": Kind(("persons", "人"), 1, 100_000_000, drawn=True),
    "household_size": Kind(("persons", "人"), 1, MOST_MEMBERS, whole=False),
    "villages": Kind(("villages", "个村"), 1, 30_000),
    "county_factor": Kind(("ratio", "比值"), 0.1, 5, whole=False, drawn=True),
    "cooperatives": Kind(("cooperatives", "个"), 0, 30_000),
    "jobs_factor": Kind(("ratio", "比值"), 0, 10, whole=False, drawn=True),
    "mean_income": Kind(("yuan/person/year", "元/人年"), 100, 1_000_000, whole=False, drawn=True),
    "registered_exited": Kind(("households", "户", "persons", "人"), 0, 100_000_000),
    "poor_villages": Kind(("villages", "个村", "share", "比例"), 0, 30_000, whole=False),
    "weak_villages": Kind(("villages", "个村", "share", "比例"), 0, 30_000, whole=False),
    "flood_villages": Kind(("villages", "个村", "share", "比例"), 0, 30_000, whole=False),
    "townships": Kind(("townships", "个乡镇"), 1, 3_000),
    "land_per_person": Kind(("mu/person", "亩/人"), 0, 100, whole=False, drawn=True),
    "forest_per_person": Kind(("mu/person", "亩/人"), 0, 1000, whole=False, drawn=True),
    "off_farm_share": Kind(("share", "比例"), 0, 1, whole=False, drawn=True),
}
"""The figures of a county and, of its resettlement sites, jobs against those stated.

Villages, sites and firms are numbered in 16 bits.
"""
SHARES = ("share", "比例")
"""Units of a figure that counts nothing but says what part of the villages it is."""
PERSONS = ("persons", "人")


def of_kind(name: str) -> AfterValidator:
    """The check that a figure is of the kind `name`, for a field's annotation."""
    return AfterValidator(KINDS[name].check)
