"""The studies of documented places: each asks one question, has its effect-0 run and both ends of its free numbers."""

from __future__ import annotations

import pytest

from tuopin.agents.place_sample import simulated_share
from tuopin.agents.population import rural_totals
from tuopin.sim.study.study import Study

SWEPT = {
    "hubei": ("identification.look_noise", "identification.account_noise"),
    "monitoring-county": ("monitoring.sensitivity", "monitoring.fall_share"),
    "guizhou": ("cadre_support.paper_gain", "low_income_support.support_after_exit_months"),
    "jiangsu": ("circumstances.labour_demand", "registry.verification_noise"),
}
"""The two numbers that each answer hangs on."""
MOST_HOUSEHOLDS, MOST_SCENARIOS = 10_000, 20


@pytest.fixture(params=sorted(SWEPT))
def study(request: pytest.FixtureRequest) -> Study:
    return Study.load(request.param)


def test_it_asks_in_both_languages_and_is_small_enough_to_run_while_one_waits(study: Study) -> None:
    assert study.question.en.endswith("?") and study.question.zh.endswith("？")
    assert len(study.scenarios) <= MOST_SCENARIOS and study.replicates == 5
    households = sum(rural_totals(place)[0] * simulated_share(place, study.scale) for place in study.places.values())
    assert 1000 < households <= MOST_HOUSEHOLDS


def test_one_scenario_has_the_baselines_programmes_without_effect(study: Study) -> None:
    without = study.scenarios["audit_no_effect" if study.name == "hubei" else "no_effect"]
    effects = [given["effect"] for name, given in without.items() if "effect" in given]
    assert effects and set(effects) == {0}
    assert {name for name in without if "effect" in without[name]} >= {"health_insurance", "training"} - (
        {"health_insurance"} if study.name == "jiangsu" else set()
    )


@pytest.mark.parametrize(("name", "swept"), sorted(SWEPT.items()))
def test_both_ends_of_its_free_numbers_are_scenarios(name: str, swept: tuple[str, str]) -> None:
    study = Study.load(name)
    for id in swept:
        module, parameter = id.split(".")
        said = {
            repr(packages.get(module, {}).get(parameter, study.scenario_parameters.get(scenario, {}).get(id)))
            for scenario, packages in study.scenarios.items()
        }
        assert len(said - {"None"}) >= 2, f"{id}: {said}"


def test_packages_of_monitoring_differ_by_monitoring_alone() -> None:
    study = Study.load("monitoring-county")
    watched = {name: given for name, given in study.scenarios.items() if name not in ("no_effect", "no_epidemic")}
    others = [{p: v for p, v in packages.items() if p != "monitoring"} for packages in watched.values()]
    assert all(other == others[0] for other in others)
