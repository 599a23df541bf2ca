"""Comparison of scenarios: paired differences, their intervals, and what a lasting exit cost."""
