"""A bad policy fails its own run, and the message says which policy, which rule and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.policies.dole import Dole
from tuopin.agents.columns import REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.policies.catalogue import catalogue
from tuopin.policies.guard import PolicyFault, guarded
from tuopin.policies.ledger import AmountRefused, Ledger
from tuopin.policies.own_columns import OwnColumns
from tuopin.policies.protocol import F64, Policy, Set, column
from tuopin.sim.run import setup
from tuopin.sim.run.setup import make_policies
from tuopin.sim.run.task import simulate_task
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.study import Study

SIZE = 6


class _Columns(OwnColumns):
    debt: F64 = column("programme", "yuan", 0, 1e6, "debt to the programme", "项目借款")


def bad(**rules: Callable[..., Any]) -> type[Policy]:
    """Dole with some of its rules replaced, guarded as one of another package is."""
    body = {"__module__": "elsewhere", "own_columns": _Columns, **rules}
    return guarded(type("Bad", (Dole,), body))


@pytest.fixture
def year(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> Callable[[type[Policy]], County]:
    """Every rule of a policy once, in the order of the year."""

    def live(kind: type[Policy]) -> County:
        policy = kind({})
        county = by_hand(SIZE, policies=(policy,), registry_status=REGISTERED_POOR)
        policy.prepare(county)
        policy.influence(county)
        policy.strike(county)
        ledger = programmes(county, policy)
        policy.employ(county)
        policy.reimburse(county, None)
        policy.reimburse(county, ledger)
        policy.transfer(county, ledger)
        policy.expected_gain(county)
        policy.since(county)[:2] = county.year
        policy.release(county, np.arange(2))
        return county

    return live


def rule(value: Any) -> Callable[..., Any]:
    """A rule that returns `value`, or what it gives for the arguments."""
    return lambda self, *given: value(*given) if callable(value) else value


def term(name: str, value: float) -> Callable[..., None]:
    def write(self: Policy, county: County, *_: Any) -> None:
        county.flows.array(name)[:] = value

    return write


def common(part: str, name: str, value: float) -> Callable[..., None]:
    """A rule that writes a term of villages, lines or, where `part` is empty, the county."""

    def write(self: Policy, county: County, *_: Any) -> None:
        if part:
            getattr(getattr(county, part), name)[0] = value
        else:
            setattr(county, name, value)

    return write


def own(value: float) -> Callable[..., None]:
    def write(self: Policy, county: County, *_: Any) -> None:
        county.households.column("dole_debt")[0] = value

    return write


def raising(error: BaseException) -> Callable[..., None]:
    def fail(self: Policy, *_: Any) -> None:
        raise error

    return fail


class _Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


RETURNS: dict[str, list[Any]] = {
    "withdraw": [None, np.ones(SIZE, int), np.ones(SIZE - 1, bool), [True] * SIZE],
    "eligible": [None, np.ones(SIZE + 1, bool), np.ones((SIZE, 1), bool), np.ones(SIZE), True],
    "observe": [None, np.zeros(SIZE)],
    "need": [np.full(SIZE, np.nan), np.zeros(3), "low", np.full(SIZE, np.inf), np.array(["a"] * SIZE)],
    "rank": [
        None,
        lambda county, rows, observed: np.full(len(rows), np.nan),
        lambda county, rows, observed: np.zeros(len(rows) + 1),
    ],
    "take_up": [np.nan, -0.1, 1.1, "all", np.full(SIZE, 2.0), np.ones(2), None, True],
    "willingness": [np.full(SIZE, -1.0), np.zeros(1), None],
    "unit_cost": [
        lambda county, rows, observed: np.full(len(rows), 2**62),
        lambda county, rows, observed: np.full(len(rows), -1),
        lambda county, rows, observed: np.full(len(rows), 100.0),
        lambda county, rows, observed: np.zeros(len(rows) + 1, dtype=np.int64),
        lambda county, rows, observed: np.zeros((len(rows), 2), dtype=np.int64),
        lambda county, rows, observed: np.full(len(rows), 2**63, dtype=np.uint64),
        lambda county, rows, observed: [100] * len(rows),
        lambda county, rows, observed: 100,
    ],
    "affordable": [
        None,
        lambda county, rows, left, observed: (rows, np.full(len(rows), -5)),
        lambda county, rows, left, observed: (rows[::-1], np.zeros(len(rows), dtype=np.int64)),
        lambda county, rows, left, observed: (rows + 1000, np.zeros(len(rows), dtype=np.int64)),
        lambda county, rows, left, observed: (rows, np.zeros(1, dtype=np.int64)),
        lambda county, rows, left, observed: (np.repeat(rows, 2), np.zeros(2 * len(rows), dtype=np.int64)),
        lambda county, rows, left, observed: rows,
    ],
    "room": [
        lambda county, rows: np.ones(len(rows), bool),
        lambda county, rows: np.full(len(rows), -2),
        lambda county, rows: np.zeros(len(rows)),
        lambda county, rows: np.zeros(len(rows) - 1, dtype=np.int64),
        None,
    ],
    "expected_gain": [np.full(SIZE, np.nan), np.zeros(SIZE - 1), 0.0, np.full(SIZE, 1e12)],
    "budget_fen": [-1, 1.5, "much", 2**63, True, np.nan],
    "slots": [-1, 2.5, "many", np.nan],
    "influence": [1.5, {"labour.separation_rate": 2.0}, {"no.such": 1.0}, {"labour.months": Set(3.0)}, [], "twice"],
    "enrol": [1],
    "change_terms": [{"wage_term": 1}],
}
CASES = [(name, rule(value)) for name, values in RETURNS.items() for value in values]
CASES += [
    (name, term(which, value))
    for name in ("change_terms", "employ", "reimburse", "transfer")
    for which, value in (("wage_term", np.nan), ("transfer_term", -np.inf), ("business_term", 1e300))
]
CASES += [("change_terms", term("entry_factor", -1.0)), ("change_terms", term("claimed_workers", -3))]
CASES += [
    ("change_terms", term(name, value))
    for name, value in (("repayment_term", -1.0), ("school_aid_term", -0.01), ("motivation_term", 1.5))
]
CASES += [
    (name, common(part, which, value))
    for name in ("change_terms", "employ")
    for part, which, value in (
        ("villages", "hours_term", np.nan),
        ("villages", "quality_term", 11.0),
        ("markets", "demand", -0.5),
        ("markets", "unsold", 1.01),
        ("", "vacancies", np.inf),
    )
]
CASES += [(name, own(value)) for name in ("prepare", "enrol", "release") for value in (np.nan, -1.0, 2e6)]
CASES += [
    (name, raising(error))
    for name in ("prepare", "unit_cost", "change_terms")
    for error in (SystemExit(0), ValueError("\udcff"), _Unspeakable(), MemoryError(), GeneratorExit(), StopIteration())
]


@pytest.mark.parametrize(("name", "broken"), CASES)
def test_a_bad_rule_is_refused_by_name(year: Callable[[type[Policy]], County], name: str, broken: Any) -> None:
    with pytest.raises(PolicyFault, match=rf"^policy dole: {name} (returns|leaves|raised) "):
        year(bad(**{name: broken}))


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 80


def test_a_sound_policy_passes_and_its_writes_stay(year: Callable[[type[Policy]], County]) -> None:
    county = year(bad(change_terms=term("wage_term", 5.0), enrol=own(100.0)))
    assert (county.flows.array("wage_term") == 5.0).all()
    assert county.households.column("dole_debt").tolist() == [100.0, *[0.0] * (SIZE - 1)]


def test_terms_of_villages_lines_and_county_within_bounds_stay(year: Callable[[type[Policy]], County]) -> None:
    def write(self: Policy, county: County, ledger: Ledger) -> None:
        county.villages.hours_term += 40.0
        county.villages.quality_term[0] = -0.5
        county.markets.demand[3], county.markets.unsold[3] = 1.3, 0.25
        county.vacancies += 6.0

    county = year(bad(change_terms=write))
    assert (county.villages.hours_term == 40.0).all() and county.villages.quality_term[0] == -0.5
    assert (county.markets.demand[3], county.markets.unsold[3], county.vacancies) == (1.3, 0.25, 6.0)


def test_the_message_says_what_is_allowed(year: Callable[[type[Policy]], County]) -> None:
    with pytest.raises(PolicyFault) as caught:
        year(bad(unit_cost=RETURNS["unit_cost"][0] and rule(RETURNS["unit_cost"][0])))
    wrong = f"returns {2**62} for a household; allowed: whole fen from 0 to 1e+13"
    assert str(caught.value) == f"policy dole: unit_cost {wrong}"


def test_a_policy_of_another_package_is_guarded_and_a_built_in_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = type("Foreign", (Dole,), {"__module__": "elsewhere", "unit_cost": rule(None)})
    known = {**catalogue(), "dole": foreign}
    monkeypatch.setattr(setup, "catalogue", lambda: known)
    made = make_policies({"dole": {}, "relocation": {}})
    assert [type(policy) is known[policy.name] for policy in made] == [False, True]
    assert isinstance(made[0], foreign) and type(made[0]).__name__ == "Foreign"


def test_built_in_policies_keep_what_the_guard_demands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "is_built_in", lambda policy: False)
    everything = {name: {} for name, policy in catalogue().items() if policy.__module__.startswith("tuopin.")}
    study = {"name": "g", "place": "lushi", "years": "2016-2020", "replicates": 1, "baseline": "all"}
    plan = make_plan(Study.from_dict({**study, "scenarios": {"all": everything}}), 0.03)
    (outcome,) = simulate_task(plan, "lushi", 1, ["all"])
    assert outcome.error is None


POSTINGS: list[Any] = [
    np.array([-1, 2], dtype=np.int64),
    np.array([2**62, 2**62], dtype=np.int64),
    np.array([10**13 + 1, 0], dtype=np.int64),
    np.array([1.0, 2.0]),
    np.array([np.nan, 2.0]),
    np.array([1, 2, 3], dtype=np.int64),
    np.array([[1, 2]], dtype=np.int64),
    [1, 2],
]


@pytest.mark.parametrize("fen", POSTINGS)
def test_the_ledger_refuses_what_is_no_payment(fen: Any) -> None:
    book = Ledger()
    book.open_year(2018, 3)
    with pytest.raises(AmountRefused, match=r"^dole .*the ledger is given .*; allowed: "):
        book.post("dole", "county", np.array([0, 1]), fen)
    assert book.spent("dole") == 0 and book.close_year(np.ones(3, dtype=int)) == []


@pytest.mark.parametrize("fen", [-1, 2**62 + 1])
def test_the_ledger_refuses_leakage_that_is_none(fen: int) -> None:
    book = Ledger()
    book.open_year(2018, 3)
    with pytest.raises(AmountRefused, match="leakage"):
        book.post_leakage("dole", fen)


@pytest.mark.parametrize("units", [[-1.0, 1.0], [np.nan, 1.0], [np.inf, 1.0], [1e12, 1.0]])
def test_the_ledger_refuses_ordinary_transfers_that_are_none(units: list[float]) -> None:
    book = Ledger()
    book.open_year(2018, 2)
    with pytest.raises(AmountRefused, match="pension: the ledger is given amounts"):
        book.post_background("pension", "fund", np.array(units))
