from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.figures.frontier import draw_frontier, efficient, frontier_table

MONEY = st.integers(-50, 100).map(float)


@pytest.mark.parametrize(
    ("cost", "averted", "on"),
    [
        ([10.0, 20.0], [100.0, 150.0], [True, True]),
        ([10.0, 20.0], [100.0, 90.0], [True, False]),  # dearer and averts less
        ([10.0, 20.0, 30.0], [100.0, 110.0, 200.0], [True, False, True]),  # half of 10, half of 30 averts 150 for 20
        ([10.0, 20.0], [30.0, 100.0], [False, True]),  # half of the dearer one, and nothing else, averts 50 for 10
        ([10.0], [-5.0], [False]),  # harms
        ([-10.0, 5.0], [20.0, 10.0], [True, False]),  # saves money and averts more
        ([10.0, 10.0], [50.0, 50.0], [True, True]),
    ],
)
def test_the_frontier_by_hand(cost: list[float], averted: list[float], on: list[bool]) -> None:
    assert efficient(cost, averted) == on


@given(st.lists(st.tuples(MONEY, MONEY), min_size=1, max_size=8))
def test_no_package_on_it_is_beaten_and_every_other_is(pairs: list[tuple[float, float]]) -> None:
    """Brute force: a package is beaten if a mix of two points, doing nothing among them, averts more for no more."""
    points = [(0.0, 0.0), *pairs]
    for (c, a), on in zip(pairs, efficient([p[0] for p in pairs], [p[1] for p in pairs]), strict=True):
        strictly = any(
            k * x1 + (1 - k) * x2 <= c + 1e-9 and k * y1 + (1 - k) * y2 > a + 1e-6
            for x1, y1 in points
            for x2, y2 in points
            for k in (0.0, 1.0, *([(c - x2) / (x1 - x2)] if x1 != x2 and 0 <= (c - x2) / (x1 - x2) <= 1 else []))
        )
        cheaper = any(x < c and y >= a for x, y in points)
        assert on is not (strictly or cheaper)


def test_it_is_legible_and_says_what_a_hollow_mark_is(comparison: pd.DataFrame, faults, words) -> None:
    figure = draw_frontier(comparison, price_year=2016, discount_rate=0.045)
    assert faults(figure) == []
    said = " ".join(words(figure))
    for phrase in ("is dominated", "discounted at 4.5% a year", "2016 prices", "Simulated, given", "20 replicates"):
        assert phrase in said
    rows = comparison[(comparison["group"] == "all") & (comparison["year"] == "all")]
    table = frontier_table(rows)
    hollow = [
        line for line in figure.axes[0].lines if line.get_marker() == "o" and line.get_markerfacecolor() == "white"
    ]
    assert len(hollow) == int((~table["efficient"]).sum()) > 0
    assert table.loc["low_income_support", "mean_difference_averted"] == pytest.approx(3 * 190_000 * 0.031)
    assert np.isfinite(table.to_numpy(dtype=float)).all()


def test_a_comparison_without_the_rows_is_refused(comparison: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="cost_yuan_discounted"):
        draw_frontier(comparison[comparison["indicator"] == "headcount_ratio"].assign(year="all"), price_year=2016)


def test_one_replicate_has_no_bars_and_says_so(comparison: pd.DataFrame, words, faults) -> None:
    figure = draw_frontier(comparison.assign(low=np.nan, high=np.nan, replicates=1), price_year=2016)
    assert "1 replicate: no band can be drawn." in " ".join(words(figure))
    assert faults(figure) == []


def test_drawn_parameters_have_quantiles_for_bars(comparison: pd.DataFrame, words) -> None:
    said = " ".join(words(draw_frontier(comparison.assign(uncertainty="parameters"), price_year=2016)))
    assert "2.5% to 97.5% of the draws" in said and "95% interval" not in said


@pytest.mark.parametrize("times", [1.0, 40.0, 1_000.0, 30_000.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_no_sign_is_cut_from_numbers_of_any_size(comparison: pd.DataFrame, faults, times: float, sign: float) -> None:
    """A province's losses run to millions of person-years: their minus must stand inside the figure."""
    ends = ["mean_difference", "low", "high"]
    large = comparison.copy()
    years = large["indicator"] == "poverty_years_persons"
    large.loc[years, ends] *= times * sign
    if sign < 0:
        large.loc[years, ["low", "high"]] = large.loc[years, ["high", "low"]].to_numpy()
    figure = draw_frontier(large, price_year=2016, discount_rate=0.045)
    assert faults(figure) == []
    labels = [label for label in figure.axes[0].get_yticklabels() if label.get_text()]
    assert labels and all(label.get_window_extent().x0 >= 0.0 for label in labels)
