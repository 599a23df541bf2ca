"""Incomes, their spread and their poverty, beside published figures."""

from __future__ import annotations

import numpy as np

from tuopin.sim.calibration.decomposition import FLOOR
from tuopin.sim.calibration.histories import Histories, HouseholdName, HouseholdYear
from tuopin.sim.calibration.weighted import Measure, column_mean, every_year, mean, share
from tuopin.sim.measures.inequality import gini as weighted_gini


def _sd_log_income(histories: Histories, scenario: str, years: tuple[int, ...]) -> float:
    return float(histories.log_income.std())


def _variance_of_change(histories: Histories, scenario: str, years: tuple[int, ...]) -> float:
    return float((histories.log_income - histories.log_income_before).var())


def _sd_log_income_registered(histories: Histories, scenario: str, year: int) -> float:
    h, line = histories.year(scenario, year), histories.scenarios[scenario].lines[year]
    poor = h["registered"].to_numpy()
    return float(np.log(np.maximum(h["income_pp"].to_numpy()[poor], FLOOR * line)).std())


def _gini(histories: Histories, scenario: str, year: int) -> float:
    h = histories.year(scenario, year)
    return weighted_gini(h["survey_income_pp"].to_numpy(), h["members"].to_numpy())


def _bottom_fifth(histories: Histories, scenario: str, year: int) -> float:
    """Mean surveyed income of the poorest fifth of persons against the mean of all."""
    h = histories.year(scenario, year)
    h = HouseholdYear(h.loc[h["survey_income_pp"].sort_values(kind="stable").index])
    upto = h["members"].cumsum()
    lowest = h[upto <= 0.2 * upto.iloc[-1]]
    return mean(lowest["survey_income_pp"], lowest["members"]) / mean(h["survey_income_pp"], h["members"])


def _registered_income(histories: Histories, scenario: str, year: int) -> float:
    h = histories.year(scenario, year)
    h = h[h["registered_at_start"]]
    return mean(h["net_income_pp"], h["members"])


def _headcount(column: HouseholdName) -> Measure:
    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        return mean(h[column].astype(float), h["members"])

    return every_year(measure)


def _band(low: float, high: float) -> Measure:
    """Share of never-registered persons whose effective income lies between `low` and `high` lines."""

    def measure(histories: Histories, scenario: str, year: int) -> float:
        h, line = histories.year(scenario, year), histories.scenarios[scenario].lines[year]
        ratio = h["income_pp"] / line
        return share((ratio >= low) & (ratio < high), ~h["registered"], h["members"])

    return every_year(measure)


MEASURES: dict[str, Measure] = {
    "sd_log_income": _sd_log_income,
    "variance_of_yearly_change": _variance_of_change,
    "sd_log_income_registered": every_year(_sd_log_income_registered),
    "gini_survey": every_year(_gini),
    "bottom_fifth_ratio": every_year(_bottom_fifth),
    "mean_net_income": column_mean(["net_income_pp"])["mean_net_income_pp"],
    "registered_net_income": every_year(_registered_income),
    "headcount_true": _headcount("poor_true"),
    "headcount_survey": _headcount("poor_survey"),
    "headcount_registry": _headcount("registered"),
    "unregistered_poor": _band(-np.inf, 1.0),
    "unregistered_near_poor": _band(1.0, 1.5),
}
