"""A study: its keys, one line each, and how a study file becomes one.

Every mistake of it and of its places is told in one error.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import PrivateAttr, ValidationError

from tuopin.agents.documented import MOST_MEMBERS
from tuopin.agents.draws import resolve_parameters
from tuopin.agents.place import Place
from tuopin.agents.place_keys import FIRST_YEAR, LAST_YEAR
from tuopin.agents.population import size_weights
from tuopin.sim.study.bundles import BUNDLES, write_out
from tuopin.sim.study.declarations import Declarations, declared
from tuopin.sim.study.document import Document, in_order, refusal
from tuopin.sim.study.fitness import check_fitness
from tuopin.sim.study.keys import NameKey, ParameterValue, PlacesKey, Question, Scenario, Strict, YearsKey, key
from tuopin.sim.study.names import PLAIN_NAME, YEARS, is_name, same_name
from tuopin.sim.study.places import load_places
from tuopin.sim.study.problems import Problem, StudyError, nearest
from tuopin.sim.study.pydantic_problems import note_errors
from tuopin.sim.study.regions import sourced_weights
from tuopin.sim.study.rules import (
    GROUPS,
    check_baseline,
    check_groups,
    check_mechanisms,
    check_parameters,
    check_scenarios,
)
from tuopin.sim.study.scale import SHARE, scale_fault
from tuopin.sim.study.shipped import find_study, shipped_studies
from tuopin.sim.study.values import Years
from tuopin.sim.study.yaml_file import read_document

COMMAND_LINE = "command line"
FREE_NAME = "study"
SIZE_WEIGHT = "demography.size_weight_"


class Study(Strict):
    """A validated study: places, years, seed, mechanisms switched and named scenarios. Make one with `load`."""

    # fmt: off
    name: NameKey = key("Name of the study and of its output folder", PLAIN_NAME)
    question: Question = key("The question the study answers", "a mapping with en and zh", Question(en=""))
    place: PlacesKey = key("Place or list of places, files places/<name>.yaml", "a place's name, or a list of them")
    years: YearsKey = key("A-B: the initial state A, steps A+1..B", f"A-B with {FIRST_YEAR} <= A < B <= {LAST_YEAR}")
    seed: int = key("Seed of all luck", "a whole number in 0..4294967295", 0, ge=0, le=2**32 - 1)
    replicates: int = key("Repetitions with other luck", "a whole number in 1..100000", 20, ge=1, le=100_000)
    draw_parameters: bool = key("Each replicate draws the free parameters anew", "true or false", False)
    mechanisms: dict[str, bool | str] = key("Switches of the model", "a mapping of switches", {})
    parameters: dict[str, ParameterValue] = key("Values replacing sourced ones", "a mapping group.name: value", {})
    baseline: str = key("Scenario the others are compared with", "the name of a scenario")
    scale: float = key("Share of the households simulated, times --scale", f"a number {SHARE}", 1.0, gt=0, le=1)
    groups: tuple[str, ...] = key("Further groups that indicators are given for", f"a list of {', '.join(GROUPS)}", ())
    discount_rate: float = key("Discount rate of costs", "a number in 0..0.5 (per year)", 0.045, ge=0, le=0.5)
    bundles: dict[str, Any] = key("Packages that scenarios may use", "a mapping of bundle names to policies", {})
    scenarios: dict[str, Scenario] = key("Policy packages", "a mapping of scenario names to policies", min_length=1)
    # fmt: on

    _file: Path | None = PrivateAttr(None)
    _scenario_parameters: Mapping[str, Mapping[str, Any]] = PrivateAttr(default_factory=dict)
    _raw: Mapping[str, Any] = PrivateAttr(default_factory=dict)
    _places: Mapping[str, Any] = PrivateAttr(default_factory=dict)
    _written_years: Years = PrivateAttr((FIRST_YEAR, LAST_YEAR))

    @property
    def first_year(self) -> int:
        """A: the year of the initial state, reported and not simulated."""
        return self.years[0]

    @property
    def last_year(self) -> int:
        """B: the last simulated year."""
        return self.years[1]

    @property
    def file(self) -> Path | None:
        """The study file, or None for a study made from a mapping."""
        return self._file

    @property
    def places(self) -> Mapping[str, Place]:
        """The places by name, read and validated."""
        return self._places

    @property
    def scenario_parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """The model's numbers that scenarios have for themselves: scenario -> id -> value, of those that have any."""
        return self._scenario_parameters

    @property
    def regions(self) -> dict[str, list[str]]:
        """The counties of each region among the places, by the region's name."""
        found: dict[str, list[str]] = {}
        for name, place in self.places.items():
            if place.region is not None:
                found.setdefault(place.region.name, []).append(name)
        return found

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        overrides: Mapping[str, object] | None = None,
        declarations: Declarations | None = None,
    ) -> Study:
        """Read and validate the study file `path`, or the shipped study of that name, with its place files.

        `overrides` replaces top-level keys (``{"years": "2016-2020"}``), validated alike and reported as options of the
        command line. `declarations` are the installed model's unless given.

        Raises
        ------
        StudyError
            With every mistake of study and place files.
        """
        return load_study(path, overrides or {}, declarations)

    @classmethod
    def from_dict(
        cls,
        data: Mapping[str, Any],
        *,
        beside: Path | None = None,
        declarations: Declarations | None = None,
        label: str = "study",
    ) -> Study:
        """Validate a study given as a mapping; `beside` is the folder in which ``places/`` is looked for first.

        Raises
        ------
        StudyError
            With every mistake, each at line 1 of the pretended file `label`.
        """
        return study_from_dict(data, beside, declarations, label)

    def changed(self, *, declarations: Declarations | None = None, **keys: object) -> Study:
        """A copy with other top-level keys, validated like a file: ``study.changed(replicates=3)``."""
        return changed_study(self, keys, declarations)


