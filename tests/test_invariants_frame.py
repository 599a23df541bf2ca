"""Policies that use every rule of the frame: neutral they equal none bit for bit; active, neither order nor a break in
time matters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from tests.policies.small import PLAIN, fen_of, kind
from tuopin.agents import review as registry_review
from tuopin.agents.columns import COLUMNS
from tuopin.agents.county import County
from tuopin.agents.randomness import Luck
from tuopin.agents.rationing import within_budget
from tuopin.policies.guard import guarded
from tuopin.policies.ledger import Ledger, fen
from tuopin.policies.own_columns import OwnColumns
from tuopin.policies.protocol import F64, Policy, Report, Rows, column
from tuopin.sim.run.run import Run, begin
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.state import capture, resume
from tuopin.sim.run.tables import tables
from tuopin.sim.run.year import simulate_year

RATE = "registry.fall_detected"
SHIPPED = ("relocation", "cooperative", "low_income_support")


class _Debts(OwnColumns):
    debt: F64 = column("programme", "yuan", 0, 1e6, "owed to the fund", "欠款")


def neutral(name: str, **body: Any) -> type[Policy]:
    """Every rule there is, none of which does anything."""

    def zeros(self: Policy, county: County, *_: Any) -> Any:
        return np.zeros(len(county.households))

    def nothing(self: Policy, county: County, *_: Any) -> None:
        return None

    rules: dict[str, Any] = dict.fromkeys(
        ("prepare", "protect", "strike", "release", "recount", "change_terms", "employ", "reimburse", "transfer"),
        nothing,
    )
    rules |= {
        "settle": nothing,
        "work": lambda self, county: np.zeros(len(county.villages)),
        "refer": lambda self, county: {"skills": zeros(self, county)},
        "influence": lambda self, county: {RATE: 1.0, "every.take_up": 1.0},
        "choose": lambda self, county, willing, policies: willing,
        "rounds": lambda self, county: 2,
        "review": lambda self, county, ledger: registry_review.review(county),
        "yearly_cost": fen_of(0.0),
        "unit_cost": fen_of(0.0),
        "report": lambda self, county: {"owed": 0.0},
        "withdraw": lambda self, county: np.zeros(len(county.households), dtype=np.bool_),
    }
    declared = {
        "influences": (RATE, "every.take_up"),
        "measures": ("skills",),
        "holds": ("review",),
        "exclusive": "tag",
        "reports": (Report("owed", "yuan", "owed", "欠款"),),
        "writes": ("registry_status", "registered_since", "registry_exit_year", "cause"),
    }
    return kind(name, **{**rules, **declared, **body})


def lender() -> type[Policy]:
    """Lends on a yearly grant, gets the money back, and settles what is not paid."""

    def own(self: Policy, county: County) -> _Debts:
        return _Debts(self.name, county.households)

    def enrol(self: Policy, county: County, rows: Rows, places: Any) -> None:
        self.own(county).debt[rows] = 900.0  # type: ignore[attr-defined]
        county.households.productive_assets[rows] += 900.0

    def change_terms(self: Policy, county: County, ledger: Ledger) -> None:
        county.flows.repayment_term += np.minimum(self.own(county).debt, 300.0)  # type: ignore[attr-defined]

    def settle(self: Policy, county: County, ledger: Ledger) -> None:
        debt = self.own(county).debt  # type: ignore[attr-defined]
        due = np.minimum(debt, 300.0)
        debt -= np.maximum(due - county.flows.repayment_unpaid, 0.0)
        lost = np.flatnonzero((county.flows.repayment_unpaid > 0) & (due > 0))
        owed = fen(np.minimum(county.flows.repayment_unpaid[lost], due[lost]))
        uid = county.households.uid[lost]
        met = within_budget(uid, uid, owed, ledger.left(self.name) or 0)  # what enrolment has left of the year's money
        ledger.post(self.name, "guarantee", lost[met], owed[met])

    return kind(
        "lender",
        own_columns=_Debts,
        own=own,
        enrol=enrol,
        change_terms=change_terms,
        settle=settle,
        measures=("industry",),
        writes=("productive_assets",),
        unit_cost=fen_of(900.0),
        yearly_cost=fen_of(20.0),
        exclusive="tag",
        reports=(Report("owed_yuan", "yuan", "owed", "欠款", stock=True),),
        report=lambda self, county: {"owed_yuan": float(fen(self.own(county).debt).sum()) / 100.0},
    )


def finder() -> type[Policy]:
    """Sends the poor outside the register to a loan, asks hours, shields from illness, moves numbers."""

    def refer(self: Policy, county: County) -> Mapping[str, F64]:
        h = county.households
        return {"industry": np.where((h.registry_status == 0) & (h.net_income_pp < 3000.0), 0.5, 0.0)}

    def protect(self: Policy, county: County) -> None:
        county.flows.illness_risk *= np.where(county.households.chronic > 0, 0.5, 1.0).astype(np.float32)

    def choose(
        self: Policy, county: County, willing: Mapping[str, Rows], policies: Sequence[Policy]
    ) -> Mapping[str, Rows]:
        uid = county.households.uid
        names = [policy.name for policy in policies if policy.enrols and policy.level == "household"]
        chosen = {name: willing[name][uid[willing[name]] % len(names) == k] for k, name in enumerate(names)}
        return {**willing, **chosen}

    return kind(
        "finder",
        enrols=False,
        refer=refer,
        protect=protect,
        choose=choose,
        rounds=lambda self, county: 2,
        work=lambda self, county: np.full(len(county.villages), 40.0),
        influences=(RATE, "every.leakage"),
        influence=lambda self, county: {RATE: 1.5, "every.leakage": 1.1},
    )


def active() -> list[Policy]:
    """The two, a programme for villages and a second one under the lender's tag, guarded as plug-ins are."""
    road = kind("road", level="village", unit_cost=fen_of(500.0), yearly_cost=fen_of(50.0))
    rival = kind("rival", exclusive="tag", unit_cost=fen_of(100.0))
    settings: Mapping[str, dict[str, Any]] = {
        "lender": {**PLAIN, "budget": {2017: 6e4, 2018: 3e4, 2019: 1e3, 2020: 6e4}, "hours_per_household": 2.0},
        "road": {**PLAIN, "slots": 5},
        "rival": {**PLAIN, "slots": 2000, "leakage": 0.1},
        "finder": {},
    }
    kinds = (finder(), lender(), rival, road)
    return [guarded(type(one.__name__, (one,), {"__module__": "elsewhere"}))(settings[one.name]) for one in kinds]


