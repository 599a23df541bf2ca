from __future__ import annotations

import pytest

from tuopin.sim.study.declarations import declared
from tuopin.sim.study.problems import StudyError


def test_installed_model_declares_policies_mechanisms_and_parameters() -> None:
    known = declared()
    assert {"relocation", "cooperative", "health_insurance", "low_income_support"} <= set(known.policies)
    assert known.mechanisms["asset_trap"].default == "none"
    assert known.parameters["health.inpatient_rate"].unit == "per adult-year"


def test_broken_plug_in_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("mypackage:Policy: the policy name 'relocation' is already taken")

    monkeypatch.setattr("tuopin.sim.study.declarations.catalogue", broken)
    with pytest.raises(StudyError, match=r"^installed policies:1: tuopin.policies: mypackage:Policy: .*; allowed: "):
        declared.__wrapped__()
