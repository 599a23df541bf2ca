"""Who is sent to a measure is served by whoever delivers it, and for as long as he is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.policies.small import kind, members, small
from tuopin.agents.columns import EXITED, OUTSIDE, REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy

SIZE = 6


def sender(name: str, **shares: Any) -> Policy:
    """A module that enrols nobody and sends households to measures, by name the share of the year."""
    given = {measure: np.asarray(share, dtype=np.float64) for measure, share in shares.items()}
    return small(name, enrols=False, refer=lambda self, county: given)


def giver(name: str, *measures: str, **body: Any) -> Policy:
    return small(name, measures=measures, **body)


def outside(by_hand: Callable[..., County], *policies: Policy, **keys: Any) -> County:
    county = by_hand(SIZE, policies=policies, registry_status=OUTSIDE, **keys)
    for policy in policies:
        county.villages.declare(policy.village_columns())
    return county


def test_who_is_sent_from_outside_the_register_is_served_and_leaves_when_no_longer_sent(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    finder, course = sender("finder", skills=[0, 1, 0, 0.5, 0, 0]), giver("course", "skills")
    county = outside(by_hand, finder, course)
    programmes(county, finder, course)
    assert members(county, course) == [1, 3]
    county.year += 1
    other = sender("finder", skills=[0, 0, 0, 1, 0, 0])
    programmes(county, other, course)
    assert members(county, course) == [3]
    county.year += 1
    programmes(county, course)  # nobody sends any more
    assert members(county, course) == []


@pytest.mark.parametrize("listed", ["finder first", "course first"])
def test_the_names_of_modules_do_not_matter(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger], listed: str
) -> None:
    names = ("a", "z") if listed == "finder first" else ("z", "a")
    finder, course = sender(names[0], skills=[0, 1, 0, 1, 0, 0]), giver(names[1], "skills")
    county = outside(by_hand, finder, course)
    programmes(county, finder, course)
    assert members(county, course) == [1, 3]


def test_a_benefit_counts_for_the_share_of_the_first_year_that_a_referral_covers(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    def pays(self: Policy, county: County, ledger: Ledger) -> None:
        rows = np.flatnonzero(self.enrolled(county))
        county.flows.transfer_term[rows] += 1000.0 * self.share_of_year(county, rows)

    finder, aid = sender("finder", medical=[0.75, 0, 0.75, 0, 0, 0]), giver("help", "medical", change_terms=pays)
    county = outside(by_hand, finder, aid)
    county.households.registry_status[2:4] = REGISTERED_POOR
    programmes(county, finder, aid)
    # 0 is there because sent; 2 and 3 are registered: the referral takes nothing from what they have anyway
    assert county.flows.transfer_term.tolist() == [750.0, 0, 1000, 1000, 0, 0]
    county.year += 1
    county.reset_terms()
    programmes(county, finder, aid)
    assert county.flows.transfer_term.tolist() == [1000.0, 0, 1000, 1000, 0, 0]


def test_of_several_senders_and_measures_the_longest_cover_counts(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    one = sender("one", skills=[0.2, 0, 0.9, 0, 0, 0], work=[0.3, 0, 0, 0, 0, 0])
    two = sender("two", skills=[0.4, 0.1, 0.5, 0, 0, 0])
    course, both = giver("course", "skills"), giver("both", "skills", "work")
    for policies in ((one, two, course, both), (both, course, two, one)):
        county = outside(by_hand, *policies)
        programmes(county, *policies)
        assert course.sent(county).tolist() == [0.4, 0.1, 0.9, 0, 0, 0]  # type: ignore[union-attr]
        both_sent = both.sent(county)
        assert both_sent is not None and both_sent.tolist() == [0.4, 0.1, 0.9, 0, 0, 0]
        assert county.referrals.by_measure["work"].tolist() == [0.3, 0, 0, 0, 0, 0]


def test_what_nobody_delivers_reaches_nobody_and_says_so(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    finder, course = sender("finder", medical=[1.0] * SIZE, work=[0.0] * SIZE), giver("course", "skills")
    county = outside(by_hand, finder, course)
    programmes(county, finder, course)
    assert members(county, course) == [] and course.sent(county) is None
    assert county.referrals.delivered_by == {"medical": ()}  # to `job` nobody is sent at all


def test_who_is_struck_off_the_register_leaves(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    course = giver("course", "skills")
    county = by_hand(SIZE, policies=(course,), registry_status=REGISTERED_POOR)
    programmes(county, course)
    county.households.registry_status[:2] = OUTSIDE
    county.households.registry_status[2], county.households.registry_exit_year[2] = EXITED, county.year
    county.year += 1
    programmes(county, course)
    assert members(county, course) == [2, 3, 4, 5]  # who exits is supported on for a while


def test_a_policy_that_decides_on_observed_need_keeps_members_outside_the_register(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    everybody = small("open", eligible=lambda self, county, observed: np.ones(len(county.households), dtype=np.bool_))
    county = outside(by_hand, everybody)
    programmes(county, everybody)
    assert members(county, everybody) == list(range(SIZE))
    county.year += 1
    programmes(county, everybody)
    assert members(county, everybody) == list(range(SIZE))


def test_target_says_who_by_status_suitable_who_by_fitness_and_both_hold_for_the_sent(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    finder = sender("finder", skills=[1, 1, 0, 0, 0, 0])
    fit = np.array([True, False, True, True, False, True])
    young = np.array([False, False, False, True, True, False])
    course = giver("course", "skills", target=lambda self, county: young, suitable=lambda self, county: fit)
    county = outside(by_hand, finder, course)
    programmes(county, finder, course)
    assert members(county, course) == [0, 3]
    county.year += 1
    programmes(county, course)
    assert members(county, course) == [3]  # still of the target, though outside the register


def test_referrals_of_a_year_end_with_it(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    finder, course = sender("finder", skills=[1.0] * SIZE), giver("course", "skills")
    county = outside(by_hand, finder, course)
    programmes(county, finder, course)
    assert county.fork().referrals.by_measure == {}
    programmes(county, course)
    assert county.referrals.by_measure == {}


def test_kinds_made_for_tests_are_apart() -> None:
    assert kind("one").parameters is not kind("two").parameters
