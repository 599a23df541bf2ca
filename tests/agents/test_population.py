"""The synthetic population: exact totals, and marginals near the parameters that set them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.draws import resolve_parameters
from tuopin.agents.identity import PLACE_SHIFT
from tuopin.agents.mechanisms import resolve_mechanisms
from tuopin.agents.place import Place
from tuopin.agents.population import (
    largest_remainder,
    make_villages,
    sizes_with_totals,
    synthesise,
    village_sizes,
)
from tuopin.agents.randomness import Luck


@given(st.lists(st.floats(0.001, 100), min_size=1, max_size=30), st.integers(0, 100_000))
def test_largest_remainder_is_exact_and_within_one_of_the_share(weights: list[float], total: int) -> None:
    w = np.array(weights)
    units = largest_remainder(w, total)
    assert int(units.sum()) == total and (units >= 0).all()
    assert (np.abs(units - w / w.sum() * total) < 1.0 + 1e-6).all()


def test_largest_remainder_by_hand() -> None:
    # shares 4.5, 2.7, 1.8: floors 4, 2, 1, and the three units left go to remainders .8, .7 and .5 in turn
    assert largest_remainder(np.array([5.0, 3.0, 2.0]), 9).tolist() == [4, 3, 2]
    assert largest_remainder(np.array([1.0, 1.0]), 3).tolist() == [2, 1]  # a tie goes to the lower index


@given(st.lists(st.floats(0.01, 10), min_size=2, max_size=8), st.integers(1, 3000), st.floats(0, 1, allow_nan=False))
def test_sizes_meet_both_totals(weights: list[float], households: int, position: float) -> None:
    persons = households + round(position * households * (len(weights) - 1))
    counts = sizes_with_totals(np.array(weights), households, persons)
    assert (counts >= 0).all()
    assert int(counts.sum()) == households
    assert int((counts * np.arange(1, len(weights) + 1)).sum()) == persons


def test_sizes_keep_the_shape_if_the_mean_fits_already() -> None:
    weights = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    assert sizes_with_totals(weights, 1000, 3000).tolist() == [100, 200, 400, 200, 100]


@pytest.mark.parametrize("persons", [9, 51])
def test_impossible_sizes_are_refused(persons: int) -> None:
    with pytest.raises(ValueError, match="do not fit 10 households of 1 to 5"):
        sizes_with_totals(np.ones(5), 10, persons)


@pytest.fixture
def place(place_data: dict[str, Any]) -> Callable[..., Place]:
    def make(**figures: float) -> Place:
        data = {**place_data}
        for name, value in figures.items():
            data[name] = {**place_data[name], "value": value}
        return Place.model_validate(data)

    return make


MARGINALS = {
    "demography.elderly_alone_1": 0.5,
    "demography.elderly_alone_2": 0.3,
    "demography.elderly_one": 0.25,
    "demography.elderly_two": 0.2,
    "health.insured_share": 0.9,
    "health.chronic_prevalence": 0.15,
    "health.disability_prevalence": 0.06,
    "income_risk.skill_variance": 0.2,
    "income_risk.village_variance": 0.03,
    "production.land_per_person": 1.5,
    "production.share_tea": 0.1,
    "production.share_livestock": 0.2,
    "village.safe_water_share": 0.85,
    "labour.initial_off_farm_share": 0.6,
    "labour.away_share": 0.5,
    "labour.remote_penalty": 0.0,
    "learning.spread": 0.1,
    "population.chronic_elderly": 1.6,
    "population.chronic_working": 0.85,
    "population.disabled_elderly": 2.0,
    "population.disabled_working": 1.1,
}


@pytest.fixture
def county(place: Callable[..., Place]) -> Any:
    big = place(
        registered_households=6000, registered_persons=19000, rural_persons=79_000, household_size=3.0, villages=300
    )
    return synthesise(big, resolve_parameters(MARGINALS), resolve_mechanisms({}), Luck(3, 0))


def test_totals_are_exact(county: Any) -> None:
    h = county.households
    # 6,000 registered and (79,000 - 19,000) / 3 others
    assert len(h) == 26_000 and int(h.members.sum()) == 79_000
    assert len(np.unique(h.uid)) == len(h) and (h.uid >> PLACE_SHIFT == 7).all()
    assert np.bincount(h.village, minlength=300).min() >= 1
    assert county.year == 2011 and county.in_burn_in
    stages = h.small_children + h.pupils + h.upper_students + h.working_age + h.elderly
    np.testing.assert_array_equal(stages, h.members)
    assert (h.able_workers <= h.working_age + h.elderly).all() and (h.migrants <= h.off_farm).all()
    assert (h.off_farm <= h.able_workers).all() and (h.chronic <= h.working_age + h.elderly).all()
    assert h.faults() == []


def test_marginals_are_near_their_parameters(county: Any) -> None:
    h = county.households
    adults = h.working_age + h.elderly

    def near(share: float, expected: float, of: int) -> None:
        assert share == pytest.approx(expected, abs=4.5 * (expected * (1 - expected) / of) ** 0.5)

    one, two = h.members == 1, h.members == 2
    near(float((h.elderly[one] == 1).mean()), 0.5, int(one.sum()))
    near(float((h.elderly[two] == 2).mean()), 0.3, int(two.sum()))
    near(float((h.elderly[h.members > 2] == 2).mean()), 0.2, int((h.members > 2).sum()))
    near(float(h.insured.mean()), 0.9, len(h))
    near(float((h.line == 2).mean()), 0.1, len(h))
    near(float((h.line == 3).mean()), 0.2, len(h))
    near(float(h.off_farm.sum() / h.able_workers.sum()), 0.6, int(h.able_workers.sum()))
    near(float(h.migrants.sum() / h.off_farm.sum()), 0.5, int(h.off_farm.sum()))
    # chronic: 1.6 times the prevalence for the old and .85 for others; disabled: 2.0 and 1.1 times
    chronic = 0.15 * (1.6 * h.elderly + 0.85 * h.working_age).sum() / adults.sum()
    near(float(h.chronic.sum() / adults.sum()), float(chronic), int(adults.sum()))
    disabled = 0.06 * (2.0 * h.elderly + 1.1 * h.working_age).sum() / adults.sum()
    near(float(h.disabled.sum() / adults.sum()), float(disabled), int(adults.sum()))
    assert float(h.land.sum() / h.members.sum()) == pytest.approx(1.5, rel=0.02)
    assert float(np.var(h.skill - county.villages.effect[h.village])) == pytest.approx(0.2, rel=0.05)
    assert float(np.var(county.villages.effect)) == pytest.approx(0.03, rel=0.35)
    assert float(h.motivation.mean()) == pytest.approx(0.5, abs=0.005)
    assert float(h.safe_water.mean()) == pytest.approx(0.85, abs=0.03)


@pytest.mark.parametrize("scale", [1.0, 0.37, 0.1])
def test_scaled_totals_are_exact_too(place: Callable[..., Place], scale: float) -> None:
    some = place(
        registered_households=400, registered_persons=1300, rural_persons=4300, household_size=3.0, villages=10
    )
    county = synthesise(some, resolve_parameters({}), resolve_mechanisms({}), Luck(3, 1), scale)
    registered, others = round(400 * scale), round((4300 - 1300) * scale)
    assert len(county.households) == registered + round(others / 3)
    assert int(county.households.members.sum()) == round(1300 * scale) + others


def test_the_hazard_of_villages_has_the_stated_spread_and_mean_one(place: Callable[..., Place]) -> None:
    for log_sd in (0.0, 0.5):
        p = resolve_parameters({"population.hazard_sd": log_sd})
        hazard = make_villages(place(), p, Luck(3, 0), 20_000).hazard
        assert float(np.log(hazard).std()) == pytest.approx(log_sd, rel=0.02)
        assert float(hazard.mean()) == pytest.approx(1.0, abs=0.02)


def test_villages_do_not_depend_on_how_many_there_are(place: Callable[..., Place]) -> None:
    p, luck = resolve_parameters({}), Luck(3, 0)
    few, many = make_villages(place(), p, luck, 5), make_villages(place(), p, luck, 9)
    for name in ("uid", "remoteness", "hazard", "cadre_quality", "effect"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[:5])


@given(st.integers(1, 400))
def test_village_sizes_sum_and_none_is_empty_where_numbers_allow(households: int) -> None:
    p = resolve_parameters({})
    villages = make_villages(_PLACE, p, Luck(3, 0), 20)
    sizes = village_sizes(villages, Luck(3, 0), households, 0.4)
    assert int(sizes.sum()) == households and len(sizes) == 20
    assert sizes.min() >= (1 if households >= 20 else 0)
    alike = village_sizes(villages, Luck(3, 0), households, 0.0)
    assert alike.max() - alike.min() <= 1


_PLACE = Place.model_construct(code=7)
