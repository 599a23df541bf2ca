"""The registry: exact totals under village quotas, scheduled exits in order of verified income, falls and additions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from tuopin.agents.columns import CAUSES, EXITED, EXITED_UNSTABLE, NEAR_POOR, OUTSIDE, REGISTERED_POOR, RELAPSED
from tuopin.agents.county import County
from tuopin.agents.judgement import judgement_shares, misjudgement, team_error
from tuopin.agents.randomness import VERIFICATION, Luck
from tuopin.agents.registry import _at_rank, has_exited, judged_poverty, main_cause, register, registered, review

EXACT = {
    "registry.registration_noise": 0.0,
    "registry.trait_weight": 0.25,
    "registry.cadre_error": 0.0,
    "registry.verification_noise": 0.0,
    "registry.exit_margin": 1.1,
    "registry.deadline_margin": 0.8,
    "registry.exit_share": {2017: 0.5, 2018: 0.25, 2019: 1.0},
    "registry.fall_margin": 0.9,
    "registry.fall_detected": 1.0,
    "registry.addition_detected": 1.0,
    "registry.earlier_exits": 0.5,
    "registry.student_trait": 0.5,
    "registry.least_team_error": 0.2,
    "registry.most_team_error": 2.0,
    "registry.quota_floor": 0.02,
    "registry.lasting_misjudgement": 0.8,
}
HARD = {**EXACT, "registry.fall_detected": 0.0, "registry.addition_detected": 0.0}
ON = {"spillovers": True}


# --- initial registration --------------------------------------------------------------------------------------------


@given(st.lists(st.integers(-4, 4) | st.floats(-1e6, 1e6), min_size=1, max_size=60), st.data())
def test_the_value_at_a_rank_is_that_of_the_sorted_list(values: list[float], data: st.DataObject) -> None:
    rank = data.draw(st.integers(0, len(values) - 1))
    assert _at_rank(np.array(values, dtype=np.float64), rank) == sorted(values)[rank]


def test_judged_poverty_by_hand(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        4,
        EXACT,
        members=2,
        net_income_pp=[6000.0, 6000.0, 6000.0, 10.0],
        net_income_pp_1=[3000.0, 3000.0, 3000.0, 10.0],
        net_income_pp_2=[3000.0, 3000.0, 3000.0, 10.0],
        chronic=[0, 1, 0, 0],
        disabled=[0, 1, 0, 0],
        elderly=[1, 0, 2, 0],  # one of two is not all
        housing_grade=[3, 1, 3, 2],
        upper_students=[0, 0, 1, 0],
    )
    # mean of three years 4,000; traits: none; ill, disabled and badly housed 3; all old and a student 1.5; floor 100
    # yuan
    np.testing.assert_allclose(
        judged_poverty(county), [np.log(4000), np.log(4000) - 0.75, np.log(4000) - 0.375, np.log(100)], rtol=1e-6
    )


def test_judgement_errs_with_the_village_team(by_hand: Callable[..., County]) -> None:
    n = 30_000
    county = by_hand(
        2 * n,
        {**EXACT, "registry.registration_noise": 0.5, "registry.cadre_error": 0.4},
        villages=2,
        village=np.repeat([0, 1], n),
        net_income_pp=4000.0,
        net_income_pp_1=4000.0,
        net_income_pp_2=4000.0,
    )
    county.villages.cadre_quality[:] = [1.0, -1.0]
    score = judged_poverty(county)
    assert score[:n].std() == pytest.approx(0.5 * 0.6, rel=0.03) and score[n:].std() == pytest.approx(
        0.5 * 1.4, rel=0.03
    )


def test_team_error_by_hand(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, {**EXACT, "registry.cadre_error": 0.4}, villages=5)
    county.villages.cadre_quality[:] = [0.0, 1.0, -1.0, 3.0, -4.0]
    np.testing.assert_allclose(team_error(county), [1.0, 0.6, 1.4, 0.2, 2.0])


def test_the_first_register_carries_its_year_and_every_village_a_quota(by_hand: Callable[..., County]) -> None:
    # the 30 poorest live in the first of two villages of 40: weights 30 and 0, with a floor of 5% of size 32 and 2
    income = np.arange(80) * 100.0 + 1000.0
    lists = {}
    for floor in (0.0, 0.05):
        county = by_hand(
            80,
            {**EXACT, "registry.quota_floor": floor},
            ON,
            villages=2,
            members=2,
            village=np.repeat([0, 1], 40),
            net_income_pp=income,
            net_income_pp_1=income,
            net_income_pp_2=income,
        )
        register(county, 30, 60)
        h = county.households
        assert set(h.registered_since[h.registry_status > 0].tolist()) == {
            2017,
            2016,
        }  # the earlier exits: half of them left the year before
        lists[floor] = np.bincount(h.village[registered(county)], minlength=2).tolist()
    assert lists == {0.0: [30, 0], 0.05: [28, 2]}


def test_earlier_exits_are_the_next_poorest_the_poorer_half_of_them_this_year(by_hand: Callable[..., County]) -> None:
    """Ten households from poor to rich, four registered: half as many, rounded, had left the register before."""
    income = np.arange(10) * 100.0 + 1_000.0
    county = by_hand(
        10,
        {**EXACT, "registry.quota_floor": 1.0},
        ON,
        year=2016,
        members=2,
        net_income_pp=income,
        net_income_pp_1=income,
        net_income_pp_2=income,
    )
    register(county, 4, 8)
    h = county.households
    assert h.registry_status.tolist() == [REGISTERED_POOR] * 4 + [EXITED] * 2 + [OUTSIDE] * 4
    assert h.registry_exit_year.tolist() == [0] * 4 + [2016, 2015] + [0] * 4
    assert h.registered_since.tolist() == [2016] * 5 + [2015] + [0] * 4


def _crowd(by_hand: Callable[..., County], n: int, villages: int, seed: int = 1, **parameters: Any) -> County:
    u = Luck(seed, 9).uniforms(2, 0, np.arange(n), 3)
    income = 1000.0 + 9000.0 * u[:, 0]
    return by_hand(
        n,
        {**EXACT, **parameters},
        ON,
        villages=villages,
        village=(u[:, 1] * villages).astype(int),
        members=1 + (u[:, 2] * 6).astype(int),
        net_income_pp=income,
        net_income_pp_1=income,
        net_income_pp_2=income,
    )


@given(st.integers(30, 400), st.integers(1, 9), st.floats(0.15, 0.85), st.floats(-0.35, 0.35), st.integers(0, 99))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_totals_are_exact(
    by_hand: Callable[..., County], n: int, villages: int, share: float, tilt: float, seed: int
) -> None:
    county = _crowd(by_hand, n, villages, seed)
    h = county.households
    households = max(1, round(share * n))
    persons = round(households * (float(h.members.mean()) + tilt))
    register(county, households, persons)
    listed = registered(county)
    assert int(listed.sum()) == households
    assert int(h.members[listed].sum()) == persons


def test_quotas_follow_judged_poverty_and_sum(by_hand: Callable[..., County]) -> None:
    # two villages of ten; the first holds eight of the ten poorest
    income = np.r_[np.arange(1, 9), [100, 101], [9, 10], np.arange(102, 110)] * 100.0
    county = by_hand(
        20,
        EXACT,
        ON,
        villages=2,
        village=np.repeat([0, 1], 10),
        members=2,
        net_income_pp=income,
        net_income_pp_1=income,
        net_income_pp_2=income,
    )
    register(county, 10, 20)
    listed = registered(county)
    assert np.bincount(county.households.village[listed]).tolist() == [8, 2]
    assert set(np.flatnonzero(listed)) == {*range(8), 10, 11}
    h = county.households
    assert (h.registered_since[listed] == 2017).all()
    # earlier exits: half as many as registered, the poorest of the rest
    assert set(np.flatnonzero(h.registry_status == EXITED)) == {8, 9, 12, 13, 14}
    assert set(h.registry_exit_year[h.registry_status == EXITED].tolist()) <= {2016, 2017}
    assert (h.registry_exit_year[h.registry_status != EXITED] == 0).all()
    assert (h.cause[h.registry_status == OUTSIDE] == 0).all() and (h.cause[listed] > 0).all()


def test_the_order_of_rows_is_of_no_matter(by_hand: Callable[..., County]) -> None:
    county, mixed = _crowd(by_hand, 300, 6), _crowd(by_hand, 300, 6)
    mixed.households = mixed.households.take(np.argsort(Luck(4, 4).uniform(2, 0, np.arange(300))))
    for c in (county, mixed):
        register(c, 100, 350)
    assert set(county.households.uid[registered(county)]) == set(mixed.households.uid[registered(mixed)])


def test_totals_that_cannot_be_met_are_refused(by_hand: Callable[..., County]) -> None:
    with pytest.raises(ValueError, match="41 households to register, but only 40 exist"):
        register(_crowd(by_hand, 40, 2), 41, 100)
    with pytest.raises(ValueError, match="no 20 households to register have 140 persons together"):
        register(_crowd(by_hand, 40, 2), 20, 20 * 7)


@pytest.mark.parametrize("scale", [0.02, 0.037, 0.1])
def test_the_shipped_county_has_its_documented_totals_scaled(plan_for: Callable[..., Any], scale: float) -> None:
    from tuopin.sim.run.setup import county_of

    plan = plan_for(scale=scale)
    county, place = county_of(plan, "lushi", 1), plan.place_data["lushi"]
    listed = registered(county)
    assert int(listed.sum()) == round(place.registered_households.value * scale)
    assert int(county.households.members[listed].sum()) == round(place.registered_persons.value * scale)
    everybody = round(place.registered_persons.value * scale) + round(
        (place.rural_persons.value - place.registered_persons.value) * scale
    )
    assert int(county.households.members.sum()) == everybody


# --- the cause a form records ----------------------------------------------------------------------------------------


def test_main_cause_takes_the_first_that_applies(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        6,
        EXACT,
        members=[2] * 6,
        net_income_pp=[5000.0] * 6,  # 10,000 yuan a household: a bill weighs from 1,000 yuan on
        medical_out_of_pocket=[1000.01, 0.0, 1000.0, 0.0, 0.0, 999.0],
        chronic=[1, 0, 1, 0, 0, 1],
        health=[1, 2, 1, 0, 0, 1],
        disabled=[1, 1, 1, 0, 0, 0],
        college_students=[0, 0, 0, 1, 0, 0],
        able_workers=[1, 1, 1, 0, 0, 1],
    )
    names = [CAUSES[c] for c in main_cause(county)]
    assert names == ["illness", "illness", "disability", "schooling", "lack_of_labour", "lack_of_technology_or_funds"]


def test_whatever_else_applies_the_cause_is_the_first_of_the_form(by_hand: Callable[..., County]) -> None:
    """Every combination of what a form asks for: illness, disability, a student, no hand."""
    combinations = np.array([[k >> bit & 1 for bit in range(4)] for k in range(16)], dtype=np.int8)
    ill, disabled, students, idle = combinations.T
    county = by_hand(
        16, EXACT, members=3, health=2 * ill, disabled=2 * disabled, upper_students=students, able_workers=1 - idle
    )
    order = ("illness", "disability", "schooling", "lack_of_labour", "lack_of_technology_or_funds")
    expected = [order[[*row, 1].index(1)] for row in combinations.tolist()]
    assert [CAUSES[c] for c in main_cause(county)] == expected


# --- the yearly review -----------------------------------------------------------------------------------------------


def _reviewed(county: County) -> list[int]:
    review(county)
    status: list[int] = county.households.registry_status.tolist()
    return status


def test_exits_go_in_order_of_verified_income_within_the_persons_planned(by_hand: Callable[..., County]) -> None:
    # registered persons 2+3+1+2+2 = 10, planned .5 of them; the margin is 1.1 x 3,000
    county = by_hand(
        6,
        HARD,
        ON,
        members=[2, 3, 1, 2, 2, 4],
        registry_status=[1, 1, 1, 5, 1, 0],
        net_income_pp=[4000.0, 5000.0, 3400.0, 3299.0, 3500.0, 9000.0],
    )
    assert _reviewed(county) == [EXITED, EXITED, REGISTERED_POOR, RELAPSED, REGISTERED_POOR, OUTSIDE]
    assert county.households.registry_exit_year.tolist() == [2017, 2017, 0, 0, 0, 0]
    # the next year plans a quarter of the 5 who are left: one person, and the next in line has two
    county.year = 2018
    assert _reviewed(county)[2:5] == [REGISTERED_POOR, RELAPSED, REGISTERED_POOR]
    # from the deadline on everybody over the lower margin leaves, the relapsed too
    county.year = 2019
    assert _reviewed(county)[2:5] == [EXITED, EXITED, EXITED]


def test_the_plan_is_never_exceeded(by_hand: Callable[..., County]) -> None:
    for seed in range(12):
        county = _crowd(by_hand, 200, 4, seed, **HARD)
        h = county.households
        h.registry_status[:120] = REGISTERED_POOR
        before = int(h.members[registered(county)].sum())
        review(county)
        left = h.registry_status == EXITED
        assert 0 < int(h.members[left].sum()) <= int(0.5 * before)
        assert (h.net_income_pp[left] >= 1.1 * 3000).all()
        assert h.net_income_pp[left].min() >= h.net_income_pp[registered(county)].max()


def test_without_spillovers_the_plan_is_a_share_for_each_alone(by_hand: Callable[..., County]) -> None:
    def left(incomes: float) -> np.ndarray:
        county = by_hand(4000, HARD, registry_status=1, net_income_pp=incomes)
        county.households.net_income_pp[:2000] = 4000.0
        review(county)
        result: np.ndarray = county.households.registry_status == EXITED
        return result

    poor, rich = left(1000.0), left(9000.0)
    assert not poor[2000:].any()
    np.testing.assert_array_equal(poor[:2000], rich[:2000])  # whatever the neighbours earn
    assert rich.mean() == pytest.approx(0.5, abs=0.04)


def test_falls_and_additions_are_detected_with_their_probability(by_hand: Callable[..., County]) -> None:
    # the fall margin is .9 x 3,000 of verified income; the first of the exited is in doubt and returns a year later,
    # the second was in doubt and is found above the line
    county = by_hand(
        7,
        EXACT,
        ON,
        year=2018,
        registry_status=[EXITED, EXITED, OUTSIDE, OUTSIDE, REGISTERED_POOR, EXITED_UNSTABLE, NEAR_POOR],
        net_income_pp=[2600.0, 2800.0, 2600.0, 2800.0, 1000.0, 2800.0, 2600.0],
        registered_since=[2014, 2014, 0, 0, 2014, 2014, 0],
        cause=[3, 3, 0, 0, 1, 3, 0],
    )
    added = REGISTERED_POOR
    assert _reviewed(county) == [EXITED_UNSTABLE, EXITED, added, OUTSIDE, REGISTERED_POOR, EXITED, added]
    h = county.households
    assert h.registered_since.tolist() == [2014, 2014, 2018, 0, 2014, 2014, 2018]
    county.year = 2020
    assert _reviewed(county)[0] == RELAPSED and h.registered_since[0] == 2020
    causes = ["schooling", "schooling", "lack_of_technology_or_funds", "none", "illness", "schooling"]
    assert [CAUSES[c] for c in h.cause[:6]] == causes
    n = 20_000
    some = {**EXACT, "registry.fall_detected": 0.25, "registry.addition_detected": 0.05}
    for status, probability, after in (
        (EXITED, 0.25, EXITED_UNSTABLE),
        (EXITED_UNSTABLE, 1.0, RELAPSED),
        (OUTSIDE, 0.05, REGISTERED_POOR),
    ):
        county = by_hand(n, some, ON, registry_status=status, net_income_pp=100.0)
        review(county)
        share = float((county.households.registry_status == after).mean())
        assert share == pytest.approx(probability, abs=4.5 * (probability * (1 - probability) / n) ** 0.5)


def test_verification_errs_and_never_sees_a_negative_income(by_hand: Callable[..., County]) -> None:
    n = 30_000
    noisy = {**HARD, "registry.verification_noise": 0.25}
    county = by_hand(n, noisy, ON, registry_status=1, net_income_pp=np.r_[-500.0, np.full(n - 1, 4000.0)])
    review(county)
    verified = county.flows.verified_income
    assert verified[0] == 0.0
    assert np.log(verified[1:] / 4000.0).std() == pytest.approx(0.25, rel=0.03)
    assert (county.households.net_income_pp[1:] == 4000.0).all()


def test_who_exits_this_year_does_not_relapse_this_year(by_hand: Callable[..., County]) -> None:
    falling = {**EXACT, "registry.fall_margin": 2.0}  # everyone under 6,000 is seen to fall
    county = by_hand(2, falling, ON, year=2019, registry_status=[1, 2], net_income_pp=4000.0)
    assert _reviewed(county) == [EXITED, EXITED_UNSTABLE]


LINES_APART = {
    "economy.rural_cpi": {2016: 0.0, 2017: 0.10, 2018: 0.20},
    "economy.registry_line": {2016: 2_000.0, 2017: 5_000.0, 2018: 6_000.0},
}
"""Prices 1.1 and 1.32: the statistical line is 3,300 and 3,960 yuan, the registry's 5,000 and 6,000."""


