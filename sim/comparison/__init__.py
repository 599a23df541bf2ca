"""Comparison of scenarios: paired differences, their intervals, and what a lasting exit cost."""

from tuopin.sim.comparison.headline import headline
from tuopin.sim.comparison.table import compare

__all__ = ["compare", "headline"]
