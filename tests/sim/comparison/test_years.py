from __future__ import annotations

import math

import pandas as pd
import pytest

from tuopin.sim.comparison.cube import cube_of, scenario_index
from tuopin.sim.comparison.years import over_years

KEY = {"place": "here", "view": "true", "group": "all"}


def table(rows: list[tuple[str, int, int, str, float]]) -> pd.DataFrame:
    """Rows of scenario, replicate, year, indicator, value."""
    return pd.DataFrame(rows, columns=["scenario", "replicate", "year", "indicator", "value"]).assign(**KEY)


def test_rates_are_averaged_and_flows_summed_without_the_initial_year() -> None:
    rows = [
        (s, 0, year, indicator, value * (2 if s == "all" else 1))
        for s in ("none", "all")
        for indicator, values in (("exit_rate", (9.0, 0.1, 0.3)), ("exits_persons", (9.0, 10.0, 30.0)))
        for year, value in zip((2016, 2017, 2018), values, strict=True)
    ]
    found = over_years(cube_of(table(rows)), [1], 0, 2016)
    assert found.keys["indicator"].tolist() == ["exit_rate", "exits_persons"]
    assert found.baseline[:, 0, 0].tolist() == pytest.approx([0.2, 40.0])
    assert found.scenarios[:, 0, 0].tolist() == pytest.approx([0.4, 80.0])


def test_a_rate_unknown_in_one_scenario_and_year_is_left_out_of_both() -> None:
    rows = [
        ("none", 0, 2017, "exit_rate", 0.1),
        ("none", 0, 2018, "exit_rate", 0.5),
        ("all", 0, 2017, "exit_rate", 0.2),
        ("all", 0, 2018, "exit_rate", math.nan),
    ]
    found = over_years(cube_of(table(rows)), [1], 0, 2016)
    assert (found.scenarios[0, 0, 0], found.baseline[0, 0, 0]) == (0.2, 0.1)


def test_a_sum_that_lacks_a_year_is_unknown() -> None:
    rows = [
        ("none", 0, 2017, "poor_persons", 5.0),
        ("none", 0, 2018, "poor_persons", 5.0),
        ("all", 0, 2017, "poor_persons", 4.0),
    ]
    assert math.isnan(over_years(cube_of(table(rows)), [1], 0, 2016).scenarios[0, 0, 0])


def test_what_does_not_add_up_over_years_is_left_out() -> None:
    rows = [(s, 0, 2017, "relapse_by_3_years", 0.1) for s in ("none", "all")]
    assert over_years(cube_of(table(rows)), [1], 0, 2016).keys.empty


def test_cube_does_not_depend_on_the_order_of_rows() -> None:
    rows = [(s, r, y, "gini", r + y / 1e4) for s in ("none", "all") for r in (0, 1) for y in (2017, 2018)]
    one, other = cube_of(table(rows)), cube_of(table(rows[::-1]))
    assert one.scenarios == other.scenarios[::-1]
    assert (one.figures == other.figures[:, ::-1]).all()


def test_a_run_read_twice_and_a_missing_column_are_errors() -> None:
    rows = table([("none", 0, 2017, "gini", 0.3)])
    with pytest.raises(ValueError, match="twice"):
        cube_of(pd.concat([rows, rows]))
    with pytest.raises(ValueError, match="view"):
        cube_of(rows.drop(columns="view"))


def test_an_unknown_baseline_lists_the_scenarios() -> None:
    with pytest.raises(ValueError, match="none"):
        scenario_index(cube_of(table([("none", 0, 2017, "gini", 0.3)])), "nobody")
