"""Monitoring by hand: who is listed and why, for how long, to what he is sent, and what it costs the teams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.agents.registry_cases import EXACT, of_villages
from tuopin.agents.columns import EXITED, EXITED_UNSTABLE, NEAR_POOR, OUTSIDE, REGISTERED_POOR, RELAPSED
from tuopin.agents.county import County
from tuopin.agents.randomness import MONITORING, Luck
from tuopin.policies.catalogue import catalogue
from tuopin.policies.cycle import open_programmes, run_programmes
from tuopin.policies.finding.monitoring.causes import first_year_share, seen_share
from tuopin.policies.finding.monitoring.looks import recorded
from tuopin.policies.finding.monitoring.packages import CAUSES, PACKAGES
from tuopin.policies.finding.monitoring.rules import Monitoring
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy
from tuopin.policies.referral import refer

ALL = {"sensitivity": 1.0, "false_alarm": 0.0, "cause_error": 0.0}
"""Who is at risk is found, nobody else, and his cause is written down as it is."""
ILL = {"major_bill": 1000.0}
EVENTS = ("jobs_lost", "animals_lost", "major_bill")
"""Of the year, not of the household."""


def watched(by_hand: Callable[..., County], size: int, settings: dict[str, Any], **columns: Any) -> Any:
    """A county and its monitoring, before this year's search."""
    policy = Monitoring({**ALL, **settings})
    beside = columns.pop("policies", ())
    events = {name: columns.pop(name) for name in EVENTS if name in columns}
    usual = {"net_income_pp": 4000.0, "net_income_pp_1": 4000.0}
    county = by_hand(size, EXACT, policies=(policy, *beside), place=of_villages(1), **{**usual, **columns})
    for name, value in events.items():
        getattr(county.flows, name)[:] = value
    return county, policy


def causes(county: County, policy: Monitoring) -> list[str]:
    own = policy.own(county)
    return [CAUSES[c] if since else "-" for c, since in zip(own.cause, own.listed, strict=True)]


def test_t1_who_is_at_risk_is_seen_in_three_rounds_of_a_half(by_hand: Callable[..., County]) -> None:
    share = seen_share(0.5, 3, np.ones(1))[0]
    assert share == 0.875 and 0.874 < share <= 0.876
    county, policy = watched(by_hand, 4000, {"rounds": 3, "sensitivity": 0.5}, **ILL)
    policy.strike(county)
    luck = county.luck.uniforms(52, county.year, county.households.uid, 4)[:, 0]
    np.testing.assert_array_equal(policy.own(county).listed > 0, luck < 0.875)
    assert policy.report(county)["edge_households"] == (luck < 0.875).sum() == policy.report(county)["found_households"]


def test_t2_illness_goes_to_medical_cover_and_an_allowance_nobody_delivers(by_hand: Callable[..., County]) -> None:
    insurance = catalogue()["health_insurance"]({"budget": None, "take_up": 1.0})
    county, policy = watched(by_hand, 1, {"most_measures": 2}, policies=(insurance,), off_farm=1, **ILL)
    policy.strike(county)
    both: list[Policy] = [insurance, policy]
    ledger = Ledger()
    open_programmes(county, both, ledger)
    run_programmes(county, both, ledger)
    report = policy.report(county)
    sent = {name: number for name, number in report.items() if name.startswith(("sent", "served", "undel")) and number}
    assert sent == {
        "sent_medical_households": 1,
        "sent_allowance_households": 1,
        "served_medical_households": 1,
        "undelivered_measures": 1,
    }


def test_t3_a_first_referral_covers_three_quarters_of_the_year(by_hand: Callable[..., County]) -> None:
    assert first_year_share(3, 1) == pytest.approx(0.75) and 1000 * first_year_share(3, 1) == pytest.approx(750)
    assert first_year_share(3, 0) == pytest.approx(1 - 1 / 6) and first_year_share(1, 12) == 0.0
    assert first_year_share(0, 0) == 0.0
    county, policy = watched(by_hand, 1, {"rounds": 3, "delay": 1}, off_farm=1, **ILL)
    policy.strike(county)
    assert policy.refer(county)["medical"].tolist() == [pytest.approx(0.75)]
    assert policy.report(county)["waited_months"] == pytest.approx(3.0)
    county.year = 2018  # still on the list: the whole year
    policy.strike(county)
    assert policy.refer(county)["medical"].tolist() == [1.0]
    assert policy.report(county)["waited_months"] == 0.0


