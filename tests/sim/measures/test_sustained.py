"""Sustained exits of the initial poor, and what is kept of every household's life."""

from __future__ import annotations

import numpy as np
import pytest

from tuopin.sim.measures.sustained import Lives, advance, sustained_exits

LINE = 1000.0


def lives(size: int = 1) -> Lives:
    return Lives(
        income=np.zeros(size),
        alone=np.zeros(size),
        years_above=np.zeros(size, dtype=np.int8),
        years_above_alone=np.zeros(size, dtype=np.int8),
        poor_years=np.zeros(size, dtype=np.int64),
        lines_sum=np.zeros(size, dtype=np.float32),
        squared_gap_sum=np.zeros(size, dtype=np.float32),
    )


def sustained_in(history: str, alone: str | None = None) -> tuple[list[int], list[int]]:
    """Years (index) at whose end one household's exit is sustained, as it is and on its own strength; p poor, . not."""
    life = lives()
    start_poor = np.array([history[0] == "p"])
    seen, own = [], []
    for year, (status, strength) in enumerate(zip(history, alone or history, strict=True)):
        life.income[:], life.alone[:] = (999.0 if x == "p" else 1000.0 for x in (status, strength))
        advance(life, LINE, year)
        found = sustained_exits(
            start_poor=start_poor, years_above=life.years_above, years_above_alone=life.years_above_alone
        )
        seen += [year] * int(found.all[0])
        own += [year] * int(found.own_strength[0])
    return seen, own


@pytest.mark.parametrize(
    ("history", "years"),
    [
        ("p....", [3, 4]),  # three assessments in a row, and as long as it lasts
        ("p..p.", []),
        ("p...p...", [3, 7]),  # a stock: lost with the fall, there again after three more
        ("pp...", [4]),
        ("......", []),  # not poor in the initial state
        (".p...", []),  # nor is who fell later
    ],
)
def test_sustained_exits_are_a_stock_of_the_initial_poor(history: str, years: list[int]) -> None:
    assert sustained_in(history) == (years, years)


def test_own_strength_is_counted_by_income_without_what_ends_with_programmes() -> None:
    assert sustained_in("p....", alone="pp...") == ([3, 4], [4])
    assert sustained_in("p....", alone="ppppp") == ([3, 4], [])
    assert sustained_in("pppp", alone="p...") == ([], [3])


def test_a_life_by_hand() -> None:
    # incomes of .5, 1.2, -1 and 1 lines: poor in years 0 and 2; gaps .5 and 1 (an income below nothing is nothing)
    life = lives()
    for year, income in enumerate((500.0, 1200.0, -1000.0, 1000.0)):
        life.income[:] = life.alone[:] = income
        advance(life, LINE, year)
    assert life.poor_years.tolist() == [0b0101]
    assert life.lines_sum[0] == pytest.approx(0.5 + 1.2 + 0.0 + 1.0)
    assert life.squared_gap_sum[0] == pytest.approx(0.25 + 1.0)
    assert life.years_above.tolist() == [1]


def test_the_count_of_years_never_leaves_its_column() -> None:
    life = lives()
    life.income[:] = life.alone[:] = 5000.0
    for year in range(1, 60):
        advance(life, LINE, year)
    life.years_above[:] = 120
    advance(life, LINE, 61)
    assert life.years_above.tolist() == [120] and life.years_above_alone.tolist() == [60]
