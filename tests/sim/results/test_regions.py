"""A region in results is what its counties add up to: checked against the households themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tuopin.sim.cli import status_of
from tuopin.sim.comparison.compare import compare
from tuopin.sim.results.errors import ResultsError
from tuopin.sim.results.regions import region_tables
from tuopin.sim.results.results import Results
from tuopin.sim.study.study import Study

REGION = """\
kind: region
name: land
label: {en: Land}
year: 2016
synthetic: true
registered_only: true
table: land.csv
columns:
  registered_households: {unit: households, source: a test, confidence: source-document}
  registered_persons: {unit: persons, source: a test, confidence: source-document}
alike:
  household_size: {value: 3.2, unit: persons, source: a test, confidence: source-document}
  county_factor: {value: 0.92, unit: ratio, source: a test, confidence: source-document}
  deadline: 2020
totals:
  rural_persons: {value: 6400, unit: persons, source: a test, confidence: source-document}
  villages: {value: 12, unit: villages, source: a test, confidence: source-document}
"""
TABLE = "name,code,registered_households,registered_persons\na,101,300,960\nb,102,200,640\nc,103,100,320\n"
STUDY = """\
name: land
place: land
years: 2016-2019
seed: 3
replicates: 2
baseline: none
scenarios:
  none: {}
  support: {low_income_support: {budget: {2017: 3.0e5, 2018: 3.0e5, 2019: 3.0e5}}}
"""
BUDGET = 3.0e5


def place_files(folder: Path) -> Path:
    (folder / "places").mkdir()
    (folder / "places" / "land.yaml").write_text(REGION)
    (folder / "places" / "land.csv").write_text(TABLE)
    (folder / "study.yaml").write_text(STUDY)
    return folder / "study.yaml"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of a study of a region of three counties, with every household kept."""
    folder = tmp_path_factory.mktemp("region")
    study = place_files(folder)
    assert status_of(["run", str(study), "--out", str(folder / "out"), "--workers", "1", "--panel"]) == 0
    return folder / "out"


def value(frame: pd.DataFrame, **wanted: Any) -> float:
    chosen = frame
    for name, what in wanted.items():
        chosen = chosen[chosen[name] == what]
    assert len(chosen) == 1, wanted
    return float(chosen["value"].iloc[0])


def test_shares_and_sums_are_those_of_all_households_together(out: Path) -> None:
    results = Results.open(out)
    indicators = results.region("land").indicators
    assert set(indicators["place"]) == {"land"}
    for (scenario, replicate, year), rows in results.panel.groupby(["scenario", "replicate", "year"], observed=True):
        run: Mapping[str, Any] = {
            "scenario": scenario,
            "replicate": replicate,
            "year": year,
            "view": "true",
            "group": "all",
        }
        w = rows["members"].to_numpy()
        gap = np.maximum(0.0, 1.0 - np.maximum(rows["income_per_person"], 0.0) / rows["line"])
        assert value(indicators, indicator="persons", **run) == w.sum()
        assert value(indicators, indicator="poor_persons", **run) == w[rows["poor_true"]].sum()
        assert value(indicators, indicator="headcount_ratio", **run) == pytest.approx(
            np.average(rows["poor_true"], weights=w)
        )
        assert value(indicators, indicator="poverty_gap", **run) == pytest.approx(np.average(gap, weights=w), abs=1e-6)
        income = np.average(rows["income_per_person"], weights=w)
        assert value(indicators, indicator="mean_income_per_person", **run) == pytest.approx(income, rel=1e-6)
        missed = rows["poor_true"] & ~rows["poor_registry"]
        share = w[missed].sum() / w[rows["poor_true"]].sum()
        assert value(indicators, indicator="exclusion_error", **run) == pytest.approx(share)


def test_rates_of_moving_use_the_persons_who_could_move(out: Path) -> None:
    """Exits of the region over persons poor last year and still there, county by county from rate and count."""
    results = Results.open(out)
    counties = results.indicators[(results.indicators["group"] == "all") & (results.indicators["view"] == "true")]
    wide = counties.pivot_table(
        "value", ["scenario", "replicate", "year", "place"], "indicator", observed=True
    ).reset_index()
    later = wide[wide["year"] == 2018]
    at_risk = later["exits_persons"] / later["exit_rate"]
    expected = later["exits_persons"].groupby([later["scenario"], later["replicate"]], observed=True).sum()
    expected /= at_risk.groupby([later["scenario"], later["replicate"]], observed=True).sum()
    region = results.region("land").indicators
    for (scenario, replicate), rate in expected.items():
        run = {"scenario": scenario, "replicate": replicate, "year": 2018, "view": "true", "group": "all"}
        assert value(region, indicator="exit_rate", **run) == pytest.approx(rate)


def test_what_cannot_be_put_together_is_not_given(out: Path) -> None:
    given = set(Results.open(out).region("land").indicators["indicator"])
    assert not given & {"gini", "sst", "shorrocks_mobility", "move_to_near", "transfer_share"}
    assert {"headcount_ratio", "exit_rate", "sustained_exits_persons", "cost_yuan"} <= given