def load_study(given: str | Path, overrides: Mapping[str, object], declarations: Declarations | None = None) -> Study:
    """Read, override and validate a study file; see `Study.load`."""
    path = find_study(given)
    if is_name(path.stem) and not path.exists():
        raise _missing(str(given))
    document = read_document(path)
    _check_file_name(document, path)
    study = _validate(document, path.parent, overrides, declarations, COMMAND_LINE, "--")
    study._file = path
    return study


def _check_file_name(document: Document, path: Path) -> None:
    """A study is called as its file is: a copy that keeps the old name would write into the old study's results.

    A file called `study.yaml` may hold a study of any name: its folder tells it apart.
    """
    name = document.data.get("name")
    if not is_name(name) or path.suffix not in (".yaml", ".yml") or path.stem == FREE_NAME:
        return
    if not same_name(name, path.stem):
        allowed = f"allowed: name: {path.stem}" if is_name(path.stem) else f"allowed: the file name {name}.yaml"
        document.add(("name",), f"is '{name}', but the file is {path.name}", f"{allowed}, or a file {FREE_NAME}.yaml")


def _missing(given: str) -> StudyError:
    """The refusal of what is no file; a name near that of a shipped study is told."""
    known = [file.stem for file in shipped_studies()]
    near = nearest(Path(given).stem, known)
    raise refusal(
        given, f"does not exist{near}", f"allowed: the path of a study file (YAML), or one of {', '.join(known)}"
    )


def study_from_dict(
    data: Mapping[str, Any], beside: Path | None, declarations: Declarations | None, label: str
) -> Study:
    """Validate a study given as a mapping; see `Study.from_dict`."""
    return _validate(Document(label, copy.deepcopy(dict(data))), beside, {}, declarations, label, "")


def changed_study(study: Study, keys: Mapping[str, object], declarations: Declarations | None) -> Study:
    """Validate a study again with other top-level keys; see `Study.changed`."""
    document = Document(str(study.file or "study"), copy.deepcopy(dict(study._raw)))
    beside = study.file.parent if study.file else None
    result = _validate(document, beside, keys, declarations, "changes", "", study._written_years)
    result._file = study.file
    return result


def _validate(
    document: Document,
    beside: Path | None,
    overrides: Mapping[str, object],
    declarations: Declarations | None,
    override_file: str,
    prefix: str,
    written_years: Years | None = None,
) -> Study:
    declarations = declarations or declared()
    raw = copy.deepcopy(document.data)
    # Years inside a scenario belong to the study as written: a shorter --years must not make its budgets mistakes.
    years = written_years or _study_years(document.data.get("years"))
    for name, value in overrides.items():
        document.replace(name, value, file=override_file, label=prefix + name.replace("_", "-" if prefix else "_"))
        raw[name] = value
    data = dict(document.data)
    data["mechanisms"] = check_mechanisms(document, declarations.mechanisms)
    data["parameters"] = check_parameters(document, declarations.parameters)
    data["groups"] = check_groups(document)
    scenario_parameters = write_out(document, declarations, years)
    data.pop(BUNDLES, None)  # taken in where they are used
    scenarios = check_scenarios(document, declarations.policies, years)
    if "scenarios" in data:
        data["scenarios"] = scenarios or {"(none)": {}}
    check_baseline(document)
    study: Study | None = None
    try:
        study = Study.model_validate(data)
    except ValidationError as error:
        note_errors(document, error, Study)
    weights = _size_weights(document, data["parameters"])
    places, problems = load_places(document, beside, declarations.place, weights)
    if study is not None and not problems and study.scale < 1:
        fault = scale_fault(places, sourced_weights() if weights is None else weights, study.scale)
        if fault is not None:
            document.add(("scale",), f"is {study.scale:g}, which {fault[0]}", fault[1])
    if study is not None and not problems and not document.problems:
        check_fitness(document, scenarios, declarations.policies, places, years)
    _raise([*in_order(document.problems), *problems])
    assert study is not None
    study._raw = raw
    study._scenario_parameters = scenario_parameters
    study._places = places
    study._written_years = years
    return study


def _size_weights(document: Document, parameters: Mapping[str, Any]) -> NDArray[np.float64] | None:
    """The shares of household sizes as the study sets them; None where it leaves the sourced ones."""
    given = {id: value for id, value in parameters.items() if id.startswith(SIZE_WEIGHT)}
    if not given:
        return None
    known = resolve_parameters(given)
    if sum(known.value(f"{SIZE_WEIGHT}{size}") for size in range(1, MOST_MEMBERS + 1)) <= 0:
        document.add(("parameters", next(iter(given))), "leaves no household size", "allowed: one size weight above 0")
        return None
    return size_weights(known)


def _study_years(raw: object) -> Years:
    found = YEARS.match(raw) if isinstance(raw, str) else None
    if found is None or int(found[1]) >= int(found[2]):
        return FIRST_YEAR, LAST_YEAR
    return int(found[1]), int(found[2])


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise StudyError(problems)
