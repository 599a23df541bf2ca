"""The panel by hand: four households out of order of their uid, every column of which differs from every other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.columns import CAUSES, EXITED, OUTSIDE, REGISTERED_POOR, RELAPSED
from tuopin.agents.county import County
from tuopin.policies.catalogue import catalogue
from tuopin.sim.run.panel import panel_year

PROGRAMMES = ("cooperative", "relocation")

COLUMNS: dict[str, tuple[list[Any], list[Any]]] = {
    # column of the households -> as it lies in memory, and what the panel has of uids 3, 5, 7, 9
    "village": ([0, 1, 2, 1], [1, 2, 0, 1]),
    "members": ([1, 2, 3, 4], [2, 3, 1, 4]),
    "market_income_pp": ([10.0, 20.0, 30.0, 40.0], [20.0, 30.0, 10.0, 40.0]),
    "net_income_pp": ([11.0, 21.0, 31.0, 41.0], [21.0, 31.0, 11.0, 41.0]),
    "income_pp": ([12.0, 22.0, -32.0, 42.0], [22.0, -32.0, 12.0, 42.0]),
    # consumption is of the household in memory and of a person in the panel
    "consumption": ([13.0, 46.0, 99.0, 172.0], [23.0, 33.0, 13.0, 43.0]),
    "poor_true": ([True, False, True, False], [False, True, True, False]),
    "poor_consumption": ([False, True, True, False], [True, True, False, False]),
    "poor_official": ([True, False, False, True], [False, False, True, True]),
    "poor_survey": ([False, False, False, True], [False, False, False, True]),
    "medical_bill": ([500.0, 600.0, 700.0, 800.0], [600.0, 700.0, 500.0, 800.0]),
    "medical_paid": ([5.0, 6.0, 7.0, 8.0], [6.0, 7.0, 5.0, 8.0]),
}
NAMES = {
    "market_income_pp": "market_income_per_person",
    "net_income_pp": "net_income_per_person",
    "income_pp": "income_per_person",
    "consumption": "consumption_per_person",
}


@pytest.fixture
def rows(by_hand: Callable[..., County]) -> dict[str, list[Any]]:
    policies = tuple(catalogue()[name]({}) for name in PROGRAMMES)
    county = by_hand(
        4,
        {"economy.rural_cpi": {2016: 0.0, 2017: 0.1}},
        policies=policies,
        villages=3,
        registry_status=[REGISTERED_POOR, OUTSIDE, RELAPSED, EXITED],
        registered_at_start=[False, True, False, True],
        cause=[1, 0, 6, 3],
    )
    county.households.set("uid", np.array([7, 3, 5, 9]))
    for name, (given, _) in COLUMNS.items():
        target = county.flows if name in county.flows.as_mapping() else county.households
        setattr(target, name, np.array(given))
    policies[0].since(county)[:] = [2017, 0, 0, 2016]
    policies[1].since(county)[:] = [0, 2017, 0, 0]
    return dict(panel_year(county, policies).to_pydict())


@pytest.mark.parametrize("name", COLUMNS)
def test_rows_come_by_uid_with_the_household_s_own_figures(rows: dict[str, list[Any]], name: str) -> None:
    assert rows["uid"] == [3, 5, 7, 9]
    assert rows[NAMES.get(name, name)] == COLUMNS[name][1]


def test_status_cause_line_and_programmes(rows: dict[str, list[Any]]) -> None:
    assert rows["year"] == [2017] * 4 and rows["line"] == pytest.approx([3_300.0] * 4)
    assert rows["registered"] == rows["poor_registry"] == [False, True, True, False]  # now, not at the start
    assert rows["cause"] == [CAUSES[code] for code in (0, 6, 1, 3)]
    assert rows["in_cooperative"] == [False, False, True, True]
    assert rows["in_relocation"] == [True, False, False, False]


def test_every_column_is_looked_at(rows: dict[str, list[Any]]) -> None:
    seen = {NAMES.get(name, name) for name in COLUMNS} | {f"in_{name}" for name in PROGRAMMES}
    assert set(rows) == seen | {"year", "uid", "line", "registered", "poor_registry", "cause"}
