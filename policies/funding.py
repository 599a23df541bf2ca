"""Whom a year's money and slots of a programme reach among who may enrol and accepts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.kernels import pick
from tuopin.agents.labour import motivation_felt
from tuopin.agents.stages import MIDDLE
from tuopin.policies.arrays import Fen, Mask, Rows
from tuopin.policies.ledger import Ledger
from tuopin.policies.observed_need import ObservedNeed
from tuopin.policies.protocol import Policy
from tuopin.policies.units import VILLAGE

UNLIMITED_FEN = 2**60


class Funded(NamedTuple):
    """Households the year's money and slots reach, and what enrolling each costs (fen)."""

    rows: Rows
    cost: Fen

    def kept(self, index: Rows | Mask) -> Funded:
        """Those at `index`."""
        return Funded(self.rows[index], self.cost[index])


def applicants(
    county: County,
    policy: Policy,
    ledger: Ledger,
    observed: ObservedNeed,
    sisters: Sequence[Policy] = (),
    lapsed: Rows | None = None,
) -> Rows:
    """Households that are eligible, not enrolled and willing, ascending; nobody before the policy's start.

    Who is enrolled in one of the `sisters`, policies of the same exclusive tag, is no candidate; nor is who has just
    lost his place because the year's money did not reach (`lapsed`): he waits, and is counted once.
    """
    nobody = np.empty(0, dtype=np.int64)
    reach = ledger.reach(policy.name)
    reach.begun = county.year >= policy.value("start", county.year)
    if not reach.begun or policy.budget_fen(county) == 0 or policy.slots(county) == 0:
        return nobody
    candidates = policy.eligible(county, observed) & (policy.since(county) == 0)
    for sister in sisters:
        candidates &= sister.since(county) == 0
    if lapsed is not None:
        candidates[lapsed] = False
    rows = _willing(county, policy, np.flatnonzero(candidates))
    reach.candidates, reach.willing = int(candidates.sum()), len(rows)
    return rows


def funded_of(county: County, policy: Policy, ledger: Ledger, rows: Rows, observed: ObservedNeed) -> Funded:
    """Of the applicants `rows` those within reach of the year's money and slots.

    Only they take part in the split of hours: nobody spends hours on the rest.
    """
    if len(rows) == 0:
        return Funded(rows=rows, cost=np.empty(0, dtype=np.int64))
    available, reach = available_fen(county, policy, ledger), ledger.reach(policy.name)
    funded = Funded(*policy.affordable(county, rows, available, observed))
    reach.funded += len(funded.rows)
    reach.funded_fen += int(funded.cost.sum())
    dearest, left = int(funded.cost.max(initial=0)), available - int(funded.cost.sum())
    if len(funded.rows) < len(rows) and UNLIMITED_FEN > left > 2 * dearest:  # perhaps the next one is dearer than these
        dearest = max(dearest, int(policy.entry_cost(county, rows, observed).max()))
    reach.dearest_fen = max(reach.dearest_fen, dearest)
    return funded


def _willing(county: County, policy: Policy, rows: Rows) -> Rows:
    """Those of `rows` that accept an offer."""
    take_up = np.broadcast_to(np.asarray(policy.take_up(county, rows), dtype=np.float64), rows.shape)
    u = policy.willingness(county, rows)
    if policy.level == VILLAGE:
        return rows[u < take_up]
    offered = pick(_Applicants, county.households, county.flows, rows=rows, u=u, take_up=take_up)
    accepts = np.empty(len(rows), dtype=np.bool_)
    _accept(offered, county.value("labour.motivation_effect") if county.on("motivation") else 0.0, accepts)
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


def available_fen(county: County, policy: Policy, ledger: Ledger) -> int:
    """Fen that can reach households: what leaks comes on top, so that much must stay in reserve."""
    left = ledger.left(policy.name)
    return UNLIMITED_FEN if left is None else int(left / (1.0 + policy.value("leakage", county.year)))
