"""What a plug-in changes without having said so, the luck and the money of others: each is seen and named."""

from __future__ import annotations

import builtins
import math
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from tests.policies.dole import Dole
from tuopin.agents.columns import REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.agents.flows import TERMS
from tuopin.agents.parameters import Parameters, model_parameters
from tuopin.agents.randomness import COOPERATIVE, ILLNESS, STREAM_OWNERS, STREAMS, TAKE_UP, TARGETING, declare_stream
from tuopin.policies import guard
from tuopin.policies.catalogue import catalogue
from tuopin.policies.ledger import Ledger
from tuopin.policies.own_columns import OwnColumns
from tuopin.policies.protocol import F64, Policy, column
from tuopin.policies.untouched import PolicyFault
from tuopin.sim.run import setup
from tuopin.sim.run.task import simulate_task
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.study import Study

SIZE = 6
Rule = Callable[..., Any]


class _Columns(OwnColumns):
    debt: F64 = column("programme", "yuan", 0, 1e6, "debt to the programme", "项目借款")


class Sound(Dole):
    """Dole with columns of its own, as of another package."""

    own_columns = _Columns
    writes = ("savings",)


def bad(**rules: Any) -> Policy:
    return guard.guarded(type("Bad", (Sound,), {"__module__": "elsewhere", **rules}))({})


@pytest.fixture
def county(by_hand: Callable[..., County]) -> Callable[[Policy], County]:
    def make(policy: Policy) -> County:
        made: County = by_hand(SIZE, registry_status=REGISTERED_POOR)
        made.households.declare(policy.columns())
        return made

    return make


def writing(change: Callable[[County], object]) -> Rule:
    def rule(self: Policy, county: County, *given: Any) -> None:
        change(county)

    return rule


def _put(county: County, name: str, value: Any) -> None:
    county.households.column(name)[0] = value


COLUMN_WRITES: dict[str, Callable[[County], object]] = {
    "land": lambda county: _put(county, "land", 5.0),
    "income_pp": lambda county: county.households.income_pp.__iadd__(1.0),
    "poor_true": lambda county: setattr(county.households, "poor_true", np.ones(SIZE, dtype=bool)),
    "uid": lambda county: county.households.uid.sort() or _put(county, "uid", 7),
    "debt_due_1": lambda county: county.households.set("debt_due_1", np.full(SIZE, 3.0)),
    "registry_status": lambda county: np.copyto(county.households.registry_status, 2),
}


@pytest.mark.parametrize("name", ["prepare", "strike", "change_terms", "employ"])
@pytest.mark.parametrize("which", COLUMN_WRITES)
def test_a_write_to_a_column_not_declared_is_named(county: Callable[..., County], which: str, name: str) -> None:
    policy = bad(**{name: writing(COLUMN_WRITES[which])})
    here = county(policy)
    before = here.households.column(which).copy()
    with pytest.raises(PolicyFault, match=rf"^policy dole: {name} writes to .*column {which}.*; allowed: its own"):
        getattr(policy, name)(*((here, Ledger()) if name == "change_terms" else (here,)))
    assert here.households.column(which).flags.writeable and len(before) == SIZE


