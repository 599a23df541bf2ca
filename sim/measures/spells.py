"""Spells of poverty and of being out of it: how long each lasted and whether its beginning and end were seen.

A household carries two columns per view: the year its running spell began (0: never poor, so no spell) and whether
the spell began before it could be seen. Finished spells are counted at once into a table of kind x start x years x
ended x left-censored, which is small, can be saved, and adds up over chunks of households.

`years` is the time from the first assessment of the spell to the one that found it ended, or, if it was not seen to
end, to the last assessment at which it still ran: an exit in the last year has been seen to last 0 years.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import I16, I64, Array, Flags
from tuopin.agents.compiled import compiled
from tuopin.sim.measures.arguments import check_lengths

Counts = I64

POOR, EXITED = 0, 1
KINDS: tuple[str, ...] = ("poor", "exited")
HOUSEHOLDS, PERSONS = 0, 1


def new_counts(first_year: int, last_year: int) -> Counts:
    """Return an empty table of spells for assessments `first_year`..`last_year`.

    Its axes are kind (2), start year, years, ended (2), left-censored (2), and households or persons (2).

    Raises
    ------
    ValueError
        If the last year comes before the first.
    """
    if last_year < first_year:
        raise ValueError(f"the last year {last_year} comes before the first {first_year}")
    span = last_year - first_year + 1
    return np.zeros((2, span, span, 2, 2, 2), dtype=np.int64)


def begin(*, poor: Flags, exited: Flags, year: int) -> tuple[I16, Flags]:
    """Return (start year, left-censored) of the spells running when households are first seen, in `year`; shapes (n,).

    `poor` is the status, `exited` whether a household had left poverty before (a registered exit of earlier years).
    What runs at first sight began at an unknown time; who was never poor has no spell. Serves split-off households too.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    check_lengths(poor=poor, exited=exited)
    running = poor | exited
    return np.where(running, year, 0).astype(np.int16), running.copy()


class Running(NamedTuple):
    """Households with their running spells, shapes (n,): status and persons at this assessment, start and censoring."""

    poor: Flags
    members: I16
    start: I16
    left: Flags


@compiled
def _advance(counts: Counts, first_year: int, year: int, c: Running, moved: I64) -> None:
    for i in moved:
        start = c.start[i]
        if start > 0:
            kind = EXITED if c.poor[i] else POOR  # the spell that ended is of the other kind
            cell = counts[kind, start - first_year, year - start, 1, np.int64(c.left[i])]
            cell[HOUSEHOLDS] += 1
            cell[PERSONS] += c.members[i]
        c.start[i] = year
        c.left[i] = False


@compiled
def _close(counts: Counts, first_year: int, year: int, c: Running) -> None:
    for i in range(c.poor.shape[0]):
        start = c.start[i]
        if start > 0:
            kind = POOR if c.poor[i] else EXITED
            cell = counts[kind, start - first_year, year - start, 0, np.int64(c.left[i])]
            cell[HOUSEHOLDS] += 1
            cell[PERSONS] += c.members[i]


def advance(counts: Counts, first_year: int, year: int, running: Running, before: Flags) -> None:
    """Count the spells that the assessment of `year` found ended and begin the next ones.

    `before` (n,) is the status a year earlier. The `start` and `left` of `running` are updated in place, `counts` is
    added to.

    Raises
    ------
    ValueError
        If `year` or a start lies outside the table, or the shapes differ.
    """
    _check(counts, first_year, year, running)
    check_lengths(before=before, poor=running.poor)
    _advance(counts, first_year, year, running, np.flatnonzero(before != running.poor))


def close(counts: Counts, first_year: int, year: int, running: Running) -> None:
    """Count spells that still ran at their last assessment, in `year`, as not ended (right-censored).

    For all households at the horizon, with their status and persons then; for households that die out or leave during
    year t, with `year` = t - 1 and status and persons of that assessment; for persons moving out in a split, likewise
    with `members` the persons moving (their new household starts by `begin`). Nothing but `counts` changes.

    Raises
    ------
    ValueError
        As `advance`.
    """
    _check(counts, first_year, year, running)
    _close(counts, first_year, year, running)


def _check(counts: Counts, first_year: int, year: int, running: Running) -> None:
    check_lengths(**running._asdict())
    if not first_year <= year < first_year + counts.shape[1]:
        last = first_year + counts.shape[1] - 1
        raise ValueError(f"year {year} is outside the table of spells, made for {first_year} to {last}")
    start = running.start  # compared as a whole: picking those above 0 took 13 ns a household-year
    if (start > year).any() or ((start > 0) & (start < first_year)).any():
        raise ValueError(f"a spell begins outside {first_year} to {year}")


def merged(counts: Counts, first_year: int) -> dict[str, Array]:
    """Return the non-empty cells as columns: kind, start_year, years, ended, left_censored, households, persons.

    Rows are in the order of those columns, so equal tables give equal rows; `kind` holds strings.
    """
    kind, start, years, ended, left = np.nonzero(counts[..., HOUSEHOLDS])
    cells = counts[kind, start, years, ended, left]
    return {
        "kind": np.array(KINDS, dtype=object)[kind],
        "start_year": (start + first_year).astype(np.int16),
        "years": years.astype(np.int16),
        "ended": ended.astype(np.bool_),
        "left_censored": left.astype(np.bool_),
        "households": cells[:, HOUSEHOLDS],
        "persons": cells[:, PERSONS],
    }
