"""A fork of a county lives on alone; prices and lines are those of its year."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.county import County


def test_a_fork_shares_nothing_that_changes(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, villages=2, savings=100.0)
    county.notes["x"] = 1.0
    twin = county.fork()
    twin.households.savings[:] = 0.0
    twin.households.keep(np.array([True, False, True]))
    twin.villages.hours[:] = 0.0
    twin.markets.price[:] = 2.0
    twin.notes["x"], twin.year = 2.0, 2030
    twin.flows.reset(2)
    assert county.households.savings.tolist() == [100.0] * 3 and len(county.flows.wage_term) == 3
    assert (county.villages.hours > 0).all() and (county.markets.price == 1.0).all()
    assert county.notes == {"x": 1.0} and county.year == 2017
    assert twin.place is county.place and twin.parameters is county.parameters and twin.luck is county.luck


def test_prices_and_lines_follow_the_year(by_hand: Callable[..., County]) -> None:
    moving: dict[str, Any] = {
        "economy.rural_cpi": {2016: 0.0, 2017: 0.1},
        "economy.rural_cpi_after": 0.2,
        "economy.registry_line": {2016: 2900.0, 2017: 3500.0},
    }
    county = by_hand(1, moving)
    assert (county.prices, county.line, county.registry_line) == pytest.approx((1.1, 3300.0, 3500.0))
    county.year = 2018
    assert (county.prices, county.line, county.registry_line) == pytest.approx((1.32, 3960.0, 4200.0))


def test_a_switch_is_on_only_if_it_is_true(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, None, {"illness": True, "asset_trap": "concave"})
    assert county.on("illness") and not county.on("weather") and not county.on("asset_trap")
    with pytest.raises(KeyError):
        county.on("magic")
