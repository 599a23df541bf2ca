"""Scarcity: exact against brute force, ties by uid, and free of row order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.rationing import first_of_each, lowest, whole_part, within_budget

scores = st.lists(st.integers(-3, 3), min_size=0, max_size=40)
orders = st.randoms(use_true_random=False)


def _arrays(score: list[int], order: object) -> tuple[np.ndarray, np.ndarray]:
    uid = list(range(7, 7 + len(score)))
    order.shuffle(uid)  # type: ignore[attr-defined]
    return np.array(score, dtype=np.float64), np.array(uid, dtype=np.int64)


@given(scores, orders, st.integers(-2, 45))
def test_lowest_is_the_head_of_the_queue(score: list[int], order: object, slots: int) -> None:
    s, uid = _arrays(score, order)
    queue = sorted(range(len(s)), key=lambda i: (s[i], uid[i]))
    assert lowest(s, uid, slots).tolist() == sorted(queue[: max(slots, 0)])


@given(scores, orders, st.integers(0, 60), st.data())
def test_within_budget_is_the_longest_affordable_head_of_the_queue(
    score: list[int], order: object, budget: int, data: st.DataObject
) -> None:
    s, uid = _arrays(score, order)
    cost = np.array([data.draw(st.integers(0, 9)) for _ in score], dtype=np.int64)
    chosen, left = [], budget
    for i in sorted(range(len(s)), key=lambda i: (s[i], uid[i])):
        if cost[i] > left:
            break
        chosen.append(i)
        left -= int(cost[i])
    got = within_budget(s, uid, cost, budget)
    assert int(cost[got].sum()) <= budget
    assert got.tolist() == sorted(chosen)


@given(scores, orders, st.integers(0, 45), st.integers(0, 60))
def test_the_order_of_rows_is_of_no_matter(score: list[int], order: object, slots: int, budget: int) -> None:
    s, uid = _arrays(score, order)
    cost = (uid % 5).astype(np.int64)
    rows = list(range(len(s)))
    order.shuffle(rows)  # type: ignore[attr-defined]
    assert set(uid[lowest(s, uid, slots)]) == set(uid[rows][lowest(s[rows], uid[rows], slots)])
    one = within_budget(s, uid, cost, budget)
    other = within_budget(s[rows], uid[rows], cost[rows], budget)
    assert set(uid[one]) == set(uid[rows][other])


@given(scores, orders, st.integers(0, 60), st.integers(0, 20))
def test_more_money_only_adds_people(score: list[int], order: object, budget: int, more: int) -> None:
    s, uid = _arrays(score, order)
    cost = (uid % 7).astype(np.int64)
    assert set(within_budget(s, uid, cost, budget)) <= set(within_budget(s, uid, cost, budget + more))


def test_by_hand() -> None:
    score, uid = np.array([2.0, 1.0, 1.0, 3.0]), np.array([9, 8, 7, 6])
    assert lowest(score, uid, 1).tolist() == [2]  # tied with row 1, lower uid
    assert lowest(score, uid, 3).tolist() == [0, 1, 2]
    cost = np.array([1, 50, 10, 1], dtype=np.int64)
    assert within_budget(score, uid, cost, 59).tolist() == [2]  # row 1 does not fit and nobody is passed over for
    assert within_budget(score, uid, cost, 60).tolist() == [1, 2]
    assert within_budget(score, uid, cost, 61).tolist() == [0, 1, 2]
    assert within_budget(score, uid, cost, -1).tolist() == []
    assert within_budget(score, uid, cost, 0).tolist() == []


@given(scores, orders, st.lists(st.integers(-1, 6), min_size=1, max_size=4))
def test_first_of_each_is_lowest_in_every_group(score: list[int], order: object, slots: list[int]) -> None:
    s, uid = _arrays(score, order)
    group = (uid % len(slots)).astype(np.int16)
    expected = [
        row
        for g, places in enumerate(slots)
        for row in np.flatnonzero(group == g)[lowest(s[group == g], uid[group == g], places)].tolist()
    ]
    assert first_of_each(group, s, uid, np.array(slots)).tolist() == sorted(expected)


@given(st.integers(0, 100), st.integers(0, 10**6))
def test_the_whole_part_of_hundredths_is_that_of_whole_numbers(hundredths: int, total: int) -> None:
    assert whole_part(hundredths / 100, total) == hundredths * total // 100
