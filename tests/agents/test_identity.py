"""Uids: unique over places and kinds, and those of split-offs the same whatever happens to others."""

from __future__ import annotations

import numpy as np
import pytest

from tuopin.agents.identity import (
    PLACE_SHIFT,
    household_uids,
    is_split_off,
    repeats,
    split_off_uids,
    village_uids,
)


def test_no_household_village_or_split_off_shares_a_number() -> None:
    parents = [household_uids(place, 1000) for place in (1, 2, 2**20 - 1)]
    kinds = [*parents, *(village_uids(place, 1000) for place in (1, 2, 2**20 - 1))]
    kinds += [split_off_uids(uids, 2018, uids) for uids in parents]
    assert len(np.unique(np.concatenate(kinds))) == 9000
    assert all((uids > 0).all() for uids in kinds[1:])
    assert [bool(is_split_off(uids).any()) for uids in kinds] == [False] * 6 + [True] * 3


def test_uids_of_split_offs_are_unique_stable_and_in_the_parents_place() -> None:
    parents = household_uids(9, 50_000)
    none = np.empty(0, dtype=np.int64)
    born = split_off_uids(parents, 2018, none)
    assert len(np.unique(born)) == len(born)
    assert (born >> PLACE_SHIFT == 9).all() and is_split_off(born).all() and (born > 0).all()
    assert not np.isin(born, parents).any()
    # whatever happens to other households, in whatever order: the same name
    np.testing.assert_array_equal(split_off_uids(parents[::-1][:7], 2018, parents), born[::-1][:7])
    assert not np.isin(split_off_uids(parents, 2019, none), born).any()
    grandchildren = split_off_uids(born, 2019, none)
    assert len(np.unique(np.concatenate([born, grandchildren]))) == 2 * len(born)


def test_a_clash_moves_the_later_parent_to_the_next_ordinal() -> None:
    parents = household_uids(9, 3)
    none = np.empty(0, dtype=np.int64)
    first = split_off_uids(parents, 2018, none)
    again = split_off_uids(parents, 2018, first[1:2])
    assert again[1] != first[1] and not np.isin(again[1], first)
    np.testing.assert_array_equal(again[[0, 2]], first[[0, 2]])
    twice = split_off_uids(parents[[1, 1]], 2018, none)  # two splits of one parent in one year
    assert twice[0] == first[1] and twice[1] == again[1]


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_repeats_are_found_within_the_few_and_among_the_many(size: int) -> None:
    many = household_uids(3, 5000)
    few = household_uids(4, size)
    assert not repeats(many, few)
    assert repeats(np.append(many, few[-1]), few)
    assert repeats(many, np.append(few, few[0]))
    assert not repeats(np.append(many, many[0]), few)  # twice among the many is not asked
