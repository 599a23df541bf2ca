"""Figure: sustained exits gained, and the cost of each, against the baseline."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from tuopin.sim.figures.bands import choose, one_uncertainty
from tuopin.sim.figures.notes import comparison_notes, extent_notes
from tuopin.sim.figures.style import BLACK, BLUE, GREY, SMALL, TEXT, dress, finish, fit, language, look, new_figure
from tuopin.sim.figures.words import Lang, say, scenario_label, view_label


def draw_cost(
    comparison: pd.DataFrame,
    *,
    price_year: int,
    discount_rate: float | None = None,
    omitted: int = 0,
    scale: float = 1.0,
    place: str | None = None,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Sustained exits gained and cost per sustained exit with 95% intervals (incremental cost-effectiveness ratio).

    `comparison` has the columns of comparison.csv; read are the rows `sustained_exits_persons` and
    `cost_per_sustained_exit` of view true, group all, year all. `price_year` is the year of the constant prices. A
    scenario whose ratio is missing, or whose gain's interval is not wholly above zero, gets the words "no clear gain"
    in place of a mark.

    Raises
    ------
    ValueError
        Where the comparison holds no such rows.
    """
    spoken = language(lang)
    rows = one_uncertainty(comparison.assign(year=comparison["year"].astype(str)))
    rows = choose(rows, place=place, view="true", group="all", year="all")
    gains = choose(rows, indicator="sustained_exits_persons")
    table = _gain_and_ratio(gains, rows)
    baseline = scenario_label(str(gains["baseline"].iloc[0]), spoken, labels)
    with look(spoken):
        title = say("cost_title", spoken, view=view_label("true", spoken))
        axis = fit(say("gain_axis", spoken, baseline=baseline), 2.7, TEXT)
        below = 0.26 + 0.17 * max(2, axis.count("\n") + 1)
        height = 1.9 + below + 0.42 * len(table)
        figure = new_figure(10.0, height)
        notes = [*_notes(gains, price_year, discount_rate, spoken), *extent_notes(omitted, scale, spoken)]
        bottom, top = dress(figure, title=title, notes=notes, asked=lang, lang=spoken)
        low, tall = bottom + below / height, top - bottom - (below + 0.05) / height
        left = figure.add_axes((0.25, low, 0.27, tall))
        right = figure.add_axes((0.57, low, 0.40, tall))
        left.set_xlabel(axis)
        _gains(left, table, [fit(scenario_label(str(name), spoken, labels), 2.2, TEXT) for name in table.index])
        kind = say("logarithmic", spoken) if _costs(right, table, spoken) else ""
        right.set_xlabel(say("cost_axis", spoken, year=price_year, scale=kind))
        return finish(figure, title)


def _gain_and_ratio(gains: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Gain and cost ratio (thousand yuan) side by side, cheapest first; no ratio where the gain is not clear."""
    costs = rows[rows["indicator"] == "cost_per_sustained_exit"].set_index("scenario")
    columns = ["mean_difference", "low", "high"]
    table = gains.set_index("scenario")[columns].join((costs[columns] / 1000).add_suffix("_cost"), how="left")
    table.loc[~(table["low"] > 0), ["mean_difference_cost", "low_cost", "high_cost"]] = np.nan
    table = table.assign(clear=table["mean_difference_cost"].notna())
    order = ["clear", "mean_difference_cost", "mean_difference"]
    return table.sort_values(order, ascending=[False, True, False], kind="stable")


def _notes(gains: pd.DataFrame, price_year: int, discount_rate: float | None, lang: Lang) -> list[str]:
    """Footnote: what is counted, in which prices, and what the bars are."""
    return [
        say("sustained", lang),
        say("ratio_rule", lang),
        *comparison_notes(gains, price_year, discount_rate, lang),
    ]


def _rows(axes: Axes, count: int) -> None:
    """One row per scenario, the first on top."""
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks(range(count))
    axes.xaxis.grid()
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(FuncFormatter(_number))


def _gains(axes: Axes, table: pd.DataFrame, names: list[str]) -> None:
    _rows(axes, len(table))
    axes.set_yticklabels(names, fontsize=TEXT)
    axes.axvline(0, color=GREY, linewidth=1)
    for y, row in enumerate(table.to_dict("records")):
        axes.plot([row["low"], row["high"]], [y, y], color=BLACK, linewidth=1.6, solid_capstyle="butt")
        axes.plot(
            row["mean_difference"],
            y,
            marker="o",
            markersize=6.5,
            color=BLUE if row["clear"] else "white",
            markeredgecolor=BLUE if row["clear"] else BLACK,
            linestyle="none",
            zorder=4,
        )


def _costs(axes: Axes, table: pd.DataFrame, lang: Lang) -> bool:
    """Ratios with their intervals, an unbounded end as an arrow; returns whether the axis is logarithmic."""
    _rows(axes, len(table))
    axes.set_yticklabels([])
    logarithmic = _cost_axis(axes, table[["mean_difference_cost", "low_cost", "high_cost"]].to_numpy(dtype=float))
    left, right = axes.get_xlim()
    for y, row in enumerate(table.to_dict("records")):
        if not row["clear"]:
            words = say("no_clear_gain" if np.isfinite(row["low"]) else "too_few", lang)
            style = "italic" if lang == "en" else "normal"
            axes.text(0.015, y, words, transform=axes.get_yaxis_transform(), va="center", color=GREY, fontstyle=style)
            continue
        low = row["low_cost"] if np.isfinite(row["low_cost"]) else left
        high = row["high_cost"] if np.isfinite(row["high_cost"]) else right
        axes.plot([low, high], [y, y], color=BLACK, linewidth=1.6, solid_capstyle="butt")
        number = _number(round(row["mean_difference_cost"], 1))
        if not np.isfinite(row["high_cost"]):
            axes.plot(right, y, marker=">", color=BLACK, markersize=6, clip_on=False)
            number += f" ({say('unbounded', lang)})"
        axes.plot(row["mean_difference_cost"], y, marker="o", markersize=6.5, color=BLUE, zorder=4, clip_on=False)
        axes.annotate(
            number,
            (row["mean_difference_cost"], y),
            (0, 6),
            textcoords="offset points",
            va="bottom",
            ha="center",
            fontsize=SMALL,
            color=BLUE,
            fontweight="bold",
        )
    return logarithmic


def _cost_axis(axes: Axes, ends: NDArray[np.float64]) -> bool:
    """Limits and scale: from zero, or logarithmic where all is positive and spans more than a factor of 30."""
    finite = ends[np.isfinite(ends)]
    if not finite.size:
        axes.set_xticks([])
        return False
    least, most = float(finite.min()), float(finite.max())
    if least > 0 and most > 30 * least:
        axes.set_xscale("log")
        axes.set_xlim(least / 1.5, most * 1.5)
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(_number))
        return True
    axes.set_xlim(min(0.0, least * 1.2), max(most * 1.15, 0.0))
    return False


def _number(value: float, _: object = None) -> str:
    """Thousands separated; decimals only for small numbers."""
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:g}"
