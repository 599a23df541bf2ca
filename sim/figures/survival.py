"""Figure: Kaplan-Meier curve of staying out of poverty since exit."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from tuopin.sim.figures.bands import choose, over_replicates, replicates_of, scenarios_of
from tuopin.sim.figures.notes import common_notes
from tuopin.sim.figures.panels import Curves, draw_panels
from tuopin.sim.figures.style import language, look
from tuopin.sim.figures.words import say, scenario_label, view_label, view_note


def draw_survival(
    survival: pd.DataFrame,
    *,
    baseline: str | None = None,
    view: str = "true",
    first_year: int | None = None,
    place: str | None = None,
    uncertainty: str = "luck",
    omitted: int = 0,
    scale: float = 1.0,
    labels: Mapping[str, str] | None = None,
    lang: str = "en",
) -> Figure:
    """Share of persons not yet relapsed by years since exit (Kaplan & Meier 1958), one panel per scenario.

    `survival` holds one curve per scenario and replicate: scenario, replicate, years (since exit) and survival (0..1),
    as `tuopin.sim.measures.survival.survival_by_run` gives them. Curves are summarised over replicates and never
    pooled,
    because simulated households of one replicate share its luck. Times that not every replicate reaches are left out.

    Raises
    ------
    ValueError
        Where nothing is left.
    """
    spoken = language(lang)
    rows = choose(survival, place=place)
    names, baseline = scenarios_of(rows, baseline)
    table = over_replicates(rows, ["scenario", "years"], "survival")
    table = table.rename(columns={"years": "x"})
    table = table[table["replicates"] == replicates_of(rows)]
    if table.empty:
        raise ValueError("no time since exit is reached by every replicate; run more years or a larger scale")
    table = pd.concat([_starts(table), table[table["x"] > 0]], ignore_index=True)
    table[["mean", "low", "high"]] *= 100
    names = [name for name in names if (table["scenario"] == name).any()]
    curves = Curves(
        table,
        {name: scenario_label(name, spoken, labels) for name in names},
        baseline if baseline in names else None,
        x_label=say("years_since_exit", spoken),
        y_label=say("survival_axis", spoken),
        x_ticks=list(range(0, int(table["x"].max()) + 1, 1 if table["x"].max() <= 5 else 2)),
        steps=True,
        top=102.0,
        from_zero=False,
    )
    note = say("survival_note", spoken, start=first_year) if first_year else say("survival_note_plain", spoken)
    notes = [view_note(view, spoken), note, *common_notes(rows, uncertainty, spoken, place, omitted, scale)]
    with look(spoken):
        title = say("survival_title", spoken, view=view_label(view, spoken))
        return draw_panels(curves, title=title, notes=notes, asked=lang, lang=spoken)


def _starts(table: pd.DataFrame) -> pd.DataFrame:
    """Every curve starts at 1 on the day of exit, whether or not the frame says so."""
    start = table.drop_duplicates("scenario").copy()
    start["x"] = 0
    start[["mean", "low", "high"]] = 1.0
    return start
