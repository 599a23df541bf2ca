"""Shocks: common to a market or a village, keyed by it, and at their rates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.county import County
from tuopin.agents.labour import earn_wages
from tuopin.agents.lines import ANIMALS, LINES
from tuopin.agents.randomness import Luck
from tuopin.agents.shocks import (
    LivelihoodRisks,
    comes_home,
    jobs_lost_of,
    most_exposed,
    strike_county,
    strike_households,
)

SD = {
    "production.price_sd_crops": 0.2,
    "production.price_sd_grain": 0.06,
    "production.price_sd_livestock": 0.3,
    "production.weather_sd": 0.1,
    "production.disaster_rate": 0.2,
    "production.disaster_loss": 0.7,
    "production.animal_loss_rate": 0.1,
    "labour.separation_rate": 0.12,
    "labour.demand_shock_sd": 0.05,
}
ALL = {"price_risk": True, "weather": True, "job_risk": True, "animal_loss": True}


def test_prices_and_weather_have_mean_one_and_their_spread(by_hand: Callable[..., County]) -> None:
    prices, weather, demand = [], [], []
    county = by_hand(1, SD, ALL)
    for replicate in range(4000):
        county.luck = Luck(5, replicate)
        strike_county(county)
        prices.append(county.markets.price.copy())
        weather.append(county.markets.weather)
        demand.append(county.markets.labour_demand)
    p = np.array(prices)
    for name, sd in (("grain", 0.06), ("mushrooms", 0.2), ("livestock", 0.3), ("trade", 0.06)):
        column = p[:, LINES.index(name)]
        assert column.mean() == pytest.approx(1.0, abs=4.5 * sd / 4000**0.5), name
        assert np.log(column).std() == pytest.approx(sd, rel=0.05), name
    assert np.log(weather).std() == pytest.approx(0.1, rel=0.05)
    assert np.log(demand).std() == pytest.approx(0.05, rel=0.05)
    correlation = np.corrcoef(np.log(p[:, 1:]).T)
    assert np.abs(correlation - np.eye(len(correlation))).max() < 0.08  # each market has its own luck


def test_without_the_mechanisms_everything_is_at_trend(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, SD, villages=3)
    strike_county(county)
    assert (county.markets.price == 1.0).all() and county.markets.weather == 1.0 and county.markets.labour_demand == 1.0
    assert (county.villages.crop_left == 1.0).all()
    county.flows.jobs_lost[:], county.flows.animals_lost[:] = 9, True
    strike_households(county)
    assert not county.flows.jobs_lost.any() and not county.flows.animals_lost.any()


def test_neighbours_fail_together(by_hand: Callable[..., County]) -> None:
    villages = 20_000
    county = by_hand(1, SD, {"weather": True}, villages=villages)
    county.villages.hazard[: villages // 2] = 2.0
    strike_county(county)
    left = county.villages.crop_left / county.markets.weather
    hit = left < 0.99
    np.testing.assert_allclose(left[hit], 0.3)
    assert hit[: villages // 2].mean() == pytest.approx(0.4, abs=0.025)
    assert hit[villages // 2 :].mean() == pytest.approx(0.2, abs=0.02)


def test_job_and_animal_losses_at_their_rates(by_hand: Callable[..., County]) -> None:
    n = 50_000
    county = by_hand(
        4 * n,
        SD,
        {"job_risk": True, "animal_loss": True},
        off_farm=np.repeat([0, 1, 2, 3], n),
        line=np.repeat([3, 3, 1, 7], n),
    )
    strike_households(county)
    lost = county.flows.jobs_lost
    for jobs in range(4):
        mine = lost[jobs * n : (jobs + 1) * n]
        assert mine.mean() == pytest.approx(0.12 * jobs, abs=4.5 * (max(jobs, 1) * 0.12 * 0.88 / n) ** 0.5)
        assert mine.max() <= jobs
    animals = county.flows.animals_lost
    assert animals[: 2 * n].mean() == pytest.approx(0.1, abs=0.005) and not animals[2 * n :].any()


def test_shocks_know_no_scenario(by_hand: Callable[..., County]) -> None:
    """A household with one job more keeps the luck of the first; a market's luck does not depend on its villages."""
    one, two = by_hand(500, SD, ALL, off_farm=1), by_hand(500, SD, ALL, villages=7, off_farm=2)
    for county in (one, two):
        strike_county(county)
        strike_households(county)
    assert (two.flows.jobs_lost >= one.flows.jobs_lost).all() and (two.flows.jobs_lost > one.flows.jobs_lost).any()
    np.testing.assert_array_equal(one.markets.price, two.markets.price)
    assert one.villages.crop_left[0] == two.villages.crop_left[0]


