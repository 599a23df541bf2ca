"""The one-pass sums behind the yearly indicators, for every group at once.

Traits are combined into one cell per household (cell of a table over all traits); each household adds once to its
cell, and groups are margins of the table. Statuses are not added up one by one: households are counted by their
combination of flags, and the few combinations are summed afterwards. Sums are of whole numbers: persons, and money and
gap ratios in fixed point. So no row order, chunking or worker changes a bit of any result.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I8, I16, I32, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.sim.measures.fgt import WATTS_FLOOR

Totals = I64
Groups = Mapping[str, tuple[I8, tuple[str, ...]]]

PER_RATIO = float(1 << 32)
"""Fixed point of gap ratios and logs: a resolution of 2e-10 a person, with room for 600 million persons."""
PER_YUAN = 10_000.0
"""Fixed point of money: 0.0001 yuan."""
MAX_CELLS = 4096
"""Largest table that stays in the processor's cache; more traits are taken in further passes."""

ONE_HOUSEHOLD = 1 << 32
"""Households and persons are counted in one whole number: persons below, up to four thousand million."""
STATUS_CODES, WELLBEING_CODES, DIMENSION_CODES = 16, 8, 8

N_INCOME = 10
(PERSONS, HOUSEHOLDS, GAP, SQUARED_GAP, WATTS, INCOME, NET_INCOME, MARKET_INCOME, POLICY_TRANSFERS, NET_POOR) = range(
    N_INCOME
)
N_STATUS = 8
(POOR, POOR_HOUSEHOLDS, NEAR_POOR, POOR_BEFORE, EXITS, FIRST_EXITS, AT_RISK, REENTRIES) = range(N_STATUS)
N_WELLBEING = 9
(DEPRIVED, MULTIDIMENSIONAL, DEPRIVATIONS, CATASTROPHIC, CATASTROPHIC_HOUSEHOLDS) = range(5)
(REGISTERED, EXCLUDED, INCLUDED, TRULY_POOR) = range(5, N_WELLBEING)
N_COHORT = 2
(SUSTAINED, OWN_STRENGTH) = range(N_COHORT)


@compiled
def _add_code(cells: I32, codes: I8, stride: int) -> None:
    for i in range(cells.shape[0]):
        cells[i] += (codes[i] + 1) * stride


class Incomes(NamedTuple):
    """Households by cell: persons, true status, and incomes in yuan a person (effective, net, market, transfers)."""

    cells: I32
    members: I16
    poor: Flags
    income: F64
    net: F64
    market: F64
    policy_transfers: F64


@rule
def fixed(amount: float, per_unit: float) -> np.int64:
    """An amount in fixed point: the whole number nearest to `amount * per_unit`."""
    return np.int64(np.rint(amount * per_unit))


@rule
def gap_of(income: float, line: float) -> float:
    """Censored poverty gap (line - income) / line, within 0..1."""
    return min(max((line - income) / line, 0.0), 1.0)


@rule
def log_gap_of(income: float, line: float) -> float:
    """What one person adds to the Watts index: ln(line / income), income counted for at least 5% of the line."""
    return max(math.log(line / max(income, WATTS_FLOOR * line)), 0.0)


@compiled
def add_incomes(c: Incomes, line: float, out: Totals) -> int:
    """Add incomes, gaps and logs of each household to its cell; returns how many incomes are not finite numbers."""
    bad = 0
    for i in range(c.cells.shape[0]):
        cell, m, y = c.cells[i], c.members[i], c.income[i]
        net, market, transfers = c.net[i], c.market[i], c.policy_transfers[i]
        if not (np.isfinite(y) and np.isfinite(net) and np.isfinite(market) and np.isfinite(transfers)):
            bad += 1
            continue
        out[cell, PERSONS] += m
        out[cell, HOUSEHOLDS] += 1
        out[cell, INCOME] += fixed(y * m, PER_YUAN)
        out[cell, NET_INCOME] += fixed(net * m, PER_YUAN)
        out[cell, MARKET_INCOME] += fixed(market * m, PER_YUAN)
        out[cell, POLICY_TRANSFERS] += fixed(transfers * m, PER_YUAN)
        out[cell, NET_POOR] += m * np.int64(net < line)
        if c.poor[i]:
            gap = gap_of(y, line)
            out[cell, GAP] += m * fixed(gap, PER_RATIO)
            out[cell, SQUARED_GAP] += m * fixed(gap * gap, PER_RATIO)
            out[cell, WATTS] += m * fixed(log_gap_of(y, line), PER_RATIO)
    return bad


