"""The one-pass sums behind the yearly indicators, for every group at once.

Traits are combined into one cell per household (cell of a table over all traits); each household adds once to its cell,
and groups are margins of the table. Statuses are not added up one by one: households are counted by their combination
of
flags, and the few combinations are summed afterwards. Sums are of whole numbers: persons, and money and gap ratios in
fixed point. So no row order, chunking or worker changes a bit of any result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.compiled import compiled
from tuopin.sim.measures.fgt import WATTS_FLOOR

Array = NDArray[Any]
Totals = NDArray[np.int64]
Groups = Mapping[str, tuple[Array, tuple[str, ...]]]

PER_RATIO = float(1 << 32)
"""Fixed point of gap ratios and logs: a resolution of 2e-10 a person, with room for 600 million persons."""
PER_YUAN = 10_000.0
"""Fixed point of money: 0.0001 yuan."""
MAX_CELLS = 4096
"""Largest table that stays in the processor's cache; more traits are taken in further passes."""

ONE_HOUSEHOLD = 1 << 32
"""Households and persons are counted in one whole number: persons below, up to four thousand million."""
STATUS_CODES, WELLBEING_CODES, DIMENSION_CODES = 16, 32, 8

N_INCOME = 10
(PERSONS, HOUSEHOLDS, GAP, SQUARED_GAP, WATTS, INCOME, NET_INCOME, MARKET_INCOME, POLICY_TRANSFERS, NET_POOR) = range(
    N_INCOME
)
N_STATUS = 7
(POOR, POOR_HOUSEHOLDS, NEAR_POOR, POOR_BEFORE, EXITS, AT_RISK, REENTRIES) = range(N_STATUS)
N_WELLBEING = 11
(DEPRIVED, MULTIDIMENSIONAL, DEPRIVATIONS, CATASTROPHIC, CATASTROPHIC_HOUSEHOLDS, SUSTAINED, SUSTAINED_ALONE) = range(7)
(REGISTERED, EXCLUDED, INCLUDED, TRULY_POOR) = range(7, N_WELLBEING)


@compiled
def _add_code(cells: NDArray[np.int32], codes: Array, stride: int) -> None:
    for i in range(cells.shape[0]):
        cells[i] += (codes[i] + 1) * stride


@compiled
def add_incomes(
    cells: NDArray[np.int32],
    members: Array,
    poor: Array,
    income: Array,
    net: Array,
    market: Array,
    transfers: Array,
    line: float,
    out: Totals,
) -> int:
    """Add incomes, gaps and logs of each household to its cell; returns how many incomes are not finite numbers."""
    bad = 0
    for i in range(cells.shape[0]):
        cell, m, y = np.uint64(cells[i]), members[i], income[i]
        if not (np.isfinite(y) and np.isfinite(net[i]) and np.isfinite(market[i]) and np.isfinite(transfers[i])):
            bad += 1
            continue
        out[cell, PERSONS] += m
        out[cell, HOUSEHOLDS] += 1
        out[cell, INCOME] += np.int64(np.rint(y * m * PER_YUAN))
        out[cell, NET_INCOME] += np.int64(np.rint(net[i] * m * PER_YUAN))
        out[cell, MARKET_INCOME] += np.int64(np.rint(market[i] * m * PER_YUAN))
        out[cell, POLICY_TRANSFERS] += np.int64(np.rint(transfers[i] * m * PER_YUAN))
        out[cell, NET_POOR] += m * np.int64(net[i] < line)
        if poor[i]:
            gap = min(max((line - y) / line, 0.0), 1.0)
            log = max(np.log(line / max(y, WATTS_FLOOR * line)), 0.0)
            out[cell, GAP] += m * np.int64(np.rint(gap * PER_RATIO))
            out[cell, SQUARED_GAP] += m * np.int64(np.rint(gap * gap * PER_RATIO))
            out[cell, WATTS] += m * np.int64(np.rint(log * PER_RATIO))
    return bad


@compiled
def count_status(
    cells: NDArray[np.int32], members: Array, poor: Array, near: Array, before: Array, exited: Array, out: Totals
) -> None:
    """Count households and persons of one view by cell and flags (poor, poor a year before, near-poor, had exited)."""
    codes = np.empty(cells.shape[0], dtype=np.int32)
    for i in range(cells.shape[0]):  # in vectors; the second loop then does nothing but add
        flags = np.int32(poor[i]) | np.int32(before[i]) << 1 | np.int32(near[i]) << 2 | np.int32(exited[i]) << 3
        codes[i] = cells[i] * STATUS_CODES + flags
    _count(codes, members, out.ravel())


