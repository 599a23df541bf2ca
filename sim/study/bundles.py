"""Scenarios made of other scenarios and of bundles, written out as plain packages of policies before any is checked.

A scenario may begin from another (``base``), take in bundles (``use``), set a parameter of all its policies that do not
set it themselves (``every``), have numbers of the model for itself (``parameters``), and has policies of its own, which
win. What is written out keeps the lines of where it
was said, so that a mistake in it is told there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from tuopin.agents.parameters import Parameter
from tuopin.policies.settings import common_parameters
from tuopin.sim.study.declarations import Declarations
from tuopin.sim.study.document import Document
from tuopin.sim.study.names import PLAIN_NAME, is_name
from tuopin.sim.study.problems import Index, Path, nearest, one_of, shown
from tuopin.sim.study.rules import PARAMETERS, check_package, check_scenario_parameters
from tuopin.sim.study.shipped import BUNDLES_FILE
from tuopin.sim.study.values import Years
from tuopin.sim.study.yaml_file import read_document

BASE, USE, EVERY, _ = WORDS = ("base", "use", "every", PARAMETERS)
"""Keys of a scenario that are no policy: no policy may be called so (`tuopin.policies.catalogue`)."""
BUNDLES = "bundles"


@dataclass(frozen=True)
class Said:
    """A value, and where it stands."""

    value: Any
    path: Path
    bundle: str = ""


@dataclass
class Package:
    """What is said of a scenario so far: policy -> parameter, and of all policies alike."""

    policies: dict[str, dict[str, Said]] = field(default_factory=dict)
    heads: dict[str, Said] = field(default_factory=dict)
    """Where each policy is named; the value is what stands there if that is no mapping."""
    every: dict[str, Said] = field(default_factory=dict)
    parameters: dict[str, Said] = field(default_factory=dict)
    """Numbers of the model, by id."""

    def copy(self) -> Package:
        """Return an independent copy."""
        policies = {name: dict(said) for name, said in self.policies.items()}
        return Package(policies, dict(self.heads), dict(self.every), dict(self.parameters))

    def take(self, other: Package) -> None:
        """Add what `other` says; where both speak it wins."""
        for name, said in other.policies.items():
            self.policies.setdefault(name, {}).update(said)
        self.heads.update(other.heads)
        self.every.update(other.every)
        self.parameters.update(other.parameters)


@cache
def shipped_bundles() -> Mapping[str, Any]:
    """The bundles that come with Tuopin: policy -> parameter -> value by name, each with `label` and `zh`."""
    found: Mapping[str, Any] = read_document(BUNDLES_FILE, what="a file of bundles").data
    return found


def write_out(document: Document, known: Declarations, years: Years) -> dict[str, dict[str, Any]]:
    """Put plain packages of policies in the place of the scenarios of `document`; mistakes go to it.

    The file's own bundles are checked as scenarios are; what is wrong in one is told there and not taken in. Returned
    are the numbers of the model that scenarios have for themselves, checked: scenario -> id -> value, of those that
    have any.
    """
    bundles = _bundles(document, known, years)
    scenarios = document.data.get("scenarios")
    if not isinstance(scenarios, Mapping):
        return {}
    if not bundles.own and not any(isinstance(raw, Mapping) and set(raw) & set(WORDS) for raw in scenarios.values()):
        return {}
    made: dict[str, Package] = {}
    plain: dict[Any, Any] = {}
    parameters: dict[str, dict[str, Any]] = {}
    for name, raw in scenarios.items():
        package = _package_of(document, name, scenarios, bundles, made, ())
        if not isinstance(raw, Mapping):
            plain[name] = raw
            continue
        here = ("scenarios", name)
        plain[name] = _plain(document, here, package, known.policies)
        for id, said in package.parameters.items():
            _stand(document, said.path, (*here, PARAMETERS, id), said.value)
        given = {id: said.value for id, said in package.parameters.items()}
        if own := check_scenario_parameters(document, (*here, PARAMETERS), given, known.parameters, years):
            parameters[str(name)] = own
    document.data["scenarios"] = plain
    return parameters


@dataclass(frozen=True)
class _Bundles:
    known: Mapping[str, Package]
    own: frozenset[str]


def _bundles(document: Document, declared: Declarations, years: Years) -> _Bundles:
    """The shipped bundles and the file's own."""
    policies = declared.policies
    known = {name: _read(raw, (BUNDLES, name), name, {"label", "zh"}) for name, raw in shipped_bundles().items()}
    raw, path = document.data.get(BUNDLES), (BUNDLES,)
    if raw is not None and not isinstance(raw, Mapping):
        document.add(path, f"is {shown(raw)}, not a mapping", "allowed: a mapping of bundle names to policies")
        raw = None
    own = set()
    for name, given in (raw or {}).items():
        here = (*path, name)
        if not is_name(name):
            document.add(here, f"'{name}' is not a bundle name", f"allowed: {PLAIN_NAME}")
        elif name in shipped_bundles():
            document.add(here, f"'{name}' is a bundle that comes with Tuopin", "allowed: another name")
        elif given is not None and not isinstance(given, Mapping):
            document.add(here, f"is {shown(given)}, not a mapping", "allowed: a mapping of policies to parameters")
        else:
            for word in sorted({BASE, USE} & set(given or {})):
                document.add((*here, word), f"a bundle has no '{word}'", one_of([EVERY, PARAMETERS, *sorted(policies)]))
            right = {key: value for key, value in (given or {}).items() if key not in WORDS}
            before = len(document.problems)
            check_package(document, here, right, policies, years)
            own_numbers = (given or {}).get(PARAMETERS)
            if isinstance(own_numbers, Mapping):
                check_scenario_parameters(document, (*here, PARAMETERS), own_numbers, declared.parameters, years)
            sound = len(document.problems) == before
            known[str(name)] = _read(given or {}, here, str(name), {BASE, USE}) if sound else Package()
            own.add(str(name))
    return _Bundles(known, frozenset(own))


