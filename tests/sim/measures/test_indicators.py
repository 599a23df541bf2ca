from __future__ import annotations

import subprocess
import sys

from tuopin.sim.measures.indicator import SUM, AtRisk
from tuopin.sim.measures.indicators import INDICATORS
from tuopin.sim.measures.views import VIEWS

STOCKS = ("sustained_exits_persons", "sustained_exits_own_strength_persons", "poverty_years_persons")
"""Counted from the initial state on: a year's value holds the years before it."""
LONG_RUN = ("transient_share",)


def test_every_row_is_complete_and_no_label_is_used_twice() -> None:
    assert all(entry.unit and entry.english and entry.chinese for entry in INDICATORS.values())
    for language in ("english", "chinese"):
        labels = [getattr(entry, language) for entry in INDICATORS.values()]
        assert len(set(labels)) == len(labels)
    assert all(all(view) for view in VIEWS.values())
    assert {entry.view for entry in INDICATORS.values()} <= set(VIEWS)


def test_persons_and_money_add_up_over_years_and_counties_and_rates_do_not() -> None:
    for name, entry in INDICATORS.items():
        if name in STOCKS:
            assert (entry.over_years, entry.weight) == ("last", SUM), name
        elif name.endswith(("_persons", "_households", "_yuan")) and entry.over_years != "none":
            assert entry.over_years == entry.weight == SUM, name
        if name.endswith(("_rate", "_ratio", "_error", "_share")):
            assert entry.over_years == ("last" if name in LONG_RUN else "mean") and entry.weight != SUM, name


def test_weights_are_persons_money_or_hours_that_regions_add_up() -> None:
    for name, entry in INDICATORS.items():
        weight = entry.weight.moved if isinstance(entry.weight, AtRisk) else entry.weight
        if weight is not None and weight != SUM:
            assert INDICATORS[weight].weight == SUM and INDICATORS[weight].unit in ("persons", "yuan", "hours"), name
            others = ("adequacy", "leakage_share", "hours_demanded_share")
            assert INDICATORS[weight].unit == "persons" or name in others, name


def test_poverty_is_better_low_and_exits_are_better_high() -> None:
    assert INDICATORS["poor_persons"].better == INDICATORS["reentry_rate"].better == "lower"
    assert INDICATORS["sustained_exits_persons"].better == INDICATORS["exit_rate"].better == "higher"


def test_the_table_is_light() -> None:
    code = "import sys, tuopin.sim.measures.indicators; sys.exit('numpy' in sys.modules or 'numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
