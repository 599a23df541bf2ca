"""Children out of school: likelier while truly poor, and the same children's luck for life."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tuopin.agents.county import County
from tuopin.agents.schooling import out_of_school

TERMS = {"schooling.dropout_base": 0.01, "schooling.dropout_poor": 0.05}
N = 60_000


@pytest.mark.parametrize(
    ("pupils", "poor", "rate"), [(0, True, 0.0), (1, False, 0.01), (1, True, 0.05), (3, True, 0.15)]
)
def test_rates(by_hand: Callable[..., County], pupils: int, poor: bool, rate: float) -> None:
    county = by_hand(N, TERMS, pupils=pupils, poor_true=poor)
    assert out_of_school(county).mean() == pytest.approx(rate, abs=4.5 * (rate * (1 - rate) / N) ** 0.5)


def test_the_end_of_poverty_only_brings_children_back(by_hand: Callable[..., County]) -> None:
    poor, year_later = (
        by_hand(N, TERMS, pupils=2, poor_true=True),
        by_hand(N, TERMS, pupils=2, poor_true=True, year=2018),
    )
    better = by_hand(N, TERMS, pupils=2, poor_true=False)
    assert (out_of_school(better) <= out_of_school(poor)).all()
    assert (out_of_school(year_later) == out_of_school(poor)).all()
