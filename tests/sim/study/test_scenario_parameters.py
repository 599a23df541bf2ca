"""Numbers of the model that a scenario has for itself: how they are composed, checked, and what tells them apart."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tuopin.agents.economy import YARDSTICKS
from tuopin.agents.parameters import model_parameters
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.schema import study_schema
from tuopin.sim.study.study import Study

MARGIN, GROWTH, WAGE = "registry.exit_margin", "economy.off_farm_growth", "economy.migrant_wage"
BUNDLES = {
    "strict": {"parameters": {MARGIN: 1.5}},
    "slow": {"parameters": {GROWTH: 0.0, MARGIN: 1.2}, "training": {}},
}
STUDY = {"name": "testing", "place": "lushi", "years": "2016-2020", "baseline": "none", "bundles": BUNDLES}


def study(**scenarios: Any) -> Study:
    return Study.from_dict({**STUDY, "scenarios": {"none": {}, **scenarios}})


def test_a_base_hands_them_on_and_own_values_win() -> None:
    made = study(
        one={"use": "slow", "training": {}},
        two={"base": "one", "parameters": {MARGIN: 1.3}},
        three={"base": "two", "parameters": {WAGE: {2018: 3000}}},
        four={"base": "three", "use": "strict"},
    )
    assert made.scenario_parameters == {
        "one": {GROWTH: 0.0, MARGIN: 1.2},
        "two": {GROWTH: 0.0, MARGIN: 1.3},
        "three": {GROWTH: 0.0, MARGIN: 1.3, WAGE: {2018: 3000}},
        "four": {GROWTH: 0.0, MARGIN: 1.5, WAGE: {2018: 3000}},
    }
    assert [list(package) for package in made.scenarios.values()] == [[], *([["training"]] * 4)]


@given(st.permutations(["one", "two"]), st.permutations(["slow", "strict"]))
def test_the_order_of_naming_is_of_no_matter(order: list[str], used: list[str]) -> None:
    said: dict[str, Any] = {
        "one": {"use": used, "parameters": {MARGIN: 1.4}},
        "two": {"base": "one", "parameters": {GROWTH: 0.01}},
    }
    composed = make_plan(study(**{name: said[name] for name in order}))
    plain = make_plan(
        study(
            one={"training": {}, "parameters": {MARGIN: 1.4, GROWTH: 0.0}},
            two={"training": {}, "parameters": {GROWTH: 0.01, MARGIN: 1.4}},
        )
    )
    assert composed.scenario_hashes == plain.scenario_hashes and composed.identity == plain.identity
    assert composed.scenario_parameters == plain.scenario_parameters


def test_they_tell_scenarios_apart_and_leave_the_identity_of_the_study() -> None:
    plans = [make_plan(study(one={"training": {}, **more})) for more in ({}, {"parameters": {MARGIN: 1.2}})]
    assert plans[0].identity == plans[1].identity  # a scenario may be added to a result
    assert plans[0].scenario_hashes["none"] == plans[1].scenario_hashes["none"]
    assert plans[0].scenario_hashes["one"] != plans[1].scenario_hashes["one"]
    assert plans[0].scenario_parameters == {} and plans[1].scenario_parameters == {"one": {MARGIN: 1.2}}
    assert pickle.loads(pickle.dumps(plans[1])) == plans[1]
    assert study(one={"parameters": None}).scenario_parameters == {}


MISTAKES: tuple[tuple[str, Any, str], ...] = (
    ("unknown", {"registry.exit_magin": 1}, "one.parameters.registry.exit_magin: unknown parameter 'registry.exit_mag"),
    ("bounds", {MARGIN: 99}, "one.parameters.registry.exit_margin: is 99, above "),
    ("unit", {MARGIN: {"value": 1, "unit": "yuan"}}, "exit_margin.unit: wrong unit, is the text 'yuan'; allowed: "),
    ("initial", {"registry.quota_floor": 0.1}, "acts in the initial state alone or before it"),
    ("line", {"economy.statistical_line_2016": 3000}, "what counts as poor or what money is worth"),
    ("prices", {"economy.rural_cpi": {2018: 0.05}}, "what counts as poor or what money is worth"),
    ("the past", {WAGE: {2016: 4000}}, "migrant_wage.2016: 2016 is not simulated: what was until the end of 2016"),
    ("the past with a unit", {WAGE: {"value": {2015: 4000}}}, "migrant_wage.value.2015: 2015 is not simulated"),
    ("not by year", {MARGIN: {2018: 1.0}}, "(it does not change by year)"),
    ("no mapping", 3, "one.parameters: is 3, not a mapping; allowed: a mapping of parameters to values"),
)


@pytest.mark.parametrize(("own", "complaint"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_told_once(own: Any, complaint: str) -> None:
    with pytest.raises(StudyError) as error:
        study(one={"parameters": own})
    (problem,) = error.value.problems
    assert complaint in str(problem)


def test_bundles_that_differ_are_told_and_settled_by_the_scenario() -> None:
    with pytest.raises(StudyError) as error:
        study(one={"use": ["strict", "slow"]})
    (problem,) = error.value.problems
    assert "'strict' and 'slow' give parameters.registry.exit_margin other values: 1.5 and 1.2" in str(problem)
    assert study(one={"use": ["strict", "slow"], "parameters": {MARGIN: 2}}).scenario_parameters["one"][MARGIN] == 2


def test_mistakes_are_told_at_the_line_where_they_are_made(tmp_path: Path) -> None:
    text = """\
name: study
place: lushi
years: 2016-2020
baseline: none
bundles:
  wrong:
    parameters:
      registry.quota_floor: 0.1
scenarios:
  none: {}
  one:
    use: wrong
    parameters:
      registry.exit_margin: -1
      economy.migrant_wage:
        2014: 3000
  two: {base: one}
"""
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        Study.load(path)
    assert [(problem.line, problem.path) for problem in error.value.problems] == [
        (8, "bundles.wrong.parameters.registry.quota_floor"),
        (14, "scenarios.one.parameters.registry.exit_margin"),
        (16, "scenarios.one.parameters.economy.migrant_wage.2014"),
    ]


def test_the_schema_knows_the_numbers_that_may_differ() -> None:
    schema = study_schema()
    numbers = schema["$defs"]["parameters"]["properties"]
    apart = {id for id, p in model_parameters().items() if p.initial} | set(YARDSTICKS)
    assert set(numbers) == set(model_parameters()) - apart
    check = Draft202012Validator(schema).is_valid
    data: dict[str, Any] = {"name": "a", "place": "lushi", "years": "2016-2020", "baseline": "none"}
    assert check({**data, "scenarios": {"none": {"parameters": {MARGIN: 1}}}, "bundles": {"b": {"parameters": None}}})
    assert not check({**data, "scenarios": {"none": {"parameters": {"registry.quota_floor": 0.1}}}})
    assert check({**data, "scenarios": {"none": {}}, "scale": 0.2, "groups": ["cause"]})
    assert not check({**data, "scenarios": {"none": {}}, "groups": ["causes"]})
    assert not check({**data, "scenarios": {"none": {}}, "scale": 0})
