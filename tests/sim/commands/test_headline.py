from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.commands.draws import decides_text, order_lines, refused_text
from tuopin.sim.commands.headline import (
    AVERTED,
    COST,
    FIRST,
    NO_GAIN,
    ONE_IS_NO_INTERVAL,
    POOR,
    RANK,
    RATIO,
    RELAPSE,
    ROOM,
    SUSTAINED,
    cells,
    definitions,
    fixed,
    harm_notes,
    headline_table,
    part_notes,
    scale_notes,
)
from tuopin.sim.commands.result import show_result
from tuopin.sim.commands.tables import plain
from tuopin.sim.comparison.assumptions import Decides
from tuopin.sim.results.results import Results
from tuopin.sim.results.schemas import COMPARISON

NAN = float("nan")
ROW: dict[str, Any] = {
    "place": "lushi",
    "scenario": "relocation",
    "replicates": 20,
    "headcount_ratio_start": 0.2,
    "headcount_ratio_end": 0.0512,
    "poor_persons_end": 16_402.6,
    "averted": 26_371.2,
    "averted_low": 24_141.4,
    "averted_high": 28_590.9,
    "averted_by_prevention": 5_511.0,
    "sustained_gain": 1_803.0,
    "sustained_gain_low": 1_500.0,
    "sustained_gain_high": 2_100.0,
    "own_strength_gain": -80.2,
    "relapse_difference": -0.039,
    "relapse_in_baseline": 0.367,
    "cost": 1_511_522_000.0,
    "cost_per_poverty_year": 68_119.6,
    "cost_per_poverty_year_low": 63_727.2,
    "cost_per_poverty_year_high": 73_190.7,
    "rank": 7.0,
    "first": 0.046,
}


def test_cells_carry_parts_and_intervals() -> None:
    assert cells(ROW, "none") == {
        "place": "lushi",
        "scenario": "relocation",
        AVERTED: "26,371 (5,511) [24,141, 28,591]",
        SUSTAINED: "1,803 (-80)",
        POOR: "16,403 (5.12%)",
        RELAPSE: "32.8% / 36.7%",
        COST: "1,512",
        RATIO: "68,120 [63,727, 73,191]",
        RANK: "7",
        FIRST: "5%",
    }


def test_a_gain_in_exits_that_is_not_clear_is_called_so() -> None:
    assert cells(ROW | {"sustained_gain_low": -1.0}, "none")[SUSTAINED] == "1,803 (-80) unclear"


@pytest.mark.parametrize("low", [-1.0, 0.0])
def test_no_cost_ratio_without_a_clear_gain(low: float) -> None:
    assert cells(ROW | {"averted_low": low}, "none")[RATIO] == NO_GAIN


def test_a_ratio_whose_upper_end_is_open_says_so() -> None:
    row = cells(ROW | {"cost_per_poverty_year_high": float("inf")}, "none")
    assert row[RATIO] == "68,120 [63,727, no bound]"


def test_one_replicate_has_no_ratio_and_no_rank_and_says_why() -> None:
    one = {name: NAN for name in ROW if name.endswith(("_low", "_high"))} | {"rank": NAN, "first": 1.0}
    row = cells(ROW | one, "none")
    assert (row[RATIO], row[AVERTED], row[RANK], row[FIRST]) == (ONE_IS_NO_INTERVAL, "26,371 (5,511)", "", "")


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_nothing_is_minus_zero(value: float, places: int) -> None:
    text = fixed(value, places)
    assert not text.startswith("-") or any(digit in text for digit in "123456789")
    assert float(text.replace(",", "")) == pytest.approx(value, abs=0.5 * 10.0**-places + 1e-9)


def test_an_interval_shows_its_width() -> None:
    row = ROW | {"averted": 711.0, "averted_low": 710.98, "averted_high": 711.02, "averted_by_prevention": NAN}
    assert cells(row, "none")[AVERTED] == "711 [710.98, 711.02]"


def test_a_scenario_that_spent_nothing_is_marked() -> None:
    row = cells(ROW, "none", idle=True)
    assert row[COST] == "1,512 (nothing spent by its programmes)" and row[RATIO] == "nothing spent"


def test_baseline_is_compared_with_nothing_but_ranked() -> None:
    row = cells(ROW | {"scenario": "none", "rank": 10.0, "first": 0.0}, "none")
    assert [row[name] for name in (AVERTED, SUSTAINED, RELAPSE, COST, RATIO)] == ["baseline", "", "", "", ""]
    assert (row[RANK], row[FIRST]) == ("10", "0%")


