"""Households as columns: grow, shrink, copy, look at one, and never hide or alias an array."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.agents.columns import COLUMNS, Column, with_columns
from tuopin.agents.households import Households

OWN = Column("own_since", "programme", "int16", "year", 0, 3000, "since", "年份")


def made(size: int, first: int = 0, extra: tuple[Column, ...] = ()) -> Households:
    h = Households(size, extra)
    h.set("uid", np.arange(first, first + size))
    h.set("land", np.arange(first, first + size) * 1.5)
    h.set("members", np.full(size, 3))
    return h


def test_columns_start_at_their_defaults_and_types() -> None:
    h = Households(3)
    assert (h.site == -1).all() and (h.land_quality == 1.0).all() and (h.motivation == 0.5).all()
    for name, column in COLUMNS.items():
        assert h.column(name).dtype == np.dtype(column.dtype) and h.column(name).shape == (3,)


def test_writing_an_attribute_writes_the_column() -> None:
    h = made(3)
    land = h.land
    h.land += 1.0
    assert h.land is land and land.tolist() == [1.0, 2.5, 4.0]
    h.land = 7
    assert h.land is land and land.tolist() == [7.0, 7.0, 7.0]
    assert "land" not in vars(h)
    with pytest.raises(AttributeError, match="no column 'acres'"):
        _ = h.acres
    with pytest.raises(KeyError):
        h.column("acres")


def test_set_checks_the_shape_and_takes_no_hold_of_the_callers_array() -> None:
    h = made(3)
    mine = np.array([1.0, 2.0, 3.0], dtype=np.float32)
    h.set("land", mine)
    h.land += 1.0
    assert mine.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match=r"land: shape \(2,\), expected \(3,\)"):
        h.set("land", mine[:2])
    with pytest.raises(KeyError):
        h.set("acres", mine)


def test_appending_after_set_from_a_longer_array_leaves_that_array_alone() -> None:
    h, long = made(3), np.arange(50, dtype=np.float32)
    h.set("land", long[:3])
    h.append(made(2, 10))
    assert long.tolist() == list(range(50))
    assert h.land.tolist() == [0.0, 1.0, 2.0, 15.0, 16.5]


def test_set_refuses_values_the_columns_type_cannot_hold() -> None:
    h = made(2)
    for values in (np.array([300, 1]), np.array([0.5, 1.0]), np.array([-200, 0])):
        with pytest.raises(ValueError, match="small_children"):
            h.set("small_children", values)
    assert h.small_children.tolist() == [0, 0]


def test_append_joins_rows_at_the_end() -> None:
    h = made(3)
    h.append(made(2, 10))
    assert h.uid.tolist() == [0, 1, 2, 10, 11]
    assert h.land.tolist() == [0.0, 1.5, 3.0, 15.0, 16.5]
    h.append(Households(0))
    assert len(h) == 5


def test_append_refuses_known_uids_and_other_columns_and_changes_nothing() -> None:
    h = made(3)
    for other in (made(2, 2), made(1, 0)):
        with pytest.raises(ValueError, match="already present"):
            h.append(other)
    twice = made(2, 10)
    twice.uid[:] = 10
    with pytest.raises(ValueError, match="already present"):
        h.append(twice)
    with pytest.raises(ValueError, match="other columns"):
        h.append(made(1, 20, (OWN,)))
    assert h.uid.tolist() == [0, 1, 2]


def test_duplicates_stand_at_the_end_and_take_what_is_written_to_them() -> None:
    h = made(3)
    new = h.duplicate(np.array([2, 0]))
    h.uid[new] = [7, 8]
    h.land[new] += 1.0
    assert h.uid.tolist() == [0, 1, 2, 7, 8]
    assert h.land.tolist() == [0.0, 1.5, 3.0, 4.0, 1.0] and h.members.tolist() == [3] * 5


def test_keep_fills_gaps_from_the_end() -> None:
    h = made(5)
    h.keep(np.array([True, False, True, False, True]))
    assert sorted(h.uid) == [0, 2, 4]
    np.testing.assert_array_equal(h.land, h.uid * 1.5)
    h.keep(np.array([False] * 3))
    assert len(h) == 0 and h.faults() == [] and list(h) == []


@given(st.lists(st.tuples(st.sampled_from(["append", "keep", "copy", "take"]), st.integers(0, 2**16)), max_size=12))
def test_any_history_keeps_the_rows_of_a_list(history: list[tuple[str, int]]) -> None:
    h, rows, fresh = made(4), [0, 1, 2, 3], 4
    for action, number in history:
        if action == "append":
            size = number % 4
            h.append(made(size, fresh))
            rows, fresh = rows + list(range(fresh, fresh + size)), fresh + size
        elif action == "keep":
            kept = set(rows[:: number % 3 + 1])
            h.keep(np.array([u in kept for u in h.uid.tolist()], dtype=bool))
            rows = sorted(kept)
        elif action == "copy":
            old, h = h, h.copy()
            old.land[:] = -1.0
        else:
            old, h = h, h.take(np.argsort(h.uid)[::-1])
            old.land[:] = -1.0
        assert sorted(h.uid.tolist()) == sorted(rows)
        assert h.land.tolist() == [u * 1.5 for u in h.uid.tolist()]
        assert {len(a) for a in h.as_mapping().values()} == {len(rows)}


def test_a_copy_and_a_selection_live_their_own_lives() -> None:
    h = made(4)
    twin, part = h.copy(), h.take(np.array([3, 1]))
    twin.land[:] = 9.0
    part.land[:] = 8.0
    twin.append(made(1, 50))
    assert h.land.tolist() == [0.0, 1.5, 3.0, 4.5] and len(h) == 4
    assert part.uid.tolist() == [3, 1]
    for other in (copy.deepcopy(h), pickle.loads(pickle.dumps(h))):
        other.land[:] = 7.0
        other.append(made(1, 50))
        assert other.land.tolist() == [7.0] * 4 + [75.0]
        assert h.land.tolist() == [0.0, 1.5, 3.0, 4.5] and len(h) == 4


def test_a_view_reads_one_household_and_writes_none() -> None:
    h = made(3)
    view = h[1]
    assert (view.uid, view.land, view.site) == (1, 1.5, -1)
    assert isinstance(view.land, float) and isinstance(view.uid, int)
    assert view.members == 3
    assert h[-1].uid == 2 and [v.uid for v in h] == [0, 1, 2]
    assert "3 persons" in repr(view)
    with pytest.raises(AttributeError, match="read-only"):
        view.land = 2.0  # type: ignore[misc]
    with pytest.raises(IndexError):
        _ = h[3]
    with pytest.raises(TypeError):
        h.as_mapping()["land"] = h.land  # type: ignore[index]


def test_declared_columns_are_added_once_and_grow_with_the_rest() -> None:
    h = made(3)
    h.declare((OWN,))
    assert h.own_since.tolist() == [0, 0, 0] and h.own_since.dtype == np.int16
    h.own_since[1] = 2018
    h.append(made(1, 9, (OWN,)))
    assert h.own_since.tolist() == [0, 2018, 0, 0]
    for name in ("own_since", "land"):
        with pytest.raises(ValueError, match="declared twice"):
            h.declare((Column(name, "programme", "int16", "year", 0, 1, "", ""),))
    with pytest.raises(ValueError, match="declared twice"):
        with_columns([OWN, OWN])


def test_faults_name_column_value_and_range() -> None:
    h = made(3)
    assert h.faults() == []
    h.land[1] = np.nan
    h.motivation[2] = 1.5
    h.members[0] = -1
    assert [fault.split(":")[0] for fault in h.faults()] == ["members", "motivation", "land"]
    assert "0.5..1.5, allowed 0..1 share" in h.faults()[1]


def test_every_column_says_what_it_is() -> None:
    for name, column in COLUMNS.items():
        assert column.name == name and column.meaning and column.zh and column.unit and column.low < column.high
        kind = np.dtype(column.dtype)
        if kind.kind == "i":
            assert np.iinfo(kind).min <= column.low and column.high <= float(np.iinfo(kind).max), name
        assert column.low <= column.default <= column.high
