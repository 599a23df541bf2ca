"""A region as data: many counties in one table, with what is alike in all of them and what is only known for the whole.

A region file names a CSV table with one row a county. What a place file says of one county stands here once: `alike`
for every county, or `totals` of the region, split over the counties in proportion to registered persons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args

import numpy as np
from pydantic import AfterValidator, field_validator, model_validator
from scipy.special import ndtri

from tuopin.agents.arrays import F64
from tuopin.agents.documented import KINDS, PERSONS, SHARES, Figure, Label, Origin, Strict, of_kind
from tuopin.agents.place import Anchor, Place, Zone, Zones
from tuopin.agents.place_keys import VILLAGE_KEYS, ExitsByYear, Name, PlaceKeys, Year
from tuopin.agents.population import largest_remainder

FigureName = Literal[
    "registered_households",
    "registered_persons",
    "rural_persons",
    "household_size",
    "villages",
    "county_factor",
    "cooperatives",
    "mean_income",
    "registered_exited",
    "poor_villages",
    "weak_villages",
    "flood_villages",
    "townships",
]
FIGURES: tuple[FigureName, ...] = get_args(FigureName)
"""Columns of a table that are figures of a county; `OTHERS` are not."""
REQUIRED = ("name", "code", "registered_households", "registered_persons")
OTHERS = ("name", "code", "label_en", "label_zh", "deadline")
WHOLE = (
    "registered_households",
    "registered_persons",
    "rural_persons",
    "villages",
    "cooperatives",
    "registered_exited",
    "townships",
)
"""Figures that count something."""


PLAN, PLAN_OF = "plan", "plan_"
"""The note of a county's plan under `columns`, and what its columns of the table, one a year, begin with."""


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


class Alike(PlaceKeys):
    """What is the same in every county that the table does not give a value of its own."""

    household_size: Annotated[Figure, of_kind("household_size")] | None = None
    villages: Annotated[Figure, of_kind("villages")] | None = None
    county_factor: Annotated[Figure, of_kind("county_factor")] | None = None
    cooperatives: Annotated[Figure, of_kind("cooperatives")] | None = None
    deadline: Year | None = None
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


class Totals(Strict):
    """What is known of the region as a whole."""

    rural_persons: Annotated[Figure, AfterValidator(_total("rural_persons"))] | None = None
    villages: Annotated[Figure, AfterValidator(_total("villages"))] | None = None
    cooperatives: Annotated[Figure, AfterValidator(_total("cooperatives"))] | None = None
    registered_exited: Annotated[Figure, AfterValidator(_total("registered_exited"))] | None = None
    poor_villages: Annotated[Figure, AfterValidator(_total("poor_villages"))] | None = None
    weak_villages: Annotated[Figure, AfterValidator(_total("weak_villages"))] | None = None
    flood_villages: Annotated[Figure, AfterValidator(_total("flood_villages"))] | None = None
    townships: Annotated[Figure, AfterValidator(_total("townships"))] | None = None
    plan: ExitsByYear | None = None
    resettlement: Zones | None = None

    @model_validator(mode="after")
    def _villages_are_counted(self) -> Totals:
        for key in VILLAGE_KEYS:
            figure: Figure | None = getattr(self, key)
            if figure is not None and (figure.unit in SHARES or figure.value != int(figure.value)):
                said = f"is {figure.value:g} ({figure.unit[:40]})"
                raise ValueError(
                    f"{key}: {said}; allowed: a whole number of villages of the region, or a share in alike"
                )
        return self


COUNTED = tuple(name for name in Totals.model_fields if name not in ("plan", "resettlement"))
"""Totals that are split over the counties in whole units."""


class RegionFile(Strict):
    """A region as its file gives it: the counties are rows of `table`, a CSV file beside it."""

    kind: Literal["region"]
    name: Name
    label: Label
    year: Year
    table: str
    synthetic: bool = False
    registered_only: bool = False
    columns: dict[FigureName | Literal["plan"], ColumnNote]
    """Notes of the table's columns; `plan` is of all columns `plan_<year>`, persons planned to exit."""
    alike: Alike = Alike()
    totals: Totals = Totals()

    @model_validator(mode="after")
    def _units(self) -> RegionFile:
        for name, note in self.columns.items():
            units = PERSONS if name == PLAN else KINDS[name].units
            if note.unit not in units:
                allowed = " or ".join(units)
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
        if plan := {int(key.removeprefix(PLAN_OF)): row[key] for key in row if key.startswith(PLAN_OF)}:
            data[PLAN] = _plan(region.columns["plan"], plan)
        if row.get("deadline") is not None:
            data["deadline"] = row["deadline"]
        result.append(data)
    return result


def _plan(note: ColumnNote, plan: Mapping[int, int]) -> ExitsByYear:
    return ExitsByYear(
        value=dict(plan),
        unit=note.unit,
        source=note.source,
        confidence=note.confidence,
        range=note.range,
        facts=note.facts,
    )


def _figure(region: RegionFile, name: str, value: int | float) -> Figure:
    note = region.columns[name]  # type: ignore[index]
    bounds = None if note.range is None else (note.range[0] * value, note.range[1] * value)
    return Figure(
        value=value,
        unit=note.unit,
        source=note.source,
        confidence=note.confidence,
        range=bounds,
        facts=note.facts,
    )


def _shared(region: RegionFile, weights: F64) -> dict[str, list[Any]]:
    """The parts of the region's totals by key of a place, one per county."""
    totals, shared = region.totals, dict[str, list[Any]]()
    for name in COUNTED:
        total: Figure | None = getattr(totals, name)
        if total is not None:
            bounds = total.range if total.value else None
            shared[name] = [
                total.model_copy(
                    update={"value": part, "range": bounds and tuple(part * bound / total.value for bound in bounds)}
                )
                for part in largest_remainder(weights, round(total.value)).tolist()
            ]
    if totals.plan is not None:
        years = {year: largest_remainder(weights, round(n)).tolist() for year, n in totals.plan.value.items()}
        shared["plan"] = [
            totals.plan.model_copy(update={"value": {year: parts[k] for year, parts in years.items()}})
            for k in range(len(weights))
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
