"""Scenarios made of others and of bundles are written out as plain packages; naming does not change a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study

BUNDLES = {
    "move": {"relocation": {"slots": 100, "take_up": 0.7}, "every": {"support_after_exit_months": 12}},
    "teach": {"training": None},
}
STUDY = {"name": "testing", "place": "lushi", "years": "2016-2020", "baseline": "none", "bundles": BUNDLES}


def written(**scenarios: Any) -> dict[str, Any]:
    """The scenarios of a study as policies and their settings."""
    study = Study.from_dict({**STUDY, "scenarios": {"none": {}, **scenarios}})
    return {name: {policy: dict(given) for policy, given in said.items()} for name, said in study.scenarios.items()}


def test_a_scenario_takes_in_bundles_and_its_own_values_win() -> None:
    made = written(one={"use": ["move", "teach"], "relocation": {"slots": 5}})["one"]
    assert made == {
        "relocation": {"slots": 5, "take_up": 0.7, "support_after_exit_months": 12},
        "training": {"support_after_exit_months": 12},
    }


def test_a_scenario_begins_from_another_and_every_reaches_only_who_does_not_set_it() -> None:
    made = written(
        one={"use": "move"},
        two={"base": "one", "training": {"take_up": 0.2}, "every": {"take_up": 0.4, "support_after_exit_months": 36}},
    )
    assert made["one"] == {"relocation": {"slots": 100, "take_up": 0.7, "support_after_exit_months": 12}}
    assert made["two"] == {
        "relocation": {"slots": 100, "take_up": 0.7, "support_after_exit_months": 36},
        "training": {"take_up": 0.2, "support_after_exit_months": 36},
    }


def test_what_a_base_says_of_every_policy_holds_for_those_added_later() -> None:
    made = written(one={"every": {"take_up": 0.3}, "relocation": None}, two={"base": "one", "training": {}})
    assert made["two"] == {"relocation": {"take_up": 0.3}, "training": {"take_up": 0.3}}


def test_the_shipped_bundle_keeps_support() -> None:
    made = written(one={"use": ["teach", "keep_policy"]})["one"]
    assert made == {"training": {"support_after_exit_months": 60}}


@given(st.permutations(["one", "two", "three"]), st.permutations(["move", "teach"]))
def test_the_order_of_naming_is_of_no_matter(order: list[str], used: list[str]) -> None:
    said: dict[str, Any] = {
        "one": {"use": used},
        "two": {"base": "one", "relocation": {"slots": 7}},
        "three": {"base": "two", "every": {"take_up": 0.1}},
    }
    plain = {
        "one": {
            "relocation": {"slots": 100, "take_up": 0.7, "support_after_exit_months": 12},
            "training": {"support_after_exit_months": 12},
        },
        "two": {
            "relocation": {"slots": 7, "take_up": 0.7, "support_after_exit_months": 12},
            "training": {"support_after_exit_months": 12},
        },
        "three": {
            "relocation": {"slots": 7, "take_up": 0.7, "support_after_exit_months": 12},
            "training": {"take_up": 0.1, "support_after_exit_months": 12},
        },
    }
    composed = make_plan(Study.from_dict({**STUDY, "scenarios": {"none": {}, **{name: said[name] for name in order}}}))
    direct = {key: value for key, value in STUDY.items() if key != "bundles"}
    written_out = make_plan(Study.from_dict({**direct, "scenarios": {"none": {}, **plain}}))
    assert composed.identity == written_out.identity
    assert composed.scenario_hashes == written_out.scenario_hashes


MISTAKES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("a bundle nobody wrote", {"one": {"use": "mov"}}, "one.use: 'mov' is no bundle (did you mean 'move'?)"),
    ("a list with a number", {"one": {"use": ["move", 3]}}, "one.use[1]: is 3; allowed: keep_policy, move, teach"),
    ("no list", {"one": {"use": 3}}, "one.use: is 3; allowed: the name of a bundle, or a list"),
    ("bundles that differ", {"one": {"use": ["move", "keep_policy"]}}, "'move' and 'keep_policy' give every.support"),
    ("itself", {"one": {"base": "one"}}, "one.base: begins from itself (one -> one); allowed: none"),
    ("a circle", {"one": {"base": "two"}, "two": {"base": "one"}}, "begins from itself (one -> two -> one)"),
    ("no scenario", {"one": {"base": "on"}}, "one.base: 'on' is no scenario"),
    ("a number as base", {"one": {"base": 3}}, "one.base: is 3"),
    ("not common", {"one": {"training": {}, "every": {"cost": 1}}}, "'cost' is no parameter that every policy has"),
    ("nobody takes it", {"one": {"every": {"take_up": 0.1}}}, "no policy of the scenario takes 'take_up'"),
    ("every is no mapping", {"one": {"training": {}, "every": 3}}, "one.every: is 3, not a mapping"),
    ("out of bounds", {"one": {"training": {}, "every": {"take_up": 3}}}, "take_up: is 3, above 1"),
)


@pytest.mark.parametrize(
    ("scenarios", "complaint"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES]
)
def test_mistakes_of_composing_are_told_once(scenarios: dict[str, Any], complaint: str) -> None:
    with pytest.raises(StudyError) as error:
        written(**scenarios)
    (problem,) = error.value.problems
    assert complaint in str(problem)


def test_bundles_that_differ_are_settled_by_the_scenario() -> None:
    made = written(one={"use": ["move", "keep_policy"], "every": {"support_after_exit_months": 36}})["one"]
    assert made["relocation"]["support_after_exit_months"] == 36


def test_mistakes_are_told_once_at_the_line_where_they_are_made(tmp_path: Path) -> None:
    text = """\
name: study
place: lushi
years: 2016-2020
baseline: none
bundles:
  wrong: {relocation: {slots: {2017: -1}}, use: move}
  right: {training: {}}
  keep_policy: {}
  wrong name: {}
  no mapping: 3
  unknown: {train: {}}
scenarios:
  none: {}
  one: {use: [wrong, right], every: {take_up: 7}}
  two: {base: one, relocation: {take_up: 5}}
  three: {base: two}
"""
    path = tmp_path / "study.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as error:
        Study.load(path)
    said = [(problem.line, problem.path) for problem in error.value.problems]
    assert said == [
        (6, "bundles.wrong.use"),
        (6, "bundles.wrong.relocation.slots.2017"),
        (8, "bundles.keep_policy"),
        (9, "bundles.wrong name"),
        (10, "bundles.no mapping"),
        (11, "bundles.unknown.train"),
        (14, "scenarios.one.training.take_up"),
        (15, "scenarios.two.relocation.take_up"),
    ]
