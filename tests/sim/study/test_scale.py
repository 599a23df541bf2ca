"""A study's own scale, and its groups: what is allowed, and at which line a mistake is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.results.manifest import command_to_repeat
from tuopin.sim.results.receipts import RunKey
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study

DATA: dict[str, Any] = {"name": "s", "place": "lushi", "years": "2016-2018", "baseline": "a", "scenarios": {"a": {}}}


@given(st.sampled_from([0.1, 0.2, 0.5, 1.0]), st.sampled_from([0.25, 0.5, 1.0]))
def test_scales_multiply_and_who_stated_them_is_of_no_matter(own: float, asked: float) -> None:
    plan = make_plan(Study.from_dict({**DATA, "scale": own}), asked)
    assert plan.scale == own * asked
    assert plan.identity == make_plan(Study.from_dict(DATA), own * asked).identity
    again = command_to_repeat(plan, RunKey("lushi", "a", 1))
    assert float(again.split("--scale ")[1].split()[0]) == asked  # the study's own comes with the study


def problems(tmp_path: Path, lines: str) -> list[str]:
    path = tmp_path / "study.yaml"
    path.write_text(f"name: study\nplace: lushi\nyears: 2016-2018\nbaseline: a\n{lines}scenarios: {{a: {{}}}}\n")
    with pytest.raises(StudyError) as error:
        Study.load(path)
    return [str(problem).removeprefix(f"{path}:") for problem in error.value.problems]


@pytest.mark.parametrize("scale", ["0", "-0.1", "1.5", ".nan", "yes", "a tenth", "[0.1]"])
def test_a_scale_that_is_no_share(scale: str, tmp_path: Path) -> None:
    (said,) = problems(tmp_path, f"scale: {scale}\n")
    assert said.startswith("5: scale: is ")
    assert said.endswith("; allowed: a number above 0, up to 1 (share of the households)")


def test_a_scale_that_leaves_too_little_is_told_at_its_line(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, "seed: 1\nscale: 0.0001\n")
    assert said.startswith("6: scale: is 0.0001, which leaves 2.0 registered households in 'lushi'; allowed: about ")


def test_an_option_that_leaves_too_little_of_it_is_told_with_both() -> None:
    with pytest.raises(StudyError) as error:
        make_plan(Study.from_dict({**DATA, "scale": 0.01}), 0.01)
    (problem,) = error.value.problems
    assert str(problem).startswith("command line:1: --scale: 0.01 of the study's own 0.01 leaves 2.0 registered")
    assert str(problem).endswith("the study's own scale times --scale")


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("causes", "5: groups: is the text 'causes'; allowed: a list of start_band, village_listed, cause, monitored"),
        ("[cause, causes]", "5: groups[1]: unknown group 'causes' (did you mean 'cause'?); allowed: start_band, "),
        ("[3]", "5: groups[0]: is 3; allowed: start_band, "),
        ("[cause, cause]", "5: groups[1]: names 'cause' twice; allowed: each group once"),
        ("{cause: true}", "5: groups: is a mapping"),
    ],
)
def test_groups_nobody_knows(groups: str, said: str, tmp_path: Path) -> None:
    (found,) = problems(tmp_path, f"groups: {groups}\n")
    assert found.startswith(said)