def test_exits_are_held_against_the_registrys_line_and_falls_against_the_statistical_one(
    by_hand: Callable[..., County],
) -> None:
    # exits need 1.1 x 5,000 = 5,500, not 1.1 x 3,300; falls are under .9 x 3,300 = 2,970, not .9 x 5,000
    county = by_hand(
        6,
        {**EXACT, **LINES_APART, "registry.exit_share": {2017: 1.0}},
        ON,
        members=[2, 3, 1, 4, 2, 5],
        registry_status=[1, 1, 2, 2, 0, 0],
        net_income_pp=[5_499.0, 5_501.0, 2_969.0, 2_971.0, 2_969.0, 2_971.0],
    )
    assert _reviewed(county) == [REGISTERED_POOR, EXITED, EXITED_UNSTABLE, EXITED, REGISTERED_POOR, OUTSIDE]


def test_the_plan_is_of_persons_and_each_village_errs_by_its_own_team(by_hand: Callable[..., County]) -> None:
    # half of 12 persons leave: the best-off two of four households hold 6; two households would be half of four too,
    # but three of one member each would fit into 6 as well
    county = by_hand(
        4, HARD, ON, members=[5, 1, 3, 3], registry_status=1, net_income_pp=[4_000.0, 9_000.0, 8_000.0, 7_000.0]
    )
    assert _reviewed(county) == [REGISTERED_POOR, EXITED, EXITED, REGISTERED_POOR]
    n = 20_000
    noisy = {
        **HARD,
        "registry.verification_noise": 0.5,
        "registry.cadre_error": 0.4,
        "registry.exit_share": {2017: 0.0},
    }
    county = by_hand(2 * n, noisy, ON, villages=2, village=np.repeat([0, 1], n), registry_status=1, net_income_pp=4e3)
    county.villages.cadre_quality[:] = [1.0, -1.0]
    review(county)
    error = np.log(county.flows.verified_income / 4e3)
    assert (error[:n].std(), error[n:].std()) == (pytest.approx(0.3, rel=0.03), pytest.approx(0.7, rel=0.03))


