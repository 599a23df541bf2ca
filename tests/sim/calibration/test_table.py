from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tuopin.sim.calibration.table import calibration_table, figure, markdown, published, verdict
from tuopin.sim.calibration.targets import Target, targets_of
from tuopin.sim.study.plan import Plan


def target(**changes: object) -> Target:
    given: dict[str, object] = {
        "id": "x",
        "target": "size",
        "measure": "household_size_registered",
        "scenario": "none",
        "period": "2016",
        "value": 3.21,
        "unit": "persons",
        "use": "fit",
        "source": "s",
        "confidence": "well-known",
    }
    return Target.model_validate(given | changes)


@pytest.mark.parametrize(
    ("simulated", "value", "bounds", "said"),
    [
        (1.10, 1.0, None, "fits"),
        (1.11, 1.0, None, "near"),
        (1.26, 1.0, None, "does not fit"),
        (-0.95, -1.0, None, "fits"),
        (0.5, 0.55, (0.5, 0.6), "fits"),
        (0.48, 0.55, (0.5, 0.6), "near"),
        (0.76, 0.55, (0.5, 0.6), "does not fit"),
        (0.3, None, (0.2, 0.4), "fits"),
        (0.3, None, None, "no published figure"),
        (np.nan, 1.0, None, "not simulated"),
    ],
)
def test_verdict(simulated: float, value: float | None, bounds: tuple[float, float] | None, said: str) -> None:
    assert verdict(simulated, value, bounds, "fit") == said


def test_registry_figures_are_never_judged() -> None:
    assert verdict(1.0, 1.0, None, "registry") == "not fitted"


def test_numbers_as_text() -> None:
    assert figure(12588.4) == "12,588"
    assert figure(0.04567) == "0.0457"
    assert published(0.45, (0.4, 0.55)) == "0.45 (0.4 to 0.55)"
    assert published(None, None) == ""


def test_a_run_gives_one_row_per_target_and_mean_and_spread_over_replicates(small_plan: Plan) -> None:
    rows = [
        target(place="lushi"),
        target(id="late", measure="headcount_true", period="2025"),
        target(id="money", measure="mean_net_income", value=8452, times_county_factor=True, unit="yuan"),
        target(id="elsewhere", place="atlantis"),
        target(id="no scenario", scenario="another"),
    ]
    table = calibration_table(small_plan, 2, rows)
    assert list(table.index) == ["x", "late", "money", "no scenario"]
    assert table.loc["x", "simulated"] == pytest.approx(1263 / 393)
    assert table.loc["x", "luck"] == 0.0
    assert table.loc["x", "verdict"] == "fits"
    assert table.loc["late", "verdict"] == "not simulated"  # the plan ends in 2020
    assert table.loc["no scenario", "verdict"] == "not simulated"
    assert table.loc["money", "published"] == figure(8452 * 0.92)
    assert table.loc["money", "verdict"] == "fits"
    assert table.loc["money", "luck"] > 0.0


def test_every_shipped_target_up_to_2020_gets_a_number(small_plan: Plan) -> None:
    chosen = [t for t in targets_of("lushi") if max(t.simulated_years) <= 2020]
    table = calibration_table(small_plan, 1, chosen)
    assert table["simulated"].notna().all(), list(table.index[table["simulated"].isna()])


def test_an_unknown_measure_is_named(small_plan: Plan) -> None:
    with pytest.raises(ValueError, match="unknown measures nonsense; allowed are"):
        calibration_table(small_plan, 1, [target(measure="nonsense")])


def test_markdown_has_a_row_per_target(small_plan: Plan) -> None:
    text = markdown(calibration_table(small_plan, 1, [target(remark="a | b")]))
    assert text.count("\n") == 3
    assert "a / b" in text


@pytest.mark.parametrize(
    ("arguments", "content"),
    [(["--targets"], "[{id: x}]"), ([], "name: x"), (["--targets"], "just text")],
)
def test_the_module_runs_as_a_program_and_says_what_is_wrong(
    tmp_path: Path, arguments: list[str], content: str
) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(content)
    command = [sys.executable, "-m", "tuopin.sim.calibration", *arguments, str(wrong)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3], check=False)
    assert done.returncode == 2
    assert "wrong.yaml" in done.stderr
    assert "Traceback" not in done.stderr
