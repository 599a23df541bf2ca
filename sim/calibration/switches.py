"""How far the comparison hinges on contested mechanisms: the same study with one of them switched, paired as always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from tuopin.agents.mechanisms import resolve_mechanisms
from tuopin.sim.comparison.paired import paired_interval
from tuopin.sim.run.task import simulate_task
from tuopin.sim.study.plan import Plan

SCENARIOS = ("relocation", "cooperative", "health_insurance", "low_income_support", "all")
VARIANTS: dict[str, tuple[Mapping[str, bool | str], Mapping[str, float]]] = {
    "as shipped": ({}, {}),
    "zero real growth": ({}, {"economy.real_growth_switch": 0.0}),
    "motivation off": ({"motivation": False}, {}),
    "spill-overs off": ({"spillovers": False}, {}),
    "health loop and moral hazard off": ({"health_loop": False, "moral_hazard": False}, {}),
    "asset returns concave": ({"asset_trap": "concave"}, {}),
    "asset threshold": ({"asset_trap": "threshold"}, {}),
    "staff limits off": ({"cadre_limits": False}, {}),
    "targeting error off": ({"targeting_error": False}, {}),
}
"""Name -> mechanisms switched, parameters set."""


def switch_table(
    plan: Plan, replicates: int = 5, scenarios: Sequence[str] = SCENARIOS, baseline: str = "none"
) -> pd.DataFrame:
    """Return, per variant and scenario, the change in mean true headcount over the simulated years, in points.

    Columns: variant, scenario, headcount (of the baseline, %), difference (percentage points), low, high (95% for luck,
    paired over replicates). The plan's first place; parameters as stated, never drawn.
    """
    rows = []
    for variant, (mechanisms, parameters) in VARIANTS.items():
        changed = replace(
            plan,
            draw_parameters=False,
            mechanisms=resolve_mechanisms({**plan.mechanisms, **mechanisms}),
            parameters={**plan.parameters, **parameters},
        )
        names = [baseline, *scenarios]
        found = np.array([_headcounts(changed, replicate, names) for replicate in range(replicates)]).T
        for name, figures in zip(scenarios, found[1:], strict=True):
            interval = paired_interval(figures - found[0])
            ends = (float(interval.mean), float(interval.low), float(interval.high))
            rows.append((variant, name, float(found[0].mean()), *ends))
    return pd.DataFrame(rows, columns=["variant", "scenario", "headcount", "difference", "low", "high"])


def _headcounts(plan: Plan, replicate: int, scenarios: Sequence[str]) -> list[float]:
    """Mean true headcount over the simulated years, % of persons, by scenario.

    Raises
    ------
    RuntimeError
        If a run fails.
    """
    means = []
    for outcome in simulate_task(plan, plan.places[0], replicate, list(scenarios)):
        if outcome.error:
            raise RuntimeError(f"{outcome.scenario}: {outcome.error}")
        frame = outcome.frames["indicators"].to_pandas()
        chosen = (frame["group"] == "all") & (frame["view"] == "true") & (frame["indicator"] == "headcount_ratio")
        chosen &= frame["year"] > plan.first_year
        means.append(100.0 * float(frame.loc[chosen, "value"].mean()))
    return means


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with one row per variant and one column per scenario, as text `difference (low to high)`."""
    text = table.assign(
        text=[f"{d:+.2f} ({a:+.2f} to {b:+.2f})" for d, a, b in table[["difference", "low", "high"]].to_numpy()]
    )
    shown = text.pivot_table(
        index=["variant", "headcount"], columns="scenario", values="text", aggfunc="first", sort=False
    )
    return shown.reset_index().rename_axis(columns=None)
