from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tuopin.sim.commands.headline import NO_GAIN, cells, headline_table
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
    assert row["headcount at start"] == "20.0%"
    assert row["at end"] == "5.1%"
    assert row["difference (points)"] == "-1.34 [-2.00, -1.00]"
    assert row["sustained exits (persons)"] == "4,000"
    assert row["cost (M yuan, nominal)"] == "1836"
    assert row["yuan per sustained exit"] == "3,672,000 [2,000,000, 18,000,000]"


@pytest.mark.parametrize("low", [-1.0, 0.0, NAN])
def test_no_cost_ratio_without_a_clear_gain(low: float) -> None:
    assert cells(ROW | {"sustained_exits_difference_low": low}, "none")["yuan per sustained exit"] == NO_GAIN


def test_what_is_not_known_is_left_empty() -> None:
    row = cells(ROW | {"relapse_by_3_years": NAN, "headcount_difference": NAN}, "none")
    assert (row["relapse in 3 years"], row["difference (points)"]) == ("", "")


def test_baseline_is_compared_with_nothing() -> None:
    row = cells(ROW | {"scenario": "none"}, "none")
    assert row["difference (points)"] == row["yuan per sustained exit"] == "baseline"


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
    assert "Simulated, given these assumptions" in title and "none" in title and "luck alone" in title
    assert [(r["scenario"], r["at end"], r["difference (points)"]) for r in rows] == [
        ("none", "10.0%", "baseline"),
        ("all", "6.0%", "-4.00"),
    ]
    assert "place" not in rows[0]
