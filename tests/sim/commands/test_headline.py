from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.commands.headline import COST, MOVES, NO_GAIN, PERSONS, RATIO, cells, fixed, headline_table
from tuopin.sim.results.results import Results

NAN = float("nan")
ROW: dict[str, Any] = {
    "place": "lushi",
    "scenario": "relocation",
    "replicates": 4,
    "headcount_ratio_start": 0.2,
    "headcount_ratio_end": 0.0512,
    "relapse_by_3_years": 0.301,
    "exits_persons": 12_345.6,
    "first_exits_persons": 5_432.1,
    "reentries_persons": 789.2,
    "sustained_exits_persons": 4_000.4,
    "cost_yuan_nominal": 1_836_000_000.0,
    "headcount_difference": -0.0134,
    "headcount_difference_low": -0.02,
    "headcount_difference_high": -0.01,
    "sustained_exits_difference": 500.0,
    "sustained_exits_difference_low": 100.0,
    "sustained_exits_difference_high": 900.0,
    "cost_per_sustained_exit": 3_672_000.0,
    "cost_per_sustained_exit_low": 2.0e6,
    "cost_per_sustained_exit_high": 1.8e7,
}


def test_cells_carry_units_and_intervals() -> None:
    row = cells(ROW, "none")
    assert row["headcount at start"] == "20.00%"
    assert row["at end"] == "5.12%"
    assert row["difference (points)"] == "-1.34 [-2.00, -1.00]"
    assert row["sustained exits (persons)"] == "4,000"
    assert row[COST] == "1836"
    assert row[RATIO] == "3,672,000 [2,000,000, 18,000,000]"


@pytest.mark.parametrize("low", [-1.0, 0.0])
def test_no_cost_ratio_without_a_clear_gain(low: float) -> None:
    assert cells(ROW | {"sustained_exits_difference_low": low}, "none")[RATIO] == NO_GAIN


def test_one_replicate_has_no_ratio_and_says_why() -> None:
    row = cells(ROW | {"sustained_exits_difference_low": NAN, "sustained_exits_difference_high": NAN}, "none")
    assert row[RATIO] == "unknown: one replicate" and row["more sustained exits"] == "500"


@pytest.mark.parametrize(
    ("middle", "low", "high", "told"),
    [
        (711.2, 710.9, 711.4, "711.2 [710.9, 711.4]"),
        (711.0, 710.98, 711.02, "711.00 [710.98, 711.02]"),
        (711.0, 711.0, 711.0, "711 [711, 711]"),  # all replicates alike
        (-0.3, -0.4, 0.4, "-0.3 [-0.4, 0.4]"),
    ],
)
def test_an_interval_shows_its_width(middle: float, low: float, high: float, told: str) -> None:
    names = ("sustained_exits_difference", "sustained_exits_difference_low", "sustained_exits_difference_high")
    text = cells(ROW | dict(zip(names, (middle, low, high), strict=True)), "none")["more sustained exits"]
    assert text == told


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_nothing_is_minus_zero(value: float, places: int) -> None:
    text = fixed(value, places)
    assert not text.startswith("-") or any(digit in text for digit in "123456789")
    assert float(text.replace(",", "")) == pytest.approx(value, abs=0.5 * 10.0**-places + 1e-9)


def test_levels_and_their_difference_have_the_same_digits() -> None:
    """9.6% and 9.5% with a difference of -0.00 cannot stand side by side."""
    start = cells(ROW | {"headcount_ratio_end": 0.09551, "headcount_difference": -0.00002}, "none")
    assert (start["at end"], start["difference (points)"].split()[0]) == ("9.55%", "0.00")


def test_a_scenario_that_spent_nothing_is_marked() -> None:
    row = cells(ROW, "none", idle=True)
    assert row[COST] == "1836 (nothing spent by its programmes)" and row[RATIO] == "nothing spent"
    assert cells(ROW, "none")[MOVES] == "12,346"
    assert cells(ROW, "none")[PERSONS] == "5,432"


def test_what_is_not_known_is_left_empty() -> None:
    row = cells(ROW | {"relapse_by_3_years": NAN, "headcount_difference": NAN}, "none")
    assert (row["relapse in 3 years"], row["difference (points)"]) == ("", "")


def test_baseline_is_compared_with_nothing() -> None:
    row = cells(ROW | {"scenario": "none"}, "none")
    assert row["difference (points)"] == row[RATIO] == "baseline"


def test_table_of_a_result(tmp_path: Path) -> None:
    run = {"place": "p", "view": "true", "group": "all"}
    values = {"none": 0.10, "all": 0.06}
    indicators = [
        {**run, "scenario": name, "replicate": 1, "year": year, "indicator": indicator, "value": value}
        for name, end in values.items()
        for year in (2016, 2017)
        for indicator, value in (
            ("headcount_ratio", 0.2 if year == 2016 else end),
            ("exits_persons", 10.0),
            ("first_exits_persons", 6.0),
            ("reentries_persons", 1.0),
            ("sustained_exits_persons", 2.0),
            ("cost_yuan", 0.0),
        )
    ]
    pd.DataFrame(indicators).to_parquet(tmp_path / "indicators.parquet")
    words = {name: pd.Series(dtype=str) for name in ("place", "view", "kind")}
    pd.DataFrame(words).to_parquet(tmp_path / "spells.parquet")
    results = Results(tmp_path, {"baseline": "none", "inputs": {}})
    assert headline_table(results) == ("", [])
    row = {
        **run,
        "scenario": "all",
        "baseline": "none",
        "indicator": "headcount_ratio",
        "year": "2017",
        "uncertainty": "luck",
        "mean_difference": -0.04,
        "low": NAN,
        "high": NAN,
        "probability_positive": 0.0,
        "replicates": 1,
    }
    pd.DataFrame([row]).to_csv(tmp_path / "comparison.csv", index=False)
    title, rows = headline_table(results)
    assert "Simulated, given these assumptions" in title and "none" in title
    assert "one replicate" in title and "95%" not in title and "interval" not in title
    assert [(r["scenario"], r["at end"], r["difference (points)"]) for r in rows] == [
        ("none", "10.00%", "baseline"),
        ("all", "6.00%", "-4.00"),
    ]
    assert "place" not in rows[0]
