"""Which policies there are: those of this package, and those other packages add.

A folder two levels down, `policies/<family>/<module>/`, is a policy if its package names one as `POLICY`; another
package adds one by an entry point of the group `tuopin.policies`. A plug-in that cannot be used is left out and told
of by `broken_plug_ins`: it fails only the studies that name it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import traceback
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from tuopin import agents, policies
from tuopin.agents.columns import COLUMNS, Column
from tuopin.agents.parameters import Parameter, model_parameters
from tuopin.policies.guard import described
from tuopin.policies.ledger import BACKGROUND
from tuopin.policies.measures import measures
from tuopin.policies.older_protocols import refuse_older
from tuopin.policies.protocol import EVERY, FAMILIES, Policy
from tuopin.policies.reports import COMMON, Report
from tuopin.policies.trial import dead_plug_ins, nothing_else_changed
from tuopin.policies.units import LEVELS
from tuopin.policies.variants import variants_of
from tuopin.policies.writes import root

GROUP = "tuopin.policies"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class _Found(NamedTuple):
    policies: Mapping[str, type[Policy]]
    broken: Mapping[str, str]
    points: Mapping[str, EntryPoint]


def catalogue() -> Mapping[str, type[Policy]]:
    """Return every policy class that can be used, by name, sorted."""
    return _discover().policies


def broken_plug_ins() -> Mapping[str, str]:
    """Return why each plug-in that cannot be used cannot, by the name of its entry point (and of its policy)."""
    return _discover().broken


def entry_point_of(policy: str) -> EntryPoint | None:
    """Return the entry point that a policy comes by; None for a policy of this package."""
    return _discover().points.get(policy)


def built_in() -> dict[str, type[Policy]]:
    """Return the policies of this package by name, sorted; no plug-in is imported.

    Raises
    ------
    ValueError
        If two claim one name, or one is not what a policy has to be.
    """
    found: dict[str, type[Policy]] = {}
    for module in _modules():
        policy = importlib.import_module(module).POLICY
        _check(policy, module)
        if found.get(policy.name, policy) is not policy:
            raise ValueError(f"{module}: the policy name {policy.name!r} is already taken")
        variants = variants_of(policy)
        for wrong in _shared_names({policy.name: policy, **variants}, found):
            raise ValueError(f"{module}: {wrong}")
        found.update({policy.name: policy, **variants})
    return dict(sorted(found.items()))


@cache
def _discover() -> _Found:
    own = built_in()
    plugged: dict[str, tuple[type[Policy], EntryPoint]] = {}
    broken: dict[str, str] = {}
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    dead = dead_plug_ins(points)
    for point in points:
        if point.name in dead:
            broken[point.name] = f"{point.value}: cannot be imported: it {dead[point.name]}"
            continue
        try:
            with nothing_else_changed():
                policy = point.load()
            _check(policy, point.value)
            if policy.name in own and policy is not own[policy.name]:
                raise ValueError(f"{point.value}: the policy name {policy.name!r} is already taken")
            variants = variants_of(policy)
            known = {**own, **{name: kind for name, (kind, _) in plugged.items() if root(name) != policy.name}}
            if policy.name not in own:
                for wrong in _shared_names({policy.name: policy, **variants}, known):
                    raise ValueError(f"{point.value}: {wrong}")
        except (Exception, SystemExit, GeneratorExit) as error:
            broken[point.name] = _complaint(point, error)
            continue
        if policy.name in plugged and plugged[policy.name][0] is not policy:
            values = f"{plugged[policy.name][1].value} and {point.value}"
            broken[policy.name] = f"{values}: both claim the policy name {policy.name!r}"
        elif policy.name not in own:
            plugged.update({name: (one, point) for name, one in {policy.name: policy, **variants}.items()})
    good = {name: policy for name, (policy, _) in plugged.items() if root(name) not in broken}
    return _Found(dict(sorted({**own, **good}.items())), broken, {name: plugged[name][1] for name in good})


def _shared_names(new: Mapping[str, type[Policy]], known: Mapping[str, type[Policy]]) -> Iterator[str]:
    """What of policies would stand under one name with something else: columns, or figures that are not the same."""
    columns = {c.name: name for name, policy in known.items() for c in _all_columns(policy)}
    figures = {report.name: report for report in COMMON}
    figures |= {report.name: report for policy in known.values() for report in policy.reports}
    for name, policy in new.items():
        for column in _all_columns(policy):
            if (owner := columns.setdefault(column.name, name)) != name:
                yield f"its column {column.name!r} is one of {owner} too; allowed: another name of {name} or its column"
        for report in policy.reports:
            other = figures.setdefault(report.name, report)
            if (other.unit, other.stock) != (report.unit, report.stock):
                known_as = f"in {other.unit} with stock={other.stock}"
                yield f"its report {report.name!r} is known {known_as}; allowed: the same, or another name"


def _all_columns(policy: type[Policy]) -> tuple[Column, ...]:
    return (*policy.columns(), *policy.village_columns())


def _complaint(point: EntryPoint, error: BaseException) -> str:
    """What is wrong with a plug-in, on one line that begins with its entry point."""
    text = " ".join(described(error).split()) + _line(error)
    if isinstance(error, ValueError) and str(error).startswith(point.value):
        text = " ".join(str(error).split())
    else:
        text = f"{point.value}: cannot be imported: {text}"
    return text.encode("utf-8", "backslashreplace").decode()


def _line(error: BaseException) -> str:
    """The file and line of somebody else's code where an import failed, in brackets."""
    if isinstance(error, SyntaxError):
        return ""  # its text says so
    own = (*policies.__path__, *agents.__path__)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not frame.filename.startswith(("<", *own)) and "importlib" not in frame.filename:
            return f" ({frame.filename}:{frame.lineno})"
    return ""


