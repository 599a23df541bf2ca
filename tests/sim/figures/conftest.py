"""A made-up result in the shape of a real one: ten scenarios, twenty replicates, 2016-2025, by arithmetic alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from tuopin.sim.results.results import Results
from tuopin.sim.results.schemas import COMPARISON

POLICIES = ("relocation", "cooperative", "health_insurance", "low_income_support")
SCENARIOS = ("none", *POLICIES, "all", *(f"all_but_{policy}" for policy in POLICIES))
EFFECT = dict(zip(POLICIES, (0.002, 0.0125, 0.0135, 0.031), strict=True))
GROUPS = {
    "all": 1.0,
    "elderly_only=yes": 1.75,
    "disabled=yes": 1.62,
    "remote=yes": 1.34,
    "registered=no": 0.62,
    "near_poor_unregistered=yes": 2.05,
}
REPLICATES, YEARS = 20, range(2016, 2026)


def wobble(*keys: int) -> float:
    """A fixed number between -1 and 1 that looks irregular (the fractional part of multiples of irrational numbers)."""
    total = sum((key + 1) * step for key, step in zip(keys, (0.7548776662, 0.5698402910, 0.6180339887), strict=False))
    return 2 * (total % 1.0) - 1


def effect(scenario: str) -> float:
    if scenario in EFFECT:
        return EFFECT[scenario]
    if scenario == "none":
        return 0.0
    return 0.9 * (sum(EFFECT.values()) - EFFECT.get(scenario.removeprefix("all_but_"), 0.0))


@pytest.fixture(scope="session")
def indicators() -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for scenario in SCENARIOS:
        for replicate in range(REPLICATES):
            for year in YEARS:
                t = year - 2016
                luck = 0.006 * wobble(replicate, t) + 0.004 * wobble(replicate)
                gain = effect(scenario) * (1 - 0.62**t) * (1 + 0.1 * wobble(replicate, len(scenario)))
                key = ("lushi", scenario, replicate, year, "true")
                for number, (group, factor) in enumerate(GROUPS.items()):
                    reach = 0.15 if group in ("registered=no", "near_poor_unregistered=yes") else 1.0
                    level = factor * (0.098 + 0.075 * 0.8**t + luck * (1 if t else 0.5)) - reach * factor * gain
                    rows.append((*key, group, "headcount_ratio", level))
                    missed = 1.0 if group in ("registered=no", "near_poor_unregistered=yes") else 0.34 + 0.04 * number
                    rows.append((*key, group, "exclusion_error", missed + (0 if missed == 1 else luck)))
                exit_rate = 0.31 + 2.1 * gain + luck if t else np.nan
                reentry = 0.105 - 0.9 * gain + 0.5 * luck if t > 1 else np.nan
                rows += [(*key, "all", "exit_rate", exit_rate), (*key, "all", "reentry_rate", reentry)]
    return pd.DataFrame(rows, columns=["place", "scenario", "replicate", "year", "view", "group", "indicator", "value"])


@pytest.fixture(scope="session")
def survival() -> pd.DataFrame:
    rows = []
    for scenario in SCENARIOS:
        for replicate in range(REPLICATES):
            share = 1.0
            for years in range(10):
                if years:
                    share *= 1 - (0.16 - 1.5 * effect(scenario) + 0.02 * wobble(replicate, years)) / years**0.5
                rows.append(("lushi", scenario, replicate, years, share))
    return pd.DataFrame(rows, columns=["place", "scenario", "replicate", "years", "survival"])


@pytest.fixture(scope="session")
def comparison(indicators: pd.DataFrame) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for number, scenario in enumerate(SCENARIOS[1:]):
        gain = 190_000 * effect(scenario)
        half = 420 + 60 * number
        cost = 30_000 + 11_000 * ((number * 5) % 9)
        ratio = (cost, 0.8 * cost, 1.3 * cost) if gain - half > 0 else (np.nan,) * 3
        if scenario == "all_but_cooperative":
            ratio = (cost, 0.7 * cost, np.inf)
        for name, values in (
            ("sustained_exits_persons", (gain, gain - half, gain + half)),
            ("cost_per_sustained_exit", ratio),
            ("poverty_years_persons", (-3 * gain, -3 * gain - half, -3 * gain + half)),
            ("cost_yuan_discounted", (1e6 * (8 + number), 1e6 * (7 + number), 1e6 * (9 + number))),
            ("paired_relapse_by_3_years", (-effect(scenario), -effect(scenario) - 0.002, -effect(scenario) + 0.002)),
            ("paired_relapse_by_3_years_in_baseline", (0.36 + 0.001 * number, 0.35, 0.37)),
        ):
            rows.append(("lushi", scenario, "none", name, "true", "all", "all", "luck", *values, 1.0, REPLICATES))
        for group in GROUPS:
            last = indicators[
                (indicators["year"] == 2025)
                & (indicators["group"] == group)
                & (indicators["indicator"] == "headcount_ratio")
            ]
            means = last.groupby("scenario")["value"].mean()
            change = float(means[scenario] - means["none"])
            rows.append(
                (
                    "lushi",
                    scenario,
                    "none",
                    "headcount_ratio",
                    "true",
                    group,
                    "2025",
                    "luck",
                    change,
                    change - 0.004,
                    change + 0.004,
                    1.0,
                    REPLICATES,
                )
            )
    return pd.DataFrame(
        rows,
        columns=[
            "place",
            "scenario",
            "baseline",
            "indicator",
            "view",
            "group",
            "year",
            "uncertainty",
            "mean_difference",
            "low",
            "high",
            "probability_positive",
            "replicates",
        ],
    )


@pytest.fixture(scope="session")
def spells() -> pd.DataFrame:
    """Exits of 2017-2024, followed to a first relapse or to 2025; and poor spells, which the figure must not use."""
    rows: list[tuple[object, ...]] = []
    for scenario in SCENARIOS:
        for replicate in range(REPLICATES):
            key = ("lushi", scenario, replicate, "true")
            for start in range(2017, 2025):
                at_risk = 4000
                for years in range(1, 2025 - start + 2):
                    ends = int(at_risk * (0.16 - 1.5 * effect(scenario) + 0.02 * wobble(replicate, years)) / years**0.5)
                    rows.append((*key, "exited", start, years, True, False, ends // 3, ends))
                    at_risk -= ends
                rows.append((*key, "exited", start, 2025 - start + 1, False, False, at_risk // 3, at_risk))
            rows.append((*key, "exited", 2016, 1, True, True, 900, 3000))
            rows.append((*key, "poor", 2016, 2, True, True, 3000, 9000))
    return pd.DataFrame(
        rows,
        columns=[
            "place",
            "scenario",
            "replicate",
            "view",
            "kind",
            "start_year",
            "years",
            "ended",
            "left_censored",
            "households",
            "persons",
        ],
    )


@pytest.fixture
def result(tmp_path: Path, indicators: pd.DataFrame, spells: pd.DataFrame, comparison: pd.DataFrame) -> Results:
    """The same as files, with dictionary-encoded words as a run writes them."""
    folder = tmp_path / "results" / "lushi"
    folder.mkdir(parents=True)
    for name, frame in (("indicators", indicators), ("spells", spells)):
        words = {
            column: "category"
            for column in ("place", "scenario", "view", "group", "indicator", "kind")
            if column in frame
        }
        frame.astype(words).to_parquet(folder / f"{name}.parquet")
    columns = [column.name for column in COMPARISON]
    comparison.reindex(columns=columns).to_csv(folder / "comparison.csv", index=False)
    runs = [{"scenario": str(name), "status": "done"} for name in indicators["scenario"].unique()]
    settings = {"baseline": "none", "discount_rate": 0.045, "draw_parameters": False}
    return Results(folder, {"comparison": settings, "inputs": {}, "runs": runs})


def texts(figure: Figure) -> list[Text]:
    """All text a reader sees: not empty, not switched off, no tick outside its axis."""
    figure.draw_without_rendering()
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                for label, shown in ((tick.label1, axes.axison), (tick.label2, axes.axison)):
                    if not shown or not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                        hidden.add(label)
    return [
        each for each in figure.findobj(Text) if each.get_visible() and each.get_text().strip() and each not in hidden
    ]


@pytest.fixture(scope="session")
def faults() -> Callable[[Figure], list[str]]:
    """What a reader would stumble over: text over text, text cut at the edge, letters under 8 points."""

    def find(figure: Figure) -> list[str]:
        shown = texts(figure)
        boxes = [Text.get_window_extent(each) for each in shown]
        found = []
        for index, (text, box) in enumerate(zip(shown, boxes, strict=True)):
            if text.get_fontsize() < 8:
                found.append(f"small: {text.get_text()!r}")
            if box.x0 < 0 or box.y0 < 0 or box.x1 > figure.bbox.x1 or box.y1 > figure.bbox.y1:
                found.append(f"cut: {text.get_text()!r}")
            for other, other_box in zip(shown[index + 1 :], boxes[index + 1 :], strict=True):
                if box.padded(-1).overlaps(other_box.padded(-1)):
                    found.append(f"overlap: {text.get_text()!r} and {other.get_text()!r}")
        return found

    return find


@pytest.fixture(scope="session")
def words() -> Callable[[Figure], list[str]]:
    """The texts of a figure, without line breaks."""
    return lambda figure: [each.get_text().replace("\n", " ") for each in texts(figure)]
