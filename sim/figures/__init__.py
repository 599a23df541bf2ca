"""Figures of a result (matplotlib): plain functions from frames to a `Figure`, and `draw_all` for a result's folder."""

from __future__ import annotations

from sim.figures.cost import draw_cost
from sim.figures.exit_relapse import draw_exit_relapse
from sim.figures.files import draw_all
from sim.figures.headcount import draw_headcount
from sim.figures.left_out import draw_left_out
from sim.figures.style import save
from sim.figures.survival import draw_survival

__all__ = [
    "draw_all",
    "draw_cost",
    "draw_exit_relapse",
    "draw_headcount",
    "draw_left_out",
    "draw_survival",
    "save",
]
