"""The registry: exact totals under village quotas, scheduled exits in order of verified income, falls and additions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agents.registry_cases import EXACT, ON, crowd
from tuopin.agents.columns import CAUSES, EXITED, OUTSIDE, REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.agents.judgement import team_error
from tuopin.agents.randomness import Luck
from tuopin.agents.registry import _at_rank, judged_poverty, main_cause, register, registered

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


@given(st.integers(30, 400), st.integers(1, 9), st.floats(0.15, 0.85), st.floats(-0.35, 0.35), st.integers(0, 99))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_totals_are_exact(
    by_hand: Callable[..., County], n: int, villages: int, share: float, tilt: float, seed: int
) -> None:
    county = crowd(by_hand, n, villages, seed)
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
    county, mixed = crowd(by_hand, 300, 6), crowd(by_hand, 300, 6)
    mixed.households = mixed.households.take(np.argsort(Luck(4, 4).uniform(2, 0, np.arange(300))))
    for c in (county, mixed):
        register(c, 100, 350)
    assert set(county.households.uid[registered(county)]) == set(mixed.households.uid[registered(mixed)])


def test_totals_that_cannot_be_met_are_refused(by_hand: Callable[..., County]) -> None:
    with pytest.raises(ValueError, match="41 households to register, but only 40 exist"):
        register(crowd(by_hand, 40, 2), 41, 100)
    with pytest.raises(ValueError, match="no 20 households to register have 140 persons together"):
        register(crowd(by_hand, 40, 2), 20, 20 * 7)


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


# --- misjudgement ----------------------------------------------------------------------------------------------------


def test_three_years_of_income_weigh_alike(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, EXACT, net_income_pp=9_000.0, net_income_pp_1=1_000.0, net_income_pp_2=5_000.0, housing_grade=3)
    assert judged_poverty(county)[0] == pytest.approx(np.log(5_000.0))
    county.households.net_income_pp_2[:] = 2_000.0
    assert judged_poverty(county)[0] == pytest.approx(np.log(4_000.0))


# --- earlier exits that a place states --------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_earlier_exits_are_as_many_households_or_persons_as_stated(
    data: st.DataObject, by_hand: Callable[..., County]
) -> None:
    unit = data.draw(st.sampled_from(["households", "persons"]))
    stated, scale = data.draw(st.integers(0, 150)), data.draw(st.sampled_from([1.0, 0.5]))
    county = crowd(by_hand, 60, 3)
    note = {"unit": unit, "source": "made for a test", "confidence": "source-document"}
    exited = type(county.place.villages)(value=stated, **note)
    county.place, county.scale = county.place.model_copy(update={"registered_exited": exited}), scale
    members = county.households.members
    register(county, 20, int(np.sort(members)[:20].sum()) + 10)
    off = county.households.registry_status == EXITED
    others = county.households.registry_status == OUTSIDE
    wanted, found = round(stated * scale), int(off.sum()) if unit == "households" else int(members[off].sum())
    if unit == "households":
        assert found == min(wanted, 40)
    else:
        assert found <= wanted
        if others.any():
            assert wanted - found < members[others].max()
    assert (county.households.registry_exit_year[off] > 0).all()


# --- places given by lot ---------------------------------------------------------------------------------------------


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(over=st.floats(0.0, 0.5), seed=st.integers(0, 5), villages=st.integers(1, 6))
def test_over_reporting_gives_places_by_lot_and_keeps_every_total(
    by_hand: Callable[..., County], over: float, seed: int, villages: int
) -> None:
    """A share o / (1 + o) of places changes hands, within the village and among households of a size where it can."""

    def listed(share: float) -> County:
        county = crowd(by_hand, 400, villages, seed, **{"registry.over_reporting": share})
        register(county, 120, 400)
        return county

    need, lot = listed(0.0), listed(over)
    one, other = registered(need), registered(lot)
    assert (int(other.sum()), int(lot.households.members[other].sum())) == (120, 400)
    assert int((one & ~other).sum()) == int(over / (1.0 + over) * 120 + 1e-9)
    exited = need.households.registry_status == EXITED
    np.testing.assert_array_equal(exited, lot.households.registry_status == EXITED)
    new = other & ~one
    assert (lot.households.registry_status[one & ~other] == OUTSIDE).all()
    assert (lot.households.registered_since[new] == lot.year).all() and (lot.households.cause[new] > 0).all()
    if (one & ~other).sum() >= 10:  # who gives way was poorer than who takes his place
        assert need.households.net_income_pp[one & ~other].mean() < need.households.net_income_pp[new].mean()


def test_over_reporting_stays_within_villages_while_it_can(by_hand: Callable[..., County]) -> None:
    county = crowd(by_hand, 2000, 3, 2, **{"registry.over_reporting": 0.2})
    usual = crowd(by_hand, 2000, 3, 2)
    for one in (county, usual):
        register(one, 300, 1000)
    h = county.households
    per_village = [np.bincount(h.village[registered(one)], minlength=3).tolist() for one in (county, usual)]
    assert per_village[0] == per_village[1]
    assert (registered(usual) & ~registered(county)).sum() == 50  # .2 / 1.2 of 300
