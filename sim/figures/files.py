"""Draw every figure of a finished result into its folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from tuopin.sim.comparison.spending import spent_nothing
from tuopin.sim.figures.bands import one_uncertainty
from tuopin.sim.figures.cost import draw_cost
from tuopin.sim.figures.exit_relapse import draw_exit_relapse
from tuopin.sim.figures.headcount import draw_headcount
from tuopin.sim.figures.left_out import draw_left_out
from tuopin.sim.figures.style import check_language, language, save
from tuopin.sim.figures.survival import draw_survival
from tuopin.sim.figures.words import say, scenario_label
from tuopin.sim.measures.survival import survival_by_run
from tuopin.sim.results.results import Results

log = logging.getLogger(__name__)

INDICATORS = ("headcount_ratio", "exit_rate", "reentry_rate", "exclusion_error")
CHANGES = ("headcount_ratio", "sustained_exits_persons", "cost_per_sustained_exit")
MOST_PLACES = 8


def draw_all(results: Results, *, lang: str = "en") -> list[Path]:
    """Draw the figures of a result as PNG and SVG into its folder `figures`; return the files written.

    A figure whose rows a result lacks (no comparison with a single scenario, no exit seen in a short run) is left out
    and named in the log. A region is drawn as one place; with several places each of the first eight gets a folder of
    its own.

    Raises
    ------
    ValueError
        If the language is unknown.
    """
    check_language(lang)
    indicators, spells = results.reported(indicator=INDICATORS, view=["true"])
    names = [str(name) for name in indicators["place"].unique()]
    if len(names) > MOST_PLACES:
        log.warning("figures are drawn for the first %d of %d places only", MOST_PLACES, len(names))
    places = names[:MOST_PLACES]
    comparison = results.rows("comparison", indicator=CHANGES, view=["true"])
    settings = results.manifest["comparison"]
    idle = spent_nothing(results)
    written: list[Path] = []
    for place in places:
        labels = {name: _marked(name, lang) for where, name in sorted(idle) if where == place}
        folder = results.directory / "figures"
        if len(names) > 1:
            folder /= place
        folder.mkdir(parents=True, exist_ok=True)
        for name, draw in _figures(indicators, spells, comparison, settings, place, lang, labels).items():
            try:
                figure = draw()
            except ValueError as reason:
                log.warning("figure %s of %s is left out: %s", name, place, reason)
                continue
            written += save(figure, folder / (name if lang == "en" else f"{name}.{lang}"))
    return written


def _figures(
    indicators: pd.DataFrame,
    spells: pd.DataFrame,
    comparison: pd.DataFrame,
    settings: Mapping[str, Any],
    place: str,
    lang: str,
    labels: Mapping[str, str],
) -> dict[str, Callable[[], Figure]]:
    """File name and recipe of each figure for one place."""
    here = one_uncertainty(comparison[comparison["place"] == place])
    first_year = int(indicators["year"].min())
    drawn = settings["draw_parameters"]
    common: dict[str, Any] = {"place": place, "lang": lang, "labels": labels}
    levels = common | {
        "baseline": str(here["baseline"].iloc[0]) if len(here) else None,
        "uncertainty": "parameters" if drawn else "luck",
    }
    rate = settings["discount_rate"]
    return {
        "headcount": lambda: draw_headcount(indicators, **levels),
        "exit_against_relapse": lambda: draw_exit_relapse(indicators, **levels),
        "survival_since_exit": lambda: draw_survival(_survival(spells, place), first_year=first_year, **levels),
        "cost_per_sustained_exit": lambda: draw_cost(here, price_year=first_year, discount_rate=rate, **common),
        "left_out": lambda: draw_left_out(indicators, here, **levels),
    }


def _marked(scenario: str, lang: str) -> str:
    """The label of a scenario whose programmes spent nothing."""
    spoken = language(lang)
    return f"{scenario_label(scenario, spoken)} ({say('nothing_spent', spoken)})"


def _survival(spells: pd.DataFrame, place: str) -> pd.DataFrame:
    """Life table since exit of every run in one place; raises ValueError where no exit was seen."""
    tables = survival_by_run(spells[spells["place"] == place])
    if tables.empty:
        raise ValueError("no exit from poverty was seen, so there is nothing to follow")
    return tables
