"""Step 8, learning: motivation moves with neighbours' success; it is a state of able workers, no label for the ill."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.kernels import pick
from tuopin.agents.stages import MIDDLE


class LearningTerms(NamedTuple):
    """Parameters of group `learning` for the kernel of motivation (shares of its scale a year)."""

    reversion: float
    support_decay: float


class _Neighbours(NamedTuple):
    village: I16
    left_poverty: Flags
    success: I64
    households: I64


class _Learners(NamedTuple):
    able_workers: I8
    village: I16
    motivation: F32
    policy_transfers: F64
    peer_gain: F64


def learn(county: County) -> None:
    """Move motivation: back to its mean, up with the share of village neighbours who left poverty this year."""
    if not county.on("motivation"):
        return
    h, f = county.households, county.flows
    gain = county.value("learning.peer_gain") if county.on("demonstration") else 0.0
    success, households = np.zeros((2, len(county.villages)), dtype=np.int64)
    _count(pick(_Neighbours, h, f, success=success, households=households))
    learners = pick(_Learners, h, f, peer_gain=gain * success / np.maximum(households, 1))
    _learn(learners, county.parameters.fill(LearningTerms, "learning", county.year))


@compiled
def _count(c: _Neighbours) -> None:
    for i in range(c.village.shape[0]):
        c.success[c.village[i]] += c.left_poverty[i]
        c.households[c.village[i]] += 1


@rule
def next_motivation(motivation: float, peer_gain: float, supported: bool, t: LearningTerms) -> float:
    """Motivation (0..1) a year on: part of the way back to the middle, up by what peers' success adds.

    Support by transfers wears it down a little.
    """
    moved = motivation + t.reversion * (MIDDLE - motivation) + peer_gain
    if supported:
        moved -= t.support_decay
    return min(1.0, max(0.0, moved))


@compiled
def _learn(c: _Learners, t: LearningTerms) -> None:
    for i in range(c.able_workers.shape[0]):
        if c.able_workers[i] > 0:
            gain = c.peer_gain[c.village[i]]
            c.motivation[i] = next_motivation(c.motivation[i], gain, c.policy_transfers[i] > 0.0, t)
