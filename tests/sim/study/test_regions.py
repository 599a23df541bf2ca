"""Region files: counties of a table become places; every mistake names the file or the row of the table."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tuopin.agents.region import Region, spread_counties
from tuopin.sim.study.places import load_place
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.schema import place_schema
from tuopin.sim.study.shipped import PLACES
from tuopin.sim.study.study import Study
from tuopin.sim.study.yaml_file import parse_document, read_document

REGION = """\
kind: region
name: land
label: {en: Land}
year: 2016
table: land.csv
columns:
  registered_households: {unit: households, source: a test, confidence: source-document}
  registered_persons: {unit: persons, source: a test, confidence: source-document}
alike:
  household_size: {value: 3.2, unit: persons, source: a test, confidence: source-document}
  county_factor: {value: 0.4, unit: ratio, source: a test, confidence: free, range: [0.3, 0.5]}
  deadline: 2020
totals:
  rural_persons: {value: 4480, unit: persons, source: a test, confidence: source-document}
  villages: {value: 9, unit: villages, source: a test, confidence: source-document}
"""
TABLE = """\
name,code,registered_households,registered_persons
land-a,101,200,640
land-b,102,100,320

land-c,103,50,160
"""
STUDY: dict[str, Any] = {
    "name": "s",
    "place": "land",
    "years": "2016-2018",
    "baseline": "none",
    "scenarios": {"none": {}},
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def put(region: str = REGION, table: str | bytes = TABLE) -> Path:
        folder = tmp_path / "places"
        folder.mkdir(exist_ok=True)
        (folder / "land.yaml").write_text(region, encoding="utf-8")
        (folder / "land.csv").write_bytes(table.encode() if isinstance(table, str) else table)
        return folder / "land.yaml"

    return put


def mistakes(file: Path) -> list[str]:
    with pytest.raises(StudyError) as caught:
        load_place(file)
    return [str(problem).removeprefix(str(file.parent) + "/") for problem in caught.value.problems]


def test_a_region_stands_for_its_counties(write: Callable[..., Path]) -> None:
    file = write()
    region = load_place(file)
    assert isinstance(region, Region) and (region.name, region.label.en, region.year) == ("land", "Land", 2016)
    study = Study.from_dict(STUDY, beside=file.parent.parent)
    assert study.place == ("land",)
    assert list(study.places) == ["land-a", "land-b", "land-c"]
    plan = make_plan(study)
    assert plan.places == ("land-a", "land-b", "land-c")
    assert [place.villages.value for place in study.places.values()] == [5, 3, 1]


def test_a_region_and_a_place_of_its_own_can_be_mixed(write: Callable[..., Path]) -> None:
    study = Study.from_dict({**STUDY, "place": ["lushi", "land"]}, beside=write().parent.parent)
    assert list(study.places) == ["lushi", "land-a", "land-b", "land-c"]


@pytest.mark.parametrize("years", ["2015-2018", "2017-2018"])
def test_the_first_year_is_checked_once_for_a_region(years: str, write: Callable[..., Path]) -> None:
    file = write()
    with pytest.raises(StudyError) as caught:
        Study.from_dict({**STUDY, "years": years}, beside=file.parent.parent)
    assert len(caught.value.problems) == 1 and "'land' describes the end of 2016" in str(caught.value)


def test_places_of_one_study_have_names_and_codes_of_their_own(write: Callable[..., Path]) -> None:
    file = write(table=TABLE.replace("land-a,101", "lushi,411224"))
    with pytest.raises(StudyError) as caught:
        Study.from_dict({**STUDY, "place": ["lushi", "land"]}, beside=file.parent.parent)
    assert "'lushi' is also a place of 'land'" in str(caught.value)
    file = write(table=TABLE.replace("land-a,101", "land-a,411224"))
    with pytest.raises(StudyError) as caught:
        Study.from_dict({**STUDY, "place": ["lushi", "land"]}, beside=file.parent.parent)
    assert "'lushi' and 'land-a' have the same code 411224" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("land-b,102", "land-b,101", "land.csv:3: code: 101 is also on line 2; allowed: each code once"),
        ("land-b,102", "land-a,102", "land.csv:3: name: land-a is also on line 2; allowed: each name once"),
        ("land-b,", "Land B,", "land.csv:3: name: is 'Land B'; allowed: letters of any script"),
        ("100,320", "100,x", "land.csv:3: registered_persons: is 'x'; allowed: a whole number in 1.."),
        ("100,320", "100,", "land.csv:3: registered_persons: is empty; allowed: a whole number in 1.."),
        ("50,160", "50,nan", "land.csv:5: registered_persons: is 'nan'; allowed: a whole number in 1.."),
        ("50,160", "0,160", "land.csv:5: registered_households: is '0'; allowed: a whole number in 1.."),
        ("50,160", "50.5,160", "land.csv:5: registered_households: is '50.5'; allowed: a whole number"),
        ("50,160", "50,40", "land.csv:5: villages: is 0; allowed: a whole number in 1..30000"),
        *(
            ("100,320", f"100,{n}", f"land.csv:3: registered_persons: is '{n}'; allowed: a whole number in 1..")
            for n in ("3_0", "+320", "３２０", "1e400", "1e2", "-320", "0x10", "NaN", "320 人", "٣٢٠")
        ),
        ("50,160", "50,400", "land.csv:5: registered_persons: is 400; allowed: 50 to 350 persons for 50"),
        ("50,160", "50", "land.csv:5: (row): has 3 cells, the first row has 4; allowed: one cell a column"),
        ("land-a,101", "land-a,2000000", "land.csv:2: code: is '2000000'; allowed: a whole number in 1..1048575"),
        (
            "registered_persons\n",
            "registered_people\n",
            "land.csv:1: registered_people: unknown column 'registered_people' (did you mean"
            " 'registered_persons'?); allowed:",
        ),
        ("code,", "code,code,", "land.csv:1: code: stands twice in the first row; allowed: each column once"),
        ("name,code", "name,villages", "land.csv:1: villages: has no entry under columns: in land.yaml; allowed:"),
        ("name,code", "name,deadline", "land.csv:1: code: is missing; allowed: a column of this name in the first row"),
        ("land-b,", '"land-b,', "land.csv:"),
    ],
)
def test_mistakes_in_the_table(old: str, new: str, said: str, write: Callable[..., Path]) -> None:
    assert old in TABLE
    found = mistakes(write(table=TABLE.replace(old, new)))
    assert any(line.startswith(said) for line in found), found
    assert all("\n" not in line for line in found)


def test_every_mistake_is_told_in_order_of_its_row(write: Callable[..., Path]) -> None:
    found = mistakes(write(table=TABLE.replace("200,640", "200,x").replace("50,160", "y,160")))
    assert [line.split(":")[1] for line in found] == ["2", "5"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("name,code,registered_households,registered_persons\n", "land.csv:1: (whole file): has no county"),
        ("", "land.csv:1: name: is missing"),
        (TABLE.encode("utf-16"), "land.csv:1: (whole file): is in UTF-16"),
        ("name,code\nübel,1\n".encode("latin-1"), "land.csv:2: (whole file): is not in UTF-8"),
    ],
)
def test_tables_that_cannot_be_used(table: str | bytes, said: str, write: Callable[..., Path]) -> None:
    assert mistakes(write(table=table))[0].startswith(said)


def test_a_missing_table(write: Callable[..., Path]) -> None:
    file = write()
    (file.parent / "land.csv").unlink()
    assert mistakes(file) == [
        "land.csv:1: (whole file): does not exist; allowed: the path of a table of counties (CSV)"
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: region", "kind: county", "land.yaml:1: kind: is the text 'county'; allowed: 'region'"),
        ("year: 2016", "yeer: 2016", "land.yaml:4: yeer: unknown key 'yeer' (did you mean 'year'?)"),
        ("table: land.csv", "table: /etc/passwd", "land.yaml:5: table: is '/etc/passwd'; allowed: the name of a CSV"),
        (
            "value: 0.4,",
            "value: 0.6,",
            "land.yaml:11: alike.county_factor.value: is 0.6, outside its range; allowed: a number in 0.3..0.5",
        ),
        (
            "  villages: {value: 9, unit: villages, source: a test, confidence: source-document}",
            "",
            "land.yaml:9: alike: 'villages' is given nowhere; allowed: villages in columns, alike or totals",
        ),
        (
            "  rural_persons: {value: 4480, unit: persons, source: a test, confidence: source-document}\n",
            "",
            "land.yaml:9: alike: 'rural_persons' is given nowhere; allowed: rural_persons in columns or totals",
        ),
        (
            "  deadline: 2020\n",
            "  deadline: 2020\n  villages: {value: 9, unit: villages, source: s, confidence: well-known}\n",
            "land.yaml:16: totals.villages: 'villages' is given in alike and in totals; allowed: in one of",
        ),
    ],
)
def test_mistakes_in_the_region_file(old: str, new: str, said: str, write: Callable[..., Path]) -> None:
    assert old in REGION
    found = mistakes(write(region=REGION.replace(old, new)))
    assert any(line.startswith(said) for line in found), found


def test_the_schema_tells_regions_from_places() -> None:
    schema = place_schema()
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    assert list(check.iter_errors(parse_document(REGION, "x").data)) == []
    assert list(check.iter_errors(read_document(PLACES / "lushi.yaml").data)) == []
    wrong = parse_document(REGION.replace("alike:", "alyke:"), "x").data
    assert [list(error.absolute_path) for error in check.iter_errors(wrong)] == [[]]


@pytest.mark.parametrize(
    ("name", "households", "persons", "counties"),
    [("china-832", 29_480_000, 89_620_000, 832), ("guizhou", 2_100_000, 7_450_000, 66)],
)
def test_shipped_regions_are_synthetic_and_sum_to_the_documented_totals(
    name: str, households: int, persons: int, counties: int
) -> None:
    region = load_place(PLACES / f"{name}.yaml")
    assert region.file.synthetic and all(county.synthetic for county in region.counties)
    assert "SYNTHETIC" in (PLACES / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert sum(c.registered_households.value for c in region.counties) == households
    assert sum(c.registered_persons.value for c in region.counties) == persons
    with (PLACES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        rows = [(int(row["registered_households"]), int(row["registered_persons"])) for row in csv.DictReader(stream)]
    assert rows == spread_counties(households, persons, counties, 0.6)
    assert all(county.registered_only for county in region.counties)
    assert sum(county.rural_persons.value for county in region.counties) == 4 * persons


def test_shipped_regions_can_stand_in_one_study_with_lushi() -> None:
    codes = [c.code for name in ("china-832", "guizhou") for c in load_place(PLACES / f"{name}.yaml").counties]
    assert len(set(codes)) == len(codes) == 832 + 66 and load_place(PLACES / "lushi.yaml").code not in codes


PLANNED = REGION.replace("alike:", "  plan: {unit: persons, source: a test, confidence: source-document}\nalike:")
PLAN_TABLE = TABLE.replace("persons\n", "persons,plan_2017\n").replace("640", "640,64").replace("320", "320,32")


def test_a_plan_by_county_is_read_from_its_columns(write: Callable[..., Path]) -> None:
    counties = load_place(write(PLANNED, PLAN_TABLE.replace("160", "160,0"))).counties
    assert [county.plan.value for county in counties] == [{2017: 64}, {2017: 32}, {2017: 0}]


@pytest.mark.parametrize(
    ("region", "table", "words"),
    [
        (REGION, PLAN_TABLE.replace("160", "160,0"), "land.csv:1: plan_2017: has no entry under columns: in land.yaml"),
        (PLANNED, TABLE, "land.csv:1: plan: is missing; allowed: columns plan_<year>, persons planned to exit"),
        (PLANNED, PLAN_TABLE.replace("160", "160,x"), "land.csv:5: plan_2017: is 'x'; allowed: a whole number in 0.."),
        (
            PLANNED + "  plan: {value: {2017: 5}, unit: persons, source: a test, confidence: source-document}\n",
            PLAN_TABLE.replace("160", "160,0"),
            "land.yaml:17: totals.plan: 'plan' is given in columns and here; allowed: in one of columns, alike, totals",
        ),
        (
            REGION
            + "  weak_villages: {value: 9, unit: villages, source: a, confidence: derived, facts: [nobody-knows]}\n",
            TABLE,
            "land.yaml:16: totals.weak_villages.facts[0]: there is no fact 'nobody-knows'",
        ),
        (
            REGION.replace(
                "  deadline: 2020",
                "  deadline: 2020\n  mean_income: {value: 9, unit: yuan, source: a, confidence: derived}",
            ),
            TABLE,
            "land.yaml:13: alike.mean_income.unit: is 'yuan'; allowed: yuan/person/year or",
        ),
        (
            REGION.replace(
                "  deadline: 2020",
                "  deadline: 2020\n"
                "  parameters: {registry.exit_margn: {value: 1, unit: ratio, source: a, confidence: derived}}",
            ),
            TABLE,
            "alike.parameters.registry.exit_margn: unknown parameter 'registry.exit_margn' (did you mean",
        ),
    ],
)
def test_mistakes_in_the_keys_of_a_region(write: Callable[..., Path], region: str, table: str, words: str) -> None:
    found = mistakes(write(region, table))
    assert any(words in line for line in found), found
