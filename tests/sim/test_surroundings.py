"""What is around a run (language, clock, hash seed, threads, folder, a user's plotting style) changes no byte of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STUDY = """\
name: 小县
place: small
years: 2016-2018
replicates: 2
baseline: 无
scenarios:
  无: {}
  搬迁: {relocation: {budget: 2.0e7}, low_income_support: {}}
"""
C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
SURROUNDINGS: dict[str, Mapping[str, str]] = {
    "C": C,
    "ascii": {**C, "PYTHONIOENCODING": "ascii"},
    "latin-1": {**C, "PYTHONIOENCODING": "latin-1"},
    "cp1252": {**C, "PYTHONIOENCODING": "cp1252"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "LANGUAGE": "tr"},
    "Chinese": {"LC_ALL": "zh_CN.GB18030", "LANG": "zh_CN.GB18030"},
    "clock": {"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "1"},
    "hash seed": {"PYTHONHASHSEED": "4242"},
    "threads": {"OMP_NUM_THREADS": "7", "NUMBA_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "3", "MKL_NUM_THREADS": "5"},
    "terminal": {"COLUMNS": "20", "LINES": "5", "TERM": "dumb", "NO_COLOR": "1"},
    "optimised": {"PYTHONOPTIMIZE": "2"},
}
EVERYTHING = {name: value for given in SURROUNDINGS.values() for name, value in given.items()}


@pytest.fixture(scope="module")
def run(
    tmp_path_factory: pytest.TempPathFactory, write_small_study: Callable[[Path, str], None]
) -> Callable[..., dict[str, bytes]]:
    """Run the study in a process of its own from a folder of its own; return every file of the result by name."""
    home = tmp_path_factory.mktemp("study")
    write_small_study(home, STUDY)

    def start(environment: Mapping[str, str], folder: str, *options: str) -> dict[str, bytes]:
        here = tmp_path_factory.mktemp(folder)
        (here / "matplotlibrc").write_text("font.size: 31\naxes.facecolor: red\nfigure.dpi: 33\nsvg.hashsalt: x\n")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
        done = subprocess.run(
            [sys.executable, "-m", "tuopin", "run", str(home / "small" / "study.yaml"), "--out", "out", *options],
            cwd=here,
            env={**kept, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        out = here / "out"
        found = [path for kind in ("*.parquet", "*.csv", "figures/*") for path in sorted(out.glob(kind))]
        return {str(path.relative_to(out)): path.read_bytes() for path in found}

    return start


@pytest.fixture(scope="module")
def plain(run: Callable[..., dict[str, bytes]]) -> dict[str, bytes]:
    return run({}, "plain", "--workers", "1")


def test_all_at_once_changes_no_byte(run: Callable[..., dict[str, bytes]], plain: dict[str, bytes]) -> None:
    assert {"indicators.parquet", "costs.parquet", "comparison.csv", "figures/headcount.svg"} <= set(plain)
    other = run({**EVERYTHING, **C, "MATPLOTLIBRC": "matplotlibrc"}, "all at once", "--workers", "2")
    assert [name for name in plain if plain[name] != other[name]] == [] and other.keys() == plain.keys()


@pytest.mark.slow
@pytest.mark.parametrize("what", SURROUNDINGS)
def test_each_alone_changes_no_byte(run: Callable[..., dict[str, bytes]], plain: dict[str, bytes], what: str) -> None:
    other = run(SURROUNDINGS[what], what, "--workers", "1")
    assert [name for name in plain if plain[name] != other[name]] == [] and other.keys() == plain.keys()
