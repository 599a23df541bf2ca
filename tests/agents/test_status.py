"""The three views: true poverty is effective income under the line, the survey adds error, exits and relapses count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tuopin.agents.county import County
from tuopin.agents.status import assess

QUIET = {"income_risk.survey_error_variance": 0.0}


def assessed(county: County, net: Any, **columns: Any) -> County:
    county.flows.net_income[:] = net
    for name, value in columns.items():
        setattr(county.households, name, np.asarray(value))
    assess(county)
    return county


def test_incomes_per_person_by_hand(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, QUIET, members=2, net_income_pp=5000.0, net_income_pp_1=4000.0, net_income_pp_2=3000.0)
    county.flows.tested_transfer_term[:] = 600.0
    assessed(
        county,
        8000.0,
        wage_income=5000.0,
        business_income=1000.0,
        property_income=100.0,
        private_transfers=900.0,
        public_transfers=1000.0,
        policy_transfers=0.0,
        medical_paid=1500.0,
        school_paid=300.0,
        consumption=6000.0,
    )
    h = county.households[0]
    assert h.market_income_pp == 3500.0  # before any public transfer
    assert h.net_income_pp == 4300.0  # (8,000 + 600) / 2
    assert h.income_pp == 3400.0  # less 1,800 paid for care and school
    assert (h.public_transfers, h.policy_transfers, h.consumption) == (1600.0, 600.0, 6600.0)
    assert (h.net_income_pp_1, h.net_income_pp_2) == (5000.0, 4000.0)
    assert county.flows.net_income[0] == 8600.0


def test_nothing_else_makes_poor_true(by_hand: Callable[..., County]) -> None:
    # line 3,000: exactly at the line is not poor; net income above it does not help if payments push under it
    county = by_hand(4, QUIET, registry_status=[1, 1, 0, 0], medical_paid=[0.0, 0.0, 0.0, 1.0])
    assessed(county, [3000.0, 2999.99, 10_000.0, 3000.5])
    assert county.households.poor_true.tolist() == [False, True, False, True]
    assert county.households.poor_survey.tolist() == [False, True, False, False]
    assert county.households.registry_status.tolist() == [1, 1, 0, 0]


def test_consumption_and_the_official_view_by_hand(by_hand: Callable[..., County]) -> None:
    # lines of 3,000; the office takes net income under 1.2 lines (3,600) and consumption under .9 of one (2,700)
    multiples = {"economy.official_income_multiple": 1.2, "economy.official_consumption_multiple": 0.9}
    county = by_hand(5, {**QUIET, **multiples}, members=2)
    assessed(
        county,
        [7000.0, 7000.0, 7200.0, 7000.0, 5000.0],
        consumption=[5398.0, 5400.0, 5000.0, 6000.0, 5998.0],
        medical_paid=[0.0, 0.0, 0.0, 2000.0, 0.0],
    )
    h = county.households
    assert h.poor_consumption.tolist() == [True, True, True, False, True]
    assert h.poor_official.tolist() == [True, False, False, False, False]
    assert h.poor_true.tolist() == [False, False, False, True, True]


def test_exits_and_relapses_are_counted_from_the_initial_state(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, QUIET, poor_true=[True, False, True])
    history = []
    for net in ([4000, 4000, 2000], [2000, 2000, 2000], [4000, 4000, 4000], [2000, 4000, 2000]):
        assessed(county, np.array(net, dtype=float))
        h = county.households
        history.append(
            (h.exits.tolist(), h.relapses.tolist(), h.ever_poor.tolist(), county.flows.left_poverty.tolist())
        )
    assert history == [
        ([1, 0, 0], [0, 0, 0], [False, False, True], [True, False, False]),
        # a first fall of one never poor is no relapse
        ([1, 0, 0], [1, 0, 0], [True, True, True], [False, False, False]),
        ([2, 1, 1], [1, 0, 0], [True, True, True], [True, True, True]),
        ([2, 1, 1], [2, 0, 1], [True, True, True], [False, False, False]),
    ]


def test_the_burn_in_counts_nothing(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, QUIET, poor_true=True)
    county.in_burn_in = True
    assessed(county, 4000.0)
    h = county.households[0]
    assert (h.exits, h.ever_poor, h.poor_true) == (0, False, False)


def test_the_survey_errs_by_its_variance_and_not_by_the_truth(by_hand: Callable[..., County]) -> None:
    n = 60_000
    county = assessed(by_hand(n, {"income_risk.survey_error_variance": 0.08}), 5000.0)
    error = np.log(county.households.survey_income_pp.astype(float) / 5000.0)
    assert stats.kstest(error / 0.08**0.5, "norm").pvalue > 1e-6
    assert error.var() == pytest.approx(0.08, rel=0.03)
    np.testing.assert_array_equal(county.households.poor_survey, county.households.survey_income_pp < 3000.0)
    assert not county.households.poor_true.any()
    # it is measured on net income, not on effective income, and an income below zero is measured as zero
    sick = assessed(by_hand(2, QUIET, medical_paid=4000.0), [5000.0, -100.0])
    assert sick.households.survey_income_pp.tolist() == [5000.0, 0.0]
    assert sick.households.poor_survey.tolist() == [False, True] and sick.households.poor_true.all()


def test_the_line_of_the_year_at_its_prices_and_not_the_registrys(by_hand: Callable[..., County]) -> None:
    # prices are 1.1 x 1.2 in 2018: a line of 3,960; the registry's is 6,000
    lines = {
        "economy.rural_cpi": {2016: 0.0, 2017: 0.1, 2018: 0.2},
        "economy.registry_line": {2016: 1.0, 2018: 6_000.0},
    }
    county = by_hand(4, {**QUIET, **lines}, year=2018, members=[1, 3, 2, 5], medical_paid=[0.0, 3_000.0, 0.0, 100.0])
    assessed(county, [3_959.0, 3 * 4_900.0, 2 * 3_961.0, 5 * 3_970.0])
    h = county.households
    assert h.poor_true.tolist() == [True, True, False, True]  # 3,900 after care; 3,950 after care
    assert h.poor_survey.tolist() == [True, False, False, False]


def test_last_years_incomes_move_on_one_year(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, QUIET, members=2, net_income_pp=5_000.0, net_income_pp_1=4_000.0, net_income_pp_2=3_000.0)
    assessed(county, 2_000.0)
    assessed(county, 6_000.0)
    h = county.households[0]
    assert (h.net_income_pp, h.net_income_pp_1, h.net_income_pp_2) == (3_000.0, 1_000.0, 5_000.0)
