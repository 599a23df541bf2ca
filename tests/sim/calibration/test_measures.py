from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tuopin.sim.calibration.histories import Histories
from tuopin.sim.calibration.measures import MEASURES

Make = Callable[..., pd.DataFrame]
Living = Callable[..., Histories]


def test_spread_of_log_income_by_hand(households: Make, lives_of: Living) -> None:
    histories = lives_of(none={2016: households([1])})
    assert MEASURES["sd_log_income"](histories, "none", (2016,)) == 1.0  # of 1 and 3
    assert MEASURES["variance_of_yearly_change"](histories, "none", (2016,)) == 1.0  # of 0 and 2


def test_headcounts_and_bands_are_weighted_by_persons(households: Make, lives_of: Living) -> None:
    year = households(
        [1, 2, 3], members=[1, 3, 4], poor_true=[1, 0, 0], registered=[0, 0, 1], income_pp=[900, 1200, 800]
    )
    histories = lives_of(none={2016: year})
    assert MEASURES["headcount_true"](histories, "none", (2016,)) == pytest.approx(1 / 8)
    assert MEASURES["headcount_registry"](histories, "none", (2016,)) == pytest.approx(4 / 8)
    assert MEASURES["unregistered_poor"](histories, "none", (2016,)) == pytest.approx(1 / 4)
    assert MEASURES["unregistered_near_poor"](histories, "none", (2016,)) == pytest.approx(3 / 4)


def test_register_errors_by_hand(households: Make, lives_of: Living) -> None:
    year = households([1, 2, 3], members=[2, 3, 5], poor_true=[1, 1, 0], registered=[1, 0, 1])
    histories = lives_of(none={2016: year})
    assert MEASURES["register_exclusion"](histories, "none", (2016,)) == pytest.approx(3 / 5)
    assert MEASURES["register_inclusion"](histories, "none", (2016,)) == pytest.approx(5 / 7)


def test_exit_rate_follows_the_household_not_the_row(households: Make, lives_of: Living) -> None:
    before = households([1, 2, 3], members=[1, 1, 1], poor_true=[1, 1, 0])
    now = households([3, 2, 4], members=[1, 4, 9], poor_true=[1, 0, 0])  # 1 died out, 4 is new
    histories = lives_of(none={2016: before, 2017: now})
    assert MEASURES["exit_rate"](histories, "none", (2017,)) == 1.0


def test_own_share_leaves_out_the_uninsured_the_outpatients_and_the_members(households: Make, lives_of: Living) -> None:
    year = households(
        [1, 2, 3, 4],
        insured=[1, 1, 0, 1],
        inpatient_bill=[1000, 1000, 1000, 1000],
        outpatient_bill=[0, 50, 0, 0],
        medical_out_of_pocket=[400, 999, 1000, 100],
        health_insurance_since=[0, 0, 0, 2017],
    )
    histories = lives_of(all={2017: year})
    assert MEASURES["own_share_ordinary"](histories, "all", (2017,)) == pytest.approx(0.4)
    assert MEASURES["own_share_members"](histories, "all", (2017,)) == pytest.approx(0.1)


def test_income_effect_of_a_stay_is_a_difference_in_changes(households: Make, lives_of: Living) -> None:
    before = households([1, 2, 3], market_income_pp=[2000, 3000, 1000], stay_ratio=[5, 5, 0.5])
    now = households(
        [1, 2, 3], market_income_pp=[1600, 3000, 1000], stay_ratio=[0.5, 5, 5]
    )  # 3 was ill before: left out
    histories = lives_of(none={2016: before, 2017: now})
    assert MEASURES["stay_income_effect"](histories, "none", (2017,)) == pytest.approx(-0.2)


def test_allowance_errors_are_judged_by_income_before_the_allowance(households: Make, lives_of: Living) -> None:
    year = households(
        [1, 2, 3, 4],
        net_income_pp=[2500, 1500, 3000, 1000],
        policy_transfers=[1000, 0, 500, 0],
        low_income_support_since=[2017, 0, 2017, 0],
    )
    histories = lives_of(all={2017: year})
    # before: 1500, 1500, 2500, 1000 against 2000: entitled 1, 2, 4; reached 1, 3
    assert MEASURES["allowance_exclusion"](histories, "all", (2017,)) == pytest.approx(2 / 3)
    assert MEASURES["allowance_inclusion"](histories, "all", (2017,)) == pytest.approx(1 / 2)
    # the poorest two persons are 4 and then 1 (or 2, equal): the stable order takes 1
    assert MEASURES["allowance_misdirected"](histories, "all", (2017,)) == pytest.approx(1 / 2)


def test_programme_gains_compare_the_same_households(households: Make, lives_of: Living) -> None:
    with_policy = households(
        [1, 2, 3, 9],
        net_income_pp=[1100, 900, 5000, 1],
        relocation_since=[2018, 2020, 0, 2017],
        registered_at_start=[1, 1, 1, 1],
    )
    without = households([3, 2, 1], net_income_pp=[4000, 900, 1000], registered_at_start=[1, 1, 1])
    histories = lives_of(relocation={2021: with_policy}, none={2021: without})
    # 2 moved too late, 3 did not move, 9 does not exist without the policy
    assert MEASURES["relocation_gain"](histories, "relocation", (2021,)) == pytest.approx(0.1)


def test_catastrophic_spending_by_hand(households: Make, lives_of: Living) -> None:
    year = households([1, 2, 3], net_income_pp=[1500, 1500, 400], medical_out_of_pocket=[400, 399, 0])
    histories = lives_of(none={2017: year})
    assert MEASURES["catastrophic_households"](histories, "none", (2017,)) == pytest.approx(1 / 3)  # 40% of 1000


def test_poorest_fifth_against_the_mean(households: Make, lives_of: Living) -> None:
    year = households([1, 2, 3, 4, 5], survey_income_pp=[500, 1000, 1500, 2000, 5000])
    histories = lives_of(none={2016: year})
    assert MEASURES["bottom_fifth_ratio"](histories, "none", (2016,)) == pytest.approx(500 / 2000)


def test_nobody_to_measure_gives_no_number(households: Make, lives_of: Living) -> None:
    histories = lives_of(all={2017: households([1])}, none={2017: households([1])})
    for name in ("own_share_members", "relocation_gain", "cooperative_gain", "allowance_paid", "relocated_employed"):
        assert np.isnan(MEASURES[name](histories, "all", (2017,))), name


def test_real_lives_hold_every_year_and_documented_totals(histories: Histories) -> None:
    assert list(histories.scenarios["none"].households) == [2016, 2017, 2018, 2019, 2020]
    start = histories.year("none", 2016)
    assert int(start["registered"].sum()) == round(19645 * 0.02)
    assert int(start["members"][start["registered"]].sum()) == round(63134 * 0.02)
    assert (histories.year("all", 2017)["health_insurance_since"] > 0).any()
    assert (histories.year("none", 2017)["health_insurance_since"] == 0).all()
