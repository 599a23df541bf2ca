"""Cadres by hand: hours, effort and exits on paper under pressure, plans and deadlines, pairs, money of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.agents.registry_cases import HARD, of_villages
from tests.policies.dole import Dole
from tuopin.agents.columns import EXITED
from tuopin.agents.county import County
from tuopin.agents.randomness import CADRES, Luck
from tuopin.agents.review import review
from tuopin.policies.cycle import open_programmes, run_programmes
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy, Set
from tuopin.policies.staff.cadre_support.rules import CadreSupport
from tuopin.sim.run.recorder import Recorder
from tuopin.sim.run.run import Run
from tuopin.sim.run.year import influenced
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study

TEAM = {"team_size": 5, "hours_per_member": 300, "formalism": 0.2}


def placed(by_hand: Callable[..., County], size: int, settings: dict[str, Any], **more: Any) -> Any:
    """A county and its cadres, whose hours of the year are there."""
    policy = CadreSupport(settings)
    beside = more.pop("policies", ())
    parameters, mechanisms = more.pop("parameters", HARD), more.pop("mechanisms", None)
    place = of_villages(more.get("villages", 1))
    county = by_hand(size, parameters, mechanisms, policies=(policy, *beside), place=place, **more)
    county.reset_terms()
    policy.protect(county)
    return county, policy


def test_t1_hours_of_a_team(by_hand: Callable[..., County]) -> None:
    county, policy = placed(by_hand, 2, TEAM, villages=2, village=[0, 1])
    assert county.villages.hours_term.tolist() == [1200.0, 1200.0]  # 5 x 300 x .8
    assert policy.report(county)["team_hours"] == 2400 and policy.report(county)["covered_villages"] == 2


@pytest.mark.parametrize(("formalism", "hours"), [(0.0, 1500.0), (0.6, 600.0), (1.0, 0.0)])
def test_formalism_takes_hours(by_hand: Callable[..., County], formalism: float, hours: float) -> None:
    county, _ = placed(by_hand, 1, {**TEAM, "formalism": formalism})
    assert county.villages.hours_term.tolist() == [pytest.approx(hours)]


def test_t2_the_neediest_are_enrolled_within_the_hours(by_hand: Callable[..., County]) -> None:
    """Three hundred households at six hours each ask 1,800 hours of 1,200: two hundred are enrolled."""
    dole = Dole({"hours_per_household": 6, "take_up": 1.0, "budget": None})
    order = np.argsort(Luck(4, 1).uniform(CADRES, 0, np.arange(300)))
    county, policy = placed(
        by_hand,
        300,
        TEAM,
        mechanisms={"cadre_limits": True},
        policies=(dole,),
        registry_status=1,
        net_income_pp=1000.0 + order,
    )
    county.villages.hours[:] = 0.0
    both: list[Policy] = [policy, dole]
    ledger = Ledger()
    open_programmes(county, both, ledger)
    run_programmes(county, both, ledger)
    np.testing.assert_array_equal(dole.enrolled(county), order < 200)
    assert county.notes["hours_asked_of_teams"] == 1800 and county.notes["hours_of_teams"] == 1200


@pytest.mark.parametrize(("pressure", "gain", "hours", "on_paper"), [(1.0, 1.0, 1320.0, 4), (1.0, 0.0, 1320.0, 0)])
def test_t3_pressure_raises_hours_and_certifies_on_paper(
    by_hand: Callable[..., County], pressure: float, gain: float, hours: float, on_paper: int
) -> None:
    """A plan of six persons, two of them secure: at full pressure and gain the other four are certified too."""
    settings = {**TEAM, "pressure": pressure, "effort_gain": 0.1, "paper_gain": gain, "plan": {2017: 6}}
    incomes = [1000.0, 1100.0, 1200.0, 1300.0, 1400.0, 1500.0, 8000.0, 9000.0]
    county, policy = placed(
        by_hand,
        8,
        settings,
        mechanisms={"spillovers": True},
        registry_status=1,
        net_income_pp=incomes,
        poor_true=True,
    )
    assert county.villages.hours_term.tolist() == [pytest.approx(hours)]
    county.parameters = influenced(Run(county, [policy], Ledger(), Recorder(2016, 2017)))
    review(county)
    gone = county.households.registry_status == EXITED
    assert gone.sum() == 2 + on_paper and gone[6:].all()
    assert policy.report(county)["paper_exits_persons"] == on_paper
    assert county.households.poor_true.all() and county.households.net_income_pp.tolist() == incomes


@pytest.mark.parametrize("planned", [0, 1, 3, 7, 8, 13])
def test_a_plan_is_in_persons_to_the_last_one(by_hand: Callable[..., County], planned: int) -> None:
    """Of 49 registered, whatever became of who was registered when the year began."""
    county, policy = placed(
        by_hand,
        60,
        {"plan": {2017: planned}},
        mechanisms={"spillovers": True},
        registry_status=[1] * 49 + [0] * 11,
        net_income_pp=9000.0,
    )
    county.parameters = influenced(Run(county, [policy], Ledger(), Recorder(2016, 2017)))
    county.households.registry_status[:2] = 0  # struck off before the review
    review(county)
    assert (county.households.registry_status == EXITED).sum() == planned


def test_without_a_plan_of_its_own_that_of_the_place_stands(by_hand: Callable[..., County]) -> None:
    county, policy = placed(by_hand, 1, {})
    assert policy.influence(county) == {}


@pytest.mark.parametrize(
    ("deadline", "year", "moves"),
    [
        (0, 2018, {}),
        (2018, 2017, {}),
        (2018, 2018, {"registry.exit_margin": Set(0.8)}),
        (2018, 2019, {}),  # the place's own has come
        (2021, 2019, {"registry.deadline_margin": Set(1.1)}),
        (2021, 2021, {}),
    ],
)
def test_a_deadline_before_or_after_the_places_own(
    by_hand: Callable[..., County], deadline: int, year: int, moves: dict[str, Any]
) -> None:
    county, policy = placed(by_hand, 1, {"deadline": deadline})
    county.year = year
    assert policy.influence(county) == moves


@pytest.mark.parametrize(
    ("first", "share", "covered"),
    [
        ("remotest", 1.0, [0, 1, 2, 3]),
        ("remotest", 0.5, [0, 3]),
        ("weakest", 0.5, [0, 2]),
        ("remotest", 0.0, []),
    ],
)
def test_listed_villages_come_first_then_the_remotest_or_the_weakest(
    by_hand: Callable[..., County], first: str, share: float, covered: list[int]
) -> None:
    county, policy = placed(by_hand, 4, {"first": first, "coverage": share}, villages=4, village=[0, 1, 2, 3])
    v = county.villages
    v.listed[0] = True
    v.remoteness[:] = [0.1, 0.2, 0.3, 0.9]
    v.cadre_quality[:] = [1.0, 0.5, -1.0, 0.0]
    assert np.flatnonzero(policy.covered(county)).tolist() == covered
    v.hours_term[:] = 0
    policy.protect(county)
    assert np.flatnonzero(v.hours_term).tolist() == covered


def test_teams_leave_after_their_last_year(by_hand: Callable[..., County]) -> None:
    for until, there in ((2016, False), (2017, True)):
        county, _ = placed(by_hand, 1, {"stay_until": until})
        assert bool(county.villages.hours_term.any()) is there


@pytest.mark.parametrize(("turnover", "replaced"), [(0.0, 0), (0.2, 2)])
def test_turnover_replaces_the_worst_teams(by_hand: Callable[..., County], turnover: float, replaced: int) -> None:
    policy = CadreSupport({"turnover": turnover})
    county = by_hand(10, HARD, policies=(policy,), villages=10, village=list(range(10)))
    quality = np.array([0.3, -2.0, 0.1, 0.2, -1.5, 0.0, 0.4, 0.5, -0.1, 0.6])
    county.villages.cadre_quality[:] = quality
    county.reset_terms()
    policy.protect(county)
    changed = np.flatnonzero(county.villages.quality_term)
    assert changed.tolist() == [1, 4][:replaced]
    fresh = county.luck.normals(54, 2017, county.villages.uid[changed])
    np.testing.assert_allclose((quality + county.villages.quality_term)[changed], fresh)


@pytest.mark.parametrize(("hours", "factor", "asked"), [(0.0, None, None), (1.0, 0.5, 2.0), (3.0, 0.5, 6.0)])
def test_diagnosis_takes_hours_and_lowers_errors_of_causes(
    by_hand: Callable[..., County], hours: float, factor: float | None, asked: float | None
) -> None:
    county, policy = placed(by_hand, 3, {"diagnosis_hours": hours}, registry_status=[1, 1, 0])
    assert policy.influence(county) == ({} if factor is None else {"every.cause_error": factor})
    work = policy.work(county)
    assert (None if work is None else work.tolist()) == (None if asked is None else [asked])


def test_diagnosis_counts_where_there_are_teams(by_hand: Callable[..., County]) -> None:
    given = {"diagnosis_hours": 1.0, "coverage": 0.5}
    county, policy = placed(by_hand, 2, given, villages=2, village=[0, 1], registry_status=1)
    assert policy.influence(county) == {"every.cause_error": 0.75}
    assert sorted(policy.work(county).tolist()) == [0.0, 1.0]


@pytest.mark.parametrize("factor", [1.0, 0.3])
def test_delegation_shortens_delays(by_hand: Callable[..., County], factor: float) -> None:
    county, policy = placed(by_hand, 1, {"delegation": factor})
    assert policy.influence(county) == ({} if factor == 1.0 else {"every.delay": factor})


@pytest.mark.parametrize(("share", "effect", "factor"), [(0.0, 1, 1.0), (1.0, 1, 1.02), (1.0, 0, 1.0)])
def test_pairs_add_hours_and_what_they_earn_is_free(
    by_hand: Callable[..., County], share: float, effect: float, factor: float
) -> None:
    given = {**TEAM, "paired_share": share, "hours_per_pair": 10, "help_effect": 0.02, "effect": effect}
    county, policy = placed(by_hand, 3, given, registry_status=[1, 1, 0])
    assert county.villages.hours_term.tolist() == [pytest.approx(1200 + share * 2 * 10 * 0.8)]
    policy.change_terms(county, Ledger())
    assert county.flows.income_factor.tolist() == pytest.approx([factor, factor, 1.0])


def test_keep_is_paid_by_the_sending_unit(by_hand: Callable[..., County]) -> None:
    county, policy = placed(by_hand, 2, {"cost_per_member": 60000, "team_size": 3}, villages=2, village=[0, 1])
    ledger = Ledger()
    ledger.open_year(2017, 2)
    policy.change_terms(county, ledger)
    paid = [(e.payer, e.fen / 100) for e in ledger.close_year(county.households.members) if e.fen]
    assert paid == [("sending_unit", 360000.0)]


@pytest.mark.parametrize(("money", "effect", "each"), [(0, 1, 0.0), (60000, 1, 4500.0), (60000, 0, 0.0)])
def test_a_model_cadres_money_reaches_one_village(
    by_hand: Callable[..., County], money: float, effect: float, each: float
) -> None:
    """60,000 yuan among two registered households of the best team's village, at .15: 4,500 each."""
    given = {"own_money": money, "own_return": 0.15, "effect": effect}
    county, policy = placed(by_hand, 4, given, villages=2, village=[0, 1, 1, 1], registry_status=[1, 1, 1, 0])
    county.villages.cadre_quality[:] = [-1.0, 1.0]
    ledger = Ledger()
    ledger.open_year(2017, 4)
    policy.change_terms(county, ledger)
    assert county.flows.business_term.tolist() == [0.0, each, each, 0.0]
    paid = [(e.payer, e.fen / 100) for e in ledger.close_year(county.households.members) if e.fen]
    assert paid == ([("sending_unit", 60000.0)] if money else [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"plan": {2017: 63_135}},
            "plan: 63,135 persons of lushi are to exit in 2017, but 63,134 are registered; allowed: at most 63,134",
        ),
        ({"deadline": 2016}, "deadline: 2016 is before the first simulated year; allowed: 2017 or later, or 0"),
    ],
)
def test_a_plan_or_deadline_that_cannot_be_is_refused(given: dict[str, Any], said: str) -> None:
    study = {"name": "x", "place": "lushi", "years": "2016-2018", "baseline": "a"}
    with pytest.raises(StudyError) as error:
        Study.from_dict({**study, "scenarios": {"a": {"cadre_support": given}}})
    assert f"scenarios.a.cadre_support.{said}" in str(error.value)
    good = {"plan": {2017: 63_134}, "deadline": 2017}
    assert Study.from_dict({**study, "scenarios": {"a": {"cadre_support": good}}})
