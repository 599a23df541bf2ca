"""The three lines of Python, and that a failure is an error, not a half result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import tuopin
from tuopin import Results, Study, compare, simulate
from tuopin.sim.api import SimulationFailed

STUDY = Path(__file__).parents[2] / "scenarios" / "lushi.yaml"


def test_three_lines_give_pandas_frames(tmp_path: Path) -> None:
    study = Study.load(STUDY, overrides={"years": "2016-2019"})
    results = simulate(study, tmp_path / "out", scale=0.02, replicates=3, scenarios=["none", "low_income_support"])
    frame = compare(results, indicator="poverty_gap")
    gap = frame.query("year == 'all' and group == 'all' and view == 'true'").iloc[0]
    by_run = results.indicators.query(
        "indicator == 'poverty_gap' and group == 'all' and view == 'true' and year > 2016"
    )
    means = by_run.groupby(["scenario", "replicate"], observed=True).value.mean().unstack("scenario")
    assert gap.mean_difference == pytest.approx((means["low_income_support"] - means["none"]).mean())
    assert gap.replicates == 3 and gap.high < 0
    assert Results.open(tmp_path / "out").indicators.equals(results.indicators)


def test_a_temporary_result_lives_as_long_as_it_is_used() -> None:
    study = Study.load(STUDY, overrides={"years": "2016-2017"})
    results = simulate(study, scale=0.01, replicates=1, scenarios=["none"])
    directory = results.directory
    assert directory.is_dir() and len(results.indicators) > 0
    del results
    assert not directory.exists()


def test_a_failed_run_raises_with_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tuopin.policies.livelihood.cooperative import Cooperative

    monkeypatch.setattr(Cooperative, "prepare", lambda *_: 1 / 0)
    study = Study.load(STUDY, overrides={"years": "2016-2017"})
    with pytest.raises(SimulationFailed, match="cooperative:1: ZeroDivisionError"):
        simulate(study, tmp_path / "out", scale=0.01, replicates=1, scenarios=["none", "cooperative"])


def test_importing_tuopin_takes_a_tenth_of_a_second_of_processor_time_at_most() -> None:
    """Names are imported when they are first used: a script that only asks for help does not wait."""
    code = "import time; start = time.process_time(); import tuopin; print(time.process_time() - start)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.1


def test_unknown_names_of_the_package_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'simulatte'"):
        tuopin.simulatte  # noqa: B018
