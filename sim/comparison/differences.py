"""Paired differences: every figure of every scenario against the baseline, with intervals, from frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tuopin.sim.comparison.cube import cube_of, scenario_index
from tuopin.sim.comparison.money import in_constant_prices, with_costs
from tuopin.sim.comparison.paired import Interval, Uncertainty, paired_interval
from tuopin.sim.comparison.pairs import pair_rows
from tuopin.sim.comparison.present_values import RATIOS, Prices, capital_adjustments, cost_rows
from tuopin.sim.comparison.rows import ALL, Rows
from tuopin.sim.comparison.spending import NOTHING_SPENT, where_programmes_spent
from tuopin.sim.comparison.worst import worst_rows
from tuopin.sim.comparison.years import over_years
from tuopin.sim.measures.survival import relapse_by_run, usable
from tuopin.sim.results.schemas import COMPARISON

COLUMNS = [column.name for column in COMPARISON]
INTERVAL = ("mean_difference", "low", "high", "probability_positive", "replicates")


def paired_differences(
    indicators: pd.DataFrame,
    costs: pd.DataFrame | None = None,
    spells: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    *,
    baseline: str,
    price_index: Mapping[int, float],
    first_year: int,
    discount_rate: float,
    draw_parameters: bool = False,
    capital_years: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Return the table of `comparison.csv`: paired differences of every scenario from `baseline`, place by place.

    `indicators`, `costs`, `spells` and `pairs` (which are with this baseline) have the columns of the tables of those
    names; `price_index` is a consumer price index by year; `first_year` is the initial year, whose prices money is
    stated in. `year` is a year as text;
    `all`: the mean over the simulated years for rates, means and indices, the sum for flows, counts of persons
    (person-years) and money, the last year for what is counted since the initial state; or `worst`: over the worst
    replicate-years of the baseline (see `worst`). Money is in constant prices; `cost_yuan_nominal` stands beside
    `cost_yuan`, `cost_yuan_discounted` is its present value and, where a programme among `capital_years` has capital,
    `cost_yuan_annualised_discounted` that with its capital as an annuity. Relapse after exit, pairs and the cost ratios
    (both sides discounted) stand under `all` only; a cost ratio is NaN where the difference in effect is not clearly
    positive. `note` says where no programme of the scenario spent anything. With `draw_parameters` intervals are of
    kind `parameters`, else `luck` (see `paired`).

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
    prices = Prices(price_index, first_year, discount_rate)
    last_year = int(cube.keys["year"].max())
    capital = capital_adjustments(costs, capital_years or {}, last_year, prices)
    found = [
        Rows(cube.keys.astype({"year": str}), paired_interval(yearly, uncertainty)),
        Rows(totals.keys.assign(year=ALL), paired_interval(gains, uncertainty)),
        *worst_rows(cube, yearly, base, first_year),
        *cost_rows(cube, yearly, others, base, capital, prices, uncertainty),
    ]
    if pairs is not None and len(pairs):
        found += pair_rows(pairs, names, uncertainty)
    if spells is not None and len(spells):
        found += _relapse_rows(spells, names, baseline, uncertainty)
    table = _in_order(found, names).assign(baseline=baseline, uncertainty=uncertainty)
    return table.assign(note=_notes(table, costs))[COLUMNS]


def _notes(table: pd.DataFrame, costs: pd.DataFrame | None) -> list[str]:
    """Of every row, that the programmes of its scenario spent nothing, or nothing to be said."""
    if costs is None or not len(costs):
        return [""] * len(table)
    spent = where_programmes_spent(costs)
    runs = zip(table["place"].astype(str), table["scenario"].astype(str), strict=True)
    return ["" if run in spent else NOTHING_SPENT for run in runs]


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

    Sorted by place, scenario, indicator, view and group as they first appear, and by year with `all` and `worst` last.
    """
    keys = pd.concat([rows.keys for rows in found], ignore_index=True)
    interval = Interval(*(np.concatenate(parts) for parts in zip(*(rows.interval for rows in found), strict=True)))
    kept = (interval.replicates > 0) | keys["indicator"].isin(RATIOS).to_numpy()[:, None]
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
