"""Scarce hours of village teams: demanded by all first, then split once, in proportion to demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tuopin.agents.arrays import F64
from tuopin.agents.county import County
from tuopin.agents.rationing import first_of_each
from tuopin.policies.funding import Funded
from tuopin.policies.observed_need import ObservedNeed
from tuopin.policies.protocol import Policy
from tuopin.policies.units import units_of

LITTLE = 1e-9
"""No division by zero hours, and no place lost to the last bit of a product."""


ASKED, HAD = "hours_asked_of_teams", "hours_of_teams"
"""Notes of the county: hours asked of all village teams this year, and hours they had."""


def share_hours(
    county: County,
    policies: Sequence[Policy],
    funded: Mapping[str, Funded],
    observed: Mapping[str, ObservedNeed],
    left: F64,
) -> Mapping[str, Funded]:
    """Split each village team's hours over the policies in proportion to demand; keep the neediest each can serve.

    The hours used are taken from those `left`, shape (villages,); without limits of teams all get what they ask. What
    is asked for work beside enrolment is granted in the same proportion and noted in `county.referrals`. Hours asked
    and had by all teams are noted too.
    """
    number = len(county.villages)
    county.notes[HAD] = float(left.sum())
    asked = {p.name: wanted for p in policies if (wanted := p.work(county)) is not None}
    hours = {p.name: p.value("hours_per_household", county.year) for p in policies if p.name in funded}
    village = {p.name: units_of(county, p.level).village for p in policies if p.name in funded}
    counts = {name: np.bincount(village[name][funded[name].rows], minlength=number) for name in funded}
    demand = np.zeros(number)
    for name in funded:
        demand += counts[name] * hours[name]
    for name in sorted(asked):
        demand += asked[name]
    county.notes[ASKED] = float(demand.sum())
    limited = county.on("cadre_limits")
    if not limited or not (demand > left).any():
        if limited:
            left -= demand
        county.referrals.hours_share.update({name: np.ones(number) for name in asked})
        return funded
    there = np.maximum(left, 0.0)  # a term may take more hours than a team has
    share = np.where(demand > there, there / np.maximum(demand, LITTLE), 1.0)
    for name in sorted(asked):
        county.referrals.hours_share[name] = np.where(asked[name] > 0, share, 1.0)  # who asks for none lacks none
        left -= asked[name] * share
    granted = {}
    for policy in policies:
        if (name := policy.name) not in funded:
            continue
        rows, cost = funded[name]
        if hours[name] > 0 and len(rows):
            cap = np.floor(share * counts[name] + LITTLE).astype(np.int64)
            order = policy.rank(county, rows, observed[name])
            kept = first_of_each(village[name][rows], order, units_of(county, policy.level).uid[rows], cap)
            rows, cost = rows[kept], cost[kept]
        granted[name] = Funded(rows, cost)
        left -= hours[name] * np.bincount(village[name][rows], minlength=number)
    return granted


def within_hours(county: County, policy: Policy, funded: Funded, order: F64, left: F64) -> Funded:
    """Those whom the hours left in their village still serve, in the given order; takes the hours."""
    hours, units = policy.value("hours_per_household", county.year), units_of(county, policy.level)
    if not county.on("cadre_limits") or hours == 0 or len(funded.rows) == 0:
        return funded
    most = hours * len(funded.rows)  # more than all cannot be served, however few hours one takes
    cap = np.floor(np.clip(left, 0.0, most) / hours + LITTLE).astype(np.int64)
    served = funded.kept(first_of_each(units.village[funded.rows], order, units.uid[funded.rows], cap))
    left -= hours * np.bincount(units.village[served.rows], minlength=len(left))
    return served
