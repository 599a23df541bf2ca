"""Draw every figure of a finished result into its folder."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim.figures.bands import one_uncertainty
from sim.figures.cost import draw_cost
from sim.figures.exit_relapse import draw_exit_relapse
from sim.figures.headcount import draw_headcount
from sim.figures.left_out import draw_left_out
from sim.figures.style import save
from sim.figures.survival import draw_survival
from sim.measures.survival import survival_by_run

log = logging.getLogger(__name__)

INDICATORS = ("headcount_ratio", "exit_rate", "reentry_rate", "exclusion_error")
MOST_PLACES = 8


def draw_all(directory: Path, *, lang: str = "en") -> list[Path]:
    """Draw the figures of the result in `directory` as PNG and SVG into `directory`/figures; return the files written.

    Reads indicators.parquet, spells.parquet and comparison.csv. A figure whose rows a result lacks (no comparison with
    a single scenario, no exit seen in a short run) is left out and named in the log. With several places each of the
    first eight gets a folder of its own. Raises FileNotFoundError where `directory` holds no result, ValueError for an
    unknown language.
    """
    directory = Path(directory)
    if lang not in ("en", "zh"):
        raise ValueError(f"unknown language {lang!r}; allowed: en, zh")
    indicators = read_indicators(directory)
    spells = _table(directory / "spells.parquet")
    comparison = read_comparison(directory)
    places = [str(name) for name in indicators["place"].unique()]
    if len(places) > MOST_PLACES:
        log.warning(
            "figures are drawn for the first %d of %d places; draw others with draw_headcount(..., place=NAME)",
            MOST_PLACES,
            len(places),
        )
    written: list[Path] = []
    for place in places[:MOST_PLACES]:
        folder = directory / "figures" if len(places) == 1 else directory / "figures" / place
        folder.mkdir(parents=True, exist_ok=True)
        for name, draw in _figures(indicators, spells, comparison, place, lang).items():
            try:
                figure = draw()
            except ValueError as reason:
                log.warning("figure %s of %s is left out: %s", name, place, reason)
                continue
            written += save(figure, folder / (name if lang == "en" else f"{name}.{lang}"))
    return written


def _figures(
    indicators: pd.DataFrame, spells: pd.DataFrame, comparison: pd.DataFrame, place: str, lang: str
) -> dict[str, Callable[[], Figure]]:
    """File name and recipe of each figure for one place."""
    here = one_uncertainty(comparison[comparison["place"] == place])
    baseline = str(here["baseline"].iloc[0]) if len(here) else None
    uncertainty = str(here["uncertainty"].iloc[0]) if len(here) else "luck"
    first_year = int(indicators["year"].min())
    return {
        "headcount": lambda: draw_headcount(
            indicators, baseline=baseline, place=place, uncertainty=uncertainty, lang=lang
        ),
        "exit_against_relapse": lambda: draw_exit_relapse(
            indicators, baseline=baseline, place=place, uncertainty=uncertainty, lang=lang
        ),
        "survival_since_exit": lambda: draw_survival(
            _survival(spells, place),
            baseline=baseline,
            first_year=first_year,
            place=place,
            uncertainty=uncertainty,
            lang=lang,
        ),
        "cost_per_sustained_exit": lambda: draw_cost(here, price_year=first_year, place=place, lang=lang),
        "left_out": lambda: draw_left_out(
            indicators, here, baseline=baseline, place=place, uncertainty=uncertainty, lang=lang
        ),
    }


def read_indicators(directory: Path) -> pd.DataFrame:
    """The rows of indicators.parquet that the figures use."""
    return _table(directory / "indicators.parquet", filters=[("indicator", "in", list(INDICATORS))])


def _survival(spells: pd.DataFrame, place: str) -> pd.DataFrame:
    """Life table since exit of every run in one place; raises ValueError where no exit was seen."""
    tables = survival_by_run(spells[spells["place"] == place])
    if tables.empty:
        raise ValueError("no exit from poverty was seen, so there is nothing to follow")
    return tables


def _table(path: Path, filters: list[tuple[str, str, list[str]]] | None = None) -> pd.DataFrame:
    """A Parquet table with plain strings."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; run the study first: tuopin run STUDY --out {path.parent}")
    frame = pd.read_parquet(path, filters=filters)
    for column in frame.columns[frame.dtypes == "category"]:
        frame[column] = frame[column].astype(str)
    return frame


def read_comparison(directory: Path) -> pd.DataFrame:
    """The rows of comparison.csv, words as text."""
    path = directory / "comparison.csv"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; write it first: tuopin compare {directory}")
    numbers = {column: ["", "nan", "NaN"] for column in ("mean_difference", "low", "high", "probability_positive")}
    words = dict.fromkeys(("place", "scenario", "baseline", "indicator", "view", "group", "year", "uncertainty"), str)
    # words stay words: pandas would read a column of view `true` as booleans, and a scenario `null` as missing
    return pd.read_csv(path, dtype=words, na_values=numbers, keep_default_na=False)
