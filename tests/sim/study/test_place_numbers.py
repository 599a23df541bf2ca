"""Facts and numbers of the model in a place file: each mistake with its line, what is wrong and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuopin.sim.study.facts import known_facts
from tuopin.sim.study.places import load_place
from tuopin.sim.study.problems import StudyError

PLACE = """\
name: here
code: 9
label: {en: Here}
year: 2016
deadline: 2019
registered_households: {value: 40, unit: households, source: a, confidence: derived, facts: [lushi-2016-poor-persons]}
registered_persons: {value: 130, unit: persons, source: a, confidence: derived}
rural_persons: {value: 600, unit: persons, source: a, confidence: derived}
household_size: {value: 3.0, unit: persons, source: a, confidence: derived}
villages: {value: 4, unit: villages, source: a, confidence: derived}
county_factor: {value: 0.9, unit: ratio, source: a, confidence: derived}
"""


def complaints(tmp_path: Path, more: str) -> list[str]:
    file = tmp_path / "here.yaml"
    file.write_text(PLACE + more, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        load_place(file)
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


def test_a_sound_place_with_facts_and_numbers_is_read(tmp_path: Path) -> None:
    file = tmp_path / "here.yaml"
    more = (
        "parameters:\n  registry.exit_margin: {value: 1, unit: ratio, source: a, confidence: free, range: [0.9, 1.2]}\n"
    )
    file.write_text(PLACE + more, encoding="utf-8")
    place = load_place(file)
    assert place.registered_households.facts == ("lushi-2016-poor-persons",)
    assert place.parameters["registry.exit_margin"].value == 1


def test_the_table_of_facts_is_the_shipped_one() -> None:
    assert len(known_facts()) > 500 and "jiangsu-poverty-line" in known_facts()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            "land_per_person: {value: 1, unit: mu/person, source: a, confidence: derived, "
            "facts: [hubei-cadres, jiangsu-povert-line]}\n",
            "12: land_per_person.facts[1]: there is no fact 'jiangsu-povert-line' (did you mean"
            " 'jiangsu-poverty-line'?); allowed: ids of evidence/facts.csv",
        ),
        (
            "parameters:\n  registry.exit_margn: {value: 1, unit: ratio, source: a, confidence: derived}\n",
            "13: parameters.registry.exit_margn: unknown parameter 'registry.exit_margn' (did you mean"
            " 'registry.exit_margin'?); allowed: the parameters that `tuopin explain` prints, as group.name",
        ),
        (
            "parameters:\n  registry.exit_margin: {value: 1, unit: yuan, source: a, confidence: derived}\n",
            "13: parameters.registry.exit_margin.unit: wrong unit, is 'yuan'; allowed: ratio",
        ),
        (
            "parameters:\n  registry.exit_margin: {value: 11, unit: ratio, source: a, confidence: derived}\n",
            "13: parameters.registry.exit_margin.value: is 11, above 10; allowed: a number in 0..10 (ratio)",
        ),
        (
            "parameters:\n"
            "  registry.exit_margin: {value: 1, unit: ratio, source: a, confidence: free, range: [0, 99]}\n",
            "13: parameters.registry.exit_margin.range: has 99; allowed: numbers in 0..10 (ratio)",
        ),
        (
            "parameters:\n  economy.rural_cpi: {value: 0.1, unit: share/year, source: a, confidence: derived}\n",
            "13: parameters.economy.rural_cpi: is the same in all places; allowed: in the study's parameters",
        ),
        (
            "parameters:\n  demography.size_weight_1: {value: 0.1, unit: share, source: a, confidence: derived}\n",
            "13: parameters.demography.size_weight_1: is the same in all places",
        ),
        (
            "land_per_person: {value: 1, unit: mu/person, source: a, confidence: derived}\n"
            "parameters:\n  production.land_per_person: {value: 1, unit: mu/person, source: a, confidence: derived}\n",
            "14: parameters.production.land_per_person: is given beside land_per_person; allowed: land_per_person or",
        ),
        (
            "line: {value: {2016: 2500}, unit: yuan/person/year, source: a, confidence: derived, indexd: false}\n",
            "12: line.indexd: unknown key 'indexd' (did you mean 'indexed'?)",
        ),
        (
            "mean_income: {value: 4000, unit: yuan/person/year, source: a, confidence: derived}\n",
            "12: mean_income: is given beside county_factor; allowed: one of the two",
        ),
        (
            "plan: {value: {2017: 1.5}, unit: persons, source: a, confidence: derived}\n",
            "12: plan.value: 2017: is 1.5; allowed: a whole number in 0..100000000 (persons)",
        ),
        ("sample: 0\n", "12: sample: is 0; allowed: a whole number in 1..1000000"),
    ],
)
def test_each_mistake_has_its_line(tmp_path: Path, more: str, words: str) -> None:
    found = complaints(tmp_path, more)
    assert len(found) == 1 and found[0].startswith(words), found
