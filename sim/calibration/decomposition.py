"""The decomposition of income risk: published variances are totals, so every source of risk is counted once.

Each row is the variance that goes away when one source is switched off in an otherwise equal burn-in: of log effective
income over all rural households, and of its change from one year to the next.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tuopin.agents.county import County
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.randomness import Luck
from tuopin.sim.run import burn_in
from tuopin.sim.study.plan import Plan

SAMPLE_HOUSEHOLDS = 20_000
FLOOR = 0.05
"""Incomes below this share of the line count as that share, as in the Watts index."""

SOURCES: tuple[tuple[str, str, dict[str, bool], dict[str, float]], ...] = (
    (
        "fixed effect",
        "skill of the household and effect of the village",
        {},
        {"income_risk.skill_variance": 0.0, "income_risk.village_variance": 0.0},
    ),
    ("AR(1) component", "persistent log productivity", {}, {"income_risk.permanent_variance": 0.0}),
    ("transitory component", "one-year log productivity", {}, {"income_risk.transitory_variance": 0.0}),
    ("jobs", "loss of jobs, entry into and exit from off-farm work", {"job_risk": False}, {}),
    ("illness", "lost income and bills paid from the year's income", {"illness": False}, {}),
    (
        "weather and animals",
        "county weather, village disasters, animal disease",
        {"weather": False, "animal_loss": False},
        {},
    ),
    ("prices", "yearly prices per industry", {"price_risk": False}, {}),
)


def decompose(plan: Plan) -> pd.DataFrame:
    """Return columns component, variance_of_level, variance_of_change, meaning; the first place of the plan is used.

    The row `total` is the whole; `household composition and the rest` is what no single source accounts for (members,
    workers, land, industry, and where sources overlap). `standard deviation` restates the totals.
    """
    whole = _variances(plan, {}, {})
    rows = [
        (name, *(np.array(whole) - _variances(plan, switches, values)), meaning)
        for name, meaning, switches, values in SOURCES
    ]
    accounted = np.array([row[1:3] for row in rows], dtype=float).sum(axis=0)
    rows.append(
        (
            "household composition and the rest",
            *(np.array(whole) - accounted),
            "members, workers, land, industry; overlap",
        )
    )
    rows.append(("total", *whole, "over all rural households, effective income"))
    rows.append(("standard deviation", *np.sqrt(whole), "square root of the total"))
    return pd.DataFrame(rows, columns=["component", "variance_of_level", "variance_of_change", "meaning"])


def _variances(plan: Plan, switches: dict[str, bool], values: dict[str, float]) -> tuple[float, float]:
    place = next(iter(plan.place_data.values()))
    parameters = resolve_parameters({**plan.parameters, **values}, place=place)
    mechanisms = {**plan.mechanisms, **switches}
    scale = min(1.0, SAMPLE_HOUSEHOLDS * place.sample * place.household_size.value / place.rural_persons.value)
    levels: list[NDArray[np.float64]] = []

    def keep(county: County) -> None:
        levels.append(log_income(county))

    burn_in.initial_county(place, parameters, mechanisms, Luck(plan.seed, 0), scale, each_year=keep)
    now, before = levels[-1], levels[-2]
    return float(now.var()), float((now - before).var())


def log_income(county: County) -> NDArray[np.float64]:
    """Log effective income per person, floored at 5% of the line, shape (households,)."""
    result: NDArray[np.float64] = np.log(np.maximum(county.households.income_pp, FLOOR * county.line))
    return result
