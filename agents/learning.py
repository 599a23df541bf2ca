"""Step 8, learning: motivation moves with neighbours' success; it is a state of able workers, never a label for the
ill.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.stages import MIDDLE


def learn(county: County) -> None:
    """Move motivation: back to its mean, up with the share of village neighbours who left poverty this year."""
    if not county.on("motivation"):
        return
    h = county.households
    gain = county.value("learning.peer_gain") if county.on("demonstration") else 0.0
    success, households = np.zeros((2, len(county.villages)), dtype=np.int64)
    _count(h.village, county.flows.left_poverty, success, households)
    _learn(
        h.able_workers,
        h.village,
        h.motivation,
        h.policy_transfers,
        gain * success / np.maximum(households, 1),
        county.value("learning.reversion"),
        county.value("learning.support_decay"),
    )


@compiled
def _count(village: Any, left_poverty: Any, success: Any, households: Any) -> None:
    for i in range(village.shape[0]):
        success[village[i]] += left_poverty[i]
        households[village[i]] += 1


@compiled
def _learn(able: Any, village: Any, motivation: Any, support: Any, gain: Any, reversion: Any, decay: Any) -> None:
    for i in range(able.shape[0]):
        if able[i] > 0:
            m = motivation[i] + reversion * (MIDDLE - motivation[i]) + gain[village[i]]
            if support[i] > 0.0:
                m -= decay
            motivation[i] = min(1.0, max(0.0, m))
