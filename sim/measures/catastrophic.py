"""Catastrophic health spending: medical payments that eat up what a household has beyond its subsistence food."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I16, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.sim.measures.arguments import check_lengths, check_numbers, check_weights

THRESHOLD = 0.40
"""Share of capacity to pay from which payments are catastrophic (Xu et al. 2003)."""


class _Payments(NamedTuple):
    payment: F64
    income: F64
    members: I16
    catastrophic: Flags


@rule
def is_catastrophic(payment: float, income: float, members: int, food: float) -> bool:
    """Whether `payment` for care (yuan) is at least 40% of income beyond food; `income` and `food` are by person."""
    capacity = max((income - food) * members, 0.0)
    return payment > 0.0 and payment >= THRESHOLD * capacity


@compiled
def _flag(c: _Payments, food: float) -> None:
    for i in range(c.payment.shape[0]):
        c.catastrophic[i] = is_catastrophic(c.payment[i], c.income[i], c.members[i], food)


def catastrophic(payment: F64, income: F64, members: I16, subsistence_food: float) -> Flags:
    """Return which households pay at least 40% of income net of subsistence food for care, shape (n,).

    `payment` (n,) yuan the household pays for care this year; `income` (n,) its net income, yuan per person;
    `subsistence_food` yuan per person and year. Who has nothing beyond food is struck by any payment; who pays nothing
    never is. Source: Xu et al. (2003), Lancet 362, with income for total spending as this program has no diary of it.

    Raises
    ------
    ValueError
        If the shapes differ, an amount is NaN, a payment negative or persons are below 0.
    """
    check_lengths(payment=payment, income=income, members=members)
    check_numbers(payment=payment, income=income, subsistence_food=subsistence_food)
    check_weights(members, "members")
    if len(payment) and payment.min() < 0:
        raise ValueError("payments must not be below 0")
    flags = np.empty(len(payment), dtype=np.bool_)
    _flag(_Payments(payment=payment, income=income, members=members, catastrophic=flags), float(subsistence_food))
    return flags
