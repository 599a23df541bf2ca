"""A county batch from the command line against plain Mesa: twelve scenarios, files, comparison and figures, in one
run.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.benchmarks.core import STUDY, core_plan, reference_cost
from tests.benchmarks.measured import measure
from tuopin.sim.results.results import Results
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.task import simulate_scenario

SCALE, REPLICATES, YEARS = 0.2072, 20, 9
PAIRS = {
    "homes_and_cover": {"relocation": {}, "health_insurance": {}},
    "firms_and_allowance": {"cooperative": {}, "low_income_support": {}},
}
ALIKE = {"none": 1, "health_insurance": 4, "all_but_relocation": 6, "all": 1}
"""Of the twelve scenarios, how many are taken to cost the reference as much as this one: one programme, two or three,
all.
"""
GATE = 55.0
"""Ratio below which CI fails; 70 is the figure to reach. Other tests run beside this one, which leaves both sides
noisy.
"""


@pytest.mark.slow
def test_a_batch_costs_at_most_a_seventieth_of_plain_mesa(tmp_path: Path) -> None:
    """Processor time of the command with all its processes; the reference's is extrapolated from runs of one
    replicate.
    """
    study = YAML(typ="safe").load(STUDY.read_text(encoding="utf-8"))
    study["scenarios"] |= PAIRS
    path = tmp_path / "study.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(study, file)
    command = [str(Path(sys.executable).with_name("tuopin")), "run", str(path), "--scale", str(SCALE), "--workers", "2"]

    plan = core_plan(20_000)
    start = county_of(plan, "lushi", 0)
    simulate_scenario(plan, start, "all", 0)  # kernels are compiled and on disk from here on
    costs = {
        every: sum(reference_cost(plan, start, name, years=4, all_measures=every) * n for name, n in ALIKE.items()) / 12
        for every in (False, True)
    }
    batch = measure([*command, "--replicates", str(REPLICATES), "--out", str(tmp_path / "out")])
    assert batch.status == 0
    runs = Results.open(tmp_path / "out").sql("select distinct scenario, replicate, year from indicators")
    assert len(runs) == 12 * REPLICATES * (YEARS + 1)
    engine = batch.cpu_seconds * 1e9 / (len(start.households) * YEARS * 12 * REPLICATES)
    print(
        f"\nbatch {engine:.0f} ns a household-year; "
        f"plain Mesa {costs[False]:.0f} ns, {costs[False] / engine:.0f} times; "
        f"with the engine's measures {costs[True]:.0f} ns, {costs[True] / engine:.0f} times"
    )
    assert costs[True] / engine > GATE
