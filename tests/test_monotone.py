"""More money never leaves more poor: over each of the four programmes, poverty never rises with its own budget.

Every budget meets the same luck, household by household. What can rise in one small county is a household or two, for
three known reasons, which are mechanisms and no slips:

* better cover makes people use care they did without before, and the own part of it is theirs to pay;
* places bind: with more applicants paid, another household gets the firm's or the site's place, by lot;
* who exits the register sooner loses sooner what ends with registry exit.

So it is held exactly where none of them is at work, on person-years in poverty in every replicate, and on the mean over
replicates with everything on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from tuopin.sim.calibration.budgets import BUDGETS

pytestmark = pytest.mark.slow

LINKS_OFF = {"cadre_limits": False, "supply_price": False, "motivation": False, "demonstration": False}
FIGURES = ("headcount_ratio", "poverty_gap", "poverty_years_persons")
POVERTY_YEARS = FIGURES.index("poverty_years_persons")
Figures = Callable[..., np.ndarray]
FILLED = {"cooperative": 30}
"""Yuan M a year from which places in firms bind and not money."""


def _paired(policy: str, mechanisms: Mapping[str, bool], by_budget: Figures, replicates: int) -> np.ndarray:
    """Change of every figure from one budget to the next, shape (replicates, budgets - 1, FIGURES)."""
    found = [by_budget(policy, mechanisms, replicate) for replicate in range(replicates)]
    return np.array([np.diff(figures, axis=0) for figures in found])


def _said(policy: str, rises: np.ndarray) -> str:
    budgets = [0, *BUDGETS[policy]]
    return ", ".join(
        f"{FIGURES[j]} rises from {budgets[i]} to {budgets[i + 1]} M yuan" for i, j in np.argwhere(rises > 0)
    )


@pytest.fixture(scope="module")
def by_budget(plan_for: Callable[..., Any], lived: Callable[..., Any]) -> Figures:
    """Figures of 2025 by budget, shape (budgets, FIGURES), of one replicate of a programme."""
    from tuopin.sim.run.setup import county_of

    def figures(policy: str, mechanisms: Mapping[str, bool], replicate: int, **keys: Any) -> np.ndarray:
        scenarios = {"b0": {}, **{f"b{m}": {policy: settings} for m, settings in BUDGETS[policy].items()}}
        plan = plan_for(scenarios, mechanisms=mechanisms, years="2016-2025", scale=0.05, **keys)
        county = county_of(plan, "lushi", replicate)
        rows = []
        for name in scenarios:
            *_, last = lived(plan, county, name, replicate)
            rows.append([last.recorder.latest("true", figure) for figure in FIGURES])
        return np.array(rows)

    return figures


def _placed(policy: str) -> list[bool]:
    """Of every step from one budget to the next, whether money binds there and not places."""
    return [m <= FILLED.get(policy, np.inf) for m in BUDGETS[policy]]


@pytest.mark.parametrize("policy", BUDGETS)
def test_person_years_in_poverty_never_rise_with_the_budget_in_any_replicate(policy: str, by_budget: Figures) -> None:
    """Where places bind and not money, on the mean: there a lot decides whose gain it is."""
    changes = _paired(policy, LINKS_OFF, by_budget, 3)[:, :, POVERTY_YEARS]
    assert (changes[:, _placed(policy)] <= 0).all(), (policy, changes)
    assert (changes.mean(axis=0) <= 0).all(), (policy, changes)
    assert (changes.sum(axis=1) < 0).all()


def test_headcount_and_gap_never_rise_with_the_allowance_in_any_replicate(by_budget: Figures) -> None:
    changes = _paired("low_income_support", LINKS_OFF, by_budget, 3)
    assert (changes <= 0).all(), _said("low_income_support", changes.max(axis=0))


def test_headcount_and_gap_never_rise_with_cover_where_it_changes_no_use_of_care(by_budget: Figures) -> None:
    """With moral hazard off and no treatment given up, cover takes bills off households and does nothing else."""
    switches = {**LINKS_OFF, "moral_hazard": False}
    found = [
        by_budget("health_insurance", switches, replicate, parameters={"health.forgone_share": 0.0})
        for replicate in range(3)
    ]
    changes = np.array([np.diff(figures, axis=0) for figures in found])
    assert (changes <= 0).all(), _said("health_insurance", changes.max(axis=0))


@pytest.mark.parametrize("policy", BUDGETS)
def test_with_everything_on_poverty_does_not_rise_with_the_budget_on_the_mean_of_replicates(
    policy: str, by_budget: Figures
) -> None:
    """Beyond what a programme has places for, more money changes next to nothing, and the sign of it is that of a lot.

    There (`FILLED`) the mean rise of headcount and gap must be within two standard errors of none.
    """
    changes = _paired(policy, {}, by_budget, 6)
    mean, error = changes.mean(axis=0), changes.std(axis=0, ddof=1) / np.sqrt(len(changes))
    assert (mean[:, POVERTY_YEARS] <= 0).all(), _said(policy, mean)
    assert (mean[_placed(policy)] <= 0).all(), _said(policy, mean)
    assert (mean <= 2.0 * error).all(), (mean, error)
    assert (changes.sum(axis=1).mean(axis=0) < 0).all()
