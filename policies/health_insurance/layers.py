"""The three layers of cover in their order: basic scheme, critical illness insurance, medical aid."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.compiled import compiled
from tuopin.agents.health import BasicScheme, basic_payment, to_fen
from tuopin.policies.ledger import whole_fen


class Layers(NamedTuple):
    """Terms of the layers above the members' basic scheme; money in yuan of the year."""

    critical_deductible: float
    critical_rate: float
    aid_rate: float
    aid_cap: float


@compiled
def layer_payments(inpatient: Any, outpatient: Any, ordinary: Any, basic: Any, t: Any) -> Any:
    """What each layer pays of one household's bills beyond the ordinary basic scheme, three amounts rounded to 0.01
    yuan.

    They are the basic scheme's better terms, critical illness insurance and medical aid. `ordinary` is what the basic
    scheme
    pays at ordinary terms, `basic` its terms for members, `t` those of the layers. No layer pays more than is left of
    the bill.
    """
    bills = inpatient + outpatient
    first = max(0.0, min(basic_payment(inpatient, outpatient, basic), bills) - ordinary)
    left = max(0.0, bills - ordinary - first)
    second = to_fen(max(0.0, left - t.critical_deductible) * t.critical_rate)
    left -= second
    return to_fen(first), second, to_fen(min(max(0.0, left) * t.aid_rate, t.aid_cap))


@compiled
def _claim(
    since: Any,
    insured: Any,
    inpatient: Any,
    outpatient: Any,
    ordinary: Any,
    basic: Any,
    layers: Any,
    rows: Any,
    claims: Any,
) -> Any:
    number = 0
    for i in range(since.shape[0]):
        if since[i] > 0 and insured[i] and inpatient[i] + outpatient[i] > 0.0:
            first, second, third = layer_payments(inpatient[i], outpatient[i], ordinary[i], basic, layers)
            rows[number] = i
            claims[number, 0], claims[number, 1], claims[number, 2] = (
                whole_fen(first),
                whole_fen(second),
                whole_fen(third),
            )
            number += 1
    return number


def claims_of(
    since: NDArray[np.int16],
    insured: NDArray[np.bool_],
    inpatient: NDArray[np.float64],
    outpatient: NDArray[np.float64],
    ordinary: NDArray[np.float64],
    basic: BasicScheme,
    layers: Layers,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of insured members with bills, shape (n,) ascending, and what each layer pays of them, (n, 3)
    fen.
    """
    rows, claims = np.empty(len(since), dtype=np.int64), np.empty((len(since), 3), dtype=np.int64)
    number = _claim(since, insured, inpatient, outpatient, ordinary, basic, layers, rows, claims)
    return rows[:number], claims[:number]
