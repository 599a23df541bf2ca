"""Survival since exit and since falling into poverty, from merged spells weighted by persons.

One estimate per replicate. Simulated households are not an independent sample, so there are no standard errors here:
the spread over replicates is the uncertainty (`tuopin.sim.comparison`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tuopin.sim.measures.arguments import check_weights

Array = NDArray[Any]

RELAPSE_YEARS: tuple[int, ...] = (1, 3, 5)
RUN = ["place", "scenario", "replicate"]


def usable(spells: pd.DataFrame, kind: str = "exited") -> pd.DataFrame:
    """Return the spells of a kind whose beginning was seen and that were watched for a year at least.

    Left-censored spells are left out: how long they had lasted before is unknown.

    Raises
    ------
    ValueError
        If a column is missing, or years or persons are not numbers from 0 up.
    """
    if missing := {"kind", "left_censored", "years", "ended", "persons"} - set(spells.columns):
        raise ValueError(f"spells lack the columns {', '.join(sorted(missing))}")
    check_weights(spells["years"], "years")
    check_weights(spells["persons"], "persons")
    return spells[(spells["kind"] == kind) & ~spells["left_censored"].astype(bool) & (spells["years"] > 0)]


def kaplan_meier(spells: pd.DataFrame, kind: str = "exited") -> pd.DataFrame:
    """Return the life table of one run's spells of one view: years, at_risk, ended (persons), hazard, survival.

    `spells` has the columns of `spells.parquet`. Rows run from 0 (survival 1) to the longest time seen, without holes.
    `survival` is the share of persons whose spell lasts longer than `years`. Source: Kaplan and Meier (1958), computed
    by statsmodels. An empty table (only year 0) comes back if no beginning was seen.
    """
    used = usable(spells, kind)
    years = used["years"].to_numpy(dtype=np.int64)
    return pd.DataFrame(_life_table(years, used["ended"].to_numpy(dtype=bool), used["persons"].to_numpy(dtype=float)))


def _life_table(years: Array, ended: Array, persons: Array) -> dict[str, Array]:
    """Return the columns of a life table from spells (s,) of whole years."""
    from statsmodels.duration.survfunc import SurvfuncRight

    size = (int(years.max()) if len(years) else 0) + 1
    ends = np.bincount(years, weights=persons * ended, minlength=size)
    stops = np.bincount(years, weights=persons * ~ended, minlength=size)
    at_risk = (ends + stops)[::-1].cumsum()[::-1]
    grid = np.arange(size)
    survival = np.ones(size)
    if ends.any():  # spells are merged once more, over the years they began in
        found = np.flatnonzero(np.concatenate([ends, stops]))
        times, status = found % size, found < size
        curve = SurvfuncRight(times, status.astype(int), freq_weights=np.concatenate([ends, stops])[found])
        steps = np.searchsorted(curve.surv_times, grid, side="right")
        survival = np.concatenate([[1.0], curve.surv_prob])[steps]
    hazard = np.full(size, np.nan)
    np.divide(ends, at_risk, out=hazard, where=(at_risk > 0) & (grid > 0))
    return {"years": grid, "at_risk": at_risk, "ended": ends, "hazard": hazard, "survival": survival}


def survival_by_run(
    spells: pd.DataFrame, view: str = "true", kind: str = "exited", by: Sequence[str] = RUN
) -> pd.DataFrame:
    """Return the life table of every run, that of `kaplan_meier` to the last digit, after place, scenario, replicate.

    All runs are computed at once: a library call for each costs more than everything else that is compared.
    """
    chosen = usable(spells[spells["view"] == view], kind)
    if chosen.empty:
        return pd.DataFrame(columns=[*by, "years", "at_risk", "ended", "hazard", "survival"])
    runs = chosen.groupby(list(by), observed=True, sort=False)
    run, years = runs.ngroup().to_numpy(), chosen["years"].to_numpy(dtype=np.int64)
    ended, persons = chosen["ended"].to_numpy(dtype=bool), chosen["persons"].to_numpy(dtype=float)
    shape = (runs.ngroups, int(years.max()) + 1)
    cell, grid = np.ravel_multi_index((run, years), shape), np.arange(shape[1])
    ends, stops = (
        np.bincount(cell, persons * part, minlength=np.prod(shape)).reshape(shape) for part in (ended, ~ended)
    )
    at_risk = (ends + stops)[:, ::-1].cumsum(axis=1)[:, ::-1]
    hazard = np.divide(ends, at_risk, out=np.zeros(shape), where=at_risk > 0)
    with np.errstate(divide="ignore"):  # where all that are left end, log 0
        survival = np.exp(np.log(1.0 - hazard).cumsum(axis=1))
    hazard[(at_risk == 0) | (grid == 0)] = np.nan
    seen = grid <= runs["years"].max().to_numpy()[:, None]
    of, at = np.nonzero(seen)
    first = np.unique(run, return_index=True)[1]
    names = {name: np.array(chosen[name].iloc[first].tolist())[of] for name in by}
    tables = {"at_risk": at_risk, "ended": ends, "hazard": hazard, "survival": survival}
    return pd.DataFrame(names | {"years": at} | {name: values[seen] for name, values in tables.items()})


def ended_within(table: pd.DataFrame, years: int) -> float:
    """Return the share of spells ended within `years` of their beginning, 1 - survival; NaN if none seen so long."""
    row = table[table["years"] == years]
    return float(1.0 - row["survival"].iloc[0]) if len(row) else np.nan


def relapse_by_run(
    spells: pd.DataFrame, view: str = "true", years: Iterable[int] = RELAPSE_YEARS, by: Sequence[str] = RUN
) -> pd.DataFrame:
    """Return place, scenario, replicate, indicator, value: the share relapsed within 1, 3 and 5 years of an exit.

    These are fresh exits followed one by one, not the stock of `reentry_rate`. NaN if no exit was watched so long.

    Raises
    ------
    ValueError
        For a number of years below 1.
    """
    years = tuple(years)
    if any(k < 1 for k in years):
        raise ValueError("years since exit must be at least 1")
    tables = survival_by_run(spells, view, "exited", by)
    start = np.flatnonzero(tables["years"] == 0)  # of each run, whose rows go on to the longest time seen
    seen = np.diff(start, append=len(tables))
    runs, relapsed = tables[list(by)].iloc[start], 1.0 - tables["survival"].to_numpy(dtype=float)
    parts = []
    for k in years:
        value = np.full(len(start), np.nan)
        value[seen > k] = relapsed[start[seen > k] + k]
        parts.append(runs.assign(indicator=f"relapse_by_{k}_year{'s' if k > 1 else ''}", value=value))
    return pd.concat(parts, ignore_index=True)


def hazard_by_duration(spells: pd.DataFrame, kind: str = "exited") -> pd.DataFrame:
    """Return years (1..), at_risk, ended, hazard: of persons still in the spell, the share leaving it that year.

    With kind `exited` this is the re-entry hazard by time since exit, with `poor` the exit hazard by time in poverty.
    Source: Jenkins (1995), Oxford Bulletin of Economics and Statistics 57.
    """
    table = kaplan_meier(spells, kind)
    return table.loc[table["years"] > 0, ["years", "at_risk", "ended", "hazard"]].reset_index(drop=True)


def median_duration(table: pd.DataFrame) -> float:
    """Return the first number of years by which half of the spells have ended; NaN if the table ends before that.

    Survival is the product of shares (at_risk - ended) / at_risk and is compared with one half in whole numbers of
    persons: a product of rounded shares may miss an exact half by its last bit. Persons that are no whole numbers are
    compared within a share of 1e-12.
    """
    ended, at_risk = (table[name].to_numpy(dtype=np.float64) for name in ("ended", "at_risk"))
    whole = bool((np.isfinite(ended + at_risk) & (ended % 1 == 0) & (at_risk % 1 == 0)).all())
    for row, years in enumerate(table["years"]):
        seen = [k for k in range(row + 1) if at_risk[k] > 0]
        if whole:
            half = 2 * prod(int(at_risk[k] - ended[k]) for k in seen) <= prod(int(at_risk[k]) for k in seen)
        else:
            half = bool(table["survival"].iloc[row] <= 0.5 * (1.0 + 1e-12))
        if half:
            return float(years)
    return np.nan
