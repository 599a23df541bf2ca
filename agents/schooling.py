"""Compulsory schooling: which households have a child out of school (one of the guarantees of an official exit)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agents.county import County
from agents.randomness import SCHOOLING


def out_of_school(county: County) -> NDArray[np.bool_]:
    """Whether a child of compulsory age is out of school, bool per household; likelier while truly poor.

    A household's luck is fixed for life: the same children are kept in school as soon as poverty ends.
    """
    h = county.households
    rows = np.flatnonzero(h.pupils)
    rate = np.where(h.poor_true[rows], county.value("schooling.dropout_poor"), county.value("schooling.dropout_base"))
    result = np.zeros(len(h), dtype=np.bool_)
    result[rows] = county.luck.uniform(SCHOOLING, 0, h.uid[rows]) < rate * h.pupils[rows]
    return result