def test_columns_of_its_own_declared_ones_and_terms_may_be_written(county: Callable[..., County]) -> None:
    def write(self: Policy, county: County, ledger: Ledger) -> None:
        county.households.dole_debt[:] = 5.0
        county.households.savings[:] = 9.0
        county.flows.wage_term += 1.0

    policy = bad(change_terms=write)
    here = county(policy)
    policy.change_terms(here, Ledger())
    assert here.households.dole_debt.tolist() == [5.0] * SIZE
    assert here.households.savings.tolist() == [9.0] * SIZE and here.flows.wage_term.tolist() == [1.0] * SIZE


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda county: county.flows.array("net_income").fill(7.0), "writes to quantity net_income"),
        (lambda county: county.villages.hours.fill(1e6), r"writes to villages\.hours"),
        (lambda county: county.markets.price.fill(2.0), r"writes to markets\.price"),
        (lambda county: setattr(county, "year", 2030), "changes the county's year"),
        (lambda county: setattr(county, "scale", 0.5), "changes the county's scale"),
        (
            lambda county: county.mechanisms.update(motivation=not county.on("motivation")),
            "changes the county's mechanisms",
        ),
        (lambda county: county.notes.update(mine=1.0), "changes the county's notes"),
        (lambda county: setattr(county.markets, "weather", 3.5), r"changes the county's markets\.weather"),
        (lambda county: setattr(county.villages, "hours", np.ones(2)), r"changes the county's villages\.hours"),
        (lambda county: county.households.keep(np.arange(SIZE) > 0), "changes the county's households"),
        (lambda county: setattr(county, "households", county.households.copy()), "changes the county's households"),
        (lambda county: setattr(county.households.land.flags, "writeable", True), "opens column land for writing"),
        (lambda county: import_module("random").random(), "draws from Python's or numpy's own"),
        (lambda county: import_module("numpy.random").rand(), "draws from Python's or numpy's own"),
    ],
)
def test_what_is_around_the_households_stays(county: Callable[..., County], change: Any, told: str) -> None:
    policy = bad(change_terms=writing(change))
    here = county(policy)
    switches = dict(here.mechanisms)
    with pytest.raises(PolicyFault, match=rf"^policy dole: change_terms {told}"):
        policy.change_terms(here, Ledger())
    assert here.mechanisms == switches and here.year != 2030


EARLY = sorted(name for name, flow in TERMS.items() if flow.early)


@pytest.mark.parametrize("name", ["strike", "change_terms", "employ"])
@pytest.mark.parametrize("which", EARLY)
def test_a_risk_written_after_its_shock_is_drawn_is_refused(
    county: Callable[..., County], which: str, name: str
) -> None:
    policy = bad(**{name: writing(lambda county: county.flows.array(which).fill(0.5))})
    here = county(policy)
    told = rf"^policy dole: {name} writes to term {which}, not its own; allowed: .* \(those of the shocks before them"
    with pytest.raises(PolicyFault, match=told):
        getattr(policy, name)(*((here, Ledger()) if name == "change_terms" else (here,)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda county: county.villages.hours_term.fill(9.0), r"writes to villages\.hours_term"),
        (lambda county: county.villages.quality_term.fill(1.0), r"writes to villages\.quality_term"),
        (lambda county: county.markets.demand.fill(2.0), r"writes to markets\.demand"),
        (lambda county: county.markets.unsold.fill(0.5), r"writes to markets\.unsold"),
        (lambda county: setattr(county, "vacancies", 5.0), r"changes the county's vacancies"),
    ],
)
def test_a_rule_that_returns_something_writes_to_no_term(county: Callable[..., County], change: Any, told: str) -> None:
    policy = bad(withdraw=lambda self, county: change(county) or np.zeros(SIZE, dtype=bool))
    here = county(policy)
    with pytest.raises(PolicyFault, match=rf"^policy dole: withdraw {told}"):
        policy.withdraw(here)
    assert here.vacancies == 0.0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda numbers, dated: numbers[dated].value.update({2017: 9.0}), "changes the county's parameter DATED;"),
        (lambda numbers, dated: numbers[dated].value.clear(), "changes the county's parameter DATED;"),
        (lambda numbers, dated: numbers[dated].changed.update({2017: 9.0}), "changes the county's parameter DATED;"),
        (lambda numbers, dated: numbers.entries.clear(), "raised AttributeError"),
        (lambda numbers, dated: numbers.entries.update({dated: None}), "raised AttributeError"),
        (lambda numbers, dated: numbers.entries.pop(dated), "raised AttributeError"),
    ],
)
def test_numbers_that_all_scenarios_share_stay(county: Callable[..., County], change: Any, told: str) -> None:
    """A plug-in that changed them would change the scenarios simulated after it in the same process, in silence."""
    dated = next(id for id, number in model_parameters().items() if number.dated)
    policy = bad(change_terms=writing(lambda county: change(county.parameters, dated)))
    here = county(policy)
    here.parameters = Parameters(model_parameters())
    number = model_parameters()[dated]
    assert isinstance(number.value, dict)
    before = dict(number.value)
    with pytest.raises(PolicyFault, match=rf"^policy dole: change_terms {told.replace('DATED', dated)}"):
        policy.change_terms(here, Ledger())
    assert here.parameters[dated] is number and number.value == before and number.changed == {}


