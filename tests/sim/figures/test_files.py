from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from tuopin.sim.figures.files import draw_all
from tuopin.sim.results.results import Results

NAMES = [
    "against_baseline",
    "efficiency_frontier",
    "exit_against_relapse",
    "headcount",
    "left_out",
    "survival_since_exit",
]


def test_every_figure_is_written_twice_and_drawing_again_changes_nothing(result: Results):
    written = draw_all(result)
    assert sorted(path.name for path in written) == sorted(
        f"{name}.{kind}" for name in NAMES for kind in ("png", "svg")
    )
    assert sorted((result.directory / "figures").iterdir()) == sorted(written)
    for path in written:
        start = path.read_bytes()[:200]
        assert start.startswith(b"\x89PNG") if path.suffix == ".png" else b"<svg" in start or b"<?xml" in start
    before = {path: path.read_bytes() for path in written}
    assert {path: path.read_bytes() for path in draw_all(result)} == before


def test_an_unknown_language_is_refused_before_reading(tmp_path: Path):
    with pytest.raises(ValueError, match="allowed: en, zh"):
        draw_all(Results(tmp_path, {}), lang="de")


def test_one_scenario_has_no_frontier_and_the_log_says_so(result: Results, caplog: pytest.LogCaptureFixture):
    for name in ("indicators", "spells"):
        frame = pd.read_parquet(result.directory / f"{name}.parquet")
        frame[frame["scenario"] == "none"].to_parquet(result.directory / f"{name}.parquet")
    (result.directory / "comparison.csv").unlink()
    names = {path.stem for path in draw_all(result)}
    assert names == {"headcount", "exit_against_relapse", "survival_since_exit", "left_out"}
    assert "efficiency_frontier of lushi is left out" in caplog.text


def test_each_place_has_its_own_folder(result: Results):
    for name in ("indicators", "spells"):
        frame = pd.read_parquet(result.directory / f"{name}.parquet")
        frame = frame[(frame["replicate"] < 2) & frame["scenario"].isin(["none", "all"])]
        pd.concat([frame, frame.assign(place="xixia")]).to_parquet(result.directory / f"{name}.parquet")
    table = pd.read_csv(result.directory / "comparison.csv", dtype=str)
    table = table[table["scenario"] == "all"]
    pd.concat([table, table.assign(place="xixia")]).to_csv(result.directory / "comparison.csv", index=False)
    written = draw_all(result)
    assert {path.parent.name for path in written} == {"lushi", "xixia"}
    assert len([path for path in written if path.parent.name == "lushi"]) == 12


@pytest.mark.slow
def test_no_window_and_no_pyplot(result: Results):
    code = (
        "import sys; from pathlib import Path; from tuopin.sim.figures.files import draw_all; "
        "from tuopin.sim.results.results import Results; "
        f"draw_all(Results(Path({str(result.directory)!r}), {result.manifest!r})); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])


def test_awkward_scenario_names_survive_the_csv(result: Results):
    table = pd.read_csv(result.directory / "comparison.csv", dtype=str)
    table.replace({"scenario": {"all": "null"}, "baseline": {"none": "NA"}}).to_csv(
        result.directory / "comparison.csv", index=False
    )
    read = result.rows("comparison")
    assert set(read["baseline"]) == {"NA"} and "null" in set(read["scenario"]) and set(read["view"]) == {"true"}
    ratios = read[(read["indicator"] == "cost_per_sustained_exit")].set_index("scenario")
    assert np.isnan(ratios.loc["relocation", "low"]) and np.isinf(ratios.loc["all_but_cooperative", "high"])


def test_the_discount_rate_comes_from_the_manifest(result: Results, monkeypatch: pytest.MonkeyPatch):
    result.manifest["comparison"].update(discount_rate=0.03, draw_parameters=True)
    asked = {}
    monkeypatch.setattr(
        "tuopin.sim.figures.files.save", lambda figure, path: asked.setdefault(path.name, figure) and []
    )
    draw_all(result)
    notes = {name: " ".join(text.get_text() for text in figure.texts) for name, figure in asked.items()}
    assert "discounted at 3.0% a year" in notes["efficiency_frontier"].replace("\n", " ")
    assert "luck and drawn parameters" in notes["headcount"].replace("\n", " ")


def test_of_very_many_scenarios_the_first_are_drawn_and_the_rest_counted(
    result: Results, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tuopin.sim.figures.files.MOST_SCENARIOS", 3)
    asked = {}
    monkeypatch.setattr(
        "tuopin.sim.figures.files.save", lambda figure, path: asked.setdefault(path.name, figure) and []
    )
    draw_all(result)
    others = len(result.manifest["runs"]) - 3
    assert others > 1 and len(asked) == 6
    for name, figure in asked.items():
        said = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
        assert f"{others} further scenarios are not drawn" in said, name


def test_figures_of_a_part_say_so_and_their_totals_are_of_full_size(
    result: Results, monkeypatch: pytest.MonkeyPatch, words: Callable[[Figure], list[str]]
) -> None:
    drawn: dict[float, dict[str, Figure]] = {}
    for scale in (1.0, 0.2):
        figures = drawn.setdefault(scale, {})
        monkeypatch.setattr(
            "tuopin.sim.figures.files.save", lambda figure, path, kept=figures: kept.update({path.name: figure}) or []
        )
        draw_all(Results(result.directory, {**result.manifest, "scale": scale}))
    assert set(drawn[0.2]) == set(drawn[1.0]) == set(NAMES)
    for name, figure in drawn[0.2].items():
        said = " ".join(" ".join(words(figure)).split())
        assert "20% of the households were simulated" in said, name
        assert "were simulated" not in " ".join(words(drawn[1.0][name])), name
    ends = [drawn[scale]["efficiency_frontier"].axes[0].get_xlim()[1] for scale in (1.0, 0.2)]
    assert ends[1] == pytest.approx(5 * ends[0])
