"""The initial state is reached by simulation.

Five years without registry are followed by registration to the documented totals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tuopin.agents import firm_life, registry
from tuopin.agents.columns import ColumnName
from tuopin.agents.county import County
from tuopin.agents.flows import Flows
from tuopin.agents.parameters import Parameters
from tuopin.agents.place import Place
from tuopin.agents.population import synthesise
from tuopin.agents.production import supply
from tuopin.agents.randomness import Luck
from tuopin.policies.ledger import Ledger
from tuopin.sim.run.lives import begin_lives
from tuopin.sim.run.recorder import Recorder
from tuopin.sim.run.run import Run
from tuopin.sim.run.year import simulate_year

SAMPLE_HOUSEHOLDS = 2_000
SAMPLE_ROUNDS = 2
TOLERANCE = 0.001
"""How far mean net income at the end of the burn-in may be from its target (share)."""

EachYear = Callable[[County], None]


def initial_county(
    place: Place,
    parameters: Parameters,
    mechanisms: dict[str, bool | str],
    luck: Luck,
    scale: float = 1.0,
    *,
    each_year: EachYear | None = None,
) -> County:
    """Return the county in its documented state after the burn-in.

    The level of income is met, and registered totals are exact to the unit. The burn-in runs without demography, so
    that totals of households and persons stay exact. The level of market income is set so that mean net income at its
    end is the poor-area series times the county factor: on a sample of the households for the five years, then exactly
    for the last year of all of them. A place that states its own mean income is met there instead. `each_year` sees
    every year once.
    """
    target = mean_income(place, parameters)
    county = synthesise(place, parameters, mechanisms, luck, scale)
    county.level = _sampled_level(county, target)
    _simulate(county, county.start - 1, each_year)
    county = _simulate_last_year(county, target)
    if each_year is not None:
        each_year(county)
    _start(county)
    return county


def mean_income(place: Place, parameters: Parameters) -> float:
    """Mean net income of the rural population that the burn-in ends at, yuan a person."""
    if place.mean_income is not None:
        return float(place.mean_income.value)
    assert place.county_factor is not None  # a place states one of the two
    return parameters.value("economy.poor_area_income", place.year) * place.county_factor.value


def income_factor(place: Place, parameters: Parameters) -> float:
    """Mean income against the mean of the poor areas (ratio): as stated, or worked out of the mean income stated."""
    if place.county_factor is not None:
        return float(place.county_factor.value)
    return mean_income(place, parameters) / parameters.value("economy.poor_area_income", place.year)


def _sampled_level(county: County, target: float) -> float:
    """The level of market income that brings a sample of the households near the target.

    Households are taken at equal steps, so that every village is in it. A sample of 2,000 misses the mean of all by
    some 2%: the last year of the burn-in puts that right.
    """
    step = max(1, len(county.households) // SAMPLE_HOUSEHOLDS)
    sample = replace(
        county, households=county.households.take(np.arange(0, len(county.households), step)), flows=Flows()
    )
    level = 1.0
    for _ in range(SAMPLE_ROUNDS):
        tried = sample.fork()
        tried.level = level
        _simulate(tried, county.start)
        level *= _correction(tried, target)
    return level


def _simulate_last_year(county: County, target: float) -> County:
    """Live the last year at the level at which mean net income is the target.

    Within one year net income is linear in the level (transfers and returns on savings are not scaled by it), so the
    second try meets it, up to rounding.
    """
    tried = county.fork()
    _simulate(tried, county.start)
    if abs(_mean(tried, "net_income_pp") / target - 1.0) < TOLERANCE:
        return tried
    county.level *= _correction(tried, target)
    _simulate(county, county.start)
    return county


def _correction(county: County, target: float) -> float:
    return 1.0 + (target - _mean(county, "net_income_pp")) / _mean(county, "market_income_pp")


def _mean(county: County, column: ColumnName) -> float:
    h = county.households
    return float(np.average(h.column(column), weights=h.members))


def _simulate(county: County, until: int, each_year: EachYear | None = None) -> None:
    run = Run(county, (), Ledger(), Recorder(county.start, county.start))
    while county.year < until:
        simulate_year(run)
        if each_year is not None:
            each_year(county)


def _start(county: County) -> None:
    """Register, and set what counts from the initial state on."""
    h, place, scale = county.households, county.place, county.scale
    households = round(place.registered_households.value * scale)
    registry.register(county, households, round(place.registered_persons.value * scale))
    if place.registered_only:
        h = county.households = h.take(np.flatnonzero(registry.registered(county)))
        county.flows = Flows()
    h.registered_at_start[:] = registry.registered(county)
    h.ever_poor[:] = h.poor_true
    registered = np.bincount(h.village, weights=h.registered_at_start, minlength=len(county.villages))
    county.villages.hours = np.asarray(registered * county.value("village.hours_per_household"), dtype=np.float64)
    county.markets.base_supply = supply(county)
    county.jobs_in_county = int((h.off_farm - h.migrants).sum())
    firm_life.found(county)
    begin_lives(county)
    county.in_burn_in = False
