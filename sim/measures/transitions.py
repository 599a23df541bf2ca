"""Moves between two yearly assessments: exit and re-entry rates, the matrix over five income classes, its mobility."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I8, I16, I64, Array
from tuopin.agents.compiled import compiled
from tuopin.sim.measures.arguments import check_lengths, check_line, check_numbers, check_weights

CLASSES: tuple[str, ...] = ("extreme", "poor", "near", "secure", "well")
CLASS_BOUNDS: tuple[float, ...] = (0.5, 1.0, 1.5, 2.5)
"""Upper bounds of the first four classes in lines: below 0.5, 0.5 to 1, 1 to 1.5, 1.5 to 2.5, 2.5 and above."""


@compiled
def _classify(income: F64, line: float, out: I8) -> None:
    b0, b1 = CLASS_BOUNDS[0] * line, CLASS_BOUNDS[1] * line
    b2, b3 = CLASS_BOUNDS[2] * line, CLASS_BOUNDS[3] * line
    for i in range(income.shape[0]):
        y = income[i]
        out[i] = (y >= b0) + (y >= b1) + (y >= b2) + (y >= b3)


class _Moves(NamedTuple):
    before: I8
    now: I8
    members: I16


@compiled
def _pairs(c: _Moves, counts: I64) -> None:
    for i in range(c.before.shape[0]):
        if c.before[i] >= 0:
            counts[c.before[i], c.now[i]] += c.members[i]


def income_class(income: F64, line: float) -> I8:
    """Return each household's class 0..4 (extreme, poor, near, secure, well), shape (n,).

    A bound belongs to the class above it.

    `income` (n,) and `line` in yuan per person of the same year, so that each year is judged by its own line.

    Raises
    ------
    ValueError
        If an income is NaN or the line is not a number above 0.
    """
    check_lengths(income=income)
    check_numbers(income=income)
    check_line(line)
    classes = np.empty(len(income), dtype=np.int8)
    _classify(income, float(line), classes)
    return classes


def transition_counts(before: I8, now: I8, members: I16) -> I64:
    """Return persons moving from class j (row) to class k (column), shape (5, 5); -1 in `before` leaves one out.

    Raises
    ------
    ValueError
        If the shapes differ, a class is unknown or persons are below 0.
    """
    check_lengths(before=before, now=now, members=members)
    check_weights(members, "members")
    if len(now) and not (before.min() >= -1 and now.min() >= 0 and max(before.max(), now.max()) < len(CLASSES)):
        raise ValueError(f"classes must be 0 to {len(CLASSES) - 1}, or -1 for one unknown before")
    counts = np.zeros((len(CLASSES), len(CLASSES)), dtype=np.int64)
    _pairs(_Moves(before=before, now=now, members=members), counts)
    return counts


def transition_matrix(counts: Array) -> F64:
    """Return the row shares of `counts` (k, k): of persons in class j, the share now in class k; empty rows NaN.

    Raises
    ------
    ValueError
        If the table is not square or a count is negative or not finite.
    """
    _check_square(counts)
    check_weights(np.ravel(counts), "counts")
    persons = counts.sum(axis=1, keepdims=True).astype(np.float64)
    out = np.full(counts.shape, np.nan)
    np.divide(counts, persons, out=out, where=persons > 0)
    return out


def shorrocks_mobility(matrix: Array) -> float:
    """Return (k - trace) / (k - 1) of a transition matrix (k, k): 0 nobody moves, 1 the past does not matter.

    NaN if a class was empty. Source: Shorrocks (1978), Econometrica 46, eq. 2.

    Raises
    ------
    ValueError
        If the matrix is not square or of one class.
    """
    _check_square(matrix)
    if matrix.shape[0] < 2:
        raise ValueError("mobility needs at least two classes")
    if np.isnan(matrix).any():
        return np.nan
    k = matrix.shape[0]
    return float((k - np.trace(matrix)) / (k - 1))


def _check_square(table: Array) -> None:
    if np.ndim(table) != 2 or table.shape[0] != table.shape[1]:
        raise ValueError(f"the table must be (classes, classes), got {np.shape(table)}")


def exit_rate(poor_before: Array, poor: Array, members: Array) -> float:
    """Return, of persons poor a year earlier, the share not poor now; NaN if there were none.

    All arrays (n,); a household split off since then carries its parent's status. Source: Bane and Ellwood (1986).

    Raises
    ------
    ValueError
        If the shapes differ, a status is not of flags or persons are below 0.
    """
    _check_statuses(members, poor_before=poor_before, poor=poor)
    at_risk = int(np.sum(members, where=poor_before, dtype=np.int64))
    return int(np.sum(members, where=poor_before & ~poor, dtype=np.int64)) / at_risk if at_risk else np.nan


def reentry_rate(poor_before: Array, exited_before: Array, poor: Array, members: Array) -> float:
    """Return, of persons not poor a year earlier who had exited since the initial year, the share poor now.

    This is the hazard of the whole stock of the exited, one year at a time; relapse after fresh exits is `survival`'s.
    All arrays (n,). Source: Stevens (1999), Journal of Human Resources 34.

    Raises
    ------
    ValueError
        As `exit_rate`.
    """
    _check_statuses(members, poor_before=poor_before, exited_before=exited_before, poor=poor)
    risk = exited_before & ~poor_before
    at_risk = int(np.sum(members, where=risk, dtype=np.int64))
    return int(np.sum(members, where=risk & poor, dtype=np.int64)) / at_risk if at_risk else np.nan


def _check_statuses(members: Array, **statuses: Array) -> None:
    check_lengths(members=members, **statuses)
    check_weights(members, "members")
    for name, flags in statuses.items():
        if np.asarray(flags).dtype != np.bool_:
            raise ValueError(f"{name} must be flags (bool)")