def _read(raw: Mapping[Any, Any], path: Path, bundle: str = "", other: set[str] | None = None) -> Package:
    """What a bundle or a scenario says itself."""
    package = Package()
    for name, given in raw.items():
        here = (*path, name)
        if name in (EVERY, PARAMETERS):
            if isinstance(given, Mapping):
                said = {str(key): Said(value, (*here, key), bundle) for key, value in given.items()}
                package.every, package.parameters = (
                    (said, package.parameters) if name == EVERY else (package.every, said)
                )
            elif given is not None:
                package.heads[name] = Said(given, here, bundle)
        elif name not in (other or set()):
            package.heads[name] = Said(given, here, bundle)
            entries = given.items() if isinstance(given, Mapping) else ()
            package.policies[name] = {key: Said(value, (*here, key), bundle) for key, value in entries}
    return package


def _package_of(
    document: Document,
    name: Any,
    scenarios: Mapping[Any, Any],
    bundles: _Bundles,
    made: dict[str, Package],
    path: tuple[Any, ...],
) -> Package:
    """The whole package of a scenario; `path` are the scenarios being made that begin from it."""
    if name in made:
        return made[name]
    raw = scenarios[name]
    if not isinstance(raw, Mapping):
        return Package()
    here = ("scenarios", name)
    package, base = Package(), raw.get(BASE)
    if base is not None:
        others = [str(other) for other in scenarios if other != name]
        if base in (*path, name):
            chain = " -> ".join(str(step) for step in (*path, name, base))
            document.add((*here, BASE), f"begins from itself ({chain})", one_of(others))
        elif not isinstance(base, str) or base not in scenarios:
            wrong = f"'{base}' is no scenario{nearest(base, others)}" if isinstance(base, str) else f"is {shown(base)}"
            document.add((*here, BASE), wrong, one_of(others))
        else:
            package = _package_of(document, base, scenarios, bundles, made, (*path, name)).copy()
    own = _read(raw, here, other={BASE, USE})
    package.take(_used(document, here, raw.get(USE), bundles, own))
    package.take(own)
    made[name] = package
    return package


