"""Lines, prices and wages of a year: printed series, then named assumptions after their end."""

from __future__ import annotations

from tuopin.agents.parameters import Parameter, Parameters

BASE_YEAR = 2016
"""Amounts without a year of their own are at its prices."""
LINES_AND_PRICES = (
    "economy.rural_cpi",
    "economy.rural_cpi_after",
    "economy.statistical_line_2016",
    "economy.rural_income",
    "economy.official_income_multiple",
    "economy.official_consumption_multiple",
)
"""What poverty is measured by: places are compared, and counties of a region added up, on the same ones."""
YARDSTICKS = (*LINES_AND_PRICES, "village.subsistence_food", "income_risk.survey_error_variance")
"""Numbers that only measure: what counts as poor, what money is worth. All scenarios of a study share them."""
GROWING = (
    "economy.wage_growth_after",
    "economy.off_farm_growth",
    "economy.local_real_growth",
    "economy.real_growth_switch",
)
"""Rates whose effect has grown since the initial year: changed in a later year they would change the years before."""
INCOME_FLOOR = 100.0
"""Yuan a person: income below it is ranked as this, since zero and losses have no logarithm."""


def _last(series: Parameter) -> float:
    """The last value that a series itself gives, to go on from."""
    value = series.unchanged(int(series.last_year))
    assert value is not None
    return float(value)


def inflation(p: Parameters, year: int) -> float:
    """Rural consumer price inflation of `year` (share)."""
    printed = p["economy.rural_cpi"]
    if year > printed.last_year and year not in printed.changed:
        return p.value("economy.rural_cpi_after")
    return p.value("economy.rural_cpi", year)


def price_index(p: Parameters, year: int, base: int = BASE_YEAR) -> float:
    """Rural consumer prices of `year` against `base` (ratio)."""
    return p.remember(("price_index", year, base), lambda: _price_index(p, year, base))


def _price_index(p: Parameters, year: int, base: int) -> float:
    index = 1.0
    for y in range(min(year, base) + 1, max(year, base) + 1):
        index *= 1.0 + inflation(p, y)
    return index if year >= base else 1.0 / index


def statistical_line(p: Parameters, year: int) -> float:
    """The statistical line in yuan a person: the 2016 value indexed by rural consumer prices."""
    return p.value("economy.statistical_line_2016") * price_index(p, year)


def registry_line(p: Parameters, year: int) -> float:
    """The registry's printed nominal line in yuan a person, indexed by prices after its last year."""
    printed = p["economy.registry_line"]
    if year <= printed.last_year or year in printed.changed:
        return p.value("economy.registry_line", year)
    last = int(printed.last_year)
    return _last(printed) * price_index(p, year, last)


def _damped(p: Parameters, nominal: float, year: int, start: int) -> float:
    """Let through only the switched share of the real growth that `nominal` made between `start` and `year`."""
    share = p.value("economy.real_growth_switch")
    if year <= start or share >= 1.0:
        return nominal
    prices = price_index(p, year, start)
    return float(prices * (nominal / prices) ** share)


def monthly_wage(p: Parameters, year: int, start: int) -> float:
    """Mean off-farm wage in yuan a month; real growth after `start` is damped by `economy.real_growth_switch`."""
    return p.remember(("monthly_wage", year, start), lambda: _monthly_wage(p, year, start))


def _monthly_wage(p: Parameters, year: int, start: int) -> float:
    series = p["economy.migrant_wage"]

    def printed(y: int) -> float:
        if y <= series.last_year or y in series.changed:
            return p.value("economy.migrant_wage", y)
        last = int(series.last_year)
        return _last(series) * (1.0 + p.value("economy.wage_growth_after")) ** (y - last)

    if year <= start:
        return printed(year)
    before = monthly_wage(p.past, start, start)  # the initial year's, which all scenarios share
    return before * _damped(p, printed(year) / before, year, start)


def margin_index(p: Parameters, year: int, start: int) -> float:
    """Nominal business margins of `year` against 2016: prices times real growth (damped after `start`)."""
    return p.remember(("margin_index", year, start), lambda: _margin_index(p, year, start))


def _margin_index(p: Parameters, year: int, start: int) -> float:
    growth = 1.0 + p.value("economy.local_real_growth")
    growth_before = 1.0 + p.past.value("economy.local_real_growth")
    before = price_index(p, min(year, start)) * growth_before ** (min(year, start) - BASE_YEAR)
    after = price_index(p, max(year, start), start) * growth ** max(0, year - start)
    return before * _damped(p, after, year, start)


def labour_demand(p: Parameters, year: int, start: int) -> float:
    """Off-farm labour demand against `start` (ratio)."""
    growth = p.value("economy.off_farm_growth") * p.value("economy.real_growth_switch")
    return (1.0 + growth) ** max(0, year - start)