def test_prices_demand_and_villages_of_stated_years(by_hand: Callable[..., County]) -> None:
    year = by_hand(1).year
    stated = {
        "production.price_fruit": {year: 0.5},
        "labour.demand_level": {year: 0.8},
        "production.struck_share": {year: 0.5},
        "production.disaster_loss": 0.4,
    }
    county, usual = by_hand(1, stated), by_hand(1)
    for one in (county, usual):
        one.villages.hazard = np.linspace(1.0, 2.0, len(one.villages))
        strike_county(one)
    fruit = LINES.index("fruit")
    assert county.markets.price[fruit] == pytest.approx(0.5 * usual.markets.price[fruit])
    np.testing.assert_array_equal(np.delete(county.markets.price, fruit), np.delete(usual.markets.price, fruit))
    assert county.markets.labour_demand == pytest.approx(0.8 * usual.markets.labour_demand)
    struck = int(np.floor(0.5 * len(county.villages) + 0.5))
    expected = usual.villages.crop_left.copy()
    expected[len(expected) - struck :] *= 0.6
    np.testing.assert_allclose(county.villages.crop_left, expected)


def test_villages_struck_as_stated_and_those_drawn_are_struck_once(by_hand: Callable[..., County]) -> None:
    # every village is drawn, one of them is stated too: a stated disaster neither spares the others nor strikes twice
    stated = {"production.struck_share": 0.2, "production.disaster_rate": 1.0, "production.disaster_loss": 0.4}
    county = by_hand(1, stated, {"weather": True}, villages=5)
    strike_county(county)
    np.testing.assert_allclose(county.villages.crop_left, 0.6 * county.markets.weather)
    rare = by_hand(1, {**stated, "production.disaster_rate": 0.0}, {"weather": True}, villages=5)
    rare.villages.hazard = np.array([1.0, 3.0, 2.0, 1.0, 1.0])
    strike_county(rare)
    np.testing.assert_allclose(rare.villages.crop_left / rare.markets.weather, [1.0, 0.6, 1.0, 1.0, 1.0])


def test_the_most_exposed_villages_are_rounded_half_up_and_equal_ones_go_by_uid() -> None:
    hazard, uid = np.array([1.0, 3.0, 3.0, 2.0, 0.5]), np.array([5, 9, 8, 7, 6])
    assert most_exposed(hazard, uid, 0.0).tolist() == []
    assert most_exposed(hazard, uid, 0.1).tolist() == [2]  # half a village
    assert sorted(most_exposed(hazard, uid, 0.5).tolist()) == [1, 2, 3]  # two and a half
    assert len(most_exposed(hazard, uid, 1.0)) == 5


@pytest.mark.parametrize(
    ("workers", "luck", "lost"),
    [
        (0, (0.0, 0.0, 0.0), 0),
        (1, (0.0999, 0.0, 0.0), 1),
        (1, (0.1, 0.0, 0.0), 0),
        (2, (0.5, 0.0999, 0.0), 1),
        (2, (0.0, 0.0, 0.0), 2),
        (3, (0.5, 0.5, 0.0999), 1),
        (3, (0.5, 0.5, 0.1), 0),
        (4, (0.5, 0.5, 0.1999), 1),  # the third and the fourth job share a uniform
        (4, (0.5, 0.5, 0.2), 0),
        (5, (0.0, 0.0, 0.2999), 3),
    ],
)
def test_each_job_is_lost_by_its_own_luck(workers: int, luck: tuple[float, float, float], lost: int) -> None:
    assert jobs_lost_of(workers, *luck, 0.1) == lost


# --- who loses a job outside the county and comes home ----------------------------------------------------------------


def workers(by_hand: Callable[..., County], share: float, separation: float, size: int = 40_000) -> County:
    terms = {**SD, "labour.return_share": share, "labour.separation_rate": separation}
    return by_hand(size, terms, {"job_risk": True}, able_workers=3, working_age=3, members=3, off_farm=3, migrants=2)


def test_nobody_comes_home_as_the_model_is_stated(by_hand: Callable[..., County]) -> None:
    county = workers(by_hand, 0.0, 0.5, 500)
    county.markets.labour_demand_fall = 0.5
    strike_households(county)
    assert county.flows.jobs_lost.any() and not county.flows.came_home.any()
    assert (county.households.migrants == 2).all() and (county.households.off_farm == 3).all()


