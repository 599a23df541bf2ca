"""What a scenario does and what two of them differ in, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuopin.agents.draws import resolve_parameters
from tuopin.agents.parameters import Parameter
from tuopin.agents.place_parameters import has_own_numbers
from tuopin.sim.commands.tables import cell_text
from tuopin.sim.study.declarations import Declarations, declared
from tuopin.sim.study.names import years_text
from tuopin.sim.study.study import Study

Package = Mapping[str, Mapping[str, Any]]
SAME = "the same"


def scenario_rows(study: Study, declarations: Declarations | None = None) -> list[dict[str, Any]]:
    """Each scenario, and what it has that the baseline has not; of those that are one programme apart, which."""
    known = (declarations or declared()).policies
    rows = []
    for name, package in study.scenarios.items():
        if name == study.baseline:
            own = numbers_in_words(study, None, name)
            listed = _listed(package, known) or "no programme beyond what everybody has"
            text = "; ".join(["the baseline: " + listed, *own])
        else:
            apart = in_words(study.scenarios[study.baseline], package, known)
            own = numbers_in_words(study, study.baseline, name)
            text = "; ".join([*([] if own and apart == SAME else [apart]), *own])
        rows.append(
            {"scenario": name, f"against {study.baseline}": text, "one programme less than": _near(study, name)}
        )
    return rows


def in_words(first: Package, second: Package, known: Mapping[str, Any]) -> str:
    """What `second` does otherwise than `first`."""
    added = {name: second[name] for name in second if name not in first}
    gone = {name: first[name] for name in first if name not in second}
    parts = []
    if added:
        parts.append(f"adds {_listed(added, known)}")
    if gone:
        parts.append(f"leaves out {_listed({name: {} for name in gone}, known)}")
    for name in first:
        if name in second and dict(first[name]) != dict(second[name]):
            parts.append(
                f"changes {_called(name, known)}: {_changes(first[name], second[name], known[name].parameters)}"
            )
    return "; ".join(parts) or SAME


def numbers_in_words(study: Study, first: str | None, second: str) -> list[str]:
    """Which numbers of the model `second` has otherwise than `first`, or than the study (None), year by year."""
    before = {} if first is None else study.scenario_parameters.get(first, {})
    after = study.scenario_parameters.get(second, {})
    said = []
    for id in dict.fromkeys((*after, *before)):
        years, told = range(study.first_year + 1, study.last_year + 1), dict[str, list[str]]()
        for place, common in _common(study, id).items():
            old, new = (common.given(own[id]) if id in own else common for own in (before, after))
            for text in _by_year(old, new, years):
                told.setdefault(f"{id} {text}", []).append(place)
        said += [
            text + (f" ({', '.join(places)})" if len(told) > 1 and places[0] else "") for text, places in told.items()
        ]
    return [f"has from {study.first_year + 1} on {', '.join(said)}"] if said else []


def _common(study: Study, id: str) -> dict[str, Parameter]:
    """A number of the model as all scenarios have it, in each place that has numbers of its own, and in all others."""
    own = {name: place for name, place in study.places.items() if has_own_numbers(place)}
    found = {name: resolve_parameters(study.parameters, place=place)[id] for name, place in own.items()}
    return found if len(own) == len(study.places) else {"": resolve_parameters(study.parameters)[id], **found}


def _by_year(old: Parameter, new: Parameter, years: range) -> list[str]:
    """``3,000 for 3,721 in 2018``: where a number has other values, without the years where that is all of them."""
    found: dict[tuple[str, str], list[int]] = {}
    for year in years:
        if old.at(year) != new.at(year):
            found.setdefault((_value(new.at(year)), _value(old.at(year))), []).append(year)
    everywhere = any(len(where) == len(years) for where in found.values())
    return [
        f"{after} for {before}" + ("" if everywhere else f" in {years_text(where)}")
        for (after, before), where in found.items()
    ]


def _near(study: Study, name: str) -> str:
    """The scenarios that differ from `name` in one programme only, the baseline aside, and how."""
    if name == study.baseline:
        return ""
    known = declared().policies
    own = study.scenarios[name]
    said = []
    for other, package in study.scenarios.items():
        if study.scenario_parameters.get(name) != study.scenario_parameters.get(other):
            continue  # not the programme alone
        apart = [p for p in dict.fromkeys((*own, *package)) if own.get(p) != package.get(p)]
        if other not in (name, study.baseline) and len(apart) == 1 and len(own) < len(package):
            said.append(f"{other} {in_words(own, package, known)}" if apart[0] in known else other)
    return "; ".join(said)


def _listed(package: Package, known: Mapping[str, Any]) -> str:
    return ", ".join(_called(name, known) + _value_text(name, given, known) for name, given in package.items())


def _called(name: str, known: Mapping[str, Any]) -> str:
    return str(known[name].label).lower() if name in known else name


def _value_text(name: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> str:
    return f" ({_changes({}, given, known[name].parameters)})" if given else ""


def _changes(first: Mapping[str, Any], second: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """``take_up 0.7 for 0.85``: each setting that differs, with what stands in its place in the other."""
    said = []
    for key in dict.fromkeys((*second, *first)):
        default = parameters[key].value
        before, after = first.get(key, default), second.get(key, default)
        if before != after:
            said.append(f"{key} {_value(after)} for {_value(before)}")
    return ", ".join(said) or "as by default"


def _value(value: Any) -> str:
    return (
        "unlimited" if value is None else f"{{{cell_text(value)}}}" if isinstance(value, Mapping) else cell_text(value)
    )
