"""Which firm takes a household: own line first, rooms by lot, no firm above its capacity."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.firms import ANCHOR, COOPERATIVE, Firm
from tuopin.agents.lines import LINES
from tuopin.policies.livelihood.cooperative.firms import assign_firms

FRUIT, HERBS, LIVESTOCK, GRAIN = (LINES.index(n) for n in ("fruit", "herbs", "livestock", "grain"))


def firm(index: int, line: int, capacity: int, **more: Any) -> Firm:
    return Firm(index, index + 50, f"f{index}", line, capacity, **more)


def assign(firms: list[Firm], line: list[int], lot: list[float]) -> list[int]:
    return assign_firms(firms, np.array(line), np.array(lot), np.arange(len(line))).tolist()


def test_own_line_first_then_grain_households_anywhere_and_other_lines_nowhere() -> None:
    firms = [firm(0, LIVESTOCK, 2), firm(1, FRUIT, 2), firm(2, HERBS, 9, alive=False)]
    # herders 0 and 1 beat grain household 2 to the herd; 2 and 3 join the orchard, 4 (herbs, its firm dead) none
    assert assign(firms, [LIVESTOCK, LIVESTOCK, GRAIN, GRAIN, HERBS, GRAIN], [0.9, 0.8, 0.1, 0.2, 0.0, 0.3]) == [
        0,
        0,
        1,
        1,
        -1,
        -1,
    ]
    assert [f.members for f in firms] == [2, 2, 0]


def test_who_is_left_over_joins_a_village_cooperative_of_another_industry() -> None:
    firms = [
        firm(0, LIVESTOCK, 1),
        firm(1, FRUIT, 2, kind=COOPERATIVE),
        firm(2, HERBS, 9, alive=False, kind=COOPERATIVE),
    ]
    # the herder with the better lot takes the herd; the orchard's own two come before the other herders
    assert assign(firms, [LIVESTOCK, LIVESTOCK, FRUIT, LIVESTOCK], [0.1, 0.3, 0.9, 0.2]) == [0, -1, 1, 1]
    assert [f.members for f in firms] == [1, 2, 0]
    # a firm of one line that is no village cooperative takes none of another
    assert assign([firm(0, FRUIT, 5)], [LIVESTOCK], [0.1]) == [-1]


def test_scarce_rooms_go_by_lot_and_the_roomiest_firm_fills_first() -> None:
    firms = [firm(0, LIVESTOCK, 3, members=2), firm(1, FRUIT, 4, members=1)]
    assert assign(firms, [GRAIN] * 5, [0.5, 0.1, 0.4, 0.2, 0.3]) == [-1, 1, 0, 1, 1]
    over = [firm(0, FRUIT, 2, members=5)]  # splits can leave a firm with more members than rooms
    assert assign(over, [FRUIT], [0.1]) == [-1] and over[0].members == 5


@given(
    st.lists(st.tuples(st.sampled_from([0, GRAIN, FRUIT, HERBS]), st.integers(0, 4)), max_size=30),
    st.lists(st.tuples(st.sampled_from([FRUIT, HERBS]), st.integers(0, 6), st.booleans(), st.booleans()), max_size=5),
    st.randoms(use_true_random=False),
)
def test_capacity_holds_and_rows_may_come_in_any_order(
    households: list[tuple[int, int]], given_firms: list[tuple[int, int, bool, bool]], shuffle: object
) -> None:
    def firms() -> list[Firm]:
        return [
            firm(k, line, rooms, alive=a, kind=COOPERATIVE if o else ANCHOR)
            for k, (line, rooms, a, o) in enumerate(given_firms)
        ]

    line, lot = np.array([h[0] for h in households], dtype=int), np.array([h[1] for h in households], dtype=float)
    uid, made = np.arange(len(households)), firms()
    chosen = assign_firms(made, line, lot, uid)
    for f in made:
        mine = chosen == f.index
        assert f.members == mine.sum() <= (f.capacity if f.alive else 0)
        assert f.open_to_all or np.isin(line[mine], [0, GRAIN, f.line]).all()
    order = list(range(len(households)))
    shuffle.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(assign_firms(firms(), line[order], lot[order], uid[order]), chosen[order])
    left = [f for f in made if f.alive and f.members < f.capacity]
    if left:  # nobody is turned away while a firm that would take him has room
        welcome = np.isin(line, [0, GRAIN, *(f.line for f in left)]) | any(f.open_to_all for f in left)
        assert not ((chosen < 0) & welcome).any()
