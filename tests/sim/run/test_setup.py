"""The surroundings of a county in a replicate: what is drawn is drawn everywhere, what is stated nowhere."""

from __future__ import annotations

import pytest

from tuopin.agents.draws import Draw, resolve_parameters
from tuopin.agents.randomness import Luck
from tuopin.sim.run import setup
from tuopin.sim.run.admissible import Judged
from tuopin.sim.run.draws import draw_place
from tuopin.sim.study.plan import Plan, make_plan
from tuopin.sim.study.study import Study

DRAW = Draw(Luck(5, 3), 1)


def plan_of(draw: bool) -> Plan:
    study = {
        "name": "drawn",
        "place": "lushi",
        "years": "2016-2018",
        "seed": 5,
        "replicates": 3,
        "baseline": "none",
        "draw_parameters": draw,
        "parameters": {"labour.months": 9.0},
        "mechanisms": {"demonstration": False},
        "scenarios": {"none": {}, "taught": {"training": {"take_up": 0.5}, "cooperative": {}}},
    }
    return make_plan(Study.from_dict(study), 0.5)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The draws asked for, by seed and replicate."""
    asked: list[tuple[int, int]] = []

    def admissible_draw(seed: int, replicate: int) -> Judged:
        asked.append((seed, replicate))
        return Judged(DRAW, 1)

    monkeypatch.setattr(setup, "admissible_draw", admissible_draw)
    return asked


def test_a_study_that_draws_draws_place_parameters_and_programmes(judged: list[tuple[int, int]]) -> None:
    plan = plan_of(True)
    place, parameters, mechanisms, luck = setup.world_of(plan, "lushi", 3)
    stated = plan.place_data["lushi"]
    assert place == draw_place(stated, DRAW) and place.county_factor.value != stated.county_factor.value
    assert parameters.entries == resolve_parameters({"labour.months": 9.0}, DRAW).entries
    assert parameters.value("labour.months") == 9.0
    assert mechanisms == dict(plan.mechanisms) and mechanisms["demonstration"] is False
    assert (luck.seed, luck.replicate) == (5, 3)
    cooperative, training = setup.policies_of(plan, "taught", 3)
    assert (cooperative.name, training.name) == ("cooperative", "training")
    assert training.value("take_up", 2017) == 0.5
    assert training.value("entry_gain", 2017) != type(training)({}).value("entry_gain", 2017)
    assert cooperative.scale == training.scale == 0.5
    assert set(judged) == {(5, 3)}


def test_a_study_that_draws_nothing_has_what_is_stated(judged: list[tuple[int, int]]) -> None:
    plan = plan_of(False)
    place, parameters, _, luck = setup.world_of(plan, "lushi", 2)
    assert place == plan.place_data["lushi"] and luck.replicate == 2
    assert parameters.entries == resolve_parameters({"labour.months": 9.0}).entries
    _, training = setup.policies_of(plan, "taught", 2)
    assert training.value("entry_gain", 2017) == type(training)({}).value("entry_gain", 2017)
    assert judged == []
