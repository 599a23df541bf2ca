"""What a year's money reaches: members first, then who is new; exact with what leaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policies.small import fen_of, members, small
from tuopin.agents.columns import REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.policies.ledger import LEAKAGE, Ledger
from tuopin.policies.protocol import Policy
from tuopin.policies.reports import WAITING
from tuopin.sim.run.year_state import reported

SIZE = 8


def grant(budget: dict[int, float] | None, unit: float = 100.0, yearly: float = 40.0, **more: Any) -> Policy:
    rules = {"unit_cost": fen_of(unit), "yearly_cost": fen_of(yearly)}
    return small("grant", {"budget": budget, **more}, **rules)


def village(by_hand: Callable[..., County], *policies: Policy, size: int = SIZE) -> County:
    return by_hand(
        size, policies=policies, registry_status=REGISTERED_POOR, net_income_pp=np.arange(size) * 100.0 + 200.0
    )


def test_the_first_year_charges_both_costs_and_later_ones_the_yearly_alone(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = grant({2017: 300.0, 2018: 120.0})
    county = village(by_hand, policy)
    assert programmes(county, policy).spent("grant") == 2 * 14_000
    assert members(county, policy) == [0, 1]
    county.year = 2018
    ledger = programmes(county, policy)
    # 80 yuan are kept for the two members; the 40 left do not reach a third, who costs 140
    assert members(county, policy) == [0, 1] and ledger.spent("grant") == 8_000 and ledger.left("grant") == 4_000


def test_money_is_kept_for_members_before_anybody_new_enters(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = grant({2017: 280.0, 2018: 220.0})
    county = village(by_hand, policy)
    programmes(county, policy)
    county.households.net_income_pp[:2] = 5_000.0  # members are no longer the neediest
    county.year = 2018
    programmes(county, policy)
    assert members(county, policy) == [0, 1, 2]


def test_members_beyond_the_money_leave_the_least_needy_first_wait_and_cannot_enter_again_that_year(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = grant({2017: 560.0, 2018: 120.0}, unit=0.0, yearly=140.0)
    county = village(by_hand, policy)
    programmes(county, policy)
    assert members(county, policy) == [0, 1, 2, 3]
    county.year = 2018
    cheap = grant({2018: 120.0}, unit=0.0, yearly=40.0)
    ledger = programmes(county, cheap)
    assert members(county, cheap) == [0, 1, 2] and ledger.reach("grant").lapsed == 1
    assert reported(cheap, county, ledger)[WAITING.name] == SIZE - 3  # 4 who never entered and the one who left
    county.year = 2019
    cheap = grant({2019: 400.0}, unit=0.0, yearly=40.0)
    ledger = programmes(county, cheap)
    assert members(county, cheap) == list(range(SIZE)) and reported(cheap, county, ledger)[WAITING.name] == 0


def test_who_lapses_is_no_candidate_though_he_would_now_be_cheaper(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    """Costs differ: the queue of members ends at a dear one, and the cheap one behind it leaves too."""

    def dear(self: Policy, county: County, rows: Any) -> Any:
        return np.where(rows == 1, 9_000, 1_000)

    policy = small("grant", {"budget": {2017: 1e6, 2018: 60.0}}, unit_cost=fen_of(0), yearly_cost=dear)
    county = village(by_hand, policy, size=3)
    programmes(county, policy)
    assert members(county, policy) == [0, 1, 2]
    county.year = 2018
    ledger = programmes(county, policy)
    assert members(county, policy) == [0] and ledger.reach("grant").lapsed == 2
    assert reported(policy, county, ledger)[WAITING.name] == 2


def test_what_leaves_is_released_and_counted_anew(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    seen: list[Any] = []
    rules = {
        "unit_cost": fen_of(0),
        "yearly_cost": fen_of(50),
        "release": lambda self, county, rows: seen.append(("released", rows.tolist())),
        "recount": lambda self, county: seen.append("recounted"),
    }
    policy = small("grant", {"budget": {2017: 100.0, 2018: 50.0}}, **rules)
    county = village(by_hand, policy)
    programmes(county, policy)
    seen.clear()
    county.year = 2018
    programmes(county, policy)
    assert seen == ["recounted", ("released", [1]), "recounted"]


@given(
    st.integers(0, 60_000),
    st.integers(0, 60_000),
    st.integers(0, 9_000),
    st.integers(0, 9_000),
    st.sampled_from([0.0, 0.1, 0.37]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_the_budget_is_exact_with_leakage(
    by_hand: Callable[..., County],
    programmes: Callable[..., Ledger],
    first: int,
    second: int,
    unit: int,
    yearly: int,
    leakage: float,
) -> None:
    policy = grant({2017: first / 100, 2018: second / 100}, unit / 100, yearly / 100, leakage=leakage)
    county = village(by_hand, policy)
    before = 0
    for budget in (first, second):
        ledger = programmes(county, policy)
        now = len(members(county, policy))
        entries = {entry.payer: entry.fen for entry in ledger.close_year(county.households.members)}
        old = min(before, now)
        due = (now - old) * (unit + yearly) + old * yearly
        leaks = entries.get(LEAKAGE, 0)
        assert entries.get("county", 0) == due and due + leaks <= max(budget, 0)
        assert leaks <= leakage * due + 1e-6 and leaks > leakage * due - 2.0
        before, county.year = now, county.year + 1


@pytest.mark.parametrize("yearly", [0.0, 40.0])
def test_a_budget_of_nothing_keeps_only_who_costs_nothing(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger], yearly: float
) -> None:
    policy = grant({2017: 1e4, 2018: 0.0}, yearly=yearly)
    county = village(by_hand, policy)
    programmes(county, policy)
    county.year = 2018
    programmes(county, policy)
    assert members(county, policy) == ([] if yearly else list(range(SIZE)))