def test_a_regions_budget_is_split_over_its_counties_without_a_rest(out: Path) -> None:
    costs = Results.open(out).costs
    rows = costs[costs["policy"] == "low_income_support"].drop_duplicates(["place", "replicate", "year"])
    by_year = rows.groupby(["replicate", "year"], observed=True)["budget_yuan"].sum()
    np.testing.assert_allclose(by_year[by_year > 0], BUDGET, rtol=0, atol=1e-6)
    parts = rows[(rows["replicate"] == 1) & (rows["year"] == 2017)].set_index("place")["budget_yuan"]
    assert parts.to_dict() == pytest.approx({"a": BUDGET / 2, "b": BUDGET / 3, "c": BUDGET / 6}, abs=0.01)
    whole = Results.open(out).region("land").costs
    assert whole["yuan"].sum() == pytest.approx(costs["yuan"].sum(), abs=0.01)


def test_spells_are_merged_over_counties(out: Path) -> None:
    results = Results.open(out)
    spells = results.region("land").spells
    assert spells["persons"].sum() == results.spells["persons"].sum()
    keys = [name for name in spells.columns if name not in ("households", "persons")]
    assert not spells.duplicated(keys).any()
    assert len(spells) < len(results.spells)


def test_the_region_is_compared_as_one_place(out: Path) -> None:
    comparison = compare(Results.open(out))
    assert set(comparison["place"]) == {"land"} and set(comparison["scenario"]) == {"support"}
    row = comparison[(comparison["indicator"] == "poor_persons") & (comparison["year"] == "2019")]
    row = row[(row["view"] == "true") & (row["group"] == "all")].iloc[0]
    indicators = Results.open(out).indicators
    poor = indicators[(indicators["indicator"] == "poor_persons") & (indicators["view"] == "true")]
    poor = poor[(poor["group"] == "all") & (poor["year"] == 2019)]
    poor = poor.groupby(["scenario", "replicate"], observed=True)["value"].sum()
    assert row["mean_difference"] == pytest.approx((poor["support"] - poor["none"]).mean())
    assert row["replicates"] == 2


def test_a_run_with_a_county_missing_does_not_count(out: Path, tmp_path: Path) -> None:
    for name in ("indicators", "costs", "spells", "persons", "limits", "pairs"):
        frame = pd.read_parquet(out / f"{name}.parquet")
        frame[(frame["place"] != "b") | (frame["replicate"] != 2)].to_parquet(tmp_path / f"{name}.parquet")
    found = region_tables(tmp_path, "land", ["a", "b", "c"])
    assert set(found.indicators["replicate"]) == set(found.costs["replicate"]) == set(found.spells["replicate"]) == {1}


def test_the_region_is_printed_and_drawn_as_one_place(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = out.parent / "study.yaml"
    assert status_of(["run", str(study), "--out", str(out), "--workers", "1"]) == 0
    said = capsys.readouterr().out
    assert "land: 3 synthetic counties, put together." in " ".join(said.split())
    rows = [line.split()[0] for line in said.splitlines() if line.startswith(("none ", "support "))]
    assert rows[:2] == ["none", "support"]
    assert (out / "figures" / "headcount.svg").is_file()
    indicators, spells = Results.open(out).reported(indicator=["headcount_ratio"], group=["all"])
    assert set(indicators["place"]) == set(spells["place"]) == {"land"} and set(indicators["group"]) == {"all"}
    assert set(spells["kind"]) == {"exited"}


def test_one_scenario_shows_levels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = place_files(tmp_path)
    command = [
        "run",
        str(study),
        "--out",
        str(tmp_path / "one"),
        "--workers",
        "1",
        "--scenarios",
        "none",
        "--replicates",
        "1",
    ]
    assert status_of(command) == 0
    said = capsys.readouterr().out
    assert "One scenario: nothing to compare" in said and "Differences" not in said
    assert any(line.startswith("none ") for line in said.splitlines())
    assert all(word not in said for word in ("yuan per sustained exit", "difference (points)"))
    assert not (tmp_path / "one" / "comparison.csv").exists()


def test_check_and_explain_say_a_region_in_a_few_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = place_files(tmp_path)
    assert status_of(["check", str(study)]) == 0
    said = capsys.readouterr().out
    assert "land: 3 synthetic counties, about 600 registered households at the end of 2016" in said
    assert status_of(["explain", str(study), "--section", "parameters", "--format", "json"]) == 0
    rows = {row["parameter"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["place.land.registered_households"]["value"] == "600 in all, 100 to 300 in 3 counties"
    assert rows["place.land.county_factor"]["value"] == 0.92
    assert not any(name.startswith("place.a.") for name in rows)


def test_unknown_region_is_refused(out: Path) -> None:
    with pytest.raises(ResultsError, match="there is no region 'lnd' \\(did you mean land\\?\\); allowed: land"):
        Results.open(out).region("lnd")


def test_regions_of_a_study_and_of_its_result_agree(out: Path) -> None:
    study = Study.load(out.parent / "study.yaml")
    assert study.regions == {"land": ["a", "b", "c"]} == Results.open(out).regions


def test_a_region_without_a_complete_replicate_is_left_out_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study, where = place_files(tmp_path), tmp_path / "out"
    options = ["--out", str(where), "--workers", "1", "--only", "a:none:1"]
    assert status_of(["run", str(study), *options]) == 0
    said = capsys.readouterr().err
    assert "no region has a replicate in which all its counties are done" in said and "Traceback" not in said
    with pytest.raises(ResultsError.__mro__[1], match="region land has no replicate in which all its 3 counties"):
        Results.open(where).region("land")
    assert status_of(["compare", str(where)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
