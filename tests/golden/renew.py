"""The golden baseline: a small table of results that changes only when somebody renews it on purpose.

    python tests/golden/renew.py

writes tests/golden/lushi.csv anew; say in the commit why the numbers moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
    "sustained_exits_own_strength_persons",
    "poverty_years_persons",
    "multidimensional_headcount",
    "adjusted_multidimensional_headcount",
    "any_deprivation_headcount",
    "catastrophic_health_spending_rate",
    "cost_yuan",
)
BY_GROUP = ("headcount_ratio", "exits_persons", "exclusion_error")
YEARS = (2016, 2017, 2020, 2025)
COLUMNS = ["table", "scenario", "view", "group", "indicator", "year", "value"]


def golden_table() -> pd.DataFrame:
    """Simulate a fiftieth of Lushi under no policy and all four; return figures, payers, spells and persons."""
    plan = make_plan(Study.load(STUDY), 0.02)
    parts = []
    for outcome in simulate_task(plan, "lushi", 1, ["none", "all"]):
        tables = {name: frame.to_pandas() for name, frame in outcome.frames.items()}
        parts += [_indicators(tables), _costs(tables), _spells(tables), _persons(tables)]
    return pd.concat(parts, ignore_index=True)[COLUMNS].astype(dict.fromkeys(COLUMNS[:5], str))


def _indicators(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    frame = tables["indicators"]
    everybody = (frame["group"] == "all") & frame.indicator.isin(INDICATORS)
    of_group = (frame["group"] != "all") & frame.indicator.isin(BY_GROUP) & (frame["view"] == "true")
    return frame[(everybody | of_group) & frame.year.isin(YEARS)].assign(table="indicators")


def _costs(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    frame = tables["costs"][tables["costs"].year.isin(YEARS)]
    names = {"view": "", "group": frame.policy.astype(str), "table": "costs"}
    payer = frame.payer.astype(str) + " " + frame.kind.astype(str)
    return pd.concat(
        [frame.assign(**names, indicator=payer + " " + what, value=frame[what]) for what in ("yuan", "persons")]
    )


def _spells(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    keys: list[Any] = ["scenario", "view", "kind", "start_year", "years", "ended", "left_censored"]
    frame = (
        tables["spells"][tables["spells"].start_year.isin(YEARS)]
        .groupby(keys, observed=True)
        .persons.sum()
        .reset_index()
    )
    seen = (
        frame.years.astype(str)
        + " years, ended "
        + frame.ended.astype(str)
        + ", censored "
        + frame.left_censored.astype(str)
    )
    return frame.assign(table="spells", group=frame.kind, indicator=seen, year=frame.start_year, value=frame.persons)


def _persons(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    frame = tables["persons"][tables["persons"].year.isin(YEARS)]
    names = {"table": "persons", "view": "", "group": "all"}
    moves = ("persons", "births", "deaths", "arrivals", "departures")
    return pd.concat([frame.assign(**names, indicator=name, value=frame[name]) for name in moves])


if __name__ == "__main__":
    golden_table().to_csv(TABLE, index=False, float_format="%.12g")
