"""The year's quantities: what steps hand to each other within one year, and the terms policies add to.

A policy writes no household income directly. It adds to a *term* of its kind; terms start neutral each year, policies
act in the order of their names, and the mechanism that owns the quantity combines them (sums for yuan and persons,
products for ratios). A policy that adds nothing therefore changes nothing, bit for bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

TERMS: dict[str, tuple[str, float, str, str]] = {
    "claimed_workers": ("int8", 0, "persons", "idle workers taken by a programme's own jobs"),
    "entry_factor": ("float32", 1, "ratio", "rate of entry into off-farm work"),
    "wage_term": ("float64", 0, "yuan/year", "wage income added"),
    "business_factor": ("float32", 1, "ratio", "yields and prices received in the household's industry"),
    "business_term": ("float64", 0, "yuan/year", "business income added"),
    "income_factor": ("float32", 1, "ratio", "market income (a transition dip)"),
    "property_term": ("float64", 0, "yuan/year", "property income added"),
    "transfer_term": ("float64", 0, "yuan/year", "policy transfers received, before the income test"),
    "tested_transfer_term": ("float64", 0, "yuan/year", "income-tested policy transfers received"),
    "use_factor": ("float32", 1, "ratio", "use of hospital care"),
    "reimbursed_term": ("float64", 0, "yuan/year", "reimbursement beyond the ordinary basic scheme"),
    "own_payment_term": ("float64", 0, "yuan/year", "households' own payments to programmes, from savings then debt"),
}
"""name -> dtype, neutral value, unit, meaning."""

QUANTITIES: dict[str, tuple[str, str, str]] = {
    "productivity": ("float64", "ratio", "exp of fixed, permanent and transitory log productivity"),
    "stay_ratio": ("float32", "ratio", "luck of illness over its probability: a stay if below use of care"),
    "stay_bill": ("float32", "yuan/year", "bill of the hospital stay if there is one"),
    "major_bill": ("float32", "yuan/year", "bill of a major illness"),
    "inpatient_bill": ("float64", "yuan/year", "bills of hospital stays and major illness"),
    "outpatient_bill": ("float64", "yuan/year", "outpatient bills of chronic illness"),
    "basic_reimbursed": ("float64", "yuan/year", "paid by the basic scheme at ordinary terms"),
    "illness_factor": ("float32", "ratio", "market income left after illness"),
    "jobs_lost": ("int8", "jobs", "off-farm jobs lost for some months"),
    "animals_lost": ("bool", "flag", "animals lost to disease"),
    "net_income": ("float64", "yuan/year", "net income of the household"),
    "left_poverty": ("bool", "flag", "left true poverty at this year's assessment"),
    "verified_income": (
        "float64",
        "yuan/person",
        "net income as the registry's review sees it, NaN if it does not look",
    ),
}
"""name -> dtype, unit, meaning; overwritten in full each year by the step that owns it."""


class Flows:
    """The year's arrays, one per term and quantity, length = number of households; buffers are reused over years.

    Who takes a term as `flows.wage_term` may write to it; who only reads it uses `flows.read`. So terms that nobody
    can have written are known, and need not be made neutral again.
    """

    def __init__(self) -> None:
        self._buffers: dict[str, NDArray[Any]] = {}
        self._size = 0
        self._written: set[str] = set()

    def reset(self, size: int) -> None:
        """Set every term to its neutral value for `size` households; quantities keep no meaning from the last year."""
        for name in self._written:
            self._buffers[name][: self._size] = TERMS[name][1]
        self._written.clear()
        self._size = size
        if not self._buffers or len(self._buffers["net_income"]) < size:
            room = size + size // 10 + 16
            self._buffers = {name: np.full(room, neutral, dtype=kind) for name, (kind, neutral, _, _) in TERMS.items()}
            self._buffers |= {name: np.empty(room, dtype=kind) for name, (kind, _, _) in QUANTITIES.items()}

    def read(self, term: str) -> NDArray[Any]:
        """The array of a term for a caller that does not write to it."""
        return self._buffers[term][: self._size]

    def __setattr__(self, name: str, value: Any) -> None:
        # `flows.term += x` must land in the buffer, not in an attribute that hides it
        if name in TERMS or name in QUANTITIES:
            target = getattr(self, name)
            if target is not value:
                target[:] = value
        else:
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> NDArray[Any]:
        buffers = self.__dict__.get("_buffers", {})
        if name not in buffers:
            raise AttributeError(f"no quantity of the year is called {name!r}")
        if name in TERMS:
            self._written.add(name)
        return buffers[name][: self._size]  # type: ignore[no-any-return]
