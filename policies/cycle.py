"""The programme step: withdraw, observe need, decide eligibility, fund, share hours, find room, enrol, change terms.

All policies decide on the state as of the step's start; scarce hours are demanded by all first and then split once, in
proportion to demand. Funding is exact: within budget, slots and hours, ties by uid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.kernels import pick
from tuopin.agents.labour import motivation_felt
from tuopin.agents.rationing import first_of_each, lowest
from tuopin.agents.stages import MIDDLE
from tuopin.policies.arrays import Fen, Mask, Rows
from tuopin.policies.ledger import Ledger
from tuopin.policies.observed_need import ObservedNeed
from tuopin.policies.protocol import Policy

UNLIMITED_FEN = 2**60
_LITTLE = 1e-9
"""No division by zero hours, and no place lost to the last bit of a product."""


class Funded(NamedTuple):
    """Households the year's money and slots reach, and what enrolling each costs (fen)."""

    rows: Rows
    cost: Fen

    def kept(self, index: Rows | Mask) -> Funded:
        """Those at `index`."""
        return Funded(self.rows[index], self.cost[index])


def open_programmes(county: County, policies: Sequence[Policy], ledger: Ledger) -> None:
    """Open the year's accounts with each policy's budget and slots."""
    ledger.open_year(county.year, len(county.households))
    for policy in policies:
        ledger.set_budget(policy.name, policy.budget_fen(county), policy.slots(county))


def run_programmes(county: County, policies: Sequence[Policy], ledger: Ledger) -> None:
    """One year's programme step of all policies, which must come in the order of their names."""
    _withdraw(county, policies)
    observed = {policy.name: policy.observe(county) for policy in policies}
    willing = {policy.name: _applicants(county, policy, ledger, observed[policy.name]) for policy in policies}
    funded = {p.name: _funded(county, p, ledger, willing[p.name], observed[p.name]) for p in policies}
    hours = county.villages.hours.copy()
    granted = _share_hours(county, policies, funded, observed, hours)
    for policy in policies:
        name = policy.name
        placed = _enrol(county, policy, granted[name], ledger)
        if placed < len(granted[name].rows):
            waiting = np.setdiff1d(willing[name], funded[name].rows, assume_unique=True)
            _enrol_next(county, policy, waiting, ledger, observed[name], hours)
    for policy in policies:
        policy.change_terms(county, ledger)


def _withdraw(county: County, policies: Sequence[Policy]) -> None:
    leaving = {policy.name: np.flatnonzero(policy.withdraw(county)) for policy in policies}
    for policy in policies:
        rows = leaving[policy.name]
        policy.since(county)[rows] = 0
        if len(rows):
            policy.release(county, rows)
        policy.recount(county)


def _applicants(county: County, policy: Policy, ledger: Ledger, observed: ObservedNeed) -> Rows:
    """Households that are eligible, not enrolled and willing, ascending; nobody before the policy's start."""
    nobody = np.empty(0, dtype=np.int64)
    reach = ledger.reach(policy.name)
    reach.begun = county.year >= policy.value("start", county.year)
    if not reach.begun or policy.budget_fen(county) == 0 or policy.slots(county) == 0:
        return nobody
    candidates = policy.eligible(county, observed) & (policy.since(county) == 0)
    rows = _willing(county, policy, np.flatnonzero(candidates))
    reach.candidates, reach.willing = int(candidates.sum()), len(rows)
    return rows


def _funded(county: County, policy: Policy, ledger: Ledger, rows: Rows, observed: ObservedNeed) -> Funded:
    """Of the applicants `rows` those within reach of the year's money and slots.

    Only they take part in the split of hours: nobody spends hours on the rest.
    """
    if len(rows) == 0:
        return Funded(rows=rows, cost=np.empty(0, dtype=np.int64))
    available, reach = _available(county, policy, ledger), ledger.reach(policy.name)
    funded = Funded(*policy.affordable(county, rows, available, observed))
    reach.funded += len(funded.rows)
    reach.funded_fen += int(funded.cost.sum())
    dearest, left = int(funded.cost.max(initial=0)), available - int(funded.cost.sum())
    if len(funded.rows) < len(rows) and UNLIMITED_FEN > left > 2 * dearest:  # perhaps the next one is dearer than these
        dearest = max(dearest, int(policy.unit_cost(county, rows, observed).max()))
    reach.dearest_fen = max(reach.dearest_fen, dearest)
    return funded


def _willing(county: County, policy: Policy, rows: Rows) -> Rows:
    """Those of `rows` that accept an offer."""
    take_up = np.broadcast_to(np.asarray(policy.take_up(county, rows), dtype=np.float64), rows.shape)
    u = policy.willingness(county, rows)
    applicants = pick(_Applicants, county.households, county.flows, rows=rows, u=u, take_up=take_up)
    accepts = np.empty(len(rows), dtype=np.bool_)
    _accept(applicants, county.value("labour.motivation_effect") if county.on("motivation") else 0.0, accepts)
    return rows[accepts]


class _Applicants(NamedTuple):
    """Households with an offer (`rows`, `u` and `take_up` one each) and columns of all households."""

    rows: Rows
    u: F64
    take_up: F64
    able_workers: I8
    motivation: F32
    motivation_term: F32


@rule
def acceptance(take_up: float, able_workers: int, motivation: float, effect: float) -> float:
    """The share of such households that accept: motivation makes refusal rarer or likelier where somebody can work.

    1 - (1 - take_up) x (1 - effect x (motivation - 1/2)); take_up itself in a household without an able worker.
    """
    moved = 1.0 - effect * (motivation - MIDDLE) if able_workers > 0 else 1.0
    return 1.0 - (1.0 - take_up) * moved


