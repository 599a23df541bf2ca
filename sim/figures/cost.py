"""Figure: sustained exits gained, and the cost of each, against the baseline."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.figures.bands import choose, one_uncertainty
from sim.figures.style import BLACK, BLUE, GREY, SMALL, TEXT, dress, finish, language, look, new_figure, quiet_axes
from sim.figures.words import Lang, say, scenario_label


def draw_cost(
    comparison: pd.DataFrame,
    *,
    price_year: int,
    discount_rate: float | None = None,
    place: str | None = None,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Sustained exits gained and cost per sustained exit with 95% intervals (incremental cost-effectiveness ratio).

    `comparison` has the columns of comparison.csv; read are the rows `sustained_exits_persons` and
    `cost_per_sustained_exit` of view true, group all, year all. `price_year` is the year of the constant prices. A
    scenario whose ratio is missing, or whose gain's interval is not wholly above zero, gets the words "no clear gain"
    in place of a mark. Raises ValueError where the comparison holds no such rows.
    """
    spoken = language(lang)
    rows = one_uncertainty(comparison.assign(year=comparison["year"].astype(str)))
    rows = choose(rows, place=place, view="true", group="all", year="all")
    gains = choose(rows, indicator="sustained_exits_persons")
    table = _paired(gains, rows)
    baseline = scenario_label(str(gains["baseline"].iloc[0]), spoken, labels)
    with look(spoken):
        title = say("cost_title", spoken, view=say("view_true", spoken))
        height = 2.5 + 0.42 * len(table)
        figure = new_figure(10.0, height)
        notes = _notes(gains, price_year, discount_rate, spoken)
        bottom, top = dress(figure, title=title, notes=notes, asked=lang, lang=spoken)
        low, tall = bottom + 0.6 / height, top - bottom - 0.65 / height
        left = figure.add_axes((0.25, low, 0.27, tall))
        right = figure.add_axes((0.57, low, 0.40, tall))
        left.set_xlabel(say("gain_axis", spoken, baseline=baseline))
        right.set_xlabel(say("cost_axis", spoken, year=price_year))
        _gains(left, table, [scenario_label(str(name), spoken, labels) for name in table.index])
        _costs(right, table, spoken)
        return finish(figure, title)


def _paired(gains: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
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
    rate = "" if discount_rate is None else say("rate", lang, rate=f"{discount_rate:.1%}")
    uncertainty = say(str(gains["uncertainty"].iloc[0]), lang)
    return [
        say("sustained", lang),
        say("discounted", lang, rate=rate, year=price_year),
        say("ratio_rule", lang),
        say("simulated", lang),
        *([say("place", lang, place=gains["place"].iloc[0])] if "place" in gains.columns else []),
        say("replicates", lang, n=int(gains["replicates"].max())),
        say("interval", lang, uncertainty=uncertainty),
    ]


def _rows(axes: Axes, count: int) -> None:
    """One row per scenario, the first on top."""
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks(range(count))
    quiet_axes(axes, grid="x")
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 10 else f"{value:g}")
    )


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


def _costs(axes: Axes, table: pd.DataFrame, lang: Lang) -> None:
    """Ratios with their intervals; an unbounded end leaves the panel with an arrow."""
    _rows(axes, len(table))
    axes.set_yticklabels([])
    ends = table[["mean_difference_cost", "low_cost", "high_cost"]].to_numpy(dtype=float)
    finite = ends[np.isfinite(ends)]
    right = float(finite.max()) * 1.3 if finite.size else 1.0
    axes.set_xlim(min(0.0, float(finite.min()) * 1.1) if finite.size else 0.0, right)
    if not finite.size:
        axes.set_xticks([])
    for y, row in enumerate(table.to_dict("records")):
        if not row["clear"]:
            words = "no_clear_gain" if np.isfinite(row["low"]) else "too_few"
            axes.annotate(
                say(words, lang),
                (0, y),
                (6, 0),
                textcoords="offset points",
                va="center",
                fontsize=TEXT,
                color=GREY,
                fontstyle="italic" if lang == "en" else "normal",
            )
            continue
        low, high = row["low_cost"], row["high_cost"]
        bounded = bool(np.isfinite(high))
        low = low if np.isfinite(low) else axes.get_xlim()[0]
        axes.plot([low, high if bounded else right * 0.99], [y, y], color=BLACK, linewidth=1.6, solid_capstyle="butt")
        if not bounded:
            axes.plot(right * 0.985, y, marker=">", color=BLACK, markersize=6, clip_on=False)
        axes.plot(row["mean_difference_cost"], y, marker="o", markersize=6.5, color=BLUE, zorder=4)
        number = f"{row['mean_difference_cost']:,.0f}"
        if not bounded:
            number += f" ({say('unbounded', lang)})"
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
