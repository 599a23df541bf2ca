"""Plain values, arrays and small dataclasses as JSON and numpy arrays, and back: nothing that would run code when read.

Arrays keep their type; a mapping, tuple or dataclass is marked as what it is, so that what is unpacked equals what was
packed.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


class PackingError(ValueError):
    """A value of a kind that cannot be packed, or a packed value that cannot be read."""


def pack(value: Any, where: str, arrays: Arrays, known: Mapping[str, Any]) -> Any:
    """Return `value` as JSON data; arrays go into `arrays` under names that begin with `where`.

    Dataclasses must be among `known` (name -> class), or they could not be made again.

    Raises
    ------
    PackingError
        For a value of any other kind, naming where it is.
    """
    if isinstance(value, np.ndarray | np.generic) and not np.asarray(value).dtype.hasobject:
        arrays[where] = np.asarray(value, order="C")
        return {"array": where, "scalar": isinstance(value, np.generic)}
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) in (list, tuple):
        return {type(value).__name__: [pack(item, f"{where}.{k}", arrays, known) for k, item in enumerate(value)]}
    if type(value) is dict:
        parts = [
            [pack(key, f"{where}.key{k}", arrays, known), pack(item, f"{where}.{k}", arrays, known)]
            for k, (key, item) in enumerate(value.items())
        ]
        return {"dict": parts}
    kind = type(value)
    if is_dataclass(value) and known.get(kind.__name__) is kind:
        own = {f.name: pack(getattr(value, f.name), f"{where}.{f.name}", arrays, known) for f in fields(value)}
        return {"is": kind.__name__, "fields": own}
    raise PackingError(
        f"{where} is a {kind.__name__}, which cannot be saved; allowed: numbers, text, numpy arrays, lists, tuples,"
        " dicts, and dataclasses that the module of its owner defines or imports"
    )


def unpack(data: Any, arrays: Mapping[str, NDArray[Any]], known: Mapping[str, Any]) -> Any:
    """Return the value that `pack` turned into `data` and `arrays`.

    Raises
    ------
    PackingError
        On data of no known form.
    """
    match data:
        case None | bool() | int() | float() | str():
            return data
        case {"array": name, "scalar": scalar}:
            return arrays[name][()] if scalar else arrays[name]
        case {"list": items}:
            return [unpack(item, arrays, known) for item in items]
        case {"tuple": items}:
            return tuple(unpack(item, arrays, known) for item in items)
        case {"dict": parts}:
            return {unpack(key, arrays, known): unpack(item, arrays, known) for key, item in parts}
        case {"is": kind, "fields": parts} if is_dataclass(known.get(kind)):
            return known[kind](**{name: unpack(part, arrays, known) for name, part in parts.items()})
    raise PackingError(f"{str(data)[:60]!r} is not a packed value that this version knows")


def dataclasses_of(owner: Any) -> dict[str, Any]:
    """The dataclasses that the module of the class `owner` defines or imports, by name."""
    names = vars(sys.modules[owner.__module__])
    return {name: found for name, found in names.items() if isinstance(found, type) and is_dataclass(found)}