# --- misjudgement ----------------------------------------------------------------------------------------------------


def test_an_error_is_of_the_household_for_life_and_of_the_year(by_hand: Callable[..., County]) -> None:
    shares = judgement_shares(by_hand(1, EXACT))
    assert shares == pytest.approx((0.8**0.5, 0.2**0.5))  # shares of variance: their squares add up to one
    assert misjudgement(1.0, 0.0, shares) == pytest.approx(0.894427, abs=1e-6)
    assert misjudgement(2.0, -1.0, shares) == pytest.approx(2 * 0.894427 - 0.447214, abs=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.8, 1.0])
def test_verified_incomes_of_two_years_err_alike_by_the_lasting_share(
    by_hand: Callable[..., County], share: float
) -> None:
    n = 20_000
    county = by_hand(
        n,
        {
            **HARD,
            "registry.verification_noise": 0.25,
            "registry.lasting_misjudgement": share,
            "registry.exit_share": 0.0,
        },
        ON,
        registry_status=REGISTERED_POOR,
        net_income_pp=1000.0,
    )
    errors = []
    for county.year in (2017, 2018):
        review(county)
        errors.append(np.log(county.flows.verified_income / 1000.0))
    assert [error.std() for error in errors] == pytest.approx([0.25, 0.25], rel=0.03)
    assert np.corrcoef(errors)[0, 1] == pytest.approx(share, abs=0.03)
    lasting = county.luck.normals(VERIFICATION, 0, county.households.uid)
    assert np.corrcoef(errors[0], lasting)[0, 1] == pytest.approx(share**0.5, abs=0.03)


