"""Whom a programme reaches and what it gives: coverage, adequacy, leakage, retention, and incidence by fifth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I8, I16, I64, Array, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.sim.measures.state import Programme

_BINS = 4096
_LEAST, _MOST = 0.02, 50.0
"""Incomes, in lines, are told apart between these."""


class Reached(NamedTuple):
    """Sums of one programme's year.

    Persons poor before programmes, of them reached; persons reached, last year's beneficiaries still present, of them
    reached again; yuan paid, of them to persons not poor before programmes, and the beneficiaries' own income.
    """

    poor: float
    poor_reached: float
    beneficiaries: float
    before: float
    kept: float
    paid: float
    paid_to_others: float
    income_before: float


class _Paid(NamedTuple):
    members: I16
    alone: F64
    received: F64
    before: Flags


class _Sums(NamedTuple):
    """Sums in whole numbers, in the order of `Reached`: persons, shape (5,), and fen, shape (3,)."""

    people: I64
    money: I64


@compiled
def _reach(c: _Paid, line: float, s: _Sums) -> None:
    for i in range(c.members.shape[0]):
        m, poor, gets = np.int64(c.members[i]), c.alone[i] < line, c.received[i] > 0.0
        s.people[0] += m * poor
        s.people[1] += m * (poor and gets)
        s.people[2] += m * gets
        s.people[3] += m * c.before[i]
        s.people[4] += m * (c.before[i] and gets)
        if gets:
            paid = np.int64(np.rint(c.received[i] * 100.0))
            s.money[0] += paid
            s.money[1] += 0 if poor else paid
            s.money[2] += np.int64(np.rint(max(0.0, c.alone[i]) * m * 100.0))


def reached(programme: Programme, alone: F64, members: I16, line: float) -> Reached:
    """Return whom a programme reached; `alone` is income without what ends with programmes' money, yuan a person."""
    sums = _Sums(people=np.zeros(5, dtype=np.int64), money=np.zeros(3, dtype=np.int64))
    _reach(_Paid(members, alone, programme.received, programme.before), float(line), sums)
    return Reached(*(float(x) for x in sums.people), *(float(x) / 100.0 for x in sums.money))


def programme_values(sums: Reached) -> dict[str, float]:
    """Return the indicators of a programme's year.

    coverage: of persons poor before programmes the share reached; adequacy: paid a beneficiary against his income
    before programmes; leakage_share: of what is paid, the share to persons not poor before; retention: of last year's
    beneficiaries still present, the share who are so again. Definitions of coverage, adequacy and leakage: World Bank
    ASPIRE. NaN where the whole is nobody or nothing.
    """

    def share(part: float, whole: float) -> float:
        return part / whole if whole > 0 else np.nan

    return {
        "coverage": share(sums.poor_reached, sums.poor),
        "poor_before_persons": sums.poor,
        "beneficiaries_persons": sums.beneficiaries,
        "adequacy": share(sums.paid, sums.income_before),
        "income_before_yuan": sums.income_before,
        "leakage_share": share(sums.paid_to_others, sums.paid),
        "benefits_yuan": sums.paid,
        "retention": share(sums.kept, sums.before),
        "beneficiaries_before_persons": sums.before,
    }


FIFTHS = range(1, 6)


class _Ranked(NamedTuple):
    members: I16
    alone: F64
    received: F64


@rule
def bin_of(in_lines: float) -> int:
    """The bin of an income: bins are of equal width in logs."""
    bounded = min(_MOST, max(_LEAST, in_lines))
    return min(_BINS - 1, int(np.log(bounded / _LEAST) / np.log(_MOST / _LEAST) * _BINS))


class _Bins(NamedTuple):
    """Persons by bin of income, the fifth (0 the poorest) that each bin falls into, and fen received by fifth."""

    persons: I64
    fifths: I8
    received: I64


@compiled
def _by_fifth(c: _Ranked, line: float, b: _Bins) -> None:
    bins = np.empty(c.members.shape[0], dtype=np.int64)
    for i in range(c.members.shape[0]):
        bins[i] = bin_of(c.alone[i] / line)
        b.persons[bins[i]] += c.members[i]
    total = b.persons.sum()
    upto = 0
    for k in range(_BINS):
        middle = upto + b.persons[k] / 2.0
        upto += b.persons[k]
        b.fifths[k] = min(4, int(5.0 * middle / max(total, 1)))
    for i in range(c.members.shape[0]):
        b.received[b.fifths[bins[i]]] += np.int64(np.rint(c.received[i] * 100.0))


def benefit_incidence(received: F64, alone: F64, members: I16, line: float) -> dict[int, float]:
    """Return the share of all programmes' money that goes to each fifth of persons by income before programmes.

    `received` yuan a household, `alone` yuan a person; fifth 1 is the poorest. Incomes within 0.2% of each other count
    as equal and stay together. NaN if nothing was paid.
    """
    bins = _Bins(
        persons=np.zeros(_BINS, dtype=np.int64),
        fifths=np.zeros(_BINS, dtype=np.int8),
        received=np.zeros(len(FIFTHS), dtype=np.int64),
    )
    _by_fifth(_Ranked(members, alone, received), float(line), bins)
    total = float(bins.received.sum())
    return {k: float(bins.received[k - 1]) / total if total > 0 else np.nan for k in FIFTHS}


def total_received(programmes: dict[str, Programme], size: int) -> Array:
    """Yuan that all programmes paid to each household, shape (size,)."""
    total = np.zeros(size)
    for programme in programmes.values():
        total += programme.received
    return total
