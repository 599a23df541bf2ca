"""Common random numbers hold: without spill-overs, whom no policy touches lives the same life in every scenario."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tuopin.agents.columns import COLUMNS
from tuopin.agents.identity import split_off_uids

SINGLE = ("relocation", "cooperative", "health_insurance", "low_income_support")


def _touched_now(model: Any) -> NDArray[np.bool_]:
    h, f = model.county.households, model.county.flows
    touched = (h.policy_transfers > 0) | (f.reimbursed_term > 0) | (f.own_payment_term > 0)
    for policy in model.policies:
        touched |= policy.enrolled(model.county)
    return touched


def _live(lived: Any, plan: Any, county: Any, scenario: str) -> tuple[Any, NDArray[np.int64]]:
    """Return the finished model and the uids of households a policy touched in any year, or their parents."""
    touched = np.empty(0, dtype=np.int64)
    for model in lived(plan, county, scenario):
        children = split_off_uids(touched, model.year, np.empty(0, dtype=np.int64)) if len(touched) else touched
        now = model.county.households.uid[_touched_now(model)] if model.year > plan.first_year else touched
        touched = np.unique(np.concatenate([touched, children, now]))
    return model, touched


def _differences(model: Any, base: Any, touched: NDArray[np.int64]) -> list[str]:
    ours, theirs = model.county.households, base.county.households
    mine = np.flatnonzero(~np.isin(ours.uid, touched))
    mine = mine[np.argsort(ours.uid[mine])]
    other = np.flatnonzero(~np.isin(theirs.uid, touched))
    other = other[np.argsort(theirs.uid[other])]
    assert len(mine) > 100
    np.testing.assert_array_equal(ours.uid[mine], theirs.uid[other])
    return [name for name in COLUMNS if (ours.column(name)[mine] != theirs.column(name)[other]).any()]


@pytest.mark.parametrize("replicate", [0, 1])
def test_untouched_households_end_identical_in_every_scenario(
    plan_for: Callable[..., Any], lived: Callable[..., Any], replicate: int
) -> None:
    from tuopin.sim.run.setup import county_of

    everything = {name: {} for name in SINGLE}
    scenarios = {"none": {}, **{name: {name: {}} for name in SINGLE}, "all": everything}
    plan = plan_for(scenarios, mechanisms={"spillovers": False}, years="2016-2025")
    county = county_of(plan, "lushi", replicate)
    base, nobody = _live(lived, plan, county, "none")
    assert len(nobody) == 0
    for scenario in list(scenarios)[1:]:
        model, touched = _live(lived, plan, county, scenario)
        assert len(touched) > 50, scenario
        assert _differences(model, base, touched) == [], scenario


def test_the_comparison_can_fail(plan_for: Callable[..., Any], lived: Callable[..., Any]) -> None:
    """With spill-overs on, neighbours, prices, vacancies and exit plans do reach untouched households."""
    from tuopin.sim.run.setup import county_of

    plan = plan_for(years="2016-2020", scale=0.05)
    county = county_of(plan, "lushi", 0)
    base, _ = _live(lived, plan, county, "none")
    model, touched = _live(lived, plan, county, "all")
    assert _differences(model, base, touched)


def test_the_initial_state_is_the_same_object_of_luck_for_all_scenarios(plan_for: Callable[..., Any]) -> None:
    from tuopin.sim.run.setup import county_of

    plan = plan_for()
    first, second = county_of(plan, "lushi", 3), county_of(plan, "lushi", 3)
    for name in COLUMNS:
        np.testing.assert_array_equal(first.households.column(name), second.households.column(name))
    other = county_of(plan, "lushi", 4)
    assert (first.households.income_pp[:100] != other.households.income_pp[:100]).any()
