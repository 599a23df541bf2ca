"""Sourced numbers: every economic figure of the model lives in YAML with unit, source and confidence.

An entry is::

    inpatient_rate:
      value: 0.115            # or a mapping year -> value
      unit: per adult-year
      range: [0.08, 0.144]    # prior range; drawn uniformly when a study draws its parameters
      bounds: [0, 1]          # hard limits, checked when a study overrides the value
      source: ...
      confidence: confirmed-here
      meaning: ...

`confidence: modelling-choice` or `free` marks a free parameter: no source states it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from ruamel.yaml import YAML

from tuopin.agents.randomness import PARAMETERS, Luck

Value = float | int | str | bool
FREE = frozenset({"modelling-choice", "free"})
CONFIDENCES = frozenset(
    {"confirmed-here", "well-known", "approximate", "derived", "source-document", "modelling-choice", "free"}
)
_KNOWN = {
    "value",
    "unit",
    "range",
    "bounds",
    "choices",
    "by_year",
    "source",
    "confidence",
    "meaning",
    "zh",
    "extend",
    "programme_years",
    "optional",
}
_DIRECTORY = Path(__file__).parent / "parameters"
T = TypeVar("T", bound=tuple[Any, ...])
D = TypeVar("D")


@dataclass(frozen=True)
class Parameter:
    """One sourced number: `value` is a scalar or, if dated, a mapping year -> value."""

    name: str
    group: str
    value: Value | Mapping[int, float] | None
    unit: str
    source: str
    confidence: str
    meaning: str = ""
    zh: str = ""
    low: float | None = None
    high: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Value, ...] | None = None
    by_year: bool = False
    extend: str = "hold"
    optional: bool = False
    programme_years: bool = False
    """Whether years are those of a programme (1 = its first) and not of the calendar."""
    dated: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dated", isinstance(self.value, Mapping))  # asked a thousand times a run

    @property
    def free(self) -> bool:
        """Whether no source states it."""
        return self.confidence in FREE

    @property
    def id(self) -> str:
        """`group.name`, as a study's `parameters:` writes it."""
        return f"{self.group}.{self.name}"

    def at(self, year: int) -> Value | None:
        """Return the value of `year`; a dated series holds its first and last value beyond its ends (`extend: hold`)
        or is zero there (`extend: zero`: budgets, one-off amounts). None stands for unlimited where that is allowed.
        """
        if not self.dated:
            return self.value  # type: ignore[return-value]
        assert isinstance(self.value, Mapping)
        if year in self.value:
            return self.value[year]
        if self.extend == "zero" or not self.value:
            return 0.0
        earlier = [y for y in self.value if y < year]
        return self.value[max(earlier) if earlier else min(self.value)]


def read_parameters(path: Path, group: str) -> dict[str, Parameter]:
    """Read one parameter file; raises ValueError naming file and entry if it is malformed."""
    entries = YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}
    return {name: _parse(name, group, entry, path) for name, entry in entries.items()}


def _parse(name: str, group: str, entry: Mapping[str, Any], path: Path) -> Parameter:
    where = f"{path.name}: {name}"
    if unknown := set(entry) - _KNOWN:
        raise ValueError(f"{where}: unknown keys {sorted(unknown)}")
    if missing := {"value", "unit", "source", "confidence"} - set(entry):
        raise ValueError(f"{where}: missing {sorted(missing)}")
    if entry["confidence"] not in CONFIDENCES:
        raise ValueError(f"{where}: confidence {entry['confidence']!r} is not one of {sorted(CONFIDENCES)}")
    low, high = entry.get("range", (None, None))
    if entry["confidence"] in FREE and low is None and "choices" not in entry and not isinstance(entry["value"], bool):
        raise ValueError(f"{where}: a free parameter needs a prior range")
    minimum, maximum = entry.get("bounds", (None, None))
    dated = isinstance(entry["value"], Mapping)
    return Parameter(
        name=name,
        group=group,
        value=dict(entry["value"]) if dated else entry["value"],
        unit=entry["unit"],
        source=entry["source"],
        confidence=entry["confidence"],
        meaning=entry.get("meaning", ""),
        zh=entry.get("zh", ""),
        low=low,
        high=high,
        minimum=minimum,
        maximum=maximum,
        choices=tuple(entry["choices"]) if "choices" in entry else None,
        by_year=bool(entry.get("by_year", dated)),
        extend=entry.get("extend", "hold"),
        optional=bool(entry.get("optional", False)),
        programme_years=bool(entry.get("programme_years", False)),
    )


