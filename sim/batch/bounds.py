"""How much one machine is asked for at most."""

from __future__ import annotations

MOST_WORKERS = 1_024
"""Processes: more is a slip of the finger, and every one of them takes a quarter of a gigabyte."""
MOST_SECONDS = 1e8
"""The longest time limit, three years: more does not fit an alarm."""
