"""Step 5, first part: property income, transfers everyone has (pension, farmland subsidy, relatives) and net income."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.health import to_fen
from tuopin.agents.kernels import pick
from tuopin.agents.randomness import CHILDREN_KEY, POPULATION


class TransferTerms(NamedTuple):
    """Ordinary transfers in yuan of the year."""

    pension: float
    subsidy_per_mu: float
    saving_return: float


class _Incomes(NamedTuple):
    members: I16
    elderly: I8
    land: F32
    savings: F32
    wage_income: F32
    business_income: F32
    property_income: F32
    private_transfers: F32
    from_children: F64
    private_transfer_term: F64
    public_transfers: F64
    policy_transfers: F64
    property_term: F64
    transfer_term: F64
    net_income: F64


def gather(county: County) -> None:
    """Write property income, private and ordinary public transfers, and the household's net income so far."""
    value = county.value
    terms = TransferTerms(
        12.0 * value("economy.resident_pension_month"),
        value("economy.grain_subsidy"),
        value("economy.saving_return"),
    )
    _gather(pick(_Incomes, county.households, county.flows, from_children=_from_children(county)), terms)


def _from_children(county: County) -> F64:
    """What children who live apart send to households of elderly persons only, yuan a year, shape (n,).

    Whether a household has such children is a trait of it, fixed for life.
    """
    h, value = county.households, county.value
    rows = np.flatnonzero(h.elderly == h.members)
    supported = county.luck.uniform(POPULATION, CHILDREN_KEY, h.uid[rows]) >= value("economy.elderly_unsupported_share")
    sent = np.zeros(len(h))
    sent[rows] = supported * h.elderly[rows] * value("economy.elderly_private_transfer") * county.prices
    return sent


@rule
def ordinary_transfers(elderly: int, land: float, t: TransferTerms) -> float:
    """Pension and farmland subsidy of one household (`land` in mu), yuan rounded to 0.01."""
    return to_fen(elderly * t.pension) + to_fen(land * t.subsidy_per_mu)


@compiled
def _gather(c: _Incomes, t: TransferTerms) -> None:
    for i in range(c.members.shape[0]):
        c.property_income[i] = c.savings[i] * t.saving_return + c.property_term[i]
        c.private_transfers[i] = c.from_children[i] + c.private_transfer_term[i]
        c.policy_transfers[i] = c.transfer_term[i]
        c.public_transfers[i] = ordinary_transfers(c.elderly[i], c.land[i], t) + c.transfer_term[i]
        earned = c.wage_income[i] + c.business_income[i]
        c.net_income[i] = earned + c.property_income[i] + c.private_transfers[i] + c.public_transfers[i]
