"""Who lives and works where, beside published figures."""

from __future__ import annotations

import numpy as np

from tuopin.sim.calibration.histories import Histories
from tuopin.sim.calibration.weighted import Measure, every_year

ILLNESS, DISABILITY = 1, 2


def _size(registered: bool) -> Measure:
    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        return float((h["members"][h["registered_at_start"]] if registered else h["members"]).mean())

    return every_year(measure)


def _elderly(histories: Histories, scenario: str, year: int) -> float:
    h = histories.year(scenario, year)
    return float(h["elderly"].sum() / h["members"].sum())


def _off_farm_per_registered(histories: Histories, scenario: str, year: int) -> float:
    """Off-farm workers, site jobs included, per household registered at the start (households split off included)."""
    h = histories.year(scenario, year)
    h = h[h["registered_at_start"]]
    return float((h["off_farm"] + h["relocation_workers"]).sum() / len(h))


def _away(histories: Histories, scenario: str, year: int) -> float:
    h = histories.year(scenario, year)
    h = h[h["registered_at_start"]]
    return float(h["migrants"].sum() / (h["off_farm"] + h["relocation_workers"]).sum())


def _able_per_registered(histories: Histories, scenario: str, year: int) -> float:
    h = histories.year(scenario, year)
    return float(h["able_workers"][h["registered_at_start"]].mean())


def _cause(code: int) -> Measure:
    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        registered = h["registered"]
        return float((h["cause"] == code)[registered].mean()) if registered.any() else np.nan

    return every_year(measure)


MEASURES: dict[str, Measure] = {
    "household_size": _size(False),
    "household_size_registered": _size(True),
    "elderly_share": every_year(_elderly),
    "off_farm_per_registered": every_year(_off_farm_per_registered),
    "able_per_registered": every_year(_able_per_registered),
    "away_share": every_year(_away),
    "cause_illness": _cause(ILLNESS),
    "cause_disability": _cause(DISABILITY),
}
