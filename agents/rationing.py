"""Scarcity without sorting everyone: exact shares of slots, by partition, ties settled by uid."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def lowest(score: NDArray[Any], uid: NDArray[np.int64], slots: int) -> NDArray[np.int64]:
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


def within_budget(
    score: NDArray[Any], uid: NDArray[np.int64], cost: NDArray[np.int64], budget: int
) -> NDArray[np.int64]:
    """Return the indices (ascending) of the longest run of lowest scores whose integer costs sum to at most `budget`.

    Ties go to the lower uid. The first that does not fit ends the queue: nobody is passed over for a cheaper neighbour.
    Costs and budget are in fen (0.01 yuan), so sums are exact and order-free.
    """
    if budget < 0 or len(score) == 0:
        return np.empty(0, dtype=np.int64)
    if int(cost.sum()) <= budget:
        return np.arange(len(score))
    order = np.argsort(score)
    ordered = score[order]
    if (ordered[1:] == ordered[:-1]).any():  # equal scores are rare, and the only case that needs the slower sort
        order = np.lexsort((uid, score))
    fits = int(np.searchsorted(np.cumsum(cost[order]), budget, side="right"))
    return np.sort(order[:fits])


def first_of_each(
    group: NDArray[Any], score: NDArray[Any], uid: NDArray[np.int64], slots: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the indices (ascending) of the `slots[g]` lowest scores of each group g; ties go to the lower uid.

    `group` (n,) holds numbers of groups 0..len(slots) - 1.
    """
    order = np.lexsort((uid, score, group))
    sizes = np.bincount(group, minlength=len(slots))
    position = np.arange(len(group)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.sort(order[position < slots[group[order]]])
