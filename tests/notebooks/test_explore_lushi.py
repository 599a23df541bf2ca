from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

HOME = Path(__file__).parents[2]
NOTEBOOK = HOME / "notebooks" / "explore_lushi.ipynb"


def executed() -> NotebookNode:
    """The notebook after a run in a kernel of its own."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": NOTEBOOK.parent}}
    )
    return client.execute()


def outputs(notebook: NotebookNode, kind: str) -> list[str]:
    """All outputs of a MIME type."""
    found = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"][kind] for output in found if kind in output.get("data", {})]


def printed(notebook: NotebookNode) -> str:
    """Everything the cells printed."""
    return "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))


def test_the_notebook_is_kept_clean():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


def test_the_notebook_is_the_script_beside_it():
    jupytext = pytest.importorskip("jupytext")
    script = jupytext.read(NOTEBOOK.with_suffix(".py"))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [
        (cell.cell_type, cell.source) for cell in script.cells
    ], f"renew it: jupytext --to ipynb --output {NOTEBOOK} {NOTEBOOK.with_suffix('.py')}"


def test_without_a_result_it_simulates_a_small_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TUOPIN_RESULT", str(tmp_path / "none"))
    notebook = executed()
    assert "Simulated here: 1 household in 50" in printed(notebook)
    assert "10 scenarios, 3 replicates, 2016-2025" in printed(notebook)
    assert len(outputs(notebook, "image/png")) == 5
    assert len(outputs(notebook, "text/html")) >= 6  # the tables


@pytest.mark.slow
def test_it_opens_a_result_that_a_run_has_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    study, out = HOME / "scenarios" / "lushi.yaml", tmp_path / "lushi"
    options = ["--out", str(out), "--scale", "0.02", "--replicates", "2", "--scenarios", "none,relocation,all"]
    subprocess.run([sys.executable, "-m", "tuopin", "run", str(study), *options], check=True, capture_output=True)
    monkeypatch.setenv("TUOPIN_RESULT", str(out))
    notebook = executed()
    assert f"Read from {out}" in printed(notebook)
    assert "3 scenarios, 2 replicates, 2016-2025" in printed(notebook)
    assert len(outputs(notebook, "image/png")) == 5