@cache
def model_parameters() -> dict[str, Parameter]:
    """Every parameter of the model by id (`group.name`); the policies' own are theirs."""
    found: dict[str, Parameter] = {}
    for path in sorted(_DIRECTORY.glob("*.yaml")):
        found.update({p.id: p for p in read_parameters(path, path.stem).values()})
    return found


class Parameters:
    """The resolved numbers of one run: look up by id and year, or fill a kernel's NamedTuple from a group."""

    def __init__(self, entries: Mapping[str, Parameter]) -> None:
        self._entries = dict(entries)
        self._numbers: dict[tuple[str, int], float] = {}
        self._derived: dict[tuple[Any, ...], Any] = {}

    def __getitem__(self, id: str) -> Parameter:
        return self._entries[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def remember(self, key: tuple[Any, ...], make: Callable[[], D]) -> D:
        """Return what `make` gave for `key` the first time; for what follows from the parameters and `key` alone."""
        if key not in self._derived:
            self._derived[key] = make()
        return cast(D, self._derived[key])

    def value(self, id: str, year: int = 0) -> float:
        """Return the number `id` in `year` as a float; raises KeyError for an unknown id."""
        key = (id, year)
        if key not in self._numbers:
            value = self._entries[id].at(year)
            if value is None:
                raise ValueError(f"{id} has no value")
            self._numbers[key] = float(value)
        return self._numbers[key]

    def fill(self, kind: Callable[..., T], group: str, year: int, **given: float) -> T:
        """Build the NamedTuple `kind` with each field taken from `given` or else from the parameter `group.field`."""
        fields = cast(type[NamedTuple], kind)._fields
        return kind(*(float(given[f]) if f in given else self.value(f"{group}.{f}", year) for f in fields))


def resolve_parameters(overrides: Mapping[str, Value | Mapping[int, float]], luck: Luck | None = None) -> Parameters:
    """Return the model's parameters with a study's overrides; with `luck`, free ones not overridden are drawn.

    A draw is uniform on the prior range and keyed by the parameter's id: it is alike in all scenarios of a replicate
    and does not change when other parameters are added. A dated free series is scaled as a whole.
    """
    entries = dict(model_parameters())
    for id, value in overrides.items():
        entries[id] = replace(entries[id], value=value)
    if luck is not None:
        entries = {id: p if id in overrides else draw_parameter(p, luck) for id, p in entries.items()}
    return Parameters(entries)


def draw_parameter(parameter: Parameter, luck: Luck) -> Parameter:
    """Return a free numeric parameter redrawn uniformly from its prior range; any other unchanged."""
    if not parameter.free or parameter.low is None or parameter.high is None:
        return parameter
    if parameter.value is None or isinstance(parameter.value, str | bool):
        return parameter
    u = float(luck.uniform(PARAMETERS, 0, np.array([name_key(parameter.id)]))[0])
    if isinstance(parameter.value, Mapping):
        # the range of a dated series is a range of multipliers around 1
        factor = parameter.low + u * (parameter.high - parameter.low)
        return replace(parameter, value={year: v * factor for year, v in parameter.value.items()})
    return replace(parameter, value=parameter.low + u * (parameter.high - parameter.low))


@cache
def name_key(name: str) -> int:
    """A 63-bit number that depends on the name alone (FNV-1a), to key luck by a parameter, market or firm."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value & 0x7FFFFFFFFFFFFFFF
