"""Households as columns: one contiguous numpy array per attribute, grown for splits and compacted for removals.

Columns of a type lie below each other in one block with room for more households, so that rows are copied, duplicated
and removed block by block: a handful of operations instead of one for every column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from tuopin.agents.arrays import Array, Flags
from tuopin.agents.columns import COLUMNS, Column, HouseholdColumns, with_columns
from tuopin.agents.identity import repeats

_SLACK = 8
"""Room for one household more in as many."""


if TYPE_CHECKING:
    _Typed = HouseholdColumns
else:
    _Typed = object


class Households(_Typed):
    """All households of a county: `households.land` is the array of that column, `households[i]` a view of one row.

    Arrays are handed out as they are (not copies) and have length `len(households)`; they are replaced, not resized,
    when households are appended or removed, so fetch them anew each step.
    """

    def __init__(self, size: int, extra: Iterable[Column] = ()) -> None:
        self.table = with_columns(extra)
        self._size = self._room = size
        self._blocks: list[Array] = []
        self._places: dict[str, tuple[int, int]] = {}
        self._add(self.table.values())

    def _add(self, columns: Iterable[Column]) -> None:
        by_type: dict[str, list[Column]] = {}
        for c in columns:
            by_type.setdefault(c.dtype, []).append(c)
        for dtype, group in by_type.items():
            block = np.empty((len(group), self._room), dtype=dtype)
            for row, c in enumerate(group):
                block[row] = c.default
                self._places[c.name] = len(self._blocks), row
            self._blocks.append(block)
        self._view()

    def _view(self) -> None:
        """Make the columns anew, after blocks or the number of households changed."""
        blocks = [block[:, : self._size] for block in self._blocks]
        self._columns: dict[str, Array] = {name: blocks[b][row] for name, (b, row) in self._places.items()}

    def _with(self, blocks: list[Array], size: int) -> Households:
        twin = object.__new__(Households)
        twin.table, twin._places = dict(self.table), dict(self._places)
        twin._blocks, twin._size, twin._room = blocks, size, blocks[0].shape[1]
        twin._view()
        return twin

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_columns"}  # they are views of the blocks

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._view()

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: int) -> HouseholdView:
        return HouseholdView(self, range(len(self))[index])

    def __iter__(self) -> Iterator[HouseholdView]:
        return (HouseholdView(self, i) for i in range(len(self)))

    if not TYPE_CHECKING:  # a type checker goes by `HouseholdColumns`, so that it sees a name misspelt

        def __getattr__(self, name: str) -> Array:
            try:
                return self.__dict__["_columns"][name]
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

    def column(self, name: str) -> Array:
        """Return the array of a column.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        return self._columns[name]

    def set(self, name: str, values: Array) -> None:
        """Replace a whole column by a copy of `values`.

        Raises
        ------
        ValueError
            If the shape does not fit, or the column holds integers and a value is none or out of its range.
        """
        column = self.table[name]
        if values.shape != (len(self),):
            raise ValueError(f"{name}: shape {values.shape}, expected ({len(self)},)")
        with np.errstate(invalid="ignore"):
            own = np.array(values, dtype=column.dtype)
        if own.dtype.kind == "i" and own.dtype != values.dtype and (own != values).any():
            raise ValueError(f"{name}: a value is not a whole number that fits {column.dtype}")
        self._columns[name][:] = own

    def declare(self, extra: Iterable[Column]) -> None:
        """Add columns (a policy's own) filled with their defaults.

        Raises
        ------
        ValueError
            On a name already taken.
        """
        added = list(extra)
        self.table = {**with_columns([c for n, c in self.table.items() if n not in COLUMNS] + added)}
        self._add(added)

    def copy(self) -> Households:
        """Return an independent copy with the same rows and columns."""
        size = self._size
        blocks = [np.empty((len(block), size + size // _SLACK), dtype=block.dtype) for block in self._blocks]
        for new, old in zip(blocks, self._blocks, strict=True):
            new[:, :size] = old[:, :size]
        return self._with(blocks, size)

    def take(self, rows: Array) -> Households:
        """Return new households made of `rows` (indices or mask), in that order."""
        rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return self._with([np.take(block, rows, axis=1) for block in self._blocks], len(rows))

    def duplicate(self, rows: Array) -> slice:
        """Add a copy of each of `rows` (indices) at the end; return where they are. The caller sets their uids."""
        first = self._size
        self._grow(len(rows))
        for block in self._blocks:
            block[:, first : self._size] = np.take(block, rows, axis=1)
        return slice(first, self._size)

    def _grow(self, more: int) -> None:
        size = self._size + more
        if size > self._room:  # with slack: a county gains about 1.5% of its households a year by splits
            self._room = size + size // _SLACK
            for k, old in enumerate(self._blocks):
                self._blocks[k] = np.empty((len(old), self._room), dtype=old.dtype)
                self._blocks[k][:, : self._size] = old[:, : self._size]
        self._size = size
        self._view()

    def append(self, more: Households) -> None:
        """Add the rows of `more` at the end.

        Raises
        ------
        ValueError
            If a uid is already present or the columns differ.
        """
        if more.table.keys() != self.table.keys():
            raise ValueError("households to append have other columns")
        if len(more) == 0:
            return
        if repeats(self.uid, more.uid):
            raise ValueError("a household to append has a uid that is already present")
        first = self._size
        self._grow(len(more))
        for name, array in self._columns.items():
            array[first:] = more._columns[name]

    def keep(self, mask: Flags) -> None:
        """Drop the rows where `mask` (bool, one per household) is False; rows from the end fill the gaps."""
        size = int(mask.sum())
        if size == len(self):
            return
        gaps = np.flatnonzero(~mask[:size])
        fillers = size + np.flatnonzero(mask[size:])
        for block in self._blocks:
            block[:, gaps] = np.take(block, fillers, axis=1)
        self._size = size
        self._view()

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


class HouseholdView:
    """A light read-only view of one household: `households[7].land`."""

    __slots__ = ("_households", "_index")
    _households: Households
    _index: int

    def __init__(self, households: Households, index: int) -> None:
        object.__setattr__(self, "_households", households)
        object.__setattr__(self, "_index", index)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._households, name)[self._index].item()

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("a household view is read-only; write the column instead")

    def __repr__(self) -> str:
        h, i = self._households, self._index
        return f"<household {h.uid[i]}: {h.members[i]} persons, village {h.village[i]}>"
