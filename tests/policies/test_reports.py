"""Figures that a policy reports: declared, in the tables with unit and labels, added up over counties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.policies.small import PLAIN, fen_of, kind
from tuopin.agents.county import County
from tuopin.policies import catalogue as module
from tuopin.policies.guard import PolicyFault, guarded
from tuopin.policies.protocol import Policy, Report
from tuopin.sim.measures.known import known_indicators
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.tables import tables
from tuopin.sim.run.task import simulate_scenario

LOANS = Report("loans_made", "loans", "loans made", "发放贷款数")


def lender(**body: Any) -> type[Policy]:
    rules: dict[str, Any] = {"reports": (LOANS,), "report": lambda self, county: {"loans_made": 7.0}}
    return kind("lender", unit_cost=fen_of(10.0), **(rules | body))


@pytest.mark.parametrize("given", [{"loans_mode": 1.0}, {"loans_made": "many"}, [], None, {1: 2.0}])
def test_a_figure_that_is_not_declared_or_no_number_is_refused(by_hand: Callable[..., County], given: Any) -> None:
    policy = guarded(lender(report=lambda self, county: given, __module__="elsewhere"))(PLAIN)
    with pytest.raises(PolicyFault, match=r"policy lender: report returns .* `reports` \(loans_made\)"):
        policy.report(by_hand(2, policies=(policy,)))


@pytest.mark.parametrize(
    "report",
    [
        Report("loans_made", "yuan", "money lent", "贷款额"),
        Report("loans_made", "loans", "loans", "贷款数", stock=True),
        Report("enrolled_households", "persons", "enrolled", "在册"),
    ],
)
def test_one_name_is_one_figure(monkeypatch: pytest.MonkeyPatch, report: Report) -> None:
    class Point:
        def __init__(self, name: str, loaded: type[Policy]) -> None:
            self.name, self.value, self.load = name, f"{name}:X", lambda: loaded

    points = [Point("lender", lender(label_zh="x")), Point("second", kind("second", reports=(report,), label_zh="x"))]
    monkeypatch.setattr(module, "entry_points", lambda group: points)
    monkeypatch.setattr(module, "dead_plug_ins", lambda points: {})
    found = module._discover.__wrapped__()
    assert "lender" in found.policies and "second" not in found.policies
    assert f"its report '{report.name}' is known in " in found.broken["second"]


def test_it_is_in_the_tables_with_unit_and_labels(installed: Callable[..., None], plan_for: Callable[..., Any]) -> None:
    installed(lender())
    plan = plan_for({"none": {}, "with": {"lender": {"slots": 50}}}, years="2016-2018", scale=0.01)
    found = tables(simulate_scenario(plan, county_of(plan, "lushi", 0), "with", 0), "lushi", "with", 0)
    table = found["indicators"].to_pandas()
    mine = table[table["indicator"].astype(str) == "loans_made"]
    assert set(mine["group"].astype(str)) == {"policy=lender"} and mine["value"].tolist() == [7.0, 7.0]
    assert known_indicators()["loans_made"][:3] == ("loans", "loans made", "发放贷款数")
