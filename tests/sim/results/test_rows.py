from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tuopin.sim.results.rows import read_comparison, read_places, read_rows

FRAME = pd.DataFrame({"place": ["p", "q", "p"], "view": ["true", "true", "survey"], "value": [1.0, 2.0, 3.0]})


@pytest.mark.parametrize("words", ["category", "str"])
def test_only_rows_with_the_words_wanted_are_read(tmp_path: Path, words: str) -> None:
    FRAME.astype({"place": words, "view": words}).to_parquet(tmp_path / "t.parquet")
    read = read_rows(tmp_path / "t.parquet", {"place": ["p", "r"], "view": ["true"]})
    assert read.to_dict("list") == {"place": ["p"], "view": ["true"], "value": [1.0]}
    assert not any(isinstance(kind, pd.CategoricalDtype) for kind in read.dtypes)
    assert read_rows(tmp_path / "t.parquet", {"place": ["r"]}).empty
    assert read_places(tmp_path / "t.parquet", ["q"])["value"].tolist() == [2.0]


def test_where_nothing_was_compared_there_are_columns_without_rows(tmp_path: Path) -> None:
    read = read_comparison(tmp_path / "comparison.csv", {"view": ["true"]})
    assert read.empty and {"scenario", "low"} <= set(read.columns)
