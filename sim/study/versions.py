"""Which programs made a result: equal versions give equal figures."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from tuopin.sim.study.plan import Plan

# A worker that differs in one of these is refused: they decide the figures.
DECISIVE = ("tuopin", "numpy")
PACKAGE = "package:"
_RECORDED = (*DECISIVE, "numba", "scipy", "pyarrow", "mesa")


@cache
def versions() -> dict[str, str]:
    """Version of Tuopin, Python and the libraries that decide the figures, and the machine's type."""
    found = {"python": platform.python_version(), "machine": platform.machine()}
    for name in _RECORDED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def made_with(plan: Plan) -> dict[str, str]:
    """`versions`, and those of the other packages whose policies `plan` uses, under names that begin with PACKAGE."""
    return versions() | {f"{PACKAGE}{name}": text for name, text in plan.packages.items()}


def other_packages(found: Mapping[str, str]) -> dict[str, str]:
    """The other packages among what `made_with` recorded, by their names."""
    return {name.removeprefix(PACKAGE): text for name, text in found.items() if name.startswith(PACKAGE)}


def changed_packages(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Which packages in both are not the same code, in words."""
    lines = []
    for name in sorted(set(before) & set(now)):
        (old, old_source), (new, new_source) = before[name].rpartition(" ")[::2], now[name].rpartition(" ")[::2]
        if old != new:
            lines.append(f"package {name}: was version {old}, now {new}")
        elif old_source != new_source:
            lines.append(f"package {name}: its source changed (version {new} both times)")
    return lines


def differing(other: Mapping[str, str | None]) -> list[str]:
    """What decides the figures and differs in `other`, as ``name X here, Y there``."""
    own = versions()
    return [
        f"{name} {own[name]} here, {other.get(name) or 'none'} there"
        for name in DECISIVE
        if own[name] != other.get(name)
    ]
