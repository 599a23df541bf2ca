from __future__ import annotations

import pandas as pd
import pytest

from tuopin.sim.figures.left_out import draw_left_out


def test_table_is_legible_and_complete(indicators: pd.DataFrame, comparison: pd.DataFrame, faults, words):
    figure = draw_left_out(indicators, comparison)
    assert faults(figure) == []
    said = words(figure)
    for phrase in ("Everybody", "Elderly-only households", "near poor unregistered", "all but low income support"):
        assert phrase in said
    joined = " ".join(said)
    assert "2025: true view" in joined and "Exclusion error" in joined and "percentage points" in joined


def test_cells_show_level_and_paired_change(indicators: pd.DataFrame, comparison: pd.DataFrame, words):
    said = words(draw_left_out(indicators, comparison, groups=["elderly_only=yes"]))
    last = indicators[(indicators["indicator"] == "headcount_ratio") & (indicators["year"] == 2025)]
    level = last[(last["scenario"] == "all") & (last["group"] == "elderly_only=yes")]["value"].mean()
    change = comparison[
        (comparison["scenario"] == "all")
        & (comparison["group"] == "elderly_only=yes")
        & (comparison["indicator"] == "headcount_ratio")
    ]["mean_difference"].item()
    assert f"{100 * level:.1f}" in said
    assert f"−{-100 * change:.1f}" in said


def test_a_change_whose_interval_holds_zero_is_unclear(indicators: pd.DataFrame, comparison: pd.DataFrame, words):
    unclear = comparison.assign(low=-1.0, high=1.0)
    assert words(draw_left_out(indicators, unclear)).count("unclear") == 9 * 6


def test_without_a_comparison_only_levels_are_shown(indicators: pd.DataFrame, words, faults):
    figure = draw_left_out(indicators)
    said = " ".join(words(figure))
    assert "unclear" not in said and "percentage points" not in said
    assert faults(figure) == []


def test_exclusion_of_the_unregistered_is_by_definition(indicators: pd.DataFrame, words):
    assert words(draw_left_out(indicators)).count("by definition") == 2


def test_a_group_with_nobody_in_it_says_so(indicators: pd.DataFrame, words):
    empty = indicators["group"] == "remote=yes"
    said = words(draw_left_out(indicators.assign(value=indicators["value"].mask(empty))))
    assert said.count("nobody") == 11  # ten scenarios and the exclusion error


def test_an_unknown_group_is_named_with_those_there_are(indicators: pd.DataFrame):
    with pytest.raises(ValueError, match="no group 'elderly=yes' in the frame; it holds: all, elderly_only=yes"):
        draw_left_out(indicators, groups=["elderly=yes"])


def test_an_earlier_year_can_be_asked_for(indicators: pd.DataFrame, words):
    assert any("2019" in text for text in words(draw_left_out(indicators, year=2019)))
