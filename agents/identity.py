"""Identity: the numbers by which households and villages are known for life, unique over all places.

A uid is ``place code << 43 | kind | number``. Bit 42 marks a household that split off another, bit 41 a village; the
households a place begins with bear neither and count from 0.
"""

from __future__ import annotations

import numpy as np

from tuopin.agents.arrays import I64, Flags
from tuopin.agents.compiled import compiled
from tuopin.agents.randomness import SPLITS, Luck

PLACE_SHIFT = 43
SPLIT_OFF = 1 << 42
VILLAGE = 1 << 41


def household_uids(place: int, number: int) -> I64:
    """Return the uids of the households that the place of code `place` begins with, shape (number,)."""
    return (place << PLACE_SHIFT) + np.arange(number, dtype=np.int64)


def village_uids(place: int, number: int) -> I64:
    """Return the uids of the villages of the place of code `place`, shape (number,)."""
    return (place << PLACE_SHIFT) | VILLAGE | np.arange(number, dtype=np.int64)


def is_split_off(uids: I64) -> Flags:
    """Return which households were born by a split, shape (n,)."""
    marked: Flags = (uids & SPLIT_OFF) != 0
    return marked


def split_off_uids(parent: I64, year: int, taken: I64) -> I64:
    """Return the uid of the household that splits off each parent in `year`, shape (len(parent),).

    It is a hash of parent, year and ordinal within the parent's place (42 bits), the same whatever happens to other
    households; a clash with `taken` or within the batch moves the later parent (in uid order) to the next ordinal.
    Seed and replicate do not enter: the number names the event, not the luck.
    """
    result = _hash(parent, year, 1)
    if not repeats(taken, result):  # nearly always
        return result
    order = np.argsort(parent, kind="stable")
    derived = taken[is_split_off(taken)]
    sorted_view = result[order]
    _, first = np.unique(sorted_view, return_index=True)
    clash = np.isin(sorted_view, derived)
    clash[np.setdiff1d(np.arange(len(parent)), first)] = True
    known = set(derived.tolist()) | set(sorted_view[~clash].tolist()) if clash.any() else set()
    for k in order[clash]:
        ordinal = 1
        while int(result[k]) in known:
            ordinal += 1
            result[k] = _hash(parent[k : k + 1], year, ordinal)[0]
        known.add(int(result[k]))
    return result


def _hash(parent: I64, year: int, ordinal: int) -> I64:
    u = Luck(0, ordinal).uniforms(SPLITS, year, parent, 2)
    local = ((u[:, 0] * 2.0**32).astype(np.int64) << 10) | ((u[:, 1] * 2.0**10).astype(np.int64))
    return (parent >> PLACE_SHIFT << PLACE_SHIFT) | SPLIT_OFF | local


@compiled
def repeats(many: I64, few: I64) -> bool:
    """Return whether a number of `few` stands in it twice or in `many` too.

    A small hash table of `few`, so that `many` is read once.
    """
    size = 16
    while size < 4 * few.shape[0]:
        size *= 2
    table = np.empty(size, dtype=np.int64)
    for k in range(size):
        table[k] = -1
    for i in range(few.shape[0]):
        slot = _slot(table, few[i])
        if table[slot] == few[i]:
            return True
        table[slot] = few[i]
    found = False
    for i in range(many.shape[0]):  # to the end: nearly always nothing is found
        found |= table[_slot(table, many[i])] == many[i]
    return found


@compiled
def _slot(table: I64, number: np.int64) -> np.uint64:
    """Where in the hash table `number` stands, or else would: the first place free (-1) from its own on."""
    mask = np.uint64(table.shape[0] - 1)
    slot = (np.uint64(number) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)) & mask
    while table[slot] != -1 and table[slot] != number:
        slot = (slot + np.uint64(1)) & mask
    return slot
