"""Numbers of the model as a place has them: below the study's, above the model's, and only those it speaks of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.draws import Draw, resolve_parameters
from tuopin.agents.economy import price_index, registry_line
from tuopin.agents.parameters import model_parameters
from tuopin.agents.place import Place
from tuopin.agents.place_keys import OWN_LINES
from tuopin.agents.place_parameters import has_own_numbers, share_of
from tuopin.agents.randomness import Luck

NOTE = {"source": "made for a test", "confidence": "source-document"}


def figure(value: Any, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, **NOTE}


@pytest.mark.parametrize(
    ("key", "unit", "id"),
    [
        ("land_per_person", "mu/person", "production.land_per_person"),
        ("forest_per_person", "mu/person", "production.forest_per_person"),
        ("off_farm_share", "share", "labour.initial_off_farm_share"),
    ],
)
def test_a_key_stands_for_one_number_and_moves_no_other(
    place_data: dict[str, Any], key: str, unit: str, id: str
) -> None:
    place = Place.model_validate({**place_data, key: figure(0.25, unit)})
    here = resolve_parameters({}, place=place)
    assert here.value(id) == 0.25 and here[id].source == "made for a test"
    assert {i for i, p in here.entries.items() if p != model_parameters()[i]} == {id}
    assert resolve_parameters({id: 0.5}, place=place).value(id) == 0.5  # the study's own wins


def test_numbers_of_a_place_lie_below_the_studys(place_data: dict[str, Any]) -> None:
    own = {
        "registry.exit_margin": figure(1.3, "ratio"),
        "registry.exit_share": figure({2017: 0.1, 2018: 0.2}, "share of persons then registered"),
    }
    place = Place.model_validate({**place_data, "parameters": own})
    here = resolve_parameters({"registry.exit_share": {2018: 0.9}}, place=place)
    assert here.value("registry.exit_margin") == 1.3
    assert [here.value("registry.exit_share", year) for year in (2017, 2018, 2019)] == [0.1, 0.9, 1.0]


def test_a_place_without_keys_has_the_models_numbers(place_data: dict[str, Any]) -> None:
    place = Place.model_validate(place_data)
    assert not has_own_numbers(place)
    draw = Draw(Luck(3, 1))
    assert resolve_parameters({}, draw, place).entries == resolve_parameters({}, draw).entries


def test_numbers_of_a_place_are_not_drawn_as_the_models_are(place_data: dict[str, Any]) -> None:
    place = Place.model_validate({**place_data, "land_per_person": figure(0.7, "mu/person")})
    assert resolve_parameters({}, Draw(Luck(3, 1)), place).value("production.land_per_person") == 0.7


def line_of(place_data: dict[str, Any], indexed: bool) -> Place:
    line = {"value": {2007: 2500, 2010: 2600}, "indexed": indexed, "unit": "yuan/person/year", **NOTE}
    return Place.model_validate({**place_data, "line": line})


def test_a_line_goes_on_with_prices_or_stays_in_money(place_data: dict[str, Any]) -> None:
    indexed, nominal = (resolve_parameters({}, place=line_of(place_data, x)) for x in (True, False))
    assert [registry_line(nominal, year) for year in (2007, 2009, 2010, 2013, 2040)] == [2500, 2500, 2600, 2600, 2600]
    assert [registry_line(indexed, year) for year in (2007, 2009, 2010)] == [2500, 2500, 2600]
    # prices of 2011, 2012 and 2013 rose by 5.8, 2.5 and 2.8%
    assert registry_line(indexed, 2013) == pytest.approx(2600 * 1.058 * 1.025 * 1.028)
    assert registry_line(indexed, 2030) == pytest.approx(2600 * price_index(indexed, 2030, 2010))


def test_a_study_may_set_a_year_of_the_places_line(place_data: dict[str, Any]) -> None:
    here = resolve_parameters({"economy.registry_line": {2012: 4000}}, place=line_of(place_data, False))
    assert [registry_line(here, year) for year in (2011, 2012, 2013)] == [2600, 4000, 2600]


@given(st.dictionaries(st.sampled_from(OWN_LINES), st.integers(0, 10), max_size=5), st.sets(st.sampled_from(OWN_LINES)))
def test_shares_of_lines_never_pass_one_and_what_is_not_allowed_is_nobodys(
    tenths: dict[str, int], more: set[str]
) -> None:
    total = max(10, sum(tenths.values()))
    allowed = {*tenths, *more, "livestock"}
    place = SMALL.model_copy(
        update={
            "line_shares": {
                line: SMALL.household_size.model_copy(update={"value": n / total, "unit": "share"})
                for line, n in tenths.items()
            },
            "allowed_lines": tuple(sorted(allowed)),
        }
    )
    here = resolve_parameters({}, place=place)
    shares = {line: here.value(share_of(line)) for line in OWN_LINES}
    assert sum(shares.values()) <= 1.0 + 1e-9
    assert all(shares[line] == 0.0 for line in set(OWN_LINES) - allowed)
    if sum(tenths.values()) < 3:  # nothing had to give way
        assert all(shares[line] == pytest.approx(n / total) for line, n in tenths.items())


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