@pytest.mark.parametrize(("share", "fall", "home"), [(1.0, 0.0, 0.12), (0.4, 0.0, 0.048), (0.4, 0.5, 0.4 * 0.56)])
def test_of_those_who_lose_a_job_outside_a_share_comes_home(
    by_hand: Callable[..., County], share: float, fall: float, home: float
) -> None:
    """Separation .12; of the other .88 a fall of demand by half takes half: .56 of the jobs are gone."""
    county, usual = workers(by_hand, share, 0.12), workers(by_hand, 0.0, 0.12)
    county.markets.labour_demand_fall = fall
    strike_households(county)
    strike_households(usual)
    h, f = county.households, county.flows
    assert f.came_home.mean() / 2 == pytest.approx(home, abs=4.5 * (home * (1 - home) / 80_000) ** 0.5)
    assert (h.migrants == 2 - f.came_home).all() and (h.off_farm == 3 - f.came_home).all()
    assert (f.jobs_lost >= f.came_home).all() and f.jobs_lost.max() <= 3
    assert (f.jobs_lost >= usual.flows.jobs_lost).all()  # the luck of a job is its own
    if fall == 0.0:
        assert (f.jobs_lost == usual.flows.jobs_lost).all()


def test_who_comes_home_is_each_workers_own_luck(by_hand: Callable[..., County]) -> None:
    county = workers(by_hand, 0.5, 1.0)
    strike_households(county)
    shares = np.bincount(county.flows.came_home, minlength=3) / 40_000
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.25], atol=0.012)


def test_a_job_lost_for_good_costs_the_other_workers_nothing(by_hand: Callable[..., County]) -> None:
    """One of two was away, lost his job and came home: the other's wage is whole."""
    county, alone = (workers(by_hand, 0.0, 0.0, 1) for _ in range(2))
    for one in (county, alone):
        one.households.off_farm[:], one.households.migrants[:] = 1, 0
    county.flows.jobs_lost[:], county.flows.came_home[:] = 1, 1
    alone.flows.jobs_lost[:], alone.flows.came_home[:] = 0, 0
    earn_wages(county)
    earn_wages(alone)
    assert county.households.wage_income[0] == alone.households.wage_income[0] > 0.0


def test_remittances_of_who_came_home_end_and_the_others_wages_do_not(by_hand: Callable[..., County]) -> None:
    county = workers(by_hand, 1.0, 1.0, 2)  # every job is lost; both who were away come home
    strike_households(county)
    earn_wages(county)
    h = county.households
    assert county.flows.jobs_lost.tolist() == [3, 3] and county.flows.came_home.tolist() == [2, 2]
    assert h.remitted.tolist() == [0.0, 0.0]
    alone = workers(by_hand, 0.0, 1.0, 2)
    alone.households.off_farm[:], alone.households.migrants[:] = 1, 0
    strike_households(alone)
    earn_wages(alone)
    assert alone.households.wage_income[0] > 0.0
    np.testing.assert_allclose(h.wage_income, alone.households.wage_income)


def test_a_fall_of_demand_is_one_against_the_year_before(by_hand: Callable[..., County]) -> None:
    level = {2017: 1.0, 2018: 0.8, 2019: 0.8, 2020: 1.0}
    county, seen = by_hand(1, {"labour.demand_level": level}), []
    for year in level:
        county.year = year
        strike_county(county)
        seen.append(county.markets.labour_demand_fall)
    assert seen == pytest.approx([0.0, 0.2, 0.0, 0.0])


@given(st.integers(0, 5), st.integers(0, 2), *[st.floats(0, 1)] * 5)
def test_more_comes_home_with_every_cause(
    migrants: int, job: int, u: float, v: float, separation: float, share: float, fall: float
) -> None:
    def found(migrants: int, separation: float, share: float, fall: float) -> bool:
        return bool(comes_home(migrants, job, u, v, separation, LivelihoodRisks(0.0, 0.0, ANIMALS, share, fall)))

    once = found(migrants, separation, share, fall)
    assert not once or (job < migrants and v < share)
    for more in ((migrants + 1, separation, share, fall), (migrants, 1.0, share, fall)):
        assert once <= found(*more)
    assert once <= found(migrants, separation, 1.0, fall) and once <= found(migrants, separation, share, 1.0)
