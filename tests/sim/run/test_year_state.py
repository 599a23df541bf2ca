"""A county's year as the measures take it, where the run's first year, prices and lines all differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.policies.catalogue import catalogue
from tuopin.policies.ledger import Ledger
from tuopin.sim.run.lives import own_income
from tuopin.sim.run.year_state import paid_by, start_of, year_state

PRICES = {
    "economy.rural_cpi": {2016: 0.0, 2017: 0.10, 2018: 0.20, 2019: 0.30, 2020: 0.0},
    "economy.registry_line": {2016: 1_000.0, 2017: 1_500.0, 2018: 2_000.0, 2019: 2_500.0, 2020: 2_500.0},
}


@pytest.fixture
def county(by_hand: Callable[..., County]) -> County:
    """Three households at the start of a study that begins at the end of 2017, at prices of 1.1."""
    county = by_hand(
        3,
        PRICES,
        year=2017,
        members=[1, 2, 5],
        income_pp=[1_650.0, 3_300.0, 6_600.0],
        start_decile=[1, 2, 2],
        start_persons=[1_000, 2_000, 5_000],
        start_poor=[True, True, False],
        years_above=[3, 2, 3],
        years_above_alone=[2, 2, 3],
        wage_income=[1.0, 2.0, 3.0],
        remitted=[0.5, 1.0, 1.5],
        business_income=[10.0, 20.0, 30.0],
        property_income=[100.0, 200.0, 300.0],
        private_transfers=[1_000.0, 2_000.0, 3_000.0],
        public_transfers=[1e4, 2e4, 3e4],
    )
    county.start = 2017
    return county


def test_the_start_is_in_statistical_lines_of_its_own_year(county: County) -> None:
    start = start_of(county)
    assert start.in_lines.tolist() == pytest.approx([0.5, 1.0, 2.0])
    assert start.means[1] == 1_650.0 and start.means[2] == pytest.approx((2 * 3_300 + 5 * 6_600) / 7)
    county.households.members[:] = 9
    county.households.income_pp[:] = 0.0
    assert start.persons.tolist() == [1, 2, 5] and start.in_lines[2] == pytest.approx(2.0)  # copies


def test_a_later_year_is_at_prices_of_the_first(county: County) -> None:
    start = start_of(county)
    county.year = 2019
    state = year_state(county, (), start, own_income(county))
    assert state.initial is not None and state.initial.prices == pytest.approx(1.2 * 1.3)  # and not 1.1 x 1.2 x 1.3
    assert state.line == pytest.approx(3_000 * 1.1 * 1.2 * 1.3)
    assert state.subsistence_food == pytest.approx(county.value("village.subsistence_food") * 1.1 * 1.2 * 1.3)
    assert state.lives is not None and state.lives.years == 3  # 2017 to 2019
    assert state.sources is not None
    assert [source.tolist() for source in state.sources] == [
        [1.0, 2.0, 3.0],
        [0.5, 1.0, 1.5],
        [10.0, 20.0, 30.0],
        [100.0, 200.0, 300.0],
        [1_000.0, 2_000.0, 3_000.0],
        [1e4, 2e4, 3e4],
    ]


def test_sustained_exits_are_known_from_the_third_year_on(county: County) -> None:
    start = start_of(county)
    for year in (2018, 2019):
        county.year = year
        assert year_state(county, (), start, own_income(county)).cohort is None
    county.year = 2020
    cohort = year_state(county, (), start, own_income(county)).cohort
    assert cohort is not None
    persons, sustained, alone = cohort
    assert (persons.tolist(), sustained.tolist()) == ([1_000, 2_000, 5_000], [True, False, False])
    assert alone.tolist() == [False, False, False]


def test_last_years_beneficiaries_are_those_of_last_year_alone(by_hand: Callable[..., County]) -> None:
    policy = catalogue()["training"]({})
    county, ledger = by_hand(3, policies=(policy,)), Ledger()
    told = []
    for year, rows, fen in ((2017, [0, 1], [500, 0]), (2018, [1], [700]), (2019, [2], [900])):
        county.year = year
        ledger.open_year(year, 3)
        ledger.post("training", "county", np.array(rows), np.array(fen, dtype=np.int64))
        programme = paid_by(ledger, county, (policy,))["training"]
        told.append((programme.received.tolist(), programme.before.tolist()))
    assert told == [
        ([500, 0, 0], [False, False, False]),
        ([0, 700, 0], [True, False, False]),
        ([0, 0, 900], [False, True, False]),
    ]
