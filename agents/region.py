"""A region as data: many counties in one table, with what is alike in all of them and what is only known for the whole.

A region file names a CSV table with one row a county. What a place file says of one county stands here once: `alike`
for every county, or `totals` of the region, split over the counties in proportion to registered persons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args

import numpy as np
from pydantic import AfterValidator, Field, field_validator, model_validator
from scipy.special import ndtri

from tuopin.agents.arrays import F64
from tuopin.agents.place import KINDS, Anchor, Figure, Label, Name, Origin, Place, Zone, Zones, _Strict
from tuopin.agents.population import largest_remainder

FigureName = Literal[
    "registered_households",
    "registered_persons",
    "rural_persons",
    "household_size",
    "villages",
    "county_factor",
    "cooperatives",
]
FIGURES: tuple[FigureName, ...] = get_args(FigureName)
"""Columns of a table that are figures of a county; `OTHERS` are not."""
REQUIRED = ("name", "code", "registered_households", "registered_persons")
OTHERS = ("name", "code", "label_en", "label_zh", "deadline")
WHOLE = ("registered_households", "registered_persons", "rural_persons", "villages", "cooperatives")
"""Figures that count something."""


class ColumnNote(Origin):
    """Unit and origin of a column of the table; the prior range is in multiples of each county's value."""

    @model_validator(mode="after")
    def _free_has_range(self) -> ColumnNote:
        if self.confidence in ("modelling-choice", "free") and self.range is None:
            wrong = "a column without a source needs a prior range in multiples of its values"
            raise ValueError(f"{wrong}; allowed: range: [low, high], e.g. [0.8, 1.2]")
        if self.range is not None and not 0 <= self.range[0] <= 1 <= self.range[1]:
            wrong = f"range: is {list(self.range)}, in multiples of the values"
            raise ValueError(f"{wrong}; allowed: [low, high] with 0 <= low <= 1 <= high")
        return self


class Alike(_Strict):
    """What is the same in every county that the table does not give a value of its own."""

    household_size: Annotated[Figure, AfterValidator(KINDS["household_size"].check)] | None = None
    villages: Annotated[Figure, AfterValidator(KINDS["villages"].check)] | None = None
    county_factor: Annotated[Figure, AfterValidator(KINDS["county_factor"].check)] | None = None
    cooperatives: Annotated[Figure, AfterValidator(KINDS["cooperatives"].check)] | None = None
    deadline: Annotated[int, Field(ge=2008, le=2040)] | None = None
    anchors: tuple[Anchor, ...] = ()
    limits: tuple[str, ...] = ()

    @field_validator("anchors", "limits", mode="before")
    @classmethod
    def _tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


MOST_IN_REGION = 2_000_000_000


def _total(name: str) -> Callable[[Figure], Figure]:
    """The check of a figure of the whole region: the unit of a county's, and as whole."""
    return replace(KINDS[name], most=MOST_IN_REGION).check


class Totals(_Strict):
    """What is known of the region as a whole."""

    rural_persons: Annotated[Figure, AfterValidator(_total("rural_persons"))] | None = None
    villages: Annotated[Figure, AfterValidator(_total("villages"))] | None = None
    cooperatives: Annotated[Figure, AfterValidator(_total("cooperatives"))] | None = None
    resettlement: Zones | None = None


class RegionFile(_Strict):
    """A region as its file gives it: the counties are rows of `table`, a CSV file beside it."""

    kind: Literal["region"]
    name: Name
    label: Label
    year: Annotated[int, Field(ge=2008, le=2040)]
    table: str
    synthetic: bool = False
    registered_only: bool = False
    columns: dict[FigureName, ColumnNote]
    alike: Alike = Alike()
    totals: Totals = Totals()

    @model_validator(mode="after")
    def _units(self) -> RegionFile:
        for name, note in self.columns.items():
            if note.unit not in KINDS[name].units:
                allowed = " or ".join(KINDS[name].units)
                raise ValueError(f"columns: {name} is in '{note.unit[:40]}'; allowed: unit: {allowed}")
        return self

    @field_validator("table")
    @classmethod
    def _beside(cls, value: str) -> str:
        if not value.endswith(".csv") or "/" in value or "\\" in value:
            raise ValueError(f"is '{value}'; allowed: the name of a CSV file beside the region's file")
        return value


