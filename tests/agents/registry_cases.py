"""Settings of the register without error, and a county of many, for the tests of the register and of its review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tuopin.agents.county import County
from tuopin.agents.randomness import Luck

EXACT = {
    "registry.registration_noise": 0.0,
    "registry.trait_weight": 0.25,
    "registry.cadre_error": 0.0,
    "registry.verification_noise": 0.0,
    "registry.exit_margin": 1.1,
    "registry.deadline_margin": 0.8,
    "registry.exit_share": {2017: 0.5, 2018: 0.25, 2019: 1.0},
    "registry.fall_margin": 0.9,
    "registry.fall_detected": 1.0,
    "registry.addition_detected": 1.0,
    "registry.earlier_exits": 0.5,
    "registry.student_trait": 0.5,
    "registry.least_team_error": 0.2,
    "registry.most_team_error": 2.0,
    "registry.quota_floor": 0.02,
    "registry.lasting_misjudgement": 0.8,
}


HARD = {**EXACT, "registry.fall_detected": 0.0, "registry.addition_detected": 0.0}


ON = {"spillovers": True}


def crowd(by_hand: Callable[..., County], n: int, villages: int, seed: int = 1, **parameters: Any) -> County:
    u = Luck(seed, 9).uniforms(2, 0, np.arange(n), 3)
    income = 1000.0 + 9000.0 * u[:, 0]
    return by_hand(
        n,
        {**EXACT, **parameters},
        ON,
        villages=villages,
        village=(u[:, 1] * villages).astype(int),
        members=1 + (u[:, 2] * 6).astype(int),
        net_income_pp=income,
        net_income_pp_1=income,
        net_income_pp_2=income,
    )


def of_villages(number: int) -> dict[str, Any]:
    """A place of so many villages, for counties that simulate each of them whole."""
    figure = {"value": number, "unit": "villages", "source": "made for a test", "confidence": "source-document"}
    return {"villages": figure}
