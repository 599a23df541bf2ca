"""Costs among the indicators, and money indicators in constant prices."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tuopin.policies.ledger import is_public
from tuopin.sim.comparison.constant_prices import deflators
from tuopin.sim.comparison.cube import KEY, Cube
from tuopin.sim.measures.indicators import INDICATORS

COST = "cost_yuan"
NOMINAL_COST = "cost_yuan_nominal"
MONEY = tuple(name for name, indicator in INDICATORS.items() if indicator.unit.startswith("yuan"))
"""Indicators in nominal yuan in the result tables and in yuan of the first year in comparisons."""


def with_costs(cube: Cube, costs: pd.DataFrame | None) -> Cube:
    """Return the cube with `cost_yuan` (view true, group all) of every run and year, from `costs` if not there yet.

    Of the costs those of a public kind, all of them where no kind is told.

    A run and year without a cost entry cost 0 yuan; a run that is absent has no cost. Nothing is added without `costs`.
    """
    if costs is None or (cube.keys["indicator"] == COST).any():
        return cube
    keys = cube.keys[["place", "year"]].drop_duplicates().assign(indicator=COST, view="true", group="all")
    keys = keys[list(KEY)].reset_index(drop=True)
    figures = np.full((len(keys), *cube.figures.shape[1:]), np.nan)
    for place in pd.unique(keys["place"]):
        present = np.isfinite(cube.figures[(cube.keys["place"] == place).to_numpy()]).any(axis=0)
        figures[(keys["place"] == place).to_numpy()] = np.where(present, 0.0, np.nan)
    row = {key: i for i, key in enumerate(zip(keys["place"].astype(str), keys["year"], strict=True))}
    scenario = {name: i for i, name in enumerate(cube.scenarios)}
    replicate = {number: i for i, number in enumerate(cube.replicates)}
    run_year = ["place", "year", "scenario", "replicate"]
    if "kind" in costs:
        costs = costs[costs["kind"].map(is_public).astype(bool)]
    spent = costs.groupby(run_year, observed=True)["yuan"].sum().reset_index()
    entries = zip(*(spent[column].tolist() for column in [*run_year, "yuan"]), strict=True)
    for place, year, name, number, yuan in entries:
        if (place, year) in row and name in scenario and number in replicate:
            figures[row[place, year], scenario[name], replicate[number]] = yuan
    return cube._replace(
        keys=pd.concat([cube.keys, keys], ignore_index=True), figures=np.concatenate([cube.figures, figures])
    )


def in_constant_prices(cube: Cube, price_index: Mapping[int, float], first_year: int) -> Cube:
    """Return the cube with money in yuan of `first_year`, and the nominal cost beside it as `cost_yuan_nominal`.

    Raises
    ------
    ValueError
        If the price index lacks a year in which there is money.
    """
    money = cube.keys["indicator"].isin(MONEY).to_numpy()
    cost = (cube.keys["indicator"] == COST).to_numpy()
    factors = deflators(np.unique(cube.keys.loc[money, "year"]), price_index, first_year)
    factor = np.array([factors[year] if m else 1.0 for year, m in zip(cube.keys["year"], money, strict=True)])
    nominal = cube.keys[cost].assign(indicator=NOMINAL_COST)
    return cube._replace(
        keys=pd.concat([cube.keys, nominal], ignore_index=True),
        figures=np.concatenate([cube.figures * factor[:, None, None], cube.figures[cost]]),
    )
