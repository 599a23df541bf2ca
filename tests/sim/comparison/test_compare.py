"""The comparison of a whole result: by places, from the file, against another baseline; and what its CSV holds."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fake_county import fake_plan, value
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.comparison.compare import as_csv, compare, comparison_settings, comparison_title
from tuopin.sim.comparison.precision import precision
from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.results import Results
from tuopin.sim.results.rows import read_comparison
from tuopin.sim.results.schemas import COMPARISON

NUMBERS = st.lists(st.one_of(st.floats(), st.floats(-1e-3, 1e-3), st.integers(-(10**6), 10**6).map(float)), min_size=1)
PLAN = fake_plan()


def through_csv(frame: pd.DataFrame, folder: Path) -> pd.DataFrame:
    (folder / "comparison.csv").write_bytes(as_csv(frame))
    return read_comparison(folder / "comparison.csv", {})


def table(words: str = "none", numbers: float = 1.0, rows: int = 1) -> pd.DataFrame:
    kinds = {column.name: words if column.name in list(frame_words()) else numbers for column in COMPARISON}
    return pd.DataFrame(kinds | {"replicates": range(rows)})


def frame_words() -> list[str]:
    return [column.name for column in COMPARISON if "dictionary" in str(column.type)]


@given(NUMBERS)
def test_numbers_come_back_from_the_csv_to_the_last_digit(values: list[float]) -> None:
    frame = table(rows=len(values)).assign(low=values)
    with tempfile.TemporaryDirectory() as folder:
        pd.testing.assert_frame_equal(through_csv(frame, Path(folder)), frame, check_exact=True, check_dtype=True)


@pytest.mark.parametrize("word", ["a,b", 'a "b"', "a\nb", " a ", "", "null", "nan", "true", "卢氏"])
def test_words_come_back_from_the_csv_as_they_are(word: str, tmp_path: Path) -> None:
    read = through_csv(table(word, float("nan")), tmp_path)
    assert {read[name].iloc[0] for name in frame_words()} == {word}
    assert read["low"].isna().all()


@pytest.mark.parametrize("rows", [1, 50, 200, 1_000, 10_000])
def test_large_tables_are_read_by_places_scenarios_and_indicators_with_the_same_result(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assert_same: Any, rows: int
) -> None:
    run(PLAN, tmp_path / "whole")
    monkeypatch.setattr("tuopin.sim.comparison.compare._ROWS_AT_ONCE", rows)
    run(PLAN, tmp_path / "parts")
    assert_same(tmp_path / "whole", tmp_path / "parts")


def test_no_more_is_read_at_once_than_an_indicator_of_a_pair(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuopin.sim.comparison.compare._ROWS_AT_ONCE", 1)
    asked: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = []
    part = Results.part

    def noted(self: Results, table: str, place: str, scenarios: list[str], **wanted: list[str]) -> Any:
        asked.append((table, place, tuple(scenarios), tuple(wanted.get("indicator", ()))))
        return part(self, table, place, scenarios, **wanted)

    monkeypatch.setattr(Results, "part", noted)
    run(PLAN, tmp_path / "parts")
    others = [name for name in PLAN.scenarios if name != PLAN.baseline]
    read = [row for row in asked if row[0] == "indicators" and row[3]]
    assert {row[1:3] for row in read} == {(p, (PLAN.baseline, name)) for p in ("east", "west") for name in others}
    assert {row[3][1:] for row in read} == {(), ("cost_yuan",)}


def test_places_without_a_comparison_are_left_out(run: Any, tmp_path: Path) -> None:
    run(PLAN, only="east:none:1")
    run(PLAN, only="east:b:1")
    run(PLAN, only="west:b:1")
    assert set(compare(Results.open(tmp_path / "out"))["place"]) == {"east"}


def test_prices_discounting_and_baseline_are_the_plan_s() -> None:
    found = comparison_settings(fake_plan(parameters={"economy.rural_cpi": {2017: 0.02, 2018: 0.05}}))
    assert found["price_index"] == pytest.approx({"2016": 1.0, "2017": 1.02, "2018": 1.02 * 1.05})
    assert (found["baseline"], found["first_year"], found["discount_rate"]) == ("none", 2016, 0.03)
    assert found["draw_parameters"] is False


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    from fake_county import TASK

    from tuopin.sim.batch.engine import run_study

    out = tmp_path_factory.mktemp("compared") / "out"
    run_study(PLAN, out, workers=1, progress=False, task=TASK)
    return Results.open(out)


def test_from_the_file_and_from_another_baseline(results: Results) -> None:
    own, other = compare(results), compare(results, baseline="a")
    assert set(own["scenario"]) == {"a", "b"} and set(other["scenario"]) == {"none", "b"}
    last = "place == 'east' and indicator == 'headcount_ratio' and year == '2018'"
    forth = own.query(f"scenario == 'a' and {last}")["mean_difference"]
    back = other.query(f"scenario == 'none' and {last}")["mean_difference"]
    runs = [value(PLAN, "east", "a", r, 2018) - value(PLAN, "east", "none", r, 2018) for r in (1, 2)]
    assert forth.iloc[0] == pytest.approx(-back.iloc[0]) == pytest.approx(sum(runs) / 2)
    only = compare(results, indicator="headcount_ratio")
    assert len(only) == (own["indicator"] == "headcount_ratio").sum()


@pytest.mark.parametrize("function", [compare, precision])
@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ({"baseline": "nona"}, r"no scenario with results 'nona' \(did you mean none\?\); allowed: a, b, none"),
        ({"indicator": "headcount"}, r"no indicator 'headcount' \(did you mean headcount_ratio\?\)"),
    ],
)
def test_unknown_names_are_refused(results: Results, function: Any, question: dict[str, str], phrase: str) -> None:
    with pytest.raises(ResultsError, match=phrase):
        function(results, **question)


def test_a_batch_in_this_process_leaves_the_garbage_collector_as_it_was(run: Any) -> None:
    run(PLAN)
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize(("replicates", "told"), [(1, "without intervals"), (2, "with 95% intervals")])
def test_one_replicate_claims_no_interval(tmp_path: Path, replicates: int, told: str) -> None:
    results = Results(tmp_path, {"comparison": {"first_year": 2016}})
    title = comparison_title(results, pd.DataFrame({"replicates": [replicates, 1]}))
    assert told in title and "2016 prices" in title and ("95%" in title) == (replicates > 1)
