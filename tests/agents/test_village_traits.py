"""Which villages are listed, by remoteness, team and lot, to the unit; where each lies, and the nearest of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.county import Villages
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.place import Place
from tuopin.agents.population import make_villages
from tuopin.agents.randomness import Luck
from tuopin.agents.village_traits import neighbours, townships_of

NOTE = {"source": "made for a test", "confidence": "source-document"}


def made(place_data: dict[str, Any], seed: int = 1, number: int = 30, **keys: Any) -> Villages:
    counted = {key: {"value": value, "unit": unit, **NOTE} for key, (value, unit) in keys.items()}
    place_data = {**place_data, "villages": {**place_data["villages"], "value": 30, "unit": "villages"}, **counted}
    return make_villages(Place.model_validate(place_data), resolve_parameters({}), Luck(seed, 0), number)


def test_the_most_remote_are_listed_and_those_of_the_worst_teams_are_weak(place_data: dict[str, Any]) -> None:
    v = made(place_data, poor_villages=(7, "villages"), weak_villages=(0.1, "share"), flood_villages=(1.0, "share"))
    assert (v.listed.sum(), v.weak.sum(), v.flood_zone.sum()) == (7, 3, 30)
    assert v.remoteness[v.listed].min() > v.remoteness[~v.listed].max()
    assert v.cadre_quality[v.weak].max() < v.cadre_quality[~v.weak].min()


def test_without_the_keys_none_is_listed_and_what_villages_are_does_not_move(place_data: dict[str, Any]) -> None:
    plain, listed = made(place_data), made(place_data, poor_villages=(7, "villages"), flood_villages=(9, "villages"))
    assert not (plain.listed.any() or plain.weak.any() or plain.flood_zone.any())
    for name in ("uid", "remoteness", "hazard", "cadre_quality", "effect", "x", "y"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(listed, name))


def test_the_lot_of_flood_zones_is_of_the_luck_and_keyed_by_village(place_data: dict[str, Any]) -> None:
    one, two = (made(place_data, seed, flood_villages=(10, "villages")) for seed in (1, 2))
    assert one.flood_zone.sum() == two.flood_zone.sum() == 10 and (one.flood_zone != two.flood_zone).any()
    fewer = made(place_data, 1, 20, flood_villages=(10, "villages"))
    np.testing.assert_array_equal(fewer.x, one.x[:20])


def test_villages_lie_in_the_unit_square(place_data: dict[str, Any]) -> None:
    v = made(place_data)
    for axis in (v.x, v.y):
        assert ((axis >= 0) & (axis < 1)).all() and len(np.unique(axis)) == 30


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12), st.integers(0, 14))
def test_neighbours_are_the_nearest_others(points: list[tuple[int, int]], k: int) -> None:
    at = np.array(points, dtype=np.float64) / 10.0
    none, number = np.zeros(len(at)), len(at)
    uid = np.arange(number)
    v = Villages(uid, none, none, none, none, none, none, x=at[:, 0], y=at[:, 1])
    found = neighbours(v, k)
    assert found.shape == (number, min(k, number - 1))
    distance = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    for mine, others in enumerate(found):
        assert mine not in others and len(set(others.tolist())) == len(others)
        nearest = np.sort(np.delete(distance[mine], mine))[: len(others)]
        np.testing.assert_allclose(distance[mine, others], nearest)


@pytest.mark.parametrize(("villages", "stated", "expected"), [(4, None, 1), (30, None, 2), (66, None, 6), (30, 5, 5)])
def test_townships_are_a_twelfth_of_the_villages_unless_stated(
    place_data: dict[str, Any], villages: int, stated: int | None, expected: int
) -> None:
    place_data["registered_households"]["value"] = 100
    place_data["villages"]["value"] = villages
    if stated is not None:
        place_data["townships"] = {"value": stated, "unit": "townships", **NOTE}
    assert townships_of(Place.model_validate(place_data)) == expected


def test_a_copied_county_has_lists_of_its_own(by_hand: Callable[..., Any]) -> None:
    county = by_hand(1, villages=3)
    assert county.villages.listed.shape == county.villages.x.shape == (3,)
    twin = county.fork()
    twin.villages.listed[0] = True
    assert not county.villages.listed.any()
