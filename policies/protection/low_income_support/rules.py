"""Low-income support: minimum living allowance by tier on lagged or proxy income, five-guarantee, temporary relief."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I16
from tuopin.agents.compiled import compiled
from tuopin.agents.economy import BASE_YEAR, INCOME_FLOOR
from tuopin.agents.kernels import pick
from tuopin.agents.parameters import Parameters
from tuopin.agents.rationing import lowest
from tuopin.agents.registry import has_exited
from tuopin.policies.ledger import fen
from tuopin.policies.protection.low_income_support.allowance import Beneficiaries, Tiers, destitute_among, grants
from tuopin.policies.protection.low_income_support.relief import Events, struck_below
from tuopin.policies.protocol import (
    County,
    Fen,
    Ledger,
    Mask,
    ObservedNeed,
    OwnColumns,
    Places,
    Policy,
    Report,
    Rows,
    column,
    policy_parameters,
)

PAYER = "civil_affairs"
_NEXT_CLASS = 1e3
"""Log points between two classes of applicants, more than any two needs are apart."""


class SupportColumns(OwnColumns):
    """What a household was granted and has received."""

    yuan: F64 = column("programme", "yuan/year", 0, 1e7, "allowance granted", "低保金额")
    pp: F64 = column(
        "programme",
        "yuan/person",
        0,
        1e7,
        "received a person last year, relief included",
        "上年人均救助金额",
    )
    last: I16 = column("programme", "year", 0, 3000, "last year with allowance", "最近低保年份")


class LowIncomeSupport(Policy):
    """Pays the allowance within the budget: five-guarantee households first, then the neediest it sees.

    Who has it keeps it up to a margin above the standard. Only temporary relief sees the present. The allowance is open
    to every rural household, registered or not.
    """

    name = "low_income_support"
    label = "Low-income support"
    label_zh = "低收入保障"
    family = "protection"
    steps = ("programmes", "livelihood", "transfers")
    parameters = policy_parameters("low_income_support", Path(__file__).parent / "parameters.yaml")
    own_columns = SupportColumns
    reports = (
        Report(
            "benefit_to_standard", "ratio", "allowance a beneficiary against the standard", "人均救助与标准之比", True
        ),
    )
    measures = ("allowance",)

    def own(self, county: County) -> SupportColumns:
        """Grants and receipts."""
        return SupportColumns(self.name, county.households)

    def money_index(self, p: Parameters, year: int) -> float:
        """The standard against that of 2016: a budget of allowances follows it."""
        standard = self.value("standard", BASE_YEAR)
        return self.value("standard", year) / standard if standard > 0 else 1.0

    def _standard(self, county: County) -> float:
        return self.value("standard", county.year)

    def _tested(self, county: County, rows: Rows | slice) -> F64:
        """Tested income, yuan a person: last year's without this programme's money, or predicted from visible traits.

        proxy: proxy_income x mean net income x (proxy_hands + able workers) / (proxy_mouths + members)
        """
        h = county.households
        if self.setting("income_test", county.year) == "proxy":
            total = int(fen(np.maximum(h.net_income_pp, 0.0)).sum())  # an integer: free of the order of rows
            level = self.value("proxy_income", county.year) * (total / 100.0 / max(len(h), 1))
            hands = self.value("proxy_hands", county.year) + h.able_workers[rows]
            predicted: F64 = level * hands / (self.value("proxy_mouths", county.year) + h.members[rows])
            return predicted
        lagged: F64 = h.net_income_pp[rows] - self.own(county).pp[rows]
        np.maximum(lagged, 0.0, out=lagged)
        return lagged

    def need(self, county: County, rows: Rows | slice) -> F64:
        """Log of tested income against the standard, less `trait_weight` for each visible trait.

        Traits are chronic illness, disability, and old age of all members.
        """
        h = county.households
        traits = (h.chronic[rows] > 0).astype(np.int8)
        traits += h.disabled[rows] > 0
        traits += h.elderly[rows] == h.members[rows]
        score = self._tested(county, rows)
        np.maximum(score, INCOME_FLOOR, out=score)
        score /= max(self._standard(county), 1.0)  # a standard of nothing: nobody is under it
        np.log(score, out=score)
        score -= traits * self.value("trait_weight", county.year)
        return score

    def withdraw(self, county: County) -> Mask:
        """Every grant is for one year: all are tested again, so that a larger budget never crowds out the poorer."""
        return self.enrolled(county)

    def eligible(self, county: County, observed: ObservedNeed) -> Mask:
        """Observed income under the standard; of who is sent, under `referral_limit` standards.

        Of last year's beneficiaries also who is within the retest margin, and who left the register and is in the
        months of support after it.
        """
        h = county.households
        need = observed.of_all()
        mask: Mask = need < 0.0
        if (sent := self.sent(county)) is not None:
            mask |= (sent > 0) & (need < np.log(self.value("referral_limit", county.year)))
        last = np.flatnonzero(self.own(county).last == county.year - 1)
        months = 12 * (county.year - h.registry_exit_year[last].astype(np.int64) - 1)
        leaving = has_exited(h.registry_status[last]) & (months < self.value("support_after_exit_months", county.year))
        mask[last] |= leaving | (need[last] < self._margin(county))
        return mask

    def rank(self, county: County, rows: Rows, observed: ObservedNeed) -> F64:
        """Five-guarantee households before the others; each by need."""
        need = observed.of(rows)
        first = np.flatnonzero(county.households.able_workers[rows] == 0)
        alone = destitute_among(pick(Beneficiaries, county.households, rows=rows[first], tested=need[first]))
        order: F64 = need + _NEXT_CLASS
        order[first[alone & (need[first] < 0.0)]] -= _NEXT_CLASS
        return order

    def _margin(self, county: County) -> float:
        """Log of the share of the standard up to which a beneficiary is kept."""
        return float(np.log(self.value("retest_margin", county.year)))

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        """The year's allowance, fen."""
        year, standard = county.year, self._standard(county)
        tested = np.exp(observed.of(rows)) * standard
        beneficiaries = pick(Beneficiaries, county.households, rows=rows, tested=tested)
        tiers = Tiers(*(self.value(name, year) for name in Tiers._fields))
        yearly = grants(beneficiaries, standard, self.value("effect", year), tiers)
        if (sent := self.sent(county)) is not None:  # above the standard: for the part of the year covered
            only_sent = (tested >= standard) & (sent[rows] > 0) & (self.own(county).last[rows] != year - 1)
            yearly[only_sent] *= sent[rows[only_sent]]
        return fen(yearly)

    def affordable(self, county: County, rows: Rows, left_fen: int, observed: ObservedNeed) -> tuple[Rows, Fen]:
        """Neediest first within what temporary relief leaves of the budget."""
        left_fen = int(left_fen * (1.0 - self.value("relief_share", county.year)))
        return super().affordable(county, rows, left_fen, observed)

    def enrol(self, county: County, rows: Rows, places: Places) -> None:
        """Enter the year of the grant; what is granted is what is then paid."""
        own = self.own(county)
        own.yuan[rows] = 0.0
        own.last[rows] = county.year

    def pay_enrolment(self, county: County, ledger: Ledger, rows: Rows, fen: Fen) -> None:
        """Commit the year's allowance."""
        ledger.post(self.name, PAYER, rows, fen)
        self.own(county).yuan[rows] = fen / 100.0

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Change entry into off-farm work of beneficiary households with workers (default: not at all)."""
        change = self.value("work_disincentive", county.year) * self.value("effect", county.year)
        if change:
            rows = np.flatnonzero(self.enrolled(county) & (county.households.able_workers > 0))
            county.flows.entry_factor[rows] *= 1.0 + change

    def transfer(self, county: County, ledger: Ledger) -> None:
        """Pay the allowances granted, then temporary relief to those whom this year's events pushed under the line."""
        own = self.own(county)
        h, f, since = county.households, county.flows, self.since(county)
        _pay_granted(pick(_Payment, h, f, since=since, granted=own.yuan, per_person=own.pp))
        self._relieve(county, ledger)

    def report(self, county: County) -> Mapping[str, float]:
        """Allowance a person against the standard, over those who have one."""
        own, members = self.own(county), county.households.members
        granted = own.yuan > 0
        persons, standard = int(members[granted].sum()), self._standard(county)
        mean = float(fen(own.yuan).sum()) / 100.0 / persons if persons else np.nan
        return {"benefit_to_standard": mean / standard if standard > 0 else np.nan}

    def _relieve(self, county: County, ledger: Ledger) -> None:
        """Pay one amount to each household struck and under the line, the poorest first within relief's money."""
        h, f, year = county.households, county.flows, county.year
        amount = self.value("relief_amount", year) * self.value("effect", year)
        disaster = county.villages.crop_left < county.markets.weather
        struck = struck_below(pick(Events, h, f, disaster=disaster), county.line)
        rows, cost = struck.rows, round(amount * 100)
        budget, left = self.budget_fen(county), ledger.left(self.name)
        leak = self.value("leakage", year)
        if budget is not None and left is not None and cost > 0:
            kept = min(left, int(budget * self.value("relief_share", year)))
            reach = int(kept / (1.0 + leak)) // cost
            ledger.reach(self.name).claims_met = len(rows) < reach
            rows = rows[lowest(struck.income, h.uid[rows], reach)]
        if len(rows) and amount > 0:
            ledger.post(self.name, PAYER, rows, np.full(len(rows), cost, dtype=np.int64))
            ledger.post_leakage(self.name, int(leak * (cost * len(rows))))
            f.tested_transfer_term[rows] += cost / 100.0
            self.own(county).pp[rows] += cost / 100.0 / h.members[rows]


class _Payment(NamedTuple):
    """Columns of the allowance: granted (yuan), received a person, and the year's term it is added to."""

    since: I16
    members: I16
    granted: F64
    per_person: F64
    tested_transfer_term: F64


@compiled
def _pay_granted(p: _Payment) -> None:
    for i in range(p.since.shape[0]):
        p.granted[i] *= p.since[i] > 0
        p.tested_transfer_term[i] += p.granted[i]
        p.per_person[i] = p.granted[i] / p.members[i]
