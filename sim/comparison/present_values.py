"""Present values of costs and effects, capital as an annuity beside cash, and what a unit of effect costs.

Costs *and* effects of later years count for less (Drummond et al. 2015, Methods for the Economic Evaluation of Health
Care Programmes, chapter 4): a poverty-year averted in 2025 is worth less than one averted in 2017, as a yuan is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tuopin.policies.ledger import is_public
from tuopin.sim.comparison.constant_prices import deflators, discount_factors
from tuopin.sim.comparison.cost_effectiveness import cost_ratio
from tuopin.sim.comparison.cube import Cube
from tuopin.sim.comparison.money import COST
from tuopin.sim.comparison.paired import Floats, Interval, Uncertainty, paired_interval
from tuopin.sim.comparison.rows import ALL, Rows, one_row

PER_POVERTY_YEAR, PER_EXIT = "cost_per_poverty_year_averted", "cost_per_sustained_exit"
RATIOS = (PER_POVERTY_YEAR, PER_EXIT)
EFFECTS = ("poverty_years_persons", "sustained_exits_persons")
"""The indicators that cost ratios look at, beside cost."""
DISCOUNTED, ANNUALISED = "cost_yuan_discounted", "cost_yuan_annualised_discounted"


class Prices(NamedTuple):
    """What makes money and effects of different years comparable; `price_index` is a consumer price index."""

    price_index: Mapping[int, float]
    first_year: int
    rate: float


def cost_rows(
    cube: Cube,
    yearly: Floats,
    others: Sequence[int],
    baseline: int,
    capital: Mapping[tuple[str, str, int], float],
    prices: Prices,
    uncertainty: Uncertainty,
) -> Iterator[Rows]:
    """Give present values of cost, in cash and with capital annualised, and cost ratios, place by place.

    `yearly` holds the paired differences (figures, scenarios, replicates) of the scenarios `others`, money in constant
    prices; `capital` what annualising adds to a run's present value (see `capital_adjustments`).
    """
    keys = cube.keys
    here = (keys["view"] == "true") & (keys["group"] == ALL) & (keys["year"] > prices.first_year)
    for place, rows in keys[here & (keys["indicator"] == COST)].groupby("place", sort=False):
        factors = discount_factors(rows["year"], prices.first_year, prices.rate)
        cost = np.einsum("y,ysr->sr", factors, yearly[rows.index])
        yield one_row(place, DISCOUNTED, paired_interval(cost[None], uncertainty))
        if capital:
            annuities = _of_runs(capital, str(place), cube)
            annualised = cost + annuities[others] - annuities[[baseline]]
            yield one_row(place, ANNUALISED, paired_interval(annualised[None], uncertainty))
        at_place = keys[here & (keys["place"] == place)]
        for name, effect in (
            (PER_EXIT, _exits_gained(at_place, yearly, prices)),
            (PER_POVERTY_YEAR, _poverty_years_averted(at_place, yearly, prices)),
        ):
            if effect is not None:
                ratios = [cost_ratio(c, e, uncertainty) for c, e in zip(cost, effect, strict=True)]
                yield one_row(
                    place, name, Interval(*(np.array([part]) for part in list(zip(*ratios, strict=True))[:5]))
                )


def _of_runs(values: Mapping[tuple[str, str, int], float], place: str, cube: Cube) -> Floats:
    """Values by (place, scenario, replicate) as (scenarios, replicates), 0 where there is none."""
    return np.array([[values.get((place, name, r), 0.0) for r in cube.replicates] for name in cube.scenarios])


def _poverty_years_averted(keys: pd.DataFrame, yearly: Floats, prices: Prices) -> Floats | None:
    """Present value of the person-years under the line less than in the baseline, (scenarios, replicates).

    They are counted from the initial state on: what a year adds to the difference is that year's.
    """
    rows = keys[keys["indicator"] == "poverty_years_persons"].sort_values("year")
    if rows.empty:
        return None
    factors = discount_factors(rows["year"], prices.first_year, prices.rate)
    averted = -np.diff(yearly[rows.index], axis=0, prepend=0.0)
    return np.asarray(np.einsum("y,ysr->sr", factors, averted))


def _exits_gained(keys: pd.DataFrame, yearly: Floats, prices: Prices) -> Floats | None:
    """Present value of the stock of sustained exits gained at the horizon, (scenarios, replicates)."""
    rows = keys[keys["indicator"] == "sustained_exits_persons"]
    if rows.empty:
        return None
    last = rows.loc[[rows["year"].idxmax()]]
    gained: Floats = discount_factors(last["year"], prices.first_year, prices.rate)[0] * yearly[last.index[0]]
    return gained


def used_share(rate: float, years: int, used: int) -> float:
    """Return the share of capital that lasts `years` which `used` years of use pay for, as present values.

    An annuity of `years` equal payments, the first in the year of spending, has the present value of what was spent;
    `used` of them are made. At a rate of 0 the share is used / years.

    Raises
    ------
    ValueError
        If capital lasts no year.
    """
    if years < 1:
        raise ValueError(f"capital must last a year at least, got {years}")
    payments = (1.0 + rate) ** -np.arange(years, dtype=np.float64)
    return float(payments[: max(used, 0)].sum() / payments.sum())


def capital_adjustments(
    costs: pd.DataFrame | None, capital_years: Mapping[str, int], last_year: int, prices: Prices
) -> dict[tuple[str, str, int], float]:
    """Return by (place, scenario, replicate) what annualising adds to the present value of public cost (below 0).

    What a programme with capital spends in a year is replaced by the payments of an annuity over its years of life
    that fall within the study. No entries where no programme has capital or nothing was spent by it.
    """
    if costs is None or not capital_years or costs.empty:
        return {}
    spent = costs[costs["policy"].isin(list(capital_years)) & (costs["year"] > prices.first_year)]
    if "kind" in spent:
        spent = spent[spent["kind"].map(is_public).astype(bool)]
    real = deflators(spent["year"].unique(), prices.price_index, prices.first_year)
    run_year = ["place", "scenario", "replicate", "policy", "year"]
    by_year = spent.groupby(run_year, observed=True)["yuan"].sum().reset_index()
    found: dict[tuple[str, str, int], float] = {}
    for place, scenario, replicate, policy, year, yuan in by_year.itertuples(index=False, name=None):
        share = used_share(prices.rate, capital_years[str(policy)], last_year - int(year) + 1)
        value = yuan * real[int(year)] * (1.0 + prices.rate) ** (prices.first_year - int(year))
        key = (str(place), str(scenario), int(replicate))
        found[key] = found.get(key, 0.0) + value * (share - 1.0)
    return found
