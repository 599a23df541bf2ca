"""Speed, by ratios measured in one run: engine against plain Mesa, against its own floor, and a million against twenty
thousand.

`pytest tests/benchmarks -m "not slow"` is what CI runs; the gates leave room for a busy machine. The figures themselves
are in docs/performance.md.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.benchmarks.core import core_plan, engine_cost, large_county, reference_cost
from tests.benchmarks.floor import floor_cost
from tuopin.agents.county import County
from tuopin.agents.flows import QUANTITIES, TERMS
from tuopin.sim.run.profile import profile_run
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.task import simulate_scenario
from tuopin.sim.run.year import STEPS
from tuopin.sim.study.plan import Plan

GATE_HEADLINE, GATE_SAME_MEASURES = 60.0, 80.0
"""Ratios below which CI fails: 80 is the figure to reach with the same measures on both sides; both leave room for
noise.
"""
BYTES_ALLOWED = 600
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def county() -> Iterator[tuple[Plan, County]]:
    plan = core_plan(20_000)
    start = county_of(plan, "lushi", 0)
    simulate_scenario(plan, start, "all", 0)  # loads the kernels
    gc.collect()
    gc.freeze()  # what imports hold is not scanned again while either program is timed
    yield plan, start
    gc.unfreeze()


def test_ratio_to_the_floor(county: tuple[Plan, County], benchmark: Any) -> None:
    """Before the agents of the other program fill the memory, and the best of as many runs as there."""
    plan, start = county
    floor = floor_cost()
    engine = engine_cost(plan, start, "all", repeats=10)
    benchmark.pedantic(floor_cost, kwargs={"repeats": 1}, rounds=3)
    benchmark.extra_info.update(floor_ns=floor, engine_ns=engine, ratio=engine / floor)
    print(f"\nfloor {floor:.0f} ns, engine {engine:.0f} ns, {engine / floor:.1f} times the floor")
    assert engine / floor < 6.0


def test_ratio_to_plain_mesa(county: tuple[Plan, County], benchmark: Any) -> None:
    """Both live the same county of 20,000 households through the same years; with its measures and without most of
    them.
    """
    plan, start = county
    headline = reference_cost(plan, start, "all")
    same = reference_cost(plan, start, "all", all_measures=True)
    engine = engine_cost(plan, start, "all", repeats=10)
    benchmark.pedantic(lambda: engine_cost(plan, start, "all", repeats=1), rounds=3)
    benchmark.extra_info.update(
        engine_ns=engine,
        reference_ns=headline,
        reference_all_measures_ns=same,
        ratio=headline / engine,
        ratio_same_measures=same / engine,
    )
    print(
        f"\nengine {engine:.0f} ns; plain Mesa {headline:.0f} ns, {headline / engine:.0f} times; "
        f"with the engine's measures {same:.0f} ns, {same / engine:.0f} times"
    )
    assert headline / engine > GATE_HEADLINE
    assert same / engine > GATE_SAME_MEASURES


def test_the_profile_accounts_for_the_run(county: tuple[Plan, County]) -> None:
    plan, start = county
    spent = profile_run(plan, start, "all")
    steps = [f"step {step.name}" for step in STEPS]
    assert set(spent) == {"setup", "tables", "total", *steps} | {
        f"policy {name}" for name in ("cooperative", "health_insurance", "low_income_support", "relocation")
    }
    parts = sum(spent[name] for name in ("setup", "tables", *steps))
    assert parts == pytest.approx(spent["total"], rel=0.05)
    assert sum(spent[name] for name in spent if name.startswith("policy ")) < spent["total"]


def test_bytes_a_household(county: tuple[Plan, County]) -> None:
    """Columns with those of all four policies, flows, and what the recorder keeps from one year to the next."""
    plan, start = county
    model = simulate_scenario(plan, start, "all", 0)
    columns = sum(np.dtype(column.dtype).itemsize for column in model.county.households.table.values())
    held = model.county.households.bytes() / len(model.county.households)
    assert held == pytest.approx(columns)
    flows = model.county.flows
    buffers = sum(b.nbytes for b in (*flows._buffers.values(), *flows._neutral.values())) / len(model.county.households)
    assert QUANTITIES.keys() < flows._buffers.keys() < {*QUANTITIES, *TERMS}
    kept = [*model.recorder._before.values(), *model.recorder._exited.values(), model.recorder._class_before]
    total = held + buffers + sum(a.nbytes for a in kept) / len(model.county.households)
    print(f"\n{total:.0f} bytes a household: columns {held:.0f}, flows {buffers:.0f}")
    assert total < BYTES_ALLOWED


@pytest.mark.slow
def test_a_million_households_cost_at_most_half_as_much_again(county: tuple[Plan, County]) -> None:
    plan, start = county
    small = engine_cost(plan, start, "all", repeats=3)
    many = large_county(plan, 1_000_000)
    assert len(many.households) == pytest.approx(1_000_000, rel=0.001)
    large = engine_cost(plan, many, "all", repeats=2)
    print(f"\n{small:.0f} ns at 20,000, {large:.0f} ns at 1,000,000 households: {large / small:.2f} times")
    assert large / small < 1.5
