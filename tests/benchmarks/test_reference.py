"""Two programs for one model: what the engine reports agrees with the plain-Mesa reference within Monte-Carlo error."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.core import INDICATORS, QUIET, core_plan, differences, z_score

POLICIES = ("cooperative", "health_insurance", "low_income_support", "relocation")
COMMON = {"cost of resident_pension", "cost of basic_insurance", "cost of grain_subsidy"}
TOLERANCE = 20.0
"""Yuan of the whole county: the engine rounds each claim cut to a budget down to 0.01 yuan, the reference does not."""


def _worst(found: dict[str, np.ndarray]) -> dict[str, tuple[float, float]]:
    """The z score of the mean over the years, and the largest of a single year, by name."""
    worst = {}
    for name, difference in found.items():
        tolerance = 1e-9 if name in INDICATORS else TOLERANCE
        single = np.abs(z_score(difference, tolerance)).max()
        over_years = abs(float(z_score(np.nanmean(difference, axis=1, keepdims=True), tolerance)[0]))
        worst[name] = (over_years, float(single))
    return worst


def _check(found: dict[str, np.ndarray]) -> None:
    """A z of 3.5 comes by chance once in two thousand; over a hundred single years are looked at, so they may reach
    4.5.
    """
    for name, (over_years, single) in _worst(found).items():
        assert over_years < 3.5, f"{name}: mean over the years, z = {over_years:.1f}"
        assert single < 4.5, f"{name}: a single year, z = {single:.1f}"


@pytest.mark.parametrize("scenario", ["none", "all"])
def test_engine_and_reference_agree(scenario: str) -> None:
    found = differences(core_plan(1200, QUIET), scenario, range(10))
    assert set(found) == {*INDICATORS, *COMMON, *(f"cost of {p}" for p in POLICIES if scenario == "all")}
    _check(found)


def test_the_comparison_would_notice_another_rule() -> None:
    """The engine alone lives with dearer bills, or takes more incomes for falls: the two no longer agree."""
    plan = core_plan(1500, QUIET)
    dearer = core_plan(1500, {**QUIET, "health.bill_median": 5500.0})
    with pytest.raises(AssertionError, match=r"health_spending|basic_insurance"):
        _check(differences(plan, "none", range(8), dearer))
    watchful = core_plan(1500, {**QUIET, "registry.fall_margin": 1.8})
    with pytest.raises(AssertionError, match="registered_persons"):
        _check(differences(plan, "none", range(8), watchful))


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["none", "all", *POLICIES])
def test_engine_and_reference_agree_closely_and_under_common_shocks(scenario: str) -> None:
    _check(differences(core_plan(4000, QUIET), scenario, range(20, 44)))
    _check(differences(core_plan(2000), scenario, range(50, 74)))
