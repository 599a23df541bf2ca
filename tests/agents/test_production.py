"""Business income: grain, the household's industry, the asset trap, gestation, and the pressure of county supply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.agents.lines import LINES
from tuopin.agents.production import ProductionTerms, asset_factor, produce, settle_prices, supply

LIVESTOCK, HERBS, MUSHROOMS, TRADE = (LINES.index(n) for n in ("livestock", "herbs", "mushrooms", "trade"))
TERMS = {
    "production.grain_margin": 500.0,
    "production.farm_labour_base": 0.4,
    "production.farm_labour_slope": 0.4,
    "production.elderly_hand": 0.5,
    "production.animal_loss_share": 0.6,
    "production.reference_assets": 8000.0,
    "production.asset_exponent": 0.5,
    "production.asset_threshold": 0.5,
    "production.supply_elasticity": 0.5,
    "production.trap_factor": 0.5,
    "production.asset_factor_limit": 3.0,
    "production.herbs_gestation": 3.0,
    "production.fruit_gestation": 4.0,
    **{f"production.income_{n}": 5000.0 for n in LINES[2:]},
}


def produced(county: County) -> list[float]:
    produce(county)
    return [round(float(x), 2) for x in county.households.business_income]


def test_grain_by_hand(by_hand: Callable[..., County]) -> None:
    # hands: 0 -> .4; 1 -> .8; 2 -> 1 (capped); one old pair 2 x .5 -> .8; one of two away -> .8
    county = by_hand(
        5, TERMS, land=2.0, able_workers=[0, 1, 3, 0, 2], off_farm=[0, 0, 0, 0, 1], elderly=[0, 0, 0, 2, 0], line=1
    )
    assert produced(county) == [400.0, 800.0, 1000.0, 800.0, 800.0]


def test_hands_that_a_programme_has_claimed_are_off_the_farm(by_hand: Callable[..., County]) -> None:
    county = by_hand(2, TERMS, land=2.0, able_workers=3, off_farm=1, line=1)
    county.flows.claimed_workers[:] = [0, 1]
    assert produced(county) == [1000.0, 800.0]


def test_the_aged_work_half_of_what_other_old_persons_do(by_hand: Callable[..., County]) -> None:
    terms = {**TERMS, "production.elderly_hand": 0.5, "production.aged_hand": 0.4}
    county = by_hand(4, terms, land=1.0, able_workers=[0, 0, 0, 1], elderly=[1, 1, 2, 1], aged=[0, 1, 1, 1], members=2)
    produce(county)
    # .4 + .4 x hands: .5; .5 x .4 = .2; .5 + .2; 1 + .2 (no more than all of it)
    whole = float(by_hands(by_hand, terms, 3))
    np.testing.assert_allclose(county.households.business_income, whole * np.array([0.6, 0.48, 0.68, 0.88]), rtol=1e-6)


def by_hands(by_hand: Callable[..., County], terms: dict[str, float], able: int) -> float:
    """Grain income of a mu with so many able hands that nothing is left undone."""
    county = by_hand(1, terms, land=1.0, able_workers=able, members=able)
    produce(county)
    return float(county.households.business_income[0])


def test_part_of_a_hand_can_be_claimed_and_land_taken_out(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, TERMS, land=[1.0, 3.0, 1.0], able_workers=1)
    county.flows.claimed_workers[:], county.flows.land_term[:] = [0.4, 0.0, 0.0], [0.0, 2.0, 4.0]
    produce(county)
    # .4 + .4 x .6 = .64 of a mu; one of three mu with one hand, .8; never less than no land
    whole = by_hands(by_hand, TERMS, 3)
    np.testing.assert_allclose(county.households.business_income, [0.64 * whole, 0.8 * whole, 0.0], rtol=1e-6)


def test_land_quality_access_weather_and_grain_price_multiply(by_hand: Callable[..., County]) -> None:
    county = by_hand(2, TERMS, villages=2, village=[0, 1], land=2.0, land_quality=1.2, land_access=[0.5, 1.0], line=1)
    county.villages.crop_left[:] = [1.0, 0.3]
    county.markets.price[LINES.index("grain")] = 1.1
    assert produced(county) == [800 * 1.2 * 0.5 * 1.1, 800 * 1.2 * 0.3 * 1.1]


def test_industries_by_hand(by_hand: Callable[..., County]) -> None:
    # one able hand: labour .8, so 5,000 x scale x price x .8
    county = by_hand(
        5, TERMS, line=[LIVESTOCK, LIVESTOCK, MUSHROOMS, TRADE, 1], line_scale=[1, 1, 2, 1, 3], line_age=9, land=0.0
    )
    county.villages.crop_left[:] = 0.5
    county.markets.price[LIVESTOCK] = 1.2
    county.flows.animals_lost[:] = [False, True, True, True, True]
    # weather hits mushrooms, not animals or trade; lost animals matter to herders alone; grain has no industry
    assert produced(county) == [4800.0, 1920.0, 4000.0, 4000.0, 0.0]


def test_programmes_change_the_industry_not_the_grain(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, TERMS, line=[MUSHROOMS, 1, MUSHROOMS], line_scale=1.0, line_age=9, land=2.0)
    county.flows.business_factor[:] = 1.25
    county.flows.business_term[:] = [10.0, 0.0, 0.0]
    county.flows.productivity[2], county.flows.illness_factor[2], county.flows.income_factor[2] = 2.0, 0.5, 0.5
    assert produced(county) == [4000 * 1.25 + 800 + 10, 800.0, (4000 * 1.25 + 800) * 0.5]


def test_an_orchard_yields_after_its_gestation(by_hand: Callable[..., County]) -> None:
    county = by_hand(2, TERMS, line=HERBS, line_scale=1.0, line_age=[0, 2], land=0.0)
    got = [produced(county) for _ in range(4)]
    assert [g[0] for g in got] == [0.0, 0.0, 0.0, 4000.0]
    assert [g[1] for g in got] == [0.0, 4000.0, 4000.0, 4000.0]
    assert county.households.line_age.tolist() == [4, 6]
    old = by_hand(1, TERMS, line=HERBS, line_scale=1.0, line_age=100)
    produce(old)
    assert old.households.line_age[0] == 100


def terms(variant: int, **more: Any) -> ProductionTerms:
    given = {
        "reference_assets": 8000.0,
        "asset_exponent": 0.5,
        "asset_threshold": 0.5,
        "trap_factor": 0.5,
        "asset_factor_limit": 3.0,
        "asset_variant": variant,
        **more,
    }
    return ProductionTerms(*(given.get(f, 0.0) for f in ProductionTerms._fields))


@pytest.mark.parametrize(
    ("variant", "assets", "factor"),
    [
        (0, 0.0, 1.0),
        (0, 1e6, 1.0),
        (1, 8000.0, 1.0),
        (1, 2000.0, 0.5),
        (1, 32000.0, 2.0),
        (1, 1e9, 3.0),
        (1, 0.0, 0.001**0.5),
        (2, 8000.0, 1.0),
        (2, 4000.0, 0.5**0.5),
        (2, 2000.0, 0.25),
        (2, 3999.0, 0.5 * (3999 / 8000) ** 0.5),
        (2, 1e9, 3.0),
    ],
)
def test_asset_factor_by_variant(variant: int, assets: float, factor: float) -> None:
    assert asset_factor(assets, terms(variant)) == pytest.approx(factor)


def test_depth_of_the_trap_and_limit_of_the_factor() -> None:
    assert asset_factor(2000.0, terms(2, trap_factor=0.25)) == pytest.approx(0.125)
    assert asset_factor(1e9, terms(1, asset_factor_limit=5.0)) == 5.0


@pytest.mark.parametrize(("variant", "income"), [("none", 4000.0), ("concave", 2000.0), ("threshold", 1000.0)])
def test_the_asset_trap_is_a_switch(by_hand: Callable[..., County], variant: str, income: float) -> None:
    county = by_hand(
        1, TERMS, {"asset_trap": variant}, line=MUSHROOMS, line_scale=1.0, productive_assets=2000.0, land=0.0
    )
    assert produced(county) == [income]


def test_supply_is_an_integer_sum_free_of_order(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, TERMS, line=[MUSHROOMS, MUSHROOMS, 1], line_scale=[0.1, 1.25, 9.0])
    assert supply(county)[MUSHROOMS] == 1350 and supply(county).dtype == np.int64


def test_everybody_plants_mushrooms(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        2, TERMS, {"supply_price": True, "spillovers": True}, line=[MUSHROOMS, TRADE], line_scale=4.0, land=0.0
    )
    county.markets.base_supply[[MUSHROOMS, TRADE]] = 1000
    price = settle_prices(county)
    # four times the supply at elasticity .5 halves the price; trade sells outside the county; an empty market has its
    # trend
    assert price[MUSHROOMS] == pytest.approx(0.5)
    assert price[TRADE] == 1.0 and price[HERBS] == 1.0
    assert produced(county) == [5000 * 4 * 0.8 * 0.5, 5000 * 4 * 0.8]
    county.mechanisms["supply_price"] = False
    assert settle_prices(county)[MUSHROOMS] == 1.0
    county.mechanisms["supply_price"], county.in_burn_in = True, True
    assert settle_prices(county)[MUSHROOMS] == 1.0
