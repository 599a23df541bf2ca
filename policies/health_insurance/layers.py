"""The three layers of cover in their order: basic scheme, critical illness insurance, medical aid."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.compiled import compiled
from agents.health import BasicScheme, basic_payment, to_fen


class Layers(NamedTuple):
    """Terms of the layers above the members' basic scheme; money in yuan of the year."""

    critical_deductible: float
    critical_rate: float
    aid_rate: float
    aid_cap: float


@compiled
def _pay_layers(inpatient: Any, outpatient: Any, ordinary: Any, paid: Any, basic: Any, t: Any) -> None:
    for i in range(inpatient.shape[0]):
        bills = inpatient[i] + outpatient[i]
        first = max(0.0, min(basic_payment(inpatient[i], outpatient[i], basic), bills) - ordinary[i])
        left = max(0.0, bills - ordinary[i] - first)
        second = to_fen(max(0.0, left - t.critical_deductible) * t.critical_rate)
        left -= second
        paid[i, 0] = to_fen(first)
        paid[i, 1] = second
        paid[i, 2] = to_fen(min(max(0.0, left) * t.aid_rate, t.aid_cap))


def pay_layers(
    inpatient: NDArray[np.float64], outpatient: NDArray[np.float64], ordinary: NDArray[np.float64],
    basic: BasicScheme, layers: Layers,
) -> NDArray[np.float64]:  # fmt: skip
    """Return what each layer pays beyond the ordinary basic scheme, shape (n, 3), yuan rounded to 0.01.

    Columns are the basic scheme's better terms, critical illness insurance and medical aid. `ordinary` is what the basic
    scheme pays at ordinary terms. No layer pays more than is left of the bill.
    """
    paid = np.zeros((len(inpatient), 3))
    _pay_layers(inpatient, outpatient, ordinary, paid, basic, layers)
    return paid
