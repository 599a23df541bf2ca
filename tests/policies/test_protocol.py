"""What a policy is: whom it serves by default, who is willing, who leaves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.policies.dole import Dole
from tuopin.agents.columns import EXITED, RELAPSED
from tuopin.agents.county import County
from tuopin.policies.catalogue import catalogue
from tuopin.policies.ledger import Ledger
from tuopin.policies.own_columns import column_prefix
from tuopin.policies.places.relocation import Relocation
from tuopin.policies.units import HOUSEHOLD

# --- whom it sees ----------------------------------------------------------------------------------------------------


def test_by_default_the_registered_poor_are_eligible_and_the_poorest_first(by_hand: Callable[..., County]) -> None:
    county = by_hand(
        6, policies=(Dole({}),), registry_status=range(6), net_income_pp=[1.0, 200.0, 300.0, 400.0, 500.0, 150.0]
    )
    dole = Dole({"slots": 1})
    observed = dole.observe(county)
    assert dole.eligible(county, observed).tolist() == [False, True, False, False, False, True]
    rows = np.arange(6)
    np.testing.assert_allclose(dole.need(county, rows), np.log([100, 200, 300, 400, 500, 150]))
    chosen, cost = dole.affordable(county, np.array([1, 5]), 10**9, observed)
    assert chosen.tolist() == [5] and cost.tolist() == [10_000]
    assert Dole({}).affordable(county, rows, 25_000, observed)[0].tolist() == [0, 5]


def test_willingness_is_the_households_for_life_and_each_policys_own(by_hand: Callable[..., County]) -> None:
    n = 20_000
    county, later = by_hand(n), by_hand(n, year=2019)
    rows = np.arange(n)
    mine = Dole({}).willingness(county, rows)
    np.testing.assert_array_equal(mine, Dole({}).willingness(later, rows))
    other = Relocation({}).willingness(county, rows)
    assert abs(np.corrcoef(mine, other)[0, 1]) < 0.03
    blocks = [policy({}).block for policy in catalogue().values()]
    assert len(set(blocks)) == len(blocks)


# --- withdrawal ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("months", "last_year"), [(0, 2018), (12, 2019), (36, 2021), (60, 2023)])
def test_support_goes_on_for_its_months_after_registry_exit(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger], months: int, last_year: int
) -> None:
    """The registry's review is at the year's end: exit in 2018, support for `months` from January 2019."""
    dole = Dole({"support_after_exit_months": months})
    county = by_hand(3, policies=(dole,), registry_status=[1, 1, 1])
    programmes(county, dole)
    assert dole.since(county).tolist() == [2017] * 3
    county.households.registry_status[:2] = [EXITED, RELAPSED]
    county.households.registry_exit_year[:2] = 2018
    served = []
    for county.year in range(2018, 2026):
        programmes(county, dole)
        served.append(dole.enrolled(county).tolist())
    assert [row[0] for row in served] == [year <= last_year for year in range(2018, 2026)]
    assert all(row[1] and row[2] for row in served)  # who relapsed, or is still registered, stays


def test_support_for_ever_if_a_study_says_so(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    dole = Dole({"support_after_exit_months": 600})
    county = by_hand(1, policies=(dole,), registry_status=1)
    programmes(county, dole)
    county.households.registry_status[:], county.households.registry_exit_year[:], county.year = EXITED, 2018, 2040
    programmes(county, dole)
    assert dole.enrolled(county).all()


def test_columns_of_a_policy() -> None:
    assert [c.name for c in Dole.columns()] == ["dole_since", "dole_served"]
    for name, policy in catalogue().items():
        columns = policy.columns()
        prefix = column_prefix(name)
        first = [f"{prefix}_served"] if policy.enrols else []
        first = [f"{prefix}_since", *first] if first and policy.level == HOUSEHOLD else first
        assert [c.name for c in columns[: len(first)]] == first
        assert all(c.name.startswith(f"{prefix}_") for c in (*columns, *policy.village_columns()))
        assert all(c.meaning and c.zh and c.unit for c in columns)
        assert {"budget", "slots", "start", "take_up", "effect", "leakage", "hours_per_household"} <= set(
            policy.parameters
        )


def test_a_policy_cannot_expect_what_it_cannot_tell(by_hand: Callable[..., County]) -> None:
    assert Dole({}).expected_gain(by_hand(3)).tolist() == [0.0] * 3
