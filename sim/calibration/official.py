"""The office's view over the sweep of its unpublished multiples: income and consumption, each below so many lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tuopin.sim.calibration.components import office_poor
from tuopin.sim.calibration.histories import simulate_histories
from tuopin.sim.calibration.targets import load_targets
from tuopin.sim.study.plan import Plan

SWEEP = ((1.0, 1.0), (0.8, 1.0), (1.0, 1.2), (1.2, 1.0), (1.2, 1.2), (1.5, 1.5))
"""(multiple of the line for income, multiple for consumption)."""
YEARS = (2016, 2017, 2018, 2019)


def official_table(
    plan: Plan, replicates: int, scenario: str = "documented", years: Sequence[int] = YEARS
) -> pd.DataFrame:
    """Return the headcount of the official view (%, mean over replicates), a row per pair of multiples.

    A column a year; the published figures come first. The plan's first place; parameters as stated, never drawn.
    """
    found = np.array([_shares(plan, replicate, scenario, years) for replicate in range(replicates)]).mean(axis=0)
    given = {t.period: t.value for t in load_targets() if t.measure == "headcount_official" and t.scenario == scenario}
    rows: list[dict[str, object]] = [
        {"multiples of the line": "published", **{str(y): 100.0 * (given.get(str(y)) or np.nan) for y in years}}
    ]
    for (income, consumption), shares in zip(SWEEP, found, strict=True):
        label = f"income {income:g}, consumption {consumption:g}"
        rows.append({"multiples of the line": label, **dict(zip(map(str, years), 100.0 * shares, strict=True))})
    return pd.DataFrame(rows)


def _shares(plan: Plan, replicate: int, scenario: str, years: Sequence[int]) -> list[list[float]]:
    histories = simulate_histories(plan, replicate, [scenario])
    lines = histories.scenarios[scenario].lines
    return [[office_poor(histories.year(scenario, year), lines[year], *pair) for year in years] for pair in SWEEP]
