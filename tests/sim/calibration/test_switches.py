from __future__ import annotations

import pandas as pd
import pytest

from tuopin.sim.calibration import switches
from tuopin.sim.calibration.__main__ import put
from tuopin.sim.calibration.switches import switch_table, wide
from tuopin.sim.study.plan import Plan


def test_every_variant_differs_from_the_shipped_model_and_a_scenario_from_itself_by_nothing(
    small_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: switches.VARIANTS[name] for name in ("as shipped", "zero real growth")}
    monkeypatch.setattr(switches, "VARIANTS", few)
    table = switch_table(small_plan, 2, ["all", "none"])
    assert list(table["variant"]) == ["as shipped"] * 2 + ["zero real growth"] * 2
    assert table["headcount"].between(1.0, 60.0).all()
    shipped, frozen = table["headcount"].unique()
    assert frozen > shipped  # less growth, more poverty
    same = table[table["scenario"] == "none"]
    assert (same[["difference", "low", "high"]] == 0.0).all(axis=None)
    assert (table.loc[table["scenario"] == "all", "difference"] < 0.0).all()


def test_wide_keeps_the_order_of_variants() -> None:
    long = pd.DataFrame(
        [("b", "x", 10.0, -1.0, -2.0, 0.5), ("a", "x", 11.0, 1.0, 0.25, 2.0)],
        columns=["variant", "scenario", "headcount", "difference", "low", "high"],
    )
    assert wide(long).to_numpy().tolist() == [
        ["b", 10.0, "-1.00 (-2.00 to +0.50)"],
        ["a", 11.0, "+1.00 (+0.25 to +2.00)"],
    ]


def test_tables_go_where_the_document_marks_them() -> None:
    text = "a\n<!-- risk -->\nold\n<!-- end -->\nb\n"
    assert put(text, {"risk": "new\n"}) == "a\n<!-- risk -->\nnew\n<!-- end -->\nb\n"
    assert put("a", {"risk": "new\n"}) == "a\n<!-- risk -->\nnew\n<!-- end -->\n"
