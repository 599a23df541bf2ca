"""Numbers that a scenario has for itself act from the first simulated year on, and change nothing before it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tuopin.agents.economy import margin_index, monthly_wage
from tuopin.agents.mechanisms import MECHANISMS
from tuopin.agents.parameters import Parameters, model_parameters
from tuopin.policies.catalogue import built_in
from tuopin.sim.results.manifest import scenario_facts
from tuopin.sim.run.run import Run
from tuopin.sim.run.saved_state import load_state, save_state
from tuopin.sim.run.setup import county_of, own_parameters, policies_of
from tuopin.sim.run.state import capture, resume
from tuopin.sim.run.tables import tables
from tuopin.sim.run.task import begin_scenario, simulate_scenario
from tuopin.sim.run.year import simulate_year
from tuopin.sim.study.rules import may_differ

MARGIN, GROWTH = "registry.exit_margin", "economy.off_farm_growth"
OWN = {MARGIN: 1.6, GROWTH: 0.0}
"""Nothing before the initial state reads these two: for a scenario or for the study, they act alike."""
PLACE = "lushi"


def frames(run: Run) -> dict[str, pd.DataFrame]:
    while not run.finished:
        simulate_year(run)
    return {name: table.to_pandas() for name, table in tables(run, PLACE, "it", 1).items()}


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    assert set(one) == set(other)
    for name in other:
        pd.testing.assert_frame_equal(one[name], other[name], check_exact=True, obj=name)


@pytest.fixture(scope="module")
def made(plan_for: Callable[..., Any]) -> Any:
    scenarios = {"none": {}, "plain": {"training": {}}, "own": {"training": {}, "parameters": OWN}}
    return plan_for(scenarios, years="2016-2020")


@pytest.fixture(scope="module")
def initial(made: Any) -> Any:
    return county_of(made, PLACE, 1)


@pytest.fixture(scope="module")
def own(made: Any, initial: Any) -> dict[str, pd.DataFrame]:
    return frames(begin_scenario(made, initial, "own", 1))


def test_for_a_scenario_they_act_as_for_the_study(plan_for: Callable[..., Any], own: dict[str, pd.DataFrame]) -> None:
    plan = plan_for({"none": {}, "plain": {"training": {}}}, years="2016-2020", parameters=OWN)
    same(own, frames(simulate_scenario(plan, county_of(plan, PLACE, 1), "plain", 1)))


def test_those_of_the_study_change_nothing(made: Any, initial: Any, plan_for: Callable[..., Any]) -> None:
    stated = model_parameters()
    wages = {year: stated["economy.migrant_wage"].at(year) for year in range(2017, 2021)}
    values = {MARGIN: stated[MARGIN].value, GROWTH: stated[GROWTH].value, "economy.migrant_wage": wages}
    plan = plan_for({"none": {}, "own": {"training": {}, "parameters": values}}, years="2016-2020")
    same(frames(begin_scenario(made, initial, "plain", 1)), frames(begin_scenario(plan, initial, "own", 1)))


def test_the_initial_state_is_common_and_the_years_after_it_are_not(
    made: Any, initial: Any, own: dict[str, pd.DataFrame]
) -> None:
    plain = frames(begin_scenario(made, initial, "plain", 1))["indicators"]
    other = own["indicators"]
    first = plain["year"] == 2016
    pd.testing.assert_frame_equal(plain[first], other[first], check_exact=True)
    assert not plain[~first].reset_index(drop=True).equals(other[~first].reset_index(drop=True))
    assert initial.parameters.value(MARGIN) == model_parameters()[MARGIN].value  # the shared state keeps its own


@pytest.mark.parametrize("year", [2016, 2018])
def test_a_saved_state_goes_on_under_them(
    made: Any, initial: Any, own: dict[str, pd.DataFrame], year: int, tmp_path: Path
) -> None:
    run = begin_scenario(made, initial, "own", 1)
    while run.year < year:
        simulate_year(run)
    save_state(run, tmp_path / "it.state", made, PLACE, "own", 1)
    state = capture(run)
    same(own, frames(load_state(tmp_path / "it.state", made)))
    same(own, frames(resume(state, policies_of(made, "own", 1), own_parameters(made, "own"))))
    under_plain = load_state(tmp_path / "it.state", made, "plain")
    assert under_plain.parameters.value(MARGIN) == model_parameters()[MARGIN].value
    assert resume(state, policies_of(made, "plain", 1)).parameters.value(MARGIN) == model_parameters()[MARGIN].value


def test_a_value_of_its_own_wins_over_the_draw(plan_for: Callable[..., Any]) -> None:
    plan = plan_for({"none": {}, "own": {"parameters": {GROWTH: 0.011}}}, draw_parameters=True, years="2016-2017")
    county = county_of(plan, PLACE, 1)
    drawn = county.parameters.value(GROWTH)
    assert begin_scenario(plan, county, "own", 1).parameters.value(GROWTH) == 0.011
    assert begin_scenario(plan, county, "none", 1).parameters.value(GROWTH) == drawn != 0.011


def test_the_manifest_keeps_them_and_forgets_those_a_scenario_has_lost(made: Any, plan_for: Callable[..., Any]) -> None:
    facts = json.loads(json.dumps(scenario_facts(made, {})))
    assert facts["scenario_parameters"] == {"own": OWN}
    later = plan_for({"none": {}, "own": {"training": {}}}, years="2016-2020")
    assert "scenario_parameters" not in scenario_facts(later, facts)
    others = plan_for({"none": {}}, years="2016-2020")
    assert scenario_facts(others, facts)["scenario_parameters"] == {"own": OWN}  # left the study, kept in the result


def test_wages_and_margins_of_the_past_stay() -> None:
    base = Parameters(model_parameters())
    later = base.given({"economy.local_real_growth": 0.0, "economy.migrant_wage": 5000, "registry.exit_margin": 2})
    for start in (2012, 2016, 2019):
        assert margin_index(later, start, start) == margin_index(base, start, start)
        grown = margin_index(later, start + 3, start) / margin_index(base, start + 3, start)
        assert grown == pytest.approx(1.07**-3)
        assert monthly_wage(later, start + 1, start) == pytest.approx(5000)
        assert later.moved(start + 1, {"economy.migrant_wage": 0.5}, {}).past is base
    assert monthly_wage(later.past, 2016, 2016) == monthly_wage(base, 2016, 2016) == 3275


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The ids of all numbers that are looked up from now on; nothing is remembered."""
    found: set[str] = set()
    item, value = Parameters.__getitem__, Parameters.value

    def looked_up(self: Parameters, id: str) -> Any:
        found.add(id)
        return item(self, id)

    def of_year(self: Parameters, id: str, year: int = 0) -> float:
        found.add(id)
        return value(self, id, year)

    monkeypatch.setattr(Parameters, "__getitem__", looked_up)
    monkeypatch.setattr(Parameters, "value", of_year)
    monkeypatch.setattr(Parameters, "remember", lambda self, key, make: make())
    yield found


def test_what_acts_in_the_initial_state_alone_is_marked(plan_for: Callable[..., Any], read: set[str]) -> None:
    """The numbers marked `initial` are those that no simulated year looks up, under any switch and every programme."""
    simulated: set[str] = set()
    everything = {name: {} for name in built_in()}
    for choice in range(3):
        switches = {name: m.choices[choice % len(m.choices)] for name, m in MECHANISMS.items()}
        plan = plan_for({"all": everything}, mechanisms=switches, years="2016-2024")
        county = county_of(plan, PLACE, 1)
        read.clear()
        simulate_scenario(plan, county, "all", 1)
        simulated |= read
    assert {id for id in simulated if model_parameters()[id].initial} == set()
    # and a scenario may not have what would do nothing
    assert {id for id, p in model_parameters().items() if may_differ(p)} - simulated == set()
