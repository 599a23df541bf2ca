from __future__ import annotations

import pytest

from tuopin.sim.study.declarations import MEND, broken_lines, declared
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study


def test_installed_model_declares_policies_mechanisms_and_parameters() -> None:
    known = declared()
    assert {"relocation", "cooperative", "health_insurance", "low_income_support"} <= set(known.policies)
    assert known.mechanisms["asset_trap"].default == "none"
    assert known.parameters["health.inpatient_rate"].unit == "per adult-year"


def test_a_broken_plug_in_fails_only_the_study_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"levy": "mypackage:Levy: cannot be imported: ImportError: no module named 'x'"}
    monkeypatch.setattr("tuopin.sim.study.declarations.broken_plug_ins", lambda: broken)
    study = {"name": "s", "place": "lushi", "years": "2016-2018", "replicates": 1, "baseline": "none"}
    assert Study.from_dict({**study, "scenarios": {"none": {}}}).name == "s"
    with pytest.raises(StudyError, match=r"levy: the plug-in 'levy' cannot be used: mypackage:Levy: .*; allowed: "):
        Study.from_dict({**study, "scenarios": {"none": {}, "a": {"levy": {}}}})
    assert broken_lines() == [f"installed policies:1: levy: {broken['levy']}; {MEND}"]
