"""The numbers of a programme: settings replace defaults, free ones are drawn, budgets scale."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.policies.dole import Dole
from tuopin.agents.county import County
from tuopin.agents.draws import Draw
from tuopin.agents.randomness import Luck


def test_settings_replace_defaults_and_unknown_ones_are_refused() -> None:
    dole = Dole({"size": 4.0, "budget": {2017: 5.0, 2019: 7.0}})
    assert dole.value("size", 2017) == 4.0 and Dole({}).value("size", 2017) == 3.0
    assert [dole.setting("budget", y) for y in (2016, 2017, 2018, 2019, 2020)] == [0.0, 5.0, 0.0, 7.0, 0.0]
    assert Dole({}).setting("budget", 2017) is None
    with pytest.raises(KeyError, match="sise"):
        Dole({"sise": 4.0})
    assert Dole.parameters["size"].value == 3.0  # settings never leak into the declaration


def test_free_parameters_are_drawn_unless_set() -> None:
    drawn, again, other = Dole({}, Draw(Luck(1, 0))), Dole({}, Draw(Luck(1, 0))), Dole({}, Draw(Luck(1, 1)))
    assert drawn.value("size", 2017) == again.value("size", 2017) != other.value("size", 2017)
    assert 1.0 <= drawn.value("size", 2017) <= 5.0
    assert Dole({"size": 2.0}, Draw(Luck(1, 0))).value("size", 2017) == 2.0
    assert Dole({}, Draw(Luck(0, 0))).value("size", 2017) != 3.0


def test_budget_and_slots_scale_with_the_county(by_hand: Callable[..., County]) -> None:
    dole = Dole({"budget": 1000.0, "slots": 30})
    county = by_hand(1, scale=0.1)
    assert (dole.budget_fen(county), dole.slots(county)) == (10_000, 3)
    free = Dole({})
    assert (free.budget_fen(county), free.slots(county)) == (None, None)


def test_a_capacity_of_its_own_follows_the_scale() -> None:
    from dataclasses import replace

    class Scaled(Dole):
        parameters = {**Dole.parameters, "size": replace(Dole.parameters["size"], value=30.0, scaled=True)}  # noqa: RUF012

    policy = Scaled({})
    assert policy.value("size", 2017) == 30.0
    policy.scale = 0.1
    assert policy.value("size", 2017) == 3.0 and policy.value("take_up", 2017) == 1.0
    own = Scaled({"size": {2017: 50.0, 2018: 20.0}})
    own.scale = 0.5
    assert [own.value("size", year) for year in (2017, 2018)] == [25.0, 10.0]
