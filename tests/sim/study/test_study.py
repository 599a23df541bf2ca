from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from tuopin.sim.comparison.compare import comparison_settings
from tuopin.sim.study.declarations import Declarations
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study

GOOD = (Path(__file__).parent / "data" / "good.yaml").read_text(encoding="utf-8")
Write = Callable[[str | bytes], Path]


def problems(error: StudyError) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.path, f"{problem.wrong}; {problem.allowed}") for problem in error.problems]


def test_good_study_is_read_as_written(write: Write, declarations: Declarations) -> None:
    study = Study.load(write(GOOD), declarations=declarations)
    assert (study.name, study.place, study.years, study.seed, study.replicates) == (
        "good",
        ("testland",),
        (2016, 2020),
        7,
        4,
    )
    assert (study.first_year, study.last_year) == (2016, 2020)
    assert list(study.scenarios) == ["none", "relocation", "insurance"]
    assert study.scenarios["relocation"]["relocation"] == {
        "budget": {2017: 6.0e8, 2018: 6.0e8},
        "support_after_exit_months": 36,
        "slots": 1000,
    }
    assert study.mechanisms == {"asset_trap": "none", "demonstration": True}
    assert study.parameters == {"health.inpatient_rate": 0.12}
    assert study.places["testland"].households == 100


def test_same_number_written_otherwise_is_the_same_study(write: Write, declarations: Declarations) -> None:
    one = Study.load(write(GOOD), declarations=declarations)
    two = Study.load(write(GOOD.replace("6.0e8", "600_000_000").replace("1.0e3", "1000")), declarations=declarations)
    assert one.model_dump_json() == two.model_dump_json()


def test_defaults(write: Write, declarations: Declarations) -> None:
    text = "name: a\nplace: [testland]\nyears: 2016-2017\nbaseline: none\nscenarios: {none: }\n"
    study = Study.load(write(text), declarations=declarations)
    assert (study.seed, study.replicates, study.discount_rate, study.draw_parameters) == (0, 20, 0.045, False)
    assert study.scenarios == {"none": {}}


def test_null_is_unlimited_where_that_is_declared(write: Write, declarations: Declarations) -> None:
    for slots, expected in (("null", None), ("{2017: 5, 2018: ~}", {2017: 5, 2018: None})):
        study = Study.load(write(GOOD.replace("slots: 1.0e3", f"slots: {slots}")), declarations=declarations)
        assert study.scenarios["relocation"]["relocation"]["slots"] == expected


def test_years_may_reach_as_far_as_the_declared_series(write: Write, declarations: Declarations) -> None:
    text = GOOD.replace("advance_payment: false", "standard: {2013: 1.0, 2017: 2.0}")
    insurance = Study.load(write(text), declarations=declarations).scenarios["insurance"]["health_insurance"]
    assert insurance["standard"] == {2013: 1.0, 2017: 2.0}
    with pytest.raises(StudyError, match=r"2011 is outside the years of the study; allowed: 2012..2020"):
        Study.load(write(text.replace("2013", "2011")), declarations=declarations)


def test_windows_file_with_byte_order_mark_is_read(write: Write, declarations: Declarations) -> None:
    raw = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert Study.load(write(raw), declarations=declarations).name == "good"


def test_anchors_and_merges_share_settings(write: Write, declarations: Declarations) -> None:
    text = GOOD.replace("    relocation: {budget", "    relocation: &move {budget") + (
        "  both:\n    relocation: {<<: *move, support_after_exit_months: 0}\n    health_insurance: {}\n"
    )
    both = Study.load(write(text), declarations=declarations).scenarios["both"]
    assert both["relocation"]["support_after_exit_months"] == 0
    assert both["relocation"]["slots"] == 1000


def test_study_begins_with_the_state_its_place_describes(write: Write, declarations: Declarations) -> None:
    path = write(GOOD)
    place = path.parent / "places" / "testland.yaml"
    place.write_text(place.read_text() + "year: 2017\ncode: 7\n")
    with pytest.raises(StudyError, match=r"study.yaml:4: years: begins in 2016, but the place 'testland' .* 2017-B$"):
        Study.load(path, declarations=declarations)
    place.write_text(place.read_text().replace("2017", "2016"))
    (path.parent / "places" / "copy.yaml").write_text(place.read_text().replace("name: testland", "name: copy"))
    with pytest.raises(StudyError, match=r"study.yaml:3: place: 'testland' and 'copy' have the same code 7; allowed"):
        Study.load(write(GOOD.replace("place: testland", "place: [testland, copy]")), declarations=declarations)


def test_pickles(write: Write, declarations: Declarations) -> None:
    study = Study.load(write(GOOD), declarations=declarations)
    assert pickle.loads(pickle.dumps(study)) == study


