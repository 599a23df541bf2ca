"""Money given, spent and left, from tables: which programmes did nothing and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tuopin.sim.comparison.spending import money_notes, programme_money, spent_nothing
from tuopin.sim.results.results import Results

NAN = float("nan")


def results_of(folder: Path, rows: list[tuple[Any, ...]], **places: Any) -> Results:
    """Rows: place, scenario, replicate, policy, year, given, spent, reason."""
    columns = ["place", "scenario", "replicate", "policy", "year", "given_yuan", "spent_yuan", "reason"]
    pd.DataFrame(rows, columns=columns).to_parquet(folder / "limits.parquet")
    return Results(folder, {"inputs": {"place": places}, "comparison": {}})


@pytest.fixture
def results(tmp_path: Path) -> Results:
    rows = []
    for replicate, spent in ((1, 4.0e6), (2, 6.0e6)):
        rows += [
            ("p", "a", replicate, "roads", 2017, 1.0e7, spent, "room"),
            ("p", "a", replicate, "roads", 2018, 0.0, 0.0, "no money"),
            ("p", "idle", replicate, "roads", 2017, 1.0e7, 0.0, "no candidates"),
            ("p", "idle", replicate, "roads", 2018, 0.0, 0.0, "no money"),
            ("p", "free", replicate, "roads", 2017, NAN, 5.0, "no more candidates"),
            ("p", "free", replicate, "roads", 2018, NAN, 0.0, "no candidates"),
            ("p", "all spent", replicate, "roads", 2017, 1.0e7, 9.95e6, "indivisible"),
            ("p", "all spent", replicate, "roads", 2018, 0.0, 0.0, "no money"),
        ]
    return results_of(tmp_path, rows)


def test_means_over_replicates(results: Results) -> None:
    money = programme_money(results).set_index(["scenario", "year"])
    assert (money.loc[("a", 2017), "given"], money.loc[("a", 2017), "spent"]) == (1.0e7, 5.0e6)
    assert money.loc[("a", 2017), "reason"] == "room"
    assert pd.isna(money.loc[("free", 2017), "given"])


def test_who_spent_nothing_and_why(results: Results) -> None:
    assert spent_nothing(results) == {("p", "idle")}
    assert money_notes(results) == [
        "money given to roads: 10 M yuan in 2017; no money in 2018; 10 M yuan in all, nominal",
        "  a: 5 of 10 M yuan spent; 5 M left: no room or vacancies in its institutions (2017)",
        "  idle: nothing spent of 10 M yuan: no candidates (2017)",
        "money given to roads: unlimited in 2017-2018",
    ]


def test_a_region_is_one_place_and_the_largest_rest_gives_the_reason(tmp_path: Path) -> None:
    rows = [
        ("x", "a", 1, "roads", 2017, 5.0, 0.0, "no candidates"),
        ("y", "a", 1, "roads", 2017, 50.0, 10.0, "hours"),
    ]
    region = {"region": {"name": "land"}}
    money = programme_money(results_of(tmp_path, rows, x=region, y=region)).to_dict("records")
    assert [(m["place"], m["given"], m["spent"], m["reason"]) for m in money] == [("land", 55.0, 10.0, "hours")]


def test_results_without_the_table_say_nothing(tmp_path: Path) -> None:
    results = Results(tmp_path, {"inputs": {}, "comparison": {}})
    assert spent_nothing(results) == set() and money_notes(results) == []


def test_very_many_scenarios_are_told_in_a_few_lines(tmp_path: Path) -> None:
    rows = [("p", f"s{k}", 1, "roads", 2017, 100.0 + k, 0.0, "room") for k in range(80)]
    notes = money_notes(results_of(tmp_path, rows))
    assert len(notes) == 61 and notes[-1] == "100 more lines of money: see limits.parquet"
