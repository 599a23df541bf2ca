"""Illness, its bills and who pays them, beside published figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tuopin.sim.calibration.histories import Histories, HouseholdName, HouseholdYear
from tuopin.sim.calibration.weighted import Measure, every_year, paired
from tuopin.sim.measures.catastrophic import catastrophic


def _catastrophic(histories: Histories, scenario: str, year: int) -> float:
    """Share of households whose own medical payments are 40% or more of income net of subsistence food."""
    h = histories.year(scenario, year)
    flag = catastrophic(
        h["medical_out_of_pocket"].to_numpy(),
        h["net_income_pp"].to_numpy(),
        h["members"].to_numpy(),
        histories.scenarios[scenario].food[year],
    )
    return float(flag.mean())


def _impoverished(histories: Histories, scenario: str, year: int) -> float:
    """Share of households above the line on net income and below it once their own medical bills are taken off."""
    h, line = histories.year(scenario, year), histories.scenarios[scenario].lines[year]
    after = h["net_income_pp"] - h["medical_out_of_pocket"] / h["members"]
    return float(((h["net_income_pp"] >= line) & (after < line)).mean())


def _stays_per_adult(histories: Histories, scenario: str, year: int) -> float:
    h = histories.year(scenario, year)
    return float((h["stay_ratio"] < h["use_factor"]).sum() / (h["working_age"] + h["elderly"]).sum())


def _per_adult(column: HouseholdName) -> Measure:
    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        return float(h[column].sum() / (h["working_age"] + h["elderly"]).sum())

    return every_year(measure)


def _disabled(registered: bool) -> Measure:
    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        h = h[h["registered_at_start"]] if registered else h
        return float(h["disabled"].sum() / h["members"].sum())

    return every_year(measure)


def _own_share(member: bool) -> Measure:
    """Own payments over inpatient bills of insured households without outpatient bills.

    Those of members of the policy, or of all others.
    """

    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        chosen = h["insured"] & (h["outpatient_bill"] == 0.0) & (h["inpatient_bill"] > 0.0)
        chosen &= (h["health_insurance_since"] > 0) == member
        bills = float(h["inpatient_bill"][chosen].sum())
        return float(h["medical_out_of_pocket"][chosen].sum()) / bills if bills > 0 else np.nan

    return every_year(measure)


def _stay_income(histories: Histories, scenario: str, year: int) -> float:
    """Change of log market income from last year with a stay this year against without, no stay last year in either."""
    now, before = histories.year(scenario, year), histories.year(scenario, year - 1)
    both = now.index.intersection(before.index)
    now, before = HouseholdYear(now.loc[both]), HouseholdYear(before.loc[both])
    change = _log(now["market_income_pp"]) - _log(before["market_income_pp"])
    well = (before["stay_ratio"] >= 1.0) & np.isfinite(change)
    stay = now["stay_ratio"] < 1.0
    return float(np.expm1(change[well & stay].mean() - change[well & ~stay].mean()))


def _log(values: pd.Series) -> Any:
    return np.log(values.where(values > 100.0))


def _extra_use(histories: Histories, scenario: str, year: int) -> float:
    """Hospital stays of members of the health policy against the same households without it (relative difference)."""
    with_policy, without = paired(histories, (scenario, "none"), year)
    member = with_policy["health_insurance_since"] > 0
    stays = [int((h["stay_ratio"] < h["use_factor"])[member].sum()) for h in (with_policy, without)]
    return stays[0] / stays[1] - 1.0 if stays[1] else np.nan


MEASURES: dict[str, Measure] = {
    "catastrophic_households": every_year(_catastrophic),
    "impoverished_households": every_year(_impoverished),
    "stays_per_adult": every_year(_stays_per_adult),
    "chronic_per_adult": _per_adult("chronic"),
    "disabled_share": _disabled(False),
    "disabled_share_registered": _disabled(True),
    "own_share_ordinary": _own_share(False),
    "own_share_members": _own_share(True),
    "stay_income_effect": every_year(_stay_income),
    "extra_use_of_members": every_year(_extra_use),
}
