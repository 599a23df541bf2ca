"""What a kernel is given: its columns and flows as one NamedTuple, filled by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

from tuopin.agents.arrays import Array
from tuopin.agents.columns import COLUMNS
from tuopin.agents.flows import FLOWS, Flows
from tuopin.agents.households import Households

T = TypeVar("T", bound=tuple[Any, ...])


def pick(kind: Callable[..., T], households: Households, flows: Flows | None = None, /, **given: Array) -> T:
    """Return the NamedTuple `kind` of arrays, each field the array of that name.

    A field is taken from `given`, or else is the households' column or the flow of the year of its name; names of
    columns and flows are distinct. So two arrays of a kernel cannot be swapped. Raises TypeError for a field of which
    there is no array, and for an array given that is no field.
    """
    fields = cast(type[NamedTuple], kind)._fields
    if unknown := given.keys() - set(fields):
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    arrays = []
    for name in fields:
        if name in given:
            arrays.append(given[name])
        elif flows is not None and name in FLOWS:
            arrays.append(flows.array(name))
        elif name in COLUMNS:
            arrays.append(households.column(name))
        else:
            raise TypeError(f"{kind.__name__}.{name} is no column and no flow, and was not given")
    return kind(*arrays)
