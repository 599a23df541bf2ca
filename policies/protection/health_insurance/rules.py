"""Health insurance for the registered: better basic terms, critical illness insurance, medical aid, within a budget."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tuopin.agents.health import BasicScheme, basic_payment, basic_terms
from tuopin.agents.kernels import pick
from tuopin.policies.protection.health_insurance.layers import Bills, Layers, claims_of, layer_payments
from tuopin.policies.protocol import County, Fen, Ledger, Mask, Policy, policy_parameters

_LARGEST = 2**63 - 1
PAYERS = ("basic_fund", "critical_illness_insurer", "medical_aid")


class HealthInsurance(Policy):
    """Changes the basic scheme's terms for members and adds two layers above it.

    The ordinary basic scheme at ordinary terms belongs to every scenario; only what is paid beyond it is this policy's
    cost. Cheaper care is used more (moral hazard), care forgone falls: both by what was really paid of last year's
    claims, not by what the terms promise. Nobody seeks care for cover that has never been paid.
    """

    name = "health_insurance"
    label = "Health insurance and medical aid"
    label_zh = "健康扶贫"
    family = "protection"
    steps = ("programmes", "spending")
    parameters = policy_parameters("health_insurance", Path(__file__).parent / "parameters.yaml")
    keeps = ("paid_ratio",)
    measures = ("medical",)
    paid_ratio: float = 0.0
    """What was paid of last year's claims (share): by it members seek care this year."""

    def suitable(self, county: County) -> Mask:
        """Households in the basic scheme."""
        return county.households.insured

    def terms(self, county: County) -> tuple[BasicScheme, Layers]:
        """The members' terms of the year (yuan of the year), scaled by the effect multiplier."""
        return self.remember("members' terms", county.year, lambda: self._terms(county))

    def _terms(self, county: County) -> tuple[BasicScheme, Layers]:
        year, prices, ordinary = county.year, county.prices, basic_terms(county)
        effect = self.value("effect", year)
        deductible_left = max(0.0, 1.0 - effect * (1.0 - self.value("deductible_factor", year)))
        gain = max(0.0, self.value("outpatient_rate", year) - ordinary.basic_outpatient_rate)
        basic = ordinary._replace(
            basic_deductible=ordinary.basic_deductible * deductible_left,
            basic_rate=min(1.0, ordinary.basic_rate + effect * self.value("basic_rate_gain", year)),
            basic_outpatient_rate=min(1.0, ordinary.basic_outpatient_rate + effect * gain),
        )
        layers = Layers(
            critical_deductible=self.value("critical_deductible", year) * prices,
            critical_rate=min(1.0, effect * self.value("critical_rate", year)),
            aid_rate=min(1.0, effect * self.value("aid_rate", year)),
            aid_cap=self.value("aid_cap", year) * prices,
        )
        return basic, layers

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Raise members' use of care with the share of a typical bill that their cover newly pays (moral hazard).

        That is what the terms promise times `paid_ratio`.
        """
        if not county.on("moral_hazard") or self.budget_fen(county) == 0:
            return
        basic, layers = self.terms(county)
        typical = county.value("health.bill_median") * county.prices
        ordinary = basic_payment(typical, 0.0, basic_terms(county))
        own = typical - ordinary
        promised = sum(layer_payments(typical, 0.0, ordinary, basic, layers)) / own if own > 0 else 0.0
        newly = self.paid_ratio * promised
        rows = np.flatnonzero(self.enrolled(county) & county.households.insured)
        county.flows.use_factor[rows] *= 1.0 + county.value("health.moral_hazard") * newly

    def reimburse(self, county: County, ledger: Ledger | None) -> None:
        """Pay the layers of members' bills; if claims exceed the budget, each is paid in the same proportion.

        What leaks comes on top of what is paid, within the budget.
        The quote is the claim times `paid_ratio`: what a household may count on when it decides on care.
        """
        if self.budget_fen(county) == 0:  # no quote either: care is not sought for cover that has ended
            self.paid_ratio = 0.0
            return
        f = county.flows
        bills = pick(Bills, county.households, f, since=self.since(county))
        rows, claims = claims_of(bills, *self.terms(county))
        if self.sent(county) is not None:  # of a first year by referral a part is covered
            claims = np.floor(claims * self.share_of_year(county, rows)[:, None]).astype(np.int64)
        if ledger is not None:
            reach = ledger.reach(self.name)
            reach.claims_met, reach.claimants = True, int(self.enrolled(county).sum())
        if len(rows) == 0:
            return
        if ledger is None:
            f.reimbursed_term[rows] += self.paid_ratio * (claims[:, 0] + claims[:, 1] + claims[:, 2]) / 100.0
            return
        left, total, leak = ledger.left(self.name), int(claims.sum()), self.value("leakage", county.year)
        self.paid_ratio = 1.0
        within = None if left is None else int(left / (1.0 + leak))
        if within is not None and total > within:
            claims, self.paid_ratio = in_proportion(claims, within, total), within / total
            reach.claims_met = False
        f.reimbursed_term[rows] += (claims[:, 0] + claims[:, 1] + claims[:, 2]) / 100.0
        for k, payer in enumerate(PAYERS):
            ledger.post(self.name, payer, rows, claims[:, k])
        if leak > 0:
            ledger.post_leakage(self.name, int(leak * int(claims.sum())))


def in_proportion(claims: Fen, left: int, total: int) -> Fen:
    """Return claims (fen) times left / total, rounded down: the sum stays within `left` whatever the order of rows."""
    if int(claims.max()) * left <= _LARGEST:
        return claims * left // total
    exact: Fen = (claims.astype(object) * left // total).astype(np.int64)  # Python integers do not overflow
    return exact
