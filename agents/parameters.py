"""Sourced numbers: every economic figure of the model stands in YAML with unit, source and confidence.

An entry is::

    inpatient_rate:
      value: 0.115            # or a mapping year -> value
      unit: per adult-year
      range: [0.08, 0.144]    # prior range, its mode at the value; drawn from it when a study draws its parameters
      bounds: [0, 1]          # hard limits: of the value, of the range and of what a study may set
      source: ...
      confidence: confirmed-here
      meaning: ...

`confidence: modelling-choice` or `free` marks a free parameter: no source states it. Every entry has `bounds`,
unless it lists its `choices` or is true or false; `whole: true` counts something. `rank` (1, 2, ...) marks the free
parameters that moved poverty most when each was set to the two ends of its range: `tuopin explain` shows them first.
`initial: true` marks what acts only in or before the initial state, which all scenarios share.
All of it is checked when the file is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

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
    "whole",
    "scaled",
    "rank",
    "initial",
}
_DIRECTORY = Path(__file__).parent / "parameters"
T = TypeVar("T", bound=tuple[Any, ...])
D = TypeVar("D")


@dataclass(frozen=True)
class Parameter:
    """One sourced number: `value` is a scalar or, if dated, a mapping year -> value.

    `changed` holds the years that a study names; all other years keep the `value`.
    """

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
    whole: bool = False
    changed: Mapping[int, float | None] = field(default_factory=dict)
    scaled: bool = False
    """Whether it counts something of the whole county (places, machines, staff) and so follows a study's scale."""
    rank: int | None = None
    """Place among the free parameters that move poverty most over their ranges; None for all others."""
    initial: bool = False
    """Whether it acts only in or before the initial state, so that no scenario may have a value of its own."""
    dated: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dated", isinstance(self.value, Mapping))  # asked a thousand times a run

    @property
    def free(self) -> bool:
        """Whether no source states it."""
        return self.confidence in FREE

    @property
    def id(self) -> str:
        """The name by which a study sets it, group and name with a dot between."""
        return f"{self.group}.{self.name}"

    def at(self, year: int) -> Value | None:
        """Return the value of `year`; None stands for unlimited where that is allowed.

        A dated series holds its first and last value beyond its ends (`extend: hold`) or is zero there (`extend: zero`:
        budgets, one-off amounts).
        """
        if self.changed and year in self.changed:
            return self.changed[year]
        return self.unchanged(year)

    def unchanged(self, year: int) -> Value | None:
        """The value of `year` without what a study names by year."""
        if not self.dated:
            return self.value  # type: ignore[return-value]
        assert isinstance(self.value, Mapping)
        if year in self.value:
            return self.value[year]
        if self.extend == "zero" or not self.value:
            return 0.0
        earlier = [y for y in self.value if y < year]
        return self.value[max(earlier) if earlier else min(self.value)]

    def given(self, value: Any) -> Parameter:
        """Return the parameter as a study sets it.

        A plain value stands for all years. A mapping changes the years it names and no other, except where the years
        left out have a meaning of their own (`extend: zero`, or unlimited by default: budgets and slots): there it is
        the whole series.
        """
        if not isinstance(value, Mapping):
            return replace(self, value=value, changed={})
        if self.extend == "zero" or self.optional:
            return replace(self, value=dict(value), changed={})
        return replace(self, changed={**self.changed, **value})

    @property
    def last_year(self) -> float:
        """The last year that the series itself gives; a plain value has none (infinity)."""
        return max(self.value) if isinstance(self.value, Mapping) and self.value else math.inf


