"""Households as columns: one contiguous numpy array per attribute, grown for splits and compacted for removals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.columns import COLUMNS, Column, with_columns
from agents.compiled import compiled

Array = NDArray[Any]


class Households:
    """All households of a county: `households.land` is the array of that column, `households[i]` a view of one row.

    Arrays are handed out as they are (not copies) and have length `len(households)`; they are replaced, not resized,
    when households are appended or removed, so fetch them anew each step.
    """

    def __init__(self, size: int, extra: Iterable[Column] = ()) -> None:
        self.table = with_columns(extra)
        self._columns = {c.name: np.full(size, c.default, dtype=c.dtype) for c in self.table.values()}

    def __len__(self) -> int:
        return len(self._columns["uid"])

    def __getattr__(self, name: str) -> Array:
        try:
            return self.__dict__["_columns"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(f"households have no column {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        # `households.column += x` must change the column, not hide it behind an attribute
        if name in self.__dict__.get("_columns", ()):
            target = self._columns[name]
            if target is not value:
                target[:] = value
        else:
            super().__setattr__(name, value)

    def __getitem__(self, index: int) -> HouseholdView:
        return HouseholdView(self, range(len(self))[index])

    def __iter__(self) -> Iterator[HouseholdView]:
        return (HouseholdView(self, i) for i in range(len(self)))

    def column(self, name: str) -> Array:
        """Return the array of a column; raises KeyError if there is none of that name."""
        return self._columns[name]

    def set(self, name: str, values: Array) -> None:
        """Replace a whole column by a copy of `values`.

        Raises ValueError if the shape does not fit, or the column holds integers and a value is none or out of its range.
        """
        column = self.table[name]
        if values.shape != (len(self),):
            raise ValueError(f"{name}: shape {values.shape}, expected ({len(self)},)")
        # a copy always: `append` writes behind the rows into the buffer a column has to itself
        with np.errstate(invalid="ignore"):
            own = np.array(values, dtype=column.dtype)
        if own.dtype.kind == "i" and own.dtype != values.dtype and (own != values).any():
            raise ValueError(f"{name}: a value is not a whole number that fits {column.dtype}")
        self._columns[name] = own

    def declare(self, extra: Iterable[Column]) -> None:
        """Add columns (a policy's own) filled with their defaults; raises ValueError on a name already taken."""
        added = list(extra)
        self.table = {**with_columns([c for n, c in self.table.items() if n not in COLUMNS] + added)}
        for c in added:
            self._columns[c.name] = np.full(len(self), c.default, dtype=c.dtype)

    def copy(self) -> Households:
        """Return an independent copy with the same rows and columns."""
        twin = object.__new__(Households)
        twin.table = dict(self.table)
        twin._columns = {}
        for name, array in self._columns.items():
            room = np.empty(len(array) + len(array) // 8, dtype=array.dtype)
            room[: len(array)] = array
            twin._columns[name] = room[: len(array)]
        return twin

    def take(self, rows: Array) -> Households:
        """Return new households made of `rows` (indices or mask), in that order."""
        twin = object.__new__(Households)
        twin.table = dict(self.table)
        twin._columns = {name: array[rows] for name, array in self._columns.items()}
        return twin

    def append(self, more: Households) -> None:
        """Add the rows of `more` at the end.

        Raises ValueError if a uid is already present or the columns differ.
        """
        if more.table.keys() != self.table.keys():
            raise ValueError("households to append have other columns")
        if len(more) == 0:
            return
        if repeats(self.uid, more.uid):
            raise ValueError("a household to append has a uid that is already present")
        size = len(self) + len(more)
        before = len(self)
        for name, array in self._columns.items():
            room = array if array.base is None else array.base
            if len(room) < size:  # grow with slack: a county gains about 1.5% of its households a year by splits
                room = np.empty(size + size // 8, dtype=array.dtype)
                room[:before] = array
            room[before:size] = more._columns[name]
            self._columns[name] = room[:size]

    def keep(self, mask: Array) -> None:
        """Drop the rows where `mask` (bool, one per household) is False; rows from the end fill the gaps."""
        size = int(mask.sum())
        if size == len(self):
            return
        gaps = np.flatnonzero(~mask[:size])
        fillers = size + np.flatnonzero(mask[size:])
        for name, array in self._columns.items():
            array[gaps] = array[fillers]
            self._columns[name] = (array if array.base is None else array.base)[:size]

    def bytes(self) -> int:
        """Bytes held by all columns."""
        return sum(array.nbytes for array in self._columns.values())

    def as_mapping(self) -> Mapping[str, Array]:
        """Return a read-only mapping of column name to array."""
        return MappingProxyType(self._columns)

    def faults(self) -> list[str]:
        """Return one line per column that holds a value outside its declared range or not finite; empty if sound."""
        found = []
        for name, array in self._columns.items():
            column = self.table[name]
            if len(array) == 0:
                continue
            low, high = array.min(), array.max()
            if not (np.isfinite(low) and np.isfinite(high)) or low < column.low or high > column.high:
                found.append(f"{name}: {low}..{high}, allowed {column.low}..{column.high} {column.unit}")
        return found


@compiled
def repeats(many: Any, few: Any) -> bool:
    """Whether a number of `few` stands in it twice or in `many` too: a small hash table, so that `many` is read once."""
    size = 16
    while size < 4 * few.shape[0]:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, dtype=np.int64)
    for i in range(few.shape[0]):
        slot = (np.uint64(few[i]) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)) & mask
        while table[slot] != -1:
            if table[slot] == few[i]:
                return True
            slot = (slot + np.uint64(1)) & mask
        table[slot] = few[i]
    for i in range(many.shape[0]):
        slot = (np.uint64(many[i]) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)) & mask
        while table[slot] != -1:
            if table[slot] == many[i]:
                return True
            slot = (slot + np.uint64(1)) & mask
    return False


class HouseholdView:
    """A light read-only view of one household: `households[7].land`."""

    __slots__ = ("_households", "_index")

    def __init__(self, households: Households, index: int) -> None:
        object.__setattr__(self, "_households", households)
        object.__setattr__(self, "_index", index)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._households, name)[self._index].item()

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a household view is read-only; write the column instead")

    def as_dict(self) -> dict[str, Any]:
        """Return every column of this household by name."""
        return {name: array[self._index].item() for name, array in self._households.as_mapping().items()}

    def __repr__(self) -> str:
        return f"<household {self.uid}: {self.members} persons, village {self.village}>"
