"""A policy with no money and no effect changes nothing, bit for bit; one with money and no effect changes no income."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.columns import COLUMNS

SINGLE = ("relocation", "cooperative", "health_insurance", "low_income_support")


def _final(plan: Any, county: Any, scenario: str, panel: bool = False) -> Any:
    from tuopin.sim.run.task import simulate_scenario

    return simulate_scenario(plan, county, scenario, 0, panel=panel)


@pytest.mark.parametrize("beside", [(), SINGLE])
@pytest.mark.parametrize("policy", SINGLE)
def test_zero_budget_and_zero_effect_change_nothing(
    plan_for: Callable[..., Any], policy: str, beside: tuple[str, ...]
) -> None:
    from tuopin.sim.run.setup import county_of
    from tuopin.sim.run.tables import tables

    others = {name: {} for name in beside if name != policy}
    plan = plan_for({"without": others, "with": {**others, policy: {"budget": 0.0, "effect": 0.0}}})
    county = county_of(plan, "lushi", 0)
    without, with_it = _final(plan, county, "without", True), _final(plan, county, "with", True)
    one, other = without.county.households, with_it.county.households
    assert [name for name in one.table if (one.column(name) != other.column(name)).any()] == []
    assert not other.column(f"{policy}_since").any()
    first, second = tables(without, "lushi", "x", 0), tables(with_it, "lushi", "x", 0)
    for name, table in first.items():
        frame, null = table.to_pandas(), second[name].to_pandas()
        if name == "panel":
            assert not null.pop(f"in_{policy}").any()
        if name == "indicators":  # what the programme itself reached is reported as nobody and undefined
            group = null["group"].astype(str)
            null = null[(group != f"policy={policy}") & ~(group.str.startswith("fifth=") & null["value"].isna())]
            null = null.reset_index(drop=True)
        if name == "limits":  # so is the money it was not given
            mine = null["policy"].astype(str) == policy
            assert mine.any() and (null[mine][["given_yuan", "spent_yuan", "enrolled"]] == 0).all().all()
            null = null[~mine].reset_index(drop=True).astype({"slots": frame["slots"].dtype})
        assert frame.astype(dict.fromkeys(frame.select_dtypes("category"), str)).equals(
            null.astype(dict.fromkeys(null.select_dtypes("category"), str))
        ), name


@pytest.mark.parametrize("policy", SINGLE)
def test_zero_budget_alone_changes_nothing_either(plan_for: Callable[..., Any], policy: str) -> None:
    from tuopin.sim.run.setup import county_of

    plan = plan_for({"none": {}, "with": {policy: {"budget": 0.0}}})
    county = county_of(plan, "lushi", 0)
    one, other = _final(plan, county, "none").county.households, _final(plan, county, "with").county.households
    assert [name for name in COLUMNS if (one.column(name) != other.column(name)).any()] == []


@pytest.mark.parametrize(
    ("policy", "own"), [("cooperative", {"firm"}), ("health_insurance", set()), ("low_income_support", set())]
)
def test_money_without_effect_moves_no_column_but_the_policys_own(
    plan_for: Callable[..., Any], lived: Callable[..., Any], policy: str, own: set[str]
) -> None:
    """The zero-effect run. An allowance is its own effect, so at zero its beneficiaries are enrolled and paid
    nothing.
    """
    from tuopin.sim.run.setup import county_of

    plan = plan_for({"none": {}, "with": {policy: {"effect": 0.0}}})
    county = county_of(plan, "lushi", 0)
    for base, model in zip(lived(plan, county, "none"), lived(plan, county, "with"), strict=True):
        one, other = base.county.households, model.county.households
        assert {name for name in COLUMNS if (one.column(name) != other.column(name)).any()} <= own
    assert (model.county.households.column(f"{policy}_since") > 0).sum() > 10


def test_relocation_without_effect_costs_households_their_own_share_and_nothing_else(
    plan_for: Callable[..., Any], lived: Callable[..., Any]
) -> None:
    """In the year of the move; later years earn less interest on the savings spent."""
    from tuopin.sim.run.setup import county_of

    plan = plan_for({"none": {}, "with": {"relocation": {"effect": 0.0}}}, years="2016-2017")
    county = county_of(plan, "lushi", 0)
    base, model = _final(plan, county, "none"), _final(plan, county, "with")
    one, other = base.county.households, model.county.households
    changed = {name for name in COLUMNS if (one.column(name) != other.column(name)).any()}
    # who has spent his savings can smooth less of a bad year
    views = {"poor_consumption", "poor_official"}
    assert changed - views == {"site", "savings", "consumption", "formal_loan", "productive_assets"}
    paid = model.county.flows.own_payment_term
    np.testing.assert_allclose(
        one.savings.astype(float)
        - other.savings
        + other.formal_loan.astype(float)
        - one.formal_loan
        + one.consumption.astype(float)
        - other.consumption
        + one.productive_assets.astype(float)
        - other.productive_assets,
        paid,
        rtol=1e-5,
        atol=0.05,
    )
    assert ((paid > 0) <= (other.column("relocation_since") == 2017)).all() and (paid > 0).any()


def test_no_own_payment_no_effect_no_change(plan_for: Callable[..., Any]) -> None:
    """With the household's own share at zero, relocation without effect leaves every economic column untouched."""
    from tuopin.sim.run.setup import county_of

    plan = plan_for({"none": {}, "with": {"relocation": {"effect": 0.0, "own_pay_per_person": 0.0}}})
    county = county_of(plan, "lushi", 0)
    base, model = _final(plan, county, "none"), _final(plan, county, "with")
    one, other = base.county.households, model.county.households
    assert [name for name in COLUMNS if (one.column(name) != other.column(name)).any()] == ["site"]
    assert (other.column("relocation_since") > 0).sum() > 10
    assert sum(e.fen for e in model.ledger.entries if e.policy == "relocation") > 0
