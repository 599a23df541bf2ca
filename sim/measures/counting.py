"""Persons in households that a flag marks: whole numbers, so free of the order of rows."""

from __future__ import annotations

from tuopin.agents.arrays import I16, Flags
from tuopin.agents.compiled import compiled


@compiled
def persons_where(flags: Flags, members: I16) -> int:
    """Persons in the households marked, both arrays of shape (n,)."""
    persons = 0
    for i in range(members.shape[0]):
        persons += flags[i] * members[i]
    return int(persons)


def share_of_persons(flags: Flags, members: I16) -> float:
    """Share of all persons who live in the households marked; NaN if nobody is there."""
    whole = int(members.sum(dtype="int64"))
    return persons_where(flags, members) / whole if whole > 0 else float("nan")
