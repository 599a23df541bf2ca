"""Further groups that a study asks for: they add rows to the indicators and change nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tuopin.agents.groups import FURTHER
from tuopin.sim.run.run import Run
from tuopin.sim.run.saved_state import load_state, save_state
from tuopin.sim.run.setup import county_of, policies_of
from tuopin.sim.run.state import capture, resume
from tuopin.sim.run.tables import tables
from tuopin.sim.run.task import begin_scenario
from tuopin.sim.run.year import simulate_year

PLACE = "lushi"
NAMES = [trait.name for trait in FURTHER]
SCENARIOS = {"none": {}, "help": {"low_income_support": {}, "relocation": {"budget": 5.0e8}}}


def finished(run: Run) -> dict[str, pd.DataFrame]:
    while not run.finished:
        simulate_year(run)
    return {name: table.to_pandas() for name, table in tables(run, PLACE, "it", 1).items()}


@pytest.fixture(scope="module")
def plan(plan_for: Callable[..., Any]) -> Any:
    return plan_for(SCENARIOS, 0.02, years="2016-2019", groups=NAMES)


@pytest.fixture(scope="module")
def run(plan: Any) -> Run:
    return begin_scenario(plan, county_of(plan, PLACE, 1), "help", 1, panel=True)


@pytest.fixture(scope="module")
def frames(run: Run) -> dict[str, pd.DataFrame]:
    return finished(run)


def test_without_them_every_row_is_the_same(plan_for: Callable[..., Any], frames: dict[str, pd.DataFrame]) -> None:
    plain = plan_for(SCENARIOS, 0.02, years="2016-2019")
    begun = begin_scenario(plain, county_of(plain, PLACE, 1), "help", 1, panel=True)
    assert "start_band" not in begun.county.households.table
    others = finished(begun)
    for name in others.keys() - {"indicators"}:
        pd.testing.assert_frame_equal(frames[name], others[name], check_exact=True, obj=name)
    rows = frames["indicators"].astype({"group": str, "view": str, "indicator": str})
    kept = rows[~rows["group"].str.partition("=")[0].isin(NAMES)].reset_index(drop=True)
    expected = others["indicators"].astype({"group": str, "view": str, "indicator": str})
    pd.testing.assert_frame_equal(kept, expected, check_exact=True)
    assert len(kept) < len(rows)


@pytest.mark.parametrize("trait", FURTHER, ids=lambda trait: trait.name)
@pytest.mark.parametrize("indicator", ["persons", "poor_persons", "poverty_years_persons"])
def test_the_groups_of_a_trait_are_everybody(trait: Any, indicator: str, frames: dict[str, pd.DataFrame]) -> None:
    rows = frames["indicators"].query("indicator == @indicator and view == 'true'")
    groups = rows["group"].astype(str)
    names = [f"{trait.name}={label}" for label, _, _ in trait.labels]
    parts = rows[groups.isin(names)]
    assert set(parts["group"]) == set(names)  # also those of nobody, in every year
    assert parts.groupby("year")["value"].sum().tolist() == rows[groups == "all"]["value"].tolist()


def test_bands_are_those_of_the_start_whatever_comes_later(run: Run, frames: dict[str, pd.DataFrame]) -> None:
    rows = frames["indicators"].query("indicator == 'headcount_ratio' and view == 'true' and year == 2016")
    poor = rows.set_index(rows["group"].astype(str))["value"]
    for label in ("below_0.5", "0.5-0.8", "0.8-1"):
        assert poor[f"start_band={label}"] == 1.0
    for label in ("1-1.25", "1.25-1.5", "above_1.5"):
        assert poor[f"start_band={label}"] == 0.0
    h = run.county.households
    assert h.column("start_band").dtype == np.int8
    # who was poor at the start, or whose parents were, is in one of the first three bands, and nobody else is
    np.testing.assert_array_equal(h.start_poor, h.column("start_band") < 3)


def test_a_saved_state_keeps_them(plan: Any, frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    half = begin_scenario(plan, county_of(plan, PLACE, 1), "help", 1)
    while half.year < 2018:
        simulate_year(half)
    save_state(half, tmp_path / "it.state", plan, PLACE, "help", 1)
    for again in (resume(capture(half), policies_of(plan, "help", 1)), load_state(tmp_path / "it.state", plan)):
        found = finished(again)["indicators"]
        pd.testing.assert_frame_equal(found, frames["indicators"], check_exact=True)


def test_they_are_of_the_identity_in_one_order(plan: Any, plan_for: Callable[..., Any]) -> None:
    turned = plan_for(SCENARIOS, 0.02, years="2016-2019", groups=NAMES[::-1])
    plain, empty = (plan_for(SCENARIOS, 0.02, years="2016-2019", **more) for more in ({}, {"groups": []}))
    assert turned.identity == plan.identity != plain.identity == empty.identity
    assert "groups" not in plain.inputs and plan.inputs["groups"] == NAMES
