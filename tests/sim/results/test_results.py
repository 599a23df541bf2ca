"""Opening results: lazy frames, SQL, comparisons, clear refusals; the questions of docs/results.md on a real run."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fake_county import TASK, fake_plan, value

from tuopin.sim.batch.engine import run_study
from tuopin.sim.comparison.compare import compare
from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.results import Results

PLAN = fake_plan()
GUIDE = Path(__file__).parents[3] / "docs" / "results.md"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results") / "it's [odd]*"  # a name that SQL or a glob would take amiss
    run_study(PLAN, out, workers=1, progress=False, panel=True, task=TASK)
    return out


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def test_frames_have_the_contract_s_columns(made: Path) -> None:
    results = Results.open(made)
    columns = "place scenario replicate year view group indicator value"
    assert list(results.indicators.columns) == columns.split()
    columns = "place scenario replicate year policy payer kind households persons villages yuan budget_yuan slots"
    assert list(results.costs.columns) == columns.split()
    columns = "place scenario replicate view kind start_year years ended left_censored households persons"
    assert list(results.spells.columns) == columns.split()
    assert {"uid", "income_per_person", "in_a", "in_b"} <= set(results.panel.columns)
    assert results.manifest["study"] == "fake"
    first = results.indicators.iloc[0]
    assert first["value"] == value(PLAN, "east", "none", 1, 2016)


def test_frames_are_read_once_and_only_when_asked_for(copy: Path) -> None:
    results = Results.open(copy)
    frame = results.indicators
    (copy / "indicators.parquet").unlink()
    assert results.indicators is frame
    assert results.costs["yuan"].notna().all()


def test_metadata_carries_units_labels_and_the_manifest(made: Path) -> None:
    import hashlib

    schema = pq.read_schema(made / "costs.parquet")
    assert schema.field("yuan").metadata[b"unit"] == b"nominal yuan"
    assert schema.field("yuan").metadata[b"label_zh"].decode() == "支出金额"
    manifest = hashlib.sha256((made / "manifest.json").read_bytes()).hexdigest()
    for name in ("indicators", "costs", "spells", "panel"):
        metadata = pq.read_schema(made / f"{name}.parquet").metadata
        assert metadata[b"tuopin.manifest_sha256"].decode() == manifest
        assert set(json.loads(metadata[b"tuopin.columns"])) == set(pq.read_schema(made / f"{name}.parquet").names)
    labels = json.loads(pq.read_schema(made / "indicators.parquet").metadata[b"tuopin.indicators"])
    assert labels["headcount_ratio"]["label_zh"] == "贫困发生率"


def test_sql_sees_all_tables(made: Path) -> None:
    results = Results.open(made)
    frame = results.sql("SELECT scenario, avg(value) AS mean FROM indicators GROUP BY scenario ORDER BY scenario")
    expected = results.indicators.groupby(results.indicators["scenario"].astype(str))["value"].mean()
    assert dict(zip(frame["scenario"], frame["mean"], strict=True)) == pytest.approx(expected.to_dict())
    for table in ("panel", "costs", "spells"):
        assert results.sql(f"SELECT count(*) AS n FROM {table}")["n"].tolist() == [36]
    assert results.sql("SELECT DISTINCT view FROM comparison")["view"].tolist() == ["true"]


def test_sql_that_cannot_be_answered_is_said_in_one_line(made: Path) -> None:
    with pytest.raises(ResultsError, match=r"the query cannot be answered: .*syntax error") as caught:
        Results.open(made).sql("SELEC 1")
    assert len(str(caught.value).splitlines()) == 1 and caught.value.exit_status == 2


@pytest.mark.parametrize("name", ["indicators", "panel", "limits"])
@pytest.mark.parametrize("how", ["fifo", "damaged", "folder"])
def test_sql_over_a_directory_damaged_after_it_was_opened(copy: Path, name: str, how: str) -> None:
    results, path = Results.open(copy), copy / f"{name}.parquet"
    path.unlink()
    {"fifo": lambda: os.mkfifo(path), "damaged": lambda: path.write_bytes(b"PAR1 not"), "folder": path.mkdir}[how]()
    with pytest.raises(ResultsError, match="the query cannot be answered: ") as caught:
        results.sql(f"SELECT count(*) FROM {name}")
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_not_a_result_is_refused(tmp_path: Path, copy: Path) -> None:
    with pytest.raises(ResultsError, match="there is no such directory"):
        Results.open(tmp_path / "nowhere")
    with pytest.raises(ResultsError, match=r"holds no readable manifest\.json"):
        Results.open(tmp_path)
    (copy / "spells.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(ResultsError, match=r"spells\.parquet: is damaged or not a table of Tuopin"):
        Results.open(copy)
    (copy / "spells.parquet").unlink()
    with pytest.raises(ResultsError, match=r"spells\.parquet is not there \(12 of 12 runs done\); give the same"):
        Results.open(copy)


def test_tables_of_different_states_are_refused(copy: Path, tmp_path: Path) -> None:
    bigger = fake_plan(replicates=3)
    other = tmp_path / "bigger"
    run_study(bigger, other, workers=1, progress=False, panel=True, task=TASK)
    shutil.copy(other / "costs.parquet", copy / "costs.parquet")
    with pytest.raises(ResultsError, match="its tables are of different states"):
        Results.open(copy)


def test_tables_older_than_the_manifest_are_read_with_a_warning(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest))
    with pytest.warns(UserWarning, match="its tables are older than its manifest"):
        assert len(Results.open(copy).indicators) == 36


def test_no_panel_says_how_to_get_one(tmp_path: Path) -> None:
    run_study(PLAN, tmp_path / "out", workers=1, progress=False, task=TASK)
    with pytest.raises(ResultsError, match="give the same command again with --panel"):
        _ = Results.open(tmp_path / "out").panel


@pytest.fixture(scope="module")
def lushi(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The shipped county, a fiftieth of it, two replicates, with its panel."""
    from tuopin.sim.study.plan import make_plan
    from tuopin.sim.study.study import Study

    study = Study.load(GUIDE.parents[1] / "scenarios" / "lushi.yaml", overrides={"replicates": 2})
    out = tmp_path_factory.mktemp("lushi") / "out"
    run_study(make_plan(study, 0.02), out, workers=1, progress=False, panel=True, scenarios=["none", "relocation"])
    return Results.open(out)


