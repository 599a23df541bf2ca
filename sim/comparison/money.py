"""Costs among the indicators, and money indicators in constant prices."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.comparison.constant_prices import deflators

COST = "cost_yuan"
NOMINAL_COST = "cost_yuan_nominal"
MONEY: tuple[str, ...] = (COST, "mean_income_per_person")
"""Indicators in nominal yuan in the result tables and in yuan of the first year in comparisons."""

RUN_YEAR = ["place", "scenario", "replicate", "year"]


def with_costs(indicators: pd.DataFrame, costs: pd.DataFrame | None) -> pd.DataFrame:
    """Return indicators with `cost_yuan` (view true, group all) of every run and year, from `costs` if not there yet.

    A run and year without a cost entry cost 0 yuan. Nothing is added if `costs` is None.
    """
    if costs is None or (indicators["indicator"] == COST).any():
        return indicators
    runs = indicators[RUN_YEAR].drop_duplicates().astype({"place": str, "scenario": str})
    spent = costs.astype({"place": str, "scenario": str}).groupby(RUN_YEAR, as_index=False)["yuan"].sum()
    rows = runs.merge(spent, on=RUN_YEAR, how="left")
    rows["value"] = rows.pop("yuan").fillna(0.0)
    return pd.concat([indicators, rows.assign(view="true", group="all", indicator=COST)], ignore_index=True)


def in_constant_prices(indicators: pd.DataFrame, price_index: Mapping[int, float], first_year: int) -> pd.DataFrame:
    """Return the indicators with money in yuan of `first_year`, and the nominal cost beside it as `cost_yuan_nominal`.

    Raises ValueError if the price index lacks a year in which there is money.
    """
    money = indicators["indicator"].isin(MONEY).to_numpy()
    years = indicators["year"].to_numpy()
    factors = deflators(np.unique(years[money]), price_index, first_year)
    nominal = indicators[(indicators["indicator"] == COST).to_numpy()].assign(indicator=NOMINAL_COST)
    value = indicators["value"].to_numpy(dtype=np.float64).copy()
    for year, factor in factors.items():
        value[money & (years == year)] *= factor
    return pd.concat([indicators.assign(value=value), nominal], ignore_index=True)
