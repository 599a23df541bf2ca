"""Each invariant lets a sound policy pass and catches one that breaks it, in words that name the policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.policies.small import fen_of, kind
from tuopin import testing
from tuopin.agents.county import County
from tuopin.policies.ledger import Ledger
from tuopin.policies.own_columns import OwnColumns
from tuopin.policies.protocol import I16, Policy, Rows, column
from tuopin.sim.testing.world import tried

INVARIANTS: dict[str, Callable[..., None]] = {name: getattr(testing, name) for name in testing.__all__}


class _Posts(OwnColumns):
    posts: I16 = column("programme", "posts", 0, 99, "posts", "岗位")


class _Shared(OwnColumns):
    posts: I16 = column("programme", "posts", 0, 99, "posts", "岗位", split="older")


def work(columns: type[OwnColumns] = _Shared, **body: Any) -> type[Policy]:
    """A post and a wage for each household enrolled, counted in a column of its own."""

    def enrol(self: Policy, county: County, rows: Rows, places: Any) -> None:
        self.own(county).posts[rows] = 1  # type: ignore[attr-defined]

    def change_terms(self: Policy, county: County, ledger: Ledger) -> None:
        held = self.own(county).posts  # type: ignore[attr-defined]
        county.flows.wage_term += held * 500.0 * self.value("effect", county.year)

    rules = {"enrol": enrol, "change_terms": change_terms, "unit_cost": fen_of(800.0)}
    own = {"own_columns": columns, "own": lambda self, county: columns(self.name, county.households)}
    return kind("post", __module__="elsewhere", **{**rules, **own, **body})


def boundless(self: Policy, county: County, ledger: Ledger) -> None:
    county.flows.wage_term[self.enrolled(county)] += 300.0


def forgetful(self: Policy, county: County, ledger: Ledger) -> None:
    self.seen = getattr(self, "seen", 0) + 1  # type: ignore[attr-defined]
    county.flows.wage_term[self.enrolled(county)] += 100.0 * self.seen * self.value("effect", county.year)  # type: ignore[attr-defined]


def by_place_in_line(self: Policy, county: County, ledger: Ledger) -> None:
    """What others have added this year decides: who acts later sees more."""
    rows = self.enrolled(county) & (county.flows.entry_factor != 1.0)
    county.flows.wage_term[rows] += 300.0 * self.value("effect", county.year)


def by_row(self: Policy, county: County, ledger: Ledger) -> None:
    county.flows.wage_term[::7] += 300.0 * self.value("effect", county.year)


def fixed_room(self: Policy, county: County, rows: Rows) -> Any:
    left = 40 - int(self.enrolled(county).sum())
    return np.where(np.argsort(np.argsort(county.households.uid[rows])) < left, 0, -1)


@pytest.mark.parametrize("name", sorted(INVARIANTS))
def test_a_sound_policy_passes(name: str) -> None:
    INVARIANTS[name](work(), {"slots": 3000})


@pytest.mark.parametrize(
    ("name", "broken", "said"),
    [
        ("null_effect", work(change_terms=boundless), "post: with effect 0 it changes .*net_income_pp"),
        ("any_order", work(change_terms=by_row), "post: the order of households matters: .* differ"),
        ("splits_keep", work(_Posts), "post: where households split, post_posts grows from .* say split='share'"),
        ("resumes", work(change_terms=forgetful), "post: saved at the end of 2017 .*keeps.* differ"),
        ("scales", work(room=fixed_room), r"post: yuan paid, at full size, are .* declare capacities `scaled: true`"),
    ],
)
def test_one_that_breaks_it_is_told_how(name: str, broken: type[Policy], said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        INVARIANTS[name](broken, {"slots": 3000})


def test_one_that_reads_what_others_added_is_told_whom_it_depends_on() -> None:
    settings = {"slots": 3000}
    helper = kind("helper", change_terms=_raise_entry, __module__="elsewhere", unit_cost=fen_of(1.0))
    from tuopin.sim.testing import invariants

    beside = invariants.named
    try:
        invariants.named = lambda names: [helper({})]  # type: ignore[assignment]
        with pytest.raises(AssertionError, match="post: it matters whether it acts before or after low_income_support"):
            testing.any_order(work(change_terms=by_place_in_line), settings)
    finally:
        invariants.named = beside


def _raise_entry(self: Policy, county: County, ledger: Ledger) -> None:
    county.flows.entry_factor[self.enrolled(county)] *= 1.2


def test_money_beyond_what_is_given_is_told() -> None:
    def spend(self: Policy, county: County, ledger: Ledger) -> None:
        rows = np.flatnonzero(self.enrolled(county))
        ledger.post(self.name, "county", rows, np.full(len(rows), 100_000, dtype=np.int64))

    with pytest.raises(AssertionError, match=r"post: with a budget of 200000.0 .* BudgetExceeded"):
        testing.limits_hold(work(change_terms=spend), {})


@pytest.mark.parametrize("name", ["null_effect", "limits_hold"])
def test_where_nobody_enrols_nothing_is_tried(name: str) -> None:
    with pytest.raises(AssertionError, match="nobody is enrolled, so that nothing was tried; give it money or slots"):
        INVARIANTS[name](work(), {"slots": 0})


@pytest.mark.parametrize("name", ["any_order", "limits_hold", "resumes", "scales"])
@pytest.mark.parametrize("policy", ["low_income_support", "relocation", "cooperative"])
def test_shipped_policies_pass(name: str, policy: str) -> None:
    INVARIANTS[name](policy)


def test_an_installed_policy_goes_by_its_name_and_another_is_told() -> None:
    assert tried("relocation", None).name == "relocation"
    with pytest.raises(LookupError, match="no policy 'relocatoin' is installed; allowed: "):
        testing.null_effect("relocatoin")
