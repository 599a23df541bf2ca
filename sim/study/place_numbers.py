"""Numbers of the model that a place file sets for itself: known, in their bounds, given once, not what all share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuopin.agents.economy import LINES_AND_PRICES
from tuopin.agents.parameters import Parameter, model_parameters
from tuopin.agents.place_keys import PlaceKeys
from tuopin.agents.place_parameters import SIZES, own_figures, taken_ids
from tuopin.sim.study.document import Document
from tuopin.sim.study.problems import Path, nearest
from tuopin.sim.study.rules import SERIES_YEARS
from tuopin.sim.study.values import INVALID, check_value


def check_numbers(document: Document, keys: PlaceKeys | None, root: Path = ()) -> None:
    """Check ``parameters:`` of a place, or of a region under ``alike`` (`root`); `keys` are what is read there."""
    data: Any = document.data
    for part in root:
        data = data.get(part) if isinstance(data, Mapping) else None
    given = data.get("parameters") if isinstance(data, Mapping) else None
    taken = {} if keys is None else taken_ids(keys)
    known = model_parameters()
    for id, raw in given.items() if isinstance(given, Mapping) else ():
        path = (*root, "parameters", id)
        if id not in known:
            wrong = f"unknown parameter '{id}'{nearest(id, known)}"
            document.add(path, wrong, "allowed: the parameters that `tuopin explain` prints, as group.name")
        elif id in LINES_AND_PRICES or str(id).startswith(SIZES):
            document.add(path, "is the same in all places", "allowed: in the study's parameters, for all its places")
        elif id in taken:
            document.add(path, f"is given beside {taken[id]}", f"allowed: {taken[id]} or this, not both")
        elif isinstance(raw, Mapping) and "value" in raw:
            _check_number(document, path, raw, known[id])
    for id, figure in () if keys is None else own_figures(keys):
        bounds = known[id].minimum, known[id].maximum
        for number in (figure.value, *(figure.range or ())):
            if None not in bounds and not bounds[0] <= number <= bounds[1]:
                key = taken[id]
                allowed = f"allowed: numbers in {bounds[0]:g}..{bounds[1]:g}"
                document.add((*root, *key.split(".")), f"has {number:g}", allowed)


def _check_number(document: Document, path: Path, raw: Mapping[Any, Any], declared: Parameter) -> None:
    if "unit" in raw and raw["unit"] != declared.unit:
        document.add((*path, "unit"), f"wrong unit, is '{raw['unit']}'", f"allowed: {declared.unit}")
    if check_value(document, (*path, "value"), raw["value"], declared, SERIES_YEARS) is INVALID:
        return
    plain = not isinstance(raw["value"], Mapping)
    for bound in raw.get("range") or () if plain and isinstance(raw.get("range"), list) else ():
        low, high = declared.minimum, declared.maximum
        if low is not None and high is not None and isinstance(bound, int | float) and not low <= bound <= high:
            document.add((*path, "range"), f"has {bound:g}", f"allowed: numbers in {low:g}..{high:g} ({declared.unit})")
