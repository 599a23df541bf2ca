"""Order is of no matter: of policies in a study, of rows in memory, of pieces of work."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tuopin.agents.columns import COLUMNS
from tuopin.agents.randomness import Luck

ORDERS = list(itertools.permutations(("relocation", "cooperative", "health_insurance", "low_income_support")))


def _tables(plan: Any, county: Any, scenario: str) -> dict[str, pa.Table]:
    from tuopin.sim.run.tables import tables
    from tuopin.sim.run.task import simulate_scenario

    return tables(simulate_scenario(plan, county, scenario, 0, panel=True), "lushi", scenario, 0)


def _same(one: pa.Table, other: pa.Table) -> bool:
    """Equal bit for bit, what is undefined (NaN) included."""
    same: bool = one.schema == other.schema and one.to_pandas().equals(other.to_pandas())
    return same


@pytest.mark.parametrize("order", [ORDERS[5], ORDERS[16], ORDERS[23]])
def test_the_order_in_which_a_study_lists_policies(plan_for: Callable[..., Any], order: tuple[str, ...]) -> None:
    from tuopin.sim.run.setup import county_of

    plan = plan_for({"all": {name: {} for name in ORDERS[0]}})
    other = plan_for({"all": {name: {} for name in order}})
    county = county_of(plan, "lushi", 0)
    first, second = _tables(plan, county, "all"), _tables(other, county, "all")
    for name, table in first.items():
        assert _same(table, second[name]), name


@pytest.mark.parametrize("income_test", ["lagged", "proxy"])
def test_the_order_of_rows(plan_for: Callable[..., Any], income_test: str) -> None:
    """Every household's life is the same bit for bit; sums of shares may differ in the last bits."""
    from tuopin.sim.run.setup import county_of

    plan = plan_for(
        {"all": {**{name: {} for name in ORDERS[0]}, "low_income_support": {"income_test": income_test}}},
        years="2016-2023",
    )
    county = county_of(plan, "lushi", 0)
    mixed = county.fork()
    rows = np.argsort(Luck(9, 9).uniform(2, 0, mixed.households.uid))
    mixed.households = county.households.take(rows)
    straight, shuffled = _tables(plan, county, "all"), _tables(plan, mixed, "all")
    assert straight["panel"].equals(shuffled["panel"])
    assert straight["costs"].equals(shuffled["costs"])
    assert straight["spells"].equals(shuffled["spells"])
    one, other = straight["indicators"], shuffled["indicators"]
    assert one.drop_columns("value").equals(other.drop_columns("value"))
    np.testing.assert_allclose(one["value"].to_numpy(), other["value"].to_numpy(), rtol=1e-11, atol=1e-11)


def test_every_column_is_the_same_whatever_the_order_of_rows(plan_for: Callable[..., Any]) -> None:
    from tuopin.sim.run.setup import county_of
    from tuopin.sim.run.task import simulate_scenario

    plan = plan_for()
    county = county_of(plan, "lushi", 0)
    mixed = county.fork()
    mixed.households = county.households.take(np.arange(len(county.households))[::-1])
    one = simulate_scenario(plan, county, "all", 0).county.households
    other = simulate_scenario(plan, mixed, "all", 0).county.households
    a, b = np.argsort(one.uid), np.argsort(other.uid)
    different = [name for name in one.table if (one.column(name)[a] != other.column(name)[b]).any()]
    assert different == [] and set(COLUMNS) < set(one.table)


def test_a_scenario_is_the_same_with_and_without_the_others(plan_for: Callable[..., Any]) -> None:
    from tuopin.sim.run.task import simulate_task

    scenarios = {"none": {}, "all": {name: {} for name in ORDERS[0]}, "one": {"cooperative": {}}}
    plan = plan_for(scenarios, years="2016-2019")
    together = {o.scenario: o for o in simulate_task(plan, "lushi", 0, ["one", "none", "all"], panel=True)}
    for name in scenarios:
        (alone,) = simulate_task(
            plan_for({"none": {}, name: scenarios[name]}, years="2016-2019"), "lushi", 0, [name], panel=True
        )
        assert alone.error is None and together[name].error is None
        for table, frame in alone.frames.items():
            assert _same(frame, together[name].frames[table]), (name, table)


def test_the_panel_is_a_matter_of_writing_only(plan_for: Callable[..., Any]) -> None:
    from tuopin.sim.run.task import simulate_task

    plan = plan_for(years="2016-2019")
    for scenario in ("none", "all"):
        (with_panel,) = simulate_task(plan, "lushi", 0, [scenario], panel=True)
        (without,) = simulate_task(plan, "lushi", 0, [scenario])
        for table, frame in without.frames.items():
            assert _same(frame, with_panel.frames[table]), table
