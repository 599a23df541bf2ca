"""What a policy is: a declaration and a few vectorised rules.

A rule may read any column of the county as it stood when the step began; it writes only the policy's own columns and
the year's terms (`tuopin.agents.flows.TERMS`). Policies act in the order of their names whatever order a study lists
them in, so listing order cannot change results. What one rule finds out for the next is handed on as an argument: the
observed need of households, and the places that institutions have for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.columns import EXITED, EXITED_UNSTABLE, Column, ColumnName, column
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.economy import INCOME_FLOOR
from tuopin.agents.kernels import pick
from tuopin.agents.parameters import name_key
from tuopin.agents.randomness import TAKE_UP
from tuopin.agents.rationing import reached
from tuopin.agents.registry import registered
from tuopin.policies import allotment
from tuopin.policies.arrays import Fen, Mask, Places, Rows
from tuopin.policies.ledger import Ledger
from tuopin.policies.observed_need import ObservedNeed
from tuopin.policies.own_columns import OwnColumns
from tuopin.policies.settings import Settings, policy_parameters

__all__ = [
    "F32",
    "F64",
    "FAMILIES",
    "I8",
    "I16",
    "I64",
    "PROTOCOL",
    "County",
    "Fen",
    "Flags",
    "Ledger",
    "Mask",
    "ObservedNeed",
    "OwnColumns",
    "Places",
    "Policy",
    "Rows",
    "Set",
    "column",
    "policy_parameters",
]

PROTOCOL = 2
"""The version of the rules below; `tuopin.policies.older_protocols` tells what changed."""

FAMILIES = ("finding", "staff", "livelihood", "work", "protection", "places", "frame")
"""What programmes do: find the poor, staff the effort, build livelihoods, give work, protect, change places; or
frame the rest."""


class Set(NamedTuple):
    """A value in the place of a parameter's own, in its unit."""

    value: float


