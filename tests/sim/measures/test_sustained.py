from __future__ import annotations

import numpy as np

from tuopin.sim.measures.sustained import advance_sustained, exits_seen_through, last_exit_year_seen_through


def years_reached(history: str, alone: str | None = None) -> list[int]:
    """Years (index) in which one household reaches a sustained exit; p poor, . not; `alone` without transfers."""
    years_above, reached = np.zeros(1, dtype=np.int8), []
    ever_poor = np.zeros(1, dtype=bool)
    for year, status in enumerate(history):
        poor = np.array([status == "p"])
        ever_poor |= poor
        above = ~poor if alone is None else np.array([alone[year] == "."])
        if advance_sustained(years_above, ever_poor=ever_poor, poor=poor, above=above)[0]:
            reached.append(year)
    return reached


def test_third_assessment_in_a_row_counts() -> None:
    assert years_reached("p....") == [3]
    assert years_reached("p..p.") == []
    assert years_reached("p..p...") == [6]


def test_never_poor_is_no_exit() -> None:
    assert years_reached("......") == []


def test_a_second_recovery_is_not_a_second_success() -> None:
    assert years_reached("p...p...") == [3]


def test_removing_transfers_restarts_the_count() -> None:
    assert years_reached("p....", alone="p.p..") == []
    assert years_reached("p.....", alone="p.p...") == [5]


def test_truly_poor_restarts_even_if_above_without_transfers() -> None:
    assert years_reached("p..p...", alone=".......") == [6]


def test_late_exits_are_counted_as_not_seen_through() -> None:
    assert last_exit_year_seen_through(2025) == 2023
    assert exits_seen_through(np.array([2022, 2023, 2024, 2025]), np.array([10, 5, 3, 2]), 2025) == (15.0, 5.0)