CASES: list[tuple[str, dict[str, Any]]] = [
    ("illness", ILL),
    ("illness", {"medical_out_of_pocket": 4500.0}),
    ("disability", {"disabled": 1}),
    ("illness", {"disabled": 1, **ILL}),
    ("job", {"jobs_lost": 1}),
    ("disability", {"disabled": 1, "jobs_lost": 1}),
    ("industry", {"animals_lost": True}),
    ("job", {"jobs_lost": 1, "animals_lost": True}),
    ("schooling", {"upper_students": 1}),
    ("schooling", {"college_students": 1}),
    ("schooling", {"school_paid": 4500.0}),
    ("industry", {"animals_lost": True, "upper_students": 1}),
    ("other", {"net_income_pp": 2000.0, "net_income_pp_1": 4000.0}),
    ("-", {}),
    ("-", {"disabled": 1, "net_income_pp": 4600.0}),
    ("illness", {"medical_out_of_pocket": 8100.0, "net_income_pp": 8000.0}),
    ("-", {"net_income_pp": 3000.0, "net_income_pp_1": 4000.0}),
    ("-", {"disabled": 1, "registry_status": REGISTERED_POOR}),
    ("-", {"disabled": 1, "registry_status": RELAPSED}),
    ("disability", {"disabled": 1, "registry_status": EXITED}),
]


@pytest.mark.parametrize(("cause", "columns"), CASES, ids=[f"{cause} {list(given)}" for cause, given in CASES])
def test_the_first_cause_that_applies_is_recorded(
    by_hand: Callable[..., County], cause: str, columns: dict[str, Any]
) -> None:
    """The line is 3,000 yuan: under 4,500 with a cause, or bills above income, or a fall of more than .35."""
    county, policy = watched(by_hand, 1, {}, **columns)
    policy.strike(county)
    assert causes(county, policy) == [cause]


def test_a_new_disability_is_an_accident_an_epidemic_stops_workers_and_a_flood_strikes_land(
    by_hand: Callable[..., County],
) -> None:
    county, policy = watched(by_hand, 2, {}, disabled=0)
    county.households.disabled[0] = 1
    policy.strike(county)
    assert causes(county, policy) == ["accident", "-"]
    county.year = 2018
    policy.strike(county)  # written down once
    assert causes(county, policy) == ["accident", "-"]

    county, policy = watched(by_hand, 2, {"epidemic": {2017: 1}}, off_farm=[1, 0])
    policy.strike(county)
    assert causes(county, policy) == ["epidemic", "-"]

    county, policy = watched(by_hand, 2, {}, land=[2.0, 0.0])
    county.villages.crop_left[:] = 0.5
    policy.strike(county)
    assert causes(county, policy) == ["disaster", "-"]


def test_a_firm_lost_is_a_cause_where_a_programme_links_households_to_firms(by_hand: Callable[..., County]) -> None:
    cooperative = catalogue()["cooperative"]({})
    county, policy = watched(by_hand, 2, {}, policies=(cooperative,))
    county.households.column("cooperative_struck")[0] = True
    policy.strike(county)
    assert causes(county, policy) == ["industry", "-"]


@pytest.mark.parametrize(("wrong", "share"), [(0.0, 0.0), (0.3, 0.3), (1.0, 1.0)])
def test_causes_are_misnamed_as_any_other(wrong: float, share: float) -> None:
    u = Luck(1, 1).uniforms(MONITORING, 0, np.arange(9000), 2)
    true = np.repeat(np.arange(1, 10), 1000)
    named = recorded(true, wrong, u)
    assert (named != true).mean() == pytest.approx(share, abs=0.02)
    assert set(named.tolist()) == set(range(1, 10))


