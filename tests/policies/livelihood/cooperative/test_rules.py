"""Cooperatives by hand: nominal and effective members, price terms, expansion, failure of all, supply pressing the
price.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.agents.lines import LINES
from tuopin.agents.production import produce
from tuopin.policies.ledger import Ledger
from tuopin.policies.livelihood.cooperative import POLICY as Cooperative

FRUIT, HERBS, LIVESTOCK, GRAIN = (LINES.index(n) for n in ("fruit", "herbs", "livestock", "grain"))
TERMS = {
    "budget": None,
    "take_up": 1.0,
    "leakage": 0.0,
    "targeting_noise": 0.0,
    "cost_per_household": 1000.0,
    "inputs_share": 0.6,
    "effective_share": 1.0,
    "yield_gain": 0.1,
    "price_premium": 0.05,
    "price_floor": 0.9,
    "expansion": 0.2,
    "failure_loss": 0.3,
    "side_selling": 0.0,
}


FLAT_FIRMS = {"production.supply_elasticity": 0.5, "firms.failure": 0.0, "firms.cooperative_capacity": 5.0}


def cooperative(**more: Any) -> Any:
    return Cooperative({**TERMS, **more})


def members(
    by_hand: Callable[..., County], policy: Any, size: int, mechanisms: dict[str, Any] | None = None, **columns: Any
) -> County:
    given = {"registry_status": 1, "land": 2.0, "line": LIVESTOCK, "line_scale": 1.0, "line_age": 9, **columns}
    return by_hand(size, FLAT_FIRMS, mechanisms, policies=(policy,), **given)


def test_who_may_join(by_hand: Callable[..., County]) -> None:
    policy = cooperative()
    county = members(
        by_hand,
        policy,
        6,
        registry_status=[1, 0, 1, 1, 1, 5],
        able_workers=[1, 1, 1, 0, 0, 1],
        off_farm=[0, 0, 1, 0, 0, 0],
        elderly=[0, 0, 0, 1, 0, 0],
        land=[1, 1, 1, 1, 1, 0],
    )
    # not: outside the register; all hands away; no hands at all; no land
    assert policy.eligible(county, policy.observe(county)).tolist() == [True, False, False, True, False, False]


def test_joining_by_hand(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = cooperative()
    county = members(
        by_hand,
        policy,
        3,
        line=[LIVESTOCK, GRAIN, HERBS],
        line_scale=[1.0, 0.7, 2.0],
        line_age=[9, 4, 1],
        productive_assets=500.0,
    )
    ledger = programmes(county, policy)
    h = county.households
    assert [county.firms[k].line for k in h.firm] == [LIVESTOCK, FRUIT, HERBS]
    # who grows grain starts a new orchard of the expansion's size; the others enlarge what they have
    assert h.line.tolist() == [LIVESTOCK, FRUIT, HERBS] and h.line_age.tolist() == [9, 0, 1]
    np.testing.assert_allclose(h.line_scale, [1.2, 0.2, 2.2], rtol=1e-6)
    np.testing.assert_allclose(h.productive_assets, [1100.0] * 3)
    assert ledger.spent("cooperative") == 300_000
    assert [e.payer for e in ledger.close_year(h.members)] == ["county_integrated_funds"]


def test_all_members_are_paid_for_but_only_effective_ones_gain(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = cooperative(effective_share=0.35)
    county = by_hand(
        4000,
        policies=(policy,),
        registry_status=1,
        land=1.0,
        line=FRUIT,
        line_scale=1.0,
        line_age=9,
        place={"cooperatives": {"value": 2, "unit": "cooperatives", "source": "x", "confidence": "derived"}},
    )
    # 500 more find room only at the other cooperative, of herbs: in name
    county.firms[1].capacity, county.firms[2].capacity = 3000, 500
    ledger = programmes(county, policy)
    h = county.households
    joined, effective = policy.enrolled(county), policy.own(county).effective
    assert joined.sum() == 3500 and ledger.spent("cooperative") == 350_000_000
    assert np.bincount(h.firm[joined]).tolist() == [0, 3000, 500]
    assert effective[h.firm == 1].mean() == pytest.approx(0.35, abs=0.04) and not effective[h.firm != 1].any()
    np.testing.assert_allclose(h.line_scale, np.where(effective, 1.2, 1.0), rtol=1e-6)
    np.testing.assert_allclose(county.flows.business_factor, np.where(effective, 1.05 * 1.1, 1.0), rtol=1e-6)


def test_premium_or_floor(by_hand: Callable[..., County], opened: Callable[..., Ledger]) -> None:
    policy = cooperative()
    county = members(by_hand, policy, 3, line=[LIVESTOCK, FRUIT, HERBS], cooperative_effective=[True, True, False])
    county.markets.price[[LIVESTOCK, FRUIT, HERBS]] = [1.2, 0.6, 0.6]
    policy.change_terms(county, opened(county))
    # 1.05 above the market, or the floor of .9 against a market of .6; a tenth more yield; the third is no member
    np.testing.assert_allclose(county.flows.business_factor, [1.05 * 1.1, 0.9 / 0.6 * 1.1, 1.0], rtol=1e-6)


def test_side_selling_when_the_market_is_above_trend(
    by_hand: Callable[..., County], opened: Callable[..., Ledger]
) -> None:
    n = 10_000
    policy = cooperative(side_selling=0.3)
    county = members(by_hand, policy, 2 * n, line=np.repeat([LIVESTOCK, FRUIT], n), cooperative_effective=True)
    county.markets.price[[LIVESTOCK, FRUIT]] = [1.1, 1.0]
    policy.change_terms(county, opened(county))
    factor = county.flows.business_factor
    assert (factor[:n] == 1.0).mean() == pytest.approx(0.3, abs=0.03)
    np.testing.assert_allclose(factor[n:], 1.155, rtol=1e-6)


def test_effect_scales_the_terms_and_the_growth(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    for effect, scale, factor, assets in ((0.5, 1.1, 1 + 0.5 * 0.155, 300.0), (0.0, 1.0, 1.0, 0.0)):
        policy = cooperative(effect=effect)
        county = members(by_hand, policy, 1)
        programmes(county, policy)
        h = county.households
        np.testing.assert_allclose(
            [h.line_scale[0], county.flows.business_factor[0], h.productive_assets[0]],
            [scale, factor, assets],
            rtol=1e-6,
        )
        assert policy.enrolled(county).all() and h.firm[0] == 0


def test_capacity_limits_membership(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = cooperative()
    county = members(by_hand, policy, 30, line=GRAIN)
    ledger = programmes(county, policy)
    assert np.bincount(county.households.firm[county.households.firm >= 0]).tolist() == [3, 5, 5]
    assert ledger.spent("cooperative") == 13 * 100_000  # those without room cost nothing
    assert (county.households.line[~policy.enrolled(county)] == GRAIN).all()


def test_a_firms_failure_hits_all_its_members_at_once(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = cooperative()
    county = members(by_hand, policy, 5, line=[LIVESTOCK, LIVESTOCK, LIVESTOCK, FRUIT, FRUIT])
    programmes(county, policy)
    h = county.households
    policy.own(county).effective[1] = False  # a member in name
    county.year = 2018
    for firm in county.firms[1:]:
        firm.alive = False
    county.firms[0].alive, county.firms[0].members, county.firms[0].failed_in = False, 0, 2018
    policy.strike(county)
    assert not county.firms[0].alive and county.firms[0].members == 0
    assert h.firm.tolist() == [-1, -1, -1, 1, 1] and policy.enrolled(county).tolist() == [False] * 3 + [True] * 2
    assert policy.own(county).struck.tolist() == [True, False, True, False, False]
    county.flows.reset(5)
    policy.change_terms(county, programmes(county))
    np.testing.assert_allclose(county.flows.business_factor, [0.7, 1.0, 0.7, 1.155, 1.155], rtol=1e-6)
    county.year = 2019
    policy.strike(county)  # the loss is of one year
    assert not policy.own(county).struck.any()


def test_members_of_a_dead_firm_are_not_paid_for_again(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = cooperative()
    county = members(by_hand, policy, 1, line=GRAIN)
    assert programmes(county, policy).spent("cooperative") > 0
    scale, h = float(county.households.line_scale[0]), county.households
    county.firms[int(h.firm[0])].alive, h.firm[0], policy.since(county)[0] = False, -1, 0
    county.year = 2018
    assert programmes(county, policy).spent("cooperative") == 0
    assert (h.firm[0], h.line_scale[0]) == (-1, np.float32(scale))


def test_withdrawal_leaves_the_industry(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = cooperative(support_after_exit_months=12)
    county = members(by_hand, policy, 2, line=GRAIN)
    programmes(county, policy)
    h = county.households
    h.registry_status[0], h.registry_exit_year[0] = 2, 2017
    enrolled = []
    for county.year in (2018, 2019):
        programmes(county, policy)
        enrolled.append(policy.enrolled(county).tolist())
    assert enrolled == [[True, True], [False, True]]
    assert h.firm[0] == -1 and not policy.own(county).effective[0]
    assert h.line[0] > GRAIN and h.line_scale[0] == np.float32(0.2)
    assert sum(f.members for f in county.firms) == 1


def test_their_supply_lowers_everybodys_price(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    def income(join: bool) -> float:
        policy = cooperative(expansion=3.0)
        county = members(
            by_hand,
            policy,
            2,
            {"supply_price": True, "spillovers": True},
            registry_status=[int(join), 0],
            land=[1.0, 0.0],
        )
        county.markets.base_supply[LIVESTOCK] = 2000
        programmes(county, policy)
        produce(county)
        return float(county.households.business_income[1])

    # supply goes from 2 to 5 typical households: the outsider's price falls by (2/5)^.5
    assert income(True) / income(False) == pytest.approx((2 / 5) ** 0.5, rel=1e-5)


def test_expected_gain_by_hand(by_hand: Callable[..., County]) -> None:
    policy = cooperative(effective_share=0.5)
    county = members(by_hand, policy, 2, members=[2, 1], business_income=[4000.0, -100.0])
    np.testing.assert_allclose(policy.expected_gain(county), [0.155 * 2000 * 0.5, 0.0])
