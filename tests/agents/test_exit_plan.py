"""A place's plan of exits: persons, exact within households, its part of a sample, and what takes its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agents.registry_cases import HARD, ON
from tuopin.agents.columns import EXITED
from tuopin.agents.county import County
from tuopin.agents.exit_plan import SHARE, exits_planned
from tuopin.agents.review import review

NOTE = {"unit": "persons", "source": "made for a test", "confidence": "source-document"}


def planned(by_hand: Callable[..., County], plan: dict[int, int], n: int = 1, **more: Any) -> County:
    return by_hand(n, {**HARD, **more.pop("parameters", {})}, place={"plan": {"value": plan, **NOTE}}, **more)


@pytest.mark.parametrize(
    ("plan", "scale", "expected"),
    [
        ({2017: 30}, 1.0, (30, 0.3)),
        ({2017: 30}, 0.25, (8, 0.08)),  # 7.5 persons of the part that is simulated, rounded to even
        ({2017: 0}, 1.0, (0, 0.0)),
        ({2017: 400}, 1.0, (100, 1.0)),  # not more than there are
        ({2018: 30}, 1.0, (50, 0.5)),  # of 2017 nothing is planned: half, as the model has it
    ],
)
def test_the_plan_rules_the_years_it_names(
    by_hand: Callable[..., County], plan: dict[int, int], scale: float, expected: tuple[int, float]
) -> None:
    assert exits_planned(planned(by_hand, plan, scale=scale), 100) == expected


def test_nobody_registered_is_nobody_to_exit(by_hand: Callable[..., County]) -> None:
    assert exits_planned(planned(by_hand, {2017: 30}), 0) == (0, 0.0)


def test_a_share_set_by_name_takes_the_plans_place_in_its_year(by_hand: Callable[..., County]) -> None:
    county = planned(by_hand, {2017: 30, 2018: 30})
    stated = county.parameters
    county.parameters = stated.moved(2017, {SHARE: 0.5}, {})  # a programme halves it
    assert exits_planned(county, 100) == (25, 0.25)
    county.year = 2018
    assert exits_planned(county, 100) == (30, 0.3)
    county.parameters = type(stated)({**stated.entries, SHARE: stated[SHARE].given(0.9)})  # a study sets all years
    assert exits_planned(county, 100) == (90, 0.9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_exits_meet_the_plan_within_one_household(data: st.DataObject, by_hand: Callable[..., County]) -> None:
    members = data.draw(st.lists(st.integers(1, 7), min_size=1, max_size=30))
    plan = data.draw(st.integers(0, sum(members) + 10))
    county = planned(
        by_hand,
        {2017: plan},
        len(members),
        mechanisms=ON,
        members=members,
        registry_status=1,
        net_income_pp=np.arange(len(members)) + 5_000.0,
    )
    review(county)
    left = county.households.registry_status == EXITED
    persons = int(county.households.members[left].sum())
    assert persons <= plan
    if not left.all():
        assert plan - persons < max(m for m, gone in zip(members, left, strict=True) if not gone)
