"""Need as a programme observes it: with the error of the village team, and once a year."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.policies.dole import Dole
from tuopin.agents.county import County
from tuopin.policies.protocol import F64, Rows


def test_need_is_seen_with_error_by_the_quality_of_the_team(by_hand: Callable[..., County]) -> None:
    n = 20_000
    dole = Dole({"targeting_noise": 0.5})
    county = by_hand(
        2 * n,
        {"registry.cadre_error": 0.4},
        {"targeting_error": True},
        villages=2,
        village=np.repeat([0, 1], n),
        net_income_pp=1000.0,
    )
    county.villages.cadre_quality[:] = [1.0, -1.0]
    error = dole.observe(county).of(np.arange(2 * n)) - np.log(1000)
    assert error[:n].std() == pytest.approx(0.3, rel=0.04) and error[n:].std() == pytest.approx(0.7, rel=0.04)
    some = np.array([7, 30_000, 3])
    np.testing.assert_array_equal(dole.observe(county).of(some), dole.observe(county).of_all()[some])
    county.mechanisms["targeting_error"] = False
    np.testing.assert_array_equal(dole.observe(county).of(some), np.log([1000.0] * 3))


@pytest.mark.parametrize("lasting", [0.0, 0.8, 1.0])
def test_what_a_team_thinks_of_a_household_lasts(by_hand: Callable[..., County], lasting: float) -> None:
    n = 20_000
    dole = Dole({"targeting_noise": 0.5})
    county = by_hand(n, {"registry.lasting_misjudgement": lasting}, {"targeting_error": True}, net_income_pp=1000.0)
    seen = []
    for county.year in (2017, 2018):
        seen.append(dole.observe(county).of(np.arange(n)) - np.log(1000))
    assert [error.std() for error in seen] == pytest.approx([0.5, 0.5], rel=0.03)
    assert np.corrcoef(seen)[0, 1] == pytest.approx(lasting, abs=0.03)


def test_what_was_observed_is_kept_to_the_end_of_the_step(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, net_income_pp=[1000.0, 2000.0, 3000.0])
    dole = Dole({})
    observed = dole.observe(county)
    first = observed.of(np.array([0, 1]))
    county.households.net_income_pp[:] = 500.0
    np.testing.assert_array_equal(observed.of(np.array([1, 0])), first[::-1])
    np.testing.assert_allclose(observed.of_all(), [*first, np.log(500.0)])  # only the third is looked at now
    np.testing.assert_allclose(dole.observe(county).of_all(), np.log([500.0] * 3))


def test_what_is_observed_is_never_the_column_itself(by_hand: Callable[..., County]) -> None:
    class Thrift(Dole):
        def need(self, county: County, rows: Rows | slice) -> F64:
            savings: F64 = county.households.net_income_pp[rows]
            return savings

    county = by_hand(2, net_income_pp=[1000.0, 2000.0])
    observed = Thrift({}).observe(county)
    observed.of_all()
    county.households.net_income_pp[:] = 7.0
    assert observed.of_all().tolist() == [1000.0, 2000.0]
