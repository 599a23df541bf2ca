from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from fake_county import FakePlan
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.comparison import comparing
from tuopin.sim.comparison.comparing import as_csv

NUMBERS = st.lists(st.one_of(st.floats(), st.floats(-1e-3, 1e-3), st.integers(-(10**6), 10**6).map(float)), min_size=1)


def same_as_pandas(frame: pd.DataFrame) -> bool:
    return as_csv(frame) == frame.to_csv(index=False, lineterminator="\n").encode()


@given(NUMBERS)
def test_csv_is_that_of_pandas_to_the_byte(values: list[float]) -> None:
    frame = pd.DataFrame({"place": "卢氏", "group": "remote=yes", "value": values, "replicates": range(len(values))})
    assert same_as_pandas(frame)


@pytest.mark.parametrize("word", ["a,b", 'a "b"', "a\nb", " a ", "", "null", "nan"])
def test_words_are_quoted_where_pandas_quotes_them(word: str) -> None:
    assert same_as_pandas(pd.DataFrame({"scenario": [word, "none"], "value": [1.0, None]}))


def test_large_tables_are_read_by_places_with_the_same_result(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, assert_same: Any
) -> None:
    run(FakePlan(), tmp_path / "whole")
    monkeypatch.setattr(comparing, "_ROWS_AT_ONCE", 1)
    run(FakePlan(), tmp_path / "parts")
    assert_same(tmp_path / "whole", tmp_path / "parts")


def test_places_without_a_comparison_are_left_out(run: Any, tmp_path: Path) -> None:
    run(FakePlan(), tmp_path / "out")
    settings = {"baseline": "none", "price_index": {}}
    seen: list[set[str]] = []

    def keep(indicators: pd.DataFrame, costs: pd.DataFrame, spells: pd.DataFrame, **options: Any) -> pd.DataFrame:
        seen.extend(set(frame["place"].astype(str)) for frame in (indicators, costs, spells))
        return indicators

    comparing.compare_tables(tmp_path / "out", settings, keep, FakePlan().places[:1])
    assert seen == [{FakePlan().places[0]}] * 3


def test_a_batch_in_this_process_leaves_the_garbage_collector_as_it_was(run: Any) -> None:
    run(FakePlan())
    assert gc.get_freeze_count() == 0
