"""The three layers of cover in their order: basic scheme, critical illness insurance, medical aid."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I16, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.health import BasicScheme, basic_payment, to_fen
from tuopin.policies.arrays import Fen, Rows
from tuopin.policies.ledger import whole_fen


class Layers(NamedTuple):
    """Terms of the layers above the members' basic scheme; money in yuan of the year."""

    critical_deductible: float
    critical_rate: float
    aid_rate: float
    aid_cap: float


class Bills(NamedTuple):
    """Columns and flows that claims are read from; money in yuan of the year."""

    since: I16
    insured: Flags
    inpatient_bill: F64
    outpatient_bill: F64
    basic_reimbursed: F64


class Claims(NamedTuple):
    """Who claims, shape (n,) ascending, and what each of the three layers pays, shape (n, 3)."""

    rows: Rows
    fen: Fen


@rule
def better_terms(inpatient: float, outpatient: float, ordinary: float, basic: BasicScheme) -> float:
    """What the basic scheme pays a member beyond `ordinary`, its payment at ordinary terms (yuan a year).

    Never more than the bills, and never less than nothing: what the ordinary terms pay is not taken back.
    """
    return max(0.0, min(basic_payment(inpatient, outpatient, basic), inpatient + outpatient) - ordinary)


@rule
def critical_illness(left: float, t: Layers) -> float:
    """Critical illness insurance on what is `left` of the bills: (left - deductible)+ x rate, rounded to 0.01 yuan.

    Without a cap, as for the registered poor.
    """
    return to_fen(max(0.0, left - t.critical_deductible) * t.critical_rate)


@rule
def medical_aid(left: float, t: Layers) -> float:
    """Medical aid on what is then `left`: min(left x rate, cap), rounded to 0.01 yuan."""
    return to_fen(min(max(0.0, left) * t.aid_rate, t.aid_cap))


@compiled
def layer_payments(
    inpatient: float, outpatient: float, ordinary: float, basic: BasicScheme, t: Layers
) -> tuple[float, float, float]:
    """What each layer pays of one household's bills of a year beyond `ordinary`, yuan rounded to 0.01.

    Parameters
    ----------
    inpatient, outpatient
        Bills, yuan.
    ordinary
        What the basic scheme pays of them at ordinary terms, in every scenario.
    basic
        Its terms for members.
    t
        Terms of the two layers above.

    Returns
    -------
    The basic scheme's better terms, critical illness insurance, medical aid: each pays of what the one before has left.
    """
    first = better_terms(inpatient, outpatient, ordinary, basic)
    left = max(0.0, inpatient + outpatient - ordinary - first)
    second = critical_illness(left, t)
    return to_fen(first), second, medical_aid(left - second, t)


@compiled
def _claim(bills: Bills, basic: BasicScheme, layers: Layers, claims: Claims) -> int:
    """Write the claims of insured members that have bills; return how many there are."""
    number = 0
    for i in range(bills.since.shape[0]):
        inpatient, outpatient = bills.inpatient_bill[i], bills.outpatient_bill[i]
        if bills.since[i] > 0 and bills.insured[i] and inpatient + outpatient > 0.0:
            first, second, third = layer_payments(inpatient, outpatient, bills.basic_reimbursed[i], basic, layers)
            claims.rows[number] = i
            claims.fen[number, 0] = whole_fen(first)
            claims.fen[number, 1] = whole_fen(second)
            claims.fen[number, 2] = whole_fen(third)
            number += 1
    return number


def claims_of(bills: Bills, basic: BasicScheme, layers: Layers) -> Claims:
    """Return the claims of insured members with bills; `basic` and `layers` are the members' terms."""
    size = len(bills.since)
    claims = Claims(rows=np.empty(size, dtype=np.int64), fen=np.empty((size, 3), dtype=np.int64))
    number = _claim(bills, basic, layers, claims)
    return Claims(rows=claims.rows[:number], fen=claims.fen[:number])
