"""Own columns: declared by annotated attributes, read and written through a view, refused when misspelt."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tuopin.agents.arrays import F32, F64, I8, I16, Flags
from tuopin.agents.columns import Column, column
from tuopin.agents.county import County
from tuopin.agents.demography import age_a_year
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


def test_a_split_divides_money_keeps_or_copies_as_declared(by_hand: Callable[..., County]) -> None:
    class Loans(OwnColumns):
        debt: F64 = column("programme", "yuan", 0, 1e6, "debt", "借款")
        copied: F64 = column("programme", "yuan", 0, 1e6, "a price", "价格", split="copy")
        kept: I16 = column("programme", "index", -1, 99, "site", "安置点", default=-1.0, split="older")
        posts: I16 = column("programme", "posts", 0, 99, "posts", "岗位", split="share")
        year: I16 = column("programme", "year", 0, 3000, "year", "年份")

    county = by_hand(
        2,
        {"demography.split_rate": 1.0, "demography.split_concentration": 1.0},
        {"demography": True},
        members=8,
        working_age=8,
        able_workers=8,
    )
    h = county.households
    h.declare(Loans.declared("x"))
    own = Loans("x", h)
    own.debt, own.copied, own.kept, own.posts, own.year = 1000.0, 7.0, 4, 5, 2015
    age_a_year(county)
    assert len(h) == 4
    for old in (0, 1):
        (new,) = [k for k in (2, 3) if h.village[k] == h.village[old] and own.debt[k] + own.debt[old] == 1000.0][:1]
        assert own.debt[new] == 1000.0 * h.members[new] / (h.members[new] + h.members[old]) < 1000.0
        assert own.posts[new] + own.posts[old] == 5 and own.posts[new] == np.floor(5 * own.debt[new] / 1000 + 0.5)
    assert own.debt.sum() == 2000.0 and own.posts.sum() == 10
    assert own.copied.tolist() == [7.0] * 4 and own.kept.tolist() == [4, 4, -1, -1] and own.year.tolist() == [2015] * 4


@pytest.mark.parametrize(("dtype", "split"), [("float64", "double"), ("bool", "share"), ("int16", "younger")])
def test_a_split_that_is_none_is_refused(dtype: str, split: str) -> None:
    with pytest.raises(ValueError, match=r"x_a: .*; allowed: copy, older"):
        Column("x_a", "programme", dtype, "yuan", 0, 1, "a", "a", split=split)


def test_a_misspelt_column_is_an_error_at_run_time_too() -> None:
    view = Certified("a", Households(1, Certified.declared("a")))
    with pytest.raises(AttributeError, match="takne"):
        _ = view.takne  # type: ignore[attr-defined]
