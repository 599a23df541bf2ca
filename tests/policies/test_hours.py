"""Hours of village teams are split over enrolment and work in proportion to what each asks, and never exceeded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policies.small import members, small
from tuopin.agents.columns import REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy

SIZE = 10


def asking(name: str, *hours: float) -> Policy:
    """A module that enrols nobody and asks hours of each village's team."""
    return small(name, enrols=False, work=lambda self, county: np.array(hours, dtype=np.float64))


def village(by_hand: Callable[..., County], *policies: Policy, hours: float, limits: bool = True) -> County:
    county = by_hand(
        SIZE,
        None,
        {"cadre_limits": limits},
        policies=policies,
        registry_status=REGISTERED_POOR,
        net_income_pp=np.arange(SIZE) * 100.0 + 200.0,
    )
    county.villages.hours[:] = hours
    return county


def test_visits_take_from_enrolment_in_proportion(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    # ten households at an hour and ten hours of visits ask 20 of 12: each gets 60%
    visits, course = asking("visits", 10.0), small("course", {"hours_per_household": 1.0})
    county = village(by_hand, visits, course, hours=12.0)
    programmes(county, visits, course)
    assert members(county, course) == list(range(6))
    np.testing.assert_allclose(county.referrals.hours_share["visits"], [0.6])


@pytest.mark.parametrize(("limits", "hours"), [(False, 0.0), (True, 20.0)])
def test_where_there_is_enough_or_no_limit_all_get_what_they_ask(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger], limits: bool, hours: float
) -> None:
    visits, course = asking("visits", 10.0), small("course", {"hours_per_household": 1.0})
    county = village(by_hand, visits, course, hours=hours, limits=limits)
    programmes(county, visits, course)
    assert len(members(county, course)) == SIZE and county.referrals.hours_share["visits"].tolist() == [1.0]


def test_who_asks_for_nothing_is_not_told_of_a_share(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    quiet, zero = small("quiet", enrols=False), asking("zero", 0.0)
    county = village(by_hand, quiet, zero, hours=0.0)
    programmes(county, quiet, zero)
    assert set(county.referrals.hours_share) == {"zero"}


@pytest.mark.parametrize("taken", [-5.0, -50.0])
def test_a_term_that_takes_more_hours_than_there_are_leaves_none(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger], taken: float
) -> None:
    visits, course = asking("visits", 10.0), small("course", {"hours_per_household": 1.0})
    county = village(by_hand, visits, course, hours=5.0)
    county.villages.hours_term[:] = taken
    programmes(county, visits, course)
    assert county.referrals.hours_share["visits"].tolist() == [0.0] and members(county, course) == []


@given(
    hours=st.floats(0.0, 60.0),
    asked=st.lists(st.floats(0.0, 30.0), min_size=0, max_size=3),
    each=st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=1, max_size=3),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_hours_are_never_exceeded_and_names_do_not_matter(
    by_hand: Callable[..., County],
    programmes: Callable[..., Ledger],
    hours: float,
    asked: list[float],
    each: list[float],
) -> None:
    workers = [asking(f"w{k}", ask) for k, ask in enumerate(asked)]
    courses = [small(f"c{k}", {"hours_per_household": one}) for k, one in enumerate(each)]
    results: list[Any] = []
    for policies in ([*workers, *courses], [*courses, *workers]):
        county = village(by_hand, *policies, hours=hours)
        programmes(county, *policies)
        share = county.referrals.hours_share
        used = sum(ask * share[f"w{k}"][0] for k, ask in enumerate(asked))
        used += sum(one * len(members(county, c)) for one, c in zip(each, courses, strict=True))
        assert used <= hours + 1e-6
        asking_some = [w.name for w, ask in zip(workers, asked, strict=True) if ask > 0]
        assert len({float(share[name][0]) for name in asking_some}) <= 1  # nobody's work comes before another's
        assert all(
            share[w.name][0] == 1.0 for w in workers if w.name not in asking_some
        )  # who asks for none lacks none
        results.append(([members(county, c) for c in courses], {n: s.tolist() for n, s in share.items()}))
    assert results[0] == results[1]
