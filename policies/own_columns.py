"""The household columns that belong to one programme, declared as annotated attributes and read by a typed view.

::

    class CooperativeColumns(OwnColumns):
        effective: Flags = column("programme", "flag", 0, 1, "really delivers to the firm", "有效联结")

    policy.own(county).effective        # the array of the column cooperative_effective
"""

from __future__ import annotations

from typing import Any

from tuopin.agents.columns import Column, dtypes_of
from tuopin.agents.households import Households


def column_prefix(policy: str) -> str:
    """What the names of a policy's columns begin with: its name, a variant's dot as an underscore."""
    return policy.replace(".", "_")


class _OwnColumn:
    """The declaration of one own column, and the attribute by which a view reads and writes it."""

    def __init__(self, name: str, dtype: str, row: tuple[Any, ...]) -> None:
        self.name, self._dtype, self._row = name, dtype, row

    def of(self, programme: str) -> Column:
        group, *rest = self._row
        return Column(f"{column_prefix(programme)}_{self.name}", group, self._dtype, *rest)

    def __get__(self, view: OwnColumns | None, owner: type) -> Any:
        return self if view is None else view.households.column(f"{view.programme}_{self.name}")

    def __set__(self, view: OwnColumns, values: Any) -> None:
        target = self.__get__(view, type(view))
        if target is not values:  # `own.column += x` has changed it already
            target[:] = values


class OwnColumns:
    """A programme's own columns; subclass it and declare one by an annotated attribute, as those of all households are.

    Parameters
    ----------
    programme
        Name of the programme: names of its columns in the households begin with it.
    households
        Whose columns are viewed.
    """

    def __init__(self, programme: str, households: Households) -> None:
        self.programme, self.households = column_prefix(programme), households

    def __init_subclass__(cls) -> None:
        for name, dtype in dtypes_of(cls).items():
            if isinstance(row := vars(cls).get(name), tuple):  # else it is inherited, and an attribute already
                setattr(cls, name, _OwnColumn(name, dtype, row))

    @classmethod
    def declared(cls, programme: str) -> tuple[Column, ...]:
        """The columns as households know them, in the order of their declaration."""
        return tuple(getattr(cls, name).of(programme) for name in dtypes_of(cls))
