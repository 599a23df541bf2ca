"""Where a programme's money outlasts the households it may reach, told before anything is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuopin.agents.county import County
    from tuopin.sim.study.study import Study


def absorption_lines(study: Study, place: str, start: County, scale: float) -> list[str]:
    """Warnings of programmes that are given more than the households of the simulated start can take.

    `start` is the initial county of `place` at `scale`. Only programmes that can tell are judged (`Policy.absorbs`).
    """
    from tuopin.policies.catalogue import catalogue
    from tuopin.sim.study.money import million, money_of

    told: dict[tuple[str, float, float, int], list[str]] = {}
    for row in money_of(study):
        most = catalogue()[row.policy](study.scenarios[row.scenario][row.policy]).absorbs(start)
        if most is None:
            continue
        most /= scale
        year = runs_out(row.yuan, most)
        if year is not None:
            given = sum(amount or 0.0 for amount in row.yuan.values())
            told.setdefault((row.policy, most, given, year), []).append(row.scenario)
    return [
        f"warning     {policy} ({', '.join(scenarios)}): the households it may reach in {place} run out in {year}: they"
        f" can take about {million(most)} of {million(given)} M yuan (an estimate from one simulated start)"
        for (policy, most, given, year), scenarios in told.items()
    ]


def runs_out(yuan: Mapping[int, float | None], most: float) -> int | None:
    """Return the first year up to which more money is given than `most`; None if there is none, or no limit to it."""
    given = 0.0
    for year in sorted(yuan):
        amount = yuan[year]
        if amount is None:
            return None
        given += amount
        if given > most:
            return year
    return None
