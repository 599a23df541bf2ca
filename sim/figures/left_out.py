"""Figure: who is left out, by group and scenario, and whom the register misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from tuopin.sim.figures.bands import choose, replicates_of, scenarios_of
from tuopin.sim.figures.groups import Found, Interval, changes_of, chosen_groups, levels_of, missed_of
from tuopin.sim.figures.notes import common_notes
from tuopin.sim.figures.style import (
    BLACK,
    BLUE,
    GREY,
    SMALL,
    TEXT,
    dress,
    finish,
    fit,
    language,
    look,
    new_figure,
)
from tuopin.sim.figures.words import Lang, group_label, say, scenario_label, view_label, view_note


def draw_left_out(
    indicators: pd.DataFrame,
    comparison: pd.DataFrame | None = None,
    *,
    baseline: str | None = None,
    groups: Sequence[str] | None = None,
    view: str = "true",
    year: int | None = None,
    place: str | None = None,
    uncertainty: str = "luck",
    omitted: int = 0,
    scale: float = 1.0,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Headcount ratio of each group under each scenario, and the share of its truly poor whom the register misses.

    `indicators` is the long frame of a result; `comparison` (columns of comparison.csv) adds the paired change beside
    each number, called unclear where its 95% interval includes zero. `groups` are `trait=value` names; by default those
    usually left out that the frame holds (elderly-only, disabled, remote, unregistered, ...), else its first eight.
    `year` is the last one by default.

    Raises
    ------
    ValueError
        Where the frame lacks the rows.
    """
    spoken = language(lang)
    rows = choose(indicators, place=place, indicator="headcount_ratio", view=view)
    names, baseline = scenarios_of(rows, baseline)
    year = int(rows["year"].max()) if year is None else year
    chosen = chosen_groups(rows, groups)
    now = choose(rows.assign(year=rows["year"].astype(str)), year=str(year))
    found = Found(
        levels_of(now, names, chosen),
        changes_of(comparison, view, year, place),
        missed_of(indicators, chosen, baseline or names[0], year, place),
    )
    notes = [view_note(view, spoken), *common_notes(now, uncertainty, spoken, place, omitted, scale)]
    if found.changes:
        notes.append(say("unclear_note" if replicates_of(now) > 1 else "unclear_one", spoken))
    with look(spoken):
        title = say("left_out_title", spoken, year=year, view=view_label(view, spoken))
        labelled = {name: scenario_label(name, spoken, labels) for name in names}
        return _draw(found, labelled, chosen, baseline, title=title, notes=notes, asked=lang, lang=spoken)


def _draw(
    found: Found,
    names: Mapping[str, str],
    groups: Sequence[str],
    baseline: str | None,
    *,
    title: str,
    notes: list[str],
    asked: str,
    lang: Lang,
) -> Figure:
    """The table above, the exclusion error below it in the same columns."""
    caption = say("left_out_table", lang)
    if found.changes and baseline is not None:
        caption += say("left_out_beside", lang, baseline=names[baseline])
    caption = fit(caption, 9.5, TEXT)
    headers = [_header(group, len(groups), lang) for group in groups]
    lines = caption.count("\n") + max(header.count("\n") + 1 for header in headers)
    head = 0.45 + 0.18 * lines
    height = 2.0 + head + 0.42 * len(names) + (1.35 if found.missed else 0.0)
    figure = new_figure(10.0, height)
    bottom, top = dress(figure, title=title, notes=notes, asked=asked, lang=lang)
    figure.text(0.25 / 10, 1 - 0.46 / height, caption, fontsize=TEXT, color=GREY, va="top", ha="left")
    lower = (1.35 if found.missed else 0.1) / height
    table = figure.add_axes((0.25, bottom + lower, 0.73, top - bottom - lower - head / height))
    table.set_xticks(range(len(groups)), headers, fontsize=TEXT)
    _table(table, found, names, groups, baseline, lang)
    if found.missed:
        below = figure.add_axes((0.25, bottom + 0.12 / height, 0.73, 1.0 / height))
        _exclusion(below, found.missed, groups, names[baseline or next(iter(names))], lang)
    return finish(figure, title)


