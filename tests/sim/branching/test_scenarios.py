"""Files of scenarios: who continues whom, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuopin.sim.branching.scenarios import Branches, read_branches
from tuopin.sim.study.problems import StudyError

LIVED = ["none", "all", "some"]


def read(tmp_path: Path, text: str) -> Branches:
    path = tmp_path / "next.yaml"
    path.write_text(text, encoding="utf-8")
    return read_branches(path, LIVED, "none", (2016, 2021))


@pytest.mark.parametrize(
    ("head", "continues"),
    [
        ("", {"all": "all", "new": "none"}),  # its own name, else the baseline
        ("continues: some\n", {"all": "some", "new": "some"}),
        ("continues: {new: all}\n", {"all": "all", "new": "all"}),
        ("continues: {all: none}\n", {"all": "none", "new": "none"}),
    ],
)
def test_which_scenario_is_continued(head: str, continues: dict[str, str], tmp_path: Path) -> None:
    asked = read(tmp_path, head + "scenarios: {all: {relocation: {budget: 5}}, new: {}}\n")
    assert asked.continues == continues
    assert asked.scenarios == {"all": {"relocation": {"budget": 5}}, "new": {}}


@pytest.mark.parametrize(
    ("text", "baseline"),
    [
        ("scenarios: {all: {}, none: {}}", "none"),  # the result's, if it is here
        ("scenarios: {new: {}, all: {}}", "new"),  # else the first
        ("baseline: all\nscenarios: {new: {}, all: {}, none: {}}", "all"),
    ],
)
def test_baseline(text: str, baseline: str, tmp_path: Path) -> None:
    assert read(tmp_path, text).baseline == baseline


def test_a_whole_study_will_do(tmp_path: Path) -> None:
    text = "name: x\nplace: lushi\nyears: 2016-2030\nseed: 3\nbaseline: a\n"
    text += "scenarios: {a: {relocation: {budget: {2030: 1}}}}\n"
    asked = read(tmp_path, text)
    assert asked.unread == ("name", "place", "years", "seed") and asked.baseline == "a"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1: (whole file): is empty; allowed: a file of scenarios"]),
        ("baseline: none\n", ["1: (whole file): has no scenarios; allowed: scenarios: with a mapping"]),
        ("scenarios:\n", ["1: scenarios: has no scenario; allowed: a mapping of scenario names to policies"]),
        ("scenarios: {a: {}}\nscenario: {}\n", ["2: scenario: unknown key 'scenario' (did you mean 'scenarios'?)"]),
        ("scenarios:\n  a:\n    relocatoin: {}\n", ["3: scenarios.a.relocatoin: unknown policy 'relocatoin' ("]),
        ("scenarios:\n  a: {relocation: {budget: -1}}\n", ["2: scenarios.a.relocation.budget: "]),
        ("scenarios:\n  a: {relocation: {budget: {2040: 1}}}\n", ["2: scenarios.a.relocation.budget.2040: "]),
        ("baseline: b\nscenarios: {a: {}}\n", ["1: baseline: 'b' is not a scenario of this study"]),
        ("baseline: [a]\nscenarios: {a: {}}\n", ["1: baseline: is a list; allowed: a"]),
        (
            "continues: al\nscenarios: {a: {}}\n",
            ["1: continues: 'al' is not a scenario that was run (did you mean 'all'?)"],
        ),
        (
            "continues: {b: all}\nscenarios: {a: {}}\n",
            ["1: continues.b: 'b' is not a scenario of this file; allowed: a"],
        ),
        ("continues: {a: 7}\nscenarios: {a: {}}\n", ["1: continues.a: is 7; allowed: none, all, some"]),
        ("continues: 7\nscenarios: {a: {}}\n", ["1: continues: is 7; allowed: the scenario to continue, or a mapping"]),
        (
            "scenarios:\n  a: {x: {}}\n  a: {}\ncontinues:\n  a: x\nextra: 1\n",
            [
                "2: scenarios.a.x: unknown policy 'x'",
                "3: scenarios.a: ",
                "5: continues.a: 'x' is not",
                "6: extra: unknown key",
            ],
        ),
    ],
)
def test_every_mistake_has_its_line(text: str, expected: list[str], tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        read(tmp_path, text)
    lines = str(caught.value).splitlines()
    assert len(lines) == len(expected)
    for line, start in zip(lines, expected, strict=True):
        assert line.startswith(f"{tmp_path / 'next.yaml'}:{start}"), line


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"nowhere\.yaml:1: \(whole file\): does not exist"):
        read_branches(tmp_path / "nowhere.yaml", LIVED, "none", (2016, 2021))


MARGIN, GROWTH = "registry.exit_margin", "economy.local_real_growth"


def with_past(tmp_path: Path, text: str) -> Branches:
    path = tmp_path / "next.yaml"
    path.write_text(text, encoding="utf-8")
    return read_branches(path, LIVED, "none", (2016, 2021), {"all": {MARGIN: 1.2, GROWTH: 0.0}})


def test_a_branch_may_have_numbers_of_its_own(tmp_path: Path) -> None:
    asked = with_past(
        tmp_path,
        f"continues: {{a: all}}\nscenarios: {{none: {{}}, a: {{parameters: {{{MARGIN}: 1.5, {GROWTH}: 0.0}}}}}}\n",
    )
    assert asked.parameters == {"a": {MARGIN: 1.5, GROWTH: 0.0}} and asked.scenarios == {"none": {}, "a": {}}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (f"{{parameters: {{{GROWTH}: 0.03}}}}", f"3: scenarios.a.parameters.{GROWTH}: '{GROWTH}' has acted since"),
        ("{}", f"3: scenarios.a: '{GROWTH}' has acted since the initial year and cannot change now: 'all' had 0"),
        ("{parameters: {registry.quota_floor: 0}}", "3: scenarios.a.parameters.registry.quota_floor: 'registry.quota"),
    ],
)
def test_what_has_grown_since_the_start_cannot_change(own: str, expected: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError) as error:
        with_past(tmp_path, f"continues: all\nscenarios:\n  a: {own}\n")
    assert any(str(problem).startswith(f"{tmp_path / 'next.yaml'}:{expected}") for problem in error.value.problems)


def test_what_had_no_value_of_its_own_gets_none(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="'none' had no value of its own; allowed: no economy"):
        with_past(tmp_path, f"scenarios: {{none: {{parameters: {{{GROWTH}: 0.0}}}}}}\n")
