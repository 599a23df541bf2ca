"""The initial state is lived into: five years without registry, then registration to the documented totals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from agents import finance, health, income, labour, production, registry, shocks, status
from agents.county import County
from agents.mechanisms import resolve_mechanisms
from agents.parameters import Parameters
from agents.place import Place
from agents.population import BURN_IN_YEARS, synthesise
from agents.production import supply
from agents.randomness import Luck

CALIBRATION_ROUNDS = 2


def initial_county(
    place: Place, parameters: Parameters, mechanisms: dict[str, bool | str], luck: Luck, scale: float = 1.0, *,
    each_year: Callable[[County], None] | None = None,
) -> County:  # fmt: skip
    """Return the county in its documented state: lived into, level of income met, registered totals exact to the unit.

    The burn-in runs without demography, so that totals of households and persons stay exact. The level of market
    income is set so that mean net income at its end is the poor-area series times the county factor; the second round
    corrects what transfers and illness left of the first.
    """
    target = parameters.value("economy.poor_area_income", place.year) * place.county_factor.value
    level = 1.0
    for _ in range(CALIBRATION_ROUNDS + 1):
        county = synthesise(place, parameters, mechanisms, luck, scale)
        county.level = level
        _live(county, each_year)
        mean = _mean(county, "net_income_pp")
        market = _mean(county, "market_income_pp")
        if abs(mean / target - 1.0) < 0.002:
            break
        level *= 1.0 + (target - mean) / market
    _start(county, scale)
    return county


def _mean(county: County, column: str) -> float:
    h = county.households
    return float(np.average(h.column(column), weights=h.members))


def _live(county: County, each_year: Callable[[County], None] | None) -> None:
    chosen = dict(county.mechanisms)
    county.mechanisms = resolve_mechanisms({**chosen, "demography": False})
    for year in range(county.year + 1, county.year + BURN_IN_YEARS + 1):
        county.year = year
        county.flows.reset(len(county.households))
        shocks.strike_county(county)
        shocks.strike_households(county)
        health.fall_ill(county)
        labour.draw_productivity(county)
        labour.change_jobs(county)
        labour.earn_wages(county)
        production.produce(county)
        income.gather(county)
        health.bill(county)
        finance.forgo_care(county)
        finance.pay(county)
        status.assess(county)
        if each_year is not None:
            each_year(county)
    county.mechanisms = chosen


def _start(county: County, scale: float) -> None:
    """Register, and set what counts from the initial state on."""
    h, place = county.households, county.place
    households = round(place.registered_households.value * scale)
    registry.register(county, households, round(place.registered_persons.value * scale))
    h.registered_at_start[:] = registry.registered(county)
    h.ever_poor[:] = h.poor_true
    registered = np.bincount(h.village, weights=h.registered_at_start, minlength=len(county.villages))
    county.villages.hours = np.asarray(registered * county.value("village.hours_per_household"), dtype=np.float64)
    county.markets.base_supply = supply(county)
    county.jobs_in_county = int((h.off_farm - h.migrants).sum())
    county.in_burn_in = False
