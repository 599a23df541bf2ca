from __future__ import annotations

from pathlib import Path

import pytest

from tuopin.sim.calibration.measures import MEASURES
from tuopin.sim.calibration.targets import load_targets, targets_of
from tuopin.sim.study.shipped import SCENARIOS
from tuopin.sim.study.study import Study

GOOD = """\
- id: one
  target: a figure
  measure: gini_survey
  scenario: none
  period: "2016"
  value: 0.4
  unit: index
  use: compare
  source: somebody
  confidence: approximate
"""


def test_shipped_targets_are_sound_and_name_known_measures_and_scenarios_of_the_study() -> None:
    targets = load_targets()
    assert len(targets) > 60
    assert {t.measure for t in targets} <= set(MEASURES)
    assert {t.study for t in targets} == {"lushi", "documented"}
    for study in ("lushi", "documented"):
        known = set(Study.load(SCENARIOS / f"{study}.yaml").scenarios)
        assert {t.scenario for t in targets_of(study)} <= known


def test_a_study_without_targets_of_its_own_is_held_against_those_of_lushi() -> None:
    assert targets_of("mine") == targets_of("lushi")
    assert {t.study for t in targets_of("documented")} == {"documented"}
    assert {"Y5_2017", "COMP_WAGE_2019", "H832_2016", "CAI15", "YPA_2022"} <= {t.id for t in targets_of("documented")}


def test_a_source_less_figure_is_never_called_published() -> None:
    """Where no value is given there is no verdict to give either."""
    silent = [t for t in load_targets() if t.value is None and t.range is None]
    assert silent
    assert all(t.confidence == "modelling-choice" for t in silent)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("use: compare", "use: fitted"), "use"),
        (("value: 0.4", "value: .inf"), "value"),
        (("value: 0.4", "range: [0.5, 0.4]"), "runs downwards"),
        (('period: "2016"', "period: 2010s"), "period is not one year"),
        (("unit: index", "unit: index\n  colour: red"), "colour"),
    ],
)
def test_mistakes_name_file_and_target(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    file = tmp_path / "t.yaml"
    file.write_text(GOOD.replace(*change))
    with pytest.raises(ValueError, match=said) as caught:
        load_targets(file)
    assert "t.yaml" in str(caught.value)
    assert "one" in str(caught.value)


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text(GOOD + GOOD)
    with pytest.raises(ValueError, match="used twice"):
        load_targets(file)