def read_parameters(path: Path, group: str) -> dict[str, Parameter]:
    """Read one parameter file.

    Raises
    ------
    ValueError
        Naming file, line and entry, if it is malformed: a default, range or year outside its own bounds included.
    """
    text = path.read_text(encoding="utf-8")
    try:
        entries = YAML(typ="safe").load(text) or {}
    except YAMLError as error:
        raise ValueError(f"{path}:1: is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(entries, Mapping):
        raise ValueError(f"{path}:1: is not a mapping of names to entries")
    found = {}
    for name, entry in entries.items():
        line = next((n for n, row in enumerate(text.splitlines(), 1) if row.startswith(f"{name}:")), 1)
        found[name] = read_entry(name, group, entry, f"{path}:{line}: {name}")
    return found


def read_entry(name: str, group: str, entry: Any, where: str) -> Parameter:
    """Return one entry of a parameter file.

    Raises
    ------
    ValueError
        Beginning with `where`, if it is malformed.
    """
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where}: is not a mapping with value, unit, bounds, source, confidence")
    if unknown := set(entry) - _KNOWN:
        raise ValueError(f"{where}: unknown keys {sorted(map(str, unknown))}")
    if missing := {"value", "unit", "source", "confidence"} - set(entry):
        raise ValueError(f"{where}: missing {sorted(missing)}")
    if entry["confidence"] not in CONFIDENCES:
        raise ValueError(f"{where}: confidence {entry['confidence']!r} is not one of {sorted(CONFIDENCES)}")
    if entry.get("extend", "hold") not in ("hold", "zero"):
        raise ValueError(f"{where}: extend {entry['extend']!r} is not one of hold, zero")
    low, high = _pair(entry, "range", where)
    minimum, maximum = _pair(entry, "bounds", where)
    dated = isinstance(entry["value"], Mapping)
    parameter = Parameter(
        name=name,
        group=group,
        value=dict(entry["value"]) if dated else entry["value"],
        unit=str(entry["unit"]),
        source=str(entry["source"]),
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
        whole=bool(entry.get("whole", False)),
        scaled=bool(entry.get("scaled", False)),
        rank=entry.get("rank"),
        initial=bool(entry.get("initial", False)),
    )
    _check_entry(parameter, where)
    return parameter


def _pair(entry: Mapping[str, Any], key: str, where: str) -> tuple[float | None, float | None]:
    if key not in entry:
        return None, None
    pair = entry[key]
    if not (isinstance(pair, list) and len(pair) == 2 and all(map(_is_number, pair)) and pair[0] <= pair[1]):
        raise ValueError(f"{where}: {key} {pair!r} is not a pair [low, high] of numbers")
    return pair[0], pair[1]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _check_entry(p: Parameter, where: str) -> None:
    """Hold default, range and every year of a series against the bounds or choices, which every entry must have."""
    given: Any = p.value  # of whatever type a file may give
    values: list[Any] = list(given.values()) if isinstance(given, Mapping) else [given]
    if isinstance(given, list):
        values = given
    if p.choices is not None:
        for value in values:
            if not any(value == c and isinstance(value, bool) == isinstance(c, bool) for c in p.choices):
                raise ValueError(f"{where}: {value!r} is not one of its choices {list(p.choices)}")
        return
    if all(isinstance(value, bool) for value in values) and values:
        return
    if p.minimum is None or p.maximum is None:
        raise ValueError(f"{where}: needs bounds: [low, high], or choices: a list")
    if p.free and p.low is None:
        raise ValueError(f"{where}: a free parameter needs a prior range")
    if p.rank is not None and not (p.free and type(p.rank) is int and p.rank > 0):
        raise ValueError(f"{where}: rank {p.rank!r} is for free parameters, a whole number from 1")
    for value in values:
        if value is None and p.optional:
            continue
        if not _is_number(value) or not p.minimum <= value <= p.maximum:
            raise ValueError(f"{where}: the value {value!r} is not a number in its bounds {p.minimum:g}..{p.maximum:g}")
        if p.whole and value != int(value):
            raise ValueError(f"{where}: the value {value!r} is not whole")
    if p.low is not None and p.high is not None:
        # the range of a dated series is in multiples of it
        low, high = (0.0, math.inf) if p.dated else (p.minimum, p.maximum)
        if not (low <= p.low and p.high <= high):
            raise ValueError(f"{where}: the range {p.low:g}..{p.high:g} is outside {low:g}..{high:g}")
    if isinstance(given, Mapping):
        first, last = (1, 100) if p.programme_years else (1900, 2200)
        for year in given:
            if not (isinstance(year, int) and first <= year <= last):
                raise ValueError(f"{where}: {year!r} is not a year")


