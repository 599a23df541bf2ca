"""Check one value of a study against its declaration: type, unit, bounds, choices, years."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from tuopin.agents.parameters import Parameter
from tuopin.agents.place_keys import FIRST_YEAR, LAST_YEAR
from tuopin.sim.study.document import Document
from tuopin.sim.study.problems import Index, Path, shown

Years = tuple[int, int]


class Invalid:
    """Stands for a value that was reported and cannot be used."""


INVALID: Final = Invalid()


def check_value(document: Document, path: Path, raw: object, declared: Parameter, years: Years) -> Any:
    """Return `raw` in the type of its declaration, or INVALID after noting every mistake in `document`.

    `raw` is a scalar, a mapping year -> number where the declaration is by year, or either of them in the form
    ``{value: ..., unit: ...}``, whose unit must be the declared one. Years must lie in `years` (first, last), or in
    those that the declared series itself spans.
    """
    if isinstance(raw, Mapping) and "value" in raw:
        if not _check_unit(document, path, raw, declared):
            return INVALID
        return check_value(document, (*path, "value"), raw["value"], declared, years)
    if isinstance(raw, Mapping) and declared.by_year:
        return _check_years(document, path, raw, declared, years)
    default: object = declared.value  # a policy of another package may declare a list
    if isinstance(default, list | tuple):
        return _check_list(document, path, raw, declared)
    return _check_scalar(document, path, raw, declared)


def allowed_values(declared: Parameter) -> str:
    """What a value of `declared` may be, e.g. ``allowed: a number from 0 up (yuan), or a mapping year: number``."""
    unit = f" ({declared.unit})" if declared.unit and declared.unit not in ("1", "-") else ""
    by_year = ", or a mapping year: number" if declared.by_year else ""
    null = ", or null for unlimited" if declared.optional else ""
    if declared.choices:
        return f"allowed: {', '.join(_written(choice) for choice in declared.choices)}{unit}{by_year}{null}"
    if isinstance(declared.value, bool):
        return "allowed: true or false"
    if isinstance(declared.value, str):
        return "allowed: text"
    low, high = declared.minimum, declared.maximum
    kind = "whole number" if declared.whole else "number"
    if low is not None and high is not None:
        bounds = f"a {kind} in {low:g}..{high:g}"
    elif low is not None:
        bounds = f"a {kind} from {low:g} up"
    elif high is not None:
        bounds = f"a {kind} up to {high:g}"
    else:
        bounds = f"a {kind}"
    return f"allowed: {bounds}{unit}{by_year}{null}"


def _check_unit(document: Document, path: Path, raw: Mapping[Any, Any], declared: Parameter) -> bool:
    good = True
    for key in raw:
        if key not in ("value", "unit"):
            document.add((*path, key), f"unknown key '{key}'", "allowed: value, unit")
            good = False
    if "unit" in raw and raw["unit"] != declared.unit:
        document.add((*path, "unit"), f"wrong unit, is {shown(raw['unit'])}", f"allowed: {declared.unit}")
        good = False
    return good


def _check_years(document: Document, path: Path, raw: Mapping[Any, Any], declared: Parameter, years: Years) -> Any:
    if not raw:
        document.add(path, "is an empty mapping {}", allowed_values(declared))
        return INVALID
    result: dict[int, Any] = {}
    if declared.programme_years:
        years = 1, LAST_YEAR - FIRST_YEAR
    elif isinstance(declared.value, Mapping):  # a series that reaches beyond the study, e.g. held from an earlier year
        years = min(years[0], *declared.value), max(years[1], *declared.value)
    for year, value in raw.items():
        here = (*path, year)
        if not isinstance(year, int) or isinstance(year, bool):
            document.add(here, f"'{year}' is not a year", f"allowed: years {years[0]}..{years[1]} as keys")
            continue
        if not years[0] <= year <= years[1]:
            whose = "of a programme (1 is its start)" if declared.programme_years else "of the study"
            document.add(here, f"{year} is outside the years {whose}", f"allowed: {years[0]}..{years[1]}")
            continue
        result[year] = _check_scalar(document, here, value, declared)
    good = len(result) == len(raw) and INVALID not in result.values()
    return dict(sorted(result.items())) if good else INVALID


def _check_list(document: Document, path: Path, raw: object, declared: Parameter) -> Any:
    if not isinstance(raw, list):
        document.add(path, f"is {shown(raw)}, not a list", f"{allowed_values(declared)}, as a list")
        return INVALID
    items = [_check_scalar(document, (*path, Index(position)), item, declared) for position, item in enumerate(raw)]
    return INVALID if INVALID in items else items


def _check_scalar(document: Document, path: Path, raw: object, declared: Parameter) -> Any:
    if raw is None and declared.optional and path not in document.blank:
        return None
    wrong, value = _judge(raw, declared)
    if wrong is None:
        return value
    document.add(path, wrong, allowed_values(declared))
    return INVALID


def _judge(raw: object, declared: Parameter) -> tuple[str | None, Any]:
    default = _example(declared.value)
    if declared.choices:
        for choice in declared.choices:
            if raw == choice and isinstance(raw, bool) == isinstance(choice, bool):
                return None, choice
        return f"is {shown(raw)}, which is no choice here", raw
    if isinstance(default, bool):
        return (None, raw) if isinstance(raw, bool) else (f"is {shown(raw)}, not true or false", raw)
    if isinstance(default, str):
        return (None, raw) if isinstance(raw, str) else (f"is {shown(raw)}, not text", raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return f"is {shown(raw)}, not a number{_by_year_hint(raw, declared)}", raw
    return _judge_number(raw, declared, whole=declared.whole or isinstance(default, int))


def _judge_number(raw: int | float, declared: Parameter, *, whole: bool) -> tuple[str | None, int | float]:
    try:
        number = float(raw)
    except OverflowError:
        return f"is {shown(raw)}, too large", raw
    if not math.isfinite(number):
        return f"is {shown(raw)}, not a finite number", raw
    if declared.minimum is not None and number < declared.minimum:
        return f"is {shown(raw)}, below {declared.minimum:g}", raw
    if declared.maximum is not None and number > declared.maximum:
        return f"is {shown(raw)}, above {declared.maximum:g}", raw
    if declared.whole and not number.is_integer():
        return f"is {shown(raw)}, not a whole number", raw
    return None, int(number) if whole and number.is_integer() else number


def _by_year_hint(raw: object, declared: Parameter) -> str:
    return " (it does not change by year)" if isinstance(raw, Mapping) and not declared.by_year else ""


def _example(default: object) -> object:
    """One value of the default's type: of a dated series or a list its first."""
    if isinstance(default, Mapping):
        return next(iter(default.values()), 0.0)
    if isinstance(default, list | tuple):
        return default[0] if default else 0.0
    return default


def _written(choice: object) -> str:
    return ("true" if choice else "false") if isinstance(choice, bool) else str(choice)
