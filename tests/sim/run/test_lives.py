"""What is kept of households from the initial state on: traits, status and own income, by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tuopin.agents.county import County
from tuopin.sim.measures.vulnerability import expected_poverty
from tuopin.sim.run.lives import advance_lives, begin_lives, own_income, visible_traits

TRAITS = {
    "members": [4, 7],
    "able_workers": [3, 2],
    "off_farm": [1, 2],
    "elderly": [1, 3],
    "pupils": [0, 1],
    "upper_students": [0, 1],
    "college_students": [0, 2],
    "chronic": [2, 0],
    "disabled": [0, 3],
    "housing_grade": [1, 2],
    "safe_water": [False, True],
    "land": [10.0, 3.5],
    "remoteness": [0.25, 0.75],
}


def test_what_a_register_sees_by_hand(by_hand: Callable[..., County]) -> None:
    county = by_hand(2, **TRAITS, income_pp=[9.0, -5.0], net_income_pp=[7.0, 8.0], savings=[1.0, 2.0])
    assert visible_traits(county).tolist() == [
        [1.0, 4.0, 3 / 4, 1.0, 1 / 4, 0.0, 1.0, 0.0, 1.0, 0.0, 2.5, 0.25],
        [1.0, 7.0, 2 / 7, 2.0, 3 / 7, 4.0, 0.0, 1.0, 0.0, 1.0, 0.5, 0.75],
    ]


def test_the_initial_state_by_hand(by_hand: Callable[..., County]) -> None:
    """Status and tenths are of effective income; vulnerability is the estimate of that year on those traits."""
    n = 40
    spread = np.arange(n)
    county = by_hand(
        n,
        members=1 + spread % 3,
        able_workers=spread % 2,
        elderly=(spread // 4) % 2,
        chronic=(spread // 8) % 2,
        land=1.0 + spread % 5,
        remoteness=(spread % 7) / 10,
        income_pp=(1_000.0 + 100.0 * ((7 * spread) % n)),
        net_income_pp=9_000.0 - 100.0 * spread,
        poor_true=spread % 5 == 0,
        poor_years=3,
        lines_sum=2.0,
        squared_gap_sum=2.0,
        years_above=5,
        years_above_alone=5,
        year=2016,
    )
    begin_lives(county)
    h = county.households
    assert h.start_poor.tolist() == (spread % 5 == 0).tolist()
    assert h.start_persons.tolist() == (1000 * (1 + spread % 3)).tolist()
    assert h.start_decile[np.argmin(h.income_pp)] == 1 and h.start_decile[np.argmax(h.income_pp)] == 10
    estimate = expected_poverty(h.income_pp, visible_traits(county), county.line).probability
    assert h.vulnerability.tolist() == estimate.astype(np.float32).tolist() and np.ptp(estimate) > 0.1
    in_lines = h.income_pp / 3_000.0
    assert h.poor_years.tolist() == (in_lines < 1).astype(int).tolist()
    np.testing.assert_allclose(h.lines_sum, in_lines, rtol=1e-6)
    np.testing.assert_allclose(h.squared_gap_sum, np.maximum(1 - in_lines, 0.0) ** 2, rtol=1e-5, atol=1e-9)
    assert not h.years_above.any() and not h.years_above_alone.any()


def test_own_income_by_hand(by_hand: Callable[..., County]) -> None:
    """Less transfers of programmes and less pay that ends with their money, of which there is none at the start."""
    county = by_hand(2, members=[2, 5], income_pp=[4_000.0, 3_000.0], policy_transfers=[1_000.0, 2_000.0], year=2017)
    county.flows.supported_term[:] = [3_000.0, 500.0]
    assert own_income(county).tolist() == [2_000.0, 2_500.0]
    county.year = county.start
    assert own_income(county).tolist() == [3_500.0, 2_600.0]


def test_a_year_is_added_to_a_life_by_hand(by_hand: Callable[..., County]) -> None:
    """In the second year: income decides on poverty, and beside it what the household has alone."""
    county = by_hand(
        3,
        year=2018,
        income_pp=[4_500.0, 1_500.0, 3_000.0],
        years_above=[1, 1, 0],
        years_above_alone=[1, 1, 1],
        poor_years=[1, 2, 0],
        lines_sum=[1.0, 2.0, 3.0],
        squared_gap_sum=[0.5, 0.0, 0.0],
    )
    advance_lives(county, np.array([1_500.0, 3_600.0, 2_999.0]))
    h = county.households
    assert (h.years_above.tolist(), h.years_above_alone.tolist()) == ([2, 0, 1], [0, 2, 0])
    assert h.poor_years.tolist() == [1, 2 + 4, 0]
    assert (h.lines_sum.tolist(), h.squared_gap_sum.tolist()) == ([2.5, 2.5, 4.0], [0.5, 0.25, 0.0])
