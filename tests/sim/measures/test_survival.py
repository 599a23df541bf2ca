from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from tuopin.sim.measures.survival import (
    ended_within,
    hazard_by_duration,
    kaplan_meier,
    median_duration,
    relapse_by_run,
    survival_by_run,
)

SPELLS = st.lists(st.tuples(st.integers(0, 8), st.booleans(), st.integers(1, 20)), min_size=1, max_size=20)


def frame(rows: list[tuple[int, bool, int]], **columns: object) -> pd.DataFrame:
    """Spells of (years, ended, persons)."""
    table = pd.DataFrame(rows, columns=["years", "ended", "persons"])
    plain = {
        "kind": "exited",
        "view": "true",
        "left_censored": False,
        "place": "here",
        "scenario": "none",
        "replicate": 0,
    }
    return table.assign(**(plain | columns))


def test_by_hand() -> None:
    # 10 persons at risk, 2 relapse after 1 year, 3 leave unseen; 5 at risk, 1 relapses after 2 years
    table = kaplan_meier(frame([(1, True, 2), (1, False, 3), (2, True, 1), (3, False, 4)]))
    assert table["at_risk"].tolist() == [10, 10, 5, 4]
    assert table["survival"].tolist() == pytest.approx([1.0, 0.8, 0.64, 0.64])
    assert table["hazard"].tolist()[1:] == pytest.approx([0.2, 0.2, 0.0])
    assert ended_within(table, 1) == pytest.approx(0.2)
    assert ended_within(table, 3) == pytest.approx(0.36)
    assert math.isnan(ended_within(table, 5))


def test_left_censored_and_unwatched_spells_are_left_out() -> None:
    spells = pd.concat([frame([(2, True, 50)], left_censored=True), frame([(0, False, 50), (2, False, 1)])])
    table = kaplan_meier(spells)
    assert table["at_risk"].tolist() == [1, 1, 1]
    assert table["survival"].tolist() == [1.0, 1.0, 1.0]


def test_nothing_seen_gives_year_zero_only() -> None:
    table = kaplan_meier(frame([(2, True, 5)], left_censored=True))
    assert table["years"].tolist() == [0]
    assert table["survival"].tolist() == [1.0]


def test_kinds_do_not_mix() -> None:
    spells = pd.concat([frame([(1, True, 5), (2, False, 5)]), frame([(1, True, 90)], kind="poor")])
    assert hazard_by_duration(spells)["hazard"].tolist() == [0.5, 0.0]
    assert hazard_by_duration(spells, "poor")["hazard"].tolist() == [1.0]


def test_durations() -> None:
    table = kaplan_meier(frame([(1, True, 6), (2, True, 2), (3, True, 2)]))
    assert median_duration(table) == 1
    assert math.isnan(median_duration(kaplan_meier(frame([(3, False, 4)]))))


def test_one_curve_a_run_with_categories_as_parquet_gives_them() -> None:
    spells = pd.concat(
        [frame([(1, True, 1), (3, False, 1)], replicate=r, scenario=s) for r in (0, 1) for s in ("none", "all")]
    )
    spells = spells.astype({"place": "category", "scenario": "category", "view": "category", "kind": "category"})
    curves = survival_by_run(spells)
    assert len(curves) == 4 * 4
    relapse = relapse_by_run(spells)
    names = ["relapse_by_1_year", "relapse_by_3_years", "relapse_by_5_years"]
    assert list(dict.fromkeys(relapse["indicator"])) == names
    assert relapse.loc[relapse["indicator"] == "relapse_by_3_years", "value"].tolist() == [0.5] * 4
    assert relapse.loc[relapse["indicator"] == "relapse_by_5_years", "value"].isna().all()


def test_no_spells_of_a_view_gives_an_empty_table() -> None:
    assert survival_by_run(frame([(1, True, 1)]), view="registry").empty


@given(st.lists(SPELLS, min_size=1, max_size=4))
def test_life_tables_of_all_runs_are_those_of_each(runs: list[list[tuple[int, bool, int]]]) -> None:
    spells = pd.concat([frame(rows, replicate=replicate) for replicate, rows in enumerate(runs)], ignore_index=True)
    found = survival_by_run(spells)
    for replicate, rows in enumerate(runs):
        expected = kaplan_meier(frame(rows))  # by statsmodels
        here = found[found["replicate"] == replicate].reset_index(drop=True)
        if len(here) or len(expected) > 1:  # a run nobody was watched in is left out
            pd.testing.assert_frame_equal(here[list(expected)], expected, check_exact=True, check_dtype=False)