@compiled
def count_wellbeing(
    cells: NDArray[np.int32],
    members: Array,
    poor: Array,
    registered: Array,
    deprived: Array,
    catastrophic: Array,
    sustained: Array,
    sustained_alone: Array,
    by_flags: Totals,
    by_dimensions: Totals,
) -> None:
    """Count households and persons by cell and flags (poor, registered, catastrophic, two kinds of sustained exit),
    and by
    cell and the number of dimensions, 0..7, in which they are deprived.
    """
    codes, counts = np.empty(cells.shape[0], dtype=np.int32), np.empty(cells.shape[0], dtype=np.int32)
    for i in range(cells.shape[0]):
        flags = np.int32(poor[i]) | np.int32(registered[i]) << 1 | np.int32(catastrophic[i]) << 2
        exits = np.int32(sustained[i]) << 3 | np.int32(sustained_alone[i]) << 4
        codes[i] = cells[i] * WELLBEING_CODES + (flags | exits)
        counts[i] = cells[i] * DIMENSION_CODES + deprived[i]
    _count(codes, members, by_flags.ravel())
    _count(counts, members, by_dimensions.ravel())


@compiled
def _count(codes: NDArray[np.int32], members: Array, out: NDArray[np.int64]) -> None:
    for i in range(codes.shape[0]):
        out[np.uint64(codes[i])] += ONE_HOUSEHOLD + members[i]


def status_sums(counts: Totals) -> Totals:
    """Return the sums of a view, shape (rows, N_STATUS), of counts by flags, shape (rows, 16)."""
    by_persons, by_households = _status_weights()
    sums: Totals = (counts % ONE_HOUSEHOLD) @ by_persons + (counts // ONE_HOUSEHOLD) @ by_households
    return sums


def wellbeing_sums(flags: Totals, dimensions: Totals, least: int) -> Totals:
    """Return the sums, shape (rows, N_WELLBEING), of counts by flags (rows, 32) and by deprivations (rows, 8).

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
        AT_RISK: at_risk,
        REENTRIES: at_risk * poor,
    }
    return _weights(by_persons, STATUS_CODES, N_STATUS), _weights({POOR_HOUSEHOLDS: poor}, STATUS_CODES, N_STATUS)


@cache
def _wellbeing_weights(least: int) -> tuple[Totals, Totals, Totals]:
    poor, listed, struck, sustained, alone = _flags(5)
    count = np.arange(DIMENSION_CODES)
    many = (count >= least).astype(np.int64)
    by_persons = {
        CATASTROPHIC: struck,
        SUSTAINED: sustained,
        SUSTAINED_ALONE: alone,
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


def _flags(number: int) -> list[NDArray[np.int64]]:
    codes = np.arange(1 << number)
    return [codes >> bit & 1 for bit in range(number)]


def _weights(columns: Mapping[int, NDArray[np.int64]], codes: int, quantities: int) -> Totals:
    weights = np.zeros((codes, quantities), dtype=np.int64)
    for quantity, weight in columns.items():
        weights[:, quantity] = weight
    return weights


@compiled
def _margins(totals: Totals, shape: NDArray[np.int64], out: Totals) -> None:
    rows = np.zeros(shape.shape[0] + 1, dtype=np.int64)
    for cell in range(totals.shape[0]):
        rest, first, found = cell, out.shape[0], 1  # row 0 is everybody
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
                    out[rows[k], q] += value


def batches(groups: Groups) -> Iterator[dict[str, tuple[Array, tuple[str, ...]]]]:
    """Yield the traits in batches whose combined table has at most `MAX_CELLS` cells, at least one batch."""
    batch: dict[str, tuple[Array, tuple[str, ...]]] = {}
    size = 1
    for trait, (codes, labels) in groups.items():
        if batch and size * (len(labels) + 1) > MAX_CELLS:
            yield batch
            batch, size = {}, 1
        batch[trait] = (codes, labels)
        size *= len(labels) + 1
    yield batch


def cells_of(batch: Groups, n: int) -> tuple[NDArray[np.int32], tuple[int, ...]]:
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
    _margins(totals, np.array(shape, dtype=np.int64), out)
    return out
