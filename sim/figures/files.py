"""Draw every figure of a finished result into its folder."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from tuopin.sim.figures.bands import one_uncertainty
from tuopin.sim.figures.cost import draw_cost
from tuopin.sim.figures.exit_relapse import draw_exit_relapse
from tuopin.sim.figures.headcount import draw_headcount
from tuopin.sim.figures.left_out import draw_left_out
from tuopin.sim.figures.style import save
from tuopin.sim.figures.survival import draw_survival
from tuopin.sim.measures.survival import survival_by_run
from tuopin.sim.results.regions import manifest_regions, reported
from tuopin.sim.results.rows import read_comparison, read_rows

log = logging.getLogger(__name__)

INDICATORS = ("headcount_ratio", "exit_rate", "reentry_rate", "exclusion_error")
CHANGES = ("headcount_ratio", "sustained_exits_persons", "cost_per_sustained_exit")
MOST_PLACES = 8


def draw_all(directory: Path, *, lang: str = "en") -> list[Path]:
    """Draw the figures of the result in `directory` as PNG and SVG into `directory`/figures; return the files written.

    Reads indicators.parquet, spells.parquet, and, if there, comparison.csv and manifest.json. A figure whose rows a
    result lacks (no comparison with a single scenario, no exit seen in a short run) is left out and named in the log.
    With several places each of the first eight gets a folder of its own. Raises FileNotFoundError where `directory`
    holds no result, ValueError for an unknown language.
    """
    directory = Path(directory)
    if lang not in ("en", "zh"):
        raise ValueError(f"unknown language {lang!r}; allowed: en, zh")
    manifest = _manifest(directory)
    if manifest_regions(manifest):  # a region is drawn as one place
        indicators, _, whole = reported(directory, manifest, INDICATORS)
    else:
        indicators, whole = read_rows(_there(directory, "indicators"), indicator=INDICATORS, view=["true"]), None
    names = [str(name) for name in indicators["place"].unique()]
    if len(names) > MOST_PLACES:
        log.warning("figures are drawn for the first %d of %d places only", MOST_PLACES, len(names))
    places = names[:MOST_PLACES]
    exits = {"place": places, "view": ["true"], "kind": ["exited"]}
    spells = read_rows(_there(directory, "spells"), **exits) if whole is None else whole
    comparison = read_comparison(directory, indicator=CHANGES, view=["true"])
    settings = _settings(manifest)
    written: list[Path] = []
    for place in places:
        folder = directory / "figures" if len(names) == 1 else directory / "figures" / place
        folder.mkdir(parents=True, exist_ok=True)
        for name, draw in _figures(indicators, spells, comparison, settings, place, lang).items():
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
) -> dict[str, Callable[[], Figure]]:
    """File name and recipe of each figure for one place."""
    here = one_uncertainty(comparison[comparison["place"] == place])
    first_year = int(indicators["year"].min())
    drawn = bool(settings.get("draw_parameters", False)) or (here["uncertainty"] == "parameters").any()
    common: dict[str, Any] = {"place": place, "lang": lang}
    levels = common | {
        "baseline": str(here["baseline"].iloc[0]) if len(here) else None,
        "uncertainty": "parameters" if drawn else "luck",
    }
    rate = settings.get("discount_rate")
    return {
        "headcount": lambda: draw_headcount(indicators, **levels),
        "exit_against_relapse": lambda: draw_exit_relapse(indicators, **levels),
        "survival_since_exit": lambda: draw_survival(_survival(spells, place), first_year=first_year, **levels),
        "cost_per_sustained_exit": lambda: draw_cost(here, price_year=first_year, discount_rate=rate, **common),
        "left_out": lambda: draw_left_out(indicators, here, **levels),
    }


def _there(directory: Path, table: str) -> Path:
    """The file of a table."""
    path = directory / f"{table}.parquet"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; run the study first: tuopin run STUDY --out {directory}")
    return path


def _manifest(directory: Path) -> dict[str, Any]:
    """The manifest of a result; empty where there is none."""
    path = directory / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return manifest if isinstance(manifest, dict) else {}


def _settings(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """How the scenarios were compared, from the manifest; empty where it does not say."""
    settings = manifest.get("comparison", {})
    return settings if isinstance(settings, dict) else {}


def _survival(spells: pd.DataFrame, place: str) -> pd.DataFrame:
    """Life table since exit of every run in one place; raises ValueError where no exit was seen."""
    tables = survival_by_run(spells[spells["place"] == place])
    if tables.empty:
        raise ValueError("no exit from poverty was seen, so there is nothing to follow")
    return tables
