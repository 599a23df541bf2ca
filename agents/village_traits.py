"""What sets villages apart beside distance and team: which are listed as poor, weak, in a flood zone, and where.

No source says which villages a county listed. That the poor ones are the most remote, the weak ones those of the worst
teams, and flood zones fall by lot is free; numbers are the place's own (`poor_villages`, `weak_villages`,
`flood_villages`). Luck is keyed by village.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from tuopin.agents.arrays import F64, I64, Flags
from tuopin.agents.county import Villages
from tuopin.agents.documented import SHARES, Figure
from tuopin.agents.place import Place
from tuopin.agents.randomness import VILLAGES, Luck

_SITUATION = 2
"""Which of the things drawn for a village: 0 is its nature, 1 its size."""
VILLAGES_A_TOWNSHIP = 12
"""Villages of a township where a place does not say how many townships it has (free)."""


def list_villages(villages: Villages, place: Place, luck: Luck) -> None:
    """Write `listed`, `weak`, `flood_zone`, `x` and `y` of the villages of a place."""
    u = luck.uniforms(VILLAGES, _SITUATION, villages.uid, 3)
    villages.x, villages.y = u[:, 0].copy(), u[:, 1].copy()
    villages.listed = _highest(villages.remoteness, villages.uid, place.poor_villages)
    villages.weak = _highest(-villages.cadre_quality, villages.uid, place.weak_villages)
    villages.flood_zone = _highest(u[:, 2], villages.uid, place.flood_villages)


def number_of(figure: Figure | None, villages: int) -> int:
    """How many of `villages` a figure means: a count, or a share rounded to the nearest; none if it is not given."""
    if figure is None:
        return 0
    number = round(figure.value * villages) if figure.unit in SHARES else round(figure.value)
    return min(number, villages)


def _highest(score: F64, uid: I64, figure: Figure | None) -> Flags:
    """Mark the villages of the highest score, of equal ones the lower uid first, shape (villages,)."""
    marked = np.zeros(len(uid), dtype=np.bool_)
    marked[np.lexsort((uid, -score))[: number_of(figure, len(uid))]] = True
    return marked


def neighbours(villages: Villages, k: int) -> I64:
    """Return the indices of the `k` nearest other villages of each, nearest first, shape (villages, k).

    Where there are fewer others, all of them, shape (villages, villages - 1).
    """
    number = len(villages)
    k = min(k, number - 1)
    if k < 1:
        return np.empty((number, 0), dtype=np.int64)
    points = np.column_stack([villages.x, villages.y])
    found: I64 = np.asarray(cKDTree(points).query(points, k=k + 1)[1], dtype=np.int64)
    mine = found == np.arange(number)[:, None]  # a village is nearest to itself, unless two lie at one point
    mine[~mine.any(axis=1), k] = True
    result: I64 = found[~mine].reshape(number, k)
    return result


def townships_of(place: Place) -> int:
    """How many townships the villages of a place belong to: as it says, or a twelfth of its villages, at least one."""
    if place.townships is not None:
        return round(place.townships.value)
    return max(1, round(place.villages.value / VILLAGES_A_TOWNSHIP))
