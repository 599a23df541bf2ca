"""What is built holds what the tree holds: no folder and no data file is left out of the wheel or the source
archive.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("agents", "policies", "scenarios", "sim")
DATA = {".yaml", ".csv", ".typed", ".html", ".css", ".js", ".ttf", ".otf", ".po", ".mo", ".json", ".svg", ".txt"}


def tree() -> set[str]:
    """Every file that belongs to the program, by its installed path."""
    files = {
        f"tuopin/{path.relative_to(ROOT)}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return files | {f"tuopin/{path.name}" for path in (ROOT / "tuopin").iterdir() if path.is_file()}


def test_every_folder_of_the_program_is_a_package_that_is_built() -> None:
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {path.rsplit("/", 1)[0].replace("/", ".") for path in tree() if path.endswith(".py")}
    assert listed == found


def test_only_files_of_known_kinds_stand_in_the_packages() -> None:
    assert {path for path in tree() if Path(path).suffix not in {".py", *DATA}} == set()


@pytest.mark.slow
def test_wheel_and_source_archive_hold_the_tree(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)  # the wheel is made from the source archive
    (wheel,) = tmp_path.glob("*.whl")
    (archive,) = tmp_path.glob("*.tar.gz")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == tree()
    with tarfile.open(archive) as stored:
        names = {name.partition("/")[2] for name in stored.getnames()}
    for path in tree():
        inside = path if path.count("/") == 1 else path.removeprefix("tuopin/")
        assert inside in names
    assert {"README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml"} <= names
