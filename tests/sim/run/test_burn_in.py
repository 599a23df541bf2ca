"""The initial state meets its income target and its totals, also where only the registered are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.columns import EXITED
from tuopin.agents.county import County
from tuopin.agents.documented import Figure
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.mechanisms import resolve_mechanisms
from tuopin.agents.place import Place
from tuopin.agents.population import BURN_IN_YEARS
from tuopin.agents.randomness import Luck
from tuopin.agents.registry import registered
from tuopin.sim.run.burn_in import TOLERANCE, income_factor, initial_county, mean_income


def settle(place: Place, replicate: int = 0, scale: float = 1.0, **more: Any) -> County:
    return initial_county(place, resolve_parameters({}), resolve_mechanisms({}), Luck(5, replicate), scale, **more)


def mean_net_income(county: County) -> float:
    return float(np.average(county.households.net_income_pp, weights=county.households.members))


def target(place: Place) -> float:
    return resolve_parameters({}).value("economy.poor_area_income", place.year) * place.county_factor.value


@pytest.fixture
def shipped(plan_for: Callable[..., Any]) -> Place:
    place: Place = plan_for().place_data["lushi"]
    return place


@pytest.mark.parametrize("replicate", [0, 1, 2])
def test_mean_net_income_meets_the_target(shipped: Place, replicate: int) -> None:
    county = settle(shipped, replicate, 0.15)  # some 14,000 households: the level comes from a sample of them
    assert mean_net_income(county) == pytest.approx(target(shipped), rel=TOLERANCE)
    assert county.year == county.start == 2016 and not county.in_burn_in


def test_registered_totals_are_exact(shipped: Place) -> None:
    county = settle(shipped, scale=0.05)
    chosen = registered(county)
    assert int(chosen.sum()) == round(19645 * 0.05)
    assert int(county.households.members[chosen].sum()) == round(63134 * 0.05)


def test_a_place_of_registered_households_only(shipped: Place) -> None:
    """The registered are the same households as where their neighbours stay, in the same state."""
    whole, only = (
        settle(place, scale=0.05) for place in (shipped, shipped.model_copy(update={"registered_only": True}))
    )
    chosen = registered(whole)
    assert len(only.households) == int(chosen.sum()) == round(19645 * 0.05)
    assert registered(only).all()
    for name in ("uid", "members", "net_income_pp", "savings", "cause"):
        np.testing.assert_array_equal(only.households.column(name), whole.households.column(name)[chosen])
    assert int(only.markets.base_supply.sum()) < int(whole.markets.base_supply.sum())
    assert mean_net_income(only) < 0.6 * target(shipped)


def test_a_place_where_everybody_is_registered(place_data: dict[str, Any]) -> None:
    persons = {**place_data["registered_persons"], "value": 1290}
    households = {**place_data["registered_households"], "value": 400}
    place = Place.model_validate(
        {**place_data, "registered_households": households, "registered_persons": persons, "rural_persons": persons}
    )
    county = settle(place)
    assert len(county.households) == 400 and int(county.households.members.sum()) == 1290
    assert registered(county).all()
    assert mean_net_income(county) == pytest.approx(target(place), rel=TOLERANCE)
    assert (county.households.registry_exit_year == 0).all()  # nobody is left who could have exited before


def test_every_year_is_seen_once_and_in_order(shipped: Place) -> None:
    years: list[int] = []
    settle(shipped, scale=0.02, each_year=lambda county: years.append(county.year))
    assert years == list(range(2016 - BURN_IN_YEARS + 1, 2017))


def test_the_level_before_the_last_year_is_near_the_last(shipped: Place) -> None:
    """The last year puts right what the sample missed, not more: three-year incomes stay comparable."""
    levels: list[float] = []
    settle(shipped, scale=0.15, each_year=lambda county: levels.append(county.level))
    assert len(set(levels[:-1])) == 1
    assert levels[-1] == pytest.approx(levels[0], rel=0.06)


def test_a_place_ends_at_the_mean_income_it_states(shipped: Place) -> None:
    stated = Figure(value=5_200, unit="yuan/person/year", source="a test", confidence="derived")
    place = shipped.model_copy(update={"mean_income": stated, "county_factor": None})
    assert mean_net_income(settle(place, scale=0.05)) == pytest.approx(5_200, rel=TOLERANCE)
    assert mean_income(place, resolve_parameters({})) == 5_200
    assert income_factor(place, resolve_parameters({})) == pytest.approx(5_200 / 8_452)  # poor areas in 2016
    assert income_factor(shipped, resolve_parameters({})) == 0.92


def test_one_household_in_twenty_has_the_totals_of_the_whole(shipped: Place) -> None:
    place = shipped.model_copy(update={"sample": 20})
    county = settle(place)
    chosen = registered(county)
    assert county.scale == 0.05 and len(county.villages) == 4_826 // 20  # of 350, with 20 households each
    assert int(chosen.sum()) == round(19645 / 20)
    assert int(county.households.members[chosen].sum()) == round(63134 / 20)
    assert mean_net_income(county) == pytest.approx(target(shipped), rel=TOLERANCE)
    assert county.place.registered_persons == shipped.registered_persons
    hours = county.value("village.hours_per_household")
    assert county.villages.hours.sum() == pytest.approx(hours * chosen.sum())
    half = settle(place, scale=0.5)
    assert half.scale == 0.025 and int(registered(half).sum()) == round(19645 / 40)


def test_earlier_exits_of_a_place_are_met_and_the_rest_of_it_does_not_move(shipped: Place) -> None:
    plain = settle(shipped, scale=0.02)
    exited = Figure(value=40_000, unit="persons", source="a test", confidence="derived")
    county = settle(shipped.model_copy(update={"registered_exited": exited}), scale=0.02)
    off = county.households.registry_status == EXITED
    assert 800 - 7 < int(county.households.members[off].sum()) <= 800
    np.testing.assert_array_equal(registered(county), registered(plain))
    np.testing.assert_array_equal(county.households.net_income_pp, plain.households.net_income_pp)
