"""What a programme is given in a year: nominal yuan by calendar year, or a rate by year of the programme.

A rate is money (yuan of 2016) or slots per household registered in the initial year, exited ones not counted; money is
multiplied by the programme's index (`Settings.money_index`, by default prices). Year 1 is the programme's start, by
default its first simulated year; years before the first entry are zero, what follows the last is held or zero as the
parameter declares. So a study of another county in other years runs a programme at its own size.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tuopin.agents.parameters import Parameters
from tuopin.agents.place import Place
from tuopin.policies.settings import Settings


class Setting(NamedTuple):
    """Where and when a programme runs: `first_year` is its first simulated year."""

    place: Place
    parameters: Parameters
    scale: float
    first_year: int


def budget_fen(programme: Settings, where: Setting, year: int) -> int | None:
    """The budget of `year` in fen at the scale of the county; None if unlimited.

    A county of a region has its part of a budget in yuan, and the rate for its own registered households.
    """
    if _by_rate(programme, "budget"):
        rate = _rate(programme, "budget_rate", where, year)
        if rate is None:
            return None
        return round(rate * programme.money_index(where.parameters, year) * _registered(where) * 100.0)
    budget = programme.setting("budget", year)
    return None if budget is None else where.place.part(round(float(budget) * where.scale * 100.0))


def slots(programme: Settings, where: Setting, year: int) -> int | None:
    """Households that may enrol in `year`; None if unlimited. A county of a region has its part of them."""
    if _by_rate(programme, "slots"):
        rate = _rate(programme, "slots_rate", where, year)
        return None if rate is None else round(rate * _registered(where))
    given = programme.setting("slots", year)
    return None if given is None else where.place.part(round(float(given) * where.scale))


def programme_year(programme: Settings, where: Setting, year: int) -> int:
    """The year of the programme that `year` is, 1 being its start."""
    start = int(programme.value("start", year))
    return year - (start or where.first_year) + 1


def _by_rate(programme: Settings, name: str) -> bool:
    """Whether a rate decides: a scenario that gives one of the two overrides both defaults."""
    rate = f"{name}_rate"
    if name in programme.given or rate not in programme.resolved:
        return False
    return rate in programme.given or programme.resolved[rate].value is not None


def _rate(programme: Settings, name: str, where: Setting, year: int) -> float | None:
    parameter, at = programme.resolved[name], programme_year(programme, where, year)
    if at < 1 or (isinstance(parameter.value, Mapping) and at < min(parameter.value, default=1)):
        return 0.0
    rate = parameter.at(at)
    return None if rate is None else float(rate)


def _registered(where: Setting) -> float:
    return float(where.place.registered_households.value) * where.scale