def _modules() -> list[str]:
    """The import names of the policies of this package: every package in a family's folder."""
    families = [family.name for family in pkgutil.iter_modules(policies.__path__) if family.ispkg]
    return [
        f"{policies.__name__}.{family}.{module.name}"
        for family in families
        for module in pkgutil.iter_modules([f"{path}/{family}" for path in policies.__path__])
        if module.ispkg
    ]


def _check(policy: object, origin: str) -> None:
    """Raise ValueError, naming `origin`, unless `policy` is declared as policies are."""
    if not (isinstance(policy, type) and issubclass(policy, Policy)):
        raise ValueError(f"{origin}: a policy must be a subclass of tuopin.policies.protocol.Policy")
    for wrong in _wrong_declarations(policy):
        raise ValueError(f"{origin}: {wrong}")
    refuse_older(policy, origin)
    for wrong in _wrong_columns(policy):
        raise ValueError(f"{origin}: {wrong}")
    if policy.family and policy.family not in FAMILIES:
        raise ValueError(f"{origin}: the family {policy.family!r} is not one of {', '.join(FAMILIES)}")


def _wrong_declarations(policy: type[Policy]) -> Iterator[str]:
    name: object = getattr(policy, "name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield f"its name is {name!r}; allowed: up to 64 lower-case letters, digits and _, beginning with a letter"
    elif name in (*SCENARIO_WORDS, *BACKGROUND):
        yield f"its name is {name!r}, which a scenario or the accounts need; allowed: another name"
    for attribute in ("label", "label_zh"):
        if not isinstance(getattr(policy, attribute, None), str):
            yield f"it has no {attribute}; allowed: a text"
    for attribute in ("steps", "writes", "keeps", "influences", "sets", "measures", "holds", "variants"):
        given: object = getattr(policy, attribute)
        if not isinstance(given, tuple) or not all(isinstance(item, str) for item in given):
            yield f"its {attribute} are {given!r:.60}; allowed: a tuple of texts"
    if policy.level not in LEVELS:
        yield f"its level is {policy.level!r:.60}; allowed: {' or '.join(LEVELS)}"
    for measure in policy.measures if isinstance(policy.measures, tuple) else ():
        if measure not in measures():
            yield f"it delivers the measure {measure!r:.60}; allowed: {', '.join(measures())}"
    for process in policy.holds if isinstance(policy.holds, tuple) else ():
        if process not in PROCESSES:
            yield f"it holds {process!r:.60}; allowed: {', '.join(PROCESSES)}"
    tag: object = policy.exclusive
    if not isinstance(tag, str):
        yield f"its exclusive tag is {tag!r:.60}; allowed: a text"
    for variant in policy.variants if isinstance(policy.variants, tuple) else ():
        if not _NAME.fullmatch(str(variant)):
            yield f"its variant is {variant!r:.60}; allowed: lower-case letters, digits and _"
    reports: object = policy.reports
    if not isinstance(reports, tuple) or not all(isinstance(r, Report) and _NAME.fullmatch(r.name) for r in reports):
        yield f"its reports are {reports!r:.60}; allowed: a tuple of Report, each with a name of letters, digits and _"
    years: object = policy.capital_years
    if not isinstance(years, int) or isinstance(years, bool) or not 0 <= years <= MOST_CAPITAL_YEARS:
        yield f"its capital_years are {years!r:.60}; allowed: whole years from 0 to {MOST_CAPITAL_YEARS}"
    parameters: object = getattr(policy, "parameters", None)
    if not isinstance(parameters, Mapping) or not all(isinstance(p, Parameter) for p in parameters.values()):
        yield "its parameters are none; allowed: what policy_parameters reads from its YAML file"
    elif missing := sorted(_EVERY - set(parameters)):
        yield f"its parameters lack {', '.join(missing)}; allowed: what policy_parameters reads from its YAML file"


MOST_CAPITAL_YEARS = 100
PROCESSES = ("review",)
"""Processes of the model that a policy may hold."""
SCENARIO_WORDS = ("base", "use", "every", "parameters")
"""Keys of a scenario that are no policy."""


def _wrong_columns(policy: type[Policy]) -> Iterator[str]:
    for name in _FIXED:
        if inspect.getattr_static(policy, name) is not vars(Policy)[name]:
            yield f"it overrides {name}; allowed: the rules of docs/plugin.md, and `own_columns` for columns of its own"
    for id in (*policy.influences, *policy.sets):
        known = model_parameters()
        if id.startswith(EVERY) and _NAME.fullmatch(id.removeprefix(EVERY)):
            continue
        if id not in known or not _is_number(known[id]):
            yield f"it influences {id!r:.60}; allowed: ids of the model's numbers, as group.name, or every.name"
    for column in sorted(set(policy.writes) - COLUMNS.keys()):
        yield f"it writes {column!r:.60}, which is no column of all households; allowed: those of tuopin.agents.columns"


def _is_number(parameter: Parameter) -> bool:
    values = parameter.value.values() if isinstance(parameter.value, Mapping) else [parameter.value]
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


_FIXED = ("block", "columns", "since")
"""What the programme step and luck rest on: a policy with another sequence would share another's luck."""
_EVERY = {"budget", "slots", "start", "take_up", "leakage", "hours_per_household", "support_after_exit_months"}
"""Parameters that the programme step asks of every policy."""
