"""What a kernel is given: its columns and flows as one NamedTuple, filled by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

from tuopin.agents.arrays import Array
from tuopin.agents.flows import TERMS, Flows
from tuopin.agents.households import Households

T = TypeVar("T", bound=tuple[Any, ...])
_MODEL = "tuopin.agents."
"""Kernels of modules that begin so write to no term: what terms are is for programmes to say."""


def pick(kind: Callable[..., T], households: Households, flows: Flows | None = None, /, **given: Array) -> T:
    """Return the NamedTuple `kind` of arrays, each field the array of that name.

    A field is taken from `given`, or else is the households' column or the flow of the year of its name; names of
    columns and flows are distinct. So two arrays of a kernel cannot be swapped.

    Raises
    ------
    TypeError
        For a field of which there is no array, and for an array given that is no field.
    """
    fields = cast(type[NamedTuple], kind)._fields
    if unknown := given.keys() - set(fields):
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    columns, yearly = households.as_mapping(), {} if flows is None else flows.for_reading()
    if flows is not None and not kind.__module__.startswith(_MODEL):
        for f in fields:
            if f in TERMS:
                flows.array(f)  # a programme's kernel may write to it
    try:
        return kind(*[given[f] if f in given else yearly[f] if f in yearly else columns[f] for f in fields])
    except KeyError as error:
        raise TypeError(f"{kind.__name__}.{error.args[0]} is no column and no flow, and was not given") from None