def test_it_fits_a_hundred_columns_with_long_names_and_a_whole_county() -> None:
    rows = [{key: value for key, value in cells(ROW, "none").items() if key != "place"}]
    wide = {
        "averted": 121_371.2,
        "averted_low": 114_141.4,
        "averted_high": 128_590.9,
        "averted_by_prevention": 35_511.0,
    }
    for name in ("a" * 25, "relocation"):
        row = cells(ROW | wide | {"scenario": name}, "none", idle=False)
        rows.append({key: value for key, value in row.items() if key != "place"})
    lines = plain("title", list(rows[0]), rows, ids=["scenario"], room=ROOM).splitlines()
    assert max(map(len, lines)) <= 100
    assert any(line.startswith("a" * 25 + "  ") for line in lines)  # a table, not blocks


def in_files(folder: Path, comparison: list[dict[str, Any]]) -> Results:
    """A result of the scenarios none, a and b in two replicates; a has 50 poverty-years less, b 10 more."""
    run = {"place": "p", "view": "true", "group": "all"}
    rows = [
        {**run, "scenario": name, "replicate": r, "year": year, "indicator": indicator, "value": value}
        for name, years in (("none", 100.0), ("a", 50.0), ("b", 110.0))
        for r in (1, 2)
        for year in (2016, 2017)
        for indicator, value in (
            ("headcount_ratio", 0.2 if year == 2016 else years / 1000),
            ("poor_persons", years),
            ("poverty_years_persons", 0.0 if year == 2016 else years + r),
        )
    ]
    pd.DataFrame(rows).to_parquet(folder / "indicators.parquet")
    words = {name: pd.Series(dtype=str) for name in ("place", "view", "kind")}
    pd.DataFrame(words).to_parquet(folder / "spells.parquet")
    if comparison:
        kept = {
            **run,
            "baseline": "none",
            "year": "all",
            "uncertainty": "luck",
            "probability_positive": 1.0,
            "note": "",
        }
        table = pd.DataFrame([kept | {"replicates": 2} | row for row in comparison])
        table.reindex(columns=[column.name for column in COMPARISON]).to_csv(folder / "comparison.csv", index=False)
    settings = {"baseline": "none", "first_year": 2016, "discount_rate": 0.045, "capital_years": {"houses": 30}}
    return Results(folder, {"baseline": "none", "inputs": {}, "comparison": settings})


def difference(scenario: str, indicator: str, mean: float, **more: Any) -> dict[str, Any]:
    return {"scenario": scenario, "indicator": indicator, "mean_difference": mean, "low": mean, "high": mean, **more}


def test_table_of_a_result(tmp_path: Path) -> None:
    assert headline_table(in_files(tmp_path, [])) == ("", [])
    found = [
        difference("a", "poverty_years_persons", -50.0),
        difference("a", "poverty_years_persons", -20.0, group="start=not_poor"),
        difference("a", "cost_yuan_discounted", 4e6),
        difference("a", "cost_per_poverty_year_averted", 80_000.0),
        difference("b", "poverty_years_persons", 10.0),
        difference("b", "cost_yuan_discounted", 1e6),
    ]
    title, rows = headline_table(in_files(tmp_path, found))
    assert "Simulated, given these assumptions" in title and "Differences from none: paired, 2 replicates" in title
    assert [(r["scenario"], r[AVERTED], r[RANK], r[FIRST]) for r in rows] == [
        ("none", "baseline", "2", "0%"),
        ("a", "50 (20) [50, 50]", "1", "100%"),
        ("b", "-10 [-10, -10]", "3", "0%"),
    ]
    assert (rows[1][RATIO], rows[2][RATIO], rows[1][POOR]) == ("80,000 [80,000, 80,000]", NO_GAIN, "50 (5.00%)")
    assert "place" not in rows[0]
    first, second = definitions(in_files(tmp_path, found))
    assert "on own strength" in first and "that clearly avert more poverty years" in first
    assert "in 2016 prices, discounted at 4.5% a year" in second and "they last 30 years" in second


