"""The programme step: withdraw, decide eligibility, rank, fund, share the village teams' hours, enrol, serve.

All policies decide on the state as of the step's start; scarce hours are demanded by all first and then split once, in
proportion to demand. Funding is exact: within budget, slots and hours, ties by uid.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.rationing import first_of_each
from tuopin.agents.stages import MIDDLE
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Fen, Policy, Rows

UNLIMITED_FEN = 2**60
_LITTLE = 1e-9
"""No division by zero hours, and no place lost to the last bit of a product."""


def open_programmes(county: County, policies: Sequence[Policy], ledger: Ledger) -> None:
    """Open the year's accounts with each policy's budget and slots."""
    ledger.open_year(county.year, len(county.households))
    for policy in policies:
        ledger.set_budget(policy.name, policy.budget_fen(county), policy.slots(county))


def run_programmes(county: County, policies: Sequence[Policy], ledger: Ledger) -> None:
    """One year's programme step of all policies, which must come in the order of their names."""
    _withdraw(county, policies)
    for policy in policies:
        policy.open_eyes()
    funded = {policy.name: _funded(county, policy, ledger) for policy in policies}
    granted = _share_hours(county, policies, funded)
    for policy in policies:
        _enrol(county, policy, *granted[policy.name], ledger)
        policy.close_eyes()
    for policy in policies:
        policy.serve(county, ledger)


def _withdraw(county: County, policies: Sequence[Policy]) -> None:
    leaving = {policy.name: np.flatnonzero(policy.withdraw(county)) for policy in policies}
    for policy in policies:
        rows = leaving[policy.name]
        policy.since(county)[rows] = 0
        if len(rows):
            policy.release(county, rows)
        policy.recount(county)


def _funded(county: County, policy: Policy, ledger: Ledger) -> tuple[Rows, Fen]:
    """Rows that are eligible, not enrolled, willing and within reach of the year's money and slots, and the cost of
    each.

    Nobody before the policy's start. Only they take part in the split of hours: nobody spends hours on the rest.
    """
    nobody = np.empty(0, dtype=np.int64)
    if county.year < policy.value("start", county.year) or policy.budget_fen(county) == 0 or policy.slots(county) == 0:
        return nobody, nobody
    rows = _willing(county, policy, np.flatnonzero(policy.eligible(county) & (policy.since(county) == 0)))
    return policy.affordable(county, rows, _available(county, policy, ledger)) if len(rows) else (nobody, nobody)


def _willing(county: County, policy: Policy, rows: Rows) -> Rows:
    """Those of `rows` that accept: motivation of able workers makes refusal rarer or likelier."""
    h = county.households
    effect = county.value("labour.motivation_effect") if county.on("motivation") else 0.0
    take_up = np.broadcast_to(np.asarray(policy.take_up(county, rows), dtype=np.float64), rows.shape)
    accepts = np.empty(len(rows), dtype=np.bool_)
    _accept(rows, policy.willingness(county, rows), take_up, h.able_workers, h.motivation, effect, accepts)
    return rows[accepts]


@compiled
def _accept(rows: Any, u: Any, take_up: Any, able: Any, motivation: Any, effect: Any, accepts: Any) -> None:
    for k in range(rows.shape[0]):
        i = rows[k]
        moved = 1.0 - effect * (motivation[i] - MIDDLE) if able[i] > 0 else 1.0
        accepts[k] = u[k] < 1.0 - (1.0 - take_up[k]) * moved


def _available(county: County, policy: Policy, ledger: Ledger) -> int:
    """Fen that can reach households: what leaks comes on top, so that much must stay in reserve."""
    left = ledger.left(policy.name)
    return UNLIMITED_FEN if left is None else int(left / (1.0 + policy.value("leakage", county.year)))


def _share_hours(
    county: County, policies: Sequence[Policy], funded: dict[str, tuple[Rows, Fen]]
) -> dict[str, tuple[Rows, Fen]]:
    """Split each village team's hours over the policies in proportion to demand; keep the neediest each can serve."""
    if not county.on("cadre_limits"):
        return funded
    h, number = county.households, len(county.villages)
    hours = {p.name: p.value("hours_per_household", county.year) for p in policies}
    counts = {p.name: np.bincount(h.village[funded[p.name][0]], minlength=number) for p in policies}
    demand = np.zeros(number)
    for policy in policies:
        demand += counts[policy.name] * hours[policy.name]
    if not (demand > county.villages.hours).any():
        return funded
    share = np.where(demand > county.villages.hours, county.villages.hours / np.maximum(demand, _LITTLE), 1.0)
    granted = {}
    for policy in policies:
        rows, cost = funded[policy.name]
        if hours[policy.name] > 0 and len(rows):
            cap = np.floor(share * counts[policy.name] + _LITTLE).astype(np.int64)
            kept = first_of_each(h.village[rows], policy.seen_need(county, rows), h.uid[rows], cap)
            rows, cost = rows[kept], cost[kept]
        granted[policy.name] = rows, cost
    return granted


def _enrol(county: County, policy: Policy, rows: Rows, cost: Fen, ledger: Ledger) -> None:
    if len(rows) == 0:
        return
    room = policy.room(county, rows)
    rows, cost = rows[room], cost[room]
    if len(rows) == 0:
        return
    policy.since(county)[rows] = county.year
    policy.enrol(county, rows)
    if cost.any():
        policy.pay_enrolment(county, ledger, rows, cost)
        ledger.post_leakage(policy.name, int(policy.value("leakage", county.year) * int(cost.sum())))


def post_ordinary(county: County, ledger: Ledger) -> None:
    """Post what every scenario pays: the basic scheme at ordinary terms, base pensions, farmland subsidy."""
    h, flows = county.households, county.flows
    ledger.post_background("basic_insurance", "basic_fund", flows.basic_reimbursed)
    ledger.post_background("base_pension", "pension_fund", h.elderly, 12.0 * county.value("economy.base_pension_month"))
    ledger.post_background("grain_subsidy", "central", h.land, county.value("economy.grain_subsidy"))
