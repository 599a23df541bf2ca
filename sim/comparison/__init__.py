"""Comparison of scenarios: paired differences, their intervals, and what a lasting exit cost."""

from sim.comparison.headline import headline
from sim.comparison.table import compare

__all__ = ["compare", "headline"]
