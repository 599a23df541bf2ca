"""Who finds, watches and staffs: nothing at zero, alike in any order and from a saved state, and what each changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tuopin.agents.columns import COLUMNS
from tuopin.agents.randomness import Luck
from tuopin.sim.run.saved_state import load_state, save_state
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.tables import tables
from tuopin.sim.run.task import begin_scenario, simulate_scenario
from tuopin.sim.run.year import simulate_year

SERVED = {name: {} for name in ("relocation", "cooperative", "health_insurance", "low_income_support")}
AT_WORK: dict[str, dict[str, Any]] = {
    "identification": {
        "lookback_year": 2017,
        "audit_year": 2018,
        "false_entries": 0.05,
        "data_sharing": 0.5,
        "guarantees_tested": 1,
        "registry_line": {2018: 3300},
        "trained_share": 0.4,
        "two_track": 1,
    },
    "monitoring": {
        "inspection": 0.5,
        "oversight": 0.5,
        "hotline": 0.05,
        "supervision": 1,
        "false_alarm": 0.02,
        "release_on_paper": 0.2,
    },
    "cadre_support": {
        "pressure": 0.5,
        "paper_gain": 0.5,
        "turnover": 0.1,
        "diagnosis_hours": 1,
        "paired_share": 0.5,
        "help_effect": 0.02,
        "own_money": {2018: 60000},
        "plan": {2017: 20000, 2018: 20000, 2019: 10000},
    },
}
"""All three with every part switched on."""
AT_ZERO: dict[str, dict[str, Any]] = {
    "identification": {"hours_per_look": 0, "cause_error": 0},
    "monitoring": {"rounds": 0},
    "cadre_support": {"team_size": 0},
}
REGISTER = {"registry_status", "registered_since", "registry_exit_year", "cause", "exited_registry"}
"""Columns of the register itself, and spells of the registry's view."""


def changed(one: Any, other: Any) -> set[str]:
    h, g = one.county.households, other.county.households
    return {name for name in COLUMNS if not np.array_equal(h.column(name), g.column(name), equal_nan=True)}


def lived(plan: Any, county: Any, scenario: str) -> Any:
    return simulate_scenario(plan, county, scenario, 0)


def of_all(run: Any, indicator: str, view: str = "true", group: str = "all") -> list[float]:
    """An indicator by year."""
    return [
        float(values[keys.index((view, group, indicator))])
        for _, keys, values in run.recorder.rows
        if (view, group, indicator) in keys
    ]


def pair(plan_for: Callable[..., Any], one: dict[str, Any], other: dict[str, Any], **keys: Any) -> tuple[Any, Any]:
    """Runs of two scenarios with the same luck."""
    plan = plan_for({"one": one, "other": other}, **{"scale": 0.05, "years": "2016-2019", **keys})
    county = county_of(plan, "lushi", 0)
    return lived(plan, county, "one"), lived(plan, county, "other")


# --- nothing at zero -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beside", [{}, SERVED], ids=["alone", "beside four"])
@pytest.mark.parametrize("names", [("identification",), ("monitoring",), ("cadre_support",), tuple(AT_ZERO)])
def test_at_zero_they_change_nothing_bit_for_bit(
    plan_for: Callable[..., Any], names: tuple[str, ...], beside: dict[str, Any]
) -> None:
    zero = {name: AT_ZERO[name] for name in names}
    without, with_it = pair(plan_for, beside, {**beside, **zero}, scale=0.02, years="2016-2021")
    assert changed(without, with_it) == set()
    first, second = tables(without, "lushi", "x", 0), tables(with_it, "lushi", "x", 0)
    for name in ("spells", "costs", "indicators"):
        one, other = (
            t[name].to_pandas().astype({"value": float} if name == "indicators" else {}) for t in (first, second)
        )
        for frame in (one, other):
            words = frame.select_dtypes("category").columns
            frame[words] = frame[words].astype(str)
        if name == "indicators":
            other = other[~other["group"].isin({f"policy={policy}" for policy in names})].reset_index(drop=True)
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_a_list_that_finds_nobody_is_none(plan_for: Callable[..., Any]) -> None:
    blind = {"monitoring": {"sensitivity": 0.0, "false_alarm": 0.0}}
    without, with_it = pair(plan_for, SERVED, {**SERVED, **blind}, scale=0.02, years="2016-2021")
    assert changed(without, with_it) == set()


# --- order and saved states ------------------------------------------------------------------------------------------


