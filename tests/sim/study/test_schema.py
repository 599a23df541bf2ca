from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tuopin.sim.study.declarations import Declarations
from tuopin.sim.study.schema import place_schema, study_schema
from tuopin.sim.study.shipped import PLACES
from tuopin.sim.study.yaml_file import parse_document

GOOD = (Path(__file__).parent / "data" / "good.yaml").read_text(encoding="utf-8")


def as_json(data: Any) -> Any:
    """YAML data with text keys, as JSON has them."""
    if isinstance(data, dict):
        return {str(key): as_json(value) for key, value in data.items()}
    return [as_json(item) for item in data] if isinstance(data, list) else data


def errors(text: str, schema: dict[str, Any]) -> list[str]:
    Draft202012Validator.check_schema(schema)
    found = Draft202012Validator(schema).iter_errors(as_json(parse_document(text, "x").data))
    return [".".join(map(str, error.absolute_path)) for error in found]


def test_good_study_passes(declarations: Declarations) -> None:
    assert errors(GOOD, study_schema(declarations)) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("seed: 7", "sead: 7", ""),
        ("seed: 7", "seed: -1", "seed"),
        ("2016-2020", "2016", "years"),
        ("name: good", "name: a/b", "name"),
        ("demonstration: true", "demonstration: 3", "mechanisms.demonstration"),
        ("rate: 0.12", "rate: 1.2", "parameters.health.inpatient_rate"),
        ("2017: 6.0e8", "2017: -1", "scenarios.relocation.relocation.budget"),
        ("months: 36", "months: 24", "scenarios.relocation.relocation.support_after_exit_months"),
        ("slots:", "slotz:", "scenarios.relocation.relocation"),
        ("    relocation: {b", "    relocatoin: {b", "scenarios.relocation"),
        ("payment: false", "payment: 'no'", "scenarios.insurance.health_insurance.advance_payment"),
        ("slots: 1.0e3", "own_pay_cap: {value: 10, unit: dollars}", "scenarios.relocation.relocation.own_pay_cap"),
    ],
)
def test_mistakes_are_seen_by_an_editor(old: str, new: str, path: str, declarations: Declarations) -> None:
    assert errors(GOOD.replace(old, new), study_schema(declarations)) == [path]


def test_schema_tells_unit_range_and_source(declarations: Declarations) -> None:
    relocation = study_schema(declarations)["$defs"]["policy.relocation"]["properties"]
    assert relocation["own_pay_cap"]["anyOf"][0] == {"type": "number", "minimum": 0, "maximum": 10_000}
    assert "Unit: yuan per person" in relocation["own_pay_cap"]["description"]
    assert "Source: a source (free)" in relocation["own_pay_cap"]["description"]


def test_place_schema(declarations: Declarations) -> None:
    schema = place_schema(declarations.place)
    assert errors("name: a\nhouseholds: 3\nline: {value: 3, source: s}\n", schema) == []
    assert errors("name: a\nhouseholds: 0\nline: 1\n", schema) == ["households"]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("sample: 1500", "sample: 0", "sample"),
        ("mean_income:", "mean_incom:", ""),
        ("deadline: 2020", "deadline: 2020\nallowed_lines: [tulips]", "allowed_lines"),
        ("deadline: 2020", "deadline: 2020\nline: {value: {2016: 2500}, unit: yuan}", "line"),
        ("facts: [hubei-poor-villages]", "facts: hubei-poor-villages", "poor_villages"),
    ],
)
def test_mistakes_in_the_keys_of_a_place_are_seen_by_an_editor(old: str, new: str, path: str) -> None:
    text = (PLACES / "hubei.yaml").read_text(encoding="utf-8")
    assert errors(text, place_schema()) == []
    assert path in errors(text.replace(old, new), place_schema())
