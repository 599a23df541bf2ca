"""What annualising capital adds to a run's present value, by hand: years, kinds, prices and the horizon."""

from __future__ import annotations

import pandas as pd
import pytest

from tuopin.sim.comparison.present_values import Prices, capital_adjustments, used_share

RISING = Prices({2016: 100.0, 2017: 110.0, 2018: 132.0, 2019: 132.0}, 2016, 0.05)


def costs(*rows: tuple[str, int, str, int, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["scenario", "replicate", "policy", "year", "kind", "yuan"]).assign(place="here")


def test_shares_of_life_that_are_used_by_hand() -> None:
    assert used_share(0.0, 30, 3) == pytest.approx(0.1) and used_share(0.0, 3, 9) == pytest.approx(1.0)
    assert used_share(0.25, 3, 2) == pytest.approx((1 + 0.8) / (1 + 0.8 + 0.64))
    assert used_share(0.25, 3, 0) == used_share(0.25, 3, -1) == 0.0


def test_each_years_capital_is_used_from_its_own_year_to_the_horizon() -> None:
    table = costs(
        ("build", 1, "houses", 2017, "spent", 1_100.0),
        ("build", 1, "houses", 2018, "spent", 2_640.0),
        ("build", 2, "houses", 2019, "spent", 1_320.0),
        ("build", 1, "houses", 2016, "spent", 5_000.0),  # of the initial year nothing is compared
        ("build", 1, "houses", 2017, "own", 700.0),  # households' own money is no public cost
        ("build", 1, "courses", 2017, "spent", 900.0),  # no capital
        ("other", 1, "roads", 2018, "spent", 1_320.0),
    )
    found = capital_adjustments(table, {"houses": 5, "roads": 2}, 2019, RISING)
    # at prices of 2016 1,000, 2,000 and 1,000 yuan for houses, of five payments three, two and one are made; 1,000 for
    # roads, both are made
    payments = [1.05**-k for k in range(5)]
    expected = {
        ("here", "build", 1): 1_000 / 1.05 * (sum(payments[:3]) / sum(payments) - 1)
        + 2_000 / 1.05**2 * (sum(payments[:2]) / sum(payments) - 1),
        ("here", "build", 2): 1_000 / 1.05**3 * (payments[0] / sum(payments) - 1),
        ("here", "other", 1): 0.0,
    }
    assert found == pytest.approx(expected)
    assert capital_adjustments(None, {"houses": 4}, 2019, RISING) == capital_adjustments(table, {}, 2019, RISING) == {}
