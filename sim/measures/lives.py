"""Chronic and transient poverty, and patterns of it, from what is kept of every household's years."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, I16, I64
from tuopin.agents.compiled import compiled, rule
from tuopin.sim.measures.state import Lives
from tuopin.sim.measures.transient import CHURNING_BAND, PATTERNS, ChronicTransient

LEAST_YEARS = 5
"""Assessments from which chronic and transient poverty are told apart."""
_FIXED = float(1 << 32)


class _Years(NamedTuple):
    members: I16
    poor_years: I64
    lines_sum: F32
    squared_gap_sum: F32


@rule
def pattern_of(poor_years: int, years: int, mean: float) -> int:
    """Code of `PATTERNS` of a household poor in `poor_years` of `years` years with a mean income of `mean` lines."""
    if poor_years == years:
        return 0
    if poor_years == 0:
        return 4
    return 1 if mean < 1.0 else (2 if mean < 1.0 + CHURNING_BAND else 3)


@compiled
def _sum(c: _Years, years: int, out: I64) -> None:
    for i in range(c.members.shape[0]):
        poor, bits = 0, c.poor_years[i]
        while bits:
            bits &= bits - 1
            poor += 1
        mean = c.lines_sum[i] / years
        gap = min(1.0, max(0.0, 1.0 - mean))
        m = c.members[i]
        out[0] += m
        out[1] += m * np.int64(np.rint(c.squared_gap_sum[i] / years * _FIXED))
        out[2] += m * np.int64(np.rint(gap * gap * _FIXED))
        out[3 + pattern_of(poor, years, mean)] += m


class LongRun(NamedTuple):
    """Squared poverty gap over the years, and the share of persons of each pattern of `PATTERNS`."""

    poverty: ChronicTransient
    patterns: dict[str, float]


def long_run(lives: Lives, members: I16) -> LongRun:
    """Return chronic and transient poverty (squared gap) and patterns over all years since the initial state.

    As `transient.chronic_transient` and `transient.poverty_pattern` on the incomes of the years themselves. NaN if
    nobody is there.
    """
    out = np.zeros(3 + len(PATTERNS), dtype=np.int64)
    _sum(_Years(members, lives.poor_years, lives.lines_sum, lives.squared_gap_sum), lives.years, out)
    if out[0] == 0:
        return LongRun(ChronicTransient(np.nan, np.nan, np.nan), dict.fromkeys(PATTERNS, np.nan))
    total, chronic = (float(out[k]) / _FIXED / float(out[0]) for k in (1, 2))
    shares = {name: float(out[3 + k]) / float(out[0]) for k, name in enumerate(PATTERNS)}
    return LongRun(ChronicTransient(total, chronic, total - chronic), shares)
