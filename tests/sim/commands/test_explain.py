from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tuopin.agents.draws import resolve_parameters
from tuopin.agents.parameters import model_parameters
from tuopin.agents.place import Place
from tuopin.policies.catalogue import catalogue
from tuopin.sim.cli import status_of
from tuopin.sim.commands.differences import in_words, numbers_in_words, scenario_rows
from tuopin.sim.commands.explanation import _place_rows, mechanism_rows, order_rows, own_rows, parameter_rows, ten_rows
from tuopin.sim.commands.layout import width
from tuopin.sim.study.study import Study

TEXT = """\
name: e
place: lushi
years: 2016-2020
baseline: none
mechanisms: {moral_hazard: false}
parameters: {health.inpatient_rate: 0.12}
scenarios:
  none: {}
  relocation: {relocation: {take_up: 0.7, slots: null}}
  later: {relocation: {take_up: 0.5}, low_income_support: {}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "e.yaml"
    path.write_text(TEXT)
    return path


@pytest.fixture
def study(file: Path) -> Study:
    return Study.load(file)


def test_order_names_the_policies_of_the_study_at_their_steps(study: Study) -> None:
    from tuopin.sim.run.year import STEPS

    rows = order_rows(study, STEPS)
    assert [row["step"] for row in rows] == [step.name for step in STEPS]
    for row in rows:
        acting = [name for name in ("low_income_support", "relocation") if row["step"] in catalogue()[name].steps]
        assert row["policies"] == acting
    assert any(row["policies"] for row in rows)


def test_mechanisms_say_who_set_them(study: Study) -> None:
    rows = {row["mechanism"]: row for row in mechanism_rows(study)}
    assert (rows["moral_hazard"]["value"], rows["moral_hazard"]["set_by"]) == (False, "this study")
    assert (rows["asset_trap"]["value"], rows["asset_trap"]["set_by"]) == ("none", "default")


def test_every_number_has_unit_source_and_confidence_and_free_ones_a_range(study: Study) -> None:
    from tuopin.agents.parameters import model_parameters

    rows = parameter_rows(study)
    assert {row["parameter"] for row in rows} >= set(model_parameters())
    assert all(row["unit"] and row["source"] and row["confidence"] for row in rows)
    free = [row for row in rows if row["free"]]
    assert free
    without = [row["parameter"] for row in free if not row["range"] and not isinstance(row["value"], bool | str)]
    assert [name for name in without if not name.startswith("place.lushi.resettlement.")] == []


def test_a_value_of_the_study_is_marked_as_such_and_is_no_free_parameter(study: Study) -> None:
    rows = {(row["parameter"], row["scenario"]): row for row in parameter_rows(study)}
    rate = rows["health.inpatient_rate", ""]
    assert (rate["value"], rate["source"], rate["free"]) == (0.12, "this study", "")
    assert rows["relocation.take_up", ""]["value"] == 0.85
    assert rows["relocation.take_up", "relocation"]["value"] == 0.7
    assert rows["relocation.take_up", "later"]["value"] == 0.5
    assert rows["relocation.slots", "relocation"]["value"] == "unlimited"
    assert rows["place.lushi.registered_households", ""]["value"] == 19645
    assert rows["place.lushi.resettlement.city.jobs", ""]["free"] == "free"
    assert rows["place.lushi.deadline", ""]["value"] == 2019
    assert not any(name.startswith("health_insurance.") for name, _ in rows)


def test_drawn_parameters_are_shown_as_ranges(study: Study) -> None:
    rows = {row["parameter"]: row for row in parameter_rows(study.changed(draw_parameters=True))}
    row = rows["demography.birth_rate"]
    assert (row["free"], row["value"]) == ("free", f"drawn in {row['range']}")


def test_the_default_is_short_and_says_in_words_what_scenarios_differ_in(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of(["explain", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 70 and max(map(width, lines)) <= 120
    text = " ".join(" ".join(lines).split())
    assert "relocation adds relocation to resettlement sites (take_up 0.7 for 0.85)" in text
    assert "health.inpatient_rate 0.12" in text and "mechanism moral_hazard false" in text
    assert "income_risk.permanent_variance" in text and "Decomposition" not in text and "--all" in text


def test_two_packages_in_words() -> None:
    known = catalogue()
    first = {"relocation": {"take_up": 0.7}, "cooperative": {}}
    assert in_words(first, first, known) == "the same"
    assert in_words(first, {"relocation": {"slots": 9}, "health_insurance": {}}, known) == (
        "adds health insurance and medical aid; leaves out cooperative and firm linkage; "
        "changes relocation to resettlement sites: slots 9 for unlimited, take_up 0.85 for 0.7"
    )


def test_the_ten_are_numbers_without_a_source(study: Study) -> None:
    rows = {row["parameter"]: row for row in parameter_rows(study)}
    ten = [row["parameter"] for row in ten_rows(study)]
    assert all(rows[name]["free"] and rows[name]["range"] for name in ten)
    assert len(ten) == len(set(ten)) == 10
    assert ten[:3] == ["income_risk.permanent_variance", "production.land_per_person", "economy.local_real_growth"]


def test_every_rank_is_given_once() -> None:
    own = [p for policy in catalogue().values() for p in policy.parameters.values()]
    ranks = sorted(p.rank for p in [*model_parameters().values(), *own] if p.rank is not None)
    assert ranks == list(range(1, len(ranks) + 1)) and len(ranks) >= 10


def test_sections_and_formats(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(["explain", str(file), "--section", "order"]) == 0
    assert "demography" in capsys.readouterr().out
    assert status_of(["explain", str(file), "--section", "parameters", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {"parameter", "value", "unit", "free", "range", "source", "confidence"} <= set(rows[0])
    assert status_of(["explain", str(file), "--section", "mechanisms", "--format", "json"]) == 0
    assert {row["mechanism"]: row["value"] for row in json.loads(capsys.readouterr().out)}["moral_hazard"] is False


OWN = """\
name: e
place: lushi
years: 2016-2020
baseline: none
scale: 0.1
groups: [cause]
parameters: {registry.exit_margin: 1.2}
scenarios:
  none: {parameters: {economy.off_farm_growth: 0}}
  same: {base: none}
  strict: {base: none, parameters: {registry.exit_margin: 1.5}}
  other: {parameters: {economy.migrant_wage: {2018: 3000}}, relocation: {}}
