"""What incomes are made of by the statistical office's components, and of the poorest fifth, beside published figures.

The office counts what members away send home as a transfer: wages are those earned near home.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

from tuopin.sim.calibration.histories import Histories, HouseholdYear
from tuopin.sim.calibration.weighted import Measure, every_year, mean

Component = Literal["wage", "business", "transfer"]


def component(h: HouseholdYear, name: Component) -> pd.Series:
    """A component of net income as the office counts it, yuan a household."""
    if name == "wage":
        return h["wage_income"] - h["remitted"]
    if name == "business":
        return h["business_income"]
    return h["private_transfers"] + h["public_transfers"] + h["remitted"]


def _share(name: Component) -> Measure:
    """Share of a component in all net income."""

    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        return float(component(h, name).sum() / (h["net_income_pp"] * h["members"]).sum())

    return every_year(measure)


def poorest_fifth(h: HouseholdYear) -> HouseholdYear:
    """The households that make up the poorest fifth of persons by surveyed income."""
    order = h["survey_income_pp"].sort_values(kind="stable").index
    upto = h["members"].loc[order].cumsum()
    return HouseholdYear(h.loc[order[(upto <= 0.2 * upto.iloc[-1]).to_numpy()]])


def _fifth_mean(histories: Histories, scenario: str, year: int) -> float:
    h = poorest_fifth(histories.year(scenario, year))
    return mean(h["survey_income_pp"], h["members"])


def _fifth_component(name: Component) -> Measure:
    """A component of the poorest fifth's surveyed income, yuan a person: the survey errs on all components alike."""

    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = poorest_fifth(histories.year(scenario, year))
        net = h["net_income_pp"]
        error = (h["survey_income_pp"] / net.where(net > 0.0)).fillna(1.0)
        return float((component(h, name) * error).sum() / h["members"].sum())

    return every_year(measure)


def office_poor(h: HouseholdYear, line: float, income: float, consumption: float) -> float:
    """Share of persons with net income below `income` lines and consumption below `consumption` lines."""
    poor = (h["net_income_pp"] < income * line) & (h["consumption"] / h["members"] < consumption * line)
    return mean(poor.astype(float), h["members"])


def _headcount(column: Literal["poor_official", "poor_consumption"]) -> Measure:
    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        return mean(h[column].astype(float), h["members"])

    return every_year(measure)


def _growth(histories: Histories, scenario: str, years: tuple[int, ...]) -> float:
    """Mean net income of the year against that of the initial state (ratio)."""
    first = histories.year(scenario, min(histories.scenarios[scenario].households))
    now = histories.year(scenario, years[0])
    return mean(now["net_income_pp"], now["members"]) / mean(first["net_income_pp"], first["members"])


MEASURES: dict[str, Measure] = {
    "office_wage_share": _share("wage"),
    "office_business_share": _share("business"),
    "office_transfer_share": _share("transfer"),
    "poorest_fifth_income": every_year(_fifth_mean),
    "poorest_fifth_wage": _fifth_component("wage"),
    "poorest_fifth_business": _fifth_component("business"),
    "headcount_official": _headcount("poor_official"),
    "headcount_consumption": _headcount("poor_consumption"),
    "income_growth": _growth,
}
