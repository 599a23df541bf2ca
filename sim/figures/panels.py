"""Small multiples: one panel per scenario, against the baseline and the grey lines of all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tuopin.sim.figures.placing import FloatArray, spread
from tuopin.sim.figures.style import BLACK, BLUE, FAINT, GREY, PALE, SMALL, TEXT, dress, finish, fit, new_figure
from tuopin.sim.figures.words import Lang, say


@dataclass(frozen=True)
class Curves:
    """What a grid of panels shows.

    `table` has scenario, x, mean, low, high (in % already); `names` gives every scenario's label in drawing order.
    """

    table: pd.DataFrame
    names: dict[str, str]
    baseline: str | None
    x_label: str
    y_label: str
    x_ticks: Sequence[float]
    steps: bool = False
    top: float | None = None
    from_zero: bool = True

    @cached_property
    def lines(self) -> dict[str, dict[str, FloatArray]]:
        """The columns of each scenario's rows, in the order of x."""
        sorted_rows = self.table.sort_values("x", kind="stable").groupby("scenario", sort=False, observed=True)
        return {
            str(name): {column: rows[column].to_numpy(dtype=float) for column in ("x", "mean", "low", "high")}
            for name, rows in sorted_rows
        }


def draw_panels(curves: Curves, *, title: str, notes: list[str], asked: str, lang: Lang) -> Figure:
    """The grid: three panels a row (two for up to four scenarios), shared axes, labels at the line ends."""
    shown = [name for name in curves.names if name != curves.baseline] or list(curves.names)
    columns = min(len(shown), 2 if len(shown) in (2, 4) else 3 if len(shown) <= 9 else 4)
    rows = ceil(len(shown) / columns)
    width = 6.5 if columns == 1 else 10.0
    titles = {name: fit(curves.names[name], 0.9 * (width - 0.9) / columns, TEXT + 0.5) for name in shown}
    extra = 0.17 * max(title.count("\n") for title in titles.values())
    height = 1.6 + (3.6 if rows == 1 else 2.15 * rows) + extra * rows
    figure = new_figure(width, height)
    bottom, top = dress(figure, title=title, notes=notes, asked=asked, lang=lang)
    grid = figure.add_gridspec(
        rows,
        columns,
        left=0.75 / width,
        right=1 - 0.15 / width,
        bottom=bottom + 0.5 / height,
        top=top - (0.42 + extra) / height,
        wspace=0.12,
        hspace=0.34 + 0.7 * extra,
    )
    limits = _limits(curves)
    for index, name in enumerate(shown):
        axes = figure.add_subplot(grid[index // columns, index % columns])
        last_of_column = index + columns >= len(shown)
        _axes(axes, curves, limits, left=index % columns == 0, bottom=last_of_column)
        _panel(axes, curves, name, others=len(shown) > 1)
        axes.set_title(titles[name], fontsize=TEXT + 0.5, color=BLUE, fontweight="bold", loc="left", pad=5)
    _key(figure, curves, lang, others=len(shown) > 1)
    figure.supylabel(curves.y_label, x=0.12 / width, y=(bottom + top) / 2, fontsize=TEXT, va="center", ha="left")
    return finish(figure, title)


def _limits(curves: Curves) -> tuple[float, float, float, float]:
    """Shared limits, with room at the right for the labels at the line ends."""
    x = curves.table["x"]
    low, high = float(np.nanmin(curves.table["low"])), float(np.nanmax(curves.table["high"]))
    first, last = float(x.min()), float(x.max())
    room = max(last - first, 1.0)
    bottom = 0.0 if curves.from_zero else max(0.0, low - 0.08 * (high - low))
    top = curves.top if curves.top is not None else high + 0.06 * max(high - bottom, 1e-9)
    return first - 0.02 * room, last + 0.2 * room, bottom, max(top, bottom + 1.0)


def _axes(axes: Axes, curves: Curves, limits: tuple[float, float, float, float], *, left: bool, bottom: bool) -> None:
    axes.set_xlim(limits[0], limits[1])
    axes.set_ylim(limits[2], limits[3])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
    axes.yaxis.grid()
    axes.xaxis.set_tick_params(pad=6, labelbottom=bottom)
    axes.yaxis.set_tick_params(labelleft=left)
    axes.set_xticks(list(curves.x_ticks))  # once it is known how ticks look: each is made only once
    axes.spines["bottom"].set_bounds(float(curves.table["x"].min()), float(curves.table["x"].max()))
    axes.spines["left"].set_visible(False)
    if bottom:
        axes.set_xlabel(curves.x_label, fontsize=SMALL, color=GREY, loc="left")


def _panel(axes: Axes, curves: Curves, name: str, *, others: bool) -> None:
    """One scenario in full, the baseline dashed, the others pale; values at the ends."""
    drawstyle = "steps-post" if curves.steps else "default"
    rest = [other for other in curves.names if others and other not in (name, curves.baseline)]
    axes.plot(*_one_line(curves, rest), color=PALE, linewidth=0.8, drawstyle=drawstyle, zorder=1)
    ends: list[tuple[float, float, str]] = []
    for which, colour, dashes, shade in ((curves.baseline, BLACK, (4, 2), FAINT), (name, BLUE, (), BLUE)):
        if which is None or (which == curves.baseline and which == name and colour == BLACK):
            continue
        line = curves.lines.get(which)
        if line is None:
            continue
        if np.any(line["high"] > line["low"]):
            axes.fill_between(
                line["x"],
                line["low"],
                line["high"],
                step="post" if curves.steps else None,
                color=shade,
                alpha=0.22 if colour == BLUE else 1.0,
                linewidth=0,
                zorder=2 if colour == BLUE else 1.5,
            )
        axes.plot(
            line["x"],
            line["mean"],
            color=colour,
            linewidth=1.8 if colour == BLUE else 1.3,
            drawstyle=drawstyle,
            dashes=dashes,
            zorder=4 if colour == BLUE else 3,
        )
        ends.append((float(line["x"][-1]), float(line["mean"][-1]), colour))
    _end_labels(axes, ends)


def _key(figure: Figure, curves: Curves, lang: Lang, *, others: bool) -> None:
    """What the three kinds of line are, in one row under the title."""
    width, height = figure.get_size_inches()
    entries: list[tuple[str, float, tuple[int, ...], str]] = (
        [(BLUE, 1.8, (), say("this_scenario", lang))] if others else []
    )
    if curves.baseline is not None and len(curves.names) > 1:
        entries.append((BLACK, 1.3, (4, 2), say("baseline", lang, name=curves.names[curves.baseline])))
    if others:
        entries.append((PALE, 1.2, (), say("other_scenarios", lang)))
    x, y = 0.25 / width, 1 - 0.58 / height
    for colour, thickness, dashes, words in entries:
        figure.add_artist(Line2D([x, x + 0.32 / width], [y, y], color=colour, linewidth=thickness, dashes=dashes))
        text = figure.text(x + 0.39 / width, y, words, fontsize=SMALL, va="center", ha="left")
        x = text.get_window_extent().x1 / figure.bbox.width + 0.25 / width


def _end_labels(axes: Axes, ends: list[tuple[float, float, str]]) -> None:
    """Values at the line ends, moved apart where they would touch."""
    low, high = axes.get_ylim()
    inches = axes.get_window_extent().height / axes.figure.get_dpi()
    gap = (high - low) * (SMALL * 1.2 / 72) / max(inches, 1e-6)
    places = spread([value for _, value, _ in ends], gap, low + gap / 2, high - gap / 2)
    for (x, value, colour), y in zip(ends, places, strict=True):
        axes.annotate(
            f"{value:.1f}%",
            (x, y),
            (4, 0),
            textcoords="offset points",
            va="center",
            ha="left",
            fontsize=SMALL,
            color=colour,
            fontweight="bold" if colour == BLUE else "normal",
            annotation_clip=False,
        )


def _one_line(curves: Curves, names: Sequence[str]) -> tuple[FloatArray, FloatArray]:
    """The means of several scenarios as one line, broken between them: drawing a line costs more than its points."""
    lines = [curves.lines[name] for name in names if name in curves.lines]
    x = [np.append(line["x"], line["x"][-1]) for line in lines]
    y = [np.append(line["mean"], np.nan) for line in lines]
    return np.concatenate([[], *x]), np.concatenate([[], *y])
