"""Frames of a task that need more than a run: households at its end, and what was drawn, by hand."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.agents.draws import Draw, pert
from tuopin.agents.parameters import model_parameters, name_key
from tuopin.agents.randomness import PARAMETERS, Luck
from tuopin.policies.catalogue import catalogue
from tuopin.policies.ledger import Ledger
from tuopin.sim.results.schemas import REFUSED
from tuopin.sim.run import pairs
from tuopin.sim.run.admissible import Judged
from tuopin.sim.run.pairs import draws_frame, histories, pairs_frame
from tuopin.sim.run.recorder import Recorder
from tuopin.sim.run.run import Run
from tuopin.sim.run.task import close_run
from tuopin.sim.study.plan import Plan, make_plan
from tuopin.sim.study.study import Study

DRAW = Draw(Luck(9, 4), 2)


def test_households_at_the_end_have_the_persons_of_the_start(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, members=[4, 2, 9], start_persons=[1_500, 0, 3_000], poor_years=[5, 2, 0])
    found = histories(Run(county, (), Ledger(), Recorder(2016, 2020)))
    county.households.poor_years[:] = 7
    assert found.uid.tolist() == [100, 101, 102] and found.poor_years.tolist() == [5, 2, 0]
    assert found.persons.tolist() == [1.5, 0.0, 3.0]


def test_the_frame_of_a_pair_keeps_the_order_of_the_table() -> None:
    frame = pairs_frame({"harmed_persons": 2.0, "lifted_persons": 7.5, "exited_in_both_persons": 4.0}).to_pydict()
    assert frame == {
        "measure": ["exited_in_both_persons", "lifted_persons", "harmed_persons"],
        "value": [4.0, 7.5, 2.0],
    }


def test_runs_are_paired_over_all_their_years(by_hand: Callable[..., County]) -> None:
    """From 2016 to 2020: bit 4 is the last year. What is poor then under the baseline alone is lifted."""
    plan: Any = SimpleNamespace(baseline="none", draw_parameters=False)
    finished: list[Any] = []
    frames = []
    for scenario, poor_years in (("none", [0b10001, 0b11001, 0b10000]), ("help", [0b01001, 0b10001, 0b01000])):
        county = by_hand(3, year=2020, members=9, start_persons=[2_000, 3_000, 4_000], poor_years=poor_years)
        run = Run(county, (), Ledger(), Recorder(2016, 2020))
        frames.append(close_run(plan, scenario, finished, run)["pairs"].to_pydict())
    assert frames[0]["measure"] == [] and len(finished) == 1
    told = dict(zip(frames[1]["measure"], frames[1]["value"], strict=True))
    assert (told["lifted_persons"], told["stayers_persons"], told["prevented_persons"]) == (2.0, 3.0, 4.0)
    assert (told["helped_persons"], told["harmed_persons"], told["relief_person_years"]) == (3.0, 0.0, 3.0)


def plan_of(draw: bool) -> Plan:
    """A study that states a number of the model, and in one of two scenarios one of a programme."""
    study: dict[str, Any] = {
        "name": "drawn",
        "place": "lushi",
        "years": "2016-2018",
        "baseline": "none",
        "draw_parameters": draw,
        "parameters": {"labour.months": 9.0},
        "scenarios": {
            "none": {},
            "taught": {"training": {"entry_gain": 0.04}, "public_jobs": {"take_up": 0.5}},
            "taught_too": {"training": {}, "public_jobs": {"take_up": 0.6}},
        },
    }
    return make_plan(Study.from_dict(study), 0.02)


@pytest.fixture
def drawn(by_hand: Callable[..., County], monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    monkeypatch.setattr(pairs, "admissible_draw", lambda seed, replicate: Judged(DRAW, 2))
    plan = plan_of(True)
    county = by_hand(1)
    county.place = plan.place_data["lushi"]
    frame = draws_frame(plan, county).to_pydict()
    return dict(zip(frame["parameter"], frame["value"], strict=True))


def quantile(id: str, low: float, mode: float, high: float) -> float:
    u = float(DRAW.luck.uniform(PARAMETERS, DRAW.attempt, np.array([name_key(id)]))[0])
    return pert(u, low, mode, high)


def test_a_number_is_told_as_drawn_and_a_series_as_its_factor(drawn: dict[str, float]) -> None:
    p = model_parameters()
    for id in ("finance.bill_share", "labour.exit_rate"):
        low, high = p[id].low, p[id].high
        assert low is not None and high is not None
        assert drawn[id] == pytest.approx(quantile(id, low, float(p[id].value), high))  # type: ignore[arg-type]
    series = "labour.wage_discount"
    low, high = p[series].low, p[series].high
    assert low is not None and high is not None
    assert drawn[series] == pytest.approx(quantile(series, low, 1.0, high)) and drawn[series] != pytest.approx(1.0)
    assert drawn[REFUSED] == 2.0


def test_what_the_study_states_is_not_told_as_drawn(drawn: dict[str, float]) -> None:
    assert "labour.months" not in drawn  # of the model
    assert "training.entry_gain" in drawn  # stated in one scenario, drawn in the other
    assert "public_jobs.take_up" not in drawn and "public_jobs.claimed_share" in drawn  # stated in both
    assert not {id for id in drawn if id.startswith("cooperative.")}  # a programme that no scenario has
    assert not {id for id in drawn if id.rpartition(".")[2] in ("budget", "budget_rate", "slots", "slots_rate")}
    assert {"place.lushi.county_factor", "place.lushi.rural_persons"} <= set(drawn)
    assert set(catalogue()) > {"training", "public_jobs", "cooperative"}


def test_nothing_is_told_without_draws_or_but_with_the_baseline(by_hand: Callable[..., County]) -> None:
    assert draws_frame(plan_of(False), by_hand(1)).num_rows == draws_frame(None, by_hand(1)).num_rows == 0
