"""Low-income support by hand: tiers, lagged income, five-guarantee, and relief for whom this year struck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.columns import EXITED
from tuopin.agents.county import County
from tuopin.agents.status import assess
from tuopin.policies.ledger import LEAKAGE, Ledger
from tuopin.policies.protection.low_income_support import POLICY as LowIncomeSupport
from tuopin.policies.protection.low_income_support.allowance import Tiers, allowance, support_per_person

TERMS = {
    "budget": None,
    "take_up": 1.0,
    "leakage": 0.0,
    "targeting_noise": 0.0,
    "standard": 4000.0,
    "tier_a": 0.75,
    "tier_b": 0.55,
    "tier_c": 0.35,
    "trait_weight": 0.0,
    "five_guarantee_ratio": 1.3,
    "relief_share": 0.1,
    "relief_amount": 2000.0,
    "work_disincentive": 0.0,
    "retest_margin": 1.2,
    "support_after_exit_months": 0,
    "tier_a_below": 0.4,
    "tier_b_below": 0.7,
    "proxy_income": 1.2,
    "proxy_hands": 0.25,
    "proxy_mouths": 0.75,
}


def support(**more: Any) -> Any:
    return LowIncomeSupport({**TERMS, **more})


def rural(by_hand: Callable[..., County], policy: Any, size: int, **columns: Any) -> County:
    return by_hand(size, {"income_risk.survey_error_variance": 0.0}, policies=(policy,), **columns)


def granted(county: County) -> list[float]:
    return [round(float(x), 2) for x in county.households.column("low_income_support_yuan")]


TIERS = Tiers(tier_a_below=0.4, tier_b_below=0.7, tier_a=0.75, tier_b=0.55, tier_c=0.35, five_guarantee_ratio=1.3)


def test_tiers_by_hand() -> None:
    income = [0.0, 1599.99, 1600.0, 2799.99, 2800.0, 3999.0, 9000.0]
    assert [allowance(x, 4000.0, TIERS) for x in income] == [3000.0, 3000.0, 2200.0, 2200.0, 1400.0, 1400.0, 1400.0]
    narrow = TIERS._replace(tier_a_below=0.3, tier_b_below=0.5)
    assert [allowance(x, 4000.0, narrow) for x in income] == [3000.0, 2200.0, 2200.0, 1400.0, 1400.0, 1400.0, 1400.0]
    assert [allowance(x, 0.0, TIERS) for x in income] == [0.0] * 7


def test_the_destitute_under_the_standard_get_more() -> None:
    assert support_per_person(3999.0, 4000.0, True, TIERS) == 5200.0
    assert support_per_person(4000.0, 4000.0, True, TIERS) == support_per_person(3999.0, 4000.0, False, TIERS) == 1400.0
    assert support_per_person(0.0, 0.0, True, TIERS) == 0.0


def test_grants_by_tier_to_every_rural_household(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = support()
    county = rural(
        by_hand,
        policy,
        5,
        members=[2, 3, 1, 1, 4],
        net_income_pp=[1000.0, 2000.0, 3000.0, 4000.0, -500.0],
        registry_status=[1, 0, 2, 1, 0],
    )
    ledger = programmes(county, policy)
    assert granted(county) == [6000.0, 6600.0, 1400.0, 0.0, 12_000.0]
    assert policy.enrolled(county).tolist() == [True, True, True, False, True]
    assert ledger.spent("low_income_support") == 2_600_000
    policy.transfer(county, ledger)
    assert county.flows.tested_transfer_term.tolist() == granted(county)
    assert [(e.payer, e.households, e.persons) for e in ledger.close_year(county.households.members)] == [
        ("civil_affairs", 4, 10)
    ]


def test_five_guarantee_households(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    # alone and aged; disabled of working age; an aged person able to work; aged with a pupil, with a small child; aged
    # but not poor; below 70 and fit, below 70 and disabled; aged with children who send money; aged beside one below 70
    policy = support()
    county = rural(
        by_hand,
        policy,
        10,
        members=[1, 1, 1, 2, 2, 1, 1, 1, 1, 2],
        elderly=[1, 0, 1, 1, 1, 1, 1, 1, 1, 2],
        aged=[1, 0, 1, 1, 1, 1, 0, 0, 1, 1],
        working_age=[0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
        disabled=[0, 1, 0, 0, 0, 0, 0, 1, 0, 0],
        able_workers=[0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        pupils=[0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
        small_children=[0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
        private_transfers=[0, 0, 0, 0, 0, 0, 0, 0, 1.0, 0],
        net_income_pp=[1000.0, 1000.0, 1000.0, 1000.0, 1000.0, 5000.0, 1000.0, 1000.0, 1000.0, 1000.0],
    )
    programmes(county, policy)
    assert granted(county) == [5200.0, 5200.0, 3000.0, 6000.0, 6000.0, 0.0, 3000.0, 5200.0, 3000.0, 6000.0]


def test_a_budget_by_rate_follows_the_standard_and_not_prices(by_hand: Callable[..., County]) -> None:
    prices = {"economy.rural_cpi": {2016: 0.0, 2017: 0.10, 2018: 0.20}}
    standard = {2016: 3000.0, 2017: 4500.0, 2018: 6000.0}
    policy = LowIncomeSupport({"standard": standard, "budget_rate": {1: 100.0}})
    budgets = []
    for year in (2017, 2018):
        budgets.append(policy.budget_fen(by_hand(1, prices, policies=(policy,), year=year)))
    # 40 registered households at 100 yuan of 2016
    assert budgets == [600_000, 800_000]


def test_what_a_beneficiary_gets_of_the_standard_is_reported(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = support()
    county = rural(by_hand, policy, 3, members=[2, 1, 1], net_income_pp=[1000.0, 3000.0, 9000.0])
    programmes(county, policy)
    # two persons at 3,000 and one at 1,400: 2,466.67 of 4,000
    assert policy.report(county) == {"benefit_to_standard": pytest.approx(7400 / 3 / 4000)}
    dated = support(standard={2016: 1000.0, 2017: 8000.0})  # against the standard of the year
    assert dated.report(county) == {"benefit_to_standard": pytest.approx(7400 / 3 / 8000)}
    county.households.column("low_income_support_yuan")[:] = 0.0
    assert np.isnan(policy.report(county)["benefit_to_standard"])


def test_visible_traits_count_as_less_income(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = support(trait_weight=0.5)
    county = rural(by_hand, policy, 3, net_income_pp=5000.0, chronic=[0, 1, 1], disabled=[0, 0, 1])
    programmes(county, policy)
    # 5,000 x exp(-.5) = 3,033 and x exp(-1) = 1,839
    assert granted(county) == [0.0, 1400.0, 2200.0]


def test_money_goes_to_the_neediest_first(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    # 90% of 10,000 for allowances: 3,000 + 3,000, then 2,200 fit and 1,400 do not
    policy = support(budget=10_000.0)
    county = rural(by_hand, policy, 4, net_income_pp=[3000.0, 2000.0, 1000.0, 500.0])
    programmes(county, policy)
    assert granted(county) == [0.0, 2200.0, 3000.0, 3000.0]


def test_five_guarantees_come_first_below_the_standard_only(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    # two destitute, one under the standard and one kept above it, and a family poorer than both; 90% of the money is
    # 8,250 yuan: 5,200 for the first, 3,000 for the family, and no 1,400 for the other
    policy = support(budget=8250.0 / 0.9)
    county = rural(
        by_hand,
        policy,
        3,
        elderly=[1, 1, 0],
        aged=[1, 1, 0],
        working_age=[0, 0, 1],
        able_workers=[0, 0, 1],
        net_income_pp=[4400.0, 3900.0, 1000.0],
        low_income_support_last=[2016, 0, 0],
    )
    programmes(county, policy)
    assert granted(county) == [0.0, 5200.0, 3000.0]


def test_the_test_sees_last_years_income_without_this_programmes_money(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = support(tier_a=0.4)
    county = rural(by_hand, policy, 3, members=[2, 1, 3], net_income_pp=[1000.0, 3900.0, 2900.0])
    county.flows.jobs_lost[:] = [1, 0, 0]
    for year in (2017, 2018, 2019):
        county.year = year
        ledger = programmes(county, policy)
        county.flows.net_income[:] = [2000.0, 3900.0, 8700.0]
        county.flows.tested_transfer_term[:] = 0.0
        policy.transfer(county, ledger)
        assess(county)
        # 1,000 a person alone: the allowance of 1,600 and relief of 1,000 a person do not count a year later
        # and three members with 2,900 each get the third tier each year: 1,400 a person of it is not their own
        assert county.households.net_income_pp.tolist() == [3600.0, 3900.0 + 1400.0, 2900.0 + 1400.0], year
        assert granted(county) == [3200.0, 1400.0, 3 * 1400.0], year


def test_a_split_takes_its_own_part_of_what_was_received(by_hand: Callable[..., County]) -> None:
    policy = support()
    county = rural(by_hand, policy, 1, members=4, net_income_pp=4000.0)
    own = policy.own(county)
    own.yuan, own.pp = 12_000.0, 3000.0
    county.households.members[:] = 2  # the other two left after last year's assessment
    np.testing.assert_allclose(policy.need(county, np.array([0])), np.log(1000 / 4000))


def test_this_years_income_is_not_seen(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = support()
    county = rural(by_hand, policy, 2, net_income_pp=[1000.0, 9000.0])
    county.flows.net_income[:] = [90_000.0, 0.0]
    programmes(county, policy)
    assert granted(county) == [3000.0, 0.0]


def test_a_grant_ends_with_the_test(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = support()
    county = rural(by_hand, policy, 1, net_income_pp=1000.0)
    programmes(county, policy)
    county.year, county.households.net_income_pp[:] = 2018, 9000.0
    ledger = programmes(county, policy)
    policy.transfer(county, ledger)
    assert not policy.enrolled(county).any() and granted(county) == [0.0]
    assert not county.flows.tested_transfer_term.any()


@pytest.mark.parametrize(("months", "years"), [(0, []), (12, [2018]), (36, [2018, 2019, 2020])])
def test_beneficiaries_keep_it_up_to_the_margin_and_after_registry_exit_for_some_months(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger], months: int, years: list[int]
) -> None:
    policy = support(support_after_exit_months=months)
    county = rural(by_hand, policy, 3, net_income_pp=[1000.0, 1000.0, 4500.0], registry_status=1)
    programmes(county, policy)
    h = county.households
    h.registry_status[:], h.registry_exit_year[:] = EXITED, 2017
    h.net_income_pp[:] = [4500.0, 5000.0, 4500.0]  # the margin is 1.2 x 4,000
    got = []
    for county.year in range(2018, 2023):
        programmes(county, policy)
        got.append(policy.enrolled(county).tolist())
    assert all(row[0] for row in got)  # within the margin
    assert [row[1] for row in got] == [year in years for year in range(2018, 2023)]
    assert not any(row[2] for row in got)  # never a beneficiary


def test_the_proxy_test_sees_traits_only(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = support(income_test="proxy")
    county = rural(
        by_hand,
        policy,
        3,
        net_income_pp=[1000.0, 9000.0, 5000.0],
        able_workers=[2, 0, 1],
        members=[2, 4, 1],
        pupils=[0, 4, 0],
    )
    programmes(county, policy)
    # mean income 5,000: 6,000 x (.25 + able) / (.75 + members) is 4,909, 316 and 4,286, whatever was earned
    assert granted(county) == [0.0, 12_000.0, 0.0]
    # 2,500 x (1 + able) / (1 + members) is 2,500, 500 and 2,500
    policy = support(income_test="proxy", proxy_income=0.5, proxy_hands=1.0, proxy_mouths=1.0)
    county.households.column("low_income_support_since")[:] = 0
    programmes(county, policy)
    assert granted(county) == [4400.0, 12_000.0, 2200.0]


# --- temporary relief ------------------------------------------------------------------------------------------------


def struck(by_hand: Callable[..., County], policy: Any) -> County:
    """Seven households: struck in five ways and poor now, struck but not poor, poor but not struck."""
    county = by_hand(
        7,
        policies=(policy,),
        villages=2,
        village=[0, 0, 0, 0, 1, 0, 0],
        members=2,
        net_income_pp=9000.0,
        care_forgone=[0, 0, 0, 1, 0, 0, 0],
    )
    f = county.flows
    f.major_bill[0], f.jobs_lost[1], f.animals_lost[2], f.jobs_lost[5] = 1.0, 1, True, 1
    county.villages.crop_left[:] = [1.0, 0.6]
    f.net_income[:] = [5000.0, 4000.0, 3000.0, 2000.0, 1000.0, 9000.0, 0.0]
    county.households.medical_paid[5] = 100.0
    return county


def test_relief_is_for_whom_this_year_pushed_under_the_line(
    by_hand: Callable[..., County], opened: Callable[..., Ledger]
) -> None:
    policy = support()
    county = struck(by_hand, policy)
    ledger = opened(county, policy)
    policy.transfer(county, ledger)
    assert county.flows.tested_transfer_term.tolist() == [2000.0] * 5 + [0.0, 0.0]
    assert ledger.spent("low_income_support") == 1_000_000
    county.households.medical_paid[5] = 3100.0  # 9,000 - 3,100 is under 2 x 3,000
    county.flows.tested_transfer_term[:] = 0.0
    policy.transfer(county, opened(county, policy))
    assert county.flows.tested_transfer_term[5] == 2000.0


def test_relief_stays_within_its_part_of_the_budget_poorest_first(
    by_hand: Callable[..., County], opened: Callable[..., Ledger]
) -> None:
    policy = support(budget=65_000.0, leakage=0.1)
    county = struck(by_hand, policy)
    ledger = opened(county, policy)
    policy.transfer(county, ledger)
    # 10% is 6,500, of which 5,909 reach households: two of 2,000 and not three, to the poorest now
    assert county.flows.tested_transfer_term.tolist() == [0.0, 0.0, 0.0, 2000.0, 2000.0, 0.0, 0.0]
    got = {e.payer: e.fen for e in ledger.close_year(county.households.members)}
    assert got == {"civil_affairs": 400_000, LEAKAGE: 40_000}


def test_work_disincentive(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    for more, factor in (
        ({}, 1.0),
        ({"work_disincentive": -0.4}, 0.6),
        ({"work_disincentive": -0.4, "effect": 0.5}, 0.8),
    ):
        policy = support(**more)
        county = rural(by_hand, policy, 3, net_income_pp=[1000.0, 1000.0, 9000.0], able_workers=[1, 0, 1])
        programmes(county, policy)
        np.testing.assert_allclose(county.flows.entry_factor, [factor, 1.0, 1.0], rtol=1e-6)
