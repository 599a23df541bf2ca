"""A place that is a sample runs as a scaled one: money, slots and rooms by its share; saved and continued alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tuopin.policies import allotment
from tuopin.sim.run.saved_state import load_state, save_state
from tuopin.sim.run.setup import county_of, policies_of
from tuopin.sim.run.tables import tables
from tuopin.sim.run.task import begin_scenario
from tuopin.sim.run.year import simulate_year
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.study import Study

SAMPLE = 20


@pytest.fixture(scope="module")
def plan() -> Any:
    four = {"relocation": {"budget": 5.0e8}, "cooperative": {"slots": 4000}, "low_income_support": {}}
    study = Study.from_dict(
        {
            "name": "s",
            "place": "lushi",
            "years": "2016-2019",
            "baseline": "none",
            "scenarios": {"none": {}, "four": four},
        }
    )
    made = make_plan(study)
    lushi = made.place_data["lushi"].model_copy(update={"sample": SAMPLE})
    made.place_data["lushi"] = lushi  # type: ignore[index]
    return made


@pytest.fixture(scope="module")
def initial(plan: Any) -> Any:
    return county_of(plan, "lushi", 1)


def test_programmes_get_the_part_of_money_slots_and_rooms(plan: Any, initial: Any) -> None:
    run = begin_scenario(plan, initial, "four", 1)
    by_name = {policy.name: policy for policy in run.policies}
    assert {policy.scale for policy in run.policies} == {1 / SAMPLE}
    where = allotment.Setting(run.county.place, run.county.parameters, run.county.scale, 2017)
    assert allotment.budget_fen(by_name["relocation"], where, 2017) == 5.0e8 * 100 / SAMPLE
    assert allotment.slots(by_name["cooperative"], where, 2017) == 4000 / SAMPLE
    rooms = sum(firm.capacity for firm in run.county.firms if firm.open_to_all)
    whole = plan.place_data["lushi"].cooperatives.value * run.county.value("firms.cooperative_capacity")
    assert rooms == pytest.approx(whole / SAMPLE, abs=1.0)
    persons = sum(site.capacity for site in by_name["relocation"].sites)
    assert persons == pytest.approx(50_000 / SAMPLE, abs=3)  # of the five zones, rounded each


def test_a_sample_saved_and_continued_equals_the_unbroken_run(plan: Any, initial: Any, tmp_path: Path) -> None:
    run = begin_scenario(plan, initial, "four", 1)
    simulate_year(run)
    save_state(run, tmp_path / "it.state", plan, "lushi", "four", 1)
    continued = load_state(tmp_path / "it.state", plan)
    assert continued.county.place == run.county.place and continued.county.scale == 1 / SAMPLE
    for one in (run, continued):
        while not one.finished:
            simulate_year(one)
    assert policies_of(plan, "four", 1)
    first, second = (
        {name: table.to_pandas() for name, table in tables(one, "lushi", "four", 1).items()} for one in (run, continued)
    )
    for name in second:
        pd.testing.assert_frame_equal(first[name], second[name], check_exact=True, obj=name)
