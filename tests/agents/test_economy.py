"""Lines, prices and wages: printed series, then named assumptions; a run with no real growth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tuopin.agents.draws import resolve_parameters
from tuopin.agents.economy import (
    inflation,
    labour_demand,
    margin_index,
    monthly_wage,
    price_index,
    registry_line,
    statistical_line,
)
from tuopin.agents.parameters import Parameters, model_parameters

SERIES: dict[str, Any] = {
    "economy.rural_cpi": {2016: 0.02, 2017: 0.10, 2018: 0.05},
    "economy.rural_cpi_after": 0.02,
    "economy.statistical_line_2016": 3000.0,
    "economy.registry_line": {2016: 2900.0, 2017: 3000.0, 2018: 4000.0},
    "economy.migrant_wage": {2016: 1000.0, 2017: 1210.0},
    "economy.wage_growth_after": 0.04,
    "economy.local_real_growth": 0.10,
    "economy.off_farm_growth": 0.03,
    "economy.real_growth_switch": 1.0,
}


def given(**more: Any) -> Parameters:
    known = model_parameters()
    values = {**SERIES, **{f"economy.{k}": v for k, v in more.items()}}
    return Parameters({**known, **{id: replace(known[id], value=value) for id, value in values.items()}})


@pytest.mark.parametrize("name", ["registry_line", "rural_cpi", "migrant_wage"])
def test_a_number_stands_for_all_years_also_after_the_last_printed_one(name: str) -> None:
    rule = {"registry_line": registry_line, "rural_cpi": inflation, "migrant_wage": printed_wage}[name]
    p = resolve_parameters({f"economy.{name}": 0.5 if name == "rural_cpi" else 3500.0})
    assert {rule(p, year) for year in range(2008, 2041)} == {p.value(f"economy.{name}")}


@pytest.mark.parametrize("named", [2016, 2018, 2020, 2022, 2030])
@pytest.mark.parametrize("name", ["registry_line", "rural_cpi", "migrant_wage"])
def test_naming_a_year_changes_that_year_alone(name: str, named: int) -> None:
    rule = {"registry_line": registry_line, "rural_cpi": inflation, "migrant_wage": printed_wage}[name]
    value = 0.5 if name == "rural_cpi" else 3500.0
    before, after = resolve_parameters({}), resolve_parameters({f"economy.{name}": {named: value}})
    assert rule(after, named) == value
    assert [y for y in range(2008, 2041) if rule(before, y) != rule(after, y)] == [named]


def printed_wage(p: Parameters, year: int) -> float:
    return monthly_wage(p, year, 2040)


def test_prices_chain_and_run_backwards() -> None:
    p = given()
    assert [inflation(p, y) for y in (2017, 2018, 2019)] == [0.10, 0.05, 0.02]
    assert price_index(p, 2016) == 1.0
    assert price_index(p, 2018) == pytest.approx(1.10 * 1.05)
    assert price_index(p, 2020) == pytest.approx(1.10 * 1.05 * 1.02**2)
    assert price_index(p, 2015) == pytest.approx(1 / 1.02)
    assert price_index(p, 2018, 2017) == pytest.approx(1.05)
    assert price_index(p, 2017, 2018) == pytest.approx(1 / 1.05)


def test_lines() -> None:
    p = given()
    assert statistical_line(p, 2016) == 3000.0
    assert statistical_line(p, 2018) == pytest.approx(3000 * 1.155)
    # the registry's printed line is nominal; after its last year it follows prices
    assert registry_line(p, 2018) == 4000.0
    assert registry_line(p, 2019) == pytest.approx(4080.0)


def test_wages_are_printed_then_continued() -> None:
    p = given()
    assert monthly_wage(p, 2016, 2016) == 1000.0
    assert monthly_wage(p, 2017, 2016) == pytest.approx(1210.0)
    assert monthly_wage(p, 2019, 2016) == pytest.approx(1210.0 * 1.04**2)


def test_margins_grow_with_prices_and_real_growth() -> None:
    p = given()
    assert margin_index(p, 2016, 2016) == 1.0
    assert margin_index(p, 2018, 2016) == pytest.approx(1.10 * 1.05 * 1.10**2)
    assert margin_index(p, 2015, 2016) == pytest.approx(1 / 1.02 / 1.10)


def test_zero_real_growth_leaves_only_prices() -> None:
    p = given(real_growth_switch=0.0)
    for year in (2017, 2018, 2022):
        prices = price_index(p, year)
        assert monthly_wage(p, year, 2016) == pytest.approx(1000.0 * prices)
        assert margin_index(p, year, 2016) == pytest.approx(prices)
        assert labour_demand(p, year, 2016) == 1.0
    # what was before the initial state is history and stays
    assert monthly_wage(p, 2016, 2016) == 1000.0
    assert margin_index(p, 2015, 2016) == pytest.approx(1 / 1.02 / 1.10)


def test_half_the_real_growth() -> None:
    p = given(real_growth_switch=0.5)
    # 2017: nominal 1.21, prices 1.10, real growth 1.1, half of it sqrt(1.1)
    assert monthly_wage(p, 2017, 2016) == pytest.approx(1000.0 * 1.10 * 1.1**0.5)
    assert labour_demand(p, 2018, 2016) == pytest.approx(1.015**2)


def test_labour_demand_grows_from_the_start() -> None:
    p = given()
    assert labour_demand(p, 2014, 2016) == 1.0
    assert labour_demand(p, 2018, 2016) == pytest.approx(1.03**2)
