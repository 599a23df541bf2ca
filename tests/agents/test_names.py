"""A column or flow misspelt is an error of the type checker, before anything runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROBE = """
from tuopin.agents.county import County


def probe(county: County) -> None:
    households, flows = county.households, county.flows
    households.{column}[:] = households.column("relocation_since") > 0
    flows.{term} += 2.0 * flows.net_income
"""


def mypy(tmp_path: Path, **names: str) -> tuple[int, str]:
    tmp_path.mkdir()
    probe = tmp_path / "probe.py"
    probe.write_text(PROBE.format(**names), encoding="utf-8")
    links = tmp_path / "types" / "tuopin"
    links.mkdir(parents=True)
    for name in ("__init__.py", "py.typed"):
        (links / name).symlink_to(ROOT / "tuopin" / name)
    (links / "agents").symlink_to(ROOT / "agents")
    (tmp_path / "mypy.ini").write_text(
        f"[mypy]\nstrict = true\nmypy_path = {tmp_path / 'types'}\nignore_missing_imports = true\n"
        "follow_imports = silent\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "probe.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.mark.slow
def test_misspelt_names_fail_the_type_check_and_right_ones_pass(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    code, said = mypy(tmp_path / "right", column="care_forgone", term="wage_term")
    assert code == 0, said
    code, said = mypy(tmp_path / "wrong", column="care_forgon", term="wage_trem")
    assert code == 1
    assert '"Households" has no attribute "care_forgon"' in said
    assert '"Flows" has no attribute "wage_trem"' in said
    assert said.count("error:") == 2, said
