"""The household columns that belong to one programme, declared as annotated attributes and read by a typed view.

::

    class CooperativeColumns(OwnColumns):
        effective: Bool = column("bool", "flag", 0, 1, "really delivers to the firm", "有效联结")

    policy.own(county).effective        # the array of the column cooperative_effective
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuopin.agents.columns import Column
from tuopin.agents.households import Households


class _OwnColumn:
    """The declaration of one own column, and the attribute by which a view reads and writes it."""

    def __init__(self, dtype: str, unit: str, low: float, high: float, meaning: str, zh: str, default: float) -> None:
        self._declaration = (dtype, unit, low, high, meaning, zh, default)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def under(self, programme: str) -> Column:
        return Column(f"{programme}_{self.name}", "programme", *self._declaration)

    def __get__(self, view: OwnColumns | None, owner: type) -> Any:
        return self if view is None else view.households.column(f"{view.programme}_{self.name}")

    def __set__(self, view: OwnColumns, values: Any) -> None:
        target = self.__get__(view, type(view))
        if target is not values:  # `own.column += x` has changed it already
            target[:] = np.asarray(values)


def column(dtype: str, unit: str, low: float, high: float, meaning: str, zh: str, default: float = 0.0) -> Any:
    """Declare an own column of a programme; its name in the households begins with the programme's."""
    return _OwnColumn(dtype, unit, low, high, meaning, zh, default)


class OwnColumns:
    """A programme's own columns in `households`; subclass it and annotate an attribute for each."""

    def __init__(self, programme: str, households: Households) -> None:
        self.programme, self.households = programme, households

    @classmethod
    def declared(cls, programme: str) -> tuple[Column, ...]:
        """The columns as households know them, in the order of their declaration."""
        return tuple(own.under(programme) for own in vars(cls).values() if isinstance(own, _OwnColumn))
