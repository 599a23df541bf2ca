from __future__ import annotations

import pandas as pd
import pytest

from tuopin.sim.figures.exit_relapse import draw_exit_relapse


def test_every_scenario_is_a_labelled_point(indicators: pd.DataFrame, faults, words):
    figure = draw_exit_relapse(indicators)
    assert faults(figure) == []
    said = words(figure)
    for name in indicators["scenario"].unique():
        assert name.replace("_", " ") in said
    notes = " ".join(said)
    assert "true view" in notes and "of the stock" in notes and "who had exited since 2016" in notes


def test_points_are_means_of_yearly_rates(indicators: pd.DataFrame):
    axes = draw_exit_relapse(indicators).axes[0]
    rates = indicators[indicators["indicator"] == "exit_rate"].groupby("scenario")["value"].mean() * 100
    entries = indicators[indicators["indicator"] == "reentry_rate"].groupby("scenario")["value"].mean() * 100
    points = {
        (float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in axes.lines if len(line.get_xdata()) == 1
    }
    for name in rates.index:
        assert any(point == pytest.approx((rates[name], entries[name])) for point in points)
    assert len(points) == 10


def test_scenarios_without_difference_are_all_legible(indicators: pd.DataFrame, faults):
    same = indicators[indicators["scenario"] == "none"]
    names = [f"all_but_policy_number_{i}" for i in range(10)]
    assert faults(draw_exit_relapse(pd.concat([same.assign(scenario=name) for name in names]))) == []


def test_a_result_without_reentry_says_what_it_lacks(indicators: pd.DataFrame):
    rows = indicators[indicators["indicator"] != "reentry_rate"]
    with pytest.raises(ValueError, match="indicator = 'reentry_rate'"):
        draw_exit_relapse(rows)


def test_rates_that_no_year_has_are_refused(indicators: pd.DataFrame):
    unseen = indicators["indicator"] == "reentry_rate"
    with pytest.raises(ValueError, match="nobody"):
        draw_exit_relapse(indicators.assign(value=indicators["value"].mask(unseen)))