@pytest.mark.parametrize(("settings", "listed"), [({}, 0), ({"rounds": 0, "false_alarm": 0.02}, 0)])
def test_no_rounds_or_no_sight_list_nobody(
    by_hand: Callable[..., County], settings: dict[str, Any], listed: int
) -> None:
    county, policy = watched(by_hand, 500, {"sensitivity": 0.0 if not settings else 1.0, **settings}, **ILL)
    policy.strike(county)
    assert (policy.own(county).listed > 0).sum() == listed
    assert (county.households.registry_status == OUTSIDE).all() and policy.work(county).sum() == 0


@pytest.mark.parametrize(("supervised", "seen", "alarms"), [(0, 0.5, 0.2), (1, 0.6, 0.1)])
def test_supervision_sees_more_and_errs_less_at_hours(
    by_hand: Callable[..., County], supervised: int, seen: float, alarms: float
) -> None:
    size, settings = 6000, {"rounds": 1, "sensitivity": 0.5, "false_alarm": 0.2, "supervision": supervised}
    county, policy = watched(by_hand, size, settings, disabled=[k % 2 for k in range(size)])
    hours = policy.work(county)[0]
    assert hours == 40 * supervised
    policy.strike(county)
    found = policy.own(county).listed > 0
    assert found[1::2].mean() == pytest.approx(seen, abs=0.03)
    assert found[::2].mean() == pytest.approx(alarms, abs=0.02)


def test_a_hotline_lists_the_poor_who_are_left_out(by_hand: Callable[..., County]) -> None:
    for calls in (0.0, 0.1):
        size = 5000
        given = {"sensitivity": 0.0, "hotline": calls}
        county, policy = watched(by_hand, size, given, poor_true=[k % 2 == 0 for k in range(size)])
        policy.strike(county)
        listed = policy.own(county).listed > 0
        assert listed[::2].mean() == pytest.approx(calls, abs=0.015) and not listed[1::2].any()


def test_the_list_marks_who_is_looked_at_and_forgets_him_when_no_cause_holds_and_income_is_enough(
    by_hand: Callable[..., County],
) -> None:
    county, policy = watched(by_hand, 4, {}, disabled=1, registry_status=[OUTSIDE, EXITED, OUTSIDE, OUTSIDE])
    h, own = county.households, policy.own(county)
    policy.strike(county)
    assert h.registry_status.tolist() == [NEAR_POOR, EXITED_UNSTABLE, NEAR_POOR, NEAR_POOR]
    county.year = 2018
    h.net_income_pp[:] = h.net_income_pp_1[:] = [4600.0, 4600.0, 4400.0, 4600.0]
    h.disabled[:] = [0, 0, 0, 1]
    own.disabled[:] = 1
    policy.strike(county)
    # free; free, his exit looked at by the review; no cause, but too little; income, but the cause holds
    assert (own.listed > 0).tolist() == [False, False, True, True]
    assert h.registry_status.tolist() == [OUTSIDE, EXITED_UNSTABLE, NEAR_POOR, NEAR_POOR]
    assert not own.cause[:2].any()
    h.registry_status[2] = REGISTERED_POOR
    county.year = 2019
    policy.strike(county)
    assert not own.listed[2]  # who is registered again is watched there


@pytest.mark.parametrize(("rule", "stays"), [("cause_and_income", True), ("income", False)])
def test_whether_a_cause_that_lasts_keeps_a_household_of_good_income_is_a_rule(
    by_hand: Callable[..., County], rule: str, stays: bool
) -> None:
    county, policy = watched(by_hand, 1, {"release": rule}, disabled=1)
    policy.strike(county)
    county.year = 2018
    county.households.net_income_pp[:] = 4600.0
    policy.strike(county)
    assert bool(policy.own(county).listed[0]) is stays


@pytest.mark.parametrize("released", [0.0, 0.5, 1.0])
def test_release_on_paper_takes_off_who_is_at_risk_and_he_is_not_found_the_same_year(
    by_hand: Callable[..., County], released: float
) -> None:
    size = 3000
    county, policy = watched(by_hand, size, {"release_on_paper": released}, disabled=1)
    policy.strike(county)
    first = int((policy.own(county).listed > 0).sum())
    assert first == size
    county.year = 2018
    policy.strike(county)
    assert (policy.own(county).listed == 2017).mean() == pytest.approx(1 - released, abs=0.03)
    assert not (policy.own(county).listed == 2018).any()
    county.year = 2019
    policy.strike(county)  # still at risk: found anew
    assert (policy.own(county).listed == 2019).mean() == pytest.approx(released, abs=0.03)


