"""The programme step: refer, withdraw, pay members, find candidates, choose, fund, share hours, find room, enrol.

All policies decide on the state as of the step's start; scarce hours are demanded by all first and then split once, in
proportion to demand. Funding is exact: within budget, slots and hours, ties by uid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tuopin.agents.arrays import F64
from tuopin.agents.county import County
from tuopin.agents.rationing import lowest, reached
from tuopin.policies.arrays import Rows
from tuopin.policies.funding import Funded, applicants, available_fen, funded_of
from tuopin.policies.hours import share_hours, within_hours
from tuopin.policies.ledger import Ledger
from tuopin.policies.observed_need import ObservedNeed
from tuopin.policies.protocol import Policy
from tuopin.policies.referral import refer
from tuopin.policies.units import units_of


def open_programmes(county: County, policies: Sequence[Policy], ledger: Ledger) -> None:
    """Open the year's accounts with the budget and slots of each policy that enrols."""
    ledger.open_year(county.year, len(county.households))
    for policy in policies:
        if policy.enrols:
            ledger.set_budget(policy.name, policy.budget_fen(county), policy.slots(county))


def run_programmes(county: County, policies: Sequence[Policy], ledger: Ledger) -> None:
    """One year's programme step of all policies, which must come in the order of their names."""
    refer(county, policies)
    programmes = [policy for policy in policies if policy.enrols]
    _withdraw(county, programmes)
    observed = {policy.name: policy.observe(county) for policy in programmes}
    lapsed = {p.name: _pay_members(county, p, ledger, observed[p.name]) for p in programmes}
    willing: Mapping[str, Rows] = {
        p.name: applicants(county, p, ledger, observed[p.name], _sisters(p, programmes), lapsed[p.name])
        for p in programmes
    }
    hours = county.villages.hours + county.villages.hours_term
    chooser = next((p for p in policies if type(p).choose is not Policy.choose), None)
    chosen = willing if chooser is None else chooser.choose(county, willing, policies)
    for policy in programmes:
        ledger.reach(policy.name).applied = len(chosen[policy.name])
    funded = _fund(county, programmes, ledger, chosen, observed)
    granted = share_hours(county, policies, funded, observed, hours)
    for policy in programmes:
        name = policy.name
        placed = _enrol(county, policy, granted[name], ledger)
        if placed < len(granted[name].rows):
            waiting = np.setdiff1d(chosen[name], funded[name].rows, assume_unique=True)
            waiting = _unclaimed(county, waiting, policy, programmes, granted)
            _enrol_next(county, policy, waiting, ledger, observed[name], hours)
    if chooser is not None:
        _choose_again(county, chooser, policies, programmes, willing, chosen, ledger, observed, hours)
    for policy in policies:
        policy.change_terms(county, ledger)


def _withdraw(county: County, policies: Sequence[Policy]) -> None:
    leaving = {policy.name: np.flatnonzero(policy.withdraw(county)) for policy in policies}
    for policy in policies:
        _leave(county, policy, leaving[policy.name])
        policy.recount(county)


def _leave(county: County, policy: Policy, rows: Rows) -> None:
    policy.since(county)[rows] = 0
    if len(rows):
        policy.release(county, rows)


def _pay_members(county: County, policy: Policy, ledger: Ledger, observed: ObservedNeed) -> Rows:
    """Pay the yearly cost of who is enrolled already, before anybody new enters; whom money does not reach leaves.

    Returns who leaves, who may apply again only next year.
    """
    rows = np.flatnonzero(policy.since(county) > 0)
    if len(rows) == 0 or type(policy).yearly_cost is Policy.yearly_cost:
        return rows[:0]
    uid, left = units_of(county, policy.level).uid[rows], available_fen(county, policy, ledger)
    order = policy.rank(county, rows, observed)
    kept, cost = reached(order, uid, len(rows), left, lambda index: policy.member_cost(county, rows[index]))
    stays = np.zeros(len(rows), dtype=np.bool_)
    stays[kept] = True
    lapsed = rows[~stays]
    ledger.reach(policy.name).lapsed = len(lapsed)
    _leave(county, policy, lapsed)
    if len(lapsed):
        policy.recount(county)
    if cost.any():
        policy.pay_members(county, ledger, rows[kept], cost)
        ledger.post_leakage(policy.name, int(policy.value("leakage", county.year) * int(cost.sum())))
    return lapsed


