"""The year's quantities: what steps hand to each other within one year, and the terms policies add to.

A policy writes no household income directly. It adds to a *term* of its kind; terms start neutral each year, policies
act in the order of their names, and the mechanism that owns the quantity combines them (sums for yuan and persons,
products for ratios). A policy that adds nothing therefore changes nothing, bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, Array, Flags
from tuopin.agents.columns import dtypes_of


@dataclass(frozen=True)
class Flow:
    """One array of the year: a term, which starts at `neutral`, or a quantity, which its step overwrites in full."""

    name: str
    dtype: str
    unit: str
    meaning: str
    neutral: float | None = None


class _Row(NamedTuple):
    unit: str
    meaning: str
    neutral: float | None = None


def term(neutral: float, unit: str, meaning: str) -> Any:
    """Say what policies add to (neutral 0) or multiply (neutral 1); its name and type stand before it."""
    return _Row(unit, meaning, neutral)


def quantity(unit: str, meaning: str) -> Any:
    """Say what a step writes for later ones; its name and type stand before it."""
    return _Row(unit, meaning)


class YearArrays:
    """Every term and quantity by name and type, for `TERMS` and `QUANTITIES` and for the type checker."""

    claimed_workers: I8 = term(0, "persons", "idle workers taken by a programme's own jobs")
    entry_factor: F32 = term(1, "ratio", "rate of entry into off-farm work")
    wage_term: F64 = term(0, "yuan/year", "wage income added")
    business_factor: F32 = term(1, "ratio", "yields and prices received in the household's industry")
    business_term: F64 = term(0, "yuan/year", "business income added")
    income_factor: F32 = term(1, "ratio", "market income (a transition dip)")
    property_term: F64 = term(0, "yuan/year", "property income added")
    transfer_term: F64 = term(0, "yuan/year", "policy transfers received, before the income test")
    tested_transfer_term: F64 = term(0, "yuan/year", "income-tested policy transfers received")
    use_factor: F32 = term(1, "ratio", "use of hospital care")
    reimbursed_term: F64 = term(0, "yuan/year", "reimbursement beyond the ordinary basic scheme")
    own_payment_term: F64 = term(0, "yuan/year", "own payments to programmes, from savings, then debt")

    productivity: F64 = quantity("ratio", "exp of fixed, permanent and transitory log productivity")
    stay_ratio: F32 = quantity("ratio", "luck of illness over its probability: a stay if below use of care")
    stay_bill: F32 = quantity("yuan/year", "bill of the hospital stay if there is one")
    major_bill: F32 = quantity("yuan/year", "bill of a major illness")
    inpatient_bill: F64 = quantity("yuan/year", "bills of hospital stays and major illness")
    outpatient_bill: F64 = quantity("yuan/year", "outpatient bills of chronic illness")
    basic_reimbursed: F64 = quantity("yuan/year", "paid by the basic scheme at ordinary terms")
    illness_factor: F32 = quantity("ratio", "market income left after illness")
    jobs_lost: I8 = quantity("jobs", "off-farm jobs lost for some months")
    animals_lost: Flags = quantity("flag", "animals lost to disease")
    net_income: F64 = quantity("yuan/year", "net income of the household")
    left_poverty: Flags = quantity("flag", "left true poverty at this year's assessment")
    verified_income: F64 = quantity("yuan/person", "net income as the review sees it, NaN where it does not look")


FlowName = str
"""Name of a term or quantity, given as text; checked like `ColumnName`."""

FLOWS = {
    name: Flow(name, dtype, *row) for name, dtype in dtypes_of(YearArrays).items() for row in [vars(YearArrays)[name]]
}
TERMS: dict[str, Flow] = {name: flow for name, flow in FLOWS.items() if flow.neutral is not None}
QUANTITIES: dict[str, Flow] = {name: flow for name, flow in FLOWS.items() if flow.neutral is None}


if TYPE_CHECKING:
    _Typed = YearArrays
else:
    _Typed = object


class Flows(_Typed):
    """The year's arrays, one per term and quantity, length = number of households; buffers are reused over years."""

    def __init__(self) -> None:
        self._buffers: dict[str, Array] = {}
        self._arrays: dict[str, Array] = {}

    def reset(self, size: int) -> None:
        """Set every term to its neutral value for `size` households; quantities keep no meaning from the last year."""
        if not self._buffers or len(self._buffers["net_income"]) < size:
            room = size + size // 10 + 16
            self._buffers = {name: np.empty(room, dtype=flow.dtype) for name, flow in FLOWS.items()}
        self._arrays = {name: buffer[:size] for name, buffer in self._buffers.items()}
        for name, flow in TERMS.items():
            self._arrays[name][:] = flow.neutral

    def array(self, name: str) -> Array:
        """Return the array of a term or quantity.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        return self._arrays[name]

    def as_mapping(self) -> Mapping[str, Array]:
        """Return a read-only mapping of name to array."""
        return MappingProxyType(self._arrays)

    if not TYPE_CHECKING:  # a type checker goes by `YearArrays`, so that it sees a name misspelt

        def __setattr__(self, name: str, value: Any) -> None:
            # `flows.term += x` must land in the buffer, not in an attribute that hides it
            if name in FLOWS:
                target = getattr(self, name)
                if target is not value:
                    target[:] = value
            else:
                super().__setattr__(name, value)

        def __getattr__(self, name: str) -> Array:
            arrays = self.__dict__.get("_arrays", {})
            if name not in arrays:
                raise AttributeError(f"no quantity of the year is called {name!r}")
            return arrays[name]
