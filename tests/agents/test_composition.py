"""What the made households are: every share taken to its ends and every spread to nothing, then by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tuopin.agents.composition import compose, half_variance
from tuopin.agents.county import Villages
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.households import Households
from tuopin.agents.randomness import Luck

SAME = {
    f"population.{name}": 0.0
    for name in ("land_sd", "land_quality_sd", "forest_sd", "line_scale_sd", "assets_sd", "assets_skill_slope")
} | {"income_risk.skill_variance": 0.0, "learning.spread": 0.0, "village.remoteness_spread": 0.0}
YOUNG = {f"demography.{name}": 0.0 for name in ("elderly_alone_1", "elderly_alone_2", "elderly_one", "elderly_two")}


def made(
    members: list[int], each: int = 1, remoteness: float = 0.5, wage: float = 1000.0, **parameters: Any
) -> Households:
    n = len(members) * each
    h = Households(n)
    h.set("uid", np.arange(500, 500 + n))
    h.set("members", np.repeat(members, each))
    none = np.zeros(1)
    v = Villages(np.array([9]), np.array([remoteness]), np.ones(1), none, none, none, np.ones(1))
    compose(h, v, resolve_parameters({**SAME, **parameters.pop("more", {}), **parameters}), Luck(4, 0), wage)
    return h


def test_half_variance() -> None:
    got = [half_variance(sd) for sd in (0.0, 0.2, 0.45, 0.5, 0.7)]
    assert got == pytest.approx([0.0, 0.02, 0.10125, 0.125, 0.245])


@pytest.mark.parametrize(
    ("one_parent", "grown", "working"), [(0.0, 0.0, [1, 2, 2]), (1.0, 0.0, [1, 1, 2]), (1.0, 1.0, [1, 2, 5])]
)
def test_parents_and_grown_children(one_parent: float, grown: float, working: list[int]) -> None:
    h = made(
        [1, 2, 5],
        200,
        more={**YOUNG, "demography.upper_school_share": 1.0},
        **{
            "population.one_parent_share": one_parent,
            "population.grown_at_home_share": grown,
        },
    )
    np.testing.assert_array_equal(h.working_age, np.repeat(working, 200))
    np.testing.assert_array_equal(h.small_children + h.pupils + h.upper_students, h.members - h.working_age)


def test_the_young_are_spread_over_the_stages_by_their_length() -> None:
    n = 30_000
    h = made([3], n, more={**YOUNG, "demography.upper_school_share": 1.0}, **{"population.grown_at_home_share": 0.0})
    shares = [float(h.column(name).mean()) for name in ("small_children", "pupils", "upper_students")]
    np.testing.assert_allclose(shares, [6 / 19, 10 / 19, 3 / 19], atol=4 * (0.25 / n) ** 0.5)


def test_illness_and_fitness_by_age() -> None:
    old = {"demography.elderly_alone_1": 1.0}
    health = {
        "health.chronic_prevalence": 0.25,
        "health.disability_prevalence": 0.0,
        "demography.elderly_able_share": 0.0,
    }
    ratios = {
        "population.chronic_elderly": 4.0,
        "population.chronic_working": 0.0,
        "population.disabled_elderly": 0.0,
        "population.disabled_working": 4.0,
        "population.working_fit_share": 1.0,
    }
    aged, young = (
        made([1], 500, more={**YOUNG, **old, **health, **ratios}),
        made([1], 500, more={**YOUNG, **health, **ratios}),
    )
    assert aged.chronic.all() and not aged.able_workers.any()
    assert not young.chronic.any() and young.able_workers.all()
    hurt = {**health, **ratios, "health.disability_prevalence": 0.25}
    assert not made([1], 500, more={**YOUNG, **old, **hurt}).disabled.any()
    disabled = made([1], 500, more={**YOUNG, **hurt})
    assert disabled.disabled.all() and not disabled.able_workers.any()
    assert not made(
        [1], 500, more={**YOUNG, **health, **ratios, "population.working_fit_share": 0.0}
    ).able_workers.any()


def test_land_forest_industry_and_assets_without_spread() -> None:
    terms = {
        "production.land_per_person": 2.0,
        "production.forest_per_person": 10.0,
        "production.reference_assets": 8000.0,
        "population.land_quality_near": 1.2,
        "population.land_quality_remote_loss": 0.4,
        "population.forest_near": 0.5,
        "population.forest_remote_gain": 1.0,
        "population.line_age_limit": 1,
    }
    for remoteness, quality, forest in ((0.0, 1.2, 0.5), (0.5, 1.0, 1.0), (1.0, 0.8, 1.5)):
        h = made([1, 4], remoteness=remoteness, more=terms)
        assert h.land.tolist() == [2.0, 8.0]
        assert h.land_quality.tolist() == pytest.approx([quality, quality])
        assert h.forest.tolist() == pytest.approx([10 * forest, 40 * forest])
        assert h.line_scale.tolist() == [1.0, 1.0] and h.line_age.tolist() == [0, 0]
        assert h.productive_assets.tolist() == [8000.0, 8000.0]
        assert h.motivation.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("column", "parameter"),
    [
        ("land", "land_sd"),
        ("land_quality", "land_quality_sd"),
        ("forest", "forest_sd"),
        ("line_scale", "line_scale_sd"),
        ("productive_assets", "assets_sd"),
    ],
)
def test_spreads_leave_the_mean(column: str, parameter: str) -> None:
    alike = made([2], 20_000).column(column)
    spread = made([2], 20_000, more={f"population.{parameter}": 0.6}).column(column)
    assert float(np.log(spread).std()) == pytest.approx(0.6, rel=0.03)
    assert float(spread.mean()) == pytest.approx(float(alike.mean()), rel=0.025)


def test_assets_and_savings_follow_skill() -> None:
    h = made(
        [2],
        4_000,
        wage=2500.0,
        more={
            "income_risk.skill_variance": 0.25,
            "population.assets_skill_slope": 0.8,
            "production.reference_assets": 1000.0,
            "population.income_in_wages": 4,
            "finance.initial_savings": 0.5,
        },
    )
    np.testing.assert_allclose(np.log(h.productive_assets / 1000.0), 0.8 * h.skill, atol=1e-5)
    luck = h.savings / np.exp(h.skill)  # evenly between nothing and half of four monthly wages
    assert 4990 < luck.max() <= 5000 and 0 <= luck.min() < 10
    assert float(luck.mean()) == pytest.approx(2500, rel=0.04)


def test_settlements_by_remoteness() -> None:
    cuts = {
        "population.scattered_above": 0.8,
        "population.natural_village_above": 0.4,
        "population.central_village_above": 0.1,
    }
    settlements = [int(made([2], remoteness=r, more=cuts).settlement[0]) for r in (0.0, 0.1, 0.2, 0.4, 0.5, 0.8, 0.9)]
    assert settlements == [3, 3, 2, 2, 1, 1, 0]


def test_housing_and_water_by_remoteness() -> None:
    n = 20_000
    terms = {
        "village.unsafe_housing_share": 0.2,
        "village.safe_water_share": 0.8,
        "population.dangerous_housing_share": 0.25,
        "population.sound_housing_share": 0.6,
        "population.water_gradient": 0.5,
    }
    for remoteness, unsafe, water in ((0.0, 0.0, 0.9), (0.5, 0.2, 0.8), (1.0, 0.4, 0.7)):
        h = made([2], n, remoteness=remoteness, more=terms)
        grades = np.bincount(h.housing_grade, minlength=4) / n
        expected = [0.25 * unsafe, 0.75 * unsafe, 0.6 * (1 - unsafe), 0.4 * (1 - unsafe)]
        np.testing.assert_allclose(grades, expected, atol=4 * (0.25 / n) ** 0.5)
        assert float(h.safe_water.mean()) == pytest.approx(water, abs=4 * (0.25 / n) ** 0.5)
