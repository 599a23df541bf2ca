"""Identification by hand: look-back, audit, exits by procedure and on paper, a new line, two tracks, hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.agents.registry_cases import EXACT, HARD
from tuopin.agents.columns import CAUSES, EXITED, OUTSIDE, REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.agents.randomness import Luck
from tuopin.agents.registry import registered
from tuopin.policies.cycle import run_programmes
from tuopin.policies.finding.identification.judgement import Weights, predicted_log_income
from tuopin.policies.finding.identification.rules import Identification
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Set
from tuopin.policies.referral import refer
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study

ALONE = {"method": "none", "cause_error": 0.0}
"""Judged income is income as told, which without errors of targeting is income itself."""
STAY = {**HARD, "registry.exit_share": 0.0}


def reviewed(county: County, settings: dict[str, Any], hours: float = 1.0) -> Identification:
    policy = Identification({**ALONE, **settings})
    county.referrals.hours_share[policy.name] = np.full(len(county.villages), hours)
    policy.review(county, Ledger())
    return policy


def listed(county: County) -> list[int]:
    return np.flatnonzero(registered(county)).tolist()


def singles(by_hand: Callable[..., County], incomes: list[float], inside: int, **more: Any) -> County:
    status = [REGISTERED_POOR] * inside + [OUTSIDE] * (len(incomes) - inside)
    return by_hand(len(incomes), more.pop("parameters", STAY), net_income_pp=incomes, registry_status=status, **more)


TEN = [1000.0 * k for k in range(1, 11)]


def test_t1_an_audit_removes_the_doubtful(by_hand: Callable[..., County]) -> None:
    county = singles(by_hand, TEN, 10)
    policy = reviewed(
        county, {"audit_year": 2017, "doubtful_share": 0.2, "removed_of_doubtful": 1.0, "added_share": 0.0}
    )
    assert listed(county) == list(range(8))  # the 10,000 and the 9,000 leave
    assert policy.report(county)["register_removed_persons"] == 2
    assert (county.households.registry_status[8:] == OUTSIDE).all()


@pytest.mark.parametrize(("removed", "gone"), [(0.0, 0), (1.0, 2)])
def test_doubtful_are_removed_or_retained(by_hand: Callable[..., County], removed: float, gone: int) -> None:
    county = singles(by_hand, TEN, 10)
    asked = {"audit_year": 2017, "doubtful_share": 0.2, "removed_of_doubtful": removed, "added_share": 0.0}
    report = reviewed(county, asked).report(county)
    assert (report["register_removed_persons"], report["register_retained_persons"]) == (gone, 2 - gone)


def test_t2_an_audit_adds_the_poorest_outside(by_hand: Callable[..., County]) -> None:
    county = singles(by_hand, [*TEN, 700.0, 500.0, 900.0], 10)
    policy = reviewed(county, {"audit_year": 2017, "doubtful_share": 0.0, "added_share": 0.1})
    assert listed(county) == [*range(10), 11]  # a tenth of ten: the 500
    assert policy.report(county)["register_added_persons"] == 1
    assert county.households.registered_since[11] == 2017


@pytest.mark.parametrize(("paper", "leave"), [(1.0, {9, 8, 7, 6, 5}), (0.0, {9, 8}), (0.67, {9, 8, 7, 6})])
def test_t3_exits_on_paper(by_hand: Callable[..., County], paper: float, leave: set[int]) -> None:
    """Plan 5 persons, 2 of them secure: on paper the next three by judged income leave, whose true status stays."""
    incomes = [1000.0, 1200.0, 1400.0, 1600.0, 1800.0, 2000.0, 2200.0, 2400.0, 8000.0, 9000.0]
    plan = {**HARD, "registry.exit_share": 0.5}
    county = singles(by_hand, incomes, 10, parameters=plan, mechanisms={"spillovers": True}, poor_true=True)
    policy = reviewed(county, {"paper_exits": paper})
    assert set(np.flatnonzero(county.households.registry_status == EXITED).tolist()) == leave
    assert county.households.poor_true.all() and county.households.net_income_pp.tolist() == incomes
    assert policy.report(county)["paper_exits_persons"] == len(leave) - 2


def test_a_look_back_lists_as_many_in_every_village_and_the_poorest(by_hand: Callable[..., County]) -> None:
    # two villages: of the first one is listed, of the second two, not the poorest
    county = by_hand(
        6,
        STAY,
        villages=2,
        village=[0, 0, 1, 1, 1, 1],
        net_income_pp=[2000.0, 1000.0, 5000.0, 6000.0, 900.0, 800.0],
        registry_status=[1, 0, 1, 1, 0, 0],
    )
    policy = reviewed(county, {"lookback_year": 2017})
    assert listed(county) == [1, 4, 5]
    report = policy.report(county)
    assert (report["register_removed_persons"], report["register_added_persons"]) == (3, 3)


def test_what_is_not_checked_stays(by_hand: Callable[..., County]) -> None:
    for settings, hours in (({"checked": 0.0}, 1.0), ({}, 0.0)):
        county = singles(by_hand, [*TEN, 500.0], 10)
        reviewed(county, {"lookback_year": 2017, "audit_year": 2017, **settings}, hours)
        assert listed(county) == list(range(10))


@pytest.mark.parametrize("lack", ["house", "water", "cover", "school", "nothing"])
def test_guarantees_are_tested_where_asked(by_hand: Callable[..., County], lack: str) -> None:
    columns: dict[str, dict[str, Any]] = {
        "house": {"housing_grade": [1, 3]},
        "water": {"safe_water": [False, True]},
        "cover": {"insured": [False, True]},
        "school": {"members": 2, "pupils": 1},
        "nothing": {},
    }
    given = {"safe_water": True, **columns[lack]}
    for tested in (0, 1):
        county = by_hand(
            2,
            {**HARD, "registry.exit_share": 1.0},
            {"spillovers": True},
            net_income_pp=9000.0,
            registry_status=1,
            **given,
        )
        county.flows.dropout_factor[:] = [1e9, 0.0]  # the first one's pupils leave school, if it has any
        reviewed(county, {"guarantees_tested": tested})
        stays = [0] if tested and lack != "nothing" else []
        assert listed(county) == stays


@pytest.mark.parametrize(("share", "entered"), [(0.0, []), (0.5, [1]), (1.0, [1, 2])])
def test_a_raised_line_lets_in_a_share_of_who_is_newly_under_it(
    by_hand: Callable[..., County], share: float, entered: list[int]
) -> None:
    """1196 to 2300: of two newly under it the poorer first; who was under the old line is no new case."""
    county = singles(by_hand, [1100.0, 1300.0, 2000.0, 2400.0], 0)
    given = {"registry_line": {2015: 1196, 2017: 2300}, "intake_share": share}
    policy = Identification(given)
    assert policy.influence(county) == {"economy.registry_line": Set(2300.0)}
    county.parameters = county.parameters.moved(2017, {}, {"economy.registry_line": 2300.0})
    policy = reviewed(county, given)
    assert listed(county) == entered
    assert policy.report(county)["register_added_persons"] == len(entered)


def test_a_line_holds_from_its_year_until_the_next_and_the_first_rise_counts_too(
    by_hand: Callable[..., County],
) -> None:
    policy, county = Identification({**ALONE, "registry_line": {2017: 4000.0}, "intake_share": 1.0}), by_hand(1)
    lines = []
    for county.year in (2016, 2017, 2018):
        lines.append(policy.influence(county))
    assert lines == [{}, *[{"economy.registry_line": Set(4000.0)}] * 2]
    # the place's own line was 3,000: one household is newly under 4,000
    county = singles(by_hand, [2900.0, 3500.0, 4100.0], 0)
    county.parameters = county.parameters.moved(2017, {}, {"economy.registry_line": 4000.0})
    reviewed(county, {"registry_line": {2017: 4000.0}, "intake_share": 1.0})
    assert listed(county) == [1]
    county.year = 2018
    reviewed(county, {"registry_line": {2017: 4000.0}, "intake_share": 1.0})
    assert listed(county) == [1]


@pytest.mark.parametrize(
    ("false", "sharing", "gone"), [(0.0, 1.0, 0), (0.2, 0.0, 0), (0.2, 1.0, 2)], ids=["none", "unfound", "found"]
)
def test_false_entries_are_the_richest_and_data_sharing_finds_them(
    by_hand: Callable[..., County], false: float, sharing: float, gone: int
) -> None:
    county = singles(by_hand, TEN, 10)
    asked = {"audit_year": 2017, "doubtful_share": 0.0, "added_share": 0.0}
    policy = reviewed(county, {**asked, "false_entries": false, "data_sharing": sharing})
    assert listed(county) == list(range(10 - gone))
    assert policy.report(county)["false_entries_found_persons"] == gone


@pytest.mark.parametrize(("error", "wrong"), [(0.0, 0.0), (1.0, 1.0), (0.3, 0.3)])
def test_causes_are_recorded_wrongly(by_hand: Callable[..., County], error: float, wrong: float) -> None:
    county = by_hand(2000, {**EXACT, "registry.exit_share": 0.0}, net_income_pp=1000.0, disabled=1, able_workers=1)
    reviewed(county, {"cause_error": error})
    cause = county.households.cause[registered(county)]
    assert len(cause) == 2000  # all were found under the line
    assert (cause != CAUSES.index("disability")).mean() == pytest.approx(wrong, abs=0.04)
    assert cause.min() > 0


def test_looks_weigh_traits_and_meetings_and_training_lower_the_error(by_hand: Callable[..., County]) -> None:
    weights = Weights(0.5, 0.1, 0.1, -0.15, -0.15, -0.3, -0.1)
    county = by_hand(3, members=[2, 2, 2], able_workers=[2, 1, 0], elderly=[0, 0, 2], net_income_pp=3000.0)
    predicted = predicted_log_income(county, weights)
    assert predicted[0] - predicted[1] == pytest.approx(0.25)  # half a worker a member
    assert predicted[1] - predicted[2] == pytest.approx(0.25 + 0.3)
    assert np.median(predicted) == pytest.approx(np.log(3000.0))

    def spread(settings: dict[str, Any]) -> float:
        crowd = by_hand(3000, EXACT, {"targeting_error": True}, net_income_pp=3000.0, luck=Luck(3, 1))
        policy = Identification(settings)
        return float(np.std(policy._judged(crowd)))

    alone = spread({"method": "none"})
    both = spread({})
    assert alone == pytest.approx(0.5, rel=0.05)
    assert both == pytest.approx(0.5 * np.hypot(0.35, 0.30), rel=0.05)
    assert spread({"meetings": 0.5}) == pytest.approx(0.5 * both, rel=0.01)
    trained = 0.5 * np.hypot(0.35 * 0.6, 0.30)
    assert spread({"trained_share": 1.0, "training_gain": 0.4}) == pytest.approx(trained, rel=0.05)


def test_hours_are_asked_for_the_registered_and_in_a_check_for_all(by_hand: Callable[..., County]) -> None:
    county = singles(by_hand, [1000.0] * 5, 2)
    assert Identification({"hours_per_look": 0.5}).work(county).tolist() == [1.0]
    assert Identification({"hours_per_look": 0.5, "audit_year": 2017}).work(county).tolist() == [2.5]
    assert Identification({"hours_per_look": 3.0, "audit_year": 2018}).work(county).tolist() == [6.0]
    assert Identification({"hours_per_look": 0.0, "audit_year": 2017}).work(county).tolist() == [0.0]


@pytest.mark.parametrize("error", [0.0, 1.0])
def test_two_tracks_go_by_able_workers(by_hand: Callable[..., County], error: float) -> None:
    county = by_hand(3, able_workers=[1, 0, 1], registry_status=[1, 1, 0])
    policy = Identification({"two_track": 1, "track_error": error})
    refer(county, [policy])
    right, other = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    develops, allowed = (right, other) if error == 0 else (other, right)
    sent = {name: share.tolist() for name, share in county.referrals.by_measure.items()}
    assert sent == {"work": develops, "industry": develops, "allowance": allowed}
    report = policy.report(county)
    assert report["sent_to_development_households"] == report["sent_to_allowance_households"] == 1
    assert report["sent_wrongly_households"] == 2 * error
    refer(county, [off := Identification({})])
    assert not county.referrals.by_measure and off.report(county)["sent_to_allowance_households"] == 0


def test_the_share_of_hours_comes_from_the_programme_step(by_hand: Callable[..., County]) -> None:
    """Ten households at half an hour each ask five hours of a team that has two: two fifths are looked at."""
    county = singles(by_hand, TEN, 10, mechanisms={"cadre_limits": True})
    county.villages.hours[:] = 2.0
    policy = Identification({**ALONE, "hours_per_look": 0.5})
    ledger = Ledger()
    ledger.open_year(2017, 10)
    run_programmes(county, [policy], ledger)
    assert county.referrals.hours_share["identification"].tolist() == [0.4]
    assert county.notes["hours_asked_of_teams"] == 5.0 and county.notes["hours_of_teams"] == 2.0


def _study(identification: dict[str, Any], **keys: Any) -> Study:
    study = {"name": "x", "place": "lushi", "years": "2016-2018", "baseline": "a"}
    return Study.from_dict({**study, "scenarios": {"a": {"identification": identification}}, **keys})


@pytest.mark.parametrize("name", ["lookback_year", "audit_year"])
@pytest.mark.parametrize("year", [2016, 2019])
def test_a_check_outside_the_study_is_refused(name: str, year: int) -> None:
    with pytest.raises(StudyError) as error:
        _study({name: year})
    said = f"scenarios.a.identification.{name}: {year} is not simulated; allowed: a year in 2017..2018, or 0 for never"
    assert said in str(error.value)
    assert _study({name: 2017}).scenarios["a"]["identification"] == {name: 2017}


def test_nobody_can_be_added_where_only_the_registered_are_simulated() -> None:
    from tuopin.agents.place import Place

    place = Place.model_construct(name="somewhere", registered_only=True)
    policy = Identification({"audit_year": 2017})
    ((name, wrong, allowed),) = policy.problems(place, (2016, 2018))
    assert name == "added_share" and "registered households only: there is nobody to add" in wrong and allowed == "0"
    assert Identification({"audit_year": 2017, "added_share": 0.0}).problems(place, (2016, 2018)) == []
    assert Identification({}).problems(place, (2016, 2018)) == []
