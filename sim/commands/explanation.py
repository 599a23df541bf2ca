"""The rows that ``tuopin explain`` prints: steps of the year, mechanisms, and every number with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from tuopin.agents.parameters import FREE
from tuopin.agents.place_keys import PlaceKeys
from tuopin.sim.commands.tables import cell_text
from tuopin.sim.study.declarations import Declarations, declared
from tuopin.sim.study.study import Study

Row = dict[str, Any]
FIXED_OF_PLACE = ("registered_households", "registered_persons")  # totals of the register are documented and stay
THIS_STUDY = "this study"
PLACE_TOTALS = ("registered_households", "registered_persons", "rural_persons", "county_factor", "deadline")
COUNTS = (
    "households",
    "户",
    "persons",
    "人",
    "villages",
    "个村",
    "cooperatives",
    "个",
    "townships",
    "个乡镇",
    "sites",
    "jobs",
)
"""Units of figures of counties that add up to the region's."""
SHOWN_FIRST = 10
"""Free numbers that move poverty most, of those ranked by `rank` in their files."""


def order_rows(study: Study, steps: Sequence[Any], declarations: Declarations | None = None) -> list[Row]:
    """The steps of a year in their order, with the policies of the study that act at each."""
    policies = (declarations or declared()).policies
    used = sorted({name for scenario in study.scenarios.values() for name in scenario})
    return [
        {
            "": str(number),
            "step": step.name,
            "label": step.label,
            "label_zh": step.label_zh,
            "policies": [name for name in used if step.name in policies[name].steps],
            "meaning": step.meaning,
        }
        for number, step in enumerate(steps, start=1)
    ]


def mechanism_rows(study: Study, declarations: Declarations | None = None) -> list[Row]:
    """Every switch of the model with the value it has in this study."""
    mechanisms = (declarations or declared()).mechanisms
    return [
        {
            "mechanism": name,
            "value": study.mechanisms.get(name, mechanism.default),
            "set_by": THIS_STUDY if name in study.mechanisms else "default",
            "meaning": mechanism.meaning,
        }
        for name, mechanism in mechanisms.items()
    ]


def parameter_rows(study: Study, declarations: Declarations | None = None) -> list[Row]:
    """Every number of the resolved study: of its places, of the model, and of the policies it uses."""
    known = declarations or declared()
    rows: list[Row] = []
    regions = study.regions
    inside = {name for counties in regions.values() for name in counties}
    for name, place in study.places.items():
        if name not in inside:
            rows += _place_rows(f"place.{name}", place)
    for region, counties in regions.items():
        rows += _region_rows(f"place.{region}", [study.places[name] for name in counties])
    for name, parameter in known.parameters.items():
        set_here = name in study.parameters
        rows.append(_given_row(name, "", parameter, study.parameters[name]) if set_here else _row(name, "", parameter))
        for scenario, own in study.scenario_parameters.items():
            if name in own:
                rows.append(_given_row(name, scenario, parameter, own[name]))
    rows += _policy_rows(study, known)
    if study.draw_parameters:
        for row in rows:
            row["value"] = _drawn_value(row)
    return rows


def own_rows(study: Study, declarations: Declarations | None = None) -> list[Row]:
    """What this study sets: its places' totals, mechanisms, parameters and the settings of its scenarios."""
    rows = [
        {"parameter": row["parameter"], "scenario": row["scenario"], "value": row["value"], "unit": row["unit"]}
        for row in parameter_rows(study, declarations)
        if row["source"] == THIS_STUDY or row["parameter"].split(".")[-1] in PLACE_TOTALS or _of_its_own(row)
    ]
    switched = [
        {"parameter": f"mechanism {row['mechanism']}", "scenario": "", "value": row["value"], "unit": ""}
        for row in mechanism_rows(study, declarations)
        if row["set_by"] == THIS_STUDY
    ]
    part = [{"parameter": "scale", "scenario": "", "value": study.scale, "unit": "share of the households simulated"}]
    groups = [{"parameter": "groups", "scenario": "", "value": list(study.groups), "unit": ""}]
    return (part if study.scale < 1 else []) + (groups if study.groups else []) + rows + switched


def _of_its_own(row: Row) -> bool:
    """Whether a place says this in place of a number of the model, or how much of it is simulated."""
    parts = row["parameter"].split(".")
    return parts[0] == "place" and parts[2] in PlaceKeys.model_fields


def ten_rows(study: Study, declarations: Declarations | None = None) -> list[Row]:
    """The free numbers of the model and of the policies in use that move poverty most, by their `rank`."""
    known = declarations or declared()
    used = {name for scenario in study.scenarios.values() for name in scenario}
    own = {f"{policy}.{key}": p for policy in used for key, p in known.policies[policy].parameters.items()}
    rank = {name: p.rank for name, p in {**known.parameters, **own}.items() if p.rank is not None}
    by_name = {row["parameter"]: row for row in parameter_rows(study, known) if not row["scenario"]}
    kept = ("parameter", "value", "unit", "range", "meaning")
    return [{key: by_name[name][key] for key in kept} for name in sorted(rank, key=lambda name: rank[name])][
        :SHOWN_FIRST
    ]


