"""The Mesa shell: steps, institutions, data collector, batch_run, and no leak of Mesa's start method."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mesa
import pytest

from tuopin.agents.institutions import CountyOffice, FirmAgent, Market, SiteAgent, Village
from tuopin.sim.run.model import CountyModel
from tuopin.sim.run.setup import make_policies

STUDY = Path(__file__).parents[3] / "scenarios" / "lushi.yaml"


@pytest.fixture(scope="module")
def finished() -> CountyModel:
    model = CountyModel(study=STUDY, scenario="all", replicate=0, scale=0.02)
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


def test_mesa_batch_run_sweeps_scenarios() -> None:
    rows = mesa.batch_run(
        CountyModel,
        {"study": str(STUDY), "scenario": ["none", "low_income_support"], "scale": 0.01},
        max_steps=3,
        data_collection_period=1,
        display_progress=False,
    )
    final = {row["scenario"]: row for row in rows if row["year"] == max(r["year"] for r in rows)}
    assert set(final) == {"none", "low_income_support"}
    assert final["low_income_support"]["poverty_gap"] < final["none"]["poverty_gap"]


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
