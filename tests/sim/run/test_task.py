"""A task: shared initial state, one outcome per scenario, failures that stay alone, tables as promised."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tuopin.agents.draws import Draw
from tuopin.agents.randomness import Luck
from tuopin.sim.run.setup import county_of, draw_place, policies_of
from tuopin.sim.run.task import RunOutcome, simulate_task
from tuopin.sim.study.plan import Plan, make_plan
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study

STUDY = Path(__file__).parents[3] / "scenarios" / "lushi.yaml"


def plan_of(scale: float = 0.02, **overrides: object) -> Plan:
    return make_plan(Study.load(STUDY, overrides={"years": "2016-2020", **overrides}), scale)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, RunOutcome]:
    return {o.scenario: o for o in simulate_task(plan_of(), "lushi", 0, ["none", "all"], panel=True)}


def test_the_initial_state_meets_the_documented_totals_to_the_unit() -> None:
    h = county_of(plan_of(1.0), "lushi", 0).households
    assert int(h.registered_at_start.sum()) == 19_645
    assert int(h.members[h.registered_at_start].sum()) == 63_134
    assert int(h.members.sum()) == 320_000


def test_tables_have_the_promised_columns(outcomes: dict[str, RunOutcome]) -> None:
    frames = outcomes["all"].frames
    run = ["place", "scenario", "replicate"]
    assert frames["indicators"].column_names == [*run, "year", "view", "group", "indicator", "value"]
    assert frames["costs"].column_names == [
        *run,
        "year",
        "policy",
        "payer",
        "kind",
        "households",
        "persons",
        "villages",
        "yuan",
        "budget_yuan",
        "slots",
    ]
    assert frames["spells"].column_names == [
        *run,
        "view",
        "kind",
        "start_year",
        "years",
        "ended",
        "left_censored",
        "households",
        "persons",
    ]
    assert frames["panel"].column_names == [
        *run,
        "year",
        "uid",
        "village",
        "members",
        "registered",
        "market_income_per_person",
        "net_income_per_person",
        "income_per_person",
        "consumption_per_person",
        "line",
        "poor_true",
        "poor_registry",
        "poor_survey",
        "poor_consumption",
        "poor_official",
        "cause",
        "medical_bill",
        "medical_paid",
        "in_cooperative",
        "in_health_insurance",
        "in_low_income_support",
        "in_relocation",
    ]


def test_indicators_agree_with_the_panel_they_summarise(outcomes: dict[str, RunOutcome]) -> None:
    panel = outcomes["all"].frames["panel"].to_pandas()
    indicators = outcomes["all"].frames["indicators"].to_pandas()
    everybody = indicators[(indicators.group == "all") & (indicators.view == "true")].pivot_table(
        index="year", columns="indicator", values="value"
    )
    for year, rows in panel.groupby("year"):
        gap = np.clip((rows.line - rows.income_per_person.clip(lower=0)) / rows.line, 0, None)
        assert everybody.headcount_ratio[year] == pytest.approx(np.average(rows.poor_true, weights=rows.members))
        assert everybody.poverty_gap[year] == pytest.approx(np.average(gap, weights=rows.members))
        assert everybody.mean_income_per_person[year] == pytest.approx(
            np.average(rows.income_per_person, weights=rows.members), rel=1e-6
        )
        assert (rows.poor_true == (rows.income_per_person < rows.line)).all()


def test_effective_income_is_net_income_less_what_was_paid(outcomes: dict[str, RunOutcome]) -> None:
    panel = outcomes["none"].frames["panel"].to_pandas()
    left = panel.net_income_per_person - panel.income_per_person - panel.medical_paid / panel.members
    assert (left > -1e-6).all()  # what remains is schooling, never negative
    assert (panel.income_per_person <= panel.net_income_per_person + 1e-9).all()


def test_exits_of_the_panel_are_the_exits_of_the_indicators(outcomes: dict[str, RunOutcome]) -> None:
    panel = outcomes["all"].frames["panel"].to_pandas().set_index(["uid", "year"]).sort_index()
    indicators = outcomes["all"].frames["indicators"].to_pandas()
    before = panel.poor_true.groupby("uid").shift().dropna()
    both = panel.join(before.rename("before"), how="inner")
    exits = both[both.before.astype(bool) & ~both.poor_true].groupby("year").members.sum()
    reported = (
        indicators.query("indicator == 'exits_persons' and view == 'true' and group == 'all'").set_index("year").value
    )
    # a household that split off this year has no row last year, but carries its parent's status
    splits = panel[~panel.index.isin(both.index)].query("year > 2016").groupby("year").members.sum()
    for year in range(2017, 2021):
        assert exits.get(year, 0) <= reported[year] <= exits.get(year, 0) + splits.get(year, 0)


def test_first_exits_count_each_household_once(outcomes: dict[str, RunOutcome]) -> None:
    panel = outcomes["all"].frames["panel"].to_pandas().set_index(["uid", "year"]).sort_index()
    indicators = outcomes["all"].frames["indicators"].to_pandas()
    before = panel.poor_true.groupby("uid").shift().dropna()
    both = panel.join(before.rename("before"), how="inner").reset_index()
    exits = both[both.before.astype(bool) & ~both.poor_true]
    once = exits.drop_duplicates("uid")
    assert len(once) < len(exits)  # some have left poverty more than once
    everybody = indicators.query("view == 'true' and group == 'all'")
    totals = everybody.groupby("indicator", observed=True).value.sum()
    # a household that split off has its parent's past, which the panel does not show
    splits = panel.reset_index().drop_duplicates("uid").query("year > 2016").uid
    sure = once[~once.uid.isin(splits)].members.sum()
    assert sure <= totals["first_exits_persons"] < totals["exits_persons"]


def test_spells_of_a_view_account_for_every_household(outcomes: dict[str, RunOutcome]) -> None:
    spells = outcomes["all"].frames["spells"].to_pandas()
    panel = outcomes["all"].frames["panel"].to_pandas()
    poor_at_start = panel[(panel.year == 2016) & panel.poor_true]
    censored = spells[(spells["view"] == "true") & (spells.kind == "poor") & spells.left_censored]
    # splits carry their parent's spell, so households may be more, never fewer
    assert censored.households.sum() >= len(poor_at_start)
    open_poor = spells[(spells["view"] == "true") & (spells.kind == "poor") & ~spells.ended]
    poor_at_end = panel[(panel.year == 2020) & panel.poor_true]
    assert open_poor.persons.sum() >= poor_at_end.members.sum()


def test_a_scenario_that_fails_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from tuopin.policies.places.relocation import Relocation

    def explode(*_: object) -> None:
        raise ArithmeticError("the bridge is out")

    monkeypatch.setattr(Relocation, "prepare", explode)
    got = {o.scenario: o for o in simulate_task(plan_of(0.01), "lushi", 0, ["none", "relocation", "cooperative"])}
    assert got["none"].error is None and got["cooperative"].error is None
    assert got["relocation"].error == "ArithmeticError: the bridge is out"
    assert "prepare" in (got["relocation"].traceback or "") and got["relocation"].frames == {}


def test_results_do_not_depend_on_which_scenarios_run_together() -> None:
    plan = plan_of(0.01)
    alone = next(simulate_task(plan, "lushi", 3, ["all"]))
    together = list(simulate_task(plan, "lushi", 3, ["none", "relocation", "all"]))[-1]
    for name in ("indicators", "costs", "spells"):
        assert alone.frames[name].to_pandas().equals(together.frames[name].to_pandas())


def test_replicates_differ_and_seeds_differ() -> None:
    def value(replicate: int, **overrides: object) -> pd.Series:
        outcome = next(simulate_task(plan_of(0.01, **overrides), "lushi", replicate, ["none"]))
        return outcome.frames["indicators"].to_pandas().value

    assert not value(0).equals(value(1))
    assert not value(0).equals(value(0, seed=7))


def test_drawn_parameters_are_alike_in_all_scenarios_of_a_replicate() -> None:
    plan = plan_of(draw_parameters=True)
    first, second = (policies_of(plan, name, 5) for name in ("relocation", "all"))
    relocation = next(p for p in second if p.name == "relocation")
    assert first[0].value("dip", 2017) == relocation.value("dip", 2017)
    assert first[0].value("dip", 2017) != policies_of(plan, "all", 6)[-1].value("dip", 2017)
    place = plan.place_data["lushi"]
    drawn = draw_place(place, Draw(Luck(1, 2)))
    assert drawn.rural_persons.value != place.rural_persons.value
    assert 300_000 <= drawn.rural_persons.value <= 340_000
    assert drawn.registered_persons == place.registered_persons


def test_a_plan_survives_pickling_and_names_what_makes_a_directory(tmp_path: Path) -> None:
    import pickle

    plan = plan_of()
    twin = pickle.loads(pickle.dumps(plan))
    assert twin == plan
    assert plan_of(scale=0.03).identity != plan.identity
    assert plan_of(replicates=3).identity == plan.identity
    assert plan_of(mechanisms={"demonstration": False}).identity != plan.identity
    changed = dataclasses.replace(plan, replicates=99)
    assert changed.identity == plan.identity
    with pytest.raises(StudyError, match=r"--scale: is 1\.5; allowed: a number above 0, up to 1"):
        plan_of(scale=1.5)


def test_persons_follow_from_those_before(outcomes: dict[str, RunOutcome]) -> None:
    for outcome in outcomes.values():
        persons = outcome.frames["persons"].to_pandas()
        assert persons.columns.tolist() == [
            *("place", "scenario", "replicate", "year", "persons", "births", "deaths", "arrivals", "departures")
        ]
        assert persons.year.tolist() == list(range(2016, 2021)) and persons.iloc[0, 5:].isna().all()
        moved = persons.births - persons.deaths + persons.arrivals - persons.departures
        assert (persons.persons.diff()[1:] == moved[1:]).all() and (persons.iloc[1:, 5:] > 0).all().all()
        indicators = outcome.frames["indicators"].to_pandas().query("indicator == 'persons' and group == 'all'")
        assert indicators.value.tolist() == persons.persons.tolist()


def test_what_households_pay_themselves_is_no_public_cost(outcomes: dict[str, RunOutcome]) -> None:
    costs = outcomes["all"].frames["costs"].to_pandas()
    own = costs[costs.kind == "own"]
    assert set(own.policy) == {"relocation"} and set(own.payer) == {"household"} and (own.yuan > 0).all()
    indicators = outcomes["all"].frames["indicators"].to_pandas().query("indicator == 'cost_yuan'")
    public = costs[costs.kind == "spent"].groupby("year").yuan.sum()
    for year in public.index:
        assert indicators.set_index("year").value[year] == pytest.approx(public[year], abs=0.005)
