"""Whom a programme reaches and what it gives: coverage, adequacy, leakage, retention, and incidence by fifth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I8, I16, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.sim.measures.state import Programme

_BINS = 4096
_MOST = 10.0
"""Incomes, in lines, are told apart up to this: far above where the richest fifth begins."""


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
    poor: Flags
    alone: F64
    received: I64
    before: Flags


class _Sums(NamedTuple):
    """Sums in whole numbers: persons (poor reached, reached, of last year, kept), shape (4,); fen, shape (3,)."""

    people: I64
    money: I64


@compiled
def _reach(c: _Paid, s: _Sums) -> None:
    for i in range(c.members.shape[0]):
        m, paid = np.int64(c.members[i]), c.received[i]
        s.people[2] += m * c.before[i]
        if paid > 0:
            s.people[0] += m * c.poor[i]
            s.people[1] += m
            s.people[3] += m * c.before[i]
            s.money[0] += paid
            s.money[1] += 0 if c.poor[i] else paid
            s.money[2] += np.int64(np.rint(max(0.0, c.alone[i]) * m * 100.0))


def reached(programme: Programme, poor: Flags, persons: float, alone: F64, members: I16) -> Reached:
    """Return whom a programme reached.

    `poor` are households poor before programmes, `persons` the persons in them, `alone` their income then, yuan a
    person.
    """
    sums = _Sums(people=np.zeros(4, dtype=np.int64), money=np.zeros(3, dtype=np.int64))
    _reach(_Paid(members, poor, alone, programme.received, programme.before), sums)
    return Reached(persons, *(float(x) for x in sums.people), *(float(x) / 100.0 for x in sums.money))


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
    received: I64


@rule
def bin_of(in_lines: float) -> int:
    """The bin of an income: bins of equal width up to the most."""
    return int(min(_MOST, max(0.0, in_lines)) / _MOST * (_BINS - 1))


class _Bins(NamedTuple):
    """Persons by bin of income, the fifth (0 the poorest) that each bin falls into, and fen received by fifth."""

    persons: I64
    fifths: I8
    received: I64


@compiled
def _by_fifth(c: _Ranked, line: float, b: _Bins) -> None:
    bins = np.empty(c.members.shape[0], dtype=np.int16)
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
        if c.received[i] > 0:
            b.received[b.fifths[bins[i]]] += c.received[i]


def benefit_incidence(received: I64, alone: F64, members: I16, line: float) -> dict[int, float]:
    """Return the share of all programmes' money that goes to each fifth of persons by income before programmes.

    `received` fen a household, `alone` yuan a person; fifth 1 is the poorest. Incomes within a four-hundredth of a line
    of each other count as equal and stay together. NaN if nothing was paid.
    """
    bins = _Bins(
        persons=np.zeros(_BINS, dtype=np.int64),
        fifths=np.zeros(_BINS, dtype=np.int8),
        received=np.zeros(len(FIFTHS), dtype=np.int64),
    )
    _by_fifth(_Ranked(members, alone, received), float(line), bins)
    total = float(bins.received.sum())
    return {k: float(bins.received[k - 1]) / total if total > 0 else np.nan for k in FIFTHS}


def total_received(programmes: Mapping[str, Programme], size: int) -> I64:
    """Fen that all programmes paid to each household, shape (size,)."""
    total = np.zeros(size, dtype=np.int64)
    for programme in programmes.values():
        total += programme.received
    return total
