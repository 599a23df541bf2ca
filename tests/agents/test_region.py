"""Regions: synthetic counties that sum exactly, totals and budgets split without a rest, what is common in luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tuopin.agents import shocks
from tuopin.agents.place import Membership, Place
from tuopin.agents.region import RegionFile, county_data, spread_counties

NOTE = {"source": "made for a test", "confidence": "source-document"}


def figure(value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, **NOTE, **more}


COLUMNS = {
    "registered_households": {**NOTE, "unit": "households"},
    "registered_persons": {**NOTE, "unit": "persons"},
}


def region(**changes: Any) -> RegionFile:
    zone = {"sites": 3, "persons": 100, "jobs": 10, "remoteness": 0.1}
    none = {"sites": 0, "persons": 0, "jobs": 0, "remoteness": 0.4}
    data: dict[str, Any] = {
        "kind": "region",
        "name": "land",
        "label": {"en": "Land"},
        "year": 2014,
        "table": "land.csv",
        "synthetic": True,
        "columns": COLUMNS,
        "alike": {"household_size": figure(3.0, "persons"), "county_factor": figure(0.4, "ratio"), "deadline": 2020},
        "totals": {
            "rural_persons": figure(1200, "persons"),
            "villages": figure(10, "villages"),
            "cooperatives": figure(7, "cooperatives"),
            "resettlement": {
                "source": "made for a test",
                "confidence": "source-document",
                "city": zone,
                "industrial_park": none,
                "town": none,
                "scenic_area": none,
                "central_village": none,
            },
        },
    }
    return RegionFile.model_validate({**data, **changes})


ROWS: list[dict[str, Any]] = [
    {"name": "big", "code": 1, "label_en": "Big", "registered_households": 60, "registered_persons": 180},
    {"name": "mid", "code": 2, "registered_households": 30, "registered_persons": 90},
    {"name": "small", "code": 3, "registered_households": 10, "registered_persons": 30},
]


def test_counties_get_parts_of_the_totals_and_what_is_alike() -> None:
    counties = [Place.model_validate(data) for data in county_data(region(), ROWS)]
    assert [c.name for c in counties] == ["big", "mid", "small"]
    assert [c.label.en for c in counties] == ["Big", "mid", "small"]
    # persons 180, 90, 30 of 300: villages 6, 3, 1; cooperatives 4.2, 2.1, 0.7, so the unit left goes to the third
    assert [c.villages.value for c in counties] == [6, 3, 1]
    assert [c.cooperatives.value for c in counties if c.cooperatives] == [4, 2, 1]
    sites = [c.resettlement.city for c in counties if c.resettlement]
    assert [s.persons for s in sites] == [60, 30, 10] and [s.jobs for s in sites] == [6, 3, 1]
    assert [s.sites for s in sites] == [
        2,
        1,
        1,
    ]  # 1.8, .9 and .3 of three sites are 2, 1 and 0: a site is added for 10 persons
    assert all((c.year, c.deadline, c.synthetic, c.county_factor.value) == (2014, 2020, True, 0.4) for c in counties)


def test_rural_persons_of_the_whole_are_split_with_their_range() -> None:
    whole = {**NOTE, "unit": "persons", "value": 1200, "confidence": "free", "range": [900, 1800]}
    totals = {"rural_persons": whole, "villages": figure(10, "villages")}
    county = Place.model_validate(county_data(region(totals=totals, registered_only=True), ROWS)[0])
    assert county.rural_persons.value == 720 and county.rural_persons.range == (540, 1080)
    assert county.registered_only


def test_a_column_wins_over_what_is_alike_and_carries_its_range_in_multiples() -> None:
    columns = {
        **COLUMNS,
        "rural_persons": {**NOTE, "unit": "persons", "confidence": "free", "range": [0.5, 2.0]},
    }
    totals = {"villages": figure(10, "villages")}
    rows = [{**row, "rural_persons": 10 * row["registered_persons"], "deadline": 2018} for row in ROWS]
    county = Place.model_validate(county_data(region(columns=columns, totals=totals), rows)[2])
    assert county.rural_persons.value == 300 and county.rural_persons.range == (150, 600)
    assert county.deadline == 2018


@pytest.mark.parametrize(
    ("note", "words"),
    [({"confidence": "free"}, "needs a prior range"), ({"confidence": "free", "range": [1.1, 2]}, "low <= 1 <= high")],
)
def test_a_column_without_a_source_needs_a_range_around_one(note: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        region(columns={"registered_households": {**NOTE, "unit": "households", **note}})


@pytest.mark.parametrize("table", ["../land.csv", "land.xlsx", "a\\land.csv"])
def test_the_table_lies_beside_the_file(table: str) -> None:
    with pytest.raises(ValidationError, match="CSV file beside"):
        region(table=table)


@given(st.integers(0, 10**13), st.lists(st.integers(1, 10**6), min_size=1, max_size=30))
def test_parts_of_a_budget_sum_to_it(total: int, persons: list[int]) -> None:
    parts = [
        Membership(name="r", persons_before=sum(persons[:k]), persons=n, persons_in_all=sum(persons)).part(total)
        for k, n in enumerate(persons)
    ]
    assert sum(parts) == total
    assert all(
        abs(part - total * n / sum(persons)) <= 1.0 + total * 1e-15 for part, n in zip(parts, persons, strict=True)
    )


def test_a_place_of_its_own_gets_all(place_data: dict[str, Any]) -> None:
    assert Place.model_validate(place_data).part(1_234_567) == 1_234_567


def test_spread_by_hand() -> None:
    assert spread_counties(100, 304, 1, 0.6) == [(100, 304)]
    # without spread all are alike; with a log sd of ln 2 / 0.6745 the quartiles of two counties are 1/2 and 2: 80 and
    # 20
    assert spread_counties(100, 300, 2, 0.0) == [(50, 150), (50, 150)]
    assert spread_counties(100, 300, 2, float(np.log(2.0)) / 0.6744897501960817) == [(80, 240), (20, 60)]


@given(st.integers(1, 400), st.floats(0.0, 1.0), st.integers(100, 5000), st.floats(1.0, 4.0))
def test_spread_is_exact_and_the_largest_come_first(counties: int, log_sd: float, each: int, size: float) -> None:
    households = counties * each
    persons = round(households * size)
    parts = spread_counties(households, persons, counties, log_sd)
    assert (sum(h for h, _ in parts), sum(p for _, p in parts)) == (households, persons)
    assert [h for h, _ in parts] == sorted((h for h, _ in parts), reverse=True)
    assert all(abs(p - size * h) <= 2.0 for h, p in parts)


def test_too_few_households_are_refused() -> None:
    with pytest.raises(ValueError, match="without any"):
        spread_counties(10, 30, 20, 0.6)


def test_prices_and_labour_demand_are_common_and_weather_is_each_places_own(by_hand: Any) -> None:
    on = {"price_risk": True, "weather": True, "job_risk": True}
    here, there = (by_hand(1, mechanisms=on, place={"code": code, "name": f"p{code}"}) for code in (7, 8))
    for county in (here, there):
        shocks.strike_county(county)
    np.testing.assert_array_equal(here.markets.price, there.markets.price)
    assert here.markets.labour_demand == there.markets.labour_demand
    assert here.markets.weather != there.markets.weather
    assert here.markets.price.std() > 0


def test_villages_earlier_exits_and_plans_of_the_whole_are_split_to_the_unit() -> None:
    plan = {"value": {2015: 100, 2016: 7}, "unit": "persons", **NOTE}
    totals = {
        "rural_persons": figure(1200, "persons"),
        "villages": figure(10, "villages"),
        "poor_villages": figure(5, "villages"),
        "registered_exited": figure(41, "persons"),
        "plan": plan,
    }
    counties = [Place.model_validate(data) for data in county_data(region(totals=totals), ROWS)]
    assert [c.poor_villages.value for c in counties if c.poor_villages] == [
        3,
        2,
        0,
    ]  # 3, 1.5, .5: the rest to the second
    assert [c.registered_exited.value for c in counties if c.registered_exited] == [25, 12, 4]
    assert [c.plan.value for c in counties if c.plan] == [{2015: 60, 2016: 4}, {2015: 30, 2016: 2}, {2015: 10, 2016: 1}]


def test_a_countys_own_plan_and_income_come_from_its_columns() -> None:
    columns = {
        **COLUMNS,
        "mean_income": {**NOTE, "unit": "yuan/person/year", "confidence": "approximate", "range": [0.9, 1.1]},
        "plan": {**NOTE, "unit": "persons"},
    }
    alike = {"household_size": figure(3.0, "persons"), "deadline": 2020, "sample": 1}
    rows = [{**row, "mean_income": 5000, "plan_2015": 9, "plan_2016": k} for k, row in enumerate(ROWS)]
    county = Place.model_validate(county_data(region(columns=columns, alike=alike), rows)[2])
    assert county.county_factor is None and county.mean_income is not None
    assert county.mean_income.value == 5000 and county.mean_income.range == (4500, 5500)
    assert county.plan is not None and county.plan.value == {2015: 9, 2016: 2}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"totals": {"poor_villages": figure(0.3, "share")}},
            "a whole number of villages of the region, or a share in",
        ),
        ({"columns": {**COLUMNS, "plan": {**NOTE, "unit": "households"}}}, "plan is in 'households'"),
        ({"alike": {"sample": 0}}, "greater than or equal to 1"),
    ],
)
def test_keys_of_a_region_are_checked(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        region(**changes)
