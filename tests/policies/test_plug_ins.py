"""Installed plug-ins that are broken, changed or deadly, met by the commands as a user meets them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = """
import ctypes, os, signal, time
from pathlib import Path
import numpy as np
from tuopin.policies.protocol import Policy, policy_parameters

class Levy(Policy):
    name, label, label_zh = "levy", "Levy", "x"
    parameters = policy_parameters("levy", Path(__file__).parent / "parameters.yaml")

    def change_terms(self, county, ledger):
        {body}
"""
STUDY = """\
name: plugged
place: lushi
years: 2016-2018
replicates: 1
baseline: none
scenarios:
  none: {}
"""
USING = STUDY + "  levy: {levy: {}}\n"


def install(folder: Path, body: str = "pass", version: str = "0.1", source: str = GOOD) -> None:
    """Write the plug-in where the commands of `tuopin` below find it."""
    site = folder / "site"
    shutil.rmtree(site, ignore_errors=True)
    (site / "tuopin_levy").mkdir(parents=True)
    (site / "tuopin_levy" / "__init__.py").write_text(source.replace("{body}", body))
    (site / "tuopin_levy" / "parameters.yaml").write_text("{}\n")
    information = site / f"tuopin_levy-{version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tuopin-levy\nVersion: {version}\n")
    (information / "entry_points.txt").write_text("[tuopin.policies]\nlevy = tuopin_levy:Levy\n")


def tuopin(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), str(folder / "site")])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "tuopin", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment, timeout=300
    )


def run(folder: Path, study: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "study.yaml").write_text(study)
    return tuopin(folder, "run", "study.yaml", "--out", "out", "--scale", "0.02", *options)


@pytest.mark.parametrize(
    "source",
    [
        "import no_such_module",
        *(pytest.param(text, marks=pytest.mark.slow) for text in ("raise SystemExit(0)", "Levy = 5", "def half(:")),
        "import os; os._exit(0)",
    ],
)
def test_a_plug_in_broken_at_import_fails_only_what_uses_it(tmp_path: Path, source: str) -> None:
    install(tmp_path, source=source)
    (tmp_path / "plain.yaml").write_text(STUDY.replace("plugged", "plain"))
    (tmp_path / "using.yaml").write_text(USING.replace("plugged", "using"))
    listed = tuopin(tmp_path, "list", "policies", "--format", "csv")
    assert listed.returncode == 0 and "relocation" in listed.stdout and "levy" not in listed.stdout
    assert listed.stderr.startswith("left out: installed policies:1: levy: tuopin_levy:Levy: ")
    checked = tuopin(tmp_path, "check", "plain.yaml")
    assert checked.returncode == 0 and "tuopin_levy:Levy: " in checked.stderr
    refused = tuopin(tmp_path, "check", "using.yaml")
    assert refused.returncode == 2
    (line,) = [line for line in refused.stderr.splitlines() if line.startswith("using.yaml:8: ")]
    assert "scenarios.levy.levy: the plug-in 'levy' cannot be used: tuopin_levy:Levy: " in line


@pytest.mark.slow
def test_a_changed_plug_in_extends_no_directory(tmp_path: Path) -> None:
    install(tmp_path)
    assert run(tmp_path, USING).returncode == 0
    for version, body, told in (
        ("0.2", "pass", "package tuopin-levy: was version 0.1, now 0.2"),
        ("0.1", "county.flows.wage_term += 1.0", "package tuopin-levy: its source changed (version 0.1 both times)"),
    ):
        install(tmp_path, body, version)
        for study in (USING, STUDY + "  other: {levy: {}}\n"):  # also where the scenario that used it has left
            done = run(tmp_path, study, "--replicates", "2")
            assert done.returncode == 2 and told in done.stderr, done.stderr
            assert len(done.stderr.splitlines()) == 1
    install(tmp_path)
    assert run(tmp_path, USING + "  more: {levy: {take_up: 0.5}}\n").returncode == 0


DEADLY = {
    "exit": ("raise SystemExit(0)", "change_terms raised SystemExit: 0"),
    "interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "undecodable": ("raise ValueError('caf\\udce9')", "caf"),
    "custom": ("raise type('Odd', (BaseException,), {})('x')", "Odd: x"),
    "wraps": ("ledger.post('levy', 'county', np.array([0]), np.array([2**62 * 2 - 1]))", "ledger is given"),
    "nan": ("county.flows.wage_term[:] = np.nan", "change_terms leaves nan in wage_term"),
    "vanishes": ("os._exit(0)", "worker process died"),
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", "worker process died"),
    "crashes": ("ctypes.string_at(0)", "worker process died"),
    "foreign column": ("county.households.land[:] = 0.0", "change_terms writes to column land, not its own"),
    "foreign luck": ("county.luck.uniform(22, 2017, county.households.uid)", "draws luck from the stream 'illness'"),
    "foreign money": ("ledger.post('relocation', 'county', np.array([0]), np.array([1]))", "money of 'relocation'"),
    "hangs": ("time.sleep(1000)", "took longer than the 20 s of --time-limit"),
}


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("how", DEADLY)
def test_a_deadly_plug_in_fails_its_own_run(tmp_path: Path, how: str, workers: str) -> None:
    body, told = DEADLY[how]
    install(tmp_path, body)
    done = run(tmp_path, USING, "--workers", workers, "--time-limit", "20")
    assert done.returncode == 1, done.stderr
    assert "1 runs done, 0 done before, 1 failed" in done.stdout
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("failed: ")]
    assert line.startswith("failed: lushi levy:1 ") and told in line, line
    assert "Traceback" not in done.stderr
