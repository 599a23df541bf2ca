from __future__ import annotations

import pandas as pd
import pytest

from tuopin.sim.figures.dumbbell import draw_dumbbell


def test_it_is_legible_with_the_lowest_headcount_on_top(indicators, comparison: pd.DataFrame, faults, words) -> None:
    figure = draw_dumbbell(indicators, comparison)
    assert faults(figure) == []
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert len(names) == 9 and names[0] == "all" and names[-1] == "relocation"
    said = " ".join(words(figure))
    for phrase in ("Still poor in 2025", "exit under both", "Diamond: “none”", "95% interval", "Simulated, given"):
        assert phrase in said


def test_marks_stand_where_baseline_and_package_are(indicators, comparison: pd.DataFrame) -> None:
    axes = draw_dumbbell(indicators, comparison).axes
    last = indicators[(indicators["year"] == 2025) & (indicators["indicator"] == "headcount_ratio")]
    means = last[last["group"] == "all"].groupby("scenario")["value"].mean() * 100
    diamonds = [line for line in axes[0].lines if line.get_marker() == "D"]
    dots = [line for line in axes[0].lines if line.get_marker() == "o"]
    assert [float(line.get_xdata()[0]) for line in diamonds] == pytest.approx([means["none"]] * 9)
    assert float(dots[0].get_xdata()[0]) == pytest.approx(means["all"])
    relapse = [line for line in axes[1].lines if line.get_marker() == "o"]
    assert float(relapse[0].get_xdata()[0]) == pytest.approx(100 * (0.36 + 0.001 * 4 - 0.9 * 0.059))  # all: fifth


def test_without_pairs_it_is_refused(indicators, comparison: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="headcount_ratio"):
        draw_dumbbell(indicators, comparison[comparison["indicator"] != "headcount_ratio"])
