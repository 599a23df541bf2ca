"""Step 4, production: business income from land and from the household's industry line, and markets for its product."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.economy import margin_index
from tuopin.agents.kernels import pick
from tuopin.agents.lines import ANIMALS, GRAIN, INDUSTRY, LINES, OWN_LINES_FROM, SOLD_OUTSIDE, WEATHERPROOF

_VARIANTS = {"none": 0, "concave": 1, "threshold": 2}
_SUPPLY_UNIT = np.float32(1000.0)
"""Supply is summed in thousandths of a typical household."""
_LEAST_ASSETS, _LEAST_SUPPLY = 1e-3, 1e-9
"""Assets against the reference and supply against that of year A are taken for at least this: a power of 0 is none."""
_OLDEST = 100
"""Years counted of an orchard or herd (the column's range)."""


class ProductionTerms(NamedTuple):
    """Parameters of group `production` (money in yuan of the year) and the county's weather (ratio) for the kernel."""

    grain_margin: float
    farm_labour_base: float
    farm_labour_slope: float
    elderly_hand: float
    aged_hand: float
    animal_loss_share: float
    reference_assets: float
    asset_exponent: float
    asset_threshold: float
    trap_factor: float
    asset_factor_limit: float
    asset_variant: int
    weather: float


def line_income(county: County) -> F64:
    """Net income of a typical household in each industry line, yuan of the year at trend prices, shape (lines,)."""
    level = margin_index(county.parameters, county.year, county.start)
    value = county.value
    return np.array(
        [0.0] * OWN_LINES_FROM + [value(f"production.income_{name}") * level for name in LINES[OWN_LINES_FROM:]]
    )


def gestation(county: County) -> I64:
    """Years before a line yields, shape (lines,)."""
    value = county.value
    return np.array([round(value(f"production.{x.name}_gestation")) if x.gestation else 0 for x in INDUSTRY])


class _Suppliers(NamedTuple):
    line: I8
    line_scale: F32
    totals: I64


def supply(county: County) -> I64:
    """County supply per line in thousandths of a typical household, as integers: the sum is free of order."""
    suppliers = pick(_Suppliers, county.households, totals=np.zeros(len(LINES), dtype=np.int64))
    _supply(suppliers)
    return suppliers.totals


@compiled
def _supply(c: _Suppliers) -> None:
    for i in range(c.line.shape[0]):
        c.totals[c.line[i]] += np.int64(np.rint(c.line_scale[i] * _SUPPLY_UNIT))


def settle_prices(county: County) -> F64:
    """Prices of the year against trend, per line: common shock times the pressure of county supply.

    The pressure is (supply / demand)^-elasticity, both against the initial year. Where the county is too small a seller
    its own supply does not press; what programmes make of the demand for its product does in every line.
    """
    price = county.markets.price.copy()
    if county.on("supply_price") and not county.in_burn_in:
        opened = np.maximum(county.markets.base_supply, 1)
        ratio = np.where(county.markets.base_supply > 0, supply(county) / opened, 1.0)
        ratio[SOLD_OUTSIDE] = 1.0
        ratio /= np.maximum(county.markets.demand, _LEAST_SUPPLY)
        price *= np.maximum(ratio, _LEAST_SUPPLY) ** -county.value("production.supply_elasticity")
    return price


class LineTerms(NamedTuple):
    """By industry line, shape (lines,): price, income of a typical household of what is sold, years to yield, traits.

    Price is against trend, income in yuan of the year at trend prices.
    """

    price: F64
    income: F64
    gestation: I64
    weatherproof: Flags
    animals: Flags


class _Producers(NamedTuple):
    village: I16
    able_workers: I8
    off_farm: I8
    elderly: I8
    aged: I8
    land: F32
    land_quality: F32
    land_access: F32
    line: I8
    line_scale: F32
    line_age: I8
    productive_assets: F32
    claimed_workers: F32
    land_term: F32
    animals_lost: Flags
    disaster_share: F32
    crop_factor: F32
    productivity: F64
    illness_factor: F32
    income_factor: F32
    business_factor: F32
    business_term: F64
    business_income: F32
    crop_left: F64


def produce(county: County) -> None:
    """Write the year's business income."""
    year, markets = county.year, county.markets
    terms = county.parameters.fill(
        ProductionTerms,
        "production",
        year,
        grain_margin=county.value("production.grain_margin") * margin_index(county.parameters, year, county.start),
        asset_variant=_VARIANTS[str(county.mechanisms["asset_trap"])],
        weather=markets.weather,
    )
    sold = line_income(county) * (1.0 - np.clip(markets.unsold, 0.0, 1.0))
    lines = LineTerms(settle_prices(county), sold, gestation(county), WEATHERPROOF, ANIMALS)
    producers = pick(_Producers, county.households, county.flows, crop_left=county.villages.crop_left)
    _produce(producers, lines, terms)


@rule
def asset_factor(assets: float, t: ProductionTerms) -> float:
    """Business income against that of a household with reference assets, by variant of the asset trap (0, 1, 2)."""
    if t.asset_variant == 0:
        return 1.0
    ratio = assets / t.reference_assets
    factor: float = max(ratio, _LEAST_ASSETS) ** t.asset_exponent
    if t.asset_variant == 2 and ratio < t.asset_threshold:
        factor *= t.trap_factor
    return min(factor, t.asset_factor_limit)


@rule
def farm_labour(able: int, off_farm: int, claimed: float, elderly: int, aged: int, t: ProductionTerms) -> float:
    """Share of full output that the hands left on the farm bring about.

    The elderly count for part of a hand, `elderly_hand`, and from 70 on (`aged` of them) for `aged_hand` of that.
    """
    hands = max(0.0, able - off_farm - claimed) + t.elderly_hand * (elderly - aged + t.aged_hand * aged)
    return min(1.0, t.farm_labour_base + t.farm_labour_slope * hands)


@rule
def harvest(crop_left: float, weather: float, disaster_share: float, crop_factor: float) -> float:
    """Harvest against an ordinary year (ratio) of a household whose village has `crop_left`, in the county's `weather`.

    Of what a disaster of the village took it bears `disaster_share`; `crop_factor` is what programmes make of yields.
    """
    return max(0.0, crop_left + (weather - crop_left) * (1.0 - disaster_share)) * crop_factor


@rule
def line_yield(
    line: int, age: int, crop: float, access: float, lost: bool, lines: LineTerms, t: ProductionTerms
) -> float:
    """What a household's industry yields against an ordinary year: `crop` is what the weather left of a harvest."""
    yields = 1.0 if lines.weatherproof[line] else crop * access
    if lines.animals[line] and lost:
        yields *= 1.0 - t.animal_loss_share
    return 0.0 if age < lines.gestation[line] else yields


@compiled
def _produce(c: _Producers, lines: LineTerms, t: ProductionTerms) -> None:
    for i in range(c.village.shape[0]):
        labour = farm_labour(c.able_workers[i], c.off_farm[i], c.claimed_workers[i], c.elderly[i], c.aged[i], t)
        crop = harvest(c.crop_left[c.village[i]], t.weather, c.disaster_share[i], c.crop_factor[i])
        field = max(0.0, c.land[i] - c.land_term[i]) * c.land_access[i] * c.land_quality[i]
        made = field * t.grain_margin * lines.price[GRAIN] * crop * labour
        k = c.line[i]
        if k > GRAIN:
            yields = line_yield(k, c.line_age[i], crop, c.land_access[i], c.animals_lost[i], lines, t)
            assets = asset_factor(c.productive_assets[i], t)
            sold = lines.income[k] * c.line_scale[i] * lines.price[k]
            made += sold * yields * labour * assets * c.business_factor[i]
        received = made * c.productivity[i] * c.illness_factor[i] * c.income_factor[i]
        c.business_income[i] = received + c.business_term[i]
        if c.line_age[i] < _OLDEST:
            c.line_age[i] += 1