def test_the_first_register_and_later_reviews_misjudge_alike(by_hand: Callable[..., County]) -> None:
    n = 20_000
    same = {"net_income_pp": 4000.0, "net_income_pp_1": 4000.0, "net_income_pp_2": 4000.0}
    county = by_hand(
        n,
        {**HARD, "registry.registration_noise": 0.5, "registry.verification_noise": 0.25, "registry.exit_share": 0.0},
        registry_status=REGISTERED_POOR,
        **same,
    )
    judged = judged_poverty(county) - np.log(4000.0)
    assert judged.std() == pytest.approx(0.5, rel=0.03)
    county.year = 2018
    review(county)
    assert np.corrcoef(judged, np.log(county.flows.verified_income))[0, 1] == pytest.approx(0.8, abs=0.03)


def test_one_mistaken_income_returns_nobody(by_hand: Callable[..., County]) -> None:
    """Exited households at 1.5 lines; only a team that errs by log(1 / 1.5) in two years in a row returns one."""
    n = 20_000
    noisy = {
        **EXACT,
        "registry.verification_noise": 0.25,
        "registry.fall_margin": 1.0,
        "registry.lasting_misjudgement": 0.0,
    }
    county = by_hand(n, noisy, ON, registry_status=EXITED, net_income_pp=4500.0)
    first = np.asarray(_reviewed(county))
    once = stats.norm.cdf(np.log(1 / 1.5) / 0.25)
    assert set(first.tolist()) == {EXITED, EXITED_UNSTABLE}
    assert float((first == EXITED_UNSTABLE).mean()) == pytest.approx(once, abs=4 * (once / n) ** 0.5)
    county.year = 2018
    second = np.asarray(_reviewed(county))
    assert float((second == RELAPSED).mean()) == pytest.approx(once**2, abs=4 * (once**2 / n) ** 0.5)
    assert (second[first == EXITED] != RELAPSED).all()


def test_who_has_exited() -> None:
    codes = np.arange(6, dtype=np.int8)
    assert np.flatnonzero(has_exited(codes)).tolist() == [EXITED, EXITED_UNSTABLE]


def test_three_years_of_income_weigh_alike(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, EXACT, net_income_pp=9_000.0, net_income_pp_1=1_000.0, net_income_pp_2=5_000.0, housing_grade=3)
    assert judged_poverty(county)[0] == pytest.approx(np.log(5_000.0))
    county.households.net_income_pp_2[:] = 2_000.0
    assert judged_poverty(county)[0] == pytest.approx(np.log(4_000.0))
