"""Paired differences: every figure of every scenario against the baseline, with intervals, from frames."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tuopin.sim.comparison.constant_prices import discount_factors
from tuopin.sim.comparison.cost_effectiveness import cost_ratio
from tuopin.sim.comparison.cube import cube_of, scenario_index
from tuopin.sim.comparison.money import COST, in_constant_prices, with_costs
from tuopin.sim.comparison.paired import Floats, Interval, Uncertainty, paired_interval
from tuopin.sim.comparison.spending import NOTHING_SPENT, where_programmes_spent
from tuopin.sim.comparison.years import over_years
from tuopin.sim.measures.indicators import INDICATORS
from tuopin.sim.measures.survival import relapse_by_run, usable
from tuopin.sim.results.schemas import COMPARISON

COLUMNS = [column.name for column in COMPARISON]
INTERVAL = ("mean_difference", "low", "high", "probability_positive", "replicates")
ALL = "all"

EFFECTS = {
    "cost_per_sustained_exit": "sustained_exits_persons",
    "cost_per_poverty_year_averted": "poor_persons",
}
"""Cost ratio -> the indicator, summed over years, whose improvement is its effect."""


def paired_differences(
    indicators: pd.DataFrame,
    costs: pd.DataFrame | None = None,
    spells: pd.DataFrame | None = None,
    *,
    baseline: str,
    price_index: Mapping[int, float],
    first_year: int,
    discount_rate: float,
    draw_parameters: bool = False,
) -> pd.DataFrame:
    """Return the table of `comparison.csv`: paired differences of every scenario from `baseline`, place by place.

    `indicators`, `costs` and `spells` have the columns of the tables of those names; `price_index` is a consumer
    price index by year; `first_year` is the initial year, whose prices money is stated in. `year` is a year as text,
    or `all`: the mean over the simulated years for rates, means and indices, the sum for flows, counts of persons
    (person-years) and money. Money is in constant prices; `cost_yuan_nominal` stands beside `cost_yuan`, and
    `cost_yuan_discounted` is its present value. Relapse after exit and the cost ratios stand under `all` only; a cost
    ratio is NaN where the difference in effect is not clearly positive. `note` says where no programme of the
    scenario spent anything. With `draw_parameters` intervals are of kind
    `parameters`, else `luck` (see `paired`).

    Raises
    ------
    ValueError
        If the baseline is unknown, the price index lacks a year or a run was given twice.
    """
    uncertainty: Uncertainty = "parameters" if draw_parameters else "luck"
    cube = in_constant_prices(with_costs(cube_of(indicators), costs), price_index, first_year)
    base = scenario_index(cube, baseline)
    others = [index for index in range(len(cube.scenarios)) if index != base]
    if not others:
        return pd.DataFrame(columns=COLUMNS)
    names = [cube.scenarios[index] for index in others]
    yearly = cube.figures[:, others] - cube.figures[:, [base]]
    totals = over_years(cube, others, base, first_year)
    gains = totals.scenarios - totals.baseline
    found = [
        Rows(cube.keys.astype({"year": str}), paired_interval(yearly, uncertainty)),
        Rows(totals.keys.assign(year=ALL), paired_interval(gains, uncertainty)),
        *_cost_rows(cube.keys, yearly, totals.keys, gains, first_year, discount_rate, uncertainty),
    ]
    if spells is not None and len(spells):
        found += _relapse_rows(spells, names, baseline, uncertainty)
    table = _in_order(found, names).assign(baseline=baseline, uncertainty=uncertainty, note="")
    if costs is not None and len(costs):
        spent = where_programmes_spent(costs)
        pairs = zip(table["place"].astype(str), table["scenario"].astype(str), strict=True)
        table["note"] = ["" if pair in spent else NOTHING_SPENT for pair in pairs]
    return table[COLUMNS]


class Rows(NamedTuple):
    """Some figures of a comparison: one row of `keys` each, with intervals of shape (keys, scenarios)."""

    keys: pd.DataFrame
    interval: Interval


def _cost_rows(
    keys: pd.DataFrame,
    yearly: Floats,
    total_keys: pd.DataFrame,
    gains: Floats,
    first_year: int,
    rate: float,
    uncertainty: Uncertainty,
) -> Iterator[Rows]:
    """Give present values and cost ratios, place by place, from differences (figures, scenarios, replicates)."""
    costs = keys[(keys["indicator"] == COST) & (keys["group"] == ALL) & (keys["year"] > first_year)]
    everybody = total_keys[(total_keys["view"] == "true") & (total_keys["group"] == ALL)]
    effects = {(place, name): row for row, place, name in everybody[["place", "indicator"]].itertuples(name=None)}
    for place, years in costs.groupby("place", sort=False)["year"]:
        factors = discount_factors(years, first_year, rate)
        cost = np.stack([factors @ yearly[years.index, scenario] for scenario in range(yearly.shape[1])])
        yield _one_row(place, "cost_yuan_discounted", paired_interval(cost[None], uncertainty))
        for name, effect in EFFECTS.items():
            if (place, effect) in effects:
                gain = gains[effects[place, effect]] * (1.0 if INDICATORS[effect].better == "higher" else -1.0)
                ratios = [cost_ratio(c, g, uncertainty) for c, g in zip(cost, gain, strict=True)]
                yield _one_row(
                    place, name, Interval(*(np.array([part]) for part in list(zip(*ratios, strict=True))[:5]))
                )


def _one_row(place: Hashable, indicator: str, interval: Interval) -> Rows:
    """Return a figure of everybody in the true view over all years from its intervals (1, scenarios)."""
    key = {"place": place, "indicator": indicator, "view": "true", "group": ALL, "year": ALL}
    return Rows(pd.DataFrame([key]), interval)


def _relapse_rows(spells: pd.DataFrame, names: Sequence[str], baseline: str, uncertainty: Uncertainty) -> list[Rows]:
    views, exits = [str(view) for view in spells["view"].unique()], usable(spells)
    parts = [relapse_by_run(exits, view).assign(view=view, group=ALL, year=ALL) for view in views]
    cube = cube_of(pd.concat(parts, ignore_index=True))
    if baseline not in cube.scenarios:
        return []
    differences = np.full((len(cube.keys), len(names), len(cube.replicates)), np.nan)
    for index, name in enumerate(names):
        if name in cube.scenarios:
            differences[:, index] = cube.figures[:, cube.scenarios.index(name)]
    differences -= cube.figures[:, [cube.scenarios.index(baseline)]]
    return [Rows(cube.keys, paired_interval(differences, uncertainty))]


def _in_order(found: Sequence[Rows], names: Sequence[str]) -> pd.DataFrame:
    """Put together what has a pair of replicates, and every cost ratio.

    Sorted by place, scenario, indicator, view and group as they first appear, and by year with `all` last.
    """
    keys = pd.concat([rows.keys for rows in found], ignore_index=True)
    interval = Interval(*(np.concatenate(parts) for parts in zip(*(rows.interval for rows in found), strict=True)))
    kept = (interval.replicates > 0) | keys["indicator"].isin(EFFECTS).to_numpy()[:, None]
    scenario, row = np.nonzero(kept.T)
    place, *rest = (
        pd.factorize(pd.factorize(keys[name])[0][row])[0] for name in ("place", "indicator", "view", "group")
    )
    year = pd.factorize(keys["year"], sort=True)[0][row]
    order = np.lexsort((year, *reversed(rest), scenario, place))
    scenario, row = scenario[order], row[order]
    table = keys.iloc[row].reset_index(drop=True)
    table["scenario"] = np.array(names, dtype=object)[scenario]
    for name, values in zip(INTERVAL, interval, strict=True):
        table[name] = values[row, scenario]
    return table
