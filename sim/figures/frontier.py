"""Figure: what is bought for what: public cost against poverty-years averted, and which packages are dominated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tuopin.sim.figures.bands import choose, one_uncertainty
from tuopin.sim.figures.notes import comparison_notes, extent_notes
from tuopin.sim.figures.placing import Point, label_points
from tuopin.sim.figures.style import BLACK, BLUE, GREY, PALE, TEXT, dress, finish, fit, language, look, new_figure
from tuopin.sim.figures.words import say, scenario_label, view_label

ENDS = ["mean_difference", "low", "high"]


def draw_frontier(
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
    """Public cost above the baseline against poverty-years averted, with the frontier of what is not dominated.

    `comparison` has the columns of comparison.csv; read are the rows `cost_yuan_discounted` (present value in prices of
    `price_year`) and `poverty_years_persons` of view true, group all, year all. The frontier joins the baseline and the
    packages that no other and no mix of two others beats (see `efficient`); the others have a hollow mark.

    Raises
    ------
    ValueError
        Where the comparison holds no such rows.
    """
    spoken = language(lang)
    rows = one_uncertainty(comparison.assign(year=comparison["year"].astype(str)))
    rows = choose(rows, place=place, view="true", group="all", year="all")
    points = frontier_table(rows)
    baseline = scenario_label(str(rows["baseline"].iloc[0]), spoken, labels)
    rate = "" if discount_rate is None else say("rate", spoken, rate=f"{discount_rate:.1%}")
    with look(spoken):
        title = say("frontier_title", spoken, view=view_label("true", spoken))
        figure = new_figure(9.0, 6.2)
        notes = [
            say("frontier_note", spoken),
            say("cost_discounted", spoken, rate=rate, year=price_year),
            *comparison_notes(rows, None, None, spoken),
            *extent_notes(omitted, scale, spoken),
        ]
        bottom, top = dress(figure, title=title, notes=notes, asked=lang, lang=spoken)
        left = _room_for_numbers(points) / 9.0
        axes = figure.add_axes((left, bottom + 0.5 / 6.2, 0.962 - left, top - bottom - 0.85 / 6.2))
        axes.set_xlabel(say("frontier_x", spoken, baseline=baseline, year=price_year))
        axes.set_title(
            say("frontier_y", spoken, baseline=baseline), loc="left", fontsize=TEXT, x=-0.05, pad=8, color=BLACK
        )
        names = {str(name): fit(scenario_label(str(name), spoken, labels), 2.0, TEXT) for name in points.index}
        _draw(axes, points, names, baseline)
        return finish(figure, title)


def _room_for_numbers(points: pd.DataFrame) -> float:
    """Inches left of the axes for the numbers along it: those of millions need more, and a sign must not be cut."""
    ends = points[[f"{end}_averted" for end in ENDS]].abs().to_numpy()
    most = float(np.nanmax(ends, initial=0.0))
    return max(0.65, 0.07 * len(f"-{most:,.0f}") + 0.12)


def frontier_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Cost (M yuan) and poverty-years averted of each scenario with their ends, and whether it is on the frontier."""
    cost = choose(rows, indicator="cost_yuan_discounted").set_index("scenario")[ENDS] / 1e6
    years = -choose(rows, indicator="poverty_years_persons").set_index("scenario")[["mean_difference", "high", "low"]]
    years.columns = pd.Index(ENDS)
    table = cost.add_suffix("_cost").join(years.add_suffix("_averted"), how="inner")
    on = efficient(table["mean_difference_cost"].tolist(), table["mean_difference_averted"].tolist())
    return table.assign(efficient=on)


def efficient(cost: Sequence[float], averted: Sequence[float]) -> list[bool]:
    """Return which packages are on the frontier: the upper hull, from doing nothing (0, 0) on, as far as it rises.

    A package is dominated if another averts as much for no more, or if a mix of two others (or of one and doing
    nothing) averts more for the same money (extended dominance; Drummond et al. 2015, chapter 5). Of equal packages
    all are on it.
    """
    points = [(float(c), float(a)) for c, a in zip(cost, averted, strict=True)]
    hull: list[tuple[float, float]] = []
    for point in sorted({(0.0, 0.0), *points}, key=lambda p: (p[0], -p[1])):
        if hull and point[1] <= hull[-1][1]:
            continue  # no dearer one averts more
        while len(hull) >= 2 and _turns_left(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return [point in hull for point in points]


def _turns_left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Whether b lies below the line from a to c: the next step would avert more a yuan than the last."""
    return (b[1] - a[1]) * (c[0] - a[0]) < (c[1] - a[1]) * (b[0] - a[0])


def _draw(axes: Axes, points: pd.DataFrame, names: Mapping[str, str], baseline: str) -> None:
    """The baseline as a black diamond, packages with their bars, the frontier as a line through what is on it."""
    on = points[points["efficient"]].sort_values("mean_difference_cost")
    x = [0.0, *on["mean_difference_cost"]]
    y = [0.0, *on["mean_difference_averted"]]
    order = np.argsort(x, kind="stable")
    axes.plot(np.array(x)[order], np.array(y)[order], color=GREY, linewidth=1.2, dashes=(4, 2), zorder=1)
    marks = [Point(0.0, 0.0, baseline, 0.0, 0.0, 0.0, 0.0, bold=True)]
    axes.plot(0, 0, marker="D", markersize=7, color=BLACK, markerfacecolor="white", markeredgewidth=1.6, zorder=4)
    for scenario, row in points.iterrows():
        ends = {
            name: row[name] if np.isfinite(row[name]) else row[f"mean_difference_{name.partition('_')[2]}"]
            for name in ("low_cost", "high_cost", "low_averted", "high_averted")
        }
        cost, averted = row["mean_difference_cost"], row["mean_difference_averted"]
        axes.plot([ends["low_cost"], ends["high_cost"]], [averted] * 2, color=BLUE, linewidth=1, alpha=0.55)
        axes.plot([cost] * 2, [ends["low_averted"], ends["high_averted"]], color=BLUE, linewidth=1, alpha=0.55)
        face = BLUE if row["efficient"] else "white"
        axes.plot(cost, averted, marker="o", markersize=7, color=BLUE, markerfacecolor=face, linestyle="none", zorder=4)
        marks.append(Point(cost, averted, names[str(scenario)], *ends.values()))
    _limits(axes, points)
    label_points(axes, marks, size=TEXT)
    for text in axes.texts:  # words stay legible where the frontier runs behind them
        text.set_path_effects([withStroke(linewidth=3, foreground="white")])


def _limits(axes: Axes, points: pd.DataFrame) -> None:
    for axis, set_limits in (("cost", axes.set_xlim), ("averted", axes.set_ylim)):
        values = points[[f"{end}_{axis}" for end in ENDS]].to_numpy(dtype=float)
        known = np.append(values[np.isfinite(values)], 0.0)
        room = max(0.1 * np.ptp(known), 1e-6)
        set_limits(float(known.min() - room), float(known.max() + room))
    for ruler in (axes.xaxis, axes.yaxis):
        ruler.set_major_locator(MaxNLocator(6))
        ruler.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 10 else f"{value:g}"))
    axes.axhline(0, color=PALE, linewidth=0.8, zorder=0)
    axes.axvline(0, color=PALE, linewidth=0.8, zorder=0)