@compiled
def _accept(applicants: _Applicants, effect: float, accepts: Mask) -> None:
    for k in range(applicants.rows.shape[0]):
        i = applicants.rows[k]
        felt = motivation_felt(applicants.motivation[i], applicants.motivation_term[i])
        share = acceptance(applicants.take_up[k], applicants.able_workers[i], felt, effect)
        accepts[k] = applicants.u[k] < share


def _available(county: County, policy: Policy, ledger: Ledger) -> int:
    """Fen that can reach households: what leaks comes on top, so that much must stay in reserve."""
    left = ledger.left(policy.name)
    return UNLIMITED_FEN if left is None else int(left / (1.0 + policy.value("leakage", county.year)))


def _share_hours(
    county: County,
    policies: Sequence[Policy],
    funded: Mapping[str, Funded],
    observed: Mapping[str, ObservedNeed],
    left: F64,
) -> Mapping[str, Funded]:
    """Split each village team's hours over the policies in proportion to demand; keep the neediest each can serve.

    The hours used are taken from those `left`, shape (villages,).
    """
    if not county.on("cadre_limits"):
        return funded
    h, number = county.households, len(county.villages)
    hours = {p.name: p.value("hours_per_household", county.year) for p in policies}
    counts = {p.name: np.bincount(h.village[funded[p.name].rows], minlength=number) for p in policies}
    demand = np.zeros(number)
    for policy in policies:
        demand += counts[policy.name] * hours[policy.name]
    if not (demand > county.villages.hours).any():
        left -= demand
        return funded
    share = np.where(demand > county.villages.hours, county.villages.hours / np.maximum(demand, _LITTLE), 1.0)
    granted = {}
    for policy in policies:
        rows, cost = funded[policy.name]
        if hours[policy.name] > 0 and len(rows):
            cap = np.floor(share * counts[policy.name] + _LITTLE).astype(np.int64)
            order = policy.rank(county, rows, observed[policy.name])
            kept = first_of_each(h.village[rows], order, h.uid[rows], cap)
            rows, cost = rows[kept], cost[kept]
        granted[policy.name] = Funded(rows, cost)
        left -= hours[policy.name] * np.bincount(h.village[rows], minlength=number)
    return granted


def _enrol_next(
    county: County, policy: Policy, waiting: Rows, ledger: Ledger, observed: ObservedNeed, left: F64
) -> None:
    """Pass the money of those who found no room on to the next of the `waiting` applicants, until all of it is placed.

    Within the slots and the hours that are left, shape (villages,); hours spent on who found no room are gone.
    """
    reach, h = ledger.reach(policy.name), county.households
    slots = policy.slots(county)
    while len(waiting):
        funded = _funded(county, policy, ledger, waiting, observed)
        if len(funded.rows) == 0:
            return
        waiting = np.setdiff1d(waiting, funded.rows, assume_unique=True)
        order = policy.rank(county, funded.rows, observed)
        if slots is not None:
            funded = funded.kept(lowest(order, h.uid[funded.rows], slots - reach.enrolled))
            order = policy.rank(county, funded.rows, observed)
        funded = _within_hours(county, policy, funded, order, left)
        if _enrol(county, policy, funded, ledger) == len(funded.rows) > 0:
            return


def _within_hours(county: County, policy: Policy, funded: Funded, order: F64, left: F64) -> Funded:
    """Those whom the hours left in their village still serve, in the given order; takes the hours."""
    hours, village = policy.value("hours_per_household", county.year), county.households.village
    if not county.on("cadre_limits") or hours == 0 or len(funded.rows) == 0:
        return funded
    most = hours * len(funded.rows)  # more than all cannot be served, however few hours one takes
    cap = np.floor(np.clip(left, 0.0, most) / hours + _LITTLE).astype(np.int64)
    served = funded.kept(first_of_each(village[funded.rows], order, county.households.uid[funded.rows], cap))
    left -= hours * np.bincount(village[served.rows], minlength=len(left))
    return served


def _enrol(county: County, policy: Policy, granted: Funded, ledger: Ledger) -> int:
    """Enrol those who find room, and return how many they are."""
    reach = ledger.reach(policy.name)
    reach.served += len(granted.rows)
    reach.served_fen += int(granted.cost.sum())
    if len(granted.rows) == 0:
        return 0
    places = policy.room(county, granted.rows)
    if places.dtype == np.bool_:
        raise TypeError(f"policy {policy.name}: room returns a place for each row (an index, -1 for none), not a mask")
    has_room = places >= 0
    rows, cost = granted.rows[has_room], granted.cost[has_room]
    reach.enrolled += len(rows)
    reach.enrolled_fen += int(cost.sum())
    if len(rows) == 0:
        return 0
    policy.since(county)[rows] = county.year
    policy.enrol(county, rows, places[has_room])
    if cost.any():
        policy.pay_enrolment(county, ledger, rows, cost)
        ledger.post_leakage(policy.name, int(policy.value("leakage", county.year) * int(cost.sum())))
    return len(rows)


def post_ordinary(county: County, ledger: Ledger) -> None:
    """Post what every scenario pays: the basic scheme at ordinary terms, base pensions, farmland subsidy."""
    h, flows = county.households, county.flows
    ledger.post_background("basic_insurance", "basic_fund", flows.basic_reimbursed)
    ledger.post_background(
        "resident_pension", "pension_fund", h.elderly, 12.0 * county.value("economy.resident_pension_month")
    )
    ledger.post_background("grain_subsidy", "central", h.land, county.value("economy.grain_subsidy"))
