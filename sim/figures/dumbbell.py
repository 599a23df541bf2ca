"""Figure: every package against the baseline as dumbbells: who is still poor at the end, and who relapsed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tuopin.sim.figures.bands import choose, one_uncertainty
from tuopin.sim.figures.notes import comparison_notes, extent_notes
from tuopin.sim.figures.style import BLACK, BLUE, GREY, TEXT, dress, finish, fit, language, look, new_figure
from tuopin.sim.figures.words import say, scenario_label, view_label

RELAPSE, RELAPSE_IN_BASELINE = "paired_relapse_by_3_years", "paired_relapse_by_3_years_in_baseline"
Ends = dict[str, tuple[float, float, float, float]]
"""Scenario -> baseline, scenario, and the ends of the scenario's interval, in %."""


def draw_dumbbell(
    indicators: pd.DataFrame,
    comparison: pd.DataFrame,
    *,
    omitted: int = 0,
    scale: float = 1.0,
    place: str | None = None,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Headcount ratio of the last year, and relapse within three years of those who exit under both, with and without.

    `indicators` is the long frame of a result, `comparison` has the columns of comparison.csv. One row a scenario, that
    with the lowest headcount on top; black is the baseline, blue the scenario, with the interval of the paired
    difference from the baseline.

    Raises
    ------
    ValueError
        Where the frames lack the rows.
    """
    spoken = language(lang)
    rows = one_uncertainty(comparison.assign(year=comparison["year"].astype(str)))
    rows = choose(rows, place=place, view="true", group="all")
    last = int(indicators["year"].max())
    poverty = _poverty(
        choose(indicators, place=place, indicator="headcount_ratio", view="true", group="all"), rows, last
    )
    relapse = _relapse(rows)
    order = sorted(poverty, key=lambda name: poverty[name][1])
    baseline = scenario_label(str(rows["baseline"].iloc[0]), spoken, labels)
    names = [fit(scenario_label(name, spoken, labels), 2.2, TEXT) for name in order]
    with look(spoken):
        title = say("dumbbell_title", spoken, baseline=baseline, view=view_label("true", spoken))
        height = 2.3 + 0.36 * len(order) + 0.17 * sum(name.count("\n") for name in names)
        figure = new_figure(10.0, height)
        notes = [say("dumbbell_note", spoken, baseline=baseline), *comparison_notes(rows, None, None, spoken)]
        notes += extent_notes(omitted, scale, spoken)
        bottom, top = dress(figure, title=title, notes=notes, asked=lang, lang=spoken)
        low, tall = bottom + 0.6 / height, top - bottom - 0.65 / height
        panels = ((0.25, poverty, "dumbbell_poverty"), (0.64, relapse, "dumbbell_relapse"))
        for left, ends, phrase in panels:
            axes = figure.add_axes((left, low, 0.33, tall))
            axes.set_xlabel(say(phrase, spoken, year=last))
            _rows(axes, [ends.get(name) for name in order])
            axes.set_yticklabels(names if left == panels[0][0] else [])
        return finish(figure, title)


def _poverty(levels: pd.DataFrame, rows: pd.DataFrame, last: int) -> Ends:
    """Headcount ratio of the last year; the interval is that of the paired difference, laid on the baseline's mean."""
    base = str(rows["baseline"].iloc[0])
    level = float(levels[(levels["scenario"] == base) & (levels["year"] == last)]["value"].mean())
    return _on(level, choose(rows, indicator="headcount_ratio", year=str(last)))


def _on(level: float, differences: pd.DataFrame) -> Ends:
    found: Ends = {}
    for row in differences.to_dict("records"):
        after, low, high = (100 * (level + float(row[name])) for name in ("mean_difference", "low", "high"))
        found[str(row["scenario"])] = (100 * level, after, low, high)
    return found


def _relapse(rows: pd.DataFrame) -> Ends:
    """Relapse of those who exit under both: the baseline's level is another for each scenario."""
    over_all = rows[rows["year"] == "all"]
    levels = over_all[over_all["indicator"] == RELAPSE_IN_BASELINE]
    before = dict(zip(levels["scenario"].astype(str), levels["mean_difference"].tolist(), strict=True))
    found: Ends = {}
    for scenario, one in over_all[over_all["indicator"] == RELAPSE].groupby("scenario", sort=False):
        if str(scenario) in before:
            found |= _on(before[str(scenario)], one)
    return found


def _rows(axes: Axes, ends: list[tuple[float, float, float, float] | None]) -> None:
    axes.set_ylim(len(ends) - 0.5, -0.5)
    axes.set_yticks(range(len(ends)))
    axes.xaxis.grid()
    axes.spines["left"].set_visible(False)
    for y, found in enumerate(ends):
        if found is None or not np.isfinite(found[:2]).all():
            continue
        before, after, low, high = found
        axes.plot([before, after], [y, y], color=GREY, linewidth=1.4, zorder=2)
        if np.isfinite(low) and np.isfinite(high):
            axes.plot([low, high], [y, y], color=BLUE, linewidth=4.5, alpha=0.35, solid_capstyle="butt", zorder=1)
        axes.plot(
            before, y, marker="D", markersize=5.5, color=BLACK, markerfacecolor="white", linestyle="none", zorder=3
        )
        axes.plot(after, y, marker="o", markersize=6.5, color=BLUE, linestyle="none", zorder=4)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
