"""Every study and place that comes with Tuopin passes its own checks and its schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tuopin.sim.study.places import load_place
from tuopin.sim.study.schema import place_schema, study_schema
from tuopin.sim.study.shipped import shipped_places, shipped_studies
from tuopin.sim.study.study import Study
from tuopin.sim.study.yaml_file import read_document


def as_json(data: object) -> object:
    if isinstance(data, dict):
        return {str(key): as_json(value) for key, value in data.items()}
    return [as_json(item) for item in data] if isinstance(data, list) else data


def mistakes(file: Path, schema: dict[str, Any]) -> list[str]:
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(as_json(read_document(file).data))]


@pytest.mark.parametrize("file", shipped_studies(), ids=lambda file: file.stem)
def test_study(file: Path) -> None:
    study = Study.load(file)
    assert study.name == file.stem
    assert mistakes(file, study_schema()) == []


@pytest.mark.parametrize("file", shipped_places(), ids=lambda file: file.stem)
def test_place(file: Path) -> None:
    assert load_place(file).name == file.stem
    assert mistakes(file, place_schema()) == []
