"""What two policies may change in common, and what a plug-in may not do to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.policies.small import PLAIN, kind
from tuopin.agents.columns import COLUMNS, EXITED, OUTSIDE, REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.agents.registry import move
from tuopin.policies.guard import PolicyFault, guarded
from tuopin.policies.protocol import Policy
from tuopin.policies.variants import variants_of
from tuopin.policies.writes import COMBINED, contested
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study

SIZE = 4


@pytest.mark.parametrize("column", sorted(COMBINED))
def test_columns_that_combine_may_be_written_by_two(column: str) -> None:
    assert column in COLUMNS
    assert contested([kind("a", writes=(column,)), kind("b", writes=(column,))]) is None


@pytest.mark.parametrize("what", [{"writes": ("remoteness",)}, {"holds": ("review",)}, {"sets": ("labour.months",)}])
def test_what_is_one_policys_alone_is_contested_but_not_by_variants(what: dict[str, Any]) -> None:
    a, b = kind("a", variants=("x", "y"), **what), kind("b", **what)
    (thing,) = next(iter(what.values()))
    assert contested([a, b]) == ("a", "b", thing)
    assert contested(variants_of(a).values()) is None
    assert contested([*variants_of(a).values(), b]) == ("a.x", "b", thing)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"holds": ("review",)}, "holds 'review', as a does"),
        ({"writes": ("remoteness",)}, "writes the column 'remoteness' of the households, as a does"),
        ({"sets": ("registry.fall_detected",)}, "sets the parameter 'registry.fall_detected', as a does"),
    ],
)
def test_check_tells_the_line_of_what_two_claim(
    installed: Callable[..., None], tmp_path: Any, what: dict[str, Any], said: str
) -> None:
    installed(kind("a", **what), kind("b", **what))
    path = tmp_path / "s.yaml"
    path.write_text(
        "name: s\nplace: lushi\nyears: 2016-2017\nbaseline: both\nscenarios:\n  both:\n    a: {}\n    b: {}\n"
    )
    with pytest.raises(StudyError) as error:
        Study.load(path)
    (line,) = str(error.value).splitlines()
    assert line.endswith(f"s.yaml:8: scenarios.both.b: {said}; allowed: one of a and b in a scenario"), line


def fault(by_hand: Callable[..., County], column: str | tuple[str, ...], write: Callable[[County], None]) -> str:
    """What is said of a plug-in that writes so; empty if it may."""
    names = (column,) if isinstance(column, str) else column
    rule = {"change_terms": lambda self, county, ledger: write(county)}
    policy: Policy = guarded(kind("bad", writes=names, __module__="elsewhere", **rule))(PLAIN)
    county = by_hand(
        SIZE,
        policies=(policy,),
        housing_grade=2,
        safe_water=[True, False, True, False],
        insured=[True, False, True, False],
        line=[0, 1, 2, 0],
        registry_status=[REGISTERED_POOR, REGISTERED_POOR, OUTSIDE, EXITED],
    )
    try:
        policy.change_terms(county, None)  # type: ignore[arg-type]
    except PolicyFault as error:
        return str(error)
    return ""


def setting(name: str, value: Any) -> Callable[[County], None]:
    def write(county: County) -> None:
        county.households.column(name)[:] = value

    return write


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("housing_grade", 1, "lowers housing_grade"),
        ("housing_grade", 3, ""),
        ("safe_water", False, "clears safe_water"),
        ("safe_water", True, ""),
        ("insured", False, "clears insured"),
        ("insured", True, ""),
        ("line", 3, "changes line of households that have an industry"),
        ("savings", np.nan, "leaves nan in savings"),
    ],
)
def test_a_plug_in_may_not_undo_what_others_do(
    by_hand: Callable[..., County], column: str, value: Any, said: str
) -> None:
    got = fault(by_hand, column, setting(column, value))
    assert bool(got) == bool(said) and said in got
    assert not said or got.startswith("policy bad: change_terms ")


def test_an_industry_may_be_started_where_there_is_none(by_hand: Callable[..., County]) -> None:
    def start(county: County) -> None:
        h = county.households
        h.line[h.line == 0] = 3

    assert fault(by_hand, ("line", "line_age"), start) == ""


MOVED = ("registry_status", "registered_since", "registry_exit_year", "cause")


@pytest.mark.parametrize("status", [OUTSIDE, REGISTERED_POOR, EXITED])
def test_the_register_is_moved_by_the_registers_own_rule(by_hand: Callable[..., County], status: int) -> None:
    assert fault(by_hand, MOVED, lambda county: move(county, np.arange(SIZE), status)) == ""


@pytest.mark.parametrize(
    ("column", "value"),
    [("registry_status", REGISTERED_POOR), ("registry_status", EXITED), ("registered_since", 2010), ("cause", 2)],
)
def test_the_register_is_not_written_past_it(by_hand: Callable[..., County], column: str, value: int) -> None:
    said = fault(by_hand, MOVED, setting(column, value))
    assert f"writes {column} itself; allowed: tuopin.agents.registry.move(county, rows, status)" in said


def test_who_has_not_declared_the_register_cannot_move_it(by_hand: Callable[..., County]) -> None:
    said = fault(by_hand, (), lambda county: move(county, np.arange(SIZE), OUTSIDE))
    assert "registry_status" in said