def test_more_harm_than_help_is_printed(tmp_path: Path) -> None:
    found = [difference("a", "helped_persons", 30.0), difference("a", "harmed_persons", 40.0)]
    found += [difference("b", "helped_persons", 50.0), difference("b", "harmed_persons", 40.0)]
    (note,) = harm_notes(in_files(tmp_path, found))
    assert note.startswith("p, a: fewer persons are helped than harmed: 30 ")


def test_draws_tell_refusals_the_order_and_what_decides() -> None:
    assert refused_text(15, 45).startswith("draws: 45 kept, 15 refused") and "75% admissible" in refused_text(15, 45)
    table = pd.DataFrame({"wage": np.arange(20.0), "noise": np.arange(20.0) * 7 % 20})
    averted = {"a": 10 + np.arange(20.0), "b": np.full(20, 15.5), "none": np.zeros(20)}
    lines = list(order_lines(averted, table, None))
    assert lines[0] == "order over the draws (mean of poverty years averted): a > b > none"
    assert "a averts more than b in 70% of the draws" in lines[1] and "wage (+1.00)" in lines[1]
    told = list(order_lines(averted, table, ["b", "a", "none"]))
    assert told[1] == "order with the stated values: b > a > none" and "wage (+1.00)" in told[2]
    same = list(order_lines(averted, table, ["a", "b", "none"]))
    assert same[-1] == "the same as with the stated values."
    few = decides_text(Decides("a", "b", 0.7, (("wage", 0.8), ("noise", -0.7)), 0.75), 12)
    assert few.endswith("(rank correlation; up to 0.75 is luck with so few draws): wage (+0.80).")
    none = decides_text(Decides("a", "b", 0.7, (("wage", 0.8), ("noise", -0.7)), 0.8), 12)
    assert "no parameter goes with the difference more than luck alone would with 12 draws" in none
    assert none.endswith("(rank correlations up to 0.80; the strongest is wage, +0.80).")
    assert "cannot be told from 4 draws" in decides_text(Decides("a", "b", 0.5, (), NAN), 4)


def test_totals_of_a_part_are_printed_at_full_size(tmp_path: Path) -> None:
    """A fifth simulated: persons and yuan times five, shares and yuan a poverty-year as they are, and a word on it."""
    found = [
        difference("a", "poverty_years_persons", -50.0),
        difference("a", "poverty_years_persons", -20.0, group="start=not_poor"),
        difference("a", "sustained_exits_persons", 7.0),
        difference("a", "cost_yuan_discounted", 4e6),
        difference("a", "cost_per_poverty_year_averted", 80_000.0),
        difference("a", "helped_persons", 30.0),
        difference("a", "harmed_persons", 40.0),
    ]
    whole = in_files(tmp_path, found)
    part = Results(whole.directory, {**whole.manifest, "scale": 0.2})
    (_, before, _), (_, after, _) = headline_table(whole)[1], headline_table(part)[1]
    assert before[AVERTED] == "50 (20) [50, 50]" and after[AVERTED] == "250 (100) [250, 250]"
    assert before[SUSTAINED].startswith("7") and after[SUSTAINED].startswith("35")
    assert before[POOR] == "50 (5.00%)" and after[POOR] == "250 (5.00%)"
    assert before[COST] == "4" and after[COST] == "20"
    assert before[RATIO] == after[RATIO] and before[RANK] == after[RANK] and before[FIRST] == after[FIRST]
    assert "150 are poor in fewer years than in the baseline, 200 in more" in harm_notes(part)[0]
    assert scale_notes(whole) == []
    sample = Results(whole.directory, {**whole.manifest, "inputs": {"place": {"p": {"sample": 5}}}})
    assert headline_table(sample) == headline_table(part)
    assert scale_notes(sample)[0].startswith("p: a sample, one household in 5. Persons and yuan above and below")
    (note,) = scale_notes(part)
    assert note.startswith("scale 0.2: 20% of the households of every village were simulated.")


def test_a_part_is_told_where_nothing_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = in_files(tmp_path, [])
    for scale, said in (
        (1.0, ""),
        (0.2, "scale 0.2: 20% of the households of every village were simulated. The tables"),
    ):
        results = Results(whole.directory, {**whole.manifest, "scale": scale})
        monkeypatch.setattr(Results, "open", classmethod(lambda cls, directory, kept=results: kept))
        show_result(whole.directory)
        assert capsys.readouterr().out.startswith(said)
        assert bool(part_notes(results)) == bool(said)
