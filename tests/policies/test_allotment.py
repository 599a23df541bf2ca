"""Rates of money and slots: years of the programme, prices, the county's own size; the shipped defaults for Lushi."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pytest

from tests.policies.dole import Dole
from tuopin.agents.county import County
from tuopin.agents.draws import Draw, resolve_parameters
from tuopin.agents.parameters import Parameter
from tuopin.agents.randomness import Luck
from tuopin.policies import allotment
from tuopin.policies.catalogue import catalogue
from tuopin.sim.study.places import load_place
from tuopin.sim.study.shipped import shipped_places

PRICES = {"economy.rural_cpi": {2016: 0.0, 2017: 0.10, 2018: 0.20, 2019: 0.0, 2020: 0.0, 2021: 0.0}}


def _rate(name: str, value: Any, extend: str) -> Parameter:
    return Parameter(
        name, "dole", value, "", "made for a test", "derived", extend=extend, optional=True, programme_years=True
    )


class Rated(Dole):
    """A dole whose budget and slots are rates."""

    parameters: ClassVar[dict[str, Parameter]] = {
        **Dole.parameters,
        "budget_rate": _rate("budget_rate", {1: 100.0, 3: 50.0}, "zero"),
        "slots_rate": _rate("slots_rate", {2: 0.5}, "hold"),
    }


def budgets(policy: Any, county: County, years: range, first: int = 2017) -> list[float | None]:
    where = allotment.Setting(county.place, county.parameters, county.scale, first)
    found = [allotment.budget_fen(policy, where, year) for year in years]
    return [None if fen is None else fen / 100 for fen in found]


@pytest.fixture
def county(by_hand: Callable[..., County]) -> County:
    return by_hand(3, PRICES)  # the place has 40 registered households


def test_a_rate_by_year_of_the_programme(county: County) -> None:
    # year 1 is 2017 at prices 1.1; year 2 has no entry and what follows the last is zero; year 3 is at 1.32
    assert budgets(Rated({}), county, range(2015, 2022)) == [0, 0, 40 * 100 * 1.1, 0, 40 * 50 * 1.32, 0, 0]
    held = Rated({"budget_rate": {2: 10.0}})
    held.resolved["budget_rate"] = _rate("budget_rate", {2: 10.0}, "hold")
    assert budgets(held, county, range(2016, 2021)) == pytest.approx([0, 0, 528, 528, 528])
    assert budgets(Rated({"start": 2019}), county, range(2017, 2022)) == [0, 0, 40 * 100 * 1.32, 0, 40 * 50 * 1.32]
    assert budgets(Rated({}), county, range(2020, 2023), first=2020) == [40 * 100 * 1.32, 0, 40 * 50 * 1.32]
    assert budgets(Rated({"budget_rate": 2.0}), county, range(2016, 2019)) == pytest.approx([0, 88, 105.6])


def test_what_a_scenario_gives_comes_first(county: County) -> None:
    assert budgets(Rated({"budget": {2018: 7.0}}), county, range(2017, 2020)) == [0, 7, 0]
    assert budgets(Rated({"budget": None}), county, range(2017, 2019)) == [None, None]
    assert budgets(Rated({"budget_rate": None}), county, range(2017, 2019)) == [None, None]
    assert budgets(Dole({}), county, range(2017, 2019)) == [None, None]


def test_slots_and_scale(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, PRICES, scale=0.1)
    where = allotment.Setting(county.place, county.parameters, county.scale, 2017)
    assert [allotment.slots(Rated({}), where, year) for year in range(2016, 2021)] == [0, 0, 2, 2, 2]
    assert [allotment.slots(Rated({"slots": 30}), where, year) for year in (2016, 2020)] == [3, 3]
    assert budgets(Rated({}), county, range(2017, 2018)) == [440]


def test_a_policy_asks_for_its_own_year(county: County) -> None:
    policy = Rated({})
    assert (policy.budget_fen(county), policy.slots(county)) == (440_000, 0)
    policy.first_year = 2015  # set up in another year
    assert (policy.budget_fen(county), policy.slots(county)) == (220_000, 20)


@pytest.mark.parametrize(
    ("name", "documented", "years"),
    [
        ("relocation", 61_200 * 30_000, range(2017, 2026)),
        ("cooperative", 130e6, range(2017, 2026)),
        # 45 M and 10.2 M for the five guarantees at the standard of 2016, which had risen from 3,744 to 4,301 in 2017
        ("low_income_support", 55.2e6 * 4301 / 3744, range(2017, 2018)),
        ("health_insurance", 34e6 * 1.013, range(2017, 2018)),
    ],
)
def test_defaults_come_to_the_documented_money_of_lushi(name: str, documented: float, years: range) -> None:
    place = load_place(next(file for file in shipped_places() if file.stem == "lushi"))
    policy = catalogue()[name]({})
    where = allotment.Setting(place, resolve_parameters({}), 1.0, 2017)
    given = [allotment.budget_fen(policy, where, year) for year in years]
    assert sum(fen / 100 for fen in given if fen is not None) == pytest.approx(documented, rel=0.002)


@pytest.mark.parametrize("first", [2010, 2018, 2030])
@pytest.mark.parametrize("name", ["relocation", "cooperative", "low_income_support", "health_insurance"])
def test_other_years_have_money_too(name: str, first: int, county: County) -> None:
    policy = catalogue()[name]({})
    given = budgets(policy, county, range(first, first + 3), first)
    assert given[0] and given[0] > 0
    if name in ("low_income_support", "health_insurance"):
        assert all(given)


def test_choices_are_not_drawn() -> None:
    draw = Draw(Luck(1, 5))
    for kind in catalogue().values():
        drawn = kind({}, draw)
        for name in ("budget", "budget_rate", "slots", "slots_rate"):
            assert drawn.resolved[name] == kind.parameters[name]


@pytest.mark.parametrize("pair", [("budget", "budget_rate"), ("slots", "slots_rate")])
def test_a_study_gives_one_of_the_two(pair: tuple[str, str]) -> None:
    from tuopin.sim.study.problems import StudyError
    from tuopin.sim.study.study import Study

    def study(given: Mapping[str, Any]) -> Study:
        data = {"name": "x", "place": "lushi", "years": "2016-2020", "baseline": "a"}
        return Study.from_dict({**data, "scenarios": {"a": {"cooperative": dict(given)}}})

    with pytest.raises(StudyError, match=f"is given beside '{pair[0]}'; allowed: {pair[0]} or {pair[1]}, not both"):
        study(dict.fromkeys(pair, 5))
    with pytest.raises(StudyError, match=r"0 is outside the years of a programme \(1 is its start\)"):
        study({pair[1]: {0: 5}})
    assert study({pair[1]: {1: 5, 9: 0}}).scenarios["a"]["cooperative"][pair[1]] == {1: 5, 9: 0}
