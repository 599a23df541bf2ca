"""Catastrophic health spending: medical payments that eat up what a household has beyond its subsistence food."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.compiled import compiled

Array = NDArray[Any]

THRESHOLD = 0.40
"""Share of capacity to pay from which payments are catastrophic (Xu et al. 2003)."""


@compiled
def _flag(payment: Array, income: Array, members: Array, food: float) -> NDArray[np.bool_]:
    flag = np.empty(payment.shape[0], dtype=np.bool_)
    for i in range(payment.shape[0]):
        capacity = max((income[i] - food) * members[i], 0.0)
        flag[i] = payment[i] > 0.0 and payment[i] >= THRESHOLD * capacity
    return flag


def catastrophic(payment: Array, income: Array, members: Array, subsistence_food: float) -> NDArray[np.bool_]:
    """Return which households pay at least 40% of income net of subsistence food for care, shape (n,).

    `payment` (n,) yuan the household pays for care this year; `income` (n,) its net income, yuan per person;
    `subsistence_food` yuan per person and year. Who has nothing beyond food is struck by any payment; who pays nothing
    never is. Source: Xu et al. (2003), Lancet 362, with income for total spending as this program has no diary of it.
    """
    return _flag(payment, income, members, float(subsistence_food))
