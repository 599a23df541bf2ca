"""The numbers of a programme: what its YAML file declares, with a scenario's settings in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, TypeVar, cast

from tuopin.agents.draws import Draw, draw_parameter
from tuopin.agents.economy import price_index
from tuopin.agents.parameters import Parameter, Parameters, Value, read_parameters

D = TypeVar("D")
CHOICES = frozenset({"budget", "budget_rate", "slots", "slots_rate"})
"""What planners choose: nobody is ignorant of it, so it is not drawn with the parameters."""
_COMMON = Path(__file__).parent / "common.yaml"


def policy_parameters(name: str, path: Path) -> dict[str, Parameter]:
    """Read a programme's parameter file on top of what every programme has; its own entries win."""
    return {**common_parameters(name), **read_parameters(path, name)}


def common_parameters(name: str) -> dict[str, Parameter]:
    """What every programme has, as parameters of the programme `name`."""
    return read_parameters(_COMMON, name)


class Moves(NamedTuple):
    """Factors and values that hold in one year alone, by name of a parameter."""

    year: int = 0
    factors: Mapping[str, float] = MappingProxyType({})
    values: Mapping[str, float] = MappingProxyType({})

    def of(self, name: str, value: float, parameter: Parameter) -> float:
        """`value` of a parameter as moved, within its bounds."""
        if name not in self.factors and name not in self.values:
            return value
        moved = self.values.get(name, value) * self.factors.get(name, 1.0)
        low, high = parameter.minimum, parameter.maximum
        return moved if low is None or high is None else min(max(moved, low), high)


class Settings:
    """The parameters of one programme in one scenario, by name and year."""

    parameters: ClassVar[Mapping[str, Parameter]]
    scale: float = 1.0
    """The share of the county that is simulated; parameters declared as `scaled` are given for the whole county."""
    moved: Moves = Moves()
    """What other policies move of these parameters in the year that runs."""

    def __init__(self, settings: Mapping[str, Any], draw: Draw | None = None) -> None:
        """Take a scenario's settings; with `draw`, uncertain parameters not set are drawn, `CHOICES` left out.

        Raises
        ------
        KeyError
            If a setting is no parameter of the programme.
        """
        self.given = frozenset(settings)
        """The names that the scenario sets."""
        self.resolved: dict[str, Parameter] = {}
        self._derived: dict[tuple[str, int], Any] = {}
        for name, parameter in self.parameters.items():
            drawn = draw is not None and name not in settings and name not in CHOICES
            self.resolved[name] = draw_parameter(parameter, draw) if draw and drawn else parameter
        for name, value in settings.items():
            self.resolved[name] = self.resolved[name].given(value)

    def value(self, name: str, year: int) -> float:
        """The parameter `name` in `year` as a float."""
        return float(self.setting(name, year))  # type: ignore[arg-type]

    def setting(self, name: str, year: int) -> Value | None:
        """The parameter `name` in `year`; None stands for unlimited.

        It is of the share of the county that is simulated if it is declared `scaled`.
        """
        parameter = self.resolved[name]
        value = parameter.at(year)
        if self.moved.year == year and isinstance(value, (int, float)) and not isinstance(value, bool):
            value = self.moved.of(name, value, parameter)
        return float(value) * self.scale if parameter.scaled and self.scale != 1.0 and value is not None else value

    def money_index(self, p: Parameters, year: int) -> float:
        """What a budget by rate, in yuan of 2016, is multiplied by in `year`; rural consumer prices by default."""
        return price_index(p, year)

    def remember(self, name: str, year: int, make: Callable[[], D]) -> D:
        """Return what `make` gave for `name` and `year` the first time it was asked.

        For what follows from the settings and the year alone.
        """
        key = (name, year)
        if key not in self._derived:
            self._derived[key] = make()
        return cast(D, self._derived[key])
