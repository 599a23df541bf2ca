"""The golden baseline: a small table of results that changes only when somebody renews it on purpose.

    python tests/golden/renew.py

writes tests/golden/lushi.csv anew; say in the commit why the numbers moved.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tuopin.sim.run.task import simulate_task
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.study import Study

TABLE = Path(__file__).with_name("lushi.csv")
STUDY = Path(__file__).parents[2] / "scenarios" / "lushi.yaml"
INDICATORS = (
    "headcount_ratio",
    "poverty_gap",
    "gini",
    "mean_income_per_person",
    "exit_rate",
    "reentry_rate",
    "registered_persons",
    "sustained_exits_persons",
    "catastrophic_health_spending_rate",
    "cost_yuan",
)
YEARS = (2016, 2017, 2020, 2025)


def golden_table() -> pd.DataFrame:
    """Simulate a fiftieth of Lushi under no policy and all four; return scenario, view, indicator, year, value."""
    plan = make_plan(Study.load(STUDY), 0.02)
    frames = [o.frames["indicators"].to_pandas() for o in simulate_task(plan, "lushi", 1, ["none", "all"])]
    frame = pd.concat([f.astype({"scenario": str, "view": str, "group": str, "indicator": str}) for f in frames])
    chosen = frame[(frame.group == "all") & frame.indicator.isin(INDICATORS) & frame.year.isin(YEARS)]
    return chosen[["scenario", "view", "indicator", "year", "value"]].reset_index(drop=True)


if __name__ == "__main__":
    golden_table().to_csv(TABLE, index=False, float_format="%.12g")