def _drawn_value(row: Row) -> Any:
    """What stands for the value of a number that each replicate draws; a dated series is scaled as a whole."""
    fixed_place = row["parameter"].startswith("place.") and row["parameter"].split(".")[2] in FIXED_OF_PLACE
    if not (row["free"] and row["range"]) or fixed_place or isinstance(row["value"], str | bool):
        return row["value"]
    return f"drawn in {row['range']}" + (" times the default" if isinstance(row["value"], Mapping) else "")


def _policy_rows(study: Study, known: Declarations) -> Iterator[Row]:
    """Defaults of every policy in use, then what single scenarios set."""
    used = dict.fromkeys(name for scenario in study.scenarios.values() for name in scenario)
    for policy in used:
        for key, parameter in known.policies[policy].parameters.items():
            name = f"{policy}.{key}"
            yield _row(name, "", parameter)
            for scenario, policies in study.scenarios.items():
                if key in policies.get(policy, {}):
                    yield _given_row(name, scenario, parameter, policies[policy][key])


def _row(name: str, scenario: str, parameter: Any) -> Row:
    bounded = parameter.low is not None and parameter.high is not None
    return {
        "parameter": name,
        "scenario": scenario,
        "value": "unlimited" if parameter.value is None else parameter.value,
        "unit": parameter.unit,
        "free": "free" if parameter.free else "",
        "range": f"{parameter.low:g}..{parameter.high:g}" if bounded else "",
        "confidence": parameter.confidence,
        "source": parameter.source,
        "meaning": parameter.meaning,
    }


def _given_row(name: str, scenario: str, parameter: Any, value: Any) -> Row:
    row = _row(name, scenario, parameter)
    alone = isinstance(value, Mapping) and not (parameter.extend == "zero" or parameter.optional)
    return row | {
        "value": "unlimited" if value is None else f"{cell_text(value)}; other years as by default" if alone else value,
        "free": "",
        "range": "",
        "confidence": "set",
        "source": THIS_STUDY,
    }


def _place_rows(path: str, part: Any, source: str = "the place file", confidence: str = "set") -> list[Row]:
    """Rows of every number in a place, however deep; those without a source of their own have that of their group."""
    if isinstance(part, BaseModel):
        source, confidence = getattr(part, "source", source), getattr(part, "confidence", confidence)
        if "value" in type(part).model_fields:
            return [_figure_row(path, part.value, part.unit, source, confidence, part.range)]  # type: ignore[attr-defined]
    elif isinstance(part, int | float) and not isinstance(part, bool):
        return [_figure_row(path, part, path.rpartition(".")[2], source, confidence, None)]
    return [row for name, item in _parts(part) for row in _place_rows(f"{path}.{name}", item, source, confidence)]


def _region_rows(path: str, counties: Sequence[Any]) -> list[Row]:
    """One row for a figure of all counties of a region: its value where it is the same in all, else sum and span."""
    found: dict[str, list[Row]] = {}
    for county in counties:
        for row in _place_rows(path, county):
            found.setdefault(row["parameter"], []).append(row)
    result = []
    for rows in found.values():
        result.append(rows[0] | _alike_or_span(rows))
    return result


def _alike_or_span(rows: list[Row]) -> Row:
    values = [row["value"] for row in rows]
    if all(value == values[0] for value in values):
        return {}
    if isinstance(values[0], Mapping):  # by year
        years = sorted({year for value in values for year in value})
        sums = {year: sum(value.get(year, 0) for value in values) for year in years}
        return {"value": f"{cell_text(sums)} in all, in {len(rows)} counties", "range": ""}
    low, high = (str(x) if rows[0]["unit"] == "deadline" else f"{x:,.12g}" for x in (min(values), max(values)))
    span = f"{low} to {high} in {len(rows)} counties"
    whole = f"{sum(values):,} in all, " if rows[0]["unit"] in COUNTS else ""
    return {"value": whole + span, "range": ""}


def _parts(part: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(part, BaseModel):
        skipped = {"code", "year", "region"} | ({"sample"} if getattr(part, "sample", 0) == 1 else set())
        return [(name, getattr(part, name)) for name in type(part).model_fields if name not in skipped]
    if isinstance(part, Mapping):
        return list(part.items())
    if isinstance(part, list | tuple):
        return [(str(getattr(item, "name", position)), item) for position, item in enumerate(part)]
    return []


def _figure_row(path: str, value: float, unit: str, source: str, confidence: str, bounds: Any) -> Row:
    return {
        "parameter": path,
        "scenario": "",
        "value": value,
        "unit": unit,
        "free": "free" if confidence in FREE else "",
        "range": f"{bounds[0]:g}..{bounds[1]:g}" if bounds else "",
        "confidence": confidence,
        "source": source,
        "meaning": "",
    }