"""


def test_numbers_of_its_own_are_told_in_words_and_as_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "e.yaml"
    path.write_text(OWN)
    rows = {row["scenario"]: row for row in scenario_rows(Study.load(path))}
    told = {name: row["against none"] for name, row in rows.items()}
    assert told["none"].endswith("; has from 2017 on economy.off_farm_growth 0 for 0.03")
    assert told["same"] == "the same"
    assert told["strict"] == "has from 2017 on registry.exit_margin 1.5 for 1.2"
    assert told["other"].startswith("adds relocation to resettlement sites; has from 2017 on ")
    assert told["other"].endswith(" on economy.migrant_wage 3000 for 3721 in 2018, economy.off_farm_growth 0.03 for 0")
    assert all(row["one programme less than"] == "" for row in rows.values())
    assert status_of(["explain", str(path), "--section", "own", "--format", "csv"]) == 0
    said = [row[:3] for row in csv.reader(io.StringIO(capsys.readouterr().out))]
    assert ["scale", "", "0.1"] in said and ["groups", "", '["cause"]'] in said
    assert ["registry.exit_margin", "", "1.2"] in said and ["registry.exit_margin", "strict", "1.5"] in said
    assert status_of(["check", str(path)]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "scale 0.1: 10% of the households of every village are simulated" in words
    assert "groups cause: indicators" in words
    assert "scenario none (baseline): no policy; from 2017 on, for itself: economy.off_farm_growth 0" in words


def test_what_places_say_of_themselves_is_shown_by_default_and_of_regions_as_one(tmp_path: Path) -> None:
    data = {
        "name": "s",
        "place": "jiangsu",
        "years": "2007-2009",
        "baseline": "none",
        "scenarios": {"none": {}},
        "draw_parameters": True,
    }
    rows = {row["parameter"]: row["value"] for row in own_rows(Study.from_dict(data))}
    assert rows["place.jiangsu.line"] == {2007: 2500} and rows["place.jiangsu.sample"] == 1500
    assert rows["place.jiangsu.weak_villages"] == "1,011 in all, 5 to 231 in 12 counties"
    assert rows["place.jiangsu.mean_income"] == "4,783 to 10,026 in 12 counties"  # means are not added up
    assert rows["place.jiangsu.deadline"] == "2008 to 2012 in 12 counties"
    assert rows["place.jiangsu.plan"].startswith("2008: 1,163,828;") and rows["place.jiangsu.plan"].endswith(
        "12 counties"
    )
    lushi = Study.from_dict({**data, "place": "lushi", "years": "2016-2018"})
    shown = {row["parameter"]: row["value"] for row in parameter_rows(lushi)}
    assert "place.lushi.sample" not in shown
    assert shown["place.lushi.villages"] == "drawn in 250..360"  # as it is, though it is no total of persons
    assert shown["place.lushi.registered_households"] == 19645


def test_shares_and_numbers_of_a_place_are_rows(place_data: dict[str, Any]) -> None:
    note = {"source": "a survey", "confidence": "source-document"}
    more = {
        "line_shares": {"fruit": {"value": 0.6, "unit": "share", **note}},
        "parameters": {"registry.exit_margin": {"value": 1.0, "unit": "ratio", **note}},
    }
    rows = {row["parameter"]: row for row in _place_rows("place.here", Place.model_validate({**place_data, **more}))}
    assert rows["place.here.line_shares.fruit"]["value"] == 0.6
    assert rows["place.here.parameters.registry.exit_margin"]["source"] == "a survey"


def test_a_number_of_a_scenario_is_told_beside_that_of_its_place() -> None:
    """Jiangsu has a registry line of its own, held; the model's has 2,300 yuan before 2010."""
    data = {"name": "e", "place": "jiangsu", "years": "2007-2009", "baseline": "none"}
    scenarios = {"none": {}, "own": {"parameters": {"economy.registry_line": 5000}}}
    study = Study.from_dict({**data, "scenarios": scenarios})
    own = resolve_parameters({}, place=next(iter(study.places.values())))["economy.registry_line"].at(2008)
    assert own != model_parameters()["economy.registry_line"].at(2008)
    (said,) = numbers_in_words(study, "none", "own")
    assert said.startswith(f"has from 2008 on economy.registry_line 5000 for {own:g}")
