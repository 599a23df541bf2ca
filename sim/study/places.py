"""Place files: found beside the study or among the shipped ones, validated with the same messages as a study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from tuopin.agents.place import Place
from tuopin.sim.study.document import Document
from tuopin.sim.study.facts import check_facts
from tuopin.sim.study.names import YEARS, is_name, same_name
from tuopin.sim.study.place_numbers import check_numbers
from tuopin.sim.study.problems import Index, Problem, StudyError, nearest, one_of
from tuopin.sim.study.pydantic_problems import note_errors
from tuopin.sim.study.regions import FITTING, Weights, load_region, misfit_in_range, sourced_weights
from tuopin.sim.study.series import check_series
from tuopin.sim.study.shipped import find_place, places_seen
from tuopin.sim.study.yaml_file import read_document


def load_place(path: Path, model: type[BaseModel] = Place, weights: Weights | None = None) -> Any:
    """Read and validate one place file into a `Place` (or the given model), a region's into a `Region`.

    `weights` are the shares of household sizes; the sourced ones unless given.

    Raises
    ------
    StudyError
        With every mistake in the file.
    """
    document = read_document(path, what="a place file")
    if isinstance(document.data, Mapping) and "kind" in document.data:
        check_file_name(document, path)
        return load_region(document, path, sourced_weights() if weights is None else weights)
    try:
        place = model.model_validate(document.data)
    except ValidationError as error:
        note_errors(document, error, model)
        place = None
    if isinstance(place, Place) and (said := misfit_in_range(place, sourced_weights() if weights is None else weights)):
        document.add(("registered_persons",), said, FITTING)
    check_facts(document)
    check_numbers(document, place if isinstance(place, Place) else None)
    check_file_name(document, path)
    document.raise_problems()
    return place


def check_file_name(document: Document, path: Path) -> None:
    """A place or region is called as its file is: a study finds it by that name."""
    name = document.data.get("name")
    if is_name(name) and not same_name(name, path.stem):
        document.add(("name",), f"is '{name}', but the file is {path.name}", f"allowed: name: {path.stem}")


def load_places(
    study: Document, beside: Path | None, model: type[BaseModel], weights: Weights | None = None
) -> tuple[Mapping[str, Any], list[Problem]]:
    """Read the places a study names; unknown names are noted in `study`, mistakes in place files are returned."""
    raw = study.data.get("place")
    places: dict[str, Any] = {}
    problems: list[Problem] = []
    for position, name in enumerate(raw if isinstance(raw, list | tuple) else [raw]):
        if not is_name(name):
            continue  # the study's own validation tells
        file = find_place(name, beside)
        if file is None:
            known = places_seen(beside)
            path = ("place",) if isinstance(raw, str) else ("place", Index(position))
            wrong = f"there is no place '{name}'{nearest(name, known)}"
            study.add(path, wrong, f"{one_of(known)}, or a file places/{name}.yaml beside the study")
            continue
        try:
            loaded = load_place(file, model, weights)
        except StudyError as error:
            problems += error.problems
            continue
        for key, place in _counties(name, loaded):
            if key in places:
                study.add(("place",), f"'{key}' is also a place of '{name}'", "allowed: places of different names")
            places.setdefault(key, place)
    _check_codes(study, places)
    _check_start(study, places)
    check_series(study, places)
    return places, problems


def _counties(name: str, loaded: Any) -> list[tuple[str, Any]]:
    """A place under the name of its file, or the counties of a region under their own."""
    counties = getattr(loaded, "counties", None)
    return [(name, loaded)] if counties is None else [(county.name, county) for county in counties]


def region_name(place: Any, name: str) -> str:
    """The region of a county, else the place's own `name`."""
    region = getattr(place, "region", None)
    return name if region is None else str(region.name)


def _check_start(study: Document, places: Mapping[str, Any]) -> None:
    """The first year of a study is the state that its places describe: nothing is known of another year's."""
    years = study.data.get("years")
    found = YEARS.match(years) if isinstance(years, str) else None
    if found is None or int(found[1]) >= int(found[2]):
        return
    for name, place in {region_name(place, name): place for name, place in places.items()}.items():
        described = getattr(place, "year", None)
        if described is not None and described != int(found[1]):
            wrong = f"begins in {found[1]}, but the place '{name}' describes the end of {described}"
            study.add(("years",), wrong, f"allowed: {described}-B")


def _check_codes(study: Document, places: Mapping[str, Any]) -> None:
    """Household identifiers carry the code of their place: two places of one study cannot share one."""
    holders: dict[object, str] = {}
    for name, place in places.items():
        code = getattr(place, "code", None)
        if code is not None and code in holders:
            wrong = f"'{holders[code]}' and '{name}' have the same code {code}"
            study.add(("place",), wrong, "allowed: places whose files give different codes")
        holders.setdefault(code, name)
