"""Why money was left: what each programme's step came to, and the reason of each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.policies.cycle import open_programmes, run_programmes
from tuopin.policies.ledger import Ledger
from tuopin.policies.limits import REASONS, Reach, limit_of
from tuopin.policies.livelihood.cooperative import POLICY as COOPERATIVE
from tuopin.policies.places.relocation import POLICY as RELOCATION


def _reach(
    willing: int,
    households: tuple[int, int, int],
    fen: tuple[int, int, int],
    *,
    claims_met: bool | None = None,
    claimants: int = 0,
    dearest: int = 60,
) -> Reach:
    """Households funded, served and enrolled with what enrolling them costs."""
    return Reach(True, 60, willing, *households, *fen, dearest if fen[0] else 0, claims_met, claimants)


@pytest.mark.parametrize(
    ("given", "spent", "slots", "reach", "reason"),
    [
        (0, 0, None, Reach(), "no money"),
        (500, 500, None, Reach(True, 9, 8, 5, 5, 5), ""),
        (500, 0, None, Reach(begun=False), "not begun"),
        (500, 0, 0, Reach(), "no slots"),
        (500, 0, None, Reach(), "no candidates"),
        (500, 100, None, Reach(), "no more candidates"),  # claims of those enrolled before
        (500, 0, None, Reach(True, 4, 0, 0, 0, 0), "nobody accepts"),
        (500, 300, 3, Reach(True, 9, 8, 3, 3, 3), "slots"),
        (500, 100, None, Reach(True, 9, 8, 5, 1, 1), "hours"),
        (500, 100, None, Reach(True, 9, 8, 5, 4, 1), "room"),
        (500, 400, None, Reach(True, 900, 800, 5, 5, 4), "room"),  # however many more the money would not have reached
        (500, 400, None, Reach(True, 900, 800, 5, 4, 4), "hours"),
        (500, 100, 3, Reach(True, 9, 8, 3, 2, 2), "slots"),
        (550, 500, None, Reach(True, 9, 8, 5, 5, 5), "indivisible"),
        (550, 500, None, Reach(True, 9, 8, 5, 5, 5, claims_met=True), "no more candidates"),  # relief's money was left
        # allowances: two households of 5 were not served, 30 of the 100 left; relief kept the rest, and all were paid
        (500, 400, None, _reach(8, (5, 3, 3), (150, 120, 120), claims_met=True), "no more candidates"),
        (500, 400, None, _reach(8, (5, 3, 3), (150, 90, 90), claims_met=True), "hours"),  # 60 of the 100
        (500, 400, None, _reach(8, (5, 3, 3), (150, 120, 120), claims_met=False, dearest=34), "kept"),  # 70
        (500, 400, None, _reach(8, (5, 3, 3), (150, 120, 120), claims_met=False, dearest=36), "indivisible"),
        (500, 400, None, _reach(8, (5, 4, 2), (150, 120, 20), claims_met=False), "room"),
        # insurance: of 12 one was not served, the other 11 and 29 older members claim 10 each
        (500, 400, None, _reach(12, (12, 11, 11), (0, 0, 0), claims_met=True, claimants=40), "no more candidates"),
        (500, 400, None, _reach(12, (12, 6, 6), (0, 0, 0), claims_met=True, claimants=40), "hours"),  # 60 of the 100
        (500, 498, None, _reach(12, (12, 12, 12), (0, 0, 0), claims_met=False, claimants=40), "indivisible"),
        # two sites: the registered are all reached, and what is left is not for the neighbours who wait
        (900, 500, None, _reach(50, (6, 5, 5), (600, 500, 500), dearest=120), "kept"),  # 300 more than hours took
        (900, 500, None, _reach(50, (6, 5, 5), (600, 500, 500), dearest=160), "indivisible"),  # a rest of each part
        (900, 500, None, _reach(50, (9, 5, 5), (850, 500, 500), dearest=120), "hours"),
        (900, 500, 9, _reach(50, (9, 9, 9), (500, 500, 500), dearest=120), "slots"),  # 41 more at 55 each
        (5000, 800, None, Reach(True, 9, 8, 8, 8, 8), "no more candidates"),
        (None, 800, 3, Reach(True, 9, 8, 3, 3, 3), "slots"),
        (None, 800, None, Reach(True, 9, 8, 8, 8, 8), "no more candidates"),
    ],
)
def test_reasons(given: int | None, spent: int, slots: int | None, reach: Reach, reason: str) -> None:
    assert limit_of(2018, "x", given, spent, slots, reach).reason == reason
    assert reason in REASONS


def test_a_year_is_counted_household_by_household(
    by_hand: Callable[..., County], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 12 households 10 are registered, 8 of them have land; 7 accept; money reaches 6, hours 4, firms 3.

    What is left for want of room and hours reaches the seventh, for whom no hours are left.
    """
    policy = COOPERATIVE(
        {"budget": 60_000.0, "cost_per_household": 10_000.0, "take_up": 1.0, "leakage": 0.0, "hours_per_household": 2.0}
    )
    county = by_hand(
        12,
        None,
        {"cadre_limits": True},
        policies=(policy,),
        registry_status=np.repeat([1, 0], [10, 2]),
        land=np.repeat([3.0, 0.0, 3.0], [8, 2, 2]),
        net_income_pp=np.arange(12) * 100.0 + 500.0,
    )
    for firm in county.firms[1:]:
        firm.alive = False
    county.firms[0].capacity = 3
    county.villages.hours[:] = 8.0
    monkeypatch.setattr(policy, "take_up", lambda county, rows: np.where(rows == 0, 0.0, 1.0))
    ledger = Ledger()
    open_programmes(county, [policy], ledger)
    run_programmes(county, [policy], ledger)
    ledger.close_year(county.households.members)
    (limit,) = ledger.limits
    assert (limit.candidates, limit.willing, limit.funded, limit.served, limit.enrolled) == (8, 7, 7, 4, 3)
    assert (limit.given_fen, limit.spent_fen, limit.reason) == (6_000_000, 3_000_000, "hours")
    reach = ledger.reach("cooperative")
    assert (reach.funded_fen, reach.served_fen, reach.enrolled_fen) == (7_000_000, 4_000_000, 3_000_000)
    assert reach.dearest_fen == 1_000_000


