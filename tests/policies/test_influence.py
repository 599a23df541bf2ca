"""Parameters moved for a year: within bounds, back the year after, for all policies alike under `every`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policies.small import PLAIN, kind
from tuopin.agents.parameters import model_parameters
from tuopin.policies.protocol import Policy, Set
from tuopin.sim.run.run import Run, begin
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.state import capture, resume
from tuopin.sim.run.year import influenced, simulate_year

RATE = "registry.fall_detected"


def mover(name: str, moves: Mapping[int, Mapping[str, float | Set]]) -> Policy:
    ids = [(id, isinstance(move, Set)) for year in moves.values() for id, move in year.items()]
    return kind(
        name,
        enrols=False,
        influences=tuple({id for id, is_set in ids if not is_set}),
        sets=tuple({id for id, is_set in ids if is_set}),
        influence=lambda self, county: moves.get(county.year, {}),
    )(PLAIN)


class _Run:
    """What `influenced` needs of a run."""

    def __init__(self, county: Any, *policies: Policy) -> None:
        self.county, self.policies, self.parameters = county, policies, county.parameters


def moved(by_hand: Callable[..., Any], id: str, *moves: float | Set) -> float:
    county = by_hand(1)
    policies = [mover(f"m{k}", {2017: {id: move}}) for k, move in enumerate(moves)]
    return influenced(_Run(county, *policies)).value(id, 2017)  # type: ignore[arg-type]


def test_factors_multiply_on_top_of_what_is_set(by_hand: Callable[..., Any]) -> None:
    own = model_parameters()[RATE].at(2017)
    assert moved(by_hand, RATE, 0.5, 0.5) == pytest.approx(0.25 * float(own))  # type: ignore[arg-type]
    assert moved(by_hand, RATE, Set(0.4), 0.5) == moved(by_hand, RATE, 0.5, Set(0.4)) == 0.2


@given(st.floats(0.0, 1e3), st.floats(0.0, 1e3))
def test_what_is_moved_stays_within_bounds(factor: float, other: float) -> None:
    from tuopin.agents.parameters import Parameters

    number = model_parameters()[RATE]
    numbers = Parameters(model_parameters()).moved(2017, {RATE: factor * other}, {})
    assert number.minimum <= numbers.value(RATE, 2017) <= number.maximum  # type: ignore[operator]


def test_every_moves_that_parameter_of_all_policies_for_one_year(by_hand: Callable[..., Any]) -> None:
    county = by_hand(1, year=2018)
    dole, given_own = kind("dole")({"take_up": 0.8}), kind("second")({"take_up": 0.5})
    hotline = mover("hotline", {2018: {"every.take_up": 0.5, "every.leakage": Set(0.2)}})
    run = _Run(county, dole, given_own, hotline)
    influenced(run)  # type: ignore[arg-type]
    assert [p.value("take_up", 2018) for p in (dole, given_own)] == [0.4, 0.25]
    assert dole.value("take_up", 2017) == dole.value("take_up", 2019) == 0.8
    assert dole.value("leakage", 2018) == 0.2 and dole.value("hours_per_household", 2018) == 1.0
    county.year = 2019
    influenced(run)  # type: ignore[arg-type]
    assert dole.value("take_up", 2019) == 0.8 and dole.value("leakage", 2019) == 0.0


@pytest.mark.parametrize("factor", [0.0, 3.0, 1e3])
def test_every_stays_within_the_bounds_of_each(factor: float) -> None:
    from tuopin.policies.settings import Moves

    policy = kind("dole", parameters={**kind("dole").parameters, **_bounded()})({"share": 0.6})
    policy.moved = Moves(2018, {"share": factor}, {})
    assert policy.value("share", 2018) == min(1.0, 0.6 * factor)


def _bounded() -> dict[str, Any]:
    from tuopin.agents.parameters import Parameter

    return {"share": Parameter("share", "dole", 0.5, "share", "a test", "well-known", minimum=0.0, maximum=1.0)}


def test_what_is_not_declared_is_refused(by_hand: Callable[..., Any]) -> None:
    policy = kind("m", enrols=False, influence=lambda self, county: {RATE: 2.0})(PLAIN)
    with pytest.raises(ValueError, match=rf"policy m: influence moves {RATE}; allowed: nothing"):
        influenced(_Run(by_hand(1), policy))  # type: ignore[arg-type]


@pytest.fixture
def run_of(plan_for: Callable[..., Any]) -> Callable[..., Run]:
    plan = plan_for({"none": {}}, years="2016-2019", scale=0.01)
    return lambda *policies: begin(county_of(plan, "lushi", 0).fork(), policies, 2019)


def test_the_year_after_the_numbers_are_what_they_were_and_a_state_remembers_none_of_it(
    run_of: Callable[..., Run],
) -> None:
    moves = {2017: {RATE: 0.5}, 2018: {RATE: Set(0.1)}}
    run = run_of(mover("m", moves))
    own, seen = run.county.value(RATE), []
    while not run.finished:
        simulate_year(run, lambda step, go: (seen.append(run.county.value(RATE)), go())[1])
        assert run.county.value(RATE) == own
    years = [seen[k] for k in range(0, len(seen), len(seen) // 3)]
    assert years == [pytest.approx(0.5 * own), 0.1, own]
    begun = run_of(mover("m", moves))
    simulate_year(begun)
    assert resume(capture(begun), []).county.value(RATE) == own
