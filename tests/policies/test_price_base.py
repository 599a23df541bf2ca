"""Which sums of programmes move with prices, as section 6 of the ODD tells: what a rule or a budget sets does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.policies.catalogue import catalogue


@pytest.mark.parametrize(
    ("name", "settings", "yuan", "moves"),
    [
        ("relocation", {"cost_per_person": 60_000.0}, 180_000.0, False),
        ("cooperative", {"cost_per_household": 7_800.0}, 7_800.0, False),
        ("public_jobs", {"pay": 7_200.0}, 7_200.0, False),
        ("training", {"cost_per_trainee": 381.0, "travel_aid": 319.0}, 700.0, True),
    ],
)
def test_cost_of_a_household(
    by_hand: Callable[..., County], name: str, settings: dict[str, float], yuan: float, moves: bool
) -> None:
    """A household of three, at prices a tenth above those of 2016 in 2017, and in 2018 another tenth above."""
    policy = catalogue()[name](settings)
    rising = {"economy.rural_cpi": 0.1}
    county = by_hand(1, rising, {}, policies=(policy,), registry_status=np.array([1]), members=np.array([3]))
    for year, prices in ((2017, 1.1), (2018, 1.21)):
        county.year = year
        assert county.prices == pytest.approx(prices)
        cost = policy.unit_cost(county, np.array([0]), policy.observe(county))
        assert cost[0] == round(100 * yuan * (prices if moves else 1.0))
