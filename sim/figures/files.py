"""Draw every figure of a finished result into its folder."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
from matplotlib.figure import Figure

from tuopin.sim.comparison.spending import spent_nothing
from tuopin.sim.figures.bands import one_uncertainty
from tuopin.sim.figures.dumbbell import RELAPSE, RELAPSE_IN_BASELINE, draw_dumbbell
from tuopin.sim.figures.exit_relapse import draw_exit_relapse
from tuopin.sim.figures.frontier import draw_frontier
from tuopin.sim.figures.headcount import draw_headcount
from tuopin.sim.figures.left_out import draw_left_out
from tuopin.sim.figures.style import check_language, language, save
from tuopin.sim.figures.survival import draw_survival
from tuopin.sim.figures.words import say, scenario_label
from tuopin.sim.measures.survival import survival_by_run
from tuopin.sim.results.errors import StorageFailed
from tuopin.sim.results.full_size import at_full_size, share_of
from tuopin.sim.results.results import Results

log = logging.getLogger(__name__)

INDICATORS = ("headcount_ratio", "exit_rate", "reentry_rate", "exclusion_error")
CHANGES = ("headcount_ratio", "poverty_years_persons", "cost_yuan_discounted", RELAPSE, RELAPSE_IN_BASELINE)
MOST_PLACES = 8
MOST_SCENARIOS = 30
"""So many scenarios a figure can show apart; what it leaves out it says."""


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
    shown, omitted = _shown(results)
    indicators, spells = results.reported(indicator=INDICATORS, view=["true"], scenario=shown)
    spells = spells[spells["scenario"].isin(shown)]
    names = [str(name) for name in indicators["place"].unique()]
    if len(names) > MOST_PLACES:
        log.warning("figures are drawn for the first %d of %d places only", MOST_PLACES, len(names))
    places = names[:MOST_PLACES]
    comparison = results.rows("comparison", indicator=CHANGES, view=["true"], scenario=shown)
    comparison = at_full_size(comparison, results, ("mean_difference", "low", "high"))
    settings = results.manifest["comparison"]
    idle = spent_nothing(results)
    written: list[Path] = []
    for place in places:
        labels = {name: _marked(name, lang) for where, name in sorted(idle) if where == place}
        folder = _folder(results.directory, place if len(names) > 1 else None)
        stated = {**settings, "scale": share_of(results, place)}
        for name, draw in _figures(indicators, spells, comparison, stated, place, lang, omitted, labels).items():
            try:
                figure = draw()
            except ValueError as reason:
                log.warning("figure %s of %s is left out: %s", name, place, reason)
                continue
            written += save(figure, folder / (name if lang == "en" else f"{name}.{lang}"))
    return written


def _shown(results: Results) -> tuple[list[str], int]:
    """The scenarios that are drawn, the baseline and the study's first ones, and how many others there are."""
    names = list(dict.fromkeys(run["scenario"] for run in results.manifest["runs"] if run["status"] == "done"))
    baseline = results.manifest["comparison"]["baseline"]
    ordered = [name for name in names if name == baseline] + [name for name in names if name != baseline]
    kept = set(ordered[:MOST_SCENARIOS])
    return [name for name in names if name in kept], len(names) - len(kept)


def _folder(directory: Path, place: str | None) -> Path:
    """The folder for figures, made if need be: inside the result, whatever the place is called, and no link.

    Raises
    ------
    StorageFailed
        If there is something else in its place, or it cannot be made.
    """
    folder = directory / "figures"
    for below in (None, place):
        if below is not None:
            safe = quote(below, safe="").replace(".", "%2E") if re.search(r"[/\\:\0]|^\.+$", below) else below
            folder /= safe
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise StorageFailed(f"{folder}: is not a folder of its own; remove it, then give the same command again")
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise StorageFailed(f"{folder}: cannot be made: {error.strerror or error}") from error
    return folder


def _figures(
    indicators: pd.DataFrame,
    spells: pd.DataFrame,
    comparison: pd.DataFrame,
    settings: Mapping[str, Any],
    place: str,
    lang: str,
    omitted: int,
    labels: Mapping[str, str],
) -> dict[str, Callable[[], Figure]]:
    """File name and recipe of each figure for one place."""
    here = one_uncertainty(comparison[comparison["place"] == place])
    first_year = int(indicators["year"].min())
    drawn = settings["draw_parameters"]
    common: dict[str, Any] = {
        "place": place,
        "lang": lang,
        "omitted": omitted,
        "scale": settings["scale"],
        "labels": labels,
    }
    levels = common | {
        "baseline": str(here["baseline"].iloc[0]) if len(here) else None,
        "uncertainty": "parameters" if drawn else "luck",
    }
    rate = settings["discount_rate"]
    return {
        "headcount": lambda: draw_headcount(indicators, **levels),
        "exit_against_relapse": lambda: draw_exit_relapse(indicators, **levels),
        "survival_since_exit": lambda: draw_survival(_survival(spells, place), first_year=first_year, **levels),
        "efficiency_frontier": lambda: draw_frontier(here, price_year=first_year, discount_rate=rate, **common),
        "against_baseline": lambda: draw_dumbbell(indicators, here, **common),
        "left_out": lambda: draw_left_out(indicators, here, **levels),
    }


def _marked(scenario: str, lang: str) -> str:
    """The label of a scenario whose programmes spent nothing."""
    spoken = language(lang)
    return f"{scenario_label(scenario, spoken)} ({say('nothing_spent', spoken)})"


def _survival(spells: pd.DataFrame, place: str) -> pd.DataFrame:
    """Life table since exit of every run in one place.

    Raises
    ------
    ValueError
        Where no exit was followed for a year.
    """
    tables = survival_by_run(spells[spells["place"] == place])
    if tables.empty:
        raise ValueError("no exit from poverty was followed for a year or more; run more years or a larger scale")
    return tables