@pytest.mark.slow
def test_the_questions_of_the_guide_have_answers(lushi: Results) -> None:
    queries = re.findall(r"```sql\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(queries) == 5
    answers = [lushi.sql(query) for query in queries]
    assert all(len(answer) > 0 and answer.notna().all(axis=None) for answer in answers)
    everybody = "view == 'true' and group == 'all' and year == "
    poor = lushi.indicators.query(f"indicator == 'headcount_ratio' and {everybody} 2025")
    means = poor.groupby(poor["scenario"].astype(str))["value"].mean()
    assert answers[0].set_index("scenario")["poor_share"].to_dict() == pytest.approx(means.to_dict())
    more = compare(lushi, indicator="sustained_exits_persons").query(f"{everybody} 'all'")
    assert answers[1]["sustained_exits_more"].tolist() == pytest.approx(more["mean_difference"].tolist())
    assert answers[2]["back_within_three_years"].between(0, 1).all()
    fell = lushi.panel.sort_values("year")
    was = fell.groupby(["scenario", "replicate", "uid"], observed=True)["poor_true"].shift()
    count = int((fell["poor_true"] & (was == False)).sum())  # noqa: E712  null is neither
    assert answers[4].query("households == 'fell'")["household_years"].sum() == count


def test_a_result_shows_itself_in_a_line() -> None:
    assert (
        repr(Results(Path("results/lushi"), {"runs": [{}] * 1000})) == f"Results(directory={Path('results/lushi')!r})"
    )
