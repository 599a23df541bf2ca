"""The decomposition of income risk by hand: burn-ins of two households whose spreads depend on what is switched off."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tuopin.agents.county import County
from tuopin.agents.parameters import Parameters
from tuopin.sim.calibration import decomposition

OF_LEVEL = {"skill": 0.5, "village": 0.25, "permanent": 2.0, "transitory": 1.0, "job_risk": -0.75, "illness": 1.5}
OF_CHANGE = {"transitory": 0.75, "job_risk": 1.25, "weather": 0.25, "animal_loss": 0.125, "price_risk": 0.5}
"""What each source adds to the variances of log income and of its change, beside 3 and 1 of everything else."""


def _sources(parameters: Parameters, mechanisms: Mapping[str, Any]) -> set[str]:
    risks = ("skill", "village", "permanent", "transitory")
    numbers = {name for name in risks if parameters.value(f"income_risk.{name}_variance") > 0}
    return numbers | {
        name for name in ("job_risk", "illness", "weather", "animal_loss", "price_risk") if mechanisms[name]
    }


@pytest.fixture
def burn_ins(by_hand: Callable[..., County], monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Stand-ins for the burn-in; what each was called with is kept."""
    calls: list[dict[str, Any]] = []

    def initial_county(
        place: Any,
        parameters: Parameters,
        mechanisms: Mapping[str, Any],
        luck: Any,
        scale: float,
        *,
        each_year: Callable[[County], None],
    ) -> None:
        calls.append({"place": place, "scale": scale, "luck": luck, "mechanisms": mechanisms})
        there = _sources(parameters, mechanisms)
        level = math.sqrt(3.0 + sum(OF_LEVEL.get(name, 0.0) for name in there))
        change = math.sqrt(1.0 + sum(OF_CHANGE.get(name, 0.0) for name in there))
        now = (10.0 - level, 10.0 + level)
        for logs in ((0.0, 20.0), (now[0] + change, now[1] - change), now):  # the last two years count
            county = by_hand(2, {"economy.statistical_line_2016": 0.01}, year=2016)
            county.households.income_pp = [math.exp(log) for log in logs]
            each_year(county)

    monkeypatch.setattr(decomposition.burn_in, "initial_county", initial_county)
    return calls


def test_each_source_is_what_goes_away_with_it(plan_for: Callable[..., Any], burn_ins: list[dict[str, Any]]) -> None:
    plan = plan_for({"none": {}}, parameters={"income_risk.skill_variance": 0.3}, mechanisms={"demonstration": False})
    table = decomposition.decompose(plan).set_index("component")
    expected = {
        "fixed effect": (0.75, 0.0),
        "AR(1) component": (2.0, 0.0),
        "transitory component": (1.0, 0.75),
        "jobs": (-0.75, 1.25),
        "illness": (1.5, 0.0),
        "weather and animals": (0.0, 0.375),
        "prices": (0.0, 0.5),
        "household composition and the rest": (3.0, 1.0),
        "total": (7.5, 3.875),
        "standard deviation": (math.sqrt(7.5), math.sqrt(3.875)),
    }
    assert list(table.index) == list(expected)
    for component, variances in expected.items():
        assert tuple(table.loc[component, ["variance_of_level", "variance_of_change"]]) == pytest.approx(
            variances, abs=1e-9
        ), component
    parts = table.loc["fixed effect":"household composition and the rest"]
    assert parts["variance_of_level"].sum() == pytest.approx(table.loc["total", "variance_of_level"])
    assert len(burn_ins) == 8 and not any(call["mechanisms"]["demonstration"] for call in burn_ins)
    place = plan.place_data["lushi"]
    scale = decomposition.SAMPLE_HOUSEHOLDS * place.household_size.value / place.rural_persons.value
    assert {call["scale"] for call in burn_ins} == {scale}
    assert 0.2 < scale < 0.22  # 20,000 of 96,551 households


def test_income_below_the_floor_counts_as_a_twentieth_of_the_line(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, income_pp=[-500.0, 149.0, 3_000.0])
    assert decomposition.log_income(county) == pytest.approx([math.log(150.0), math.log(150.0), math.log(3_000.0)])
