"""What a policy is: its settings, its numbers by year, whom it sees and who leaves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest

from tuopin.agents.columns import EXITED, RELAPSED
from tuopin.agents.county import County
from tuopin.agents.parameters import Parameter
from tuopin.agents.randomness import Luck
from tuopin.policies.catalogue import catalogue
from tuopin.policies.ledger import Ledger
from tuopin.policies.places.relocation import Relocation
from tuopin.policies.protocol import F64, Fen, ObservedNeed, Policy, Rows

_BASE = dict(Relocation.parameters)


def _fixed(value: Any, name: str = "x", **more: Any) -> Parameter:
    return Parameter(name, "dole", value, "yuan", "made for a test", "well-known", **more)


class Dole(Policy):
    """A policy with nothing of its own: 100 yuan to enrol a household."""

    name = "dole"
    label = "Dole"
    parameters: ClassVar[dict[str, Parameter]] = {
        **{n: replace(_BASE[n], group="dole") for n in ("start", "targeting_noise", "effect", "slots")},
        "budget": _fixed(None, "budget", extend="zero", optional=True),
        "take_up": _fixed(1.0, "take_up"),
        "leakage": _fixed(0.0, "leakage"),
        "hours_per_household": _fixed(1.0, "hours_per_household"),
        "support_after_exit_months": _fixed(60, "support_after_exit_months"),
        "size": Parameter("size", "dole", 3.0, "ratio", "made for a test", "free", low=1.0, high=5.0),
    }

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        return np.full(len(rows), 10_000, dtype=np.int64)


# --- settings and numbers --------------------------------------------------------------------------------------------


def test_settings_replace_defaults_and_unknown_ones_are_refused() -> None:
    dole = Dole({"size": 4.0, "budget": {2017: 5.0, 2019: 7.0}})
    assert dole.value("size", 2017) == 4.0 and Dole({}).value("size", 2017) == 3.0
    assert [dole.setting("budget", y) for y in (2016, 2017, 2018, 2019, 2020)] == [0.0, 5.0, 0.0, 7.0, 0.0]
    assert Dole({}).setting("budget", 2017) is None
    with pytest.raises(KeyError, match="sise"):
        Dole({"sise": 4.0})
    assert Dole.parameters["size"].value == 3.0  # settings never leak into the declaration


def test_free_parameters_are_drawn_unless_set() -> None:
    drawn, again, other = Dole({}, Luck(1, 0)), Dole({}, Luck(1, 0)), Dole({}, Luck(1, 1))
    assert drawn.value("size", 2017) == again.value("size", 2017) != other.value("size", 2017)
    assert 1.0 <= drawn.value("size", 2017) <= 5.0
    assert Dole({"size": 2.0}, Luck(1, 0)).value("size", 2017) == 2.0
    assert Dole({}, Luck(0, 0)).value("size", 2017) != 3.0


def test_budget_and_slots_scale_with_the_county(by_hand: Callable[..., County]) -> None:
    dole = Dole({"budget": 1000.0, "slots": 30})
    county = by_hand(1, scale=0.1)
    assert (dole.budget_fen(county), dole.slots(county)) == (10_000, 3)
    free = Dole({})
    assert (free.budget_fen(county), free.slots(county)) == (None, None)


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
    assert [c.name for c in Dole.columns()] == ["dole_since"]
    for name, policy in catalogue().items():
        columns = policy.columns()
        assert columns[0].name == f"{name}_since" and all(c.name.startswith(name) for c in columns)
        assert all(c.meaning and c.zh and c.unit for c in columns)
        assert {"budget", "slots", "start", "take_up", "effect", "leakage", "hours_per_household"} <= set(
            policy.parameters
        )


def test_a_policy_cannot_expect_what_it_cannot_tell(by_hand: Callable[..., County]) -> None:
    assert Dole({}).expected_gain(by_hand(3)).tolist() == [0.0] * 3