class Status(NamedTuple):
    """Households by cell in one view: poor, near-poor, poor a year before, had exited."""

    cells: I32
    members: I16
    poor: Flags
    near: Flags
    before: Flags
    exited: Flags


@compiled
def count_status(c: Status, out: Totals) -> None:
    """Count households and persons of one view by cell and flags (poor, poor a year before, near-poor, had exited).

    The codes stand in an array made here, which nothing else can share: the compiler then computes them in vectors.
    Together with `count_wellbeing` that saves 18 ns a household-year.
    """
    codes = np.empty(c.cells.shape[0], dtype=np.int32)
    for i in range(c.cells.shape[0]):
        now, earlier = np.int32(c.poor[i]) | np.int32(c.near[i]) << 2, np.int32(c.before[i]) << 1
        codes[i] = c.cells[i] * STATUS_CODES + (now | earlier | np.int32(c.exited[i]) << 3)
    _count(codes, c.members, out.ravel())


class Wellbeing(NamedTuple):
    """Households by cell: true status, register, dimensions deprived in (0..7), health spending."""

    cells: I32
    members: I16
    poor: Flags
    registered: Flags
    deprived: I8
    catastrophic: Flags


class WellbeingCounts(NamedTuple):
    """Tables to which `count_wellbeing` adds."""

    by_flags: Totals
    by_dimensions: Totals


@compiled
def count_wellbeing(c: Wellbeing, out: WellbeingCounts) -> None:
    """Count households and persons by cell and flags, and by cell and number of dimensions in which they are deprived.

    The flags are poor, registered and catastrophic.
    """
    codes, counts = np.empty(c.cells.shape[0], dtype=np.int32), np.empty(c.cells.shape[0], dtype=np.int32)
    for i in range(c.cells.shape[0]):
        flags = np.int32(c.poor[i]) | np.int32(c.registered[i]) << 1 | np.int32(c.catastrophic[i]) << 2
        codes[i] = c.cells[i] * WELLBEING_CODES + flags
        counts[i] = c.cells[i] * DIMENSION_CODES + c.deprived[i]
    _count(codes, c.members, out.by_flags.ravel())
    _count(counts, c.members, out.by_dimensions.ravel())


class Cohort(NamedTuple):
    """Households by cell: thousandths of persons of the initial state, and whether their exit is sustained."""

    cells: I32
    start_persons: I32
    sustained: Flags
    own_strength: Flags


@compiled
def add_cohort(c: Cohort, out: Totals) -> None:
    """Add the persons of the initial state whose exit is sustained, and on own strength, to each cell."""
    for i in range(c.cells.shape[0]):
        out[c.cells[i], SUSTAINED] += c.start_persons[i] * np.int64(c.sustained[i])
        out[c.cells[i], OWN_STRENGTH] += c.start_persons[i] * np.int64(c.own_strength[i])


@compiled
def _count(codes: I32, members: I16, out: Totals) -> None:
    for i in range(codes.shape[0]):
        out[np.uint64(codes[i])] += ONE_HOUSEHOLD + members[i]  # unsigned: 0.6 instead of 0.8 ns, five times a year


