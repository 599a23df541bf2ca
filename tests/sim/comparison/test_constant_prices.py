from __future__ import annotations

import pytest

from tuopin.sim.comparison.constant_prices import deflators, discount_factors

CPI = {2016: 100.0, 2017: 102.0, 2018: 104.04}


def test_later_yuan_are_worth_less() -> None:
    found = deflators([2016, 2018], CPI, 2016)
    assert found == pytest.approx({2016: 1.0, 2018: 1 / 1.0404})


def test_the_base_of_the_index_does_not_matter() -> None:
    assert deflators([2018], {y: v / 7 for y, v in CPI.items()}, 2016) == pytest.approx(deflators([2018], CPI, 2016))


def test_a_missing_year_is_named() -> None:
    with pytest.raises(ValueError, match="2019"):
        deflators([2017, 2019], CPI, 2016)


def test_discounting_by_hand() -> None:
    assert discount_factors([2016, 2018], 2016, 0.05).tolist() == pytest.approx([1.0, 1 / 1.1025])
    with pytest.raises(ValueError, match=r"4\.5%"):
        discount_factors([2016], 2016, -1.0)
