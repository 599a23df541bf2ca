"""The draw-and-transcendental floor: what a household-year costs that only draws its luck and takes its exp and log."""

from __future__ import annotations

import math
import time

import numpy as np

from tuopin.agents.arrays import F64, I64
from tuopin.agents.compiled import compiled
from tuopin.agents.randomness import CHUNK, fill4

BLOCKS = 8
"""Blocks of four uniforms that every household draws in a year of the core under all four policies: illness 2,
accidents, productivity, off-farm work, survey, verification, the allowance's test."""
LOGS, EXPS, TRIGONOMETRIC = 4, 4, 4
"""Of the same year: normals of productivity (a pair), survey, verification and test; their exponentials; illness."""


@compiled
def _draw(uid: I64, year: int, out: F64) -> None:
    u = np.empty((4, CHUNK))
    for first in range(0, uid.shape[0], CHUNK):
        part = uid[first : first + CHUNK]
        for block in range(BLOCKS):
            fill4(1, 0, 1, year, part, block, u)
            if block < 4:
                for k in range(part.shape[0]):
                    z = math.sqrt(-2.0 * math.log(u[0, k])) * math.cos(2.0 * math.pi * u[1, k])
                    out[first + k] += math.exp(0.1 * z)
            else:
                for k in range(part.shape[0]):
                    out[first + k] += u[0, k] + u[1, k] + u[2, k] + u[3, k]


def floor_cost(households: int = 20_000, years: int = 9, repeats: int = 5) -> float:
    """Processor nanoseconds a household-year of the floor, best of `repeats`."""
    uid, out = np.arange(households, dtype=np.int64), np.zeros(households)
    _draw(uid, 0, out)
    best = float("inf")
    for _ in range(repeats):
        began = time.process_time_ns()
        for year in range(years):
            _draw(uid, year, out)
        best = min(best, time.process_time_ns() - began)
    return best / (households * years)