def test_a_year_s_counts_are_not_the_year_before_s() -> None:
    ledger = Ledger()
    ledger.open_year(2017, 3)
    ledger.set_budget("x", 100, None)
    ledger.reach("x").candidates = 9
    ledger.close_year(np.ones(3, dtype=np.int16))
    ledger.open_year(2018, 3)
    ledger.set_budget("x", 0, None)
    ledger.close_year(np.ones(3, dtype=np.int16))
    assert [(limit.year, limit.candidates, limit.given_fen) for limit in ledger.limits] == [
        (2017, 9, 100),
        (2018, 0, 0),
    ]


@pytest.mark.parametrize(
    ("budget", "dearest"), [(382_000.0, 366_000.0), (300_000.0, 122_000.0), (2_000_000.0, 366_000.0)]
)
def test_the_dearest_is_of_those_who_wait_too(by_hand: Callable[..., County], budget: float, dearest: float) -> None:
    """Of money for three times a household of two: it is reached, and the one of six behind it costs 6 x 61,000."""
    policy = RELOCATION(
        {"budget": budget, "cost_per_person": 61_000.0, "take_up": 1.0, "neighbour_share": 0.0, "leakage": 0.0}
    )
    county = by_hand(
        3,
        None,
        {"targeting_error": False},
        policies=(policy,),
        registry_status=np.array([1, 1, 0]),
        members=np.array([2, 6, 4]),
        remoteness=np.full(3, 0.9),
        net_income_pp=np.array([500.0, 900.0, 2000.0]),
    )
    ledger = Ledger()
    open_programmes(county, [policy], ledger)
    run_programmes(county, [policy], ledger)
    reach = ledger.reach("relocation")
    assert (reach.willing, reach.funded) == (3, 1 if budget < 488_000.0 else 2)
    assert reach.dearest_fen == round(dearest * 100)
