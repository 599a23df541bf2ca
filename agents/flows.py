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
    early: bool = False
    """Of a term: read in the step of shocks, so that what a policy writes later in the year is read by nobody."""
    least: float | None = None
    """Of a term: its lowest value, where the unit allows lower ones."""


class _Row(NamedTuple):
    unit: str
    meaning: str
    neutral: float | None = None
    early: bool = False
    least: float | None = None


def term(neutral: float, unit: str, meaning: str, *, early: bool = False, least: float | None = None) -> Any:
    """Say what policies add to (neutral 0) or multiply (neutral 1); its name and type stand before it."""
    return _Row(unit, meaning, neutral, early, least)


def quantity(unit: str, meaning: str) -> Any:
    """Say what a step writes for later ones; its name and type stand before it."""
    return _Row(unit, meaning)


class YearArrays:
    """Every term and quantity by name and type, for `TERMS` and `QUANTITIES` and for the type checker."""

    # risks, written before the shocks of the year are drawn
    illness_risk: F32 = term(1, "ratio", "probability of a hospital stay and of falling chronically ill", early=True)
    major_risk: F32 = term(1, "ratio", "probability of a major illness", early=True)
    accident_risk: F32 = term(1, "ratio", "probability of an accident that disables a worker", early=True)
    animal_risk: F32 = term(1, "ratio", "probability of losing the animals", early=True)
    separation_factor: F32 = term(1, "ratio", "probability of losing an off-farm job", early=True)
    # work and business
    motivation_term: F32 = term(0, "share", "added to motivation as offers of programmes and of work meet it")
    claimed_workers: F32 = term(0, "persons", "idle workers taken by a programme's own jobs")
    entry_factor: F32 = term(1, "ratio", "rate of entry into off-farm work")
    distance_factor: F32 = term(1, "ratio", "remoteness as felt by who looks for work")
    away_factor: F32 = term(1, "ratio", "probability that new off-farm work is outside the county")
    wage_term: F64 = term(0, "yuan/year", "wage income added")
    wage_factor: F32 = term(1, "ratio", "wages of off-farm workers")
    disaster_share: F32 = term(1, "ratio", "share of the loss of crops of a struck village that the household bears")
    crop_factor: F32 = term(1, "ratio", "yields of grain and of every line that the weather touches")
    business_factor: F32 = term(1, "ratio", "yields and prices received in the household's industry")
    business_term: F64 = term(0, "yuan/year", "business income added")
    income_factor: F32 = term(1, "ratio", "market income (a transition dip)")
    supported_term: F64 = term(
        0, "yuan/year", "of the year's income, what ends with a programme's money beside transfers"
    )
    land_term: F32 = term(0, "mu", "land taken out of cultivation")
    private_transfer_term: F64 = term(0, "yuan/year", "transfers from relatives added")
    property_term: F64 = term(0, "yuan/year", "property income added")
    transfer_term: F64 = term(0, "yuan/year", "policy transfers received, before the income test")
    tested_transfer_term: F64 = term(0, "yuan/year", "income-tested policy transfers received")
    use_factor: F32 = term(1, "ratio", "use of hospital care")
    stay_bill_factor: F32 = term(1, "ratio", "bill of the hospital stay")
    major_bill_factor: F32 = term(1, "ratio", "bill of a major illness")
    reimbursed_term: F64 = term(0, "yuan/year", "reimbursement beyond the ordinary basic scheme")
    school_aid_term: F64 = term(0, "yuan/year", "taken off the cost of schooling, down to nothing", least=0)
    dropout_factor: F32 = term(1, "ratio", "probability that a child of compulsory age is out of school")
    repayment_term: F64 = term(0, "yuan/year", "repayment of loans due, from savings, then relatives", least=0)
    own_payment_term: F64 = term(0, "yuan/year", "own payments to programmes, from savings, then debt")

    productivity: F64 = quantity("ratio", "exp of fixed, permanent and transitory log productivity")
    stay_ratio: F32 = quantity("ratio", "luck of illness over its probability: a stay if below use of care")
    stay_bill: F32 = quantity("yuan/year", "bill of the hospital stay if there is one")
    major_bill: F32 = quantity("yuan/year", "bill of a major illness")
    inpatient_bill: F64 = quantity("yuan/year", "bills of hospital stays and major illness")
    outpatient_bill: F64 = quantity("yuan/year", "outpatient bills of chronic illness")
    basic_reimbursed: F64 = quantity("yuan/year", "paid by the basic scheme at ordinary terms")
    illness_factor: F32 = quantity("ratio", "market income left after illness")
    jobs_lost: I8 = quantity("jobs", "off-farm jobs lost for some months or for good")
    came_home: I8 = quantity("jobs", "of these, outside the county and lost for good: the worker came home")
    animals_lost: Flags = quantity("flag", "animals lost to disease")
    net_income: F64 = quantity("yuan/year", "net income of the household")
    repayment_unpaid: F64 = quantity("yuan/year", "of repayments due, what neither savings nor relatives met")
    left_poverty: Flags = quantity("flag", "left true poverty at this year's assessment")
    verified_income: F64 = quantity("yuan/person", "net income as the review sees it, NaN where it does not look")


