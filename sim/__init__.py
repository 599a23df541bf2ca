"""Run it, measure it, compare it, show it: `from sim import Study, simulate, compare, Results`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.api import compare, simulate
    from sim.results import Results
    from sim.study import Study

__all__ = ["Results", "Study", "compare", "simulate"]

_HOMES = {"Results": "sim.results", "Study": "sim.study", "compare": "sim.api", "simulate": "sim.api"}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: the command line starts in a fraction of a second."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