@pytest.fixture(scope="module")
def plan(plan_for: Callable[..., Any]) -> Any:
    return plan_for({"none": {}, "all": {name: {} for name in SHIPPED}}, years="2016-2020", scale=0.02)


@pytest.fixture(scope="module")
def initial(plan: Any) -> County:
    county: County = county_of(plan, "lushi", 0)
    return county


def shipped(plan: Any) -> list[Policy]:
    from tuopin.sim.run.setup import policies_of

    return policies_of(plan, "all", 0)


def lived(initial: County, policies: Sequence[Policy]) -> Run:
    run = begin(initial.fork(), policies, 2020, panel=True)
    while not run.finished:
        simulate_year(run)
    return run


def test_a_policy_whose_rules_are_all_neutral_equals_none(plan: Any, initial: County) -> None:
    without = lived(initial, shipped(plan))
    idle = [neutral("idle")(PLAIN), neutral("abiding", enrols=False, holds=())(PLAIN)]
    with_it = lived(initial, [*shipped(plan), *idle])
    one, other = without.county.households, with_it.county.households
    assert [n for n in COLUMNS if one.column(n).tobytes() != other.column(n).tobytes()] == []
    rows = {name: sorted(map(str, run.ledger.entries)) for name, run in (("a", without), ("b", with_it))}
    assert rows["a"] == rows["b"]
    assert idle[0].enrolled(with_it.county).any()  # it does enrol; it only does nothing


def same(one: Run, other: Run) -> None:
    first, second = tables(one, "lushi", "x", 0), tables(other, "lushi", "x", 0)
    for name in ("panel", "costs", "spells", "limits", "persons"):
        assert first[name].to_pandas().equals(second[name].to_pandas()), name


def test_the_order_of_policies_and_of_rows_does_not_matter(initial: County) -> None:
    straight = lived(initial, active())
    lender = next(policy for policy in straight.policies if policy.name == "lender")
    assert lender.enrolled(straight.county).any() and any(e.payer == "guarantee" for e in straight.ledger.entries)
    assert {e.policy for e in straight.ledger.entries} >= {"lender", "rival", "road"}
    same(straight, lived(initial, active()[::-1]))
    mixed = initial.fork()
    mixed.households = initial.households.take(np.argsort(Luck(9, 9).uniform(2, 0, initial.households.uid)))
    same(straight, lived(mixed, active()))


@pytest.mark.parametrize("year", [2016, 2018])
def test_resumed_it_goes_on_as_it_was(initial: County, year: int) -> None:
    run = begin(initial.fork(), active(), 2020, panel=True)
    while run.year < year:
        simulate_year(run)
    again = resume(capture(run), active(), panel=True)
    for one in (run, again):
        while not one.finished:
            simulate_year(one)
    same(run, again)
