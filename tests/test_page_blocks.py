"""The Python of the pages runs: every block of every page, here or in the test that is named."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tuopin.sim.study.shipped import SCENARIOS

ROOT = Path(__file__).parents[1]
SMALL = {"scale=0.1, replicates=5": "scale=0.02, replicates=2", 'input("Enter ends the cluster ")': "cluster.close()"}
"""What of a block is smaller, or nobody's to answer, in a test."""
RESULTS = {
    "README.md": (),
    "docs/many-places.md": ("province",),
    "docs/results.md": ("lushi",),
}
"""Pages whose blocks run in a folder with the shipped studies, and the results they read."""
ELSEWHERE = {
    "docs/plugin.md": "tests/policies/test_guide.py",
    "docs/cluster.md": "test_the_block_for_slurm_starts_workers_of_one_thread",
}


def blocks(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text("utf-8"), flags=re.M | re.S)


def smaller(block: str) -> str:
    for given, small in SMALL.items():
        block = block.replace(given, small)
    return block


def shown(block: str) -> str:
    """The block, and that each value it shows (a line that is an expression) is something."""
    tree = ast.parse(block)
    lines = [
        f"assert_something({ast.unparse(node.value)})" if isinstance(node, ast.Expr) else ast.unparse(node)
        for node in tree.body
    ]
    return "def assert_something(x):\n    assert x is not None and (not hasattr(x, '__len__') or len(x)), x\n" + (
        "\n".join(lines)
    )


def test_every_page_with_python_is_run_somewhere() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    names = {page.relative_to(ROOT).as_posix() for page in pages}
    assert {name for name in names if blocks(name)} == {*RESULTS, *ELSEWHERE}
    assert all(given in "".join(map("".join, map(blocks, names))) for given in SMALL)


def test_a_block_that_shows_nothing_fails(tmp_path: Path) -> None:
    for block, status in (("x = [1]\nx", 0), ("x = []\nx", 1), ("no_such_name", 1)):
        assert python(shown(block), tmp_path).returncode == status


def python(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("page", RESULTS)
def test_the_python_of_a_page_runs(page: str, tmp_path: Path) -> None:
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    for name in RESULTS[page]:
        command = ["run", f"scenarios/{name}.yaml", "--out", f"results/{name}", "--scale", "0.005", "--workers", "2"]
        command += ["--replicates", "2"] if name == "lushi" else []
        done = subprocess.run([sys.executable, "-m", "tuopin", *command], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-500:]
    for block in blocks(page):
        done = python(shown(smaller(block)), tmp_path)
        assert done.returncode == 0, (block, done.stderr[-500:])


@pytest.mark.cluster
def test_the_block_for_slurm_starts_workers_of_one_thread(tmp_path: Path) -> None:
    """No job is submitted: nothing asks for a worker. The script of a job is what the page says of it."""
    pytest.importorskip("dask_jobqueue")
    (block,) = blocks("docs/cluster.md")
    program = smaller(block).replace("cluster.close()", "print(cluster.job_script())\ncluster.close()")
    done = python(program, tmp_path)
    assert done.returncode == 0, done.stderr[-500:]
    assert re.search(r"^tcp://[\d.]+:\d+$", done.stdout, flags=re.M)
    assert "--nthreads 1 " in done.stdout and "--nworkers 32 " in done.stdout
    assert "#SBATCH -t 02:00:00" in done.stdout and "source ~/tuopin/.venv/bin/activate" in done.stdout