@pytest.mark.parametrize("found", [0.0, 1.0])
def test_inspection_revokes_last_years_false_exits(by_hand: Callable[..., County], found: float) -> None:
    # exited last year under the line; above it; under it but two years ago
    county, policy = watched(
        by_hand,
        3,
        {"inspection": found, "sensitivity": 0.0},
        members=[2, 3, 4],
        registry_status=EXITED,
        registry_exit_year=[2016, 2016, 2015],
        net_income_pp=[2900.0, 3100.0, 2900.0],
    )
    policy.strike(county)
    back = [RELAPSED] if found else [EXITED]
    assert county.households.registry_status.tolist() == [*back, EXITED, EXITED]
    assert policy.report(county)["exits_revoked_persons"] == 2 * found


@pytest.mark.parametrize("factor", [1.0, 0.2])
def test_oversight_is_a_factor_on_leakage_and_distortions(by_hand: Callable[..., County], factor: float) -> None:
    county, policy = watched(by_hand, 1, {"oversight": factor})
    moves = policy.influence(county)
    assert moves == ({} if factor == 1.0 else dict.fromkeys(Monitoring.influences, factor))


def test_visits_take_hours_of_the_team_but_for_what_helpers_do(by_hand: Callable[..., County]) -> None:
    for settings, hours in (({}, 12 * 1.5 * 0.3), ({"helper_share": 1.0}, 0.0), ({"helper_share": 0.0}, 18.0)):
        county, policy = watched(by_hand, 3, settings, disabled=[1, 1, 0])
        policy.strike(county)
        assert policy.work(county).tolist() == [pytest.approx(2 * hours)]


def test_hours_not_had_lower_what_is_seen_the_year_after(by_hand: Callable[..., County]) -> None:
    county, policy = watched(by_hand, 4000, {"rounds": 1, "sensitivity": 0.8}, disabled=1)
    county.referrals.hours_share["monitoring"] = np.array([0.5])
    policy.change_terms(county, Ledger())
    policy.strike(county)
    assert (policy.own(county).listed > 0).mean() == pytest.approx(0.4, abs=0.03)


LACKS_ALL = {"housing_grade": 1, "land": 2.0, "off_farm": 0, "upper_students": 1}


@pytest.mark.parametrize("most", [0, 1, 2, 4])
@pytest.mark.parametrize("cause", list(PACKAGES))
def test_a_cause_goes_to_the_first_measures_of_its_package(
    by_hand: Callable[..., County], cause: str, most: int
) -> None:
    county, policy = watched(by_hand, 2, {"most_measures": most}, **LACKS_ALL)
    own = policy.own(county)
    own.listed[0], own.cause[0] = 2017, CAUSES.index(cause)
    sent = policy.refer(county)
    assert set(sent) == set(PACKAGES[cause][:most])
    assert all(share[0] == pytest.approx(0.75) and share[1] == 0 for share in sent.values())


def test_what_is_not_lacked_is_passed_over_and_packages_can_be_off(by_hand: Callable[..., County]) -> None:
    county, policy = watched(by_hand, 1, {}, housing_grade=3, off_farm=1, net_income_pp=5000.0)
    own = policy.own(county)
    own.listed[:], own.cause[:] = 2017, CAUSES.index("illness")
    assert set(policy.refer(county)) == {"medical"}  # a safe house, no idle hand, income over the limit
    off = Monitoring({"packages": 0})
    assert off.refer(county) == {}


def test_sent_and_served_are_counted_and_nothing_else_moves(by_hand: Callable[..., County]) -> None:
    county, policy = watched(by_hand, 3, {}, disabled=1)
    policy.strike(county)
    before = {name: county.households.column(name).copy() for name in county.households.table}
    refer(county, [policy])
    assert policy.report(county)["undelivered_measures"] == sum(
        int((share > 0).sum()) for share in county.referrals.by_measure.values()
    )
    assert all((county.households.column(name) == old).all() for name, old in before.items())