FlowName = str
"""Name of a term or quantity, given as text; checked like `ColumnName`."""

FLOWS = {
    name: Flow(name, dtype, *row) for name, dtype in dtypes_of(YearArrays).items() for row in [vars(YearArrays)[name]]
}
TERMS: dict[str, Flow] = {name: flow for name, flow in FLOWS.items() if flow.neutral is not None}
QUANTITIES: dict[str, Flow] = {name: flow for name, flow in FLOWS.items() if flow.neutral is None}


@dataclass(frozen=True)
class CommonTerm:
    """A term of villages, of lines or of the whole county: what it starts from each year, and its bounds."""

    neutral: float
    least: float
    most: float
    unit: str
    meaning: str


VILLAGE_TERMS: dict[str, CommonTerm] = {
    "hours_term": CommonTerm(0.0, -1e6, 1e6, "hours/year", "working hours of the village's team added"),
    "quality_term": CommonTerm(0.0, -10.0, 10.0, "standard deviations", "quality of the village's team added"),
}
"""Of `county.villages`, one value a village."""
LINE_TERMS: dict[str, CommonTerm] = {
    "demand": CommonTerm(1.0, 0.0, 1e3, "ratio", "demand for the line's product against the initial year's"),
    "unsold": CommonTerm(0.0, 0.0, 1.0, "share", "part of the line's product that nobody buys"),
}
"""Of `county.markets`, one value a line; both concern a household's industry, `demand` the price of grain too."""
COUNTY_TERMS: dict[str, CommonTerm] = {
    "vacancies": CommonTerm(0.0, -1e6, 1e6, "jobs", "jobs in the county that fall vacant this year, added"),
}
"""Of the county itself."""


if TYPE_CHECKING:
    _Typed = YearArrays
else:
    _Typed = object


class Flows(_Typed):
    """The year's arrays, one per term and quantity, length = number of households; buffers are reused over years.

    A term has an array of its own from the moment somebody asks for it who may write to it; until then the model's own
    kernels, which only read, are given one array of neutral values that all such terms share. So a term nobody uses
    costs neither memory nor time.
    """

    def __init__(self) -> None:
        self._room = 0
        self._buffers: dict[str, Array] = {}
        self._arrays: dict[str, Array] = {}
        self._neutral: dict[tuple[str, float | None], Array] = {}

    def reset(self, size: int) -> None:
        """Set every term to its neutral value for `size` households; quantities keep no meaning from the last year."""
        if not self._buffers or self._room < size:
            self._room = size + size // 10 + 16
            self._buffers = {name: np.empty(self._room, dtype=flow.dtype) for name, flow in QUANTITIES.items()}
            kinds = {(term.dtype, term.neutral) for term in TERMS.values()}
            self._neutral = {(dtype, neutral): np.full(self._room, neutral, dtype) for dtype, neutral in kinds}
        shared = {name: self._neutral[term.dtype, term.neutral] for name, term in TERMS.items()}
        self._arrays = {name: buffer[:size] for name, buffer in (shared | self._buffers).items()}
        for name in self._buffers.keys() & TERMS.keys():
            self._arrays[name][:] = TERMS[name].neutral

    @property
    def begun(self) -> bool:
        """Whether a year has begun: before, there are no arrays."""
        return bool(self._arrays)

    def array(self, name: str) -> Array:
        """Return the array of a term or quantity.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        array = self._arrays[name]
        if name in self._buffers:
            return array
        self._buffers[name] = np.full(self._room, TERMS[name].neutral, TERMS[name].dtype)
        self._arrays[name] = self._buffers[name][: len(array)]
        return self._arrays[name]

    def as_mapping(self) -> Mapping[str, Array]:
        """Return a read-only mapping of name to array."""
        for name in self._arrays:
            self.array(name)
        return MappingProxyType(self._arrays)

    def for_reading(self) -> Mapping[str, Array]:
        """Return the mapping to who writes to no term, as the model's own kernels; terms may share arrays in it."""
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
            if name not in self.__dict__.get("_arrays", {}):
                raise AttributeError(f"no quantity of the year is called {name!r}")
            return self.array(name)
