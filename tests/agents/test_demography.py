"""Births, deaths, ageing and splits: persons, land and money are conserved and uids are unique and stable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.arrays import I64
from tuopin.agents.columns import COLUMNS
from tuopin.agents.county import County
from tuopin.agents.demography import (
    DemographyTerms,
    Movement,
    _Shared,
    _split,
    age_a_year,
    bury,
)
from tuopin.agents.households import Households
from tuopin.agents.identity import PLACE_SHIFT
from tuopin.agents.randomness import DEMOGRAPHY, Luck

PEOPLE = tuple(name for name in COLUMNS if COLUMNS[name].unit == "persons" and name != "members")
STAGES = ("small_children", "pupils", "upper_students", "college_students", "working_age", "elderly")
SPLIT_RULE = {"demography.split_concentration": 2.0, "demography.split_members_from": 4}
STILL = {**{f"demography.{name}": 0.0 for name in DemographyTerms._fields}, **SPLIT_RULE}
"""Nothing random happens but retirement and the school stages, whose lengths are fixed."""


STAYING = np.array([False])


def _members(h: Households) -> np.ndarray:
    return sum(h.column(name).astype(int) for name in STAGES)


def _family(size: int, **columns: Any) -> Households:
    h = Households(size)
    h.set("uid", np.arange(1000, 1000 + size) + (5 << PLACE_SHIFT))
    for name, value in columns.items():
        setattr(h, name, value)
    h.members = _members(h)
    return h


def test_split_moves_a_couple_with_a_child_and_shares_by_members() -> None:
    # five persons: a couple, a grown pair, one small child; three leave, so 3/5 of land and money go
    h = _family(
        1,
        working_age=4,
        small_children=1,
        able_workers=4,
        off_farm=3,
        migrants=1,
        land=10.0,
        savings=500.0,
        debt_due_1=50.0,
        debt_for_loans=25.0,
        formal_loan=1000.0,
        line_scale=2.0,
        start_persons=4_001,
    )
    assert _split(h, np.array([0]), STAYING, 2018) == 0
    assert len(h) == 2
    old, new = h[0], h[1]
    assert (old.members, new.members) == (2, 3)
    assert (old.working_age, new.working_age, old.small_children, new.small_children) == (2, 2, 0, 1)
    assert (old.able_workers, new.able_workers) == (2, 2)
    assert (old.off_farm, new.off_farm, old.migrants, new.migrants) == (1, 2, 0, 1)
    for name, old_value, new_value in (
        ("land", 4.0, 6.0),
        ("savings", 200.0, 300.0),
        ("debt_due_1", 20.0, 30.0),
        ("debt_for_loans", 10.0, 15.0),
        ("formal_loan", 400.0, 600.0),
        ("line_scale", 0.8, 1.2),
        ("start_persons", 1_600, 2_401),
    ):
        assert getattr(old, name) == pytest.approx(old_value), name
        assert getattr(new, name) == pytest.approx(new_value), name
    assert new.village == old.village


def test_a_young_family_that_leaves_the_county_takes_its_persons_and_no_wealth(by_hand: Callable[..., County]) -> None:
    # two households of a couple, a grown pair and a child each split; the family of the second leaves for good
    h = _family(2, working_age=4, small_children=1, able_workers=4, land=10.0, savings=500.0, start_persons=5_000)
    assert _split(h, np.array([0, 1]), np.array([False, True]), 2018) == 3
    assert h.members.tolist() == [2, 2, 3, 0]
    np.testing.assert_allclose(h.land, [4.0, 10.0, 6.0, 0.0])
    np.testing.assert_allclose(h.savings, [200.0, 500.0, 300.0, 0.0])
    assert h.start_persons.tolist() == [2_000, 2_000, 3_000, 3_000]
    # and in a year of a county: everybody who may split does, and all couples leave with their child
    rates = {"split_rate": 0.5, "family_leaves": 1.0}
    county = by_hand(
        400,
        {**STILL, **{f"demography.{name}": rate for name, rate in rates.items()}},
        {"demography": True},
        working_age=4,
        able_workers=0,
        small_children=2,
        members=6,
        start_persons=6_000,
        land=6.0,
    )
    moved = age_a_year(county)
    assert moved == Movement(0, 0, 0, 3 * 400)
    bury(county)
    h = county.households
    assert len(h) == 400 and (h.members == 3).all() and (h.start_persons == 3_000).all() and (h.land == 6.0).all()


def test_about_as_many_marry_out_as_in(plan_for: Callable[..., Any]) -> None:
    """On the shipped county after its burn-in: households that may gain one at the one rate, lose one at the other."""
    from tuopin.sim.run.setup import county_of

    county = county_of(plan_for(scale=0.05), "lushi", 0)
    working = county.households.working_age
    joining = county.value("demography.marriage_in_rate") * int((working >= 1).sum())
    leaving = county.value("demography.marriage_out_rate") * int((working > 2).sum())
    assert leaving == pytest.approx(joining, rel=0.1)


def test_how_many_families_leave(by_hand: Callable[..., County]) -> None:
    n, rates = 8_000, {"split_rate": 0.5, "family_leaves": 0.3}
    county = by_hand(
        n,
        {**STILL, **{f"demography.{name}": rate for name, rate in rates.items()}},
        {"demography": True},
        working_age=4,
        able_workers=0,
        members=4,
    )
    assert age_a_year(county).departures / 2 / n == pytest.approx(0.3, abs=4 * (0.21 / n) ** 0.5)


def test_the_aged_die_at_their_rate_and_a_tenth_of_the_younger_old_turn_seventy(
    by_hand: Callable[..., County],
) -> None:
    n = 40_000
    rates = {**STILL, "demography.elderly_mortality": 0.01, "demography.aged_mortality": 0.06}
    county = by_hand(
        n, rates, {"demography": True}, members=3, working_age=0, able_workers=0, elderly=3, aged=2, villages=1
    )
    moved = age_a_year(county)
    h = county.households
    died_aged = float((h.aged < 2).mean())  # one of two aged is gone and the other old person is below 70 still
    died = moved.deaths / n
    assert died == pytest.approx(2 * 0.06 + 0.01, abs=4 * (0.13 / n) ** 0.5)
    # of those who lost an aged member nine in ten have not gained one of 60-69 in the same year
    assert died_aged == pytest.approx(0.12 * 0.9, abs=4 * (0.1 / n) ** 0.5)
    assert float((h.aged == 3).mean()) == pytest.approx(0.1 * 0.87, abs=4 * (0.08 / n) ** 0.5)
    assert ((h.aged <= h.elderly) & (h.elderly == h.members)).all()


def test_split_keeps_every_worker_and_every_ill_or_disabled_person() -> None:
    # three adults of whom two work off-farm and one is disabled; both old parents would stay but they are only one
    # adult
    h = _family(1, working_age=3, small_children=1, able_workers=2, off_farm=2, migrants=2, disabled=3, chronic=3)
    _split(h, np.array([0]), STAYING, 2018)
    for name, total in (("able_workers", 2), ("off_farm", 2), ("migrants", 2), ("disabled", 3), ("chronic", 3)):
        assert int(h.column(name).sum()) == total, name
    assert (h.disabled <= h.members).all() and (h.chronic <= h.working_age + h.elderly).all()
    assert (h.migrants <= h.off_farm).all() and (h.off_farm <= h.able_workers).all()


@given(st.data())
def test_split_conserves_everything_and_stays_possible(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 5))

    def count(low: int, high: int) -> list[int]:
        return [data.draw(st.integers(low, high)) for _ in range(n)]

    working, elderly, small, pupils = count(3, 6), count(0, 3), count(0, 3), count(1, 3)
    able = [data.draw(st.integers(0, w + e)) for w, e in zip(working, elderly, strict=True)]
    off_farm = [data.draw(st.integers(0, a)) for a in able]
    migrants = [data.draw(st.integers(0, o)) for o in off_farm]
    adults = [w + e for w, e in zip(working, elderly, strict=True)]
    h = _family(
        n,
        working_age=working,
        elderly=elderly,
        small_children=small,
        pupils=pupils,
        able_workers=able,
        off_farm=off_farm,
        migrants=migrants,
        chronic=[data.draw(st.integers(0, a)) for a in adults],
        disabled=[data.draw(st.integers(0, a)) for a in adults],
        land=3.0,
        savings=1000.0,
        formal_loan=77.0,
    )
    before = {name: h.column(name).astype(float).sum() for name in (*PEOPLE, *_Shared._fields, "members")}
    _split(h, np.arange(n), np.zeros(n, dtype=bool), 2020)
    assert len(h) == 2 * n
    for name, total in before.items():
        assert h.column(name).astype(float).sum() == pytest.approx(total, rel=1e-6), name
    np.testing.assert_array_equal(h.members, _members(h))
    assert (h.working_age >= 1).all()
    assert (h.able_workers <= h.working_age + h.elderly).all()
    assert (h.off_farm <= h.able_workers).all() and (h.migrants <= h.off_farm).all()
    assert (h.chronic <= h.working_age + h.elderly).all() and (h.disabled <= h.members).all()
    assert h.faults() == []


def test_members_always_are_the_sum_of_the_stages(plan_for: Callable[..., Any], lived: Callable[..., Any]) -> None:
    from tuopin.sim.run.setup import county_of

    plan = plan_for(years="2016-2030")
    for model in lived(plan, county_of(plan, "lushi", 0), "none"):
        h = model.county.households
        np.testing.assert_array_equal(h.members, _members(h))
        assert (h.members > 0).all()
        assert (h.able_workers <= h.working_age + h.elderly).all()
        assert (h.off_farm <= h.able_workers).all() and (h.migrants <= h.off_farm).all()
        assert (h.chronic <= h.working_age + h.elderly).all() and (h.disabled <= h.members).all()


def test_bury_removes_households_without_members(by_hand: Callable[..., County]) -> None:
    county = by_hand(4, members=[2, 0, 1, 0])
    uid = county.households.uid.copy()
    bury(county)
    assert sorted(county.households.uid) == [uid[0], uid[2]]


def test_nothing_happens_when_demography_is_off(by_hand: Callable[..., County]) -> None:
    county = by_hand(50, working_age=30, members=30, elderly=0)
    before = {name: county.households.column(name).copy() for name in COLUMNS}
    age_a_year(county)
    for name, values in before.items():
        np.testing.assert_array_equal(county.households.column(name), values)


def test_children_who_live_alone_from_the_start_stay_a_household(by_hand: Callable[..., County]) -> None:
    county = by_hand(50, STILL, {"demography": True}, members=2, working_age=0, able_workers=0, pupils=2)
    age_a_year(county)
    assert (county.households.members == 2).all()


def test_the_last_adults_death_ends_a_household(by_hand: Callable[..., County]) -> None:
    # an old person dies for certain; the pupil left alone joins relatives
    county = by_hand(
        2,
        {**STILL, "demography.elderly_mortality": 1.0},
        {"demography": True},
        members=[2, 2],
        working_age=[0, 1],
        elderly=1,
        pupils=[1, 0],
        able_workers=0,
    )
    age_a_year(county)
    h = county.households
    assert h.members[0] == 0
    assert h.elderly[1] + h.working_age[1] == h.members[1] == 1


def test_school_stages_take_their_years(by_hand: Callable[..., County]) -> None:
    # with nobody else moving, a pupil leaves compulsory school with 1/10 a year and then works
    n = 20_000
    county = by_hand(
        n, STILL, {"demography": True}, members=2, working_age=0, able_workers=0, elderly=1, pupils=1, villages=1
    )
    age_a_year(county)
    h = county.households
    assert h.pupils.mean() == pytest.approx(0.9, abs=4 * (0.09 / n) ** 0.5)
    np.testing.assert_array_equal(h.working_age, 1 - h.pupils)
    np.testing.assert_array_equal(h.able_workers, 1 - h.pupils)


def test_births_and_deaths_come_at_their_rates(by_hand: Callable[..., County]) -> None:
    n = 40_000
    rates = {**STILL, "demography.birth_rate": 0.05, "demography.elderly_mortality": 0.04}
    county = by_hand(n, rates, {"demography": True}, members=3, working_age=2, able_workers=2, elderly=1)
    age_a_year(county)
    h = county.households
    born, died = h.small_children.mean(), 1.0 - (h.members - h.small_children).mean() / 3.0
    # a death or a retirement of the pair leaves fewer than two of working age and no birth: 4.4% retire
    assert born == pytest.approx(0.05 * 3 * (1 - 2 / 44), rel=0.06)
    assert died * 3 == pytest.approx(0.04, rel=0.1)


def test_who_may_split_and_how_often(by_hand: Callable[..., County]) -> None:
    # rate .25, twice as high for those who may split; one of three turns 60 with 3/44 and then only the couple is left
    n, rates = 8_000, {**STILL, "demography.split_rate": 0.25}
    working, elderly = np.repeat([3, 3, 2, 4], n), np.repeat([0, 1, 2, 0], n)
    usual = 0.5 * (1.0 - 3 / 44)
    for members_from, expected in ((4, [0.0, usual, 0.0, 0.5]), (3, [usual, usual, 0.0, 0.5])):
        county = by_hand(
            4 * n,
            {**rates, "demography.split_members_from": members_from},
            {"demography": True},
            able_workers=0,
            members=working + elderly,
            working_age=working,
            elderly=elderly,
        )
        age_a_year(county)
        split = county.households.members[: 4 * n] < working + elderly
        np.testing.assert_allclose(split.reshape(4, n).mean(axis=1), expected, atol=4 * (0.25 / n) ** 0.5)
        assert not split.reshape(4, n)[2].any()


def test_the_same_household_ages_alike_in_any_company(by_hand: Callable[..., County]) -> None:
    rates = {**STILL, "demography.birth_rate": 0.1, "demography.split_rate": 0.3, "demography.adult_mortality": 0.05}

    def aged(rows: np.ndarray) -> dict[int, tuple[int, ...]]:
        county = by_hand(300, rates, {"demography": True}, members=5, working_age=4, able_workers=4, pupils=1)
        county.households = county.households.take(rows)
        age_a_year(county)
        h = county.households
        return {int(h.uid[i]): tuple(int(h.column(n)[i]) for n in ("members", *PEOPLE)) for i in range(len(h))}

    everybody, some = aged(np.arange(300)), aged(np.arange(299, 100, -1))
    assert len(everybody) > 320
    assert some.items() <= everybody.items()


def test_other_luck_other_lives(by_hand: Callable[..., County]) -> None:
    def births(luck: Luck) -> np.ndarray:
        county = by_hand(
            500, {**STILL, "demography.birth_rate": 0.1}, {"demography": True}, luck=luck, members=2, working_age=2
        )
        age_a_year(county)
        return county.households.small_children.copy()

    assert (births(Luck(1, 0)) != births(Luck(1, 1))).any()
    assert (births(Luck(1, 0)) != births(Luck(2, 0))).any()


def whole_numbers(luck: Luck, number: int, below: I64 | int, column: int) -> I64:
    """Whole numbers from 0 to `below` - 1, shape (number,), from the luck of a replicate."""
    u = luck.uniforms(DEMOGRAPHY, 0, np.arange(1, number + 1), 16)[:, column]
    return (u * below).astype(np.int64)


@pytest.mark.parametrize("seed", range(12))
def test_every_person_is_accounted_for(by_hand: Callable[..., County], seed: int) -> None:
    luck, n = Luck(seed, 99), 400
    stages = {name: whole_numbers(luck, n, 3, k) for k, name in enumerate(STAGES[:4])}
    working, elderly = whole_numbers(luck, n, 6, 4), whole_numbers(luck, n, 3, 5)
    rates = {"birth_rate": 0.05, "elderly_mortality": 0.2, "aged_mortality": 0.3, "adult_mortality": 0.1}
    rates |= {"marriage_in_rate": 0.15, "marriage_out_rate": 0.25, "family_leaves": 0.5}
    rates |= {"split_rate": 0.2, "graduate_leaves": 0.5}
    county = by_hand(
        n,
        {f"demography.{name}": rate for name, rate in rates.items()},
        {"demography": True},
        luck=Luck(seed, 0),
        working_age=working,
        elderly=elderly,
        aged=elderly // 2,
        members=working + elderly + sum(stages.values()),
        able_workers=0,
        **stages,
    )
    for year in range(2017, 2021):
        county.year = year
        before = int(county.households.members.sum())
        moved = age_a_year(county)
        after = int(county.households.members.sum())
        assert after == before + moved.births - moved.deaths + moved.arrivals - moved.departures
        assert min(moved) > 0
        bury(county)


def test_who_comes_and_goes_by_hand(by_hand: Callable[..., County]) -> None:
    # 1: of an old couple one dies, a graduate of ten settles elsewhere; 2: the only adult dies, so all ten students are
    # gone; 3: an old parent dies, a child is born to the couple and somebody marries into the family
    rates = {"elderly_mortality": 1.0, "graduate_leaves": 1.0, "birth_rate": 1.0, "marriage_in_rate": 1.0}
    county = by_hand(
        3,
        {**STILL, **{f"demography.{name}": rate for name, rate in rates.items()}},
        {"demography": True},
        members=[12, 11, 3],
        working_age=[0, 0, 2],
        able_workers=[0, 0, 2],
        elderly=[2, 1, 1],
        college_students=[10, 10, 0],
    )
    assert age_a_year(county) == Movement(births=1, deaths=3, arrivals=1, departures=11)
    h = county.households
    assert h.members.tolist() == [10, 0, 4]
    assert (h.small_children[2], h.working_age[2], h.able_workers[2], h.elderly[2]) == (1, 3, 3, 0)


def test_nobody_comes_or_goes_when_demography_is_off(by_hand: Callable[..., County]) -> None:
    assert age_a_year(by_hand(5, members=2)) == Movement(0, 0, 0, 0)


RATES = {
    "birth_rate": 0.06,
    "elderly_mortality": 0.07,
    "aged_mortality": 0.15,
    "adult_mortality": 0.03,
    "marriage_in_rate": 0.11,
    "marriage_out_rate": 0.19,
    "family_leaves": 0.0,
    "split_rate": 0.13,
    "split_concentration": 2.0,
    "split_members_from": 5.0,
    "upper_school_share": 0.4,
    "college_share": 0.3,
    "graduate_leaves": 0.6,
    "elderly_able_share": 0.35,
}


def _a_year_on(person: dict[str, int], u: np.ndarray, t: dict[str, float]) -> tuple[dict[str, int], dict[str, int]]:
    """One household a year on, written once more without looking: stages and who came and went."""
    w, e, able = person["working_age"], person["elderly"], person["able_workers"]
    small, pupils, upper, college = (person[name] for name in STAGES[:4])
    adults, came = w + e, {"births": 0, "deaths": 0, "arrivals": 0, "departures": 0}
    aged = person["aged"]
    p_aged, p_younger = aged * t["aged_mortality"], (e - aged) * t["elderly_mortality"]
    if u[0] < p_aged:
        e, aged, came["deaths"] = e - 1, aged - 1, 1
    elif u[0] < p_aged + p_younger:
        e, came["deaths"] = e - 1, 1
    elif u[0] < p_aged + p_younger + w * t["adult_mortality"]:
        w, came["deaths"], able = w - 1, 1, max(able - 1, 0)
    died_at_work = came["deaths"] == 1 and w < person["working_age"]
    if 1 - u[4] < (e - aged) / 10:  # from 60 to 70
        aged += 1
    if u[4] < w / 44:  # from 16 to 60
        w, e = w - 1, e + 1
        if u[5] > t["elderly_able_share"] and not died_at_work:
            able = max(able - 1, 0)
    begin = 0
    if u[1] < college / 4:
        college -= 1
        begin, came["departures"] = (1, 0) if u[6] > t["graduate_leaves"] else (0, 1)
    elif 1 - u[1] < upper / 3:
        upper -= 1
        college, begin = (college + 1, 0) if u[6] < t["college_share"] else (college, 1)
    if u[2] < pupils / 10:
        pupils -= 1
        upper, begin = (upper + 1, begin) if u[7] < t["upper_school_share"] else (upper, begin + 1)
    if 1 - u[2] < small / 6:
        small, pupils = small - 1, pupils + 1
    w, able = w + begin, able + begin
    if w >= 2 and u[3] < t["birth_rate"] * person["members"]:
        small, came["births"] = small + 1, 1
    if u[3] > 1 - t["marriage_in_rate"]:
        w, able, came["arrivals"] = (w + 1, able + 1, 1) if w >= 1 else (w, able, 0)
    elif u[3] > 1 - t["marriage_in_rate"] - t["marriage_out_rate"] and w > 2:
        w, able = w - 1, max(able - 1, 0)
        came["departures"] += 1
    members = small + pupils + upper + college + w + e
    if w + e == 0 and adults > 0:
        came["departures"] += members
        members = 0
    stages = dict(zip(STAGES, (small, pupils, upper, college, w, e), strict=True))
    return {**stages, "members": members, "able_workers": min(able, w + e), "aged": aged}, came


def test_deaths_retirement_school_and_marriage_are_computed(by_hand: Callable[..., County]) -> None:
    luck, n = Luck(8, 99), 4_000
    most = (3, 4, 3, 3, 5, 3)
    people = {name: whole_numbers(luck, n, most[k], k) for k, name in enumerate(STAGES)}
    people["working_age"][people["working_age"] + people["elderly"] == 0] = 1
    people["members"] = sum(people.values())
    people["aged"] = whole_numbers(luck, n, people["elderly"] + 1, 7)
    people["able_workers"] = whole_numbers(luck, n, people["working_age"] + people["elderly"] + 1, 6)
    rates = {**RATES, "split_rate": 0.0}
    county = by_hand(n, {f"demography.{k}": v for k, v in rates.items()}, {"demography": True}, **people)
    u = county.luck.uniforms(DEMOGRAPHY, county.year, county.households.uid, 8)
    found = [_a_year_on({k: int(v[i]) for k, v in people.items()}, u[i], rates) for i in range(n)]
    moved = age_a_year(county)
    for name in found[0][0]:
        np.testing.assert_array_equal(county.households.column(name), [now[name] for now, _ in found], err_msg=name)
    assert moved._asdict() == {name: sum(came[name] for _, came in found) for name in Movement._fields}
    assert all(count > 20 for count in moved)
