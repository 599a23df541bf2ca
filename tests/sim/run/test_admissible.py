"""Which draws of parameters are kept: bounds by hand, attempts in order, and the message when none is admissible."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from tuopin.agents.columns import EXITED, NEAR_POOR, OUTSIDE, REGISTERED_POOR, RELAPSED
from tuopin.agents.county import County
from tuopin.agents.draws import Draw, is_uncertain, resolve_parameters
from tuopin.agents.parameters import Parameters, model_parameters
from tuopin.agents.randomness import Luck
from tuopin.sim.run import admissible
from tuopin.sim.run.admissible import NoAdmissibleDraw, admissible_draw, reference_figures
from tuopin.sim.study.admissibility import Admissibility, admissibility

MOVED = "income_risk.skill_variance"


def rules(low: float, high: float, most_refusals: int = 50) -> Admissibility:
    """One target, the parameter `MOVED` itself, from `low` to `high`, and another that is always met."""
    target = {"unit": "x", "source": "made for a test", "confidence": "derived"}
    return Admissibility.model_validate(
        {
            "reference": {"place": "lushi", "scale": 0.1, "seed": 1, "replicate": 0},
            "most_refusals": most_refusals,
            "targets": {"moved": {"low": low, "high": high, **target}, "met": {"low": -1.0, "high": 1.0, **target}},
        }
    )


def given_rules(monkeypatch: pytest.MonkeyPatch, given: Admissibility) -> None:
    def figures(parameters: Parameters) -> Mapping[str, float]:
        return {"moved": parameters.value(MOVED), "met": 0.0}

    monkeypatch.setattr(admissible, "admissibility", lambda: given)
    monkeypatch.setattr(admissible, "reference_figures", figures)


@pytest.mark.parametrize(
    ("found", "missed"),
    [(0.70, []), (0.75, []), (0.80, []), (0.6999, ["moved"]), (0.8001, ["moved"]), (float("nan"), ["moved"])],
)
def test_both_ends_of_a_target_are_met(found: float, missed: list[str]) -> None:
    assert rules(0.7, 0.8).violated({"moved": found, "met": 1.0}) == missed


def test_the_first_admissible_attempt_is_kept_and_the_refused_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    given = rules(0.03, 0.035)
    given_rules(monkeypatch, given)
    refusals = []
    for replicate in range(20):
        judged = admissible_draw.__wrapped__(7, replicate)
        values = [resolve_parameters({}, Draw(Luck(7, replicate), k)).value(MOVED) for k in range(judged.refused + 1)]
        assert judged.draw == Draw(Luck(7, replicate), judged.refused)
        assert 0.03 <= values[-1] <= 0.035 and all(not 0.03 <= value <= 0.035 for value in values[:-1])
        refusals.append(judged.refused)
    assert min(refusals) == 0 and max(refusals) > 1


def test_when_none_is_admissible_the_message_names_target_range_and_who_moves_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_rules(monkeypatch, rules(0.0300001, 0.0300002, most_refusals=25))
    with pytest.raises(NoAdmissibleDraw) as raised:
        admissible_draw.__wrapped__(7, 0)
    values = [resolve_parameters({}, Draw(Luck(7, 0), k)).value(MOVED) for k in range(25)]
    said = str(raised.value)
    assert "\n" not in said
    assert said.startswith(
        f"25 draws of the parameters in a row were refused: 25 of them miss moved ({min(values):.3g} to"
        f" {max(values):.3g}; allowed: 0.0300001..0.0300002); what moves it most is {MOVED}, "
    )
    assert said.endswith(": narrow their ranges or set them in the study")
    named = said.split("what moves it most is ")[1].split(":")[0].split(", ")
    assert len(named) == 3 and all(is_uncertain(model_parameters()[name]) for name in named)


def test_the_figures_of_a_reference_county_by_hand(
    by_hand: Callable[..., County], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six households, of whom the register holds two; households count alike in incomes, persons in poverty."""
    line = 3_000.0
    years = np.array([[9.0, 0.5, 7.0, 5.0, 8.0, 3.0], [1.0, 2.0, 4.0, 0.01, 1.0, 1.0], [2.0, 1.0, 8.0, -3.0, 0.5, 2.0]])
    county = by_hand(
        6,
        members=[1, 2, 3, 4, 5, 7],
        poor_true=[True, True, False, True, False, True],
        registry_status=[REGISTERED_POOR, OUTSIDE, EXITED, RELAPSED, OUTSIDE, NEAR_POOR],
        off_farm=[1, 5, 5, 2, 0, 5],
    )

    def burnt_in(*_: object, each_year: Callable[[County], None]) -> County:
        for incomes in years:
            county.households.income_pp[:] = incomes * line
            each_year(county)
        return county

    monkeypatch.setattr(admissible, "initial_county", burnt_in)
    found = admissible._reference(resolve_parameters({}))
    before, last = np.log(np.maximum(years[1:], 0.05))  # incomes count as a twentieth of the line at least
    assert found == pytest.approx(
        {
            "sd_log_income": last.std(),
            "variance_of_change": (last - before).var(),
            "unregistered_poor": (2 + 7) / (2 + 3 + 5 + 7),
            "off_farm": (1 + 2) / 2,
            "headcount": (1 + 2 + 4 + 7) / 22,
        }
    )


def test_the_parameters_as_stated_are_admissible() -> None:
    """And lie inside each target, not at its edge: draws around them would else be refused by half."""
    found = reference_figures(resolve_parameters({}))
    assert found["off_farm_ratio"] == 1.0
    for name, target in admissibility().targets.items():
        margin = 0.05 * (target.high - target.low)
        assert target.low + margin < found[name] < target.high - margin, name
    assert np.isfinite(found["headcount"])
