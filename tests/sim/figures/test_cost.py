from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.figures import draw_cost

UNCLEAR = "no clear gain: no ratio"


def test_cost_is_legible_and_names_prices_and_interval(comparison: pd.DataFrame, faults, words):
    figure = draw_cost(comparison, price_year=2016, discount_rate=0.045)
    assert faults(figure) == []
    said = " ".join(words(figure))
    for phrase in (
        "thousand yuan, 2016 prices",
        "discounted at 4.5% a year, in constant 2016 prices",
        "95% interval",
        "20 replicates",
        "over “none” (persons)",
        "true view",
        "Simulated, given these assumptions",
    ):
        assert phrase in said


def test_only_clear_gains_get_a_ratio(comparison: pd.DataFrame, words):
    figure = draw_cost(comparison, price_year=2016)
    assert words(figure).count(UNCLEAR) == 1  # relocation: 380 persons, give or take 420
    marks = [line for line in figure.axes[1].lines if line.get_marker() == "o"]
    assert len(marks) == 8


def test_a_ratio_is_withheld_even_if_the_table_has_one(comparison: pd.DataFrame, words):
    tampered = comparison.copy()
    unclear = (tampered["scenario"] == "relocation") & (tampered["indicator"] == "cost_per_sustained_exit")
    tampered.loc[unclear, ["mean_difference", "low", "high"]] = [5.0, 4.0, 6.0]
    assert words(draw_cost(tampered, price_year=2016)).count(UNCLEAR) == 1


def test_cheapest_first_and_unclear_last(comparison: pd.DataFrame):
    labels = [label.get_text() for label in draw_cost(comparison, price_year=2016).axes[0].get_yticklabels()]
    assert labels[0] == "health insurance"
    assert labels[-1] == "relocation"


def test_an_unbounded_interval_is_said_and_not_drawn_to_infinity(comparison: pd.DataFrame, words):
    figure = draw_cost(comparison, price_year=2016)
    assert sum("upper end not bounded" in text for text in words(figure)) == 1
    assert all(np.isfinite(line.get_xdata()).all() for line in figure.axes[1].lines)


def test_no_clear_gain_anywhere(comparison: pd.DataFrame, words, faults):
    figure = draw_cost(comparison.assign(low=-1e6), price_year=2016)
    assert words(figure).count(UNCLEAR) == 9
    assert faults(figure) == []


def test_a_package_that_saves_money_is_drawn_left_of_zero(comparison: pd.DataFrame, faults):
    saving = comparison.copy()
    rows = (saving["scenario"] == "all") & (saving["indicator"] == "cost_per_sustained_exit")
    saving.loc[rows, ["mean_difference", "low", "high"]] = [-20_000.0, -30_000.0, -5_000.0]
    figure = draw_cost(saving, price_year=2016)
    assert figure.axes[1].get_xlim()[0] <= -30
    assert faults(figure) == []


def test_a_comparison_without_the_rows_is_refused(comparison: pd.DataFrame):
    with pytest.raises(ValueError, match="sustained_exits_persons"):
        draw_cost(comparison[comparison["indicator"] == "cost_per_sustained_exit"], price_year=2016)