class Policy(Settings):
    """Base of every programme: subclass it, declare the class attributes, override the rules that apply.

    Per household it keeps the column `<name>_since`: the year of enrolment, 0 if not enrolled.
    """

    protocol: ClassVar[int] = PROTOCOL
    name: ClassVar[str]
    label: ClassVar[str]
    label_zh: ClassVar[str] = ""
    family: ClassVar[str] = ""
    """One of `FAMILIES`; a programme of another package may leave it empty."""
    steps: ClassVar[tuple[str, ...]] = ("programmes",)
    own_columns: ClassVar[type[OwnColumns]] = OwnColumns
    writes: ClassVar[tuple[ColumnName, ...]] = ()
    """Base columns this policy may change; no two policies may name the same."""
    influences: ClassVar[tuple[str, ...]] = ()
    """Parameters of the model (`labour.separation_rate`) that `influence` may multiply."""
    sets: ClassVar[tuple[str, ...]] = ()
    """Parameters that `influence` may put a value of its own for; no two policies may name the same."""
    enrols: ClassVar[bool] = True
    """Whether it enrols households and has money; what only changes circumstances does not."""
    capital_years: ClassVar[int] = 0
    """Years that lasts what its money builds; comparisons then show its cost as an annuity beside cash. 0: nothing."""
    keeps: ClassVar[tuple[str, ...]] = ()
    """Attributes that belong to the state of a county (firms, sites): they are saved with it, nothing else is."""

    first_year: int = 0
    """The first year it is simulated in, which a run notes when it sets the policy up and keeps with a state; 0 for the
    county's first."""

    # --- state -------------------------------------------------------------------------------------------------------

    @classmethod
    def columns(cls) -> tuple[Column, ...]:
        """The household columns of this policy."""
        if not cls.enrols:
            return cls.own_columns.declared(cls.name)
        meaning, zh = f"enrolled in {cls.label} since (0 not)", f"{cls.label_zh}参与年份"
        since = Column(f"{cls.name}_since", "programme", "int16", "year", 0, 3000, meaning, zh)
        served = Column(
            f"{cls.name}_served",
            "programme",
            "bool",
            "flag",
            0,
            1,
            f"paid by {cls.label} last year",
            f"上年{cls.label_zh}受益",
        )
        return (since, served, *cls.own_columns.declared(cls.name))

    def own(self, county: County) -> OwnColumns:
        """The policy's own columns; a policy that declares some overrides this to return its own view of them."""
        return self.own_columns(self.name, county.households)

    def since(self, county: County) -> I16:
        """Year of enrolment per household, 0 if not enrolled."""
        return county.households.column(f"{self.name}_since")

    def served(self, county: County) -> Flags:
        """Who was paid something last year, bool per household; the record of a year moves it on."""
        flags: Flags = county.households.column(f"{self.name}_served")
        return flags

    def enrolled(self, county: County) -> Mask:
        """Who is enrolled, bool per household."""
        mask: Mask = self.since(county) > 0
        return mask

    def budget_fen(self, county: County) -> int | None:
        """The year's budget in fen at the county's scale; None if unlimited (see `tuopin.policies.allotment`)."""
        return allotment.budget_fen(self, self._setting(county), county.year)

    def slots(self, county: County) -> int | None:
        """Households that may enrol this year; None if unlimited (see `tuopin.policies.allotment`)."""
        return allotment.slots(self, self._setting(county), county.year)

    def _setting(self, county: County) -> allotment.Setting:
        first = self.first_year or county.start + 1
        return allotment.Setting(county.place, county.parameters, county.scale, first)

    # --- rules before the programme step -----------------------------------------------------------------------------

    def prepare(self, county: County) -> None:
        """Set up institutions and own columns once, in the initial state."""

    def influence(self, county: County) -> Mapping[str, float | Set]:
        """Move parameters of the model in the year that begins, by id: a factor, or `Set` to a value.

        Factors of several policies multiply, on top of a value set. What is moved stays within its bounds, and returns
        with the next year.
        """
        return {}

    def strike(self, county: County) -> None:
        """Shocks to the policy's own institutions (firm failure), in the step of shocks."""

    # --- rules of the programme step, in their order -----------------------------------------------------------------

    def withdraw(self, county: County) -> Mask:
        """Who leaves the programme now; by default exited households once support after exit has run out."""
        h = county.households
        leaves = np.empty(len(h), dtype=np.bool_)
        members = pick(_Members, h, since=self.since(county))
        _leave(members, county.year, self.value("support_after_exit_months", county.year), leaves)
        return leaves

    def release(self, county: County, rows: Rows) -> None:
        """Undo own columns of households that leave; `<name>_since` is already 0."""

    def recount(self, county: County) -> None:
        """Count the members of the policy's institutions anew, after births, deaths, splits and withdrawals."""

    def observe(self, county: County) -> ObservedNeed:
        """Need as this programme observes it from now to the end of the step.

        It is observed with error unless `targeting_error` is off.
        """
        return ObservedNeed(county, self.need, self.value("targeting_noise", county.year), self.block)

    def need(self, county: County, rows: Rows | slice) -> F64:
        """What ranks the applicants `rows`, lower first; by default log net income per person of last year."""
        result: F64 = np.log(np.maximum(county.households.net_income_pp[rows], INCOME_FLOOR))
        return result

    def rank(self, county: County, rows: Rows, observed: ObservedNeed) -> F64:
        """The order in which money and hours reach the applicants `rows`, lower first; by default observed need."""
        return observed.of(rows)

    def eligible(self, county: County, observed: ObservedNeed) -> Mask:
        """Who may enrol; by default the registered poor."""
        return registered(county)

    def take_up(self, county: County, rows: Rows) -> F64 | float:
        """Probability that an eligible household accepts, for each of `rows` or one for all."""
        return self.value("take_up", county.year)

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        """Cost of enrolling each household of `rows` this year, fen, all payers."""
        return np.zeros(len(rows), dtype=np.int64)

    def affordable(self, county: County, rows: Rows, left_fen: int, observed: ObservedNeed) -> tuple[Rows, Fen]:
        """Choose whom of the applicants `rows` the year's slots and `left_fen` reach, neediest first. Changes nothing.

        Returns the rows (ascending) and the cost of each in fen; costs sum to at most `left_fen`.
        """
        slots = self.slots(county)
        chosen, cost = reached(
            self.rank(county, rows, observed),
            county.households.uid[rows],
            len(rows) if slots is None else slots,
            left_fen,
            lambda index: self.unit_cost(county, rows[index], observed),
        )
        return rows[chosen], cost

    def room(self, county: County, rows: Rows) -> Places:
        """Where each of the funded `rows` finds room in the policy's institutions: index of a site or firm, -1 nowhere.

        Those with a place then enrol. By default there is room for all, at place 0.
        """
        return np.zeros(len(rows), dtype=np.int64)

    def enrol(self, county: County, rows: Rows, places: Places) -> None:
        """Write own columns of newly enrolled households, given their `places`; `<name>_since` is already set."""

    def pay_enrolment(self, county: County, ledger: Ledger, rows: Rows, fen: Fen) -> None:
        """Post the cost of enrolment, split over payers; by default the county pays."""
        ledger.post(self.name, "county", rows, fen)

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Add to the year's terms, after enrolment and before the livelihood step."""

    # --- rules of later steps ----------------------------------------------------------------------------------------

    def employ(self, county: County) -> None:
        """Fill the policy's own jobs with workers still idle after the year's changes of jobs; add to `wage_term`."""

    def reimburse(self, county: County, ledger: Ledger | None) -> None:
        """Add to `reimbursed_term`. With `ledger` None it is a quote: nothing is paid yet, budgets do not bind."""

    def transfer(self, county: County, ledger: Ledger) -> None:
        """Add to `tested_transfer_term` (income-tested transfers) and post them."""

    def absorbs(self, county: County) -> float | None:
        """The most money, yuan, that households of the initial state can take in all years; None if it cannot tell."""
        return None

    def report(self, county: County) -> Mapping[str, float]:
        """The policy's own figures of the year, by indicator; they stand under the group `policy=<name>`."""
        return {}

    def expected_gain(self, county: County) -> F64:
        """What a household may expect to gain, yuan a person and year; zero if the policy cannot tell."""
        return np.zeros(len(county.households))

    # --- luck --------------------------------------------------------------------------------------------------------

    @property
    def block(self) -> int:
        """The policy's own sequence on the streams shared by policies, from its name alone."""
        return name_key(self.name) % 2**28 * 4

    def willingness(self, county: County, rows: Rows) -> F64:
        """A uniform for each household of `rows`, fixed for life: it accepts if this is below take-up."""
        return county.luck.uniform(TAKE_UP, 0, county.households.uid[rows], self.block)


class _Members(NamedTuple):
    since: I16
    registry_status: I8
    registry_exit_year: I16


@rule
def support_is_over(status: int, exit_year: int, year: int, months: float) -> bool:
    """Whether a household has left the register and `months` of support from the January after have run out."""
    return status in (EXITED, EXITED_UNSTABLE) and 12 * (year - exit_year - 1) >= months


@compiled
def _leave(members: _Members, year: int, months: float, leaves: Mask) -> None:
    for i in range(members.since.shape[0]):
        over = support_is_over(members.registry_status[i], members.registry_exit_year[i], year, months)
        leaves[i] = members.since[i] > 0 and over
