"""A province and the country end to end: memory and rate. CI runs a fiftieth of every county; TUOPIN_FULL=1 all of
it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tuopin.sim.results.results import Results

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]
SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
MEASURED = Path(__file__).with_name("measured.py")
MOST_GIB = 4.0


def run(study: str, out: Path, *options: str) -> tuple[float, float]:
    """CPU-seconds and GiB of a run, measured in a process of its own: it waits for every child it gets."""
    command = [
        sys.executable,
        "-m",
        "tuopin",
        "run",
        str(SCENARIOS / f"{study}.yaml"),
        "--out",
        str(out),
        "--workers",
        "2",
    ]
    done = subprocess.run(
        [sys.executable, str(MEASURED), *command, *options], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()[-1]
    print(f"{study} {' '.join(options)}: {said}")
    numbers = re.search(r"([\d.]+) CPU-seconds; peak ([\d.]+) GiB", said)
    assert numbers is not None, said
    return float(numbers[1]), float(numbers[2])


@pytest.mark.parametrize("study", ["country", "province"])
def test_memory_does_not_grow_with_the_number_of_counties(study: str, tmp_path: Path) -> None:
    """A fiftieth of every county, all of them: what is left behind by each would show."""
    _, gib = run(study, tmp_path / "out", "--scale", "0.02")
    assert gib < 1.5
    results = Results.open(tmp_path / "out")
    ((region, counties),) = results.regions.items()
    assert len(counties) == {"country": 832, "province": 66}[study]
    assert set(results.region(region).indicators["replicate"]) == {1}


full = pytest.mark.skipif(not os.environ.get("TUOPIN_FULL"), reason="minutes of two processors; set TUOPIN_FULL=1")


@full
@pytest.mark.parametrize(("study", "households"), [("country", 29_480_000), ("province", 2_100_000)])
def test_full_size(study: str, households: int, tmp_path: Path) -> None:
    seconds, gib = run(study, tmp_path / "out")
    assert gib < MOST_GIB
    results = Results.open(tmp_path / "out")
    ((region, _),) = results.regions.items()
    rows = results.region(region).indicators
    start = rows[(rows["indicator"] == "registered_persons") & (rows["group"] == "all") & (rows["year"] == 2014)]
    assert set(start["value"]) == {89_620_000.0 if study == "country" else 7_450_000.0}
    runs = len(results.manifest["runs"]) / len(results.manifest["places"])
    print(f"{study}: {10 * households * runs / seconds:,.0f} household-years a CPU-second, files included")