def test_a_rule_that_answers_writes_no_terms_and_no_argument(county: Callable[..., County]) -> None:
    def of_terms(self: Policy, county: County, rows: Any) -> Any:
        county.flows.wage_term[:] = 1.0
        return np.zeros(len(rows))

    def of_rows(self: Policy, county: County, rows: Any) -> Any:
        rows[:] = 0
        return np.zeros(len(rows))

    for rule, told in ((of_terms, "writes to term wage_term"), (of_rows, "writes to its argument 1")):
        policy = bad(need=rule)
        with pytest.raises(PolicyFault, match=f"^policy dole: need {told}, not its own"):
            policy.need(county(policy), np.arange(3))


def test_settings_of_numpy_end_with_the_rule(county: Callable[..., County]) -> None:
    policy = bad(change_terms=writing(lambda county: np.seterr(all="raise")))
    before = np.geterr()
    policy.change_terms(county(policy), Ledger())
    assert np.geterr() == before


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda county: setattr(np, "flatnonzero", len), r"changes numpy\.flatnonzero"),
        (lambda county: setattr(builtins, "len", sum), r"changes builtins\.len"),
        (lambda county: setattr(math, "log", math.exp), r"changes math\.log"),
        (lambda county: sys.setrecursionlimit(sys.getrecursionlimit() + 7), "changes how Python runs"),
        (lambda county: sys.settrace(lambda *given: None), "changes how Python runs"),
    ],
)
def test_python_stays_what_it_is(county: Callable[..., County], change: Any, told: str) -> None:
    policy = bad(strike=writing(change))
    here, before = county(policy), (np.flatnonzero, len, math.log, sys.getrecursionlimit(), sys.gettrace())
    with pytest.raises(PolicyFault, match=f"^policy dole: strike {told}; allowed"):
        policy.strike(here)
    assert (np.flatnonzero, len, math.log, sys.getrecursionlimit(), sys.gettrace()) == before


def test_filters_of_warnings_are_put_back(county: Callable[..., County]) -> None:
    policy = bad(strike=writing(lambda county: warnings.simplefilter("error")))
    before = warnings.filters[:]
    policy.strike(county(policy))
    assert warnings.filters == before


@pytest.fixture
def streams() -> Any:
    """A stream declared by this package and one that is another's; both forgotten afterwards."""
    own = declare_stream("a stream of the tests", 61_000)
    STREAMS["of another plug-in"], STREAM_OWNERS[61_001] = 61_001, "another_plug_in"
    yield own
    for name in ("a stream of the tests", "of another plug-in"):
        STREAM_OWNERS.pop(STREAMS.pop(name))


DRAWS: list[Callable[[County, int, int], object]] = [
    lambda county, stream, block: county.luck.uniform(stream, 2018, county.households.uid, block),
    lambda county, stream, block: county.luck.normals(stream, 2018, county.households.uid, block),
    lambda county, stream, block: county.luck.uniforms(stream, 2018, county.households.uid, 4, block),
    lambda county, stream, block: county.luck.draws(stream, 2018, block=block),
]


@pytest.mark.usefixtures("streams")
@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize(
    ("stream", "told"),
    [
        (ILLNESS, r"the stream 'illness' \(22\)"),
        (COOPERATIVE, r"the stream 'cooperative' \(51\)"),
        (TAKE_UP, r"the stream 'take-up' \(41\)"),
        (TARGETING, r"the stream 'targeting' \(40\)"),
        (61_001, r"the stream 'of another plug-in' \(61001\)"),
        (61_002, r"a stream not declared \(61002\)"),
    ],
)
def test_luck_of_others_is_refused(county: Callable[..., County], draw: Any, stream: int, told: str) -> None:
    policy = bad(strike=writing(lambda county: draw(county, stream, 0)))
    with pytest.raises(PolicyFault, match=f"^policy dole: strike draws luck from {told}; allowed: a stream of its own"):
        policy.strike(county(policy))


@pytest.mark.parametrize("draw", DRAWS)
def test_luck_of_its_own_is_drawn(county: Callable[..., County], streams: int, draw: Any) -> None:
    policy = bad(strike=writing(lambda county: draw(county, streams, 0)))
    here = county(policy)
    luck = here.luck
    policy.strike(here)
    assert here.luck is luck
    mine = bad(strike=writing(lambda county: draw(county, TAKE_UP, policy.block)))
    mine.strike(county(mine))


