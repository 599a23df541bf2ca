"""Public-welfare posts: a year's light work for the weak and the tied, paid by the village and the county."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tuopin.agents.arrays import F64, I16
from tuopin.policies.ledger import fen as to_fen
from tuopin.policies.protocol import (
    County,
    Fen,
    Ledger,
    Mask,
    ObservedNeed,
    OwnColumns,
    Places,
    Policy,
    Rows,
    column,
    policy_parameters,
)

_NEXT_CLASS = 1e3
"""Log points between holders and newcomers, more than any two needs are apart."""


class PostColumns(OwnColumns):
    """Who holds a post."""

    last: I16 = column("programme", "year", 0, 3000, "last year with a post", "最近在岗年份", split="older")
    pay: F64 = column("programme", "yuan/year", 0, 1e7, "pay of the post this year", "岗位工资", split="older")


class PublicJobs(Policy):
    """Gives posts for a year at a time, holders first, then the neediest; one a household.

    The pay ends with the programme's money: it counts as income from policies, not as the household's own strength.
    """

    name = "public_jobs"
    label = "Public-welfare posts"
    label_zh = "公益性岗位"
    family = "work"
    steps = ("programmes", "livelihood")
    parameters = policy_parameters("public_jobs", Path(__file__).parent / "parameters.yaml")
    own_columns = PostColumns
    measures = ("work",)

    def own(self, county: County) -> PostColumns:
        """Posts held."""
        return PostColumns(self.name, county.households)

    def withdraw(self, county: County) -> Mask:
        """Every post is for one year: holders come first for the next."""
        return self.enrolled(county)

    def target(self, county: County) -> Mask:
        """Registered households, and holders in the months of support after exit."""
        months = 12 * (county.year - county.households.registry_exit_year.astype(np.int64) - 1)
        held = (self.own(county).last == county.year - 1) & (
            months < self.value("support_after_exit_months", county.year)
        )
        mask: Mask = super().target(county) | held
        return mask

    def suitable(self, county: County) -> Mask:
        """Households with somebody for light work: an idle able worker, or a member of 60 to 69."""
        h = county.households
        can: Mask = (h.able_workers > h.off_farm) | (h.elderly > h.aged)
        return can

    def rank(self, county: County, rows: Rows, observed: ObservedNeed) -> F64:
        """Holders first, then by need."""
        order: F64 = observed.of(rows) + _NEXT_CLASS * (self.own(county).last[rows] != county.year - 1)
        return order

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        """A year's pay, fen; of a first year by referral the part that it covers."""
        part, sent = np.ones(len(rows)), self.sent(county)
        if sent is not None:
            only_sent = (sent[rows] > 0) & ~self.target(county)[rows]
            part[only_sent] = sent[rows[only_sent]]
        return to_fen(self.value("pay", county.year) * part)

    def enrol(self, county: County, rows: Rows, places: Places) -> None:
        """Enter the year of the post."""
        self.own(county).last[rows] = county.year

    def pay_enrolment(self, county: County, ledger: Ledger, rows: Rows, fen: Fen) -> None:
        """Village and county pay."""
        ledger.post(self.name, "county_integrated_funds", rows, fen)
        self.own(county).pay[rows] = fen / 100.0

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Pay the year, whatever the holder's productivity; farm work and the search for other work fall."""
        f, year = county.flows, county.year
        if self.value("effect", year) == 0.0:
            return
        rows = np.flatnonzero(self.enrolled(county))
        pay = self.own(county).pay[rows] * self.value("effect", year)
        f.wage_term[rows] += pay
        f.supported_term[rows] += pay
        f.claimed_workers[rows] += self.value("claimed_share", year)
        f.entry_factor[rows] *= self.value("entry_while_held", year)
