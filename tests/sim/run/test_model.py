"""The Mesa shell: steps, institutions, data collector, batch_run, and no leak of Mesa's start method."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import mesa
import pytest

from tuopin.agents.institutions import CountyOffice, FirmAgent, Market, SiteAgent, Village
from tuopin.sim.run.model import CountyModel
from tuopin.sim.run.setup import make_policies

STUDY = Path(__file__).parents[3] / "scenarios" / "lushi.yaml"


@pytest.fixture(scope="module")
def finished() -> CountyModel:
    model = CountyModel(study=STUDY, scenario="all", replicate=1, scale=0.02)
    while model.running:
        model.step()
    return model


def test_a_model_goes_from_the_initial_state_to_the_last_year_and_no_further(finished: CountyModel) -> None:
    assert finished.year == 2025
    frame = finished.datacollector.get_model_vars_dataframe()
    assert frame["year"].tolist() == list(range(2016, 2026))
    finished.step()
    assert finished.year == 2025


def test_institutions_are_mesa_agents_and_households_are_not(finished: CountyModel) -> None:
    kinds = {kind.__name__: len(agents) for kind, agents in finished.agents_by_type.items()}
    assert kinds["CountyOffice"] == 1
    assert kinds["Village"] == 350
    assert kinds["SiteAgent"] == 56  # the sites that Lushi's documents count
    assert kinds["FirmAgent"] == 66  # six anchor projects and sixty cooperatives
    assert len(finished.agents) < len(finished.county.households)
    office = next(iter(finished.agents_by_type[CountyOffice]))
    by_policy = [e for e in finished.ledger.entries if e.policy in {policy.name for policy in finished.policies}]
    assert office.spent == pytest.approx(sum(e.fen for e in by_policy) / 100)
    assert {Village, Market, SiteAgent, FirmAgent} <= set(finished.agents_by_type)


def test_the_collector_reports_what_the_recorder_measured(finished: CountyModel) -> None:
    frame = finished.datacollector.get_model_vars_dataframe()
    h = finished.county.households
    poor = (h.members * (h.income_pp < finished.county.line)).sum() / h.members.sum()
    assert frame["headcount_ratio"].iloc[-1] == pytest.approx(poor, abs=1e-12)


def swept(**parameters: Any) -> list[dict[str, Any]]:
    given = {"study": str(STUDY), "scale": 0.01, "scenario": "low_income_support"}
    return mesa.batch_run(CountyModel, given | parameters, display_progress=False)


def test_mesa_batch_run_sweeps_scenarios_to_the_last_year() -> None:
    final = {row["scenario"]: row for row in swept(scenario=["none", "low_income_support"])}
    assert set(final) == {"none", "low_income_support"}
    assert {row["year"] for row in final.values()} == {2025}
    assert final["low_income_support"]["poverty_gap"] < final["none"]["poverty_gap"]


@pytest.mark.parametrize("name", ["replicate", "seed", "rng"])
def test_every_way_to_repeat_a_model_in_mesa_gives_other_luck(name: str) -> None:
    if name == "rng" and "rng" in inspect.signature(mesa.batch_run).parameters:  # newer Mesa takes it beside the sweep
        given = {"study": str(STUDY), "scale": 0.01, "scenario": "low_income_support"}
        rows = mesa.batch_run(CountyModel, given, rng=[1, 2, 3], display_progress=False)
    else:
        rows = swept(**{name: [1, 2, 3]})
    assert len({row["mean_income_per_person"] for row in rows}) == 3


def test_an_argument_that_a_model_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="has no argument sede"):
        CountyModel(STUDY, scale=0.01, sede=1)


def test_the_default_is_the_first_replicate_of_the_study() -> None:
    (default,), (first,) = swept(), swept(replicate=[1])
    assert default["mean_income_per_person"] == first["mean_income_per_person"]


def test_a_generator_gives_a_seed_of_its_own() -> None:
    one, again, other = (CountyModel(STUDY, scale=0.01, rng=mesa.Model(rng=k).rng) for k in (5, 5, 6))
    incomes = [float(model.county.households.income_pp.sum()) for model in (one, again, other)]
    assert incomes[0] == incomes[1] != incomes[2]


@pytest.mark.filterwarnings("error")
def test_no_warning_greets_who_makes_a_model() -> None:
    CountyModel(STUDY, scale=0.01)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"scenario": "alll"}, r"scenario is 'alll'; allowed: none, relocation, "),
        ({"scenario": ""}, r"scenario is ''; allowed: none"),
        ({"replicate": 0}, "replicate is 0; allowed: whole numbers from 1 on"),
        ({"seed": 1, "rng": 2}, "seed and rng are both given"),
    ],
)
def test_what_a_model_cannot_use_is_said(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        CountyModel(STUDY, scale=0.01, **given)


def test_importing_the_model_leaves_the_start_method_of_the_process_alone() -> None:
    code = (
        "import multiprocessing as m, tuopin.sim.run.model\n"
        "assert m.get_start_method(allow_none=True) is None, m.get_start_method(allow_none=True)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_policies_come_in_the_order_of_their_names() -> None:
    names = [p.name for p in make_policies({"relocation": {}, "cooperative": {}, "low_income_support": {}})]
    assert names == ["cooperative", "low_income_support", "relocation"]


def test_a_model_without_study_or_run_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a study file or a run"):
        CountyModel()
