"""Variants: one class under several names, each with columns, luck, slots, money and numbers of its own."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.policies.small import PLAIN, fen_of, kind, members
from tuopin.agents.columns import REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.policies import catalogue as module
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy
from tuopin.policies.variants import variants_of
from tuopin.policies.writes import root
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.tables import tables
from tuopin.sim.run.task import simulate_scenario
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study


def beside(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str | None, **body: Any) -> type[Policy]:
    """A class that lies in `folder`, with this file of variants beside it."""
    here = types.ModuleType("of_a_test")
    here.__file__ = str(folder / "rules.py")
    monkeypatch.setitem(sys.modules, "of_a_test", here)
    if text is not None:
        (folder / "variants.yaml").write_text(text, encoding="utf-8")
    return kind(
        "fund", variants=("own", "group"), label_zh="贷", unit_cost=fen_of(100.0), __module__="of_a_test", **body
    )


def test_each_has_names_numbers_and_columns_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = "own: {label: Own project, zh: 自主, parameters: {take_up: 0.25}}\n"
    fund = beside(monkeypatch, tmp_path, text)
    found = variants_of(fund)
    own, group = found["fund.own"], found["fund.group"]
    assert (own.name, own.variant, own.label, own.label_zh) == ("fund.own", "own", "Own project", "自主")
    assert (group.label, group.label_zh) == ("fund: group", "贷：group")
    assert [own({}).value("take_up", 2017), group({}).value("take_up", 2017), fund({}).value("take_up", 2017)] == [
        0.25,
        1.0,
        1.0,
    ]
    assert own({"take_up": 0.5}).value("take_up", 2017) == 0.5
    assert [c.name for c in own.columns()] == ["fund_own_since", "fund_own_served"]
    assert own({}).block != group({}).block != fund({}).block
    assert root("fund.own") == root("fund") == "fund" and fund.variant == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("third: {}\n", "variants.yaml has third; allowed: own, group"),
        ("own: {parameters: {rate: 1}}\n", "variants.yaml: own has no parameter rate"),
    ],
)
def test_a_file_that_says_what_is_not_declared_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(KeyError, match=said):
        variants_of(beside(monkeypatch, tmp_path, text))


def test_they_enrol_side_by_side_each_with_its_own_money(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    fund = kind("fund", variants=("own", "group"), unit_cost=fen_of(100.0))
    own, group = (variant({**PLAIN, "slots": k}) for k, variant in enumerate(variants_of(fund).values(), start=1))
    county = by_hand(5, policies=(own, group), registry_status=REGISTERED_POOR)
    ledger = programmes(county, own, group)
    assert [len(members(county, own)), len(members(county, group))] == [1, 2]
    assert [ledger.spent("fund.own"), ledger.spent("fund.group")] == [10_000, 20_000]


def test_a_study_runs_them_with_tables_apart(plan_for: Callable[..., Any], installed: Callable[..., None]) -> None:
    installed(kind("fund", variants=("own", "group"), unit_cost=fen_of(100.0)))
    scenarios = {"none": {}, "both": {"fund.own": {"slots": 30}, "fund.group": {"slots": 60}}}
    plan = plan_for(scenarios, years="2016-2017", scale=0.05)
    found = tables(simulate_scenario(plan, county_of(plan, "lushi", 0), "both", 0, panel=True), "lushi", "both", 0)
    costs = found["costs"].to_pandas().set_index("policy")
    assert costs.loc["fund.own", "slots"] != costs.loc["fund.group", "slots"]
    assert {"in_fund.own", "in_fund.group"} <= set(found["panel"].column_names)
    groups = set(found["indicators"].to_pandas()["group"].astype(str))
    assert {"policy=fund.own", "policy=fund.group"} <= groups


def test_one_that_does_not_exist_is_told_with_the_nearest(installed: Callable[..., None]) -> None:
    installed(kind("fund", variants=("own", "group")))
    data = {"name": "x", "place": "lushi", "years": "2016-2017", "baseline": "a", "scenarios": {"a": {"fund.owm": {}}}}
    with pytest.raises(StudyError, match=r"scenarios\.a\.fund\.owm: unknown policy 'fund\.owm'.*fund\.own"):
        Study.from_dict(data)


def test_those_of_a_plug_in_that_is_left_out_are_left_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        def __init__(self, value: str, loaded: type[Policy]) -> None:
            self.name, self.value, self.load = "fund", value, lambda: loaded

    one, two = (kind("fund", variants=("own",), label_zh="x") for _ in range(2))
    monkeypatch.setattr(module, "entry_points", lambda group: [Point("a:X", one), Point("b:X", two)])
    monkeypatch.setattr(module, "dead_plug_ins", lambda points: {})
    assert not [name for name in module._discover.__wrapped__().policies if root(name) == "fund"]


def test_a_name_that_meets_the_columns_of_a_variant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        def __init__(self, name: str, loaded: type[Policy]) -> None:
            self.name, self.value, self.load = name, f"{name}:X", lambda: loaded

    fund, other = kind("fund", variants=("own",), label_zh="x"), kind("fund_own", label_zh="x")
    monkeypatch.setattr(module, "entry_points", lambda group: [Point("fund", fund), Point("fund_own", other)])
    monkeypatch.setattr(module, "dead_plug_ins", lambda points: {})
    found = module._discover.__wrapped__()
    assert "fund_own" not in found.policies and "fund.own" in found.policies
    assert "its column 'fund_own_since' is one of fund.own too" in found.broken["fund_own"]
