"""Money given, spent and left, from tables: which programmes did nothing and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tuopin.sim.comparison.spending import (
    caused_elsewhere,
    money_rows,
    programme_money,
    spent_nothing,
    unequal_notes,
)
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


def test_replicates_that_stopped_for_different_reasons_are_still_one_mean(tmp_path: Path) -> None:
    rows = [
        ("p", "a", 1, "roads", 2017, 1.0e7, 4.0e6, "room"),
        ("p", "a", 2, "roads", 2017, 1.0e7, 9.0e6, "hours"),
        ("p", "a", 3, "roads", 2017, 1.0e7, 9.5e6, "hours"),
    ]
    (money,) = programme_money(results_of(tmp_path, rows)).to_dict("records")
    assert (money["given"], money["spent"]) == pytest.approx((1.0e7, 7.5e6))
    assert money["reason"] == "room"  # 6 M yuan were left for it, 1.5 for hours


def test_who_spent_nothing_and_why(results: Results) -> None:
    assert spent_nothing(results) == {("p", "idle")}
    rows = {row["scenario"]: row for row in money_rows(results)}
    assert rows["a"] == {
        "scenario": "a",
        "given": "10",
        "spent": "5",
        "caused elsewhere": "",
        "unspent": "5",
        "why": "roads: 5 left: no room or vacancies in its institutions (2017)",
    }
    assert rows["idle"]["why"] == "roads: nothing spent of 10: no candidates (2017)"
    assert (rows["free"]["given"], rows["free"]["unspent"], rows["free"]["why"]) == ("unlimited", "", "")
    assert (rows["all spent"]["unspent"], rows["all spent"]["why"]) == ("0.05", "")


def test_what_is_caused_elsewhere_is_paired_with_the_baseline(results: Results) -> None:
    """Scenario a pays 7 - 5 and 9 - 6 yuan more for insurance: 2.5 on average; what households pay is left out."""
    costs = [("p", "none", 1, "basic_insurance", "spent", 5.0e6), ("p", "none", 2, "basic_insurance", "spent", 6.0e6)]
    costs += [("p", "a", 1, "basic_insurance", "spent", 7.0e6), ("p", "a", 2, "basic_insurance", "spent", 9.0e6)]
    costs += [("p", "a", 2, "roads", "spent", 6.0e6), ("p", "a", 2, "basic_insurance", "own", 1.0e6)]
    columns = ["place", "scenario", "replicate", "policy", "kind", "yuan"]
    pd.DataFrame(costs, columns=columns).to_parquet(results.directory / "costs.parquet")
    assert caused_elsewhere(results, "none") == {("p", "a"): pytest.approx(2.5e6)}
    assert caused_elsewhere(results, "nobody") == {}


def test_equal_money_that_is_not_spent_is_told(tmp_path: Path) -> None:
    rows = [("p", name, 1, "roads", 2017, 1.0e7, spent, "") for name, spent in (("a", 9.9e6), ("b", 9.0e6))]
    (note,) = unequal_notes(results_of(tmp_path, rows))
    assert note.startswith("p: equal money was given but not spent: from 9 (b) to 9.9 M yuan (a)")
    same = [(*row[:6], 9.95e6 - 1e5 * (row[1] == "b"), "") for row in rows]
    assert unequal_notes(results_of(tmp_path, same)) == []
    other = [(*row[:5], 1.0e7 * (1 + (row[1] == "b")), 9.0e6, "") for row in rows]
    assert unequal_notes(results_of(tmp_path, other)) == []  # budgets that were never meant to be equal


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
    assert spent_nothing(results) == set() and money_rows(results) == [] and unequal_notes(results) == []


def test_very_many_scenarios_are_told_in_a_few_lines(tmp_path: Path) -> None:
    rows = [("p", f"s{k}", 1, "roads", 2017, 100.0 + k, 0.0, "room") for k in range(80)]
    table = money_rows(results_of(tmp_path, rows))
    assert len(table) == 61 and (table[-1]["scenario"], table[-1]["why"]) == ("20 more", "see limits.parquet")


def test_money_of_a_part_is_told_at_full_size(results: Results) -> None:
    kept = {**results.manifest, "inputs": {"place": {"p": {"sample": 2}}}}
    sample = Results(results.directory, kept)
    part = Results(results.directory, {**results.manifest, "scale": 0.5})
    whole, half = programme_money(results), programme_money(part)
    pd.testing.assert_frame_equal(half, programme_money(sample))
    pd.testing.assert_frame_equal(half.drop(columns=["given", "spent"]), whole.drop(columns=["given", "spent"]))
    assert half["given"].tolist() == pytest.approx((whole["given"] * 2).tolist(), nan_ok=True)
    assert half["spent"].tolist() == pytest.approx((whole["spent"] * 2).tolist())
    costs = [("p", "none", 1, "basic_insurance", "spent", 5.0), ("p", "a", 1, "basic_insurance", "spent", 7.0)]
    columns = ["place", "scenario", "replicate", "policy", "kind", "yuan"]
    pd.DataFrame(costs, columns=columns).to_parquet(results.directory / "costs.parquet")
    assert caused_elsewhere(part, "none") == {("p", "a"): pytest.approx(4.0)}
