"""Sustained exits: of the persons poor in the initial state, who has been above the line three years in a row.

A stock of a cohort that is the same in every scenario: whoever is kept from falling cannot count as a loss, and an exit
that fails later is one no longer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.sim.measures.arguments import check_lengths

ASSESSMENTS = 3
"""Assessments in a row that make an exit sustained: the 36 months after which support may end."""
_MOST_COUNTED = 120
"""Years counted in a row (the column's type holds 127)."""


class Lives(NamedTuple):
    """What is kept of every household from year to year, and this year's incomes, yuan a person.

    `alone` is effective income less what ends with the money of a programme.
    """

    income: F64
    alone: F64
    years_above: I8
    years_above_alone: I8
    poor_years: I64
    lines_sum: F32
    squared_gap_sum: F32


@rule
def years_next(years: int, above: bool) -> int:
    """Assessments in a row at or above the line, this one counted."""
    return min(years + 1, _MOST_COUNTED) if above else 0


@compiled
def _advance(c: Lives, line: float, year: int) -> None:
    bit = np.int64(1) << np.int64(year)
    for i in range(c.income.shape[0]):
        in_lines = c.income[i] / line
        gap = min(1.0, max(0.0, 1.0 - in_lines))
        poor = c.income[i] < line
        if year > 0:
            c.years_above[i] = years_next(c.years_above[i], not poor)
            c.years_above_alone[i] = years_next(c.years_above_alone[i], c.alone[i] >= line)
        if poor:
            c.poor_years[i] |= bit
        c.lines_sum[i] += max(0.0, in_lines)
        c.squared_gap_sum[i] += gap * gap


def advance(lives: Lives, line: float, year: int) -> None:
    """Add an assessment to every household's life, in place; `year` counts from the initial state, which is 0.

    Incomes below 0 count as 0. The initial state is no assessment of the years above the line: the first sustained exit
    is seen in year 3.

    Raises
    ------
    ValueError
        If the arrays differ in length.
    """
    check_lengths(**lives._asdict())
    _advance(lives, float(line), int(year))


class SustainedExits(NamedTuple):
    """Which households' exits are sustained, shape (n,): as they are, and on their own strength."""

    all: Flags
    own_strength: Flags


def sustained_exits(*, start_poor: Flags, years_above: I8, years_above_alone: I8) -> SustainedExits:
    """Return whose exit is sustained: poor in the initial state and above the line in the last three assessments.

    Raises
    ------
    ValueError
        If the arrays differ in length.
    """
    check_lengths(start_poor=start_poor, years_above=years_above, years_above_alone=years_above_alone)
    return SustainedExits(start_poor & (years_above >= ASSESSMENTS), start_poor & (years_above_alone >= ASSESSMENTS))
