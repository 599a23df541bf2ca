"""Figures of a result (matplotlib): plain functions from frames to a `Figure`, and `draw_all` for a result's folder."""

from __future__ import annotations

from tuopin.sim.figures.cost import draw_cost
from tuopin.sim.figures.exit_relapse import draw_exit_relapse
from tuopin.sim.figures.files import draw_all
from tuopin.sim.figures.headcount import draw_headcount
from tuopin.sim.figures.left_out import draw_left_out
from tuopin.sim.figures.style import save
from tuopin.sim.figures.survival import draw_survival

__all__ = [
    "draw_all",
    "draw_cost",
    "draw_exit_relapse",
    "draw_headcount",
    "draw_left_out",
    "draw_survival",
    "save",
]