@pytest.mark.parametrize(
    "post",
    [
        lambda ledger: ledger.post("relocation", "county", np.array([0]), np.array([100])),
        lambda ledger: ledger.post_leakage("relocation", 100),
        lambda ledger: ledger.post_background("base_pension", "fund", np.ones(SIZE)),
    ],
)
def test_money_of_others_is_refused(county: Callable[..., County], post: Callable[[Ledger], None]) -> None:
    ledger = Ledger()
    ledger.open_year(2018, SIZE)
    policy = bad(change_terms=lambda self, county, book: post(book))
    with pytest.raises(PolicyFault, match="change_terms raised AmountRefused: dole: the ledger is given money of"):
        policy.change_terms(county(policy), ledger)
    post(ledger)  # nobody acts any more


@pytest.mark.parametrize(
    "change",
    [
        lambda ledger: ledger.set_budget("dole", 2**62, None),
        lambda ledger: ledger.open_year(2019, SIZE),
        lambda ledger: ledger.close_year(np.ones(SIZE, dtype=int)),
        lambda ledger: ledger.entries.clear(),
        lambda ledger: ledger.post("dole", "\udcff", np.array([0]), np.array([1])),
        lambda ledger: ledger.post("dole", None, np.array([0]), np.array([1])),
    ],
)
def test_accounts_and_budgets_are_not_the_policys_to_change(county: Callable[..., County], change: Any) -> None:
    ledger = Ledger()
    ledger.open_year(2018, SIZE)
    ledger.post("dole", "county", np.array([0]), np.array([1]))
    ledger.close_year(np.ones(SIZE, dtype=int))
    ledger.open_year(2019, SIZE)
    policy = bad(change_terms=lambda self, county, book: change(book))
    with pytest.raises(PolicyFault, match=r"^policy dole: change_terms (raised|changes the accounts of closed)"):
        policy.change_terms(county(policy), ledger)


@pytest.mark.parametrize("name", ["value", "setting"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), "x", [1], 1j])
def test_a_setting_is_a_number(name: str, value: Any) -> None:
    policy = bad(**{name: lambda self, name, year: value})
    with pytest.raises(PolicyFault, match=rf"^policy dole: {name} returns .* for start in 2018; allowed: a finite"):
        getattr(policy, name)("start", 2018)


def test_a_policy_takes_its_settings() -> None:
    with pytest.raises(PolicyFault, match="__init__ leaves the settings out"):
        bad(__init__=lambda self, settings, luck=None: None)


def test_enrolment_is_paid_in_full(county: Callable[..., County]) -> None:
    def half(self: Policy, county: County, ledger: Ledger, rows: Any, fen: Any) -> None:
        ledger.post(self.name, "county", rows, fen // 2)

    ledger = Ledger()
    ledger.open_year(2018, SIZE)
    policy = bad(pay_enrolment=half)
    with pytest.raises(PolicyFault, match="pay_enrolment posts 100 fen; allowed: all of the 200 fen"):
        policy.pay_enrolment(county(policy), ledger, np.arange(2), np.array([100, 100]))


@pytest.mark.parametrize("rows", [[-1], [2], [0.0]])
def test_the_ledger_takes_rows_that_are_households(rows: list[float]) -> None:
    ledger = Ledger()
    ledger.open_year(2018, 2)
    with pytest.raises(ValueError, match="rows that are no households; allowed: whole numbers from 0 to 1"):
        ledger.post("dole", "county", np.array(rows), np.array([100]))


def test_watching_moves_no_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    everything: dict[str, Any] = {n: {} for n, p in catalogue().items() if p.__module__.startswith("tuopin.")}
    study = {"name": "g", "place": "lushi", "years": "2016-2019", "replicates": 1, "baseline": "all"}
    plan = make_plan(Study.from_dict({**study, "scenarios": {"all": everything}}), 0.03)
    (free,) = simulate_task(plan, "lushi", 1, ["all"])
    monkeypatch.setattr(setup, "is_built_in", lambda policy: False)
    (watched,) = simulate_task(plan, "lushi", 1, ["all"])
    assert watched.error is None
    for name, table in free.frames.items():
        assert watched.frames[name].to_pandas().equals(table.to_pandas()), name  # undefined figures are equal here
