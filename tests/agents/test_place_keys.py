"""The optional keys of a place: what each may be, and what does not fit together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from tuopin.agents.place import Place

NOTE = {"source": "made for a test", "confidence": "source-document"}
FREE = {"source": "made for a test", "confidence": "free"}


def figure(value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, **NOTE, **more}


INCOME = figure(4200, "yuan/person/year", facts=["some-fact"])
KEYS: dict[str, Any] = {
    "registered_exited": figure(100, "persons"),
    "line": {"value": {2017: 2500, 2019: 2900}, "unit": "yuan/person/year", **NOTE},
    "plan": {"value": {2017: 50}, "unit": "persons", **FREE, "range": [0.8, 1.2]},
    "poor_villages": figure(0.5, "share"),
    "weak_villages": figure(3, "villages"),
    "flood_villages": figure(1, "个村"),
    "townships": figure(2, "townships"),
    "land_per_person": figure(1.1, "mu/person"),
    "forest_per_person": figure(0, "亩/人"),
    "off_farm_share": figure(0.3, "share"),
    "line_shares": {"fruit": figure(0.6, "share"), "livestock": figure(0.4, "share")},
    "allowed_lines": ["fruit", "livestock"],
    "factories": [{"name": "shoes", "label": {"en": "Shoes"}, "jobs": figure(120, "jobs")}],
    "parameters": {"registry.exit_margin": figure(1.0, "ratio")},
    "sample": 10,
    "year": 2007,
    "deadline": 2001,
}


def test_a_place_with_every_key_is_read_and_read_again_from_json(place_data: dict[str, Any]) -> None:
    place = Place.model_validate({**place_data, **KEYS})
    assert place.line is not None and place.line.indexed and place.line.value[2019] == 2900
    assert place.poor_villages is not None and place.poor_villages.value == 0.5
    assert Place.model_validate_json(json.dumps(place.model_dump(mode="json"))) == place


def test_mean_income_stands_in_the_place_of_the_factor(place_data: dict[str, Any]) -> None:
    del place_data["county_factor"]
    place = Place.model_validate({**place_data, "mean_income": INCOME})
    assert place.county_factor is None and place.mean_income is not None
    assert place.mean_income.facts == ("some-fact",)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"mean_income": INCOME}, "mean_income: is given beside county_factor; allowed: one of the two"),
        ({"county_factor": None}, "county_factor: is missing; allowed: county_factor, or mean_income"),
        ({"registered_exited": figure(471, "persons")}, "is 471; allowed: up to 470 persons, who are not registered"),
        ({"registered_exited": figure(157, "households")}, "is 157; allowed: up to 156 households"),
        ({"registered_exited": figure(1.5, "persons")}, "whole number"),
        ({"line": {"value": {}, "unit": "yuan/person/year", **NOTE}}, "at least 1 item"),
        ({"line": {"value": {1999: 2500}, "unit": "yuan/person/year", **NOTE}}, "greater than or equal to 2000"),
        ({"line": {"value": {2017: 25}, "unit": "yuan/person/year", **NOTE}}, "2017: is 25; allowed: a number in 100"),
        ({"line": {"value": {2017: 2500}, "unit": "yuan", **NOTE}}, "unit: is 'yuan'; allowed: yuan/person/year"),
        ({"plan": {"value": {2017: 1.5}, "unit": "persons", **NOTE}}, "2017: is 1.5; allowed: a whole number"),
        ({"plan": {"value": {2017: 5}, "unit": "persons", **FREE}}, "need a prior range in multiples"),
        ({"plan": {"value": {2017: 5}, "unit": "persons", **FREE, "range": [2, 3]}}, "low <= 1 <= high"),
        ({"poor_villages": figure(5, "villages")}, "poor_villages: is 5; allowed: up to 4, all villages"),
        ({"poor_villages": figure(1.5, "villages")}, "whole number"),
        ({"weak_villages": figure(1.2, "share")}, "weak_villages: has a share of 1.2; allowed: a number in 0..1"),
        ({"line_shares": {"fruit": figure(0.7, "share"), "tea": figure(0.4, "share")}}, "sum to 1.1; allowed: up to 1"),
        ({"line_shares": {"grain": figure(0.7, "share")}}, "Input should be 'tea'"),
        ({"line_shares": {"fruit": figure(3, "households")}}, "a number in 0..1"),
        ({"allowed_lines": []}, "allowed_lines: is empty"),
        ({"allowed_lines": ["tea"]}, "anchors: cattle deals in livestock"),
        ({"allowed_lines": ["livestock"], "line_shares": {"tea": figure(0.1, "share")}}, "none of the allowed_lines"),
        ({"factories": [*KEYS["factories"], *KEYS["factories"]]}, "two have the same name"),
        ({"factories": [{**KEYS["factories"][0], "name": "cattle"}]}, "two have the same name, factories included"),
        ({"factories": [{**KEYS["factories"][0], "jobs": figure(1, "persons")}]}, "allowed: unit: jobs"),
        ({"parameters": {"x.y": {"value": 1.0, "unit": "-", **FREE}}}, "needs a prior range"),
        ({"parameters": {"x.y": {"value": 1.0, "unit": "-", **FREE, "range": [2, 3]}}}, "that holds the value 1.0"),
        ({"parameters": {"x.y": {"value": True, "unit": "-", **FREE, "range": [0, 1]}}}, "what is no number"),
        ({"sample": 0}, "greater than or equal to 1"),
        ({"sample": 1.5}, "valid integer"),
        ({"rural_persons": figure(60_000_000, "persons")}, "sample: leaves 60,000,000 persons to simulate; allowed: 3"),
        ({"townships": figure(0, "townships")}, "value: is 0; allowed: a whole number in 1"),
        ({"land_per_person": figure(101, "mu/person")}, "value: is 101"),
        ({"off_farm_share": {**figure(0.3, "share"), **FREE, "range": [0.2, 1.3]}}, "range: has 1.3"),
        ({"mean_incom": INCOME}, "Extra inputs"),
    ],
)
def test_what_does_not_fit_is_refused(place_data: dict[str, Any], change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Place.model_validate({key: value for key, value in {**place_data, **change}.items() if value is not None})
