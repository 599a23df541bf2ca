"""Survival since exit and since falling into poverty, from merged spells weighted by persons.

One estimate per replicate. Simulated households are not an independent sample, so there are no standard errors here:
the spread over replicates is the uncertainty (`comparison.survival_difference`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

RELAPSE_YEARS: tuple[int, ...] = (1, 3, 5)
RUN = ["place", "scenario", "replicate"]


def usable(spells: pd.DataFrame, kind: str = "exited") -> pd.DataFrame:
    """Return the spells of a kind whose beginning was seen and that were watched for a year at least.

    Left-censored spells are left out: how long they had lasted before is unknown.
    """
    return spells[(spells["kind"] == kind) & ~spells["left_censored"].astype(bool) & (spells["years"] > 0)]


def kaplan_meier(spells: pd.DataFrame, kind: str = "exited") -> pd.DataFrame:
    """Return the life table of one run's spells of one view: years, at_risk, ended (persons), hazard, survival.

    `spells` has the columns of `spells.parquet`. Rows run from 0 (survival 1) to the longest time seen, without
    holes. `survival` is the share of persons whose spell lasts longer than `years`. Source: Kaplan and Meier (1958),
    computed by statsmodels. An empty table (only year 0) comes back if no beginning was seen.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    used = usable(spells, kind)
    longest = int(used["years"].max()) if len(used) else 0
    table = pd.DataFrame({"years": np.arange(longest + 1), "at_risk": 0.0, "ended": 0.0, "survival": 1.0})
    persons = used["persons"].to_numpy(dtype=np.float64)
    years = used["years"].to_numpy(dtype=np.int64)
    ended = used["ended"].to_numpy(dtype=bool)
    ends = np.bincount(years, weights=persons * ended, minlength=longest + 1)
    leaves = np.bincount(years, weights=persons, minlength=longest + 1)
    table["at_risk"] = leaves[::-1].cumsum()[::-1]
    table["ended"] = ends
    if ended.any():
        curve = SurvfuncRight(years, ended.astype(int), freq_weights=persons)
        at = np.searchsorted(curve.surv_times, table["years"], side="right") - 1
        table["survival"] = np.where(at >= 0, curve.surv_prob[np.maximum(at, 0)], 1.0)
    risk = table["at_risk"].to_numpy()
    table.insert(3, "hazard", np.divide(ends, risk, out=np.full(longest + 1, np.nan), where=risk > 0))
    table.loc[0, "hazard"] = np.nan
    return table


def survival_by_run(
    spells: pd.DataFrame, view: str = "true", kind: str = "exited", by: Sequence[str] = RUN
) -> pd.DataFrame:
    """Return the life table of every run: the columns of `kaplan_meier` after place, scenario and replicate."""
    chosen = usable(spells[spells["view"] == view], kind)
    parts = []
    for run, rows in chosen.groupby(list(by), observed=True, sort=False):
        table = kaplan_meier(rows, kind)
        for position, (name, value) in enumerate(zip(by, run, strict=True)):
            table.insert(position, name, np.full(len(table), value))
        parts.append(table)
    if parts:
        return pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns=[*by, "years", "at_risk", "ended", "hazard", "survival"])


def ended_within(table: pd.DataFrame, years: int) -> float:
    """Return the share of spells ended within `years` of their beginning, 1 - survival; NaN if none seen so long."""
    row = table[table["years"] == years]
    return float(1.0 - row["survival"].iloc[0]) if len(row) else np.nan


def relapse_by_run(
    spells: pd.DataFrame, view: str = "true", years: Iterable[int] = RELAPSE_YEARS, by: Sequence[str] = RUN
) -> pd.DataFrame:
    """Return place, scenario, replicate, indicator, value: the share relapsed within 1, 3 and 5 years of an exit.

    These are fresh exits followed one by one, not the stock of `reentry_rate`. NaN if no exit was watched so long.
    """
    tables = survival_by_run(spells, view, "exited", by)
    rows = [
        (*run, f"relapse_by_{k}_year{'s' if k > 1 else ''}", ended_within(table, k))
        for run, table in tables.groupby(list(by), observed=True, sort=False)
        for k in years
    ]
    return pd.DataFrame(rows, columns=[*by, "indicator", "value"])


def hazard_by_duration(spells: pd.DataFrame, kind: str = "exited") -> pd.DataFrame:
    """Return years (1..), at_risk, ended, hazard: of persons still in the spell, the share leaving it that year.

    With kind `exited` this is the re-entry hazard by time since exit, with `poor` the exit hazard by time in poverty.
    Source: Jenkins (1995), Oxford Bulletin of Economics and Statistics 57.
    """
    table = kaplan_meier(spells, kind)
    return table.loc[table["years"] > 0, ["years", "at_risk", "ended", "hazard"]].reset_index(drop=True)


def expected_duration(table: pd.DataFrame) -> float:
    """Return the mean length of a spell in years up to the end of a life table: a lower bound if some outlast it.

    Each year begun counts: the sum of survival at 0, 1, .. before the last row. Source: Bane and Ellwood (1986).
    """
    return float(table["survival"].iloc[:-1].sum())


def median_duration(table: pd.DataFrame) -> float:
    """Return the first number of years by which half of the spells have ended; NaN if the table ends before that."""
    reached = table.loc[table["survival"] <= 0.5, "years"]
    return float(reached.iloc[0]) if len(reached) else np.nan
