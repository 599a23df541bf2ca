"""Sustained exits: at or above the line in three yearly assessments in a row after poverty, once a household."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import I8, Array, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.sim.measures.arguments import check_lengths

ASSESSMENTS = 3
"""Assessments in a row that make an exit sustained: the 36 months after which support may end."""


class _Exits(NamedTuple):
    years_above: I8
    ever_poor: Flags
    poor: Flags
    above: Flags
    reached: Flags


@rule
def years_next(years: int, counts: bool) -> int:
    """Assessments in a row at or above the line after poverty; `counts` is whether this one is such. 3 are enough."""
    return years if years >= ASSESSMENTS else (years + 1 if counts else 0)


@compiled
def _advance(c: _Exits) -> None:
    for i in range(c.poor.shape[0]):
        before = c.years_above[i]
        c.years_above[i] = years_next(before, c.ever_poor[i] & c.above[i] & (not c.poor[i]))
        c.reached[i] = (before < ASSESSMENTS) & (c.years_above[i] == ASSESSMENTS)


def advance_sustained(years_above: I8, *, ever_poor: Flags, poor: Flags, above: Flags) -> Flags:
    """Return which households reach their first sustained exit at this assessment, shape (n,); `years_above` moves on.

    `years_above` (int8, updated in place) counts assessments in a row at or above the line after poverty and stays at 3
    once they are reached: a later relapse shows among the relapses, and a second recovery is not a second success.
    `ever_poor` is whether a household was truly poor at any assessment since the initial one, this one included. `poor`
    is the true status. `above` is what is counted: `~poor` for the exit as it is, or "income without this year's policy
    transfers is at or above the line" for the exit that stands by itself.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    check_lengths(years_above=years_above, ever_poor=ever_poor, poor=poor, above=above)
    reached = np.empty(len(poor), dtype=np.bool_)
    _advance(_Exits(years_above=years_above, ever_poor=ever_poor, poor=poor, above=above, reached=reached))
    return reached


def last_exit_year_seen_through(last_year: int) -> int:
    """Return the last year in which an exit can begin and still be seen through to being sustained by `last_year`."""
    return last_year - (ASSESSMENTS - 1)


def exits_seen_through(years: Array, exits_persons: Array, last_year: int) -> tuple[float, float]:
    """Return (persons whose exits could be seen through, persons whose exits came too late and are censored).

    `years` and `exits_persons` (k,) are the yearly exits; to be stated beside every number of sustained exits. NaN
    where exits are NaN.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    check_lengths(years=years, exits_persons=exits_persons)
    early = np.asarray(years) <= last_exit_year_seen_through(last_year)
    exits = np.asarray(exits_persons, dtype=np.float64)
    return float(exits[early].sum()), float(exits[~early].sum())
