"""Totals of a part of the households are printed at full size; shares and ratios are what they are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.indicator import SUM
from tuopin.sim.measures.indicators import INDICATORS
from tuopin.sim.results.full_size import TOTALS, at_full_size, samples_of, shares_of
from tuopin.sim.results.results import Results


def test_totals_are_what_adds_up_over_households() -> None:
    assert {name for name, indicator in INDICATORS.items() if indicator.weight == SUM} <= TOTALS
    for name in ("cost_yuan_discounted", "cost_yuan_annualised_discounted", "helped_persons", "harmed_persons"):
        assert name in TOTALS  # of comparisons, not put together over counties
    for name in TOTALS:
        assert name.endswith(("persons", "households", "yuan", "yuan_nominal", "_discounted")), name
    for name in ("headcount_ratio", "gini", "mean_income_per_person", "cost_per_poverty_year_averted", "exit_rate"):
        assert name not in TOTALS


@given(
    st.lists(st.tuples(st.sampled_from(sorted(INDICATORS)), st.floats(-1e9, 1e9)), max_size=8),
    st.floats(0.01, 1.0, exclude_max=True),
)
def test_only_totals_are_divided(rows: list[tuple[str, float]], scale: float) -> None:
    frame = pd.DataFrame(rows, columns=["indicator", "value"]).astype({"value": float}).assign(place="p")
    before = frame.copy()
    found = at_full_size(frame, {"p": scale}.__getitem__, ["value"])
    expected = [value / scale if name in TOTALS else value for name, value in rows]
    assert found["value"].tolist() == pytest.approx(expected, rel=1e-15)
    pd.testing.assert_frame_equal(frame, before)  # a copy
    assert at_full_size(frame, lambda place: 1.0, ["value"]) is frame


def test_each_place_is_brought_back_by_its_own_share(tmp_path: Path) -> None:
    """Half of all simulated; one place is a sample of one in ten, a region's two counties one in 1,000."""
    member = {"name": "land", "persons_before": 0, "persons": 5, "persons_in_all": 9}
    inputs = {
        "here": {"sample": 1},
        "there": {"sample": 10},
        "a": {"sample": 1000, "region": member},
        "b": {"sample": 1000, "region": member},
    }
    results = Results(tmp_path, {"scale": 0.5, "inputs": {"place": inputs}})
    assert samples_of(results) == {"there": 10, "a": 1000, "b": 1000, "land": 1000}
    shares = shares_of(results)
    assert [shares(name) for name in ("here", "there", "a", "land")] == [0.5, 0.05, 0.0005, 0.0005]
    frame = pd.DataFrame({"place": ["here", "there", "land", "there"], "value": [1.0, 1.0, 1.0, 0.25]})
    frame["indicator"] = ["poor_persons", "poor_persons", "cost_yuan", "headcount_ratio"]
    assert at_full_size(frame, shares, ["value"])["value"].tolist() == pytest.approx([2.0, 20.0, 2000.0, 0.25])
