"""Scarcity without sorting everyone: exact shares of slots, by partition, ties settled by uid."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import I16, I64, Array, Flags
from tuopin.agents.compiled import compiled


def lowest(score: Array, uid: I64, slots: int) -> I64:
    """Return the indices (ascending) of the `slots` lowest scores, shape (min(slots, n),); ties go to the lower uid.

    Linear in n (partition, no full sort); the choice does not depend on the order of rows.
    """
    n = len(score)
    if slots >= n:
        return np.arange(n)
    if slots <= 0:
        return np.empty(0, dtype=np.int64)
    cut = np.partition(score, slots - 1)[slots - 1]
    chosen = np.flatnonzero(score < cut)
    tied = np.flatnonzero(score == cut)
    tied = tied[np.argsort(uid[tied], kind="stable")][: slots - len(chosen)]
    return np.sort(np.concatenate([chosen, tied]))


HEAD = 1024
"""Of a long queue for little money so many are looked at first: the rest need not be sorted, nor their cost known."""

MARGIN = 1.2
"""So many times the households that the rest of the money seems to reach are looked at next."""


_LITTLE = 1e-9
"""No unit is lost to the last bit of a product."""


def whole_part(share: float, total: int) -> int:
    """Return the whole units in `share` of `total`; what is short of a whole number by its last bit is that number."""
    return int(share * total + _LITTLE)


def within_budget(score: Array, uid: I64, cost: I64, budget: int) -> I64:
    """Return the indices (ascending) of the longest run of lowest scores whose integer costs sum to at most `budget`.

    Ties go to the lower uid. The first that does not fit ends the queue: nobody is passed over for a cheaper neighbour.
    Costs and budget are in fen (0.01 yuan), so sums are exact and order-free.
    """
    chosen, _ = reached(score, uid, len(score), budget, lambda index: cost[index])
    return chosen


def reached(
    score: Array,
    uid: I64,
    slots: int,
    budget: int,
    cost_of: Callable[[I64], I64],
) -> tuple[I64, I64]:
    """As `within_budget` of at most `slots` households; `cost_of` gives the costs of an array of indices.

    Returns the indices and their costs. Costs are asked for only as far down the queue as the budget may reach.
    """
    if budget < 0 or len(score) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    slots, size = min(slots, len(score)), HEAD
    while True:
        head = lowest(score, uid, min(size, slots))
        cost = cost_of(head)
        if int(cost.sum()) > budget:  # the queue ends within this head
            break
        if len(head) >= slots:
            return head, cost
        # as many more as the rest of the money reaches at the mean cost so far, and some
        likely = int(MARGIN * len(head) * (budget / max(int(cost.sum()), 1))) + HEAD // 8
        size = min(8 * size, max(2 * size, likely))
    order = np.argsort(score[head])
    ordered = score[head[order]]
    if (ordered[1:] == ordered[:-1]).any():  # equal scores are rare, and the only case that needs the slower sort
        order = np.lexsort((uid[head], score[head]))
    kept = np.sort(order[: int(np.searchsorted(np.cumsum(cost[order]), budget, side="right"))])
    return head[kept], cost[kept]


def first_of_each(group: Array, score: Array, uid: I64, slots: I64) -> I64:
    """Return the indices (ascending) of the `slots[g]` lowest scores of each group g; ties go to the lower uid.

    `group` (n,) holds numbers of groups 0..len(slots) - 1.
    """
    order = np.lexsort((uid, score, group))
    sizes = np.bincount(group, minlength=len(slots))
    position = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.sort(order[position < slots[group[order]]])


class _Counted(NamedTuple):
    group: I16
    weight: I16
    totals: I64


def count_by(*, group: I16, weight: I16 | Flags, totals: I64) -> None:
    """Add the `weight` of each household to the total of its group; those of no group (below 0) count nowhere."""
    _count_by(_Counted(group, weight.astype(np.int16, copy=False), totals))


@compiled
def _count_by(c: _Counted) -> None:
    for i in range(c.group.shape[0]):
        if c.group[i] >= 0:
            c.totals[c.group[i]] += c.weight[i]
