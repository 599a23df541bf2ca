"""Step 4, production: business income from land and from the household's industry line, and markets for its product."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.economy import margin_index
from tuopin.agents.lines import ANIMALS, GRAIN, INDUSTRY, LINES, OWN_LINES_FROM, SOLD_OUTSIDE, WEATHERPROOF

_VARIANTS = {"none": 0, "concave": 1, "threshold": 2}
_SUPPLY_UNIT = np.float32(1000.0)
"""Supply is summed in thousandths of a typical household."""
_LEAST_ASSETS, _LEAST_SUPPLY = 1e-3, 1e-9
"""Assets against the reference and supply against that of year A are taken for at least this: a power of 0 is none."""
_OLDEST = 100
"""Years counted of an orchard or herd (the column's range)."""


class ProductionTerms(NamedTuple):
    """Parameters of group `production` (money in yuan of the year) for the kernel of business income."""

    grain_margin: float
    farm_labour_base: float
    farm_labour_slope: float
    elderly_hand: float
    animal_loss_share: float
    reference_assets: float
    asset_exponent: float
    asset_threshold: float
    trap_factor: float
    asset_factor_limit: float
    asset_variant: int


def line_income(county: County) -> NDArray[np.float64]:
    """Net income of a typical household in each industry line, yuan of the year at trend prices, shape (lines,)."""
    level = margin_index(county.parameters, county.year, county.start)
    value = county.value
    return np.array(
        [0.0] * OWN_LINES_FROM + [value(f"production.income_{name}") * level for name in LINES[OWN_LINES_FROM:]]
    )


def gestation(county: County) -> NDArray[np.int64]:
    """Years before a line yields, shape (lines,)."""
    value = county.value
    return np.array([round(value(f"production.{x.name}_gestation")) if x.gestation else 0 for x in INDUSTRY])


def supply(county: County) -> NDArray[np.int64]:
    """County supply per line in thousandths of a typical household, as integers: the sum is free of order."""
    totals = np.zeros(len(LINES), dtype=np.int64)
    _supply(county.households.line, county.households.line_scale, totals)
    return totals


@compiled
def _supply(line: Any, line_scale: Any, totals: Any) -> None:
    for i in range(line.shape[0]):
        totals[line[i]] += np.int64(np.rint(line_scale[i] * _SUPPLY_UNIT))


def settle_prices(county: County) -> NDArray[np.float64]:
    """Prices of the year against trend, per line: common shock times the pressure of county supply."""
    price = county.markets.price.copy()
    if county.on("supply_price") and not county.in_burn_in:
        opened = np.maximum(county.markets.base_supply, 1)
        ratio = np.where(county.markets.base_supply > 0, supply(county) / opened, 1.0)
        pressure = np.maximum(ratio, _LEAST_SUPPLY) ** -county.value("production.supply_elasticity")
        pressure[SOLD_OUTSIDE] = 1.0
        price *= pressure
    return price


def produce(county: County) -> None:
    """Write the year's business income."""
    h, f, year = county.households, county.flows, county.year
    level = margin_index(county.parameters, year, county.start)
    terms = county.parameters.fill(
        ProductionTerms,
        "production",
        year,
        grain_margin=county.value("production.grain_margin") * level,
        asset_variant=_VARIANTS[str(county.mechanisms["asset_trap"])],
    )
    _produce(
        h.village,
        h.able_workers,
        h.off_farm,
        h.elderly,
        h.land,
        h.land_quality,
        h.land_access,
        h.line,
        h.line_scale,
        h.line_age,
        h.productive_assets,
        f.claimed_workers,
        f.animals_lost,
        f.productivity,
        f.illness_factor,
        f.income_factor,
        f.business_factor,
        f.business_term,
        h.business_income,
        county.villages.crop_left,
        settle_prices(county),
        line_income(county),
        gestation(county),
        WEATHERPROOF,
        GRAIN,
        ANIMALS,
        terms,
    )


@compiled
def asset_factor(assets: Any, t: Any) -> Any:
    """Business income against that of a household with reference assets, by variant of the asset trap (0, 1, 2)."""
    if t.asset_variant == 0:
        return 1.0
    ratio = assets / t.reference_assets
    factor = max(ratio, _LEAST_ASSETS) ** t.asset_exponent
    if t.asset_variant == 2 and ratio < t.asset_threshold:
        factor *= t.trap_factor
    return min(factor, t.asset_factor_limit)


@compiled
def _produce(
    village: Any,
    able: Any,
    off_farm: Any,
    elderly: Any,
    land: Any,
    quality: Any,
    access: Any,
    line: Any,
    line_scale: Any,
    line_age: Any,
    assets: Any,
    claimed: Any,
    animals_lost: Any,
    productivity: Any,
    illness: Any,
    dip: Any,
    business_factor: Any,
    business_term: Any,
    business: Any,
    crop_left: Any,
    price: Any,
    incomes: Any,
    gestation_years: Any,
    weatherproof: Any,
    grain: Any,
    animals: Any,
    t: Any,
) -> None:
    for i in range(village.shape[0]):
        hands = max(0, able[i] - off_farm[i] - claimed[i]) + t.elderly_hand * elderly[i]
        labour = min(1.0, t.farm_labour_base + t.farm_labour_slope * hands)
        crop = crop_left[village[i]]
        made = land[i] * access[i] * quality[i] * t.grain_margin * price[grain] * crop * labour
        k = line[i]
        if k > grain:
            yields = 1.0 if weatherproof[k] else crop * access[i]
            if animals[k] and animals_lost[i]:
                yields *= 1.0 - t.animal_loss_share
            if line_age[i] < gestation_years[k]:
                yields = 0.0
            made += (
                incomes[k]
                * line_scale[i]
                * price[k]
                * yields
                * labour
                * asset_factor(assets[i], t)
                * business_factor[i]
            )
        business[i] = made * productivity[i] * illness[i] * dip[i] + business_term[i]
        if line_age[i] < _OLDEST:
            line_age[i] += 1
