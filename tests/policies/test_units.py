"""Programmes for villages: who enrols is a village, all who live there take part, and what is paid is exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.policies.small import PLAIN, fen_of, kind, members, small
from tuopin.agents.columns import OUTSIDE
from tuopin.agents.county import County
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy
from tuopin.policies.reports import ENROLLED
from tuopin.policies.units import units_of
from tuopin.sim.run.run import begin
from tuopin.sim.run.state import capture, resume
from tuopin.sim.run.year import simulate_year
from tuopin.sim.run.year_state import reported


def road(settings: dict[str, Any] | None = None, **body: Any) -> Policy:
    rules = {"level": "village", "unit_cost": fen_of(1000.0), **body}
    return small("road", settings, **rules)


def county_of(by_hand: Callable[..., County], *policies: Policy, **keys: Any) -> County:
    """Three villages of 3, 2 and 1 households; the last is the remotest. Nobody is registered."""
    place = {"villages": {"value": 3, "unit": "villages", "source": "made for a test", "confidence": "source-document"}}
    county = by_hand(
        6,
        policies=policies,
        villages=3,
        village=[0, 0, 0, 1, 1, 2],
        registry_status=OUTSIDE,
        place=place,
        members=[1, 2, 3, 4, 5, 6],
        **keys,
    )
    county.villages.remoteness[:] = [0.2, 0.5, 0.9]
    for policy in policies:
        county.villages.declare(policy.village_columns())
    return county


def test_villages_enrol_remotest_first_and_all_who_live_there_take_part(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = road({"budget": 2500.0})
    county = county_of(by_hand, policy)
    ledger = programmes(county, policy)
    assert members(county, policy) == [1, 2] and policy.since(county).tolist() == [0, 2017, 2017]
    assert policy.enrolled(county).tolist() == [False, False, False, True, True, True]
    (entry,) = ledger.close_year(county.households.members)
    assert (entry.fen, entry.villages, entry.households, entry.persons) == (200_000, 2, 3, 15)
    assert reported(policy, county, ledger)[ENROLLED.name] == 2.0
    assert "road_since" not in county.households.table


@pytest.mark.parametrize("fen", [0, 1, 2, 7, 100, 10**9 + 1])
def test_what_a_village_has_in_common_is_posted_to_the_fen(by_hand: Callable[..., County], fen: int) -> None:
    county, ledger = county_of(by_hand), Ledger()
    ledger.open_year(2017, 6)
    ledger.set_budget("road", fen, None)
    ledger.post_common("road", "county", county.households.village == 0, fen, 1)
    assert ledger.spent("road") == fen and ledger.left("road") == 0
    assert ledger.received("road").tolist() == [fen // 3] * 3 + [0] * 3
    (entry,) = ledger.close_year(county.households.members)
    assert (entry.fen, entry.villages, entry.households, entry.persons) == (fen, 1, 3, 6)


def test_costs_and_yearly_costs_of_a_village_follow_the_scale(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    """At a tenth of the households a village costs a tenth, in the year it enrols and in every year after it."""
    policy = road(yearly_cost=fen_of(500.0))
    policy.scale = 0.1
    county = county_of(by_hand, policy, scale=0.1)
    assert county.village_scale == pytest.approx(0.1)
    assert programmes(county, policy).spent("road") == 3 * 15_000
    county.year += 1
    assert programmes(county, policy).spent("road") == 3 * 5_000


def test_slots_are_villages_of_which_a_scale_leaves_all(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = road({"slots": 2})
    policy.scale = 0.1
    county = county_of(by_hand, policy, scale=0.1)
    programmes(county, policy)
    assert members(county, policy) == [1, 2]


def test_luck_and_hours_are_those_of_villages(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = road({"take_up": 0.5, "hours_per_household": 10.0})
    county = county_of(by_hand, policy)
    county.mechanisms["cadre_limits"] = True
    county.villages.hours[:] = [10.0, 9.0, 10.0]
    units = units_of(county, "village")
    assert units.uid.tolist() == county.villages.uid.tolist() and units.village.tolist() == [0, 1, 2]
    willing = np.flatnonzero(policy.willingness(county, np.arange(3)) < 0.5).tolist()
    programmes(county, policy)
    assert members(county, policy) == [k for k in willing if k != 1]


def test_the_order_of_households_does_not_matter(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = road({"budget": 2500.0})
    county = county_of(by_hand, policy)
    mixed = county.fork()
    mixed.households = county.households.take(np.array([5, 3, 0, 4, 2, 1]))
    mixed.flows.reset(6)
    first, second = programmes(county, policy), programmes(mixed, policy)
    assert policy.since(county).tolist() == policy.since(mixed).tolist()
    assert first.close_year(county.households.members) == second.close_year(mixed.households.members)


@pytest.fixture
def run_of(plan_for: Callable[..., Any]) -> Callable[..., Any]:
    """A run of the shipped county with these policies."""
    from tuopin.sim.run.setup import county_of as shipped

    plan = plan_for({"none": {}}, years="2016-2019", scale=0.01)

    def make(*policies: Policy) -> Any:
        return begin(shipped(plan, "lushi", 0).fork(), policies, 2019)

    return make


def test_a_saved_state_keeps_villages_and_drops_those_of_a_policy_that_is_gone(run_of: Callable[..., Any]) -> None:
    policy = kind("road", level="village", unit_cost=fen_of(1000.0))
    settings = {**PLAIN, "slots": 20}
    run = run_of(policy(settings))
    simulate_year(run)
    state = capture(run)
    since = run.policies[0].since(run.county).copy()
    assert 0 < (since > 0).sum() <= 20
    on, off = resume(state, [policy(settings)]), resume(state, [])
    assert on.policies[0].since(on.county).tolist() == since.tolist()
    assert off.county.villages.own == {} and set(state.county.villages.own) == {"road_since"}
    again = resume(state, [kind("other", level="village")(PLAIN)])
    assert set(again.county.villages.own) == {"other_since"} and not again.county.villages.own["other_since"].any()
    simulate_year(run)
    simulate_year(on)
    assert run.policies[0].since(run.county).tolist() == on.policies[0].since(on.county).tolist()
    assert run.ledger.entries == on.ledger.entries


def test_villages_are_in_the_file_of_a_state(
    plan_for: Callable[..., Any], installed: Callable[..., None], tmp_path: Any
) -> None:
    from tuopin.sim.run.saved_state import load_state, save_state
    from tuopin.sim.run.setup import county_of as shipped
    from tuopin.sim.run.task import begin_scenario

    installed(kind("road", level="village", unit_cost=fen_of(1000.0), family=""))
    plan = plan_for({"none": {}, "road": {"road": {"slots": 10}}}, years="2016-2018", scale=0.01)
    run = begin_scenario(plan, shipped(plan, "lushi", 0), "road", 0)
    simulate_year(run)
    save_state(run, tmp_path / "road.state", plan, "lushi", "road", 0)
    loaded = load_state(tmp_path / "road.state", plan)
    for name, years in run.county.villages.own.items():
        assert loaded.county.villages.own[name].tolist() == years.tolist() and years.any()
    simulate_year(run)
    simulate_year(loaded)
    assert run.ledger.entries == loaded.ledger.entries
