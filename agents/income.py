"""Step 5, first part: property income, transfers everyone has (pension, farmland subsidy, relatives) and net income."""

from __future__ import annotations

from typing import Any, NamedTuple

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.health import to_fen


class TransferTerms(NamedTuple):
    """Ordinary transfers in yuan of the year."""

    pension: float
    subsidy_per_mu: float
    elderly_private: float
    saving_return: float


def gather(county: County) -> None:
    """Write property income, private and ordinary public transfers, and the household's net income so far."""
    h, f, value = county.households, county.flows, county.value
    terms = TransferTerms(
        12.0 * value("economy.base_pension_month"),
        value("economy.grain_subsidy"),
        value("economy.elderly_private_transfer") * county.prices,
        value("economy.saving_return"),
    )
    _gather(
        h.members,
        h.elderly,
        h.land,
        h.savings,
        h.wage_income,
        h.business_income,
        h.property_income,
        h.private_transfers,
        h.public_transfers,
        h.policy_transfers,
        f.property_term,
        f.transfer_term,
        f.net_income,
        terms,
    )


@compiled
def ordinary_transfers(elderly: Any, land: Any, t: Any) -> Any:
    """Pension and farmland subsidy of one household, yuan rounded to 0.01."""
    return to_fen(elderly * t.pension) + to_fen(land * t.subsidy_per_mu)


@compiled
def _gather(
    members: Any,
    elderly: Any,
    land: Any,
    savings: Any,
    wage: Any,
    business: Any,
    property_income: Any,
    private: Any,
    public: Any,
    policy: Any,
    property_term: Any,
    transfer_term: Any,
    net: Any,
    t: Any,
) -> None:
    for i in range(members.shape[0]):
        property_income[i] = savings[i] * t.saving_return + property_term[i]
        private[i] = elderly[i] * t.elderly_private if elderly[i] == members[i] else 0.0
        policy[i] = transfer_term[i]
        public[i] = ordinary_transfers(elderly[i], land[i], t) + transfer_term[i]
        net[i] = wage[i] + business[i] + property_income[i] + private[i] + public[i]