def status_sums(counts: Totals) -> Totals:
    """Return the sums of a view, shape (rows, N_STATUS), of counts by flags, shape (rows, 16)."""
    by_persons, by_households = _status_weights()
    sums: Totals = (counts % ONE_HOUSEHOLD) @ by_persons + (counts // ONE_HOUSEHOLD) @ by_households
    return sums


def wellbeing_sums(flags: Totals, dimensions: Totals, least: int) -> Totals:
    """Return the sums, shape (rows, N_WELLBEING), of counts by flags (rows, 8) and by deprivations (rows, 8).

    From `least` deprivations on a household is multidimensionally poor.
    """
    by_persons, by_households, by_dimensions = _wellbeing_weights(least)
    persons, households = flags % ONE_HOUSEHOLD, flags // ONE_HOUSEHOLD
    sums: Totals = persons @ by_persons + households @ by_households + (dimensions % ONE_HOUSEHOLD) @ by_dimensions
    return sums


@cache
def _status_weights() -> tuple[Totals, Totals]:
    poor, before, near, exited = _flags(4)
    at_risk = exited * (1 - before)
    by_persons = {
        POOR: poor,
        NEAR_POOR: near * (1 - poor),
        POOR_BEFORE: before,
        EXITS: before * (1 - poor),
        FIRST_EXITS: before * (1 - poor) * (1 - exited),
        AT_RISK: at_risk,
        REENTRIES: at_risk * poor,
    }
    return _weights(by_persons, STATUS_CODES, N_STATUS), _weights({POOR_HOUSEHOLDS: poor}, STATUS_CODES, N_STATUS)


@cache
def _wellbeing_weights(least: int) -> tuple[Totals, Totals, Totals]:
    poor, listed, struck = _flags(3)
    count = np.arange(DIMENSION_CODES)
    many = (count >= least).astype(np.int64)
    by_persons = {
        CATASTROPHIC: struck,
        REGISTERED: listed,
        EXCLUDED: poor * (1 - listed),
        INCLUDED: listed * (1 - poor),
        TRULY_POOR: poor,
    }
    by_dimensions = {DEPRIVED: (count > 0).astype(np.int64), MULTIDIMENSIONAL: many, DEPRIVATIONS: count * many}
    return (
        _weights(by_persons, WELLBEING_CODES, N_WELLBEING),
        _weights({CATASTROPHIC_HOUSEHOLDS: struck}, WELLBEING_CODES, N_WELLBEING),
        _weights(by_dimensions, DIMENSION_CODES, N_WELLBEING),
    )


def _flags(number: int) -> list[I64]:
    codes = np.arange(1 << number)
    return [codes >> bit & 1 for bit in range(number)]


def _weights(columns: Mapping[int, I64], codes: int, quantities: int) -> Totals:
    weights = np.zeros((codes, quantities), dtype=np.int64)
    for quantity, weight in columns.items():
        weights[:, quantity] = weight
    return weights


class _Table(NamedTuple):
    totals: Totals
    shape: I64
    rows: I64
    margins: Totals


@compiled
def _margins(t: _Table) -> None:
    totals, shape, rows, margins = t.totals, t.shape, t.rows, t.margins
    for cell in range(totals.shape[0]):
        rest, first, found = cell, margins.shape[0], 1  # row 0 is everybody
        for trait in range(shape.shape[0] - 1, -1, -1):
            first -= shape[trait] - 1
            code = rest % shape[trait] - 1
            rest //= shape[trait]
            if code >= 0:
                rows[found] = first + code
                found += 1
        for q in range(totals.shape[1]):
            value = totals[cell, q]
            if value != 0:
                for k in range(found):
                    margins[rows[k], q] += value


def batches(groups: Groups) -> Iterator[dict[str, tuple[I8, tuple[str, ...]]]]:
    """Yield the traits in batches whose combined table has at most `MAX_CELLS` cells, at least one batch."""
    batch: dict[str, tuple[I8, tuple[str, ...]]] = {}
    size = 1
    for trait, (codes, labels) in groups.items():
        if batch and size * (len(labels) + 1) > MAX_CELLS:
            yield batch
            batch, size = {}, 1
        batch[trait] = (codes, labels)
        size *= len(labels) + 1
    yield batch


def cells_of(batch: Groups, n: int) -> tuple[I32, tuple[int, ...]]:
    """Return each household's cell, shape (n,), and the shape of the table.

    A trait takes one slot more than it has labels, for households of no group (code -1).
    """
    shape = tuple(len(labels) + 1 for _, labels in batch.values())
    cells = np.zeros(n, dtype=np.int32)
    stride = 1
    for (codes, _), size in zip(list(batch.values())[::-1], shape[::-1], strict=True):
        _add_code(cells, codes, stride)
        stride *= size
    return cells, shape


def margins(totals: Totals, shape: tuple[int, ...]) -> Totals:
    """Return the sums over all, then over each group of each trait in order, shape (1 + groups, quantities)."""
    out = np.zeros((1 + sum(size - 1 for size in shape), totals.shape[1]), dtype=np.int64)
    rows = np.zeros(len(shape) + 1, dtype=np.int64)
    _margins(_Table(totals=totals, shape=np.array(shape, dtype=np.int64), rows=rows, margins=out))
    return out
