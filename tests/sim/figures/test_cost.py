from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tuopin.sim.comparison.differences import paired_differences
from tuopin.sim.figures.cost import draw_cost

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


def result_of(gains: dict[str, float], replicates: int) -> pd.DataFrame:
    """A comparison as the program makes it: each replicate's luck is shared, each scenario costs a million a year."""
    rows = []
    for replicate in range(replicates):
        for scenario, gain in gains.items():
            for year in (2016, 2017, 2018):
                key = ("lushi", scenario, replicate, year, "true", "all")
                exits = 100.0 * replicate + gain + (gain / 20) * (replicate % 3)
                rows += [
                    (*key, "sustained_exits_persons", exits if year > 2016 else 0.0),
                    (*key, "cost_yuan", 1e6 * (scenario != "none") * (year > 2016)),
                ]
    columns = ["place", "scenario", "replicate", "year", "view", "group", "indicator", "value"]
    index = {2016: 1.0, 2017: 1.0, 2018: 1.0}
    frame = pd.DataFrame(rows, columns=columns)
    return paired_differences(frame, baseline="none", price_index=index, first_year=2016, discount_rate=0.045)


def test_it_reads_what_compare_writes(words):
    said = words(draw_cost(result_of({"none": 0.0, "good": 50.0, "useless": 0.0}, 6), price_year=2016))
    assert said.count(UNCLEAR) == 1
    assert any(text.isdecimal() and 15 <= int(text) <= 20 for text in said)  # 2 million / 105 persons, discounted


def test_one_replicate_gives_no_ratio_and_the_reason(words):
    said = words(draw_cost(result_of({"none": 0.0, "good": 50.0}, 1), price_year=2016))
    assert "one replicate: no interval, so no ratio" in said


def test_ratios_of_very_different_size_share_a_logarithmic_axis(comparison: pd.DataFrame, words, faults):
    wide = comparison.copy()
    rows = (wide["scenario"] == "cooperative") & (wide["indicator"] == "cost_per_sustained_exit")
    wide.loc[rows, ["mean_difference", "low", "high"]] = [9e6, 4e6, 4e7]
    figure = draw_cost(wide, price_year=2016)
    assert figure.axes[1].get_xscale() == "log"
    assert any("logarithmic axis" in text for text in words(figure))
    assert faults(figure) == []