@given(st.lists(SPELLS, min_size=1, max_size=4))
def test_relapse_is_read_off_the_life_table_of_each_run(runs: list[list[tuple[int, bool, int]]]) -> None:
    spells = pd.concat([frame(rows, replicate=replicate) for replicate, rows in enumerate(runs)], ignore_index=True)
    for row in relapse_by_run(spells, years=(1, 3)).itertuples():
        years = 1 if row.indicator == "relapse_by_1_year" else 3
        expected = ended_within(kaplan_meier(frame(runs[int(row.replicate)])), years)
        assert row.value == pytest.approx(expected, abs=0, nan_ok=True)


@given(SPELLS)
def test_equals_scipy_on_one_row_per_person(rows: list[tuple[int, bool, int]]) -> None:
    table = kaplan_meier(frame(rows))
    watched = [(years, ended) for years, ended, persons in rows for _ in range(persons) if years > 0]
    if not any(ended for _, ended in watched):
        assert (table["survival"] == 1.0).all()
        return
    years, ended = np.array([w[0] for w in watched], dtype=float), np.array([w[1] for w in watched])
    other = ecdf(CensoredData(uncensored=years[ended], right=years[~ended])).sf
    assert table["survival"].to_numpy() == pytest.approx(other.evaluate(table["years"].to_numpy(dtype=float)))


@given(SPELLS, st.integers(2, 5))
def test_merging_and_replicating_persons_do_not_matter(rows: list[tuple[int, bool, int]], k: int) -> None:
    apart = kaplan_meier(frame(rows))["survival"].tolist()
    assert kaplan_meier(frame([(y, e, p * k) for y, e, p in rows]))["survival"].tolist() == pytest.approx(apart)
    merged = frame(rows).groupby(["years", "ended"], as_index=False)["persons"].sum()
    assert kaplan_meier(frame(list(merged.itertuples(index=False))))["survival"].tolist() == pytest.approx(apart)


def _exact_median(losses: list[tuple[int, int]]) -> float:
    """Median of a life table by fractions: (ended, at risk) year by year."""
    left = Fraction(1)
    for year, (ended, at_risk) in enumerate(losses, 1):
        left *= Fraction(at_risk - ended, at_risk)
        if left <= Fraction(1, 2):
            return float(year)
    return math.nan


def _tables_through_one_half() -> list[list[tuple[int, int]]]:
    """Life tables of up to 24 persons and 4 years whose survival is exactly one half in some year."""
    found: list[list[tuple[int, int]]] = []

    def grow(rows: list[tuple[int, int]], left: int, survival: Fraction) -> None:
        if rows and survival == Fraction(1, 2):
            found.append(rows)
        elif survival > Fraction(1, 2) and len(rows) < 4:
            for censored in (0, 1, 3):
                for ended in range(1, left):
                    if left - ended - censored > 0:
                        share = Fraction(left - ended, left)
                        grow([*rows, (ended, left)], left - ended - censored, survival * share)

    for persons in range(2, 25):
        grow([], persons, Fraction(1))
    return found


def test_a_median_at_exactly_one_half_is_found_in_its_year() -> None:
    tables = _tables_through_one_half()
    assert len(tables) > 1000
    for losses in tables:
        rows, persons = [], [at_risk for _, at_risk in losses]
        for year, (ended, at_risk) in enumerate(losses, 1):
            after = persons[year] if year < len(losses) else 0
            rows.append((year, True, ended))
            if at_risk - ended - after:
                rows.append((year, False, at_risk - ended - after))
        table = kaplan_meier(frame(rows))
        assert median_duration(table) == _exact_median(losses) == len(losses)


def test_a_median_of_shares_of_persons() -> None:
    table = kaplan_meier(frame([(1, True, 3), (2, True, 2), (3, False, 5)]))
    assert median_duration(table.assign(at_risk=table.at_risk / 7, ended=table.ended / 7)) == 2
