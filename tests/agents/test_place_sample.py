"""A sample of a place: one household in n, fewer villages and sites that stand for all, totals of the whole kept."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.draws import resolve_parameters
from tuopin.agents.place import Place
from tuopin.agents.place_sample import simulated_place, simulated_share, simulated_villages
from tuopin.agents.population import misfit, rural_totals, size_weights

NOTE = {"source": "made for a test", "confidence": "source-document"}


def figure(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, **NOTE}


@pytest.fixture
def large(place_data: dict[str, Any]) -> Place:
    place_data["resettlement"]["town"] = {"sites": 30, "persons": 9000, "jobs": 900, "remoteness": 0.1}
    more = {
        "sample": 100,
        "registered_households": figure(20_000, "households"),
        "registered_persons": figure(60_000, "persons"),
        "rural_persons": figure(300_000, "persons"),
        "villages": figure(1_000, "villages"),
        "poor_villages": figure(250, "villages"),
        "weak_villages": figure(0.3, "share"),
        "cooperatives": figure(70, "cooperatives"),
    }
    return Place.model_validate({**place_data, **more})


def test_one_household_in_a_hundred_in_villages_of_twenty(large: Place) -> None:
    share = simulated_share(large, 1.0)
    households, persons = rural_totals(large, share)
    assert (share, households, persons) == (0.01, 1_000, 3_000)
    assert simulated_villages(large, households) == 50
    assert misfit(large, size_weights(resolve_parameters({}))) is None


def test_lists_and_sites_go_with_the_villages_and_what_they_hold_stays(large: Place) -> None:
    part = simulated_place(large, 50)
    assert part.villages.value == 50
    assert part.poor_villages is not None and part.poor_villages.value == 12  # a twentieth of 250, rounded to even
    assert part.weak_villages == large.weak_villages  # a share of whatever villages there are
    assert part.cooperatives == large.cooperatives
    assert part.resettlement is not None and large.resettlement is not None
    assert part.resettlement.town.sites == 2 and part.resettlement.city.sites == 1
    assert part.resettlement.town.persons == large.resettlement.town.persons == 9000
    assert part.registered_persons == large.registered_persons and part.rural_persons == large.rural_persons


def test_a_whole_place_stays_as_it_is(place_data: dict[str, Any], large: Place) -> None:
    place = Place.model_validate(place_data)
    assert simulated_place(place, 2) is place
    assert simulated_share(place, 0.3) == 0.3 and simulated_villages(place, 7) == 4
    assert simulated_place(large, 1_000) is large


@given(st.integers(1, 10**6), st.integers(1, 5_000), st.integers(1, 10**6))
def test_villages_of_a_sample_are_never_more_than_the_place_has_or_empty(
    sample: int, villages: int, households: int
) -> None:
    place = SMALL.model_copy(
        update={"sample": sample, "villages": SMALL.villages.model_copy(update={"value": villages})}
    )
    found = simulated_villages(place, households)
    assert 1 <= found <= villages
    if sample > 1:
        assert found <= households


SMALL = Place.model_validate(
    {
        "name": "small",
        "code": 1,
        "label": {"en": "Small"},
        "year": 2016,
        "deadline": 2020,
        "registered_households": figure(40, "households"),
        "registered_persons": figure(130, "persons"),
        "rural_persons": figure(600, "persons"),
        "household_size": figure(3.0, "persons"),
        "villages": figure(4, "villages"),
        "county_factor": figure(0.9, "ratio"),
    }
)
