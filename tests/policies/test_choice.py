"""Where programmes exclude each other, and where somebody chooses: nobody twice, nothing exceeded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policies.small import fen_of, members, small
from tuopin.agents.columns import REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.policies.guard import PolicyFault, guarded
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy, Rows
from tuopin.policies.reports import WAITING
from tuopin.sim.run.year_state import reported

SIZE = 8


def home(name: str, settings: dict[str, Any] | None = None, **body: Any) -> Policy:
    return small(name, settings, exclusive="home", **body)


def village(by_hand: Callable[..., County], *policies: Policy, size: int = SIZE) -> County:
    return by_hand(
        size, policies=policies, registry_status=REGISTERED_POOR, net_income_pp=np.arange(size) * 100.0 + 200.0
    )


def once(county: County, *policies: Policy) -> None:
    """Nobody is enrolled in two of these."""
    assert (sum(policy.enrolled(county).astype(int) for policy in policies) <= 1).all()


def test_one_tag_one_programme_in_the_same_year_and_later(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    a, b = home("a", {"slots": 3}), home("b", {"slots": 4})
    county = village(by_hand, a, b)
    programmes(county, a, b)
    assert (members(county, a), members(county, b)) == ([0, 1, 2], [3, 4, 5, 6])
    county.year += 1
    programmes(county, a, b)
    assert (members(county, a), members(county, b)) == ([0, 1, 2, 7], [3, 4, 5, 6])


def test_who_is_passed_on_for_want_of_room_does_not_take_what_another_was_granted(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    """In `a` the first two find no room; its money goes on to the next, of whom 2 and 3 are already granted `b`."""
    a = home("a", {"slots": 2}, room=lambda self, county, rows: np.where(rows < 2, -1, 0))
    b = home("b", {"slots": 2})
    county = village(by_hand, a, b)
    programmes(county, a, b)
    once(county, a, b)
    assert (members(county, a), members(county, b)) == ([4, 5], [2, 3])


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 700), st.integers(0, 7)), min_size=2, max_size=3),
    st.integers(1, 3),
    st.integers(0, 12),
    st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_slots_money_hours_and_tags_hold_whatever_is_chosen(
    by_hand: Callable[..., County],
    programmes: Callable[..., Ledger],
    offers: list[tuple[int, int, int]],
    rounds: int,
    hours: int,
    chosen: bool,
) -> None:
    kinds = [
        home(
            f"p{k}",
            {"slots": slots, "budget": float(yuan), "hours_per_household": 1.0},
            room=lambda self, county, rows, full=full: np.where(rows % 8 < full, -1, 0),
        )
        for k, (slots, yuan, full) in enumerate(offers)
    ]
    policies = [*kinds, chooser(rounds)] if chosen else kinds
    county = village(by_hand, *kinds)
    county.mechanisms["cadre_limits"] = True
    county.villages.hours[:] = hours
    ledger = programmes(county, *policies)
    once(county, *kinds)
    for policy, (slots, yuan, _) in zip(kinds, offers, strict=True):
        rows = members(county, policy)
        assert len(rows) <= slots and ledger.spent(policy.name) == 10_000 * len(rows) <= yuan * 100
        assert reported(policy, county, ledger)[WAITING.name] >= 0
    assert sum(len(members(county, policy)) for policy in kinds) <= hours


def chooser(rounds: int = 1) -> Policy:
    """A module that lets each household apply to one programme at a time, in the order of names from its own row."""

    def choose(
        self: Policy, county: County, willing: Mapping[str, Rows], policies: Sequence[Policy]
    ) -> Mapping[str, Rows]:
        names = sorted(willing)
        enrolled = np.zeros(len(county.households), dtype=bool)
        for policy in policies:
            if policy.enrols:
                enrolled |= policy.enrolled(county)
        first: dict[int, str] = {}
        for name in names:
            for row in willing[name].tolist():
                if not enrolled[row]:
                    first.setdefault(row, name)
        return {name: np.array([r for r in willing[name].tolist() if first.get(r) == name], int) for name in names}

    return small("choice", enrols=False, choose=choose, rounds=lambda self, county: rounds)


@pytest.mark.parametrize(("rounds", "second"), [(1, []), (2, [3, 4, 5, 6, 7])])
def test_who_finds_no_place_is_asked_again(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger], rounds: int, second: list[int]
) -> None:
    a, b, one = small("a", {"slots": 3}), small("b", unit_cost=fen_of(5.0)), chooser(rounds)
    county = village(by_hand, a, b)
    ledger = programmes(county, a, b, one)
    assert (members(county, a), members(county, b)) == ([0, 1, 2], second)
    assert ledger.spent("b") == 500 * len(second)
    # eight applied to `a`; to `b` only who was asked again
    assert reported(a, county, ledger)[WAITING.name] == 5.0
    assert reported(b, county, ledger)[WAITING.name] == 0.0


def test_without_a_chooser_everybody_applies_everywhere(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    a, b = small("a"), small("b")
    county = village(by_hand, a, b)
    programmes(county, a, b)
    assert members(county, a) == members(county, b) == list(range(SIZE))


@pytest.mark.parametrize("given", [{"a": np.array([9])}, {"a": np.array([1, 0])}, {"a": [0]}, {}, {"b": np.array([0])}])
def test_a_choice_of_who_is_not_willing_is_refused(by_hand: Callable[..., County], given: Any) -> None:
    policy = guarded(type(small("bad", enrols=False, choose=lambda self, *_: given, __module__="elsewhere")))({})
    with pytest.raises(PolicyFault, match="policy bad: choose returns"):
        policy.choose(by_hand(SIZE), {"a": np.arange(SIZE)}, [])
