"""Property income, transfers everyone has, and net income."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.agents.income import gather
from tuopin.agents.randomness import CHILDREN_KEY, POPULATION

TERMS = {
    "economy.resident_pension_month": {2009: 55.0, 2017: 70.0},
    "economy.grain_subsidy": 90.0,
    "economy.elderly_private_transfer": 1500.0,
    "economy.elderly_unsupported_share": 0.0,
    "economy.saving_return": 0.02,
}


def test_income_by_hand(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        3,
        TERMS,
        members=[4, 2, 1],
        elderly=[1, 2, 1],
        working_age=[3, 0, 0],
        land=[3.0, 0.0, 1.0],
        savings=[1000.0, 0.0, 0.0],
        wage_income=[8000.0, 0.0, 0.0],
        business_income=[500.0, -200.0, 0.0],
    )
    county.flows.property_term[:] = [0.0, 0.0, 300.0]
    county.flows.transfer_term[:] = [0.0, 120.0, 0.0]
    gather(county)
    h = county.households
    # a pension of 840 a year for everyone of 60 and over; relatives send money to those who are all old
    assert h.property_income.tolist() == [20.0, 0.0, 300.0]
    assert h.private_transfers.tolist() == [0.0, 3000.0, 1500.0]
    assert h.policy_transfers.tolist() == [0.0, 120.0, 0.0]
    assert h.public_transfers.tolist() == [840.0 + 270.0, 1680.0 + 120.0, 840.0 + 90.0]
    np.testing.assert_allclose(county.flows.net_income, [8000 + 500 + 20 + 1110, -200 + 3000 + 1800, 300 + 1500 + 930])


def test_who_has_children_that_send_money_is_a_trait_for_life(by_hand: Callable[..., County]) -> None:
    n = 20_000
    county = by_hand(
        n, {**TERMS, "economy.elderly_unsupported_share": 0.333}, members=2, working_age=0, elderly=2, able_workers=0
    )
    sent = []
    for county.year in (2017, 2020):
        gather(county)
        sent.append(county.households.private_transfers.copy())
    np.testing.assert_array_equal(sent[0], sent[1])
    assert set(sent[0].tolist()) == {0.0, 3000.0}
    assert float((sent[0] == 0.0).mean()) == pytest.approx(0.333, abs=4 * (0.222 / n) ** 0.5)
    trait = county.luck.uniform(POPULATION, CHILDREN_KEY, county.households.uid) >= 0.333
    np.testing.assert_array_equal(sent[0] > 0.0, trait)
    # what a programme adds comes on top, for a household of any age
    county.households.elderly[:], county.flows.private_transfer_term[:] = 1, 40.0
    gather(county)
    assert (county.households.private_transfers == 40.0).all()


def test_private_transfers_follow_prices_and_pensions_their_series(by_hand: Callable[..., County]) -> None:
    moving = {**TERMS, "economy.rural_cpi": {2016: 0.0, 2017: 0.1}, "economy.rural_cpi_after": 0.1}
    county = by_hand(1, moving, year=2018, elderly=1, working_age=0)
    gather(county)
    assert county.households.private_transfers[0] == np.float32(1500 * 1.21)
    assert county.households.public_transfers[0] == 840.0
    early = by_hand(1, TERMS, year=2012, elderly=1, working_age=0)
    gather(early)
    assert early.households.public_transfers[0] == 660.0
