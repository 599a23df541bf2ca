"""Resettlement sites: capacities to the person, zones by preference, one after the other, by lot."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.institutions import Site
from tuopin.agents.place import Place
from tuopin.policies.places.relocation.sites import assign_sites, make_sites

CITY, PARK, TOWN, SCENIC, CENTRAL = range(1, 6)


def test_sites_sum_to_their_zones_at_any_scale(place_data: dict[str, Any]) -> None:
    place = Place.model_validate(place_data)
    sites = make_sites(place, 1.0)
    assert [(s.index, s.zone, s.capacity, s.jobs) for s in sites] == [
        (0, CITY, 10, 1),
        (1, PARK, 4, 2),
        (2, PARK, 5, 1),
        (3, CENTRAL, 6, 0),
    ]
    for scale in (0.5, 0.1, 0.9):
        some = make_sites(place, scale)
        assert sum(s.capacity for s in some if s.zone == PARK) == round(9 * scale)
        assert sum(s.jobs for s in some if s.zone == PARK) == round(3 * scale)
    assert make_sites(Place.model_validate({**place_data, "resettlement": None}), 1.0) == []


def _assign(sites: list[Site], members: list[int], worker: list[bool], lot: list[float]) -> list[int]:
    n = len(members)
    return assign_sites(sites, np.array(members), np.array(worker), np.array(lot), np.arange(n)).tolist()


def test_who_has_a_worker_looks_for_wages_and_others_for_land() -> None:
    sites = [Site(0, CITY, 4, 0, 0.0), Site(1, PARK, 4, 0, 0.0), Site(2, CENTRAL, 4, 0, 0.0)]
    # the park fills by lot (rows 0, 2), the next worker goes to the city; without a worker first the central village
    assert _assign(sites, [2, 2, 2, 4], [True, True, True, False], [0.1, 0.9, 0.2, 0.5]) == [1, 0, 1, 2]
    assert [s.residents for s in sites] == [2, 4, 4]


def test_a_household_that_does_not_fit_is_not_passed_over_at_that_site() -> None:
    sites = [Site(0, PARK, 4, 0, 0.0), Site(1, PARK, 5, 0, 0.0)]
    # row 0 (3 persons) is in, row 1 (2) does not fit and ends the queue of the site though row 2 (1) would
    assert _assign(sites, [3, 2, 1], [True] * 3, [0.1, 0.2, 0.3]) == [0, 1, 1]
    assert _assign([Site(0, PARK, 2, 0, 0.0, residents=5)], [1], [True], [0.1]) == [-1]


@given(
    st.lists(st.tuples(st.integers(1, 7), st.booleans(), st.integers(0, 5)), max_size=40),
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 20), st.integers(0, 8)), max_size=6),
    st.randoms(use_true_random=False),
)
def test_capacity_is_never_exceeded_and_rows_may_come_in_any_order(
    households: list[tuple[int, bool, int]], zones: list[tuple[int, int, int]], shuffle: object
) -> None:
    def sites() -> list[Site]:
        return [
            Site(k, zone, capacity, 0, 0.0, residents=min(living, capacity))
            for k, (zone, capacity, living) in enumerate(zones)
        ]

    members, worker, lot = (np.array([h[k] for h in households]) for k in range(3))
    uid = np.arange(len(households))
    first = sites()
    chosen = assign_sites(first, members.astype(int), worker.astype(bool), lot, uid)
    for site in first:
        assert site.residents <= site.capacity
        assert site.residents == min(zones[site.index][2], site.capacity) + int(members[chosen == site.index].sum())
    order = list(range(len(households)))
    shuffle.shuffle(order)  # type: ignore[attr-defined]
    again = assign_sites(sites(), members[order].astype(int), worker[order].astype(bool), lot[order], uid[order])
    np.testing.assert_array_equal(again, chosen[order])


def test_the_jobs_factor_multiplies_the_jobs_of_every_zone(place_data: dict[str, Any]) -> None:
    factor = {"value": 2.5, "unit": "ratio", "source": "made for a test", "confidence": "free", "range": [0.4, 3.0]}
    place_data["resettlement"]["jobs_factor"] = factor
    sites = make_sites(Place.model_validate(place_data), 1.0)
    # stated: 1 job at the city site, 3 at the two of the park, none at the village: 2.5, and 7.5 cut at 3.75
    assert [(site.jobs, site.capacity) for site in sites] == [(2, 10), (4, 4), (4, 5), (0, 6)]
