"""Figure: headcount ratio by scenario with bands over replicates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from tuopin.sim.figures.bands import choose, over_replicates, scenarios_of
from tuopin.sim.figures.notes import common_notes
from tuopin.sim.figures.panels import Curves, draw_panels
from tuopin.sim.figures.style import language, look
from tuopin.sim.figures.words import say, scenario_label, view_label, view_note


def draw_headcount(
    indicators: pd.DataFrame,
    *,
    baseline: str | None = None,
    view: str = "true",
    group: str = "all",
    place: str | None = None,
    uncertainty: str = "luck",
    omitted: int = 0,
    scale: float = 1.0,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Headcount ratio (FGT0; Foster, Greer & Thorbecke 1984) of every year, one panel per scenario.

    `indicators` is the long frame of a result (scenario, replicate, year, view, group, indicator, value); the line is
    the mean over replicates, the band their middle 90% (the range where there are fewer than 20).

    Raises
    ------
    ValueError
        Where the frame lacks the rows, the baseline or holds several places and none is named.
    """
    spoken = language(lang)
    rows = choose(indicators, place=place, indicator="headcount_ratio", view=view, group=group)
    names, baseline = scenarios_of(rows, baseline)
    table = over_replicates(rows, ["scenario", "year"]).rename(columns={"year": "x"})
    table[["mean", "low", "high"]] *= 100
    first, last = int(table["x"].min()), int(table["x"].max())
    ticks = sorted({int(year) for year in np.linspace(first, last, min(4, last - first + 1)).round()})
    curves = Curves(
        table,
        {name: scenario_label(name, spoken, labels) for name in names},
        baseline,
        x_label=say("year", spoken),
        y_label=say("headcount_axis", spoken),
        x_ticks=ticks,
    )
    notes = [
        view_note(view, spoken),
        *common_notes(rows, uncertainty, spoken, place, omitted, scale),
        say("initial_state", spoken, year=first),
    ]
    with look(spoken):
        title = say("headcount_title", spoken, view=view_label(view, spoken))
        return draw_panels(curves, title=title, notes=notes, asked=lang, lang=spoken)
