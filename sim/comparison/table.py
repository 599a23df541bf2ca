"""The comparison table: every figure of every scenario against the baseline, with intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.comparison.constant_prices import DISCOUNT_RATE, discount_factors
from sim.comparison.cost_effectiveness import CostRatio, cost_ratio
from sim.comparison.cube import Cube, cube_of, scenario_index
from sim.comparison.money import COST, in_constant_prices, with_costs
from sim.comparison.paired import Uncertainty, paired_interval
from sim.comparison.years import OverAll, over_years
from sim.measures.survival import relapse_by_run

COLUMNS = [
    "place", "scenario", "baseline", "indicator", "view", "group", "year", "uncertainty",
    "mean_difference", "low", "high", "probability_positive", "replicates",
]  # fmt: skip
ALL = "all"

EFFECTS: dict[str, tuple[str, float]] = {
    "cost_per_sustained_exit": ("sustained_exits_persons", 1.0),
    "cost_per_poverty_year_averted": ("poor_persons", -1.0),
}
"""Cost ratio -> (indicator summed over years that is its effect, sign that makes more of it better)."""


def compare(
    indicators: pd.DataFrame,
    costs: pd.DataFrame | None = None,
    spells: pd.DataFrame | None = None,
    *,
    baseline: str,
    price_index: Mapping[int, float],
    first_year: int,
    discount_rate: float = DISCOUNT_RATE,
    draw_parameters: bool = False,
) -> pd.DataFrame:
    """Return the table of `comparison.csv`: paired differences of every scenario from `baseline`, place by place.

    `indicators`, `costs` and `spells` have the columns of the tables of those names; `price_index` is a consumer
    price index by year; `first_year` is the initial year, whose prices money is stated in. `year` is a year as text,
    or `all`: the mean over the simulated years for rates, means and indices, the sum for flows, counts of persons
    (person-years) and money. Money is in constant prices; `cost_yuan_nominal` stands beside `cost_yuan`, and
    `cost_yuan_discounted` is its present value. Relapse after exit and the cost ratios stand under `all` only; a cost
    ratio is NaN where the difference in effect is not clearly positive. With `draw_parameters` intervals are of kind
    `parameters`, else `luck` (see `paired`). Raises ValueError if the baseline is unknown, the price index lacks a
    year or a run was given twice.
    """
    uncertainty: Uncertainty = "parameters" if draw_parameters else "luck"
    cube = in_constant_prices(with_costs(cube_of(indicators), costs), price_index, first_year)
    base = scenario_index(cube, baseline)
    relapses = None if spells is None or not len(spells) else _relapse_cube(spells)
    parts = []
    for index, scenario in enumerate(cube.scenarios):
        if index == base:
            continue
        keys = cube.keys.astype({"year": str})
        found = [_rows(keys, cube.figures[:, index] - cube.figures[:, base], uncertainty)]
        totals = over_years(cube, index, base, first_year)
        found.append(_rows(totals.keys.assign(year=ALL), totals.scenario - totals.baseline, uncertainty))
        found += _cost_rows(cube, totals, index, base, first_year, discount_rate, uncertainty)
        if relapses is not None and {scenario, baseline} <= set(relapses.scenarios):
            a, b = relapses.scenarios.index(scenario), relapses.scenarios.index(baseline)
            found.append(_rows(relapses.keys, relapses.figures[:, a] - relapses.figures[:, b], uncertainty))
        parts.append(pd.concat(found, ignore_index=True).assign(scenario=scenario))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    table = pd.concat(parts, ignore_index=True).assign(baseline=baseline, uncertainty=uncertainty)
    return _in_order(table)[COLUMNS]


def _rows(keys: pd.DataFrame, differences: NDArray[np.float64], uncertainty: Uncertainty) -> pd.DataFrame:
    interval = paired_interval(differences, uncertainty)
    rows = keys.reset_index(drop=True).assign(
        mean_difference=interval.mean,
        low=interval.low,
        high=interval.high,
        probability_positive=interval.probability_positive,
        replicates=interval.replicates,
    )
    return rows[rows["replicates"] > 0]


def _cost_rows(
    cube: Cube, totals: OverAll, index: int, base: int, first_year: int, rate: float, uncertainty: Uncertainty
) -> list[pd.DataFrame]:
    """Return the rows of present values and cost ratios of one scenario, place by place."""
    is_cost = (cube.keys["indicator"] == COST).to_numpy() & (cube.keys["group"] == ALL).to_numpy()
    is_cost &= cube.keys["year"].to_numpy() > first_year
    parts = []
    for place in pd.unique(cube.keys.loc[is_cost, "place"]):
        rows = is_cost & (cube.keys["place"] == place).to_numpy()
        factors = discount_factors(cube.keys.loc[rows, "year"], first_year, rate)
        cost = factors @ (cube.figures[rows, index] - cube.figures[rows, base])
        key = {"place": place, "view": "true", "group": ALL, "year": ALL}
        parts.append(_rows(pd.DataFrame([key | {"indicator": "cost_yuan_discounted"}]), cost[None, :], uncertainty))
        for name, (effect, sign) in EFFECTS.items():
            found = (totals.keys[["place", "indicator", "view", "group"]] == [place, effect, "true", ALL]).all(axis=1)
            if found.any():
                gain = sign * (totals.scenario - totals.baseline)[found.to_numpy()][0]
                parts.append(_ratio_row(key | {"indicator": name}, cost_ratio(cost, gain, uncertainty)))
    return parts


def _ratio_row(key: dict[str, object], ratio: CostRatio) -> pd.DataFrame:
    values = {
        "mean_difference": ratio.ratio,
        "low": ratio.low,
        "high": ratio.high,
        "probability_positive": ratio.probability_effect_positive,
        "replicates": ratio.replicates,
    }
    return pd.DataFrame([key | values])


def _relapse_cube(spells: pd.DataFrame) -> Cube:
    views = pd.unique(spells["view"].astype(str))
    parts = [relapse_by_run(spells, view).assign(view=view, group=ALL, year=ALL) for view in views]
    return cube_of(pd.concat(parts, ignore_index=True))


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by place, scenario, indicator, view and group as they first appear, and by year with `all` last."""
    columns = ["place", "scenario", "indicator", "view", "group"]
    order = [table["year"].to_numpy().astype(str), *(pd.factorize(table[name])[0] for name in reversed(columns))]
    return table.iloc[np.lexsort(order)].reset_index(drop=True)
