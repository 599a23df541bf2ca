"""The rules between the keys of a study: mechanisms, parameter overrides, scenarios and their policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tuopin.agents.columns import COLUMNS
from tuopin.agents.economy import YARDSTICKS
from tuopin.agents.groups import FURTHER
from tuopin.agents.mechanisms import Mechanism
from tuopin.agents.parameters import Parameter
from tuopin.policies.writes import contested
from tuopin.sim.study.declarations import broken_plug_in
from tuopin.sim.study.document import Document
from tuopin.sim.study.names import PLAIN_NAME, is_name
from tuopin.sim.study.problems import Index, Path, nearest, one_of, shown
from tuopin.sim.study.values import INVALID, Years, check_value

# Series of the model reach back into the burn-in and on past the last year: overrides may too.
SERIES_YEARS: Years = (1990, 2060)
PARAMETERS = "parameters"
GROUPS = tuple(trait.name for trait in FURTHER)
"""Groups that a study may ask for."""


def check_mechanisms(document: Document, mechanisms: Mapping[str, Mechanism]) -> dict[str, bool | str]:
    """Check ``mechanisms:``, a mapping of switches to one of their declared values."""
    result: dict[str, bool | str] = {}
    for name, raw in _mapping(document, ("mechanisms",), "a mapping of switches").items():
        path = ("mechanisms", name)
        if name not in mechanisms:
            document.add(path, f"unknown mechanism '{name}'{nearest(name, mechanisms)}", one_of(mechanisms))
            continue
        choices = mechanisms[name].choices
        if any(raw == choice and isinstance(raw, bool) == isinstance(choice, bool) for choice in choices):
            result[name] = raw
        else:
            written = ["true or false"] if set(choices) == {True, False} else [str(choice) for choice in choices]
            document.add(path, f"is {shown(raw)}", f"allowed: {' or '.join(written)}")
    return result


def check_parameters(document: Document, parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """Check ``parameters:``, a mapping ``group.name: value`` of overrides of the model's sourced numbers."""
    given = _mapping(document, (PARAMETERS,), "a mapping group.name: value")
    return _parameter_values(document, (PARAMETERS,), given, parameters)


def check_scenario_parameters(
    document: Document, here: Path, given: Mapping[Any, Any], parameters: Mapping[str, Parameter], years: Years
) -> dict[str, Any]:
    """Check ``parameters:`` at `here`, which a scenario or a bundle has for itself, and return its values.

    Beside what holds for a study's own, they act in simulated years only: the initial state, and the lines by which all
    scenarios are judged, are common to them.
    """
    allowed = {}
    for name, raw in given.items():
        path = (*here, name)
        if name not in parameters:
            allowed[name] = raw  # told below
        elif parameters[name].initial:
            wrong = f"'{name}' acts in the initial state alone or before it, which is common to all scenarios"
            document.add(path, wrong, f"allowed: {name} under {PARAMETERS}: of the study, for all its scenarios")
        elif name in YARDSTICKS:
            wrong = f"'{name}' is of what counts as poor or what money is worth, by which all scenarios are judged"
            document.add(path, wrong, f"allowed: {name} under {PARAMETERS}: of the study, for all its scenarios")
        else:
            allowed[name] = raw
            _check_simulated(document, path, raw, years)
    return _parameter_values(document, here, allowed, parameters)


def may_differ(parameter: Parameter) -> bool:
    """Whether a scenario may have a value of its own."""
    return not parameter.initial and parameter.id not in YARDSTICKS


def _check_simulated(document: Document, path: Path, raw: object, years: Years) -> None:
    """A year up to the initial one is no year of a scenario."""
    if isinstance(raw, Mapping) and "value" in raw:
        raw, path = raw["value"], (*path, "value")
    for year in raw if isinstance(raw, Mapping) else ():
        if isinstance(year, int) and not isinstance(year, bool) and year <= years[0]:
            wrong = f"{year} is not simulated: what was until the end of {years[0]} is common to all scenarios"
            document.add((*path, year), wrong, f"allowed: years from {years[0] + 1} on")


def _parameter_values(
    document: Document, here: Path, given: Mapping[Any, Any], parameters: Mapping[str, Parameter]
) -> dict[str, Any]:
    """The values of a mapping ``group.name: value`` at `here`; mistakes go to `document`."""
    result: dict[str, Any] = {}
    for name, raw in given.items():
        path = (*here, name)
        if name not in parameters:
            allowed = "allowed: the parameters that `tuopin explain` prints, as group.name"
            document.add(path, f"unknown parameter '{name}'{nearest(name, parameters)}", allowed)
            continue
        value = check_value(document, path, raw, parameters[name], SERIES_YEARS)
        if value is not INVALID:
            result[name] = value
    return result


