"""Totals of a part of the households are printed at full size; shares and ratios are what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.indicator import SUM
from tuopin.sim.measures.indicators import INDICATORS
from tuopin.sim.results.full_size import TOTALS, at_full_size, share_of
from tuopin.sim.results.results import Results


def test_totals_are_what_adds_up_over_households() -> None:
    assert {name for name, indicator in INDICATORS.items() if indicator.weight == SUM} <= TOTALS
    for name in ("cost_yuan_discounted", "cost_yuan_annualised_discounted", "helped_persons", "harmed_persons"):
        assert name in TOTALS  # of comparisons, not put together over counties
    for name in TOTALS:
        assert name.endswith(("hours_of_teams", "persons", "households", "yuan", "yuan_nominal", "_discounted")), name
    for name in ("headcount_ratio", "gini", "mean_income_per_person", "cost_per_poverty_year_averted", "exit_rate"):
        assert name not in TOTALS


def result(scale: float, regions: tuple[str, ...] = (), **samples: int) -> Results:
    """A result without tables: what its places say of themselves; `regions` are counties of the region `r`."""
    places: dict[str, Any] = {name: {"sample": sample} for name, sample in samples.items()}
    for county in regions:
        places[county]["region"] = {"name": "r"}
    return Results(Path("nowhere"), {"scale": scale, "inputs": {"place": places}})


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(sorted(INDICATORS)), st.floats(-1e9, 1e9)), max_size=8),
    st.sampled_from([1.0, 0.5, 0.3, 0.01]),
    st.integers(1, 50),
)
def test_only_totals_are_divided_by_what_was_simulated_of_their_place(
    rows: list[tuple[str, str, float]], scale: float, sample: int
) -> None:
    frame = pd.DataFrame(rows, columns=["place", "indicator", "value"]).astype({"value": float})
    before, results = frame.copy(), result(scale, a=1, b=sample)  # of c nothing is known
    found = at_full_size(frame, results, ["value"])
    share = {"a": scale, "b": scale / sample, "c": scale}
    assert {place: share_of(results, place) for place in "abc"} == share
    expected = [value / share[place] if name in TOTALS else value for place, name, value in rows]
    assert found["value"].tolist() == pytest.approx(expected, rel=1e-14)
    pd.testing.assert_frame_equal(frame, before)  # a copy
    if scale == 1.0 and sample == 1:
        assert found is frame


def test_a_region_is_the_sample_that_its_counties_are() -> None:
    results = result(0.5, ("x", "y"), x=20, y=20, z=3)
    assert share_of(results, "r") == 0.5 / 20 and share_of(results, "z") == 0.5 / 3
