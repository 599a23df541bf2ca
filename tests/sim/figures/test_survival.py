from __future__ import annotations

import pandas as pd
import pytest

from tuopin.sim.figures.survival import draw_survival


def test_curves_are_legible_and_say_what_they_are(survival: pd.DataFrame, faults, words):
    figure = draw_survival(survival, first_year=2016)
    assert len(figure.axes) == 9
    assert faults(figure) == []
    said = " ".join(words(figure))
    for phrase in (
        "Kaplan-Meier",
        "in each replicate",
        "weighted by persons",
        "exits up to 2016 left out",
        "true view",
        "Years since exit",
    ):
        assert phrase in said


def test_curves_are_means_over_replicates_and_start_at_one(survival: pd.DataFrame):
    without_start = survival[survival["years"] > 0]
    axes = draw_survival(without_start).axes[0]
    curve = max(axes.lines, key=lambda line: line.get_linewidth())
    means = without_start[without_start["scenario"] == "relocation"].groupby("years")["survival"].mean() * 100
    assert curve.get_drawstyle() == "steps-post"
    assert curve.get_ydata() == pytest.approx([100.0, *means])


def test_times_that_some_replicates_do_not_reach_are_left_out(survival: pd.DataFrame):
    cut = survival[(survival["replicate"] != 3) | (survival["years"] <= 4)]
    axes = draw_survival(cut).axes[0]
    assert max(line.get_xdata().max() for line in axes.lines) == 4


def test_no_common_time_is_refused(survival: pd.DataFrame):
    apart = survival[survival["years"] == survival["replicate"] % 10]
    with pytest.raises(ValueError, match="reached by every replicate"):
        draw_survival(apart)
