"""Figure: exit rate against re-entry rate, one point per scenario."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tuopin.sim.figures.bands import choose, over_replicates, scenarios_of
from tuopin.sim.figures.notes import common_notes
from tuopin.sim.figures.placing import Point, label_points
from tuopin.sim.figures.style import BLACK, BLUE, TEXT, dress, finish, fit, language, look, new_figure
from tuopin.sim.figures.words import say, scenario_label, view_label, view_note


def draw_exit_relapse(
    indicators: pd.DataFrame,
    *,
    baseline: str | None = None,
    view: str = "true",
    place: str | None = None,
    uncertainty: str = "luck",
    omitted: int = 0,
    scale: float = 1.0,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Exit rate (Bane & Ellwood 1986) against re-entry rate (Stevens 1999), both means of the simulated years.

    `indicators` is the long frame of a result. Each replicate's rates are averaged over its years first; point and
    bars are then the mean and band over replicates.

    Raises
    ------
    ValueError
        Where the frame lacks the rows.
    """
    spoken = language(lang)
    rows = choose(indicators, place=place, view=view, group="all")
    start = int(rows["year"].min())
    points, counted = _points(rows)
    names, baseline = scenarios_of(points, baseline)
    first, last = int(counted["year"].min()), int(counted["year"].max())
    notes = [
        view_note(view, spoken),
        say("stock", spoken),
        *common_notes(rows, uncertainty, spoken, place, omitted, scale),
    ]
    with look(spoken):
        title = say("exit_relapse_title", spoken, view=view_label(view, spoken))
        figure = new_figure(9.0, 6.2)
        bottom, top = dress(figure, title=title, notes=notes, asked=lang, lang=spoken)
        axes = figure.add_axes((0.65 / 9, bottom + 0.68 / 6.2, 0.89, top - bottom - 1.16 / 6.2))
        axes.set_xlabel(say("exit_axis", spoken, first=first, last=last))
        axes.set_title(
            say("reentry_axis", spoken, start=start, first=first, last=last), loc="left", fontsize=TEXT, x=-0.05, pad=8
        )
        _scatter(axes, points, {name: fit(scenario_label(name, spoken, labels), 2.0, TEXT) for name in names}, baseline)
        return finish(figure, title)


def _points(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean and band of both rates per scenario (in %), and the rows that were averaged."""
    tables, used = [], []
    for indicator, axis in (("exit_rate", "x"), ("reentry_rate", "y")):
        rates = choose(rows, indicator=indicator).dropna(subset=["value"])
        used.append(rates)
        means = rates.groupby(["scenario", "replicate"], sort=False, observed=True)["value"].mean().reset_index()
        means["value"] *= 100
        band = over_replicates(means, ["scenario"]).set_index("scenario")
        tables.append(band[["mean", "low", "high"]].add_prefix(f"{axis}_"))
    if tables[0].empty or tables[1].empty:
        none = (
            "nobody was poor who could leave poverty"
            if tables[0].empty
            else "nobody who had left poverty could fall back"
        )
        raise ValueError(f"{none} in any year; run more years or a larger scale")
    return tables[0].join(tables[1], how="inner").reset_index(), pd.concat(used)


def _scatter(axes: Axes, points: pd.DataFrame, names: Mapping[str, str], baseline: str | None) -> None:
    """Points with bars; the baseline as a black diamond; labels beside the points."""
    for axis, limits in (("x", axes.set_xlim), ("y", axes.set_ylim)):
        least, most = float(points[f"{axis}_low"].min()), float(points[f"{axis}_high"].max())
        room = max(0.12 * (most - least), 0.02 * most, 1e-6)
        limits(max(0.0, least - room), most + room)
    for ruler in (axes.xaxis, axes.yaxis):
        ruler.set_major_locator(MaxNLocator(6))
        ruler.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
    marks = []
    for row in points.to_dict("records"):
        is_baseline = row["scenario"] == baseline
        colour = BLACK if is_baseline else BLUE
        axes.plot([row["x_low"], row["x_high"]], [row["y_mean"]] * 2, color=colour, linewidth=1, alpha=0.55)
        axes.plot([row["x_mean"]] * 2, [row["y_low"], row["y_high"]], color=colour, linewidth=1, alpha=0.55)
        axes.plot(
            row["x_mean"],
            row["y_mean"],
            marker="D" if is_baseline else "o",
            markersize=7,
            color=colour,
            markerfacecolor="white" if is_baseline else colour,
            markeredgewidth=1.6,
            linestyle="none",
            zorder=4,
        )
        marks.append(
            Point(
                row["x_mean"],
                row["y_mean"],
                names[row["scenario"]],
                row["x_low"],
                row["x_high"],
                row["y_low"],
                row["y_high"],
                bold=is_baseline,
            )
        )
    label_points(axes, marks, size=TEXT)