@cache
def model_parameters() -> dict[str, Parameter]:
    """Every parameter of the model by id (`group.name`); the policies' own are theirs."""
    found: dict[str, Parameter] = {}
    for path in sorted(_DIRECTORY.glob("*.yaml")):
        found.update({p.id: p for p in read_parameters(path, path.stem).values()})
    return found


class Parameters:
    """The resolved numbers of one run: look up by id and year, or fill a kernel's NamedTuple from a group.

    `past` are those of the initial state and the years before it: others only where a scenario has parameters of its
    own, which act from the first simulated year on.
    """

    def __init__(self, entries: Mapping[str, Parameter], past: Parameters | None = None) -> None:
        self._entries = dict(entries)
        self._past = past
        self._numbers: dict[tuple[str, int], float] = {}
        self._derived: dict[tuple[Any, ...], Any] = {}

    def __getitem__(self, id: str) -> Parameter:
        if id not in self._entries:
            raise KeyError(
                f"{id}: there is no such number; it belongs in agents/parameters/{id.partition('.')[0]}.yaml"
            )
        return self._entries[id]

    @property
    def entries(self) -> Mapping[str, Parameter]:
        """Every number by id, to be read only: scenarios share them."""
        return MappingProxyType(self._entries)

    @property
    def past(self) -> Parameters:
        """The numbers of the initial state and the years before it."""
        return self if self._past is None else self._past

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def given(self, values: Mapping[str, Any]) -> Parameters:
        """Return these numbers with `values` by id in their place from now on; the past stays what it was.

        Raises
        ------
        KeyError
            For an unknown id.
        """
        if not values:
            return self
        return Parameters({**self._entries, **{id: self[id].given(v) for id, v in values.items()}}, self.past)

    def moved(self, year: int, factors: Mapping[str, float], values: Mapping[str, float]) -> Parameters:
        """Return these numbers with, in `year` alone, `values` in their place and then `factors` times.

        What is moved is held in its bounds. The same move gives the same object again, so that what it remembers is
        worked out once.

        Raises
        ------
        KeyError
            For an unknown id.
        ValueError
            For what is no number.
        """
        factors = {id: factor for id, factor in factors.items() if factor != 1.0}
        if not factors and not values:
            return self
        ids = sorted({*factors, *values})

        def make() -> Parameters:
            changed = {id: _moved(self[id], year, factors.get(id, 1.0), values.get(id)) for id in ids}
            return Parameters({**self._entries, **changed}, self.past)

        return self.remember(("moved", year, *((id, factors.get(id), values.get(id)) for id in ids)), make)

    def remember(self, key: tuple[Any, ...], make: Callable[[], D]) -> D:
        """Return what `make` gave for `key` the first time; for what follows from the parameters and `key` alone."""
        if key not in self._derived:
            self._derived[key] = make()
        return cast(D, self._derived[key])

    def value(self, id: str, year: int = 0) -> float:
        """Return the number `id` in `year` as a float.

        Raises
        ------
        KeyError
            For an unknown id.
        """
        key = (id, year)
        if key not in self._numbers:
            value = self[id].at(year)
            if value is None:
                raise ValueError(f"{id} has no value")
            self._numbers[key] = float(value)
        return self._numbers[key]

    def fill(self, kind: Callable[..., T], group: str, year: int, **given: float) -> T:
        """Build the NamedTuple `kind` with each field taken from `given` or else from the parameter `group.field`."""
        fields = cast(type[NamedTuple], kind)._fields
        return kind(*(float(given[f]) if f in given else self.value(f"{group}.{f}", year) for f in fields))


def _moved(parameter: Parameter, year: int, factor: float, value: float | None) -> Parameter:
    """The parameter with its value of `year`, or `value`, times `factor`, in its bounds."""
    before = parameter.at(year) if value is None else value
    if isinstance(before, bool) or not isinstance(before, int | float):
        raise ValueError(f"{parameter.id} is no number that could be moved")
    least = -math.inf if parameter.minimum is None else parameter.minimum
    most = math.inf if parameter.maximum is None else parameter.maximum
    return replace(parameter, changed={**parameter.changed, year: min(max(before * factor, least), most)})


@cache
def name_key(name: str) -> int:
    """A 63-bit number that depends on the name alone (FNV-1a), to key luck by a parameter, market or firm."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value & 0x7FFFFFFFFFFFFFFF