def _sisters(policy: Policy, policies: Sequence[Policy]) -> list[Policy]:
    """The other programmes under the same exclusive tag."""
    return [p for p in policies if policy.exclusive and p.exclusive == policy.exclusive and p is not policy]


def _fund(
    county: County,
    policies: Sequence[Policy],
    ledger: Ledger,
    chosen: Mapping[str, Rows],
    observed: Mapping[str, ObservedNeed],
) -> dict[str, Funded]:
    """Fund each policy's applicants; who is funded under an exclusive tag is not under the same tag again."""
    funded: dict[str, Funded] = {}
    for policy in policies:
        rows = chosen[policy.name]
        for sister in _sisters(policy, policies):
            if sister.name in funded:
                rows = np.setdiff1d(rows, funded[sister.name].rows, assume_unique=True)
        funded[policy.name] = funded_of(county, policy, ledger, rows, observed[policy.name])
    return funded


def _unclaimed(
    county: County, rows: Rows, policy: Policy, policies: Sequence[Policy], granted: Mapping[str, Funded] | None = None
) -> Rows:
    """Those of `rows` neither enrolled meanwhile under the policy's exclusive tag nor `granted` a place under it."""
    for sister in _sisters(policy, policies):
        rows = rows[sister.since(county)[rows] == 0]
        if granted is not None:
            rows = np.setdiff1d(rows, granted[sister.name].rows, assume_unique=True)
    return rows


def _choose_again(
    county: County,
    chooser: Policy,
    policies: Sequence[Policy],
    programmes: Sequence[Policy],
    willing: Mapping[str, Rows],
    chosen: Mapping[str, Rows],
    ledger: Ledger,
    observed: Mapping[str, ObservedNeed],
    hours: F64,
) -> None:
    """Ask who has found no place where else to apply, for the places, money and hours left over."""
    tried = dict(chosen)
    for _ in range(chooser.rounds(county) - 1):
        untried = {name: np.setdiff1d(rows, tried[name], assume_unique=True) for name, rows in willing.items()}
        again = chooser.choose(county, untried, policies)
        if not any(len(rows) for rows in again.values()):
            return
        for policy in programmes:
            name = policy.name
            ledger.reach(name).applied += len(again[name])
            waiting = _unclaimed(county, again[name], policy, programmes)
            _enrol_next(county, policy, waiting, ledger, observed[name], hours)
            tried[name] = np.union1d(tried[name], again[name])


def _enrol_next(
    county: County, policy: Policy, waiting: Rows, ledger: Ledger, observed: ObservedNeed, left: F64
) -> None:
    """Pass the money of those who found no room on to the next of the `waiting` applicants, until all of it is placed.

    Within the slots and the hours that are left, shape (villages,); hours spent on who found no room are gone.
    """
    reach, uid = ledger.reach(policy.name), units_of(county, policy.level).uid
    slots = policy.slots(county)
    while len(waiting):
        funded = funded_of(county, policy, ledger, waiting, observed)
        if len(funded.rows) == 0:
            return
        waiting = np.setdiff1d(waiting, funded.rows, assume_unique=True)
        order = policy.rank(county, funded.rows, observed)
        if slots is not None:
            funded = funded.kept(lowest(order, uid[funded.rows], slots - reach.enrolled))
            order = policy.rank(county, funded.rows, observed)
        funded = within_hours(county, policy, funded, order, left)
        if _enrol(county, policy, funded, ledger) == len(funded.rows) > 0:
            return


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
