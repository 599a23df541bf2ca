"""Circumstances by hand: prices, demand, struck villages, and parameters moved for a year and no longer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tuopin.agents.county import County
from tuopin.agents.lines import LINES
from tuopin.agents.production import produce
from tuopin.agents.shocks import strike_county
from tuopin.policies.frame.circumstances.rules import FACTORS, Circumstances
from tuopin.policies.ledger import Ledger
from tuopin.sim.run.recorder import Recorder
from tuopin.sim.run.run import Run, begin, in_order
from tuopin.sim.run.saved_state import load_state, save_state
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.tables import tables
from tuopin.sim.run.task import begin_scenario, simulate_scenario
from tuopin.sim.run.year import influenced, simulate_year
from tuopin.sim.study.declarations import declared
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study

FRUIT, LIVESTOCK = LINES.index("fruit"), LINES.index("livestock")


def test_every_line_has_a_price() -> None:
    assert {name for name in Circumstances.parameters if name.startswith("price_")} == {
        f"price_{line}" for line in LINES if line != "none"
    }


def test_half_the_price_is_half_the_business_in_its_year(by_hand: Callable[..., County]) -> None:
    def business(settings: dict[str, Any], year: int) -> list[float]:
        county = by_hand(2, line=[FRUIT, LIVESTOCK], line_age=20, line_scale=1.0, able_workers=2, land=0.0)
        run = Run(county, [Circumstances(settings)], Ledger(), Recorder(year - 1, year))
        county.year = year
        county.parameters = influenced(run)
        strike_county(county)
        produce(county)
        return county.households.business_income.tolist()

    usual = business({}, 2017)
    assert min(usual) > 0
    assert business({"price_fruit": {2017: 0.5}}, 2017) == [pytest.approx(usual[0] / 2), usual[1]]
    assert business({"price_fruit": {2018: 0.5}}, 2017) == usual


def test_what_moves_is_declared_and_what_one_sets_no_other_may(by_hand: Callable[..., County]) -> None:
    class Stranger(Circumstances):
        name, influences, sets = "stranger", (), ()

    class Rival(Circumstances):
        name = "rival"

    county = by_hand(1)
    with pytest.raises(ValueError, match=r"policy stranger: influence moves production\.price_grain; allowed: nothing"):
        influenced(Run(county, [Stranger({})], Ledger(), Recorder(2016, 2017)))
    with pytest.raises(ValueError, match=r"circumstances and rival both write production\.struck_share"):
        in_order([Rival({}), Circumstances({})])


def test_a_study_with_two_policies_that_set_one_parameter_is_refused() -> None:
    class Rival(Circumstances):
        name = "rival"

    both = replace(declared(), policies={"circumstances": Circumstances, "rival": Rival})
    study = {"name": "x", "place": "lushi", "years": "2016-2018", "baseline": "a"}
    with pytest.raises(StudyError) as error:
        scenarios = {"a": {"circumstances": {}, "rival": {}}}
        Study.from_dict({**study, "scenarios": scenarios}, declarations=both)
    said = "scenarios.a.rival: sets the parameter 'production.struck_share', as circumstances does"
    assert said in str(error.value)


def test_factors_of_several_policies_multiply(by_hand: Callable[..., County]) -> None:
    class Second(Circumstances):
        name, sets = "second", ()

    county = by_hand(1)
    both = [Circumstances({"labour_demand": 0.8, "struck_share": 0.2}), Second({"labour_demand": 0.5})]
    moved = influenced(Run(county, both, Ledger(), Recorder(2016, 2017)))
    usual = county.parameters.value("labour.demand_level", county.year)
    assert moved.value("labour.demand_level", county.year) == pytest.approx(0.4 * usual)
    assert moved.value("production.struck_share", county.year) == 0.2


def test_what_is_moved_is_moved_for_its_year_alone(plan_for: Callable[..., Any]) -> None:
    plan = plan_for({"none": {}, "crisis": {"circumstances": {"separation": {2018: 1.5}, "work_share": {2018: 0.75}}}})
    seen: dict[int, tuple[float, float]] = {}

    class Watch(Circumstances):
        name, sets = "watch", ()

        def influence(self, county: County) -> dict[str, float]:
            return {}

        def strike(self, county: County) -> None:
            seen[county.year] = (county.value("labour.separation_rate"), county.value("labour.months"))

    start = county_of(plan, "lushi", 1)
    given = plan.scenario_settings["crisis"]["circumstances"]
    run = begin(start.fork(), [Circumstances(given), Watch({})], 2019)
    while not run.finished:
        simulate_year(run)
        assert run.county.parameters is start.parameters
    rate, months = start.value("labour.separation_rate"), start.value("labour.months")
    assert seen == {
        2017: (rate, months),
        2018: (pytest.approx(1.5 * rate), pytest.approx(0.75 * months)),
        2019: (rate, months),
    }


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_in_a_crisis_who_loses_a_job_outside_comes_home_as_far_as_the_study_says(
    plan_for: Callable[..., Any], share: float
) -> None:
    """Demand falls by a fifth and separations rise by half, in 2018 alone."""
    crisis = {"circumstances": {"labour_demand": {2018: 0.8}, "separation": {2018: 1.5}}}
    plan = plan_for({"none": {}, "crisis": crisis}, years="2016-2018", parameters={"labour.return_share": share})
    start = county_of(plan, "lushi", 1)
    usual, struck = (simulate_scenario(plan, start, name, 1).county for name in ("none", "crisis"))
    home = int(struck.flows.came_home.sum()), int(usual.flows.came_home.sum())
    away = int(struck.households.migrants.sum()) + home[0]
    if share == 0.0:
        assert home == (0, 0)
        assert struck.households.migrants.sum() < usual.households.migrants.sum()  # fewer enter; nobody is sent home
        return
    # .18 are lost and of the others a fifth (less what demand grows in a year): .34; .4 of them come home
    assert home[0] / away == pytest.approx(0.4 * (0.18 + 0.82 * 0.2), abs=0.04)
    assert home[1] / away == pytest.approx(0.4 * 0.12, abs=0.03) and home[1] > 0
    gone = struck.flows.came_home > 0
    assert struck.households.remitted[gone].sum() < 0.7 * usual.households.remitted[gone].sum()
    assert struck.households.business_income[gone].sum() > usual.households.business_income[gone].sum()
    assert struck.households.remitted.sum() < usual.households.remitted.sum()


def test_without_circumstances_nothing_is_changed(plan_for: Callable[..., Any]) -> None:
    rest = {"relocation": {}, "low_income_support": {}}
    plan = plan_for({"rest": rest, "empty": {**rest, "circumstances": {}}}, years="2016-2018")
    start = county_of(plan, "lushi", 1)
    one, other = (tables(simulate_scenario(plan, start, name, 1), "lushi", "x", 1) for name in ("rest", "empty"))
    for name in one:
        pd.testing.assert_frame_equal(one[name].to_pandas(), other[name].to_pandas(), check_exact=True)


def test_a_saved_state_goes_on_as_if_unbroken(plan_for: Callable[..., Any], tmp_path: Path) -> None:
    crisis = {"circumstances": {"separation": 1.5, "price_grain": {2018: 0.6}, "struck_share": 0.2}}
    crisis["circumstances"]["labour_demand"] = {2018: 0.8}  # against what it was in the year of the state
    plan = plan_for({"crisis": crisis}, years="2016-2018", parameters={"labour.return_share": 0.4})
    start = county_of(plan, "lushi", 1)
    whole = tables(simulate_scenario(plan, start, "crisis", 1), "lushi", "crisis", 1)
    run = begin_scenario(plan, start, "crisis", 1)
    simulate_year(run)
    save_state(run, tmp_path / "it.state", plan, "lushi", "crisis", 1)
    again = load_state(tmp_path / "it.state", plan)
    simulate_year(again)
    for name, table in tables(again, "lushi", "crisis", 1).items():
        pd.testing.assert_frame_equal(whole[name].to_pandas(), table.to_pandas(), check_exact=True)


def test_every_factor_moves_the_poor(plan_for: Callable[..., Any]) -> None:
    """Each at a hard end, alone: what it names is not without effect."""
    hard = {"separation": 3.0, "disaster_rate": 9.0, "animal_loss": 9.0, "struck_share": 0.9}
    shocks = {name: {name: hard.get(name, 0.2)} for name in (*FACTORS, "struck_share") if name != "firm_failure"}
    linked = {"cooperative": {}}
    plan = plan_for(
        {
            "none": {},
            "linked": linked,
            "failures": {**linked, "circumstances": {"firm_failure": 9.0}},
            **{name: {"circumstances": given} for name, given in shocks.items()},
        },
        years="2016-2018",
    )
    start = county_of(plan, "lushi", 1)

    def income(scenario: str) -> float:
        h = simulate_scenario(plan, start, scenario, 1).county.households
        return float((h.net_income_pp * h.members).sum())

    usual = income("none")
    assert {name for name in shocks if not income(name) < usual} == set()
    assert income("failures") < income("linked")  # a firm's failure reaches who is linked to it
