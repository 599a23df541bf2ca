"""Series are not extended backwards in silence: refused with the years there are, or told as an assumption."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tuopin.agents.place import Place
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.series import held_by_programmes, held_series
from tuopin.sim.study.study import Study

NOTE = {"source": "made for a test", "confidence": "source-document"}
LINE = {"value": {2007: 2500}, "unit": "yuan/person/year", **NOTE}
INCOME = {"value": 4200, "unit": "yuan/person/year", **NOTE}


@pytest.fixture
def told(tmp_path: Path, place_data: dict[str, Any]) -> Callable[..., list[str]]:
    """Give what a study of a place of `year` is refused for; nothing if it is good."""

    def make(year: int, given: dict[str, Any] | None = None, **place: Any) -> list[str]:
        data = copy.deepcopy(place_data)
        for figure in ("registered_households", "registered_persons", "rural_persons", "household_size", "villages"):
            data[figure].pop("range", None)
        data |= {"year": year, "deadline": 2020, **place}
        data = {key: value for key, value in data.items() if value is not None}
        (tmp_path / "places").mkdir(exist_ok=True)
        YAML(typ="safe").dump(data, tmp_path / "places" / "testing.yaml")
        study = {
            "name": "s",
            "place": "testing",
            "years": f"{year}-{year + 2}",
            "baseline": "none",
            "scenarios": {"none": {}},
            "parameters": given or {},
        }
        try:
            Study.from_dict(study, beside=tmp_path)
        except StudyError as error:
            return [str(problem) for problem in error.problems]
        return []

    return make


def test_years_that_the_series_cover_are_good(told: Callable[..., list[str]]) -> None:
    assert told(2016) == []
    assert told(2013) == []  # lived into from 2009 on
    assert told(2006, line=LINE, mean_income=INCOME, county_factor=None) == []  # from 2002 on, the first year there is


def test_a_year_too_early_is_refused_with_the_years_there_are_and_what_to_do(told: Callable[..., list[str]]) -> None:
    (prices, wages, line, income) = told(2004)
    assert "place: 'testing' needs economy.rural_cpi of 2000-2001, which the series does not have" in prices
    assert (
        "allowed: years 2002-2020; a place of 2006 or later, or parameters: {economy.rural_cpi: {2000: ...}}" in prices
    )
    assert "needs economy.migrant_wage of 2000-2001" in wages and "2002-2022" in wages
    assert "needs economy.registry_line of 2005-2006" in line and "2010-2020; line in the place file, or" in line
    assert "needs economy.poor_area_income of 2004" in income
    assert "years 2013-2020, 2022; mean_income in the place file, or parameters" in income


@pytest.mark.parametrize(
    "parameters",
    [
        {"economy.rural_cpi": {2000: 0.0, 2001: 0.01}, "economy.migrant_wage": {2000: 600, 2001: 630}},
        {"economy.rural_cpi": 0.02, "economy.migrant_wage": {"value": 900, "unit": "yuan/month"}},
    ],
)
def test_values_of_ones_own_are_enough(told: Callable[..., list[str]], parameters: dict[str, Any]) -> None:
    assert told(2004, parameters, line=LINE, mean_income=INCOME, county_factor=None) == []
    assert len(told(2003, parameters, line=LINE, mean_income=INCOME, county_factor=None)) == (
        0 if "value" in str(parameters) else 2
    )


def test_the_gap_of_2021_and_years_after_the_last_are_not_filled(told: Callable[..., list[str]]) -> None:
    assert told(2020) == [] and told(2022) == []
    for year in (2021, 2023):
        (income,) = told(year)
        assert f"needs economy.poor_area_income of {year}" in income
        assert told(year, {"economy.poor_area_income": {year: 14_000}}) == []


def test_a_place_may_give_wages_of_its_own(told: Callable[..., list[str]]) -> None:
    wages = {"value": {2000: 600, 2001: 630}, "unit": "yuan/month", **NOTE}
    own = {"parameters": {"economy.migrant_wage": wages}}
    (prices,) = told(2004, line=LINE, mean_income=INCOME, county_factor=None, **own)
    assert "economy.rural_cpi" in prices


def test_series_that_are_held_are_told(place_data: dict[str, Any]) -> None:
    place = Place.model_validate({**place_data, "year": 2012})  # lived into from 2008 on
    assert ("health.inpatient_rate", 2010, 2008) in held_series(place, {})
    assert not [id for id, *_ in held_series(place, {"health.inpatient_rate": 0.1}) if id.startswith("health")]
    late = Place.model_validate({**place_data, "year": 2020})
    assert held_series(late, {}) == []


def test_series_of_programmes_that_are_held_are_told() -> None:
    from tuopin.sim.study.declarations import declared

    programmes = {name: policy.parameters for name, policy in declared().policies.items()}
    begun = held_by_programmes(2009, programmes, {"health_insurance": {}, "relocation": {"leakage": 0.1}})
    assert ("health_insurance.aid_rate", 2017, 2009) in begun
    assert not [id for id, *_ in begun if id.startswith("relocation")]
    assert held_by_programmes(2017, programmes, {"health_insurance": {}}) == []