def _used(document: Document, here: Path, raw: object, bundles: _Bundles, own: Package) -> Package:
    """The bundles a scenario uses, as one package; two that give one parameter other values are a mistake."""
    names = [raw] if isinstance(raw, str) else raw
    package, path = Package(), (*here, USE)
    if names is None:
        return package
    if not isinstance(names, Sequence):
        document.add(path, f"is {shown(raw)}", "allowed: the name of a bundle, or a list of names")
        return package
    for position, name in enumerate(names):
        at = path if isinstance(raw, str) else (*path, Index(position))
        if not isinstance(name, str) or name not in bundles.known:
            wrong = f"'{name}' is no bundle{nearest(name, bundles.known)}" if isinstance(name, str) else None
            document.add(at, wrong or f"is {shown(name)}", one_of(sorted(bundles.known)))
            continue
        bundle = bundles.known[name]
        parts = [
            (EVERY, package.every, bundle.every, own.every),
            (PARAMETERS, package.parameters, bundle.parameters, own.parameters),
        ]
        for policy, said in bundle.policies.items():
            parts.append((policy, package.policies.get(policy, {}), said, own.policies.get(policy, {})))
        for policy, before, new, decided in parts:
            for key in [key for key in new if key in before and before[key].value != new[key].value]:
                if key not in decided:
                    wrong = (
                        f"the bundles '{before[key].bundle}' and '{name}' give {policy}.{key} other values: "
                        f"{shown(before[key].value)} and {shown(new[key].value)}"
                    )
                    document.add(at, wrong, f"allowed: one of them, or {policy}.{key} of the scenario's own")
        package.take(_moved(bundle, at) if name not in bundles.own else bundle)
    return package


def _moved(bundle: Package, path: Path) -> Package:
    """A shipped bundle, whose values are told where the study uses it."""
    return Package(
        {
            policy: {key: replace(one, path=path) for key, one in said.items()}
            for policy, said in bundle.policies.items()
        },
        {policy: replace(one, path=path) for policy, one in bundle.heads.items()},
        {key: replace(one, path=path) for key, one in bundle.every.items()},
        {id: replace(one, path=path) for id, one in bundle.parameters.items()},
    )


def _plain(document: Document, here: Path, package: Package, policies: Mapping[str, Any]) -> dict[Any, Any]:
    """The package as a mapping of policies to parameters, each at the line where it is said."""
    plain: dict[Any, Any] = {}
    for name, head in package.heads.items():
        if name in (EVERY, PARAMETERS):
            document.add(
                head.path, f"is {shown(head.value)}, not a mapping", "allowed: a mapping of parameters to values"
            )
            continue
        _stand(document, head.path, (*here, name))
        if head.value is not None and not isinstance(head.value, Mapping):
            plain[name] = head.value
            continue
        plain[name] = {}
        for key, said in package.policies.get(name, {}).items():
            plain[name][key] = said.value
            _stand(document, said.path, (*here, name, key), said.value)
    for key, said in package.every.items():
        takers = _takers(document, said, key, plain, policies)
        for name in takers:
            if key not in plain[name]:
                plain[name][key] = said.value
                _stand(document, said.path, (*here, name, key), said.value)
    return plain


def _takers(
    document: Document, said: Said, key: str, plain: Mapping[Any, Any], policies: Mapping[str, Any]
) -> list[Any]:
    """The policies of a package that have a common parameter."""
    common = _common()
    if key not in common:
        wrong = f"'{key}' is no parameter that every policy has{nearest(key, common)}"
        document.add(said.path, wrong, one_of(sorted(common)))
        return []
    takers = [name for name in plain if name in policies and key in policies[name].parameters]
    if not takers:
        document.add(said.path, f"no policy of the scenario takes '{key}'", "allowed: a scenario with policies")
    return [name for name in takers if isinstance(plain[name], dict)]


@cache
def _common() -> Mapping[str, Parameter]:
    return common_parameters("every")


def _stand(document: Document, source: Path, target: Path, value: object = None) -> None:
    """Let `target`, and what is in it, stand on the lines of `source`."""
    if source == target:
        return
    if source in document.lines:
        document.lines[target] = document.lines[source]
    else:
        document.lines[target] = document.line(source)
    if source in document.columns:
        document.columns[target] = document.columns[source]
    if isinstance(value, Mapping):
        for key, part in value.items():
            _stand(document, (*source, key), (*target, key), part)
