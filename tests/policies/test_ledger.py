"""The ledger: exact in fen, budgets refused before anything is posted, recipients counted once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.policies.ledger import MOST_FEN, AmountRefused, BudgetExceeded, Entry, Ledger, fen, is_public


def _ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@pytest.fixture
def ledger() -> Ledger:
    book = Ledger()
    book.open_year(2018, 4)
    book.set_budget("allowance", 1000, 3)
    book.set_budget("open", None, None)
    return book


def test_entries_by_hand(ledger: Ledger) -> None:
    ledger.post("allowance", "county", _ints(0, 2), _ints(300, 200))
    ledger.post("allowance", "county", _ints(2, 3), _ints(100, 0))  # row 2 again; row 3 received nothing
    ledger.post("allowance", "central", _ints(2), _ints(50))
    ledger.post_leakage("allowance", 7)
    ledger.post("open", "x", _ints(1), _ints(10**12))
    ledger.post_background("pension", "fund", np.array([0.0, 0.025, 0.025, 0.0]), 2.0)
    assert (ledger.spent("allowance"), ledger.left("allowance"), ledger.left("open")) == (657, 343, None)
    closed = ledger.close_year(np.array([3, 1, 4, 2], dtype=np.int16))
    assert (
        closed
        == ledger.entries
        == [
            Entry(2018, "allowance", "central", "spent", 1, 4, 50, 1000, 3),
            Entry(2018, "allowance", "county", "spent", 2, 7, 600, 1000, 3),
            Entry(2018, "allowance", "leakage", "spent", 0, 0, 7, 1000, 3),
            Entry(2018, "open", "x", "spent", 1, 1, 10**12, None, None),
            Entry(2018, "pension", "fund", "spent", 2, 5, 10, None, None),
        ]
    )


def test_what_a_household_received_is_all_it_was_paid_and_nothing_it_paid(ledger: Ledger) -> None:
    assert ledger.received("allowance").tolist() == [0, 0, 0, 0]
    ledger.post("allowance", "county", _ints(0, 2), _ints(300, 200))
    ledger.post("allowance", "central", _ints(3, 2, 3), _ints(5, 50, 7), "lent")  # row 3 twice, in no order
    ledger.post("allowance", "household", _ints(0, 1), _ints(11, 13), "own")
    ledger.post_leakage("allowance", 7)
    ledger.post("open", "x", _ints(1), _ints(17))
    assert ledger.received("allowance").tolist() == [300, 0, 250, 12]
    assert ledger.received("open").tolist() == [0, 17, 0, 0]
    ledger.open_year(2019, 2)
    assert ledger.received("allowance").tolist() == [0, 0]


def test_a_payment_beyond_the_budget_is_refused_and_nothing_posted(ledger: Ledger) -> None:
    ledger.post("allowance", "county", _ints(0), _ints(999))
    with pytest.raises(BudgetExceeded, match=r"allowance: 0\.02 yuan in 2018, 0\.01 left"):
        ledger.post("allowance", "central", _ints(1, 2), _ints(1, 1))
    with pytest.raises(BudgetExceeded, match=r"leakage of 0\.02 yuan"):
        ledger.post_leakage("allowance", 2)
    ledger.post("allowance", "county", _ints(1), _ints(1))  # the last fen can be spent
    assert ledger.left("allowance") == 0
    assert [(e.payer, e.households, e.fen) for e in ledger.close_year(np.ones(4, dtype=int))] == [("county", 2, 1000)]


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("kind", [np.int64, np.int32])
@pytest.mark.parametrize(
    ("row", "amount", "said"),
    [(3, 1, ""), (4, 1, "rows that are no households"), (-1, 1, "rows that are no"), (1, -1, "amounts of -1 to")],
)
def test_what_is_no_payment_is_refused_wherever_it_stands(
    ledger: Ledger, at: int, kind: type, row: int, amount: int, said: str
) -> None:
    rows, amounts = np.array([0, 1, 2], dtype=kind), np.array([5, 5, 5], dtype=kind)
    rows[at], amounts[at] = row, amount
    if said:
        with pytest.raises(AmountRefused, match=said):
            ledger.post("open", "x", rows, amounts)
    else:
        ledger.post("open", "x", rows, amounts)
    assert ledger.spent("open") == (0 if said else 11)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_more_than_anybody_can_be_paid_is_refused_wherever_it_stands(ledger: Ledger, at: int) -> None:
    amounts = _ints(1, 1, 1)
    amounts[at] = MOST_FEN + 1
    with pytest.raises(AmountRefused, match=f"amounts of 1 to {MOST_FEN + 1} fen"):
        ledger.post("open", "x", _ints(0, 1, 2), amounts)


def test_years_are_apart(ledger: Ledger) -> None:
    ledger.post("allowance", "county", _ints(0), _ints(900))
    ledger.close_year(np.ones(4, dtype=int))
    ledger.open_year(2019, 2)
    assert ledger.left("allowance") is None  # no budget is set yet
    ledger.set_budget("allowance", 500, None)
    assert ledger.left("allowance") == 500
    ledger.post("allowance", "county", _ints(1), _ints(400))
    ledger.close_year(np.array([1, 6]))
    assert [(e.year, e.fen, e.persons) for e in ledger.entries] == [(2018, 900, 1), (2019, 400, 6)]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 4), st.integers(0, 10**9)), max_size=30
    ),
    st.integers(0, 10**10),
)
def test_sums_are_exact_and_budgets_hold(postings: list[tuple[str, str, int, int]], budget: int) -> None:
    ledger, expected, people = Ledger(), {}, {}
    ledger.open_year(2018, 5)
    for policy in "ab":
        ledger.set_budget(policy, budget, None)
    for policy, payer, row, amount in postings:
        if sum(v for (p, _), v in expected.items() if p == policy) + amount > budget:
            with pytest.raises(BudgetExceeded):
                ledger.post(policy, payer, _ints(row), _ints(amount))
            continue
        ledger.post(policy, payer, _ints(row), _ints(amount))
        expected[policy, payer] = expected.get((policy, payer), 0) + amount
        people.setdefault((policy, payer), set()).update({row} if amount else set())
    closed = ledger.close_year(np.full(5, 2))
    assert {(e.policy, e.payer): e.fen for e in closed} == expected
    assert {(e.policy, e.payer): e.households for e in closed} == {k: len(v) for k, v in people.items()}
    assert all(e.persons == 2 * e.households for e in closed)


def test_fen_rounds_halves_up() -> None:
    assert fen(np.array([0.0, 0.004, 0.005, 1.0, 1234567.89, -0.004])).tolist() == [0, 0, 1, 100, 123456789, 0]
    assert fen(np.array([[0.1, 0.2], [0.3, 0.4]])).tolist() == [[10, 20], [30, 40]]
    assert fen(np.array([0.1, 9.0, 0.2, 9.0])[::2]).tolist() == [10, 20]


def test_kinds_of_money_are_apart_and_the_budget_bounds_them_together(ledger: Ledger) -> None:
    ledger.post("allowance", "household", _ints(0, 1), _ints(20, 30), "own")
    ledger.post("allowance", "household", _ints(1), _ints(5))
    ledger.post("allowance", "bank", _ints(3), _ints(900), "lent")
    ledger.post("allowance", "bank", _ints(3), _ints(40), "invested")
    assert ledger.left("allowance") == 5
    with pytest.raises(BudgetExceeded):
        ledger.post("allowance", "household", _ints(2), _ints(6), "own")
    with pytest.raises(ValueError, match="'given'; allowed: spent, lent, invested, own"):
        ledger.post("allowance", "household", _ints(2), _ints(1), "given")
    closed = ledger.close_year(np.array([3, 1, 4, 2], dtype=np.int16))
    assert [(e.payer, e.kind, e.households, e.persons, e.fen, e.villages) for e in closed] == [
        ("bank", "invested", 1, 2, 40, 0),
        ("bank", "lent", 1, 2, 900, 0),
        ("household", "own", 2, 4, 50, 0),
        ("household", "spent", 1, 1, 5, 0),
    ]
    assert [kind for kind in ("spent", "lent", "invested", "own") if is_public(kind)] == ["spent"]
