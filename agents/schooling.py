"""Compulsory schooling: which households have a child out of school (one of the guarantees of an official exit)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I64, Flags
from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.kernels import pick
from tuopin.agents.randomness import SCHOOLING


class DropoutTerms(NamedTuple):
    """Yearly probabilities by pupil of group `schooling`."""

    dropout_poor: float
    dropout_base: float


class _Pupils(NamedTuple):
    rows: I64
    u: F64
    pupils: I8
    poor_true: Flags
    dropout_factor: F32
    out_of_school: Flags


def out_of_school(county: County) -> Flags:
    """Whether a child of compulsory age is out of school, bool per household; likelier while truly poor.

    A household's luck is fixed for life: the same children stay in school as soon as poverty ends. Programmes multiply
    the probability; before a first year begins there are none.
    """
    h, flows = county.households, county.flows
    neutral = {} if flows.begun else {"dropout_factor": np.ones(len(h), dtype=np.float32)}
    rows = np.flatnonzero(h.pupils > 0)
    u = county.luck.uniform(SCHOOLING, 0, h.uid[rows])
    out = np.zeros(len(h), dtype=np.bool_)
    found = pick(_Pupils, h, flows if flows.begun else None, rows=rows, u=u, out_of_school=out, **neutral)
    _leave_school(found, county.parameters.fill(DropoutTerms, "schooling", county.year))
    return found.out_of_school


@compiled
def _leave_school(c: _Pupils, t: DropoutTerms) -> None:
    for k in range(c.rows.shape[0]):
        i = c.rows[k]
        rate = t.dropout_poor if c.poor_true[i] else t.dropout_base
        c.out_of_school[i] = c.u[k] < rate * c.pupils[i] * c.dropout_factor[i]
