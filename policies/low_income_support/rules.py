"""Low-income support: minimum living allowance by tier on lagged or proxy income, five-guarantee, temporary relief."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.columns import EXITED, Column
from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.economy import INCOME_FLOOR
from tuopin.agents.rationing import lowest
from tuopin.policies.ledger import Ledger, fen
from tuopin.policies.low_income_support.tiers import allowance
from tuopin.policies.protocol import Mask, Policy, Rows, policy_parameters

PAYER = "civil_affairs"


class LowIncomeSupport(Policy):
    """Pays the allowance to the neediest it sees within the budget, five-guarantee households first.

    Only temporary relief sees the present. The allowance is open to every rural household, registered or not.
    """

    name = "low_income_support"
    label = "Low-income support"
    label_zh = "低收入保障"
    steps = ("programmes", "livelihood", "transfers")
    parameters = policy_parameters("low_income_support", Path(__file__).parent / "parameters.yaml")
    own_columns = (
        Column("low_income_support_yuan", "programme", "float64", "yuan/year", 0, 1e7, "allowance granted", "低保金额"),
        Column(
            "low_income_support_pp",
            "programme",
            "float64",
            "yuan/person",
            0,
            1e7,
            "received a person last year, relief included",
            "上年人均救助金额",
        ),
        Column(
            "low_income_support_last", "programme", "int16", "year", 0, 3000, "last year with allowance", "最近低保年份"
        ),
    )

    def _standard(self, county: County) -> float:
        return self.value("standard", county.year)

    def _tested(self, county: County, rows: Rows | slice) -> NDArray[np.float64]:
        """Income the test sees, yuan a person: last year's without this programme's money, or one predicted from
        traits.
        """
        h = county.households
        if self.setting("income_test", county.year) == "proxy":
            total = int(fen(np.maximum(h.net_income_pp, 0.0)).sum())  # an integer: free of the order of rows
            level = self.value("proxy_income", county.year) * (total / 100.0 / max(len(h), 1))
            hands = self.value("proxy_hands", county.year) + h.able_workers[rows]
            predicted: NDArray[np.float64] = level * hands / (self.value("proxy_mouths", county.year) + h.members[rows])
            return predicted
        lagged: NDArray[np.float64] = h.net_income_pp[rows] - h.column("low_income_support_pp")[rows]
        np.maximum(lagged, 0.0, out=lagged)
        return lagged

    def _five_guarantee(self, county: County, rows: Rows) -> Mask:
        """No able worker and nobody of working age or at school: old or disabled persons without support."""
        h = county.households
        nobody_fit = (h.able_workers[rows] == 0) & (h.working_age[rows] <= h.disabled[rows])
        mask: Mask = nobody_fit & (h.pupils[rows] + h.small_children[rows] == 0)
        return mask

    def need(self, county: County, rows: Rows | slice) -> NDArray[np.float64]:
        """Log tested income against the standard, less visible traits."""
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

    def eligible(self, county: County) -> Mask:
        """Income as seen under the standard; or beneficiaries of last year in the months of support after registry
        exit.
        """
        h = county.households
        seen = self.seen_need_of_all(county)
        mask: Mask = seen < 0.0
        last = np.flatnonzero(h.column("low_income_support_last") == county.year - 1)
        months = 12 * (county.year - h.registry_exit_year[last].astype(np.int64) - 1)
        leaving = (h.registry_status[last] == EXITED) & (months < self.value("support_after_exit_months", county.year))
        mask[last] |= leaving & (seen[last] < np.log(self.value("retest_margin", county.year)))
        return mask

    def _grant(self, county: County, rows: Rows) -> NDArray[np.float64]:
        """Yearly allowance of each household of `rows`, yuan."""
        h, year, standard = county.households, county.year, self._standard(county)
        seen = np.exp(self.seen_need(county, rows)) * standard
        tiers = (self.value("tier_a", year), self.value("tier_b", year), self.value("tier_c", year))
        limits = (self.value("tier_a_below", year), self.value("tier_b_below", year))
        per_person = allowance(seen, standard, limits, tiers)
        destitute = self._five_guarantee(county, rows) & (seen < standard)
        per_person[destitute] = standard * self.value("five_guarantee_ratio", year)
        return per_person * h.members[rows] * self.value("effect", year)

    def unit_cost(self, county: County, rows: Rows) -> NDArray[np.int64]:
        """The year's allowance, fen."""
        return fen(self._grant(county, rows))

    def affordable(self, county: County, rows: Rows, left_fen: int) -> tuple[Rows, NDArray[np.int64]]:
        """Neediest first within what temporary relief leaves of the budget."""
        return super().affordable(county, rows, int(left_fen * (1.0 - self.value("relief_share", county.year))))

    def withdraw(self, county: County) -> Mask:
        """Every grant is for one year: all are tested again, so that a larger budget never crowds out the poorer."""
        return self.enrolled(county)

    def pay_enrolment(self, county: County, ledger: Ledger, rows: Rows, fen: NDArray[np.int64]) -> None:
        """Commit the year's allowance."""
        ledger.post(self.name, PAYER, rows, fen)
        county.households.column("low_income_support_yuan")[rows] = fen / 100.0

    def enrol(self, county: County, rows: Rows) -> None:
        """Enter the year of the grant; what is granted is what is then paid."""
        h = county.households
        h.column("low_income_support_yuan")[rows] = 0.0
        h.column("low_income_support_last")[rows] = county.year

    def serve(self, county: County, ledger: Ledger) -> None:
        """Change entry into off-farm work of beneficiary households with workers (default: not at all)."""
        change = self.value("work_disincentive", county.year) * self.value("effect", county.year)
        if change:
            rows = np.flatnonzero(self.enrolled(county) & (county.households.able_workers > 0))
            county.flows.entry_factor[rows] *= 1.0 + change

    def transfer(self, county: County, ledger: Ledger) -> None:
        """Pay the allowances granted, then temporary relief to those whom this year's events pushed under the line."""
        h, f = county.households, county.flows
        _pay_granted(
            self.since(county),
            h.members,
            h.column("low_income_support_yuan"),
            h.column("low_income_support_pp"),
            f.tested_transfer_term,
        )
        amount = self.value("relief_amount", county.year) * self.value("effect", county.year)
        rows, present = np.empty(len(h), dtype=np.int64), np.empty(len(h))
        number = _struck_below(
            h.village,
            h.members,
            h.medical_paid,
            h.school_paid,
            h.care_forgone,
            f.net_income,
            f.major_bill,
            f.jobs_lost,
            f.animals_lost,
            county.villages.crop_left < county.markets.weather,
            county.line,
            rows,
            present,
        )
        rows, present, cost = rows[:number], present[:number], round(amount * 100)
        budget, left = self.budget_fen(county), ledger.left(self.name)
        leak = self.value("leakage", county.year)
        if budget is not None and left is not None and cost > 0:
            kept = min(left, int(budget * self.value("relief_share", county.year)))
            rows = rows[lowest(present, h.uid[rows], int(kept / (1.0 + leak)) // cost)]
        if len(rows) and amount > 0:
            ledger.post(self.name, PAYER, rows, np.full(len(rows), cost, dtype=np.int64))
            ledger.post_leakage(self.name, int(leak * (cost * len(rows))))
            f.tested_transfer_term[rows] += cost / 100.0
            h.column("low_income_support_pp")[rows] += cost / 100.0 / h.members[rows]


@compiled
def _pay_granted(since: Any, members: Any, granted: Any, per_person: Any, transfer: Any) -> None:
    for i in range(since.shape[0]):
        granted[i] *= since[i] > 0
        transfer[i] += granted[i]
        per_person[i] = granted[i] / members[i]


@compiled
def _struck_below(
    village: Any,
    members: Any,
    medical: Any,
    school: Any,
    care_forgone: Any,
    net: Any,
    major_bill: Any,
    jobs_lost: Any,
    animals_lost: Any,
    disaster: Any,
    line: Any,
    rows: Any,
    present: Any,
) -> Any:
    """Write the rows that an event of the year struck and whose effective income so far, also written, is under the
    line.

    Incomes are yuan a person; returns how many rows there are.
    """
    number = np.int64(0)
    for i in range(village.shape[0]):
        struck = major_bill[i] > 0 or jobs_lost[i] > 0 or animals_lost[i] or care_forgone[i] or disaster[village[i]]
        if struck:
            income = (net[i] - medical[i] - school[i]) / members[i]
            rows[number], present[number] = i, income
            number += np.int64(income < line)
    return number
