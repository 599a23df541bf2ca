"""Files beside the user's study or script that bear names of modules disturb neither the command nor its workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tuopin.sim.batch.pool import another_is_installed, safe_path
from tuopin.sim.study.shipped import shipped_studies

ROOT = Path(__file__).parents[2]
OWN = ("agents", "policies", "sim")
STANDARD_LIBRARY = ("secrets", "calendar")
SCRIPT = """\
from tuopin import Study, simulate

study = Study.load("study.yaml", overrides={"years": "2016-2017", "replicates": 2})
results = simulate(study, "out", scale=0.01, workers=2, scenarios=["none", "low_income_support"])
print(results.manifest["counts"])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder with a study, a script and a file for each of Tuopin's packages."""
    shipped = next(path for path in shipped_studies() if path.stem == "lushi")
    shutil.copy(shipped, tmp_path / "study.yaml")
    (tmp_path / "explore.py").write_text(SCRIPT)
    shadow(tmp_path, OWN)
    return tmp_path


def shadow(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (folder / f"{name}.py").write_text(f"raise ImportError('{name}.py of the user was imported')\n")


def run(*command: str | Path, cwd: Path, path: Path | None = None) -> str:
    """Standard output; beside the installed package only `path` is there, no path of the tests."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "of the user was imported" not in done.stderr
    return done.stdout


def test_the_command_and_its_workers(folder: Path) -> None:
    shadow(folder, STANDARD_LIBRARY)
    command = Path(sysconfig.get_path("scripts")) / "tuopin"
    if not command.is_file():
        pytest.skip("the command is not installed in this environment")
    options = ["--years", "2016-2017", "--replicates", "2", "--scale", "0.01", "--workers", "2"]
    said = run(
        command, "run", "study.yaml", "--out", "out", "--scenarios", "none,low_income_support", *options, cwd=folder
    )
    assert "4 runs done, 0 done before, 0 failed" in said


def test_the_api_in_a_script_with_two_workers(folder: Path) -> None:
    assert "{'done': 4, 'failed': 0, 'pending': 0}" in run(sys.executable, "explore.py", cwd=folder)


def test_the_workers_path_has_what_was_put_there_on_purpose(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program, current, plugins, library = (tmp_path / name for name in ("program", "current", "plugins", "library"))
    current.mkdir()
    monkeypatch.chdir(current)
    monkeypatch.setattr(sys.modules["__main__"], "__file__", str(program / "script.py"), raising=False)
    monkeypatch.setattr(sys, "path", ["", *map(str, (program, current, plugins, library))])
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert safe_path()[:2] == [str(plugins), str(library)]
    monkeypatch.setenv("PYTHONPATH", str(program))
    assert safe_path()[:3] == [str(program), str(plugins), str(library)]


def other_tuopin(library: Path) -> Path:
    """A folder in which another Tuopin is installed that is not to be imported."""
    (library / "tuopin").mkdir(parents=True)
    shadow(library / "tuopin", ("__init__",))
    return library


def test_a_checkout_comes_before_another_tuopin_that_is_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plugins, library = tmp_path / "plugins", other_tuopin(tmp_path / "library")
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setattr(sys, "path", ["", str(ROOT), str(plugins)])
    assert safe_path() == [str(plugins), str(ROOT)]
    assert not another_is_installed()
    monkeypatch.setattr(sys, "path", ["", str(ROOT), str(plugins), str(library)])
    assert safe_path() == [str(plugins), str(ROOT), str(library)]
    assert another_is_installed()


def test_workers_of_a_checkout_run_its_code_where_another_tuopin_is_installed(tmp_path: Path) -> None:
    command = ("-m", "tuopin", "run", "lushi", "--years", "2016-2017", "--replicates", "2", "--scale", "0.01")
    options = ("--workers", "2", "--scenarios", "none", "--out", str(tmp_path / "out"))
    said = run(sys.executable, *command, *options, cwd=ROOT, path=other_tuopin(tmp_path / "library"))
    assert "2 runs done, 0 done before, 0 failed" in said


def test_an_archive_is_refused_in_words(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tuopin.whl", "w") as archive:
        archive.write(ROOT / "tuopin" / "__init__.py", "tuopin/__init__.py")
    with pytest.raises(AssertionError, match=r"from an archive, .*tuopin\.whl: install it with pip instead"):
        run(sys.executable, "-P", "-c", "import tuopin", cwd=tmp_path, path=tmp_path / "tuopin.whl")