@dataclass(frozen=True)
class Region:
    """A region read: its counties in the order of the table, each a place like any other."""

    file: RegionFile
    counties: tuple[Place, ...]

    @property
    def name(self) -> str:
        """Name that a study's `place` uses."""
        return self.file.name

    @property
    def label(self) -> Label:
        """Label of the region."""
        return self.file.label

    @property
    def year(self) -> int:
        """The year whose end the counties are described at."""
        return self.file.year


def county_data(region: RegionFile, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what a place file would say of each county, shape (rows,); `rows` hold checked cells by column.

    Totals of the region are split in proportion to registered persons, in whole units that sum to the total.
    """
    persons = np.array([row["registered_persons"] for row in rows], dtype=np.float64)
    before = np.concatenate([[0.0], np.cumsum(persons)[:-1]])
    shared = _shared(region, persons)
    result = []
    for k, row in enumerate(rows):
        data: dict[str, Any] = {
            "name": row["name"],
            "code": row["code"],
            "year": region.year,
            "synthetic": region.synthetic,
            "registered_only": region.registered_only,
            "label": {"en": row.get("label_en") or row["name"], "zh": row.get("label_zh") or ""},
            "region": {
                "name": region.name,
                "persons_before": int(before[k]),
                "persons": int(persons[k]),
                "persons_in_all": int(persons.sum()),
            },
        }
        data |= {name: value for name in Alike.model_fields if (value := getattr(region.alike, name)) is not None}
        data |= {name: parts[k] for name, parts in shared.items()}
        data |= {name: _figure(region, name, row[name]) for name in FIGURES if row.get(name) is not None}
        if row.get("deadline") is not None:
            data["deadline"] = row["deadline"]
        result.append(data)
    return result


def _figure(region: RegionFile, name: str, value: int | float) -> Figure:
    note = region.columns[name]  # type: ignore[index]
    bounds = None if note.range is None else (note.range[0] * value, note.range[1] * value)
    return Figure(value=value, unit=note.unit, source=note.source, confidence=note.confidence, range=bounds)


def _shared(region: RegionFile, weights: F64) -> dict[str, list[Any]]:
    """The parts of the region's totals by key of a place, one per county."""
    totals, shared = region.totals, dict[str, list[Any]]()
    for name in ("rural_persons", "villages", "cooperatives"):
        total: Figure | None = getattr(totals, name)
        if total is not None:
            bounds = total.range if total.value else None
            shared[name] = [
                total.model_copy(
                    update={"value": part, "range": bounds and tuple(part * bound / total.value for bound in bounds)}
                )
                for part in largest_remainder(weights, round(total.value)).tolist()
            ]
    if totals.resettlement is not None:
        zones = {name: _split_zone(getattr(totals.resettlement, name), weights) for name in _ZONES}
        shared["resettlement"] = [
            totals.resettlement.model_copy(update={name: parts[k] for name, parts in zones.items()})
            for k in range(len(weights))
        ]
    return shared


_ZONES = ("city", "industrial_park", "town", "scenic_area", "central_village")


def _split_zone(zone: Zone, weights: F64) -> list[Zone]:
    """Sites, persons and jobs of each county; a county that gets persons but no site gets one site."""
    sites, persons, jobs = (largest_remainder(weights, n) for n in (zone.sites, zone.persons, zone.jobs))
    return [
        zone.model_copy(update={"sites": max(int(s), int(p > 0 and zone.sites > 0)), "persons": int(p), "jobs": int(j)})
        for s, p, j in zip(sites, persons, jobs, strict=True)
    ]


def spread_counties(households: int, persons: int, counties: int, log_sd: float) -> list[tuple[int, int]]:
    """Return (households, persons) of synthetic counties, the largest first, that sum exactly to both totals.

    Sizes follow a log-normal at the quantiles (i - 1/2) / n: nothing is drawn. The largest come first so that a batch
    does not end waiting for them.

    Raises
    ------
    ValueError
        If a county would be left without a household.
    """
    z = ndtri((np.arange(counties, 0, -1) - 0.5) / counties)
    parts = largest_remainder(np.exp(log_sd * z), households)
    if parts.min() < 1:
        raise ValueError(f"{households} households leave some of {counties} counties without any")
    return list(zip(parts.tolist(), largest_remainder(parts.astype(np.float64), persons).tolist(), strict=True))
