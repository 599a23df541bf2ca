from __future__ import annotations

import math

import numpy as np
import pytest

from tuopin.sim.measures.multidimensional import DIMENSIONS, alkire_foster, deprivation_count, least_deprivations


def flags(rows: list[str]) -> dict[str, np.ndarray]:
    """One string of five digits per household, in the order of the dimensions."""
    table = np.array([[c == "1" for c in row] for row in rows])
    return {name: table[:, k] for k, name in enumerate(DIMENSIONS)}


def test_by_hand() -> None:
    # persons 4, 3, 2, 1 with 0, 1, 2 and 5 deprivations: union 6/10, H 3/10, M0 (2 x .4 + 1 x 1) / 10
    found = alkire_foster(flags(["00000", "10000", "01010", "11111"]), np.array([4, 3, 2, 1]))
    assert found.any_deprivation_headcount == pytest.approx(0.6)
    assert found.headcount == pytest.approx(0.3)
    assert found.adjusted_headcount == pytest.approx(0.18)
    assert found.intensity == pytest.approx(0.6)


def test_one_fifth_is_below_a_third_and_two_fifths_above() -> None:
    assert alkire_foster(flags(["00100"]), np.array([1])).headcount == 0.0
    assert alkire_foster(flags(["00101"]), np.array([1])).headcount == 1.0


def test_union_cutoff_is_the_official_exit_logic() -> None:
    found = alkire_foster(flags(["00100", "00000"]), np.array([1, 1]), cutoff=1 / 5)
    assert found.headcount == found.any_deprivation_headcount == 0.5
    assert found.adjusted_headcount == pytest.approx(0.1)


def test_nobody_poor_has_no_intensity() -> None:
    assert math.isnan(alkire_foster(flags(["00000"]), np.array([2])).intensity)


def test_wrong_dimensions_are_named() -> None:
    given = flags(["00000"])
    del given["safe_water"]
    with pytest.raises(ValueError, match="safe_water"):
        deprivation_count(given)


@pytest.mark.parametrize(("cutoff", "least"), [(0.0, 0), (0.2, 1), (1 / 3, 2), (0.4, 2), (0.6, 3), (0.8, 4), (1.0, 5)])
def test_cutoff_in_dimensions(cutoff: float, least: int) -> None:
    assert least_deprivations(cutoff) == least
