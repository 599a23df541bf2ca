"""Which programs made a result: equal versions give equal figures."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

# A worker that differs in one of these is refused: they decide the figures.
DECISIVE = ("tuopin", "numpy")
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


def differing(other: Mapping[str, str | None]) -> list[str]:
    """What decides the figures and differs in `other`, as ``name X here, Y there``."""
    own = versions()
    return [
        f"{name} {own[name]} here, {other.get(name) or 'none'} there"
        for name in DECISIVE
        if own[name] != other.get(name)
    ]
