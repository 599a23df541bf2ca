"""Compulsory schooling: which households have a child out of school (one of the guarantees of an official exit)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.randomness import SCHOOLING


def out_of_school(county: County) -> NDArray[np.bool_]:
    """Whether a child of compulsory age is out of school, bool per household; likelier while truly poor.

    A household's luck is fixed for life: the same children are kept in school as soon as poverty ends.
    """
    h = county.households
    result = np.zeros(len(h), dtype=np.bool_)
    rows = np.flatnonzero(h.pupils > 0)
    u = county.luck.uniform(SCHOOLING, 0, h.uid[rows])
    _leave_school(
        rows,
        u,
        h.pupils,
        h.poor_true,
        county.value("schooling.dropout_poor"),
        county.value("schooling.dropout_base"),
        result,
    )
    return result


@compiled
def _leave_school(rows: Any, u: Any, pupils: Any, poor: Any, rate_poor: Any, rate_base: Any, result: Any) -> None:
    for k in range(rows.shape[0]):
        i = rows[k]
        result[i] = u[k] < (rate_poor if poor[i] else rate_base) * pupils[i]