def test_neither_the_order_of_rows_nor_that_of_names_matters(plan_for: Callable[..., Any]) -> None:
    scenario = {**SERVED, **AT_WORK}
    plan = plan_for({"one": scenario, "other": dict(reversed(scenario.items()))}, years="2016-2020")
    county = county_of(plan, "lushi", 0)
    mixed = county.fork()
    mixed.households = county.households.take(np.argsort(Luck(9, 9).uniform(2, 0, county.households.uid)))
    straight = lived(plan, county.fork(), "one")
    shuffled, renamed = lived(plan, mixed, "one"), lived(plan, county, "other")
    h, g = straight.county.households, shuffled.county.households
    a, b = np.argsort(h.uid), np.argsort(g.uid)
    assert [n for n in h.table if not np.array_equal(h.column(n)[a], g.column(n)[b], equal_nan=True)] == []
    assert changed(straight, renamed) == set()
    for group, indicator in (
        ("policy=monitoring", "found_households"),
        ("policy=identification", "register_added_persons"),
        ("policy=identification", "register_removed_persons"),
        ("all", "exits_on_paper_persons"),
    ):
        values = of_all(straight, indicator, group=group)
        assert sum(values) > 0, indicator  # each part was at work
        assert values == of_all(shuffled, indicator, group=group) == of_all(renamed, indicator, group=group)


def test_a_saved_state_goes_on_as_if_it_had_not_been_saved(plan_for: Callable[..., Any], tmp_path: Path) -> None:
    plan = plan_for({"all": {**SERVED, **AT_WORK}}, years="2016-2020")
    run = begin_scenario(plan, county_of(plan, "lushi", 0), "all", 0)
    simulate_year(run)
    simulate_year(run)
    save_state(run, tmp_path / "it.state", plan, "lushi", "all", 0)
    resumed = load_state(tmp_path / "it.state", plan)
    for one in (run, resumed):
        while not one.finished:
            simulate_year(one)
    h, g = run.county.households, resumed.county.households
    assert [n for n in h.table if not np.array_equal(h.column(n), g.column(n), equal_nan=True)] == []
    for group, indicator in (("policy=monitoring", "found_households"), ("policy=cadre_support", "team_hours")):
        assert of_all(run, indicator, group=group)[-2:] == of_all(resumed, indicator, group=group)[-2:]


# --- identification --------------------------------------------------------------------------------------------------


def test_an_audit_of_hubeis_size_removes_and_adds_what_is_documented(plan_for: Callable[..., Any]) -> None:
    """Matched by construction: .644 of .088 leave, .063 enter; whom it hits is an output."""
    quiet = {"hours_per_look": 0, "cause_error": 0}
    none, audited = pair(
        plan_for, {"identification": quiet}, {"identification": {**quiet, "audit_year": 2017}}, years="2016-2017"
    )
    listed = of_all(none, "registered_persons", "registry")[0]
    removed, retained, added = (
        of_all(audited, f"register_{what}_persons", group="policy=identification")[0]
        for what in ("removed", "retained", "added")
    )
    largest = 9  # nobody is passed over for a smaller household
    assert 0.088 * listed * 1.03 >= removed + retained > 0.088 * listed * 0.97 - largest
    assert 0.063 * listed * 1.03 >= added > 0.063 * listed * 0.97 - largest
    doubtful = (removed + retained) / 2.8
    assert removed / (removed + retained) == pytest.approx(0.644, abs=3 * np.sqrt(0.644 * 0.356 / doubtful))


OPEN = {"low_income_support": {"support_after_exit_months": 0}}


@pytest.mark.parametrize("asked", ["no limits", "no hours"])
def test_an_allowance_open_to_all_does_not_change_with_an_audit(plan_for: Callable[..., Any], asked: str) -> None:
    keys = {"mechanisms": {"cadre_limits": False}} if asked == "no limits" else {}
    quiet = {"hours_per_look": 0.0} if asked == "no hours" else {}
    one, other = (
        {**OPEN, "identification": {**quiet, **audit}} for audit in ({}, {"audit_year": 2017, "lookback_year": 2018})
    )
    without, audited = pair(plan_for, one, other, **keys)
    moved = changed(without, audited)
    assert "registry_status" in moved and moved <= REGISTER | {"registry_spell", "spell_registry"} | {
        name for name in moved if "registry" in name
    }


def test_hours_of_a_check_leave_fewer_for_an_allowance_open_to_all(plan_for: Callable[..., Any]) -> None:
    quiet, audit = {"hours_per_look": 0.0}, {"audit_year": 2017, "hours_per_look": 3.0}
    without, audited = pair(plan_for, {**OPEN, "identification": quiet}, {**OPEN, "identification": audit})
    group = "policy=low_income_support"
    enrolled = [of_all(run, "enrolled_households", group=group) for run in (without, audited)]
    assert enrolled[1][0] < enrolled[0][0]
    hours = [of_all(run, "hours_demanded_share")[0] for run in (without, audited)]
    assert hours[1] > hours[0]