def _header(group: str, columns: int, lang: Lang) -> str:
    """A group's name, broken to fit its column."""
    return fit(group_label(group, lang), 7.1 / columns, TEXT)


def _table(
    axes: Axes, found: Found, names: Mapping[str, str], groups: Sequence[str], baseline: str | None, lang: Lang
) -> None:
    """Shaded cells with the level and, beside it, the paired change."""
    levels = found.levels
    darkest = 1.9 * max(float(np.nanmax(levels)), 1e-9)
    rows, columns = (np.arange(size + 1) - 0.5 for size in levels.shape)
    axes.pcolormesh(columns, rows, levels, cmap="Greys", vmin=0, vmax=darkest)
    axes.invert_yaxis()
    for row, name in enumerate(names):
        for column, group in enumerate(groups):
            level = float(levels[row, column])
            if not np.isfinite(level):
                axes.text(column, row, say("no_group", lang), ha="center", va="center", fontsize=SMALL, color=GREY)
                continue
            change = None if name == baseline else _change_text(found.changes.get((name, group)), lang)
            shift, side = (-0.04, "right") if change else (0.0, "center")
            axes.text(column + shift, row, f"{level:.1f}", ha=side, va="center", fontsize=TEXT + 0.5, fontweight="bold")
            if change:
                axes.text(column + 0.04, row, change, ha="left", va="center", fontsize=SMALL)
    axes.set_yticks(range(len(names)), [fit(name, 2.2, TEXT) for name in names.values()], fontsize=TEXT)
    axes.xaxis.tick_top()
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xticks(np.arange(len(groups) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) - 1) + 0.5, minor=True)
    axes.set_axisbelow("line")  # white lines over the shades
    axes.grid(which="minor", color="white", linewidth=2)


def _change_text(change: Interval | None, lang: Lang) -> str | None:
    """The change in points, or that it is unclear; None where there is nothing to say."""
    if change is None or not np.isfinite(change[0]):
        return None
    mean, low, high = change
    if not (low > 0 or high < 0):
        return say("unclear", lang)
    places = next((digits for digits in range(1, 6) if round(mean, digits)), 6)  # a clear change is never 0.0
    return f"{mean:+.{places}f}".replace("-", "−")


def _exclusion(axes: Axes, missed: Mapping[str, Interval], groups: Sequence[str], scenario: str, lang: Lang) -> None:
    """A dot with its band under each column of the table."""
    axes.set_xlim(-0.5, len(groups) - 0.5)
    axes.set_ylim(-8, 112)
    axes.set_xticks([])
    axes.set_yticks([0, 50, 100])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}%"))
    axes.yaxis.grid()
    for spine in axes.spines.values():
        spine.set_visible(False)
    for column, group in enumerate(groups):
        if "registered" in group:
            axes.text(
                column,
                50,
                say("by_definition", lang),
                ha="center",
                va="center",
                fontsize=SMALL,
                color=GREY,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
            )
            continue
        if group not in missed:
            axes.text(column, 50, say("no_group", lang), ha="center", va="center", fontsize=SMALL, color=GREY)
            continue
        mean, low, high = missed[group]
        axes.plot([column, column], [low, high], color=BLACK, linewidth=1.6)
        axes.plot(column, mean, marker="o", markersize=6.5, color=BLUE, linestyle="none")
        axes.annotate(
            f"{mean:.0f}%",
            (column, mean),
            (8, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=BLUE,
            fontweight="bold",
        )
    axes.annotate(
        fit(say("exclusion_axis", lang, scenario=scenario), 1.75, TEXT),
        (0.025, 0.5),
        xycoords=("figure fraction", "axes fraction"),
        va="center",
        fontsize=TEXT,
        annotation_clip=False,
    )
