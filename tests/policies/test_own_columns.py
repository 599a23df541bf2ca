"""Own columns: declared by annotated attributes, read and written through a view, refused when misspelt."""

from __future__ import annotations

import numpy as np
import pytest

from tuopin.agents.arrays import F32, I8, Flags
from tuopin.agents.columns import Column, column
from tuopin.agents.households import Households
from tuopin.policies.own_columns import OwnColumns


class Courses(OwnColumns):
    taken: I8 = column("programme", "courses", 0, 20, "courses taken", "培训次数")
    score: F32 = column("programme", "points", -1, 9, "score", "分数", default=-1.0)


class Certified(Courses):
    certified: Flags = column("labour", "flag", 0, 1, "certified", "持证")


def test_they_are_columns_under_the_programmes_name() -> None:
    assert Courses.declared("training") == (
        Column("training_taken", "programme", "int8", "courses", 0, 20, "courses taken", "培训次数"),
        Column("training_score", "programme", "float32", "points", -1, 9, "score", "分数", -1.0),
    )
    assert OwnColumns.declared("training") == ()
    assert {c.name: c.group for c in Certified.declared("x")} == {
        "x_taken": "programme",
        "x_score": "programme",
        "x_certified": "labour",
    }


def test_a_view_reads_and_writes_the_households() -> None:
    h = Households(3, [*Courses.declared("a"), *Courses.declared("b")])
    a, b = Courses("a", h), Courses("b", h)
    assert a.taken is not b.taken and a.score.tolist() == [-1.0] * 3
    a.taken[1] += 1
    a.taken += 1
    b.taken = np.array([7, 8, 9], dtype=np.int8)
    assert h.column("a_taken").tolist() == [1, 2, 1] and h.column("b_taken").tolist() == [7, 8, 9]
    h.keep(np.array([False, True, True]))
    assert sorted(a.taken.tolist()) == [1, 2]  # what a view gives is always the column as it is now


def test_a_misspelt_column_is_an_error_at_run_time_too() -> None:
    view = Certified("a", Households(1, Certified.declared("a")))
    with pytest.raises(AttributeError, match="takne"):
        _ = view.takne  # type: ignore[attr-defined]
