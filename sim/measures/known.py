"""Every indicator that tables may hold: those measured of all households, and what policies report of their own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tuopin.policies.catalogue import catalogue
from tuopin.policies.reports import COMMON, Report
from tuopin.sim.measures.indicator import SUM, Indicator, OverYears
from tuopin.sim.measures.indicators import INDICATORS


@cache
def known_indicators() -> Mapping[str, Indicator]:
    """Indicators by name, those of policies after the others."""
    reported = [report for policy in catalogue().values() for report in policy.reports]
    return {**{r.name: _indicator(r) for r in (*COMMON, *reported)}, **INDICATORS}


def _indicator(report: Report) -> Indicator:
    over_years: OverYears = "mean" if report.stock else "sum"
    return Indicator(report.unit, report.label, report.label_zh, over_years, SUM, None)
