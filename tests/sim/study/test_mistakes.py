"""One bad study per row: the line, the path and the words a planner must get."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tuopin.sim.study.declarations import Declarations
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.shipped import SCENARIOS
from tuopin.sim.study.study import Study

GOOD = (Path(__file__).parent / "data" / "good.yaml").read_text(encoding="utf-8")
BUDGET = "{2017: 6.0e8, 2018: 600000000}"
MOVE = "scenarios.relocation.relocation"
CARE = "scenarios.insurance.health_insurance"

# (what is replaced in the good study, by what, line, path, words of the message)
EDITS = [
    ("seed: 7", "sead: 7", 5, "sead", ["unknown key 'sead'", "did you mean 'seed'", "allowed: name, question"]),
    ("name: good", "name: Good County", 1, "name", ["'Good County'", "letters of any script"]),
    ("name: good", "name: ../good", 1, "name", ["'../good'"]),
    ("name: good", "name: 12", 1, "name", ["is 12", "letters of any script"]),
    ("name: good", "name:", 1, "name", ["is empty"]),
    ("name: good\n", "", 1, "name", ["is missing", "letters of any script"]),
    ("place: testland\n", "", 1, "place", ["is missing"]),
    (
        "question: {en: Which package works?, zh: 哪个方案有效？}",
        "question: why",
        2,
        "question",
        ["'why'", "en and zh"],
    ),
    ("question: {en:", "question: {fr:", 2, "question.fr", ["unknown key 'fr'", "allowed: en, zh"]),
    ("place: testland", "place: atlantis", 3, "place", ["there is no place 'atlantis'", "testland"]),
    ("place: testland", "place: testlnd", 3, "place", ["did you mean 'testland'"]),
    ("place: testland", "place: ../testland", 3, "place", ["'../testland'"]),
    ("place: testland", "place:\n  - testland\n  - mars", 5, "place[1]", ["there is no place 'mars'"]),
    ("place: testland", "place: [testland, testland]", 3, "place", ["twice"]),
    ("place: testland", "place: []", 3, "place", ["an empty list"]),
    ("2016-2020", "2020-2016", 4, "years", ["'2020-2016'", "ends before", "2000 <= A < B <= 2040"]),
    ("2016-2020", "2016-2016", 4, "years", ["ends before"]),
    ("2016-2020", "1999-2020", 4, "years", ["outside", "2000"]),
    ("2016-2020", "2016-2041", 4, "years", ["outside", "2040"]),
    ("2016-2020", "2016", 4, "years", ["is 2016", "A-B"]),
    ("2016-2020", "[2016, 2020]", 4, "years", ["a list", "A-B"]),
    ("2016-2020", "2016–2020", 4, "years", ["not of the form A-B"]),
    ("seed: 7", "seed: -1", 5, "seed", ["is -1", "0..4294967295"]),
    ("seed: 7", "seed: 4294967296", 5, "seed", ["4294967296", "0..4294967295"]),
    ("seed: 7", "seed: 1.5", 5, "seed", ["is 1.5", "a whole number"]),
    ("seed: 7", "seed: true", 5, "seed", ["is true", "a whole number"]),
    ("seed: 7", "seed: seven", 5, "seed", ["'seven'"]),
    ("seed: 7", "seed: 1" + "0" * 5000, 5, "seed", ["allowed"]),
    ("replicates: 4", "replicates: 0", 6, "replicates", ["is 0", "1..100000"]),
    ("replicates: 4", "replicates: 100001", 6, "replicates", ["100001"]),
    ("replicates: 4", "replicates: '4'", 6, "replicates", ["the text '4'"]),
    ("draw_parameters: false", "draw_parameters: no", 7, "draw_parameters", ["the text 'no'", "true or false"]),
    ("draw_parameters: false", "draw_parameters: 0", 7, "draw_parameters", ["is 0", "true or false"]),
    (
        "asset_trap: none",
        "asset_trp: none",
        8,
        "mechanisms.asset_trp",
        ["unknown mechanism", "did you mean 'asset_trap'"],
    ),
    (
        "asset_trap: none",
        "asset_trap: convex",
        8,
        "mechanisms.asset_trap",
        ["'convex'", "none or concave or threshold"],
    ),
    ("demonstration: true", "demonstration: on", 8, "mechanisms.demonstration", ["'on'", "true or false"]),
    ("demonstration: true", "demonstration: 1", 8, "mechanisms.demonstration", ["is 1", "true or false"]),
    ("mechanisms: {asset_trap: none, demonstration: true}", "mechanisms: [asset_trap]", 8, "mechanisms", ["a list"]),
    (
        "health.inpatient_rate",
        "health.inpatient_rates",
        10,
        "parameters.health.inpatient_rates",
        ["unknown parameter", "did you mean 'health.inpatient_rate'", "tuopin explain"],
    ),
    ("rate: 0.12", "rate: 12", 10, "parameters.health.inpatient_rate", ["is 12, above 1", "0..1 (per adult-year)"]),
    ("rate: 0.12", "rate: 12%", 10, "parameters.health.inpatient_rate", ["'12%', not a number"]),
    ("rate: 0.12", "rate: {2017: 0.1}", 10, "parameters.health.inpatient_rate", ["does not change by year"]),
    (
        "rate: 0.12",
        "rate: {value: 0.12, unit: share}",
        10,
        "parameters.health.inpatient_rate.unit",
        ["wrong unit", "'share'", "allowed: per adult-year"],
    ),
    ("rate: 0.12", "rate: {value: 0.12, units: x}", 10, "parameters.health.inpatient_rate.units", ["unknown key"]),
    ("rate: 0.12", "rate: {value: 3}", 10, "parameters.health.inpatient_rate.value", ["above 1"]),
    ("baseline: none", "baseline: nonne", 11, "baseline", ["'nonne' is not a scenario", "did you mean 'none'"]),
    ("baseline: none", "baseline: 3", 11, "baseline", ["is 3", "the name of a scenario"]),
    ("baseline: none", "baseline: ~", 11, "baseline", ["is empty"]),
    ("baseline: none\n", "", 1, "baseline", ["is missing"]),
    ("discount_rate: 0.045", "discount_rate: 4.5", 12, "discount_rate", ["is 4.5", "0..0.5"]),
    ("discount_rate: 0.045", "discount_rate: .nan", 12, "discount_rate", ["nan"]),
    ("discount_rate: 0.045", "discount_rate: -.inf", 12, "discount_rate", ["-inf"]),
    ("  none: {}", "  none: {}\n  none: {}", 15, "scenarios.none", ["duplicate scenario name 'none'", "line 14"]),
    ("  none: {}", "  none: relocation", 14, "scenarios.none", ["'relocation', not a mapping"]),
    ("  none: {}", "  none: {}\n  a/b: {}", 15, "scenarios.a/b", ["'a/b' is not a scenario name"]),
    ("  none: {}", "  none: {}\n  2017: {}", 15, "scenarios.2017", ["'2017' is not a scenario name"]),
    (
        "    relocation: {b",
        "    relocatoin: {b",
        16,
        "scenarios.relocation.relocatoin",
        ["unknown policy 'relocatoin'", "did you mean 'relocation'", "allowed: health_insurance, relocation"],
    ),
    ("{budget:", "{budgt:", 16, f"{MOVE}.budgt", ["unknown parameter 'budgt'", "did you mean 'budget'", "own_pay_cap"]),
    (BUDGET, "-5", 16, f"{MOVE}.budget", ["is -5, below 0", "a number from 0 up (yuan)", "mapping year: number"]),
    (BUDGET, "{2017: -5}", 16, f"{MOVE}.budget.2017", ["is -5, below 0"]),
    (BUDGET, ".inf", 16, f"{MOVE}.budget", ["inf, not a finite number"]),
    (BUDGET, ".nan", 16, f"{MOVE}.budget", ["nan, not a finite number"]),
    (BUDGET, "1" + "0" * 400, 16, f"{MOVE}.budget", ["too large"]),
    (BUDGET, "6 hundred million", 16, f"{MOVE}.budget", ["'6 hundred million', not a number", "yuan"]),
    (BUDGET, "true", 16, f"{MOVE}.budget", ["is true, not a number"]),
    (BUDGET, "[6.0e8]", 16, f"{MOVE}.budget", ["a list, not a number"]),
    (BUDGET, "{}", 16, f"{MOVE}.budget", ["an empty mapping"]),
    (BUDGET, "", 16, f"{MOVE}.budget", ["empty, not a number"]),
    (BUDGET, "{2021: 1}", 16, f"{MOVE}.budget.2021", ["2021 is outside the years of the study", "2016..2020"]),
    (BUDGET, "{17: 1}", 16, f"{MOVE}.budget.17", ["17 is outside the years"]),
    (BUDGET, "{'2017': 1}", 16, f"{MOVE}.budget.2017", ["'2017' is not a year"]),
    (BUDGET, "{2017.5: 1}", 16, f"{MOVE}.budget", ["has a key that is '2017.5'"]),
    (BUDGET, "{2017: 1, 2017: 2}", 16, f"{MOVE}.budget.2017", ["duplicate key '2017'"]),
    ("slots: 1.0e3", "slots: ", 16, f"{MOVE}.slots", ["empty, not a number", "or null for unlimited"]),
    (BUDGET, "null", 16, f"{MOVE}.budget", ["empty, not a number"]),
    ("slots: 1.0e3", "slots: many", 16, f"{MOVE}.slots", ["'many', not a number", "households"]),
    ("months: 36", "months: 24", 16, f"{MOVE}.support_after_exit_months", ["is 24", "0, 12, 36, 60 (months)"]),
    ("slots: 1.0e3", "own_pay_cap: 10001", 16, f"{MOVE}.own_pay_cap", ["above 10000", "0..10000 (yuan per person)"]),
    ("slots: 1.0e3", "zones: city", 16, f"{MOVE}.zones", ["'city', not a list", "city, town, village"]),
    ("slots: 1.0e3", "zones: [city, moon]", 16, f"{MOVE}.zones[1]", ["'moon'"]),
    ("reimbursement: 0.9", "reimbursement: 90", 19, f"{CARE}.reimbursement", ["is 90, above 1", "0..1 (share)"]),
    ("payment: false", "payment: 'false'", 20, f"{CARE}.advance_payment", ["the text 'false', not true or false"]),
    ("advance_payment: false", "order: 3", 20, f"{CARE}.order", ["is 3, not text"]),
    ("    health_insurance:\n", "    health_insurance: yes\n    relocation:\n", 18, CARE, ["'yes', not a mapping"]),
    (
        "payment: false",
        "payment: !!python/object/apply:os.system ['true']",
        20,
        f"{CARE}.advance_payment",
        ["tag !!python/object/apply:os.system", "plain YAML data"],
    ),
    ("payment: false", "payment: !secret x", 20, f"{CARE}.advance_payment", ["tag !secret"]),
    ("seed: 7", "seed: !!int seven", 5, "seed", ["cannot be read as int"]),
    ("seed: 7", "seed: 7\nseed: 8", 6, "seed", ["duplicate key 'seed' (first on line 5)"]),
    ("seed: 7", "? [a, b]\n: 7", 5, "(whole file)", ["has a key that is a list"]),
    ("seed: 7", "<<: 7", 5, "(whole file)", ["merges (<<)"]),
    ("seed: 7", "seed: 7\n? ../x\n: 1", 6, "../x", ["unknown key"]),
    ("  none: {}", "  none: {}\n  a.b: {}", 15, "scenarios.a.b", ["'a.b' is not a scenario name", "letters of any"]),
    ("place: testland", "place: /etc/passwd", 3, "place", ["'/etc/passwd'"]),
    ("name: good", "name: a.b", 1, "name", ["'a.b', not a name"]),
    ("name: good", f"name: {'x' * 65}", 1, "name", ["not a name"]),
    ("2016-2020", '"2016-2020\\n"', 4, "years", ["not of the form A-B"]),
    ("2016-2020", "２０１６-2020", 4, "years", ["not of the form A-B"]),
    ("replicates: 4", "replicates: true", 6, "replicates", ["is true"]),
    ("seed: 7", "1: 7", 5, "1", ["unknown key '1'"]),
]


@pytest.mark.parametrize(("old", "new", "line", "path", "words"), EDITS, ids=range(len(EDITS)))
def test_one_mistake(
    old: str,
    new: str,
    line: int,
    path: str,
    words: list[str],
    write: Callable[[str | bytes], Path],
    declarations: Declarations,
    tmp_path: Path,
) -> None:
    assert GOOD.count(old) >= 1
    study = write(GOOD.replace(old, new, 1))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(StudyError) as caught:
        Study.load(study, declarations=declarations)
    found = [problem for problem in caught.value.problems if (problem.line, problem.path) == (line, path)]
    assert found, str(caught.value)
    assert all(word in str(found[0]) for word in words), str(found[0])
    for text in str(caught.value).split("\n"):
        assert text.startswith(f"{study}:") and "; allowed: " in text, text
    assert len({str(p) for p in caught.value.problems}) == len(caught.value.problems)
    assert sorted(tmp_path.rglob("*")) == before


WHOLE = "(whole file)"
FILES: list[tuple[str | bytes, int, str, list[str]]] = [
    (b"", 1, WHOLE, ["is empty", "tuopin init"]),
    ("# only a comment\n\n", 1, WHOLE, ["is empty"]),
    ("---\n", 1, WHOLE, ["is a single value"]),
    ("- name\n", 1, WHOLE, ["is a list", "a mapping of keys"]),
    ("lushi\n", 1, WHOLE, ["is a single value"]),
    ("name: a\n\tplace: b\n", 2, WHOLE, ["a tab is used to indent", "spaces"]),
    ("name: a\nplace: [b\nyears: 2016-2020\n", 3, WHOLE, ["YAML syntax"]),
    ("name: 'a\n", 1, WHOLE, ["YAML syntax"]),
    ("name: a: b\n", 1, WHOLE, ["YAML syntax"]),
    ("name: a\n---\nname: b\n", 2, WHOLE, ["a second YAML document"]),
    ("name: *unknown\n", 1, WHOLE, ["YAML syntax", "undefined alias"]),
    ("name: a\nplace: \x07\n", 2, WHOLE, ["control character U+0007"]),
    ("name: a\nplace: 卢氏\n".encode("gb18030"), 2, WHOLE, ["not in UTF-8, perhaps GBK", "encoding UTF-8"]),
    ("name: a\n".encode("utf-16"), 1, WHOLE, ["is in UTF-16"]),
    (b"name: a\nplace: \xff\xfe\n", 2, WHOLE, ["not in UTF-8 (byte 0xff)"]),
    (b"\x00\x01\x02", 1, WHOLE, ["control character"]),
    ("a: " + "[" * 3000, 1, WHOLE, ["nested too deeply"]),
    ("a: " + "[" * 80 + "]" * 80, 1, WHOLE, ["nested too deeply"]),
    ("a: &a [x, *a]\n", 1, "a[1]", ["alias that contains itself"]),
    (
        "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9)),
        1,
        WHOLE,
        ["expands to too much"],
    ),
    ("# " + "x" * 4_000_001, 1, WHOLE, ["is too large", "4 MB"]),
    ("name: a\nplace: testland\nyears: 2016-2020\nbaseline: a\nscenarios: {}\n", 5, "scenarios", ["has no scenario"]),
    ("name: a\nplace: testland\nyears: 2016-2020\nbaseline: a\nscenarios: [a]\n", 5, "scenarios", ["a list"]),
    ("name: a\nplace: testland\nyears: 2016-2020\nbaseline: a\n", 1, "scenarios", ["is missing"]),
    ('name: "a\\nb\\e[31m"\n', 1, "name", ["a\\nb\\x1b[31m"]),
]


@pytest.mark.parametrize(("text", "line", "path", "words"), FILES, ids=range(len(FILES)))
def test_bad_file(
    text: str | bytes,
    line: int,
    path: str,
    words: list[str],
    write: Callable[[str | bytes], Path],
    declarations: Declarations,
) -> None:
    with pytest.raises(StudyError) as caught:
        Study.load(write(text), declarations=declarations)
    found = [problem for problem in caught.value.problems if (problem.line, problem.path) == (line, path)]
    assert found, str(caught.value)
    assert all(word in str(found[0]) for word in words), str(found[0])
    assert str(caught.value).isprintable() or "\n" in str(caught.value)


def test_missing_file_and_directory(tmp_path: Path, declarations: Declarations) -> None:
    allowed = "allowed: the path of a study file (YAML)"
    shipped = ", or one of country, documented, guizhou, hubei, jiangsu, lushi-equal-budget, lushi, monitoring-county"
    shipped += ", province"
    for given, said in (
        (tmp_path, f"is a directory; {allowed}"),
        (tmp_path / "no.yaml", f"does not exist; {allowed}{shipped}"),
        ("lushy", f"does not exist (did you mean 'lushi'?); {allowed}{shipped}"),
    ):
        with pytest.raises(StudyError) as caught:
            Study.load(given, declarations=declarations)
        assert str(caught.value) == f"{given}:1: (whole file): {said}"


def test_a_shipped_study_is_found_by_its_name_unless_there_is_a_file_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lushi").mkdir()
    assert Study.load("lushi").file == SCENARIOS / "lushi.yaml"
    (tmp_path / "province").write_text("name: mine\n")
    with pytest.raises(StudyError, match="province:1: place: is missing"):
        Study.load("province")


PLACES = [
    ("name: testland\nhouseholds: 0\nline: 1\n", 2, "households", "is 0; allowed: greater than or equal to 1"),
    ("name: testland\nhouseholds: many\nline: 1\n", 2, "households", "'many'; allowed: a valid integer"),
    ("name: testland\nline: 1\n", 1, "households", "is missing; allowed: "),
    ("name: testland\nhouseholds: 1\nline:\n  value: -1\n  source: s\n", 4, "line.value", "is -1; allowed: greater"),
    ("name: testland\nhouseholds: 1\nline:\n  valeu: 1\n  source: s\n", 4, "line.valeu", "did you mean 'value'"),
    (
        "name: testland\nhouseholds: 1\nline: 1\nsites:\n- value: 1\n  source: s\n- value: x\n  source: s\n",
        7,
        "sites[1].value",
        "'x'; allowed: a valid number",
    ),
    ("name: testland\nhouseholds: 1\nline: 1\nsites:\n- value: 1\n", 5, "sites[0].source", "is missing"),
    (
        "name: testland\nhouseholds: 1\nline: 1\npopulatoin: 3\n",
        4,
        "populatoin",
        "unknown key 'populatoin'; allowed: name",
    ),
    ("", 1, "(whole file)", "is empty; allowed: a place file"),
]


@pytest.mark.parametrize(("text", "line", "path", "words"), PLACES, ids=range(len(PLACES)))
def test_bad_place(
    text: str,
    line: int,
    path: str,
    words: str,
    write: Callable[[str | bytes], Path],
    declarations: Declarations,
    tmp_path: Path,
) -> None:
    study = write(GOOD)
    file = tmp_path / "places" / "testland.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        Study.load(study, declarations=declarations)
    found = [p for p in caught.value.problems if (p.file, p.line, p.path) == (str(file), line, path)]
    assert found, str(caught.value)
    assert words in str(found[0]), str(found[0])
