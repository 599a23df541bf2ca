"""What a policy is: a declaration and a few vectorised rules.

A rule may read any column of the county as it stood when the step began; it writes only the policy's own columns and
the year's terms (`tuopin.agents.flows.TERMS`). Policies act in the order of their names whatever order a study lists
them in, so listing order cannot change results. What one rule finds out for the next is handed on as an argument: the
observed need of households, and the places that institutions have for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.columns import EXITED, EXITED_UNSTABLE, NEAR_POOR, OUTSIDE, Column, ColumnName, column
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.economy import INCOME_FLOOR
from tuopin.agents.kernels import pick
from tuopin.agents.parameters import name_key
from tuopin.agents.place import Place
from tuopin.agents.randomness import TAKE_UP
from tuopin.agents.rationing import reached
from tuopin.agents.registry import registered
from tuopin.policies import allotment
from tuopin.policies.arrays import Fen, Mask, Places, Rows
from tuopin.policies.ledger import Ledger
from tuopin.policies.observed_need import ObservedNeed
from tuopin.policies.own_columns import OwnColumns, column_prefix
from tuopin.policies.reports import Report
from tuopin.policies.settings import Settings, policy_parameters
from tuopin.policies.units import HOUSEHOLD, VILLAGE, units_of

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
    "Place",
    "Places",
    "Policy",
    "Report",
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


EVERY = "every."
"""What ids of `influences` and `sets` begin with that move a parameter of all policies that have it."""


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
    """Base columns this policy may change; only those of `tuopin.policies.writes` may be named by several."""
    influences: ClassVar[tuple[str, ...]] = ()
    """Parameters that `influence` may multiply: of the model (`labour.separation_rate`), or of all policies that have
    them (`every.leakage`)."""
    sets: ClassVar[tuple[str, ...]] = ()
    """Parameters that `influence` may put a value of its own for; no two policies may name the same."""
    enrols: ClassVar[bool] = True
    """Whether it enrols households and has money; what only finds them, or changes circumstances, does not."""
    level: ClassVar[str] = HOUSEHOLD
    """What it enrols: `household`, or `village`, whose households then all take part. With `village`, rows of
    `eligible`, `need`, `rank`, `unit_cost`, `room` and `enrol` are villages, amounts those of the whole village."""
    measures: ClassVar[tuple[str, ...]] = ()
    """Measures it delivers to households that another module sends (names of `tuopin.policies.measures`)."""
    holds: ClassVar[tuple[str, ...]] = ()
    """Processes of the model that it takes over (`review`); no two policies may hold the same."""
    exclusive: ClassVar[str] = ""
    """A tag: who is enrolled in one programme of a tag is no candidate of another of the same tag."""
    reports: ClassVar[tuple[Report, ...]] = ()
    """Figures that `report` gives."""
    variants: ClassVar[tuple[str, ...]] = ()
    """Names of variants: a study may run `<name>.<variant>`, each with columns, luck, slots and accounts of its own."""
    variant: ClassVar[str] = ""
    """The variant that this class is; the rules may ask."""
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
        prefix = column_prefix(cls.name)
        if not cls.enrols:
            return cls.own_columns.declared(cls.name)
        served = Column(
            f"{prefix}_served",
            "programme",
            "bool",
            "flag",
            0,
            1,
            f"paid by {cls.label} last year",
            f"上年{cls.label_zh}受益",
        )
        since = () if cls.level == VILLAGE else (cls._since_column(),)
        return (*since, served, *cls.own_columns.declared(cls.name))

    @classmethod
    def village_columns(cls) -> tuple[Column, ...]:
        """The village columns of this policy: the year of enrolment, if it enrols villages."""
        return (cls._since_column(),) if cls.enrols and cls.level == VILLAGE else ()

    @classmethod
    def _since_column(cls) -> Column:
        meaning, zh = f"enrolled in {cls.label} since (0 not)", f"{cls.label_zh}参与年份"
        return Column(f"{column_prefix(cls.name)}_since", "programme", "int16", "year", 0, 3000, meaning, zh)

    def own(self, county: County) -> OwnColumns:
        """The policy's own columns; a policy that declares some overrides this to return its own view of them."""
        return self.own_columns(self.name, county.households)

    def since(self, county: County) -> I16:
        """Year of enrolment per household (or village), 0 if not enrolled."""
        name = f"{column_prefix(self.name)}_since"
        years: I16 = county.villages.column(name) if self.level == VILLAGE else county.households.column(name)
        return years

    def served(self, county: County) -> Flags:
        """Who was paid something last year, bool per household; the record of a year moves it on."""
        flags: Flags = county.households.column(f"{column_prefix(self.name)}_served")
        return flags

    def enrolled(self, county: County) -> Mask:
        """Who is enrolled, bool per household; of a programme for villages, all who live in one that is."""
        mask: Mask = self.since(county) > 0
        return mask[county.households.village] if self.level == VILLAGE else mask

    def budget_fen(self, county: County) -> int | None:
        """The year's budget in fen at the county's scale; None if unlimited (see `tuopin.policies.allotment`)."""
        return allotment.budget_fen(self, self._setting(county), county.year)

    def slots(self, county: County) -> int | None:
        """Households that may enrol this year; None if unlimited (see `tuopin.policies.allotment`)."""
        where = self._setting(county)
        if self.level == VILLAGE:  # slots are villages, of which a scale leaves all and a sample some
            where = where._replace(scale=county.villages_share)
        return allotment.slots(self, where, county.year)

    def _setting(self, county: County) -> allotment.Setting:
        first = self.first_year or county.start + 1
        return allotment.Setting(county.place, county.parameters, county.scale, first)

    # --- rules before the programme step -----------------------------------------------------------------------------

    def problems(self, place: Place, years: tuple[int, int]) -> Iterable[tuple[str, str, str]]:
        """What of the settings makes no sense in this place and these years (the initial and the last one).

        Each is a parameter, what is wrong and what is allowed; `tuopin check` tells them with the line of the study.
        """
        return ()

    def prepare(self, county: County) -> None:
        """Set up institutions and own columns once, in the initial state."""

    def influence(self, county: County) -> Mapping[str, float | Set]:
        """Move parameters of the model in the year that begins, by id: a factor, or `Set` to a value.

        Factors of several policies multiply, on top of a value set. What is moved stays within its bounds, and returns
        with the next year.
        """
        return {}

    def protect(self, county: County) -> None:
        """Change the year's risk terms before shocks are drawn, from last year's enrolment; add hours to teams."""

    def strike(self, county: County) -> None:
        """Shocks to the policy's own institutions (firm failure), in the step of shocks."""

    # --- rules of the programme step, in their order -----------------------------------------------------------------

    def refer(self, county: County) -> Mapping[str, F64]:
        """Send households to measures: by name of the measure the share of the year covered, 0 for who is not sent."""
        return {}

    def sent(self, county: County) -> F64 | None:
        """Of the households the share of the year for which they are sent to a measure of this policy, 0 if not.

        None if nobody is sent.
        """
        return county.referrals.by_programme.get(self.name)

    def share_of_year(self, county: County, rows: Rows) -> F64:
        """Part of this year for which a benefit counts, for each of `rows`.

        All of it, but for who enrolled this year only because he was sent: then the share that the referral covers.
        """
        share, sent = np.ones(len(rows)), self.sent(county)
        if sent is not None:
            only_sent = (self.since(county)[rows] == county.year) & (sent[rows] > 0) & ~self.target(county)[rows]
            share[only_sent] = sent[rows[only_sent]]
        return share

    def withdraw(self, county: County) -> Mask:
        """Who leaves the programme now: by default who has no claim to it any more.

        That is exited households once support after exit has run out, and households outside the register that are not
        its target; nobody who is sent. Villages stay.
        """
        if self.level == VILLAGE:
            return np.zeros(len(county.villages), dtype=np.bool_)
        h = county.households
        leaves = np.empty(len(h), dtype=np.bool_)
        members = pick(_Members, h, since=self.since(county))
        _leave(members, county.year, self.value("support_after_exit_months", county.year), leaves)
        if (sent := self.sent(county)) is not None:
            leaves &= sent == 0.0
        if self._serves_by_status():
            outside = (h.registry_status == OUTSIDE) | (h.registry_status == NEAR_POOR)
            if (strangers := np.flatnonzero(outside & (self.since(county) > 0))).size:
                target = self.target(county)
                kept = target[strangers] if sent is None else target[strangers] | (sent[strangers] > 0)
                leaves[strangers] |= ~kept
        return leaves

    def _serves_by_status(self) -> bool:
        """Whether `target` says whom it serves: a policy that overrides `eligible` alone may serve anybody."""
        return type(self).eligible is Policy.eligible or type(self).target is not Policy.target

    def release(self, county: County, rows: Rows) -> None:
        """Undo own columns of households that leave; `<name>_since` is already 0."""

    def recount(self, county: County) -> None:
        """Count the members of the policy's institutions anew, after births, deaths, splits and withdrawals."""

    def observe(self, county: County) -> ObservedNeed:
        """Need as this programme observes it from now to the end of the step.

        It is observed with error unless `targeting_error` is off.
        """
        noise = self.value("targeting_noise", county.year)
        return ObservedNeed(county, self.need, noise, self.block, units_of(county, self.level))

    def need(self, county: County, rows: Rows | slice) -> F64:
        """What ranks the applicants `rows`, lower first.

        By default log net income per person of last year; of villages, the remotest first.
        """
        if self.level == VILLAGE:
            return -county.villages.remoteness[rows]
        result: F64 = np.log(np.maximum(county.households.net_income_pp[rows], INCOME_FLOOR))
        return result

    def rank(self, county: County, rows: Rows, observed: ObservedNeed) -> F64:
        """The order in which money and hours reach the applicants `rows`, lower first; by default observed need."""
        return observed.of(rows)

    def target(self, county: County) -> Mask:
        """Whom it serves by status; by default the registered poor, or all villages."""
        return np.ones(len(county.villages), dtype=np.bool_) if self.level == VILLAGE else registered(county)

    def suitable(self, county: County) -> Mask | bool:
        """Who is fit for it, by what the household has and can do; by default everybody."""
        return True

    def eligible(self, county: County, observed: ObservedNeed) -> Mask:
        """Who may enrol: by default the target and who is sent, if suitable.

        Override this only if need as observed decides who may.
        """
        mask, sent, fit = self.target(county), self.sent(county), self.suitable(county)
        if sent is not None:
            mask = mask | (sent > 0)
        return mask if fit is True else mask & fit

    def choose(self, county: County, willing: Mapping[str, Rows], policies: Sequence[Policy]) -> Mapping[str, Rows]:
        """Of those willing to take part in each programme, who applies where; by default everybody everywhere.

        It is asked again, up to `rounds` times, for who has found no place.
        """
        return willing

    def rounds(self, county: County) -> int:
        """How often `choose` is asked in a year."""
        return 1

    def take_up(self, county: County, rows: Rows) -> F64 | float:
        """Probability that an eligible household accepts, for each of `rows` or one for all."""
        return self.value("take_up", county.year)

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        """Cost of enrolling each household of `rows`, once, fen, all payers."""
        return np.zeros(len(rows), dtype=np.int64)

    def yearly_cost(self, county: County, rows: Rows) -> Fen:
        """Cost of each of `rows` in every year of enrolment, the first included, fen, all payers.

        The year's money is kept for members before anybody new enters; members it does not reach leave.
        """
        return np.zeros(len(rows), dtype=np.int64)

    def entry_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        """What enrolling each of `rows` costs in its first year, fen; of a village, at the scale of the county."""
        cost = self.unit_cost(county, rows, observed)
        if type(self).yearly_cost is not Policy.yearly_cost:
            cost = cost + self.yearly_cost(county, rows)
        return self._of_simulated(county, cost)

    def member_cost(self, county: County, rows: Rows) -> Fen:
        """What each of the members `rows` of earlier years costs this year, fen; of a village, as in `entry_cost`."""
        return self._of_simulated(county, self.yearly_cost(county, rows))

    def _of_simulated(self, county: County, cost: Fen) -> Fen:
        """Costs of whole villages as of the part of their households that is simulated."""
        if self.level == VILLAGE and county.village_scale != 1.0:
            cost = np.rint(cost * county.village_scale).astype(np.int64)
        return cost

    def affordable(self, county: County, rows: Rows, left_fen: int, observed: ObservedNeed) -> tuple[Rows, Fen]:
        """Choose whom of the applicants `rows` the year's slots and `left_fen` reach, neediest first. Changes nothing.

        Returns the rows (ascending) and the cost of each in fen; costs sum to at most `left_fen`.
        """
        slots = self.slots(county)
        chosen, cost = reached(
            self.rank(county, rows, observed),
            units_of(county, self.level).uid[rows],
            len(rows) if slots is None else slots,
            left_fen,
            lambda index: self.entry_cost(county, rows[index], observed),
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
        """Post the cost of a year, split over payers; by default the county pays."""
        if self.level == VILLAGE:
            receives = np.isin(county.households.village, rows)
            ledger.post_common(self.name, "county", receives, int(fen.sum()), len(rows))
        else:
            ledger.post(self.name, "county", rows, fen)

    def pay_members(self, county: County, ledger: Ledger, rows: Rows, fen: Fen) -> None:
        """Post the yearly cost of members of earlier years; by default as that of the first year."""
        self.pay_enrolment(county, ledger, rows, fen)

    def work(self, county: County) -> F64 | None:
        """Hours asked of each village's team for what is not enrolment, shape (villages,); None for none.

        What it got of them stands in `county.referrals.hours_share` once hours are split.
        """
        return None

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Add to the year's terms, after enrolment and before the livelihood step."""

    # --- rules of later steps ----------------------------------------------------------------------------------------

    def employ(self, county: County) -> None:
        """Fill the policy's own jobs with workers still idle after the year's changes of jobs; add to `wage_term`."""

    def reimburse(self, county: County, ledger: Ledger | None) -> None:
        """Add to `reimbursed_term`. With `ledger` None it is a quote: nothing is paid yet, budgets do not bind."""

    def settle(self, county: County, ledger: Ledger) -> None:
        """Settle what households could not pay (`repayment_unpaid`), after they have met the year's bills."""

    def transfer(self, county: County, ledger: Ledger) -> None:
        """Add to `tested_transfer_term` (income-tested transfers) and post them."""

    def review(self, county: County, ledger: Ledger) -> None:
        """The yearly review of the register in place of the built-in one, if the policy `holds` it."""

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
        return county.luck.uniform(TAKE_UP, 0, units_of(county, self.level).uid[rows], self.block)


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
