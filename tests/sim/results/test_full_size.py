"""Totals of a part of the households are printed at full size; shares and ratios are what they are."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.indicator import SUM
from tuopin.sim.measures.indicators import INDICATORS
from tuopin.sim.results.full_size import TOTALS, at_full_size


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
    frame = pd.DataFrame(rows, columns=["indicator", "value"]).astype({"value": float})
    before = frame.copy()
    found = at_full_size(frame, scale, ["value"])
    expected = [value / scale if name in TOTALS else value for name, value in rows]
    assert found["value"].tolist() == pytest.approx(expected, rel=1e-15)
    pd.testing.assert_frame_equal(frame, before)  # a copy
    assert at_full_size(frame, 1.0, ["value"]) is frame
