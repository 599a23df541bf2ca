"""Figures of a place that are drawn: only uncertain ones, from their own ranges, alike over a region."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tuopin.agents.draws import Draw, pert, resolve_parameters
from tuopin.agents.parameters import name_key
from tuopin.agents.place import Place
from tuopin.agents.randomness import PARAMETERS, Luck
from tuopin.sim.run.draws import draw_place, drawn_figures

DRAW = Draw(Luck(3, 1), 2)


def restated(figure: dict[str, Any], low: float, high: float, confidence: str) -> dict[str, Any]:
    """A figure with a range and another confidence."""
    return {**figure, "confidence": confidence, "range": [low, high]}


@pytest.fixture
def place(place_data: dict[str, Any]) -> Place:
    for name, low, high, confidence in (
        ("county_factor", 0.8, 1.0, "free"),
        ("rural_persons", 500, 900, "approximate"),
        ("household_size", 2.5, 3.5, "source-document"),  # printed: not drawn
    ):
        place_data[name] = restated(place_data[name], low, high, confidence)
    place_data["anchors"][0]["capacity"] = restated(place_data["anchors"][0]["capacity"], 8, 20, "free")
    return Place.model_validate(place_data)


def quantile(id: str, low: float, mode: float, high: float) -> float:
    """The value of a figure by its own uniform, keyed by its id."""
    u = float(DRAW.luck.uniform(PARAMETERS, DRAW.attempt, np.array([name_key(id)]))[0])
    return pert(u, low, mode, high)


def test_uncertain_figures_are_drawn_from_their_ranges_and_printed_ones_kept(place: Place) -> None:
    drawn = draw_place(place, DRAW)
    assert drawn.county_factor.value == quantile("place.testing.county_factor", 0.8, 0.9, 1.0)
    assert drawn.rural_persons.value == round(quantile("place.testing.rural_persons", 500, 600, 900))
    assert isinstance(drawn.rural_persons.value, int)
    (anchor,) = drawn.anchors
    assert anchor.capacity.value == round(quantile("place.testing.cattle.capacity", 8, 12, 20))
    # nothing else moves
    figures = {"county_factor": place.county_factor, "rural_persons": place.rural_persons, "anchors": place.anchors}
    assert drawn.model_copy(update=figures) == place
    assert drawn.county_factor.value != 0.9 and drawn.rural_persons.value != 600


def test_the_table_of_draws_says_what_the_place_was_given(place: Place) -> None:
    drawn = draw_place(place, DRAW)
    assert dict(drawn_figures(place, DRAW)) == {
        "place.testing.county_factor": drawn.county_factor.value,
        "place.testing.rural_persons": drawn.rural_persons.value,
        "place.testing.cattle.capacity": drawn.anchors[0].capacity.value,
    }


def test_replicates_and_attempts_draw_anew(place: Place) -> None:
    others = [Draw(Luck(3, 1), 2), Draw(Luck(3, 1), 3), Draw(Luck(3, 2), 2), Draw(Luck(4, 1), 2)]
    assert len({draw_place(place, draw).county_factor.value for draw in others}) == 4


def test_counties_of_a_region_share_its_draw_and_no_other_places(place: Place, place_data: dict[str, Any]) -> None:
    """What is not known of them is not known of all alike, each within its own range."""
    counties = []
    for name, before, high in (("east", 0, 1.0), ("west", 130, 1.2)):
        member = {"name": "land", "persons_before": before, "persons": 130, "persons_in_all": 500}
        factor = restated(place_data["county_factor"], 0.8, high, "free")
        counties.append(Place.model_validate({**place_data, "name": name, "region": member, "county_factor": factor}))
    east, west = (draw_place(county, DRAW) for county in counties)
    assert east.county_factor.value == quantile("place.land.county_factor", 0.8, 0.9, 1.0)
    assert west.county_factor.value == quantile("place.land.county_factor", 0.8, 0.9, 1.2)
    assert east.rural_persons == west.rural_persons
    assert dict(drawn_figures(counties[1], DRAW))["place.land.county_factor"] == west.county_factor.value
    assert draw_place(place, DRAW).county_factor.value != east.county_factor.value


def test_jobs_at_resettlement_sites_are_drawn_together(place_data: dict[str, Any]) -> None:
    place_data["resettlement"]["jobs_factor"] = {
        "value": 1.0,
        "unit": "ratio",
        "source": "made for a test",
        "confidence": "free",
        "range": [0.4, 1.3],
    }
    place = Place.model_validate(place_data)
    drawn = draw_place(place, DRAW)
    factor = quantile("place.testing.jobs_factor", 0.4, 1.0, 1.3)
    assert drawn.resettlement is not None and drawn.resettlement.jobs_factor is not None
    assert drawn.resettlement.jobs_factor.value == factor != 1.0
    assert dict(drawn_figures(place, DRAW)) == {"place.testing.jobs_factor": factor}


def test_a_county_of_a_region_keeps_at_least_one_village(place_data: dict[str, Any]) -> None:
    # a part of a range may lie under what a county must have
    place_data["villages"] = {**place_data["villages"], "value": 1, "confidence": "free", "range": [0.1, 1.2]}
    place = Place.model_validate(place_data)
    assert {draw_place(place, Draw(Luck(3, r))).villages.value for r in range(40)} == {1}
    assert all(dict(drawn_figures(place, Draw(Luck(3, r)))) == {"place.testing.villages": 1.0} for r in range(40))


def test_what_a_place_says_of_itself_is_drawn_from_its_own_ranges(place_data: dict[str, Any]) -> None:
    free = {"source": "made for a test", "confidence": "free"}
    more = {
        "land_per_person": {"value": 1.0, "unit": "mu/person", **free, "range": [0.5, 2.0]},
        "registered_exited": {"value": 90, "unit": "persons", **free, "range": [50, 200]},
        "plan": {"value": {2017: 100, 2018: 10}, "unit": "persons", **free, "range": [0.5, 1.5]},
        "line": {"value": {2017: 3000}, "unit": "yuan/person/year", **free, "range": [0.9, 1.2]},
        "line_shares": {"fruit": {"value": 0.4, "unit": "share", **free, "range": [0.2, 0.5]}},
        "parameters": {"registry.exit_margin": {"value": 1.0, "unit": "ratio", **free, "range": [0.9, 1.2]}},
        "factories": [
            {
                "name": "shoes",
                "label": {"en": "Shoes"},
                "jobs": {"value": 100, "unit": "jobs", **free, "range": [50, 400]},
            }
        ],
    }
    place = Place.model_validate({**place_data, **more})
    drawn = draw_place(place, DRAW)
    land = quantile("place.testing.land_per_person", 0.5, 1.0, 2.0)
    assert drawn.land_per_person is not None and drawn.land_per_person.value == land
    assert drawn.registered_exited is not None
    assert drawn.registered_exited.value == round(quantile("place.testing.registered_exited", 50, 90, 200))
    times = quantile("place.testing.plan", 0.5, 1.0, 1.5)
    assert drawn.plan is not None and drawn.plan.value == {2017: round(100 * times), 2018: round(10 * times)}
    assert drawn.line is not None and drawn.line.value[2017] == 3000 * quantile("place.testing.line", 0.9, 1.0, 1.2)
    margin = quantile("place.testing.registry.exit_margin", 0.9, 1.0, 1.2)
    assert drawn.parameters["registry.exit_margin"].value == margin
    fruit = quantile("place.testing.line_shares.fruit", 0.2, 0.4, 0.5)
    assert drawn.line_shares["fruit"].value == fruit
    jobs = round(quantile("place.testing.shoes.jobs", 50, 100, 400))
    assert drawn.factories[0].jobs.value == jobs
    table = dict(drawn_figures(place, DRAW))
    assert table["place.testing.land_per_person"] == land and table["place.testing.shoes.jobs"] == jobs
    assert table["place.testing.plan"] == 100 * times and table["place.testing.line_shares.fruit"] == fruit
    # the numbers of the run are those drawn of the place, not drawn anew of the model's range
    here = resolve_parameters({}, DRAW, drawn)
    assert here.value("registry.exit_margin") == margin and here.value("production.land_per_person") == land
