"""The headline by hand: levels and ranks of the last year, signs and ends of intervals turned around together."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from tuopin.sim.comparison.headline import DIFFERENCES, POVERTY_YEARS, headline


def indicators() -> pd.DataFrame:
    """Two places, two replicates, three years. The slow package is behind until the last year, then far ahead."""
    poverty_years = {
        "none": (0, 100, 200),
        "fast": (0, 10, 180),
        "slow": (0, 90, 110),
    }
    rows = []
    for place, size in (("here", 1.0), ("there", -1.0)):
        for scenario, levels in poverty_years.items():
            for replicate in (1, 2):
                for year, level in zip((2016, 2017, 2018), levels, strict=True):
                    luck = 0.5 * replicate
                    found = {
                        POVERTY_YEARS: size * level + luck,
                        "headcount_ratio": 0.001 * level + 0.1 * replicate,
                        "poor_persons": 7.0 * level + replicate,
                    }
                    for name, value in found.items():
                        rows.append((place, scenario, replicate, year, "true", "all", name, value))
                        rows.append((place, scenario, replicate, year, "survey", "all", name, -1e6))
                        rows.append((place, scenario, replicate, year, "true", "remote=yes", name, 1e6))
    return pd.DataFrame(rows, columns=["place", "scenario", "replicate", "year", "view", "group", "indicator", "value"])


def comparison() -> pd.DataFrame:
    """One row for every column of the headline, and rows beside it that it must not read."""
    rows = []
    for at, (indicator, group, _) in enumerate(DIFFERENCES.values()):
        rows.append(("here", "slow", indicator, "true", group, "all", 10.0 + at, 5.0 + at, 25.0 + at))
        for view, other, year in (("survey", group, "all"), ("true", "remote=yes", "all"), ("true", group, "2018")):
            rows.append(("here", "slow", indicator, view, other, year, 1e6, 1e6, 1e6))
    columns = ["place", "scenario", "indicator", "view", "group", "year", "mean_difference", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def table() -> pd.DataFrame:
    return headline(comparison(), indicators()).set_index(["place", "scenario"])


def test_levels_are_of_the_first_and_of_the_last_year(table: pd.DataFrame) -> None:
    row = table.loc["here", "slow"]
    assert row["replicates"] == 2
    assert row["headcount_ratio_start"] == pytest.approx(0.15)
    assert row["headcount_ratio_end"] == pytest.approx(0.11 + 0.15)
    assert row["poor_persons_end"] == pytest.approx(7 * 110 + 1.5)


def test_the_rank_is_by_what_the_last_year_has_summed(table: pd.DataFrame) -> None:
    """By the mean of the years the fast package would come first: 63 against 67."""
    assert table.loc["here"]["rank"].to_dict() == {"none": 3.0, "fast": 2.0, "slow": 1.0}
    assert table.loc["here"]["first"].to_dict() == {"none": 0.0, "fast": 0.0, "slow": 1.0}
    assert table.loc["there"]["rank"].to_dict() == {"none": 1.0, "fast": 2.0, "slow": 3.0}


def test_a_gain_is_a_difference_turned_around_with_its_ends(table: pd.DataFrame) -> None:
    row = table.loc["here", "slow"]
    for at, (column, (_, _, sign)) in enumerate(DIFFERENCES.items()):
        ends = (5.0 + at, 25.0 + at) if sign > 0 else (-25.0 - at, -5.0 - at)
        assert (row[column], row[f"{column}_low"], row[f"{column}_high"]) == (sign * (10.0 + at), *ends), column
    assert DIFFERENCES["averted"][2] == DIFFERENCES["averted_by_prevention"][2] == -1.0
    assert math.isnan(table.loc["here", "fast"]["averted"]) and math.isnan(table.loc["there", "slow"]["cost"])
