"""The money of a study before anything is run: what each programme is given by year, and what will never be spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tuopin.agents.draws import resolve_parameters
from tuopin.agents.place_parameters import has_own_numbers
from tuopin.policies import allotment
from tuopin.policies.catalogue import catalogue
from tuopin.policies.protocol import Policy
from tuopin.sim.study.names import years_text
from tuopin.sim.study.study import Study


class Money(NamedTuple):
    """What a programme of a scenario is given over all places, nominal yuan by simulated year (None: unlimited)."""

    scenario: str
    policy: str
    yuan: Mapping[int, float | None]
    warnings: tuple[str, ...]


def money_of(study: Study, scale: float = 1.0) -> list[Money]:
    """The money of each programme of each scenario by simulated year, and what a planner should be warned of."""
    settings = _settings(study, scale)
    years = range(study.first_year + 1, study.last_year + 1)
    rows = []
    for scenario, packages in study.scenarios.items():
        for name in sorted(packages):
            if not catalogue()[name].enrols:
                continue
            policy = catalogue()[name](packages[name])
            yuan = {year: _money_for(policy, settings, year) for year in years}
            rows.append(Money(scenario, name, yuan, (*_warnings(policy, study, yuan), *_slots(policy, study))))
    return rows


def money_lines(study: Study, scale: float = 1.0) -> list[str]:
    """The money of a study as lines for people: programmes with equal money in several scenarios are told once."""
    told: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for row in money_of(study, scale):
        told.setdefault((row.policy, money_text(row.yuan), row.warnings), []).append(row.scenario)
    lines = []
    for (policy, text, warnings), scenarios in told.items():
        lines.append(f"money       {policy} ({', '.join(scenarios)}): {text}")
        lines += [f"warning     {policy} ({', '.join(scenarios)}): {warning}" for warning in warnings]
    return lines


def money_text(yuan: Mapping[int, float | None]) -> str:
    """Money by year in words, equal years together: `918 M yuan a year in 2017-2018; none in 2019-2025`."""
    parts: dict[float | None, list[int]] = {}
    for year, amount in yuan.items():
        parts.setdefault(amount if amount is None else round(amount, 2), []).append(year)
    told = [f"{_amount(amount)} in {years_text(years)}" for amount, years in parts.items() if amount != 0]
    if 0 in parts:
        told.append(f"no money in {years_text(parts[0])}")
    total = sum(amount for amount in yuan.values() if amount)
    whole = f"; {million(total)} M yuan in all, nominal" if None not in parts and total else ""
    return "; ".join(told) + whole


def million(yuan: float) -> str:
    """Yuan in millions, with at least three digits that count."""
    amount = yuan / 1e6
    return f"{amount:,.0f}" if abs(amount) >= 1000 else f"{amount:.3g}"


def _settings(study: Study, scale: float) -> list[allotment.Setting]:
    """Where and at which prices money is given; places without numbers of their own share the study's."""
    given: Mapping[str, Any] = study.parameters
    common = resolve_parameters(given)
    return [
        allotment.Setting(
            place,
            resolve_parameters(given, place=place) if has_own_numbers(place) else common,
            scale,
            study.first_year + 1,
        )
        for place in study.places.values()
    ]


def _amount(amount: float | None) -> str:
    return "unlimited" if amount is None else f"{million(amount)} M yuan"


def _money_for(policy: Policy, settings: list[allotment.Setting], year: int) -> float | None:
    total = 0
    for where in settings:
        fen = allotment.budget_fen(policy, where, year)
        if fen is None:
            return None
        total += fen if year >= policy.value("start", year) else 0
    return total / 100.0


def _warnings(policy: Policy, study: Study, yuan: Mapping[int, float | None]) -> list[str]:
    found = []
    given = policy.resolved["budget"].value if "budget" in policy.given else None
    if isinstance(given, Mapping):
        early = sorted(year for year in given if given[year] and year <= study.first_year)
        if early:
            found.append(f"money in the initial year (never spent): {years_text(early)} is not simulated")
        start = int(policy.value("start", study.last_year))
        late = sorted(year for year in given if given[year] and study.first_year < year < start)
        if late:
            found.append(f"money before its start in {start} (never spent): {years_text(late)}")
        after = sorted(year for year in given if given[year] and year > study.last_year)
        if after:
            found.append(f"money after the last year (never spent): {years_text(after)}")
    if all(amount == 0 for amount in yuan.values()):
        found.append("has no money in any simulated year: it will do nothing")
    return found


def _slots(policy: Policy, study: Study) -> list[str]:
    where = _settings(study, 1.0)
    years = range(study.first_year + 1, study.last_year + 1)
    closed = [year for year in years if all(allotment.slots(policy, one, year) == 0 for one in where)]
    return [f"no slots in {years_text(closed)}: nobody enrols then"] if closed else []
