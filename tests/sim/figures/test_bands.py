from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tuopin.sim.figures.bands import choose, one_uncertainty, over_replicates, scenarios_of


def frame(values: list[float], scenario: str = "none") -> pd.DataFrame:
    return pd.DataFrame({"place": "lushi", "scenario": scenario, "replicate": range(len(values)), "value": values})


def test_few_replicates_give_their_range():
    row = over_replicates(frame([1.0, 2.0, 6.0]), ["scenario"]).iloc[0]
    assert (row["mean"], row["low"], row["high"], row["replicates"]) == (3.0, 1.0, 6.0, 3)


def test_many_replicates_give_the_middle_ninety_percent():
    row = over_replicates(frame([float(value) for value in range(101)]), ["scenario"]).iloc[0]
    assert (row["mean"], row["low"], row["high"]) == (50.0, 5.0, 95.0)


def test_years_without_a_rate_are_not_counted():
    row = over_replicates(frame([1.0, np.nan, 3.0]), ["scenario"]).iloc[0]
    assert (row["mean"], row["replicates"]) == (2.0, 2)


def test_several_places_need_a_name():
    both = pd.concat([frame([1.0]), frame([2.0]).assign(place="xixia")])
    with pytest.raises(ValueError, match=r"2 places \(lushi, xixia"):
        choose(both)
    assert choose(both, place="xixia")["value"].tolist() == [2.0]
    with pytest.raises(ValueError, match=r"no place 'luanchuan'.*lushi, xixia"):
        choose(both, place="luanchuan")


def test_an_unknown_scenario_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="no rows with scenario = 'al'; the frame holds: none"):
        choose(frame([1.0]), scenario="al")
    with pytest.raises(ValueError, match=r"no baseline scenario 'al'.*none"):
        scenarios_of(frame([1.0]), "al")


def test_the_baseline_comes_first():
    rows = pd.concat([frame([1.0], name) for name in ("b", "none", "a")])
    assert scenarios_of(rows, None) == (["none", "b", "a"], "none")
    assert scenarios_of(rows, "a") == (["a", "b", "none"], "a")
    assert scenarios_of(frame([1.0], "only"), None) == (["only"], None)


def test_drawn_parameters_win_over_luck():
    rows = pd.DataFrame({"uncertainty": ["luck", "parameters"], "low": [1.0, 0.0]})
    assert one_uncertainty(rows)["low"].tolist() == [0.0]
    assert one_uncertainty(rows.iloc[:1])["low"].tolist() == [1.0]
