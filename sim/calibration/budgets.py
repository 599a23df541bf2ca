"""What more money does: each programme alone at several budgets, against none, and who is helped and harmed by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from tuopin.agents.place_sample import simulated_share
from tuopin.sim.results.outcome import RunOutcome
from tuopin.sim.run.task import simulate_task
from tuopin.sim.study.plan import Plan

MILLION = 1e6


def _a_year(millions: float, first: int, last: int) -> Mapping[str, Any]:
    return {"budget": dict.fromkeys(range(first, last + 1), millions * MILLION)}


BUDGETS: Mapping[str, Mapping[float, Mapping[str, Any]]] = {
    "health_insurance": {m: _a_year(m, 2017, 2025) for m in (2, 5, 10, 20, 27, 40)},
    "low_income_support": {m: _a_year(m, 2017, 2025) for m in (5, 15, 45, 100, 200)},
    "relocation": {m: _a_year(m, 2017, 2018) for m in (100, 300, 600, 918, 1400)},
    "cooperative": {m: _a_year(m, 2017, 2019) for m in (5, 15, 30, 45, 90)},
}
"""Programme -> nominal M yuan a year for all of Lushi -> its settings."""
PAIRED = ("helped_persons", "harmed_persons")


def budget_table(plan: Plan, replicates: int) -> pd.DataFrame:
    """Return a row per programme and budget: what changes against no programme, means over replicates.

    Columns: programme, budget (M yuan a year), headcount (change in the last year, points), gap (the same), averted
    (person-years in poverty less), helped and harmed (persons of the initial state with fewer and more years in
    poverty). The plan's first place, at its scale; persons are of the whole county.
    """
    settings = {f"{policy} {m}": {policy: dict(s)} for policy, by in BUDGETS.items() for m, s in by.items()}
    changed = replace(plan, draw_parameters=False, baseline="none", scenario_settings={"none": {}, **settings})
    found = [_changes(changed, replicate) for replicate in range(replicates)]
    rows = []
    for name in settings:
        mean = np.mean([changes[name] for changes in found], axis=0)
        headcount, gap, averted, helped, harmed = (float(x) for x in mean)
        policy, millions = name.split(" ")
        persons = [x / simulated_share(plan.place_data[plan.places[0]], plan.scale) for x in (averted, helped, harmed)]
        rows.append((policy, float(millions), 100.0 * headcount, 100.0 * gap, *persons))
    return pd.DataFrame(rows, columns=["programme", "budget", "headcount", "gap", "averted", "helped", "harmed"])


def _changes(plan: Plan, replicate: int) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    baseline = np.zeros(0)
    for outcome in simulate_task(plan, plan.places[0], replicate, list(plan.scenarios)):
        if outcome.error:
            raise RuntimeError(f"{outcome.scenario}: {outcome.error}")
        figures = _last(outcome, plan.last_year)
        if outcome.scenario == plan.baseline:
            baseline = figures
            continue
        pairs = outcome.frames["pairs"].to_pandas().set_index("measure")["value"]
        headcount, gap, years = figures - baseline
        found[outcome.scenario] = np.array([headcount, gap, -years, *(pairs[name] for name in PAIRED)])
    return found


def _last(outcome: RunOutcome, year: int) -> np.ndarray:
    frame = outcome.frames["indicators"].to_pandas()
    chosen = frame[(frame["group"] == "all") & (frame["view"] == "true") & (frame["year"] == year)]
    values = chosen.set_index("indicator")["value"]
    return np.array([values[name] for name in ("headcount_ratio", "poverty_gap", "poverty_years_persons")])