def check_groups(document: Document) -> tuple[str, ...]:
    """Check ``groups:``, further groups that indicators are given for; returned in the order of the tables."""
    raw, path = document.data.get("groups"), ("groups",)
    if raw is None:
        return ()
    allowed = f"allowed: a list of {', '.join(GROUPS)}"
    if not isinstance(raw, list | tuple):
        document.add(path, f"is {shown(raw)}", allowed)
        return ()
    for position, name in enumerate(raw):
        here = (*path, Index(position))
        if not isinstance(name, str) or name not in GROUPS:
            wrong = f"unknown group '{name}'{nearest(name, GROUPS)}" if isinstance(name, str) else f"is {shown(name)}"
            document.add(here, wrong, one_of(GROUPS))
        elif name in raw[:position]:
            document.add(here, f"names '{name}' twice", "allowed: each group once")
    return tuple(name for name in GROUPS if name in raw)


def check_scenarios(
    document: Document, policies: Mapping[str, Any], years: Years
) -> dict[str, dict[str, dict[str, Any]]]:
    """Check ``scenarios:``, name -> policy -> parameter -> value. An empty scenario or policy (null) is ``{}``."""
    root = ("scenarios",)
    kind = "a mapping of scenario names to policies"
    if "scenarios" in document.data and document.data["scenarios"] in (None, {}):
        document.add(root, "has no scenario", f"allowed: {kind}, at least one")
        return {}
    result = {}
    for name, raw in _mapping(document, root, kind).items():
        path = (*root, name)
        if not is_name(name):
            document.add(path, f"'{name}' is not a scenario name", f"allowed: {PLAIN_NAME}")
        result[str(name)] = check_package(document, path, raw, policies, years)
    return result


def check_package(
    document: Document, path: Path, raw: object, policies: Mapping[str, Any], years: Years
) -> dict[str, dict[str, Any]]:
    """Check one package of policies at `path`, policy -> parameter -> value, and return its values."""
    found: dict[str, dict[str, Any]] = {}
    for name, here, given in _entries(document, path, raw, ("policy", "policies to parameters"), policies):
        found[name] = _policy(document, here, given, policies[name].parameters, years)
        others = [policies[other] for other in found if other != name]
        for other in others:
            if (both := contested((other, policies[name]))) is not None:
                said = f"{_claimed(both[2])}, as {other.name} does"
                document.add(here, said, f"allowed: one of {other.name} and {name} in a scenario")
                break
    return found


def _claimed(what: str) -> str:
    if "." in what:
        return f"sets the parameter '{what}'"
    return f"writes the column '{what}' of the households" if what in COLUMNS else f"holds '{what}'"


def _policy(
    document: Document, path: Path, raw: object, parameters: Mapping[str, Parameter], years: Years
) -> dict[str, Any]:
    entries = _entries(document, path, raw, ("parameter", "parameters to values"), parameters)
    values = {name: check_value(document, here, given, parameters[name], years) for name, here, given in entries}
    for name in ("budget", "slots"):
        if name in values and f"{name}_rate" in values:
            document.add(
                (*path, f"{name}_rate"), f"is given beside '{name}'", f"allowed: {name} or {name}_rate, not both"
            )
    return {name: value for name, value in values.items() if value is not INVALID}


def _entries(
    document: Document, path: Path, raw: object, kind: tuple[str, str], known: Mapping[str, Any]
) -> Iterator[tuple[str, Path, object]]:
    """Name, place and content of each entry of the mapping `raw` that is `known`; others go to `document`."""
    one, mapping = kind
    if raw is not None and not isinstance(raw, Mapping):
        document.add(path, f"is {shown(raw)}, not a mapping", f"allowed: a mapping of {mapping}, or {{}}")
        return
    for name, given in (raw or {}).items():
        here = (*path, name)
        if name in known:
            yield name, here, given
        elif one == "policy" and (broken := broken_plug_in(str(name))):
            document.add(here, *broken)
        else:
            document.add(here, f"unknown {one} '{name}'{nearest(name, known)}", one_of(sorted(known)))


def check_baseline(document: Document) -> None:
    """``baseline:`` must name a scenario of the study."""
    baseline, scenarios = document.data.get("baseline"), document.data.get("scenarios")
    if isinstance(baseline, str) and isinstance(scenarios, Mapping) and scenarios and baseline not in scenarios:
        names = [str(name) for name in scenarios]
        wrong = f"'{baseline}' is not a scenario of this study{nearest(baseline, names)}"
        document.add(("baseline",), wrong, one_of(names))


def _mapping(document: Document, path: Path, kind: str) -> Mapping[Any, Any]:
    raw = document.data.get(path[0])
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        document.add(path, f"is {shown(raw)}, not a mapping", f"allowed: {kind}")
        return {}
    return raw