def test_a_programme_tied_to_the_register_feels_an_audit(plan_for: Callable[..., Any]) -> None:
    tied = {"cooperative": {}}
    quiet = {"hours_per_look": 0.0}
    without, audited = pair(
        plan_for, {**tied, "identification": quiet}, {**tied, "identification": {**quiet, "audit_year": 2017}}
    )
    assert {"firm", "income_pp"} <= changed(without, audited)


# --- monitoring ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limited", [True, False])
def test_visits_crowd_out_by_what_they_take(plan_for: Callable[..., Any], limited: bool) -> None:
    """Visits without packages: where teams are limited an allowance reaches fewer, else it is the same to the bit."""
    watched = {**OPEN, "monitoring": {"packages": 0, "helper_share": 0.0, "visit_hours": 4.0}}
    idle = {**OPEN, "monitoring": {"packages": 0, "visits": 0}}
    without, visited = pair(plan_for, idle, watched, mechanisms={"cadre_limits": limited}, years="2016-2017")
    group = "policy=low_income_support"
    enrolled = [of_all(run, "enrolled_households", group=group)[0] for run in (without, visited)]
    hours = [of_all(run, "hours_demanded_share")[0] for run in (without, visited)]
    assert hours[1] > hours[0]
    if not limited:
        assert changed(without, visited) == set()
    else:
        assert enrolled[1] < enrolled[0]
        assert "income_pp" in changed(without, visited)


def test_causes_add_up_to_the_list_and_what_nobody_delivers_is_counted(plan_for: Callable[..., Any]) -> None:
    run, _ = pair(plan_for, {"monitoring": {}}, {}, scale=0.02)
    reports = {
        name: of_all(run, name, group="policy=monitoring")
        for name in (report.name for policy in run.policies for report in policy.reports)
    }
    listed = np.add(reports["edge_households"], reports["unstable_households"])
    causes = np.sum([values for name, values in reports.items() if name.startswith("cause_")], axis=0)
    np.testing.assert_array_equal(causes, listed)
    sent = np.sum([values for name, values in reports.items() if name.startswith("sent_")], axis=0)
    np.testing.assert_array_equal(sent, reports["undelivered_measures"])  # nobody delivers anything here
    assert listed.min() > 0 and sent.min() > 0


# --- exits on paper --------------------------------------------------------------------------------------------------

PRESSED = {"cadre_support": {"team_size": 0, "pressure": 1.0, "paper_gain": 1.0}}
CALM = {"cadre_support": {"team_size": 0}}


def test_exits_on_paper_empty_the_register_and_leave_true_poverty_alone(plan_for: Callable[..., Any]) -> None:
    calm, pressed = pair(plan_for, CALM, PRESSED)
    register = [of_all(run, "registered_persons", "registry")[-1] for run in (calm, pressed)]
    assert register[1] < 0.8 * register[0]
    assert sum(of_all(pressed, "exits_on_paper_persons")) > 0 == sum(of_all(calm, "exits_on_paper_persons"))
    assert of_all(calm, "headcount_ratio") == of_all(pressed, "headcount_ratio")
    assert {name for name in changed(calm, pressed) if "regist" not in name and name != "cause"} == set()


def test_exits_on_paper_save_money_and_the_ill_pay(plan_for: Callable[..., Any]) -> None:
    """Of a programme tied to the register whose support ends with the exit: cheaper, and bills are households' own."""
    insured = {"health_insurance": {"support_after_exit_months": 0}}
    calm, pressed = pair(plan_for, {**CALM, **insured}, {**PRESSED, **insured}, years="2016-2021")
    cost = [sum(e.fen for e in run.ledger.entries if e.policy == "health_insurance") for run in (calm, pressed)]
    assert cost[1] < cost[0]
    paid = [float(run.county.households.medical_out_of_pocket.sum(dtype=float)) for run in (calm, pressed)]
    assert paid[1] > paid[0]


def test_exits_that_hold_alone_are_fewer_than_exits(plan_for: Callable[..., Any]) -> None:
    calm, pressed = pair(plan_for, CALM, PRESSED)
    for run in (calm, pressed):
        h = run.county.households
        exited = (h.registry_exit_year == run.county.year) & (h.registry_status != 1)
        persons = float(h.members[exited].sum())
        assert 0 < of_all(run, "exits_without_support_persons")[-1] <= persons
