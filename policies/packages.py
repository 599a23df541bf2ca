"""Which code a policy is: name, version and source hash of the packages that supply it."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import tuopin
from tuopin.policies.catalogue import catalogue, entry_point_of
from tuopin.policies.guard import is_built_in
from tuopin.policies.protocol import Policy

_OWN = ("agents", "policies", "sim/run", "sim/measures")
"""The folders of this package that decide a figure."""
_NOT_SOURCE = (".pyc", ".pyo", ".nbi", ".nbc")


def packages_of(policies: Iterable[str]) -> dict[str, str]:
    """Return version and source hash of every other package that supplies one of `policies`, by its name, sorted."""
    found: dict[str, str] = {}
    for name in policies:
        policy = catalogue()[name]
        if not is_built_in(policy):
            found |= _of_plug_in(policy)
    return dict(sorted(found.items()))


@cache
def own_source() -> str:
    """Return the SHA-256 of the sources of this package that decide a figure: households, policies, run, measures."""
    roots = [Path(folder) / part for folder in tuopin.__path__ for part in _OWN]
    return _digest(tuple(root for root in roots if root.is_dir()))


def _of_plug_in(policy: type[Policy]) -> dict[str, str]:
    """The package of a plug-in and those of the classes it builds on."""
    point = entry_point_of(policy.name)
    distribution = None if point is None else point.dist
    tops = dict.fromkeys(kind.__module__.partition(".")[0] for kind in policy.__mro__ if kind is not object)
    roots = {top: _roots(top) for top in tops if top not in ("tuopin", "builtins", "abc", "typing")}
    if distribution is None:
        return {top: f"unknown {_digest(tuple(paths))[:32]}" for top, paths in roots.items()}
    return {
        distribution.name: f"{distribution.version} {_digest(tuple(p for paths in roots.values() for p in paths))[:32]}"
    }


def _roots(module: str) -> list[Path]:
    """The folder or file of a top-level module; none if it has no file."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    if spec.submodule_search_locations:
        return [Path(folder) for folder in spec.submodule_search_locations]
    return [Path(spec.origin)] if spec.origin and Path(spec.origin).is_file() else []


@cache
def _digest(roots: tuple[Path, ...]) -> str:
    """SHA-256 over the names and contents of all source and data files below `roots`, wherever they are installed."""
    whole = hashlib.sha256()
    for root in roots:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in files:
            if path.suffix in _NOT_SOURCE or "__pycache__" in path.parts or not path.is_file():
                continue
            name = path.relative_to(root.parent).as_posix()
            whole.update(f"{len(name)} {name} ".encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
