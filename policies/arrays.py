"""The arrays that rules of programmes take and return, by what they hold."""

from __future__ import annotations

from tuopin.agents.arrays import I64, Flags

Mask = Flags
"""One flag a household, shape (households,)."""
Rows = I64
"""Rows of households, ascending, shape (n,)."""
Places = I64
"""Where each of some rows finds room: index of a site or firm, -1 nowhere; shape (n,)."""
Fen = I64
"""Money in integers of 0.01 yuan."""