def test_every_mistake_at_once_in_order_of_lines(write: Write, declarations: Declarations, tmp_path: Path) -> None:
    (tmp_path / "places" / "testland.yaml").write_text("name: testland\nhouseholds: 0\nline: x\n", encoding="utf-8")
    text = (
        GOOD.replace("seed: 7", "seed: -1")
        .replace("years: 2016-2020", "years: 2020-2016")
        .replace("asset_trap: none", "asset_trap: maybe")
        .replace("inpatient_rate: 0.12", "inpatient_rat: 0.12")
        .replace("baseline: none", "baseline: nothing")
        .replace("2018: 600000000", "2018: -1")
        .replace("advance_payment: false", "advance_payment: 'no'")
    )
    with pytest.raises(StudyError) as caught:
        Study.load(write(text), declarations=declarations)
    assert [(Path(p.file).name, p.line, p.path) for p in caught.value.problems] == [
        ("study.yaml", 4, "years"),
        ("study.yaml", 5, "seed"),
        ("study.yaml", 8, "mechanisms.asset_trap"),
        ("study.yaml", 10, "parameters.health.inpatient_rat"),
        ("study.yaml", 11, "baseline"),
        ("study.yaml", 16, "scenarios.relocation.relocation.budget.2018"),
        ("study.yaml", 20, "scenarios.insurance.health_insurance.advance_payment"),
        ("testland.yaml", 2, "households"),
        ("testland.yaml", 3, "line"),
    ]
    assert str(caught.value).count("\n") == 8


def test_mistake_inside_an_anchor_is_told_once(write: Write, declarations: Declarations) -> None:
    text = GOOD.replace("    relocation: {budget: {2017: 6.0e8,", "    relocation: &move {budget: {2017: -3,") + (
        "  again: {relocation: *move}\n  merged: {relocation: {<<: *move}}\n"
    )
    with pytest.raises(StudyError) as caught:
        Study.load(write(text), declarations=declarations)
    assert len(caught.value.problems) == 1


def test_overrides_are_validated_and_named_as_options(write: Write, declarations: Declarations) -> None:
    path = write(GOOD)
    study = Study.load(path, overrides={"years": "2016-2017", "replicates": 1}, declarations=declarations)
    assert (study.years, study.replicates) == ((2016, 2017), 1)
    with pytest.raises(StudyError) as caught:
        Study.load(path, overrides={"years": "2017-2016", "replicates": 0}, declarations=declarations)
    assert [str(problem) for problem in caught.value.problems] == [
        "command line:1: --years: is the text '2017-2016', ends before it has a year to simulate; "
        "allowed: A-B with 2000 <= A < B <= 2040",
        "command line:1: --replicates: is 0; allowed: a whole number in 1..100000",
    ]


def test_changed_study_keeps_the_rest(write: Write, declarations: Declarations) -> None:
    study = Study.load(write(GOOD), declarations=declarations)
    fewer = study.changed(replicates=2, declarations=declarations)
    assert (fewer.replicates, fewer.scenarios, fewer.file) == (2, study.scenarios, study.file)
    with pytest.raises(StudyError, match="changes:1: replicates: is -2; allowed"):
        study.changed(replicates=-2, declarations=declarations)


def test_from_dict(declarations: Declarations, write: Write) -> None:
    beside = write(GOOD).parent
    data = {"name": "d", "place": "testland", "years": "2016-2018", "baseline": "a", "scenarios": {"a": {}}}
    assert Study.from_dict(data, beside=beside, declarations=declarations).years == (2016, 2018)
    with pytest.raises(StudyError, match=r"^study:1: scenarios\.a\.reloc: unknown policy 'reloc' \(did you mean 'relo"):
        Study.from_dict({**data, "scenarios": {"a": {"reloc": {}}}}, beside=beside, declarations=declarations)


def test_place_beside_the_study_comes_first(write: Write, declarations: Declarations, tmp_path: Path) -> None:
    (tmp_path / "places" / "lushi.yaml").write_text("name: lushi\nhouseholds: 3\nline: 1\n", encoding="utf-8")
    study = Study.load(write(GOOD.replace("place: testland", "place: [lushi, testland]")), declarations=declarations)
    assert study.places["lushi"].households == 3
    assert list(study.places) == ["lushi", "testland"]


def test_a_study_with_fewer_years_may_be_changed_again() -> None:
    """Budgets of years that an override left out are no mistakes of the next change."""
    shipped = Path(__file__).parents[3] / "scenarios" / "lushi.yaml"
    short = Study.load(shipped, overrides={"years": "2016-2018"})
    assert short.changed(replicates=3).changed(seed=2).last_year == 2018


def test_what_a_study_says_of_its_comparison_reaches_the_plan_and_the_manifest() -> None:
    data = {
        "name": "told",
        "place": "lushi",
        "years": "2016-2020",
        "seed": 5,
        "replicates": 3,
        "discount_rate": 0.02,
        "draw_parameters": True,
        "parameters": {"economy.rural_cpi": {2018: 0.25}},
        "baseline": "other",
        "scenarios": {"none": {}, "other": {}},
    }
    plan = make_plan(Study.from_dict(data))
    assert (plan.seed, plan.replicates, plan.first_year, plan.last_year) == (5, 3, 2016, 2020)
    told = comparison_settings(plan)
    assert (told["baseline"], told["first_year"], told["discount_rate"], told["draw_parameters"]) == (
        "other",
        2016,
        0.02,
        True,
    )
    index = told["price_index"]
    assert index["2018"] == pytest.approx(1.25 * index["2017"]) and list(index) == [
        str(year) for year in range(2016, 2021)
    ]
