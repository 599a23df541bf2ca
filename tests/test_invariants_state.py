"""The state stays sound: no column out of range after a run, splits happen, and a household takes few bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.flows import QUANTITIES, TERMS
from tuopin.agents.identity import SPLIT_OFF

SINGLE = ("relocation", "cooperative", "health_insurance", "low_income_support")
HARD = {name: {"budget": None, "take_up": 1.0} for name in SINGLE}


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"draw_parameters": True},
        {"mechanisms": {"asset_trap": "threshold", "cadre_limits": False, "targeting_error": False}},
        {"mechanisms": {"asset_trap": "concave", "illness": False, "income_risk": False, "vacancies": False}},
        {"mechanisms": {"demography": False, "job_risk": False, "borrowing": False, "motivation": False}},
    ],
)
@pytest.mark.parametrize("packages", [{name: {} for name in SINGLE}, HARD])
def test_no_column_ever_holds_a_fault(
    plan_for: Callable[..., Any], lived: Callable[..., Any], keys: dict[str, Any], packages: dict[str, Any]
) -> None:
    from tuopin.sim.run.setup import county_of

    plan = plan_for({"all": packages}, years="2016-2030", **keys)
    for model in lived(plan, county_of(plan, "lushi", 1), "all", 1):
        h = model.county.households
        assert h.faults() == [], model.year
        assert len(np.unique(h.uid)) == len(h)
        flows = model.county.flows
        if model.year > plan.first_year:
            for name in {*TERMS, *QUANTITIES} - {"verified_income"}:  # NaN where no review looked
                assert np.isfinite(getattr(flows, name).astype(float)).all(), name
        for policy in model.policies:
            for site in getattr(policy, "sites", ()):
                assert site.jobs_filled <= site.jobs or not model.county.on("vacancies")
            for firm in getattr(policy, "firms", ()):
                assert firm.members >= 0


def test_split_households_exist_and_live_on(plan_for: Callable[..., Any], lived: Callable[..., Any]) -> None:
    from tuopin.sim.run.setup import county_of

    plan = plan_for(years="2016-2021", scale=0.05)
    before: set[int] = set()
    for model in lived(plan, county_of(plan, "lushi", 0), "all"):
        h = model.county.households
        born = set(h.uid[(h.uid & SPLIT_OFF) != 0].tolist())
        assert len(born) > len(before) or model.year == plan.first_year
        assert len(before - born) <= 0.1 * len(before) + 1  # few end again
        before = born
    rows = np.isin(h.uid, list(born))
    assert 0.005 < rows.mean() < 0.2
    assert (h.land[rows] > 0).any() and h.poor_true[rows].any() and (h.income_pp[rows] > 0).any()


def test_bytes_per_household(plan_for: Callable[..., Any], lived: Callable[..., Any]) -> None:
    """Columns, policies' own columns and the year's quantities, under 600 bytes a household as they lie in memory."""
    from tuopin.sim.run.setup import county_of
    from tuopin.sim.run.task import simulate_scenario

    plan = plan_for(years="2016-2018", scale=0.1)
    model = simulate_scenario(plan, county_of(plan, "lushi", 0), "all", 0)
    h, flows = model.county.households, model.county.flows
    held = sum({id(a.base): a.base.nbytes for a in h.as_mapping().values()}.values())  # columns share blocks
    quantities = {id(a.base): a for a in flows.for_reading().values()}  # terms nobody uses share arrays
    used = h.bytes() + sum(a.nbytes for a in quantities.values())
    year = held + sum(a.base.nbytes for a in quantities.values() if a.base is not None)
    assert used / len(h) < 600
    assert year / len(h) < 600
