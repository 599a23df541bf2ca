from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.figure import Figure

from tuopin.sim.figures.headcount import draw_headcount


def test_ten_scenarios_give_nine_legible_panels(indicators: pd.DataFrame, faults, words):
    figure = draw_headcount(indicators)
    assert isinstance(figure, Figure)
    assert len(figure.axes) == 9
    assert faults(figure) == []
    said = " ".join(words(figure))
    assert "true view" in said and "Simulated, given these assumptions" in said
    assert "20 replicates. Band or bar: middle 90% of the replicates (luck only" in said
    assert "% of persons" in said and "none (baseline)" in said


def test_lines_are_means_over_replicates(indicators: pd.DataFrame, words):
    figure = draw_headcount(indicators)
    wanted = indicators[(indicators["indicator"] == "headcount_ratio") & (indicators["group"] == "all")]
    means = wanted.groupby(["scenario", "year"])["value"].mean() * 100
    axes = figure.axes[0]
    assert axes.get_title(loc="left") == "relocation"
    boldest = max(axes.lines, key=lambda line: line.get_linewidth())
    assert boldest.get_xdata().tolist() == list(range(2016, 2026))
    assert boldest.get_ydata() == pytest.approx(means["relocation"].to_numpy())
    assert f"{means['relocation', 2025]:.1f}%" in words(figure)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 25])
def test_any_number_of_scenarios_is_legible(indicators: pd.DataFrame, faults, count: int):
    names = list(indicators["scenario"].unique())
    some = indicators[indicators["scenario"].isin(names[:count]) & (indicators["replicate"] < 3)]
    extra = [some[some["scenario"] == "none"].assign(scenario=f"package_{i}") for i in range(count - len(names))]
    figure = draw_headcount(pd.concat([some, *extra]))
    assert len(figure.axes) == max(1, count - 1)
    assert faults(figure) == []


def test_one_replicate_has_no_band_and_says_so(indicators: pd.DataFrame, words):
    figure = draw_headcount(indicators[indicators["replicate"] == 0])
    assert not any(axes.collections for axes in figure.axes)
    assert "1 replicate: no band" in " ".join(words(figure))


def test_few_replicates_show_their_range_and_drawn_parameters_are_named(indicators: pd.DataFrame, words):
    said = " ".join(words(draw_headcount(indicators[indicators["replicate"] < 5], uncertainty="parameters")))
    assert "5 replicates. Band or bar: lowest to highest of the replicates (luck and drawn parameters together)" in said


def test_a_view_the_frame_lacks_is_refused(indicators: pd.DataFrame):
    with pytest.raises(ValueError, match="view = 'survey'; the frame holds: true"):
        draw_headcount(indicators, view="survey")


def test_a_group_can_be_drawn(indicators: pd.DataFrame):
    everybody, elderly = (draw_headcount(indicators, group=group) for group in ("all", "elderly_only=yes"))
    assert elderly.axes[0].get_ylim()[1] > everybody.axes[0].get_ylim()[1]


def test_nobody_poor_at_all_can_be_drawn(indicators: pd.DataFrame, faults):
    assert faults(draw_headcount(indicators.assign(value=0.0))) == []
