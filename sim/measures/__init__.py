"""Measures: pure functions on arrays (poverty, inequality, transitions, spells, targeting) and their names."""
