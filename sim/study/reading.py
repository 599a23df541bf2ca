"""From a study file to a validated Study: every mistake of the study and its places in one error."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.study.declarations import Declarations, declared
from sim.study.document import Document, in_order, read_document
from sim.study.model import YEARS, Study
from sim.study.places import load_places
from sim.study.problems import Problem, StudyError
from sim.study.pydantic_problems import note_errors
from sim.study.rules import check_baseline, check_mechanisms, check_parameters, check_scenarios
from sim.study.values import FIRST_YEAR, LAST_YEAR, Years

COMMAND_LINE = "command line"


def load_study(path: Path, overrides: Mapping[str, object], declarations: Declarations | None = None) -> Study:
    """Read, override and validate a study file; see `Study.load`."""
    document = read_document(path)
    study = _validate(document, path.parent, overrides, declarations, COMMAND_LINE, "--")
    study._file = path
    return study


def study_from_dict(
    data: Mapping[str, Any], beside: Path | None, declarations: Declarations | None, label: str
) -> Study:
    """Validate a study given as a mapping; see `Study.from_dict`."""
    return _validate(Document(label, copy.deepcopy(dict(data))), beside, {}, declarations, label, "")


def changed_study(study: Study, keys: Mapping[str, object], declarations: Declarations | None) -> Study:
    """Validate a study again with other top-level keys; see `Study.changed`."""
    document = Document(str(study.file or "study"), copy.deepcopy(dict(study._raw)))
    beside = study.file.parent if study.file else None
    result = _validate(document, beside, keys, declarations, "changes", "")
    result._file = study.file
    return result


def _validate(
    document: Document,
    beside: Path | None,
    overrides: Mapping[str, object],
    declarations: Declarations | None,
    override_file: str,
    prefix: str,
) -> Study:
    declarations = declarations or declared()
    raw = copy.deepcopy(document.data)
    # Years inside a scenario belong to the study as written: a shorter --years must not make its budgets mistakes.
    years = _study_years(document.data.get("years"))
    for key, value in overrides.items():
        document.replace(key, value, file=override_file, label=prefix + key.replace("_", "-" if prefix else "_"))
        raw[key] = value
    data = dict(document.data)
    data["mechanisms"] = check_mechanisms(document, declarations.mechanisms)
    data["parameters"] = check_parameters(document, declarations.parameters)
    scenarios = check_scenarios(document, declarations.policies, years)
    if "scenarios" in data:
        data["scenarios"] = scenarios or {"(none)": {}}
    check_baseline(document)
    study: Study | None = None
    try:
        study = Study.model_validate(data)
    except ValidationError as error:
        note_errors(document, error, Study)
    places, problems = load_places(document, beside, declarations.place)
    _raise([*in_order(document.problems), *problems])
    assert study is not None
    study._raw = raw
    study._places = places
    return study


def _study_years(raw: object) -> Years:
    found = YEARS.match(raw) if isinstance(raw, str) else None
    if found is None or int(found[1]) >= int(found[2]):
        return FIRST_YEAR, LAST_YEAR
    return int(found[1]), int(found[2])


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise StudyError(problems)
