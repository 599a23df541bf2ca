"""The numbers of one year for the plain-Mesa reference: the engine's parameter values; series are continued here
anew.
"""

from __future__ import annotations

from types import SimpleNamespace

from tuopin.agents.parameters import Parameters

SOLD_OUTSIDE = ("none", "grain", "tourism", "trade")


def numbers_of(parameters: Parameters, year: int, start: int) -> SimpleNamespace:
    """Every parameter of `year` as `now.group.name`, and what follows from series: prices, lines, wages, margins."""
    groups: dict[str, dict[str, float]] = {}
    for id in parameters:
        group, name = id.split(".")
        groups.setdefault(group, {})[name] = parameters.value(id, year)
    now = SimpleNamespace(**{group: SimpleNamespace(**values) for group, values in groups.items()})
    assert now.economy.real_growth_switch == 1.0, "the reference knows real growth let through in full only"
    now.year = year
    now.prices = prices(parameters, year)
    now.line = parameters.value("economy.statistical_line_2016") * now.prices
    now.registry_line = registry_line(parameters, year)
    now.margins = now.prices * (1.0 + now.economy.local_real_growth) ** (year - 2016)
    now.demand = (1.0 + now.economy.off_farm_growth) ** (year - start)
    monthly = monthly_wage(parameters, year) * now.labour.wage_discount
    now.wage_growth = monthly_wage(parameters, year) / monthly_wage(parameters, 2016)
    now.wage_away = monthly * now.labour.months * now.labour.away_wage_ratio * now.labour.remitted_share
    now.wage_local = monthly * now.labour.months * now.labour.local_wage_ratio
    return now


def prices(parameters: Parameters, year: int) -> float:
    """Rural consumer prices against 2016, for years from 2016 on."""
    level = 1.0
    for y in range(2017, year + 1):
        printed = parameters["economy.rural_cpi"].value
        level *= 1.0 + (printed[y] if y in printed else parameters.value("economy.rural_cpi_after"))
    return level


def registry_line(parameters: Parameters, year: int) -> float:
    """The printed line; after its last year it follows prices."""
    printed = parameters["economy.registry_line"].value
    last = max(printed)
    return printed[year] if year <= last else printed[last] * prices(parameters, year) / prices(parameters, last)


def monthly_wage(parameters: Parameters, year: int) -> float:
    """The printed wage; after its last year it grows at the assumed rate."""
    printed = parameters["economy.migrant_wage"].value
    last = max(printed)
    return printed[min(year, last)] * (1.0 + parameters.value("economy.wage_growth_after")) ** max(0, year - last)
