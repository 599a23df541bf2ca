"""Step 4, labour: who takes up and leaves off-farm work, and what wages reach the household.

Wages follow skill and destination before anyone is selected: a worker away from the county remits a share, one in the
county brings all home. New jobs in the county are limited by its vacancies; jobs at resettlement sites are the
programme's own.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.economy import monthly_wage
from tuopin.agents.kernels import pick
from tuopin.agents.randomness import CHUNK, INCOME_RISK, LABOUR, Draws, draw_chunk
from tuopin.agents.rationing import lowest
from tuopin.agents.stages import MIDDLE

_BOUNDS_EXP = 1.75
"""Up to here exp(x) is at most 1 + x + x^2 (they meet at 1.793)."""


class LabourTerms(NamedTuple):
    """Parameters of group `labour` for the kernels of entry and exit."""

    entry_rate: float
    exit_rate: float
    away_share: float
    skill_slope: float
    remote_penalty: float
    motivation_effect: float


class WageTerms(NamedTuple):
    """Yearly wages in yuan of a full year's work of a worker of mean skill, as they reach the household."""

    away: float
    local: float
    months: float
    months_lost: float


class RiskTerms(NamedTuple):
    """Standard deviations and persistence of log productivity, and its county-wide level."""

    persistence: float
    permanent_sd: float
    transitory_sd: float
    level: float


class _Productivity(NamedTuple):
    uid: I64
    skill: F32
    permanent: F32
    productivity: F64


def draw_productivity(county: County) -> None:
    """Move the AR(1) component of log productivity and write the year's productivity."""
    value = county.value
    risky = county.on("income_risk")
    terms = RiskTerms(
        value("income_risk.persistence") if risky else 1.0,
        value("income_risk.permanent_variance") ** 0.5 if risky else 0.0,
        value("income_risk.transitory_variance") ** 0.5 if risky else 0.0,
        county.level,
    )
    draws = county.luck.draws(INCOME_RISK, county.year, normals=2)
    _draw_productivity(pick(_Productivity, county.households, county.flows), draws, terms)


@rule
def productivity_of(skill: float, permanent: float, transitory: float, level: float) -> float:
    """Productivity against a mean worker of the county: level * exp(fixed + permanent + transitory), log points."""
    return level * math.exp(skill + permanent + transitory)


@compiled
def _draw_productivity(c: _Productivity, draws: Draws, t: RiskTerms) -> None:
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, c.uid, i)
        c.permanent[i] = t.persistence * c.permanent[i] + t.permanent_sd * draws.z[0, k]
        transitory = t.transitory_sd * draws.z[1, k]
        c.productivity[i] = productivity_of(c.skill[i], c.permanent[i], transitory, t.level)


def wage_terms(county: County) -> WageTerms:
    """Yearly wages of the county's year."""
    value = county.value
    monthly = monthly_wage(county.parameters, county.year, county.start) * value("labour.wage_discount")
    months = value("labour.months")
    return WageTerms(
        monthly * months * value("labour.away_wage_ratio") * value("labour.remitted_share"),
        monthly * months * value("labour.local_wage_ratio"),
        months,
        min(value("labour.months_lost"), months),
    )


class _Workers(NamedTuple):
    uid: I64
    able_workers: I8
    off_farm: I8
    migrants: I8
    skill: F32
    remoteness: F32
    motivation: F32
    motivation_term: F32
    distance_factor: F32
    entry_factor: F32
    away_factor: F32
    wants_local: Flags


def change_jobs(county: County) -> None:
    """Let able workers who are not in off-farm work enter it, and others return to the village.

    Jobs that programmes offer are filled afterwards from who is still idle, so nobody is kept from a better job by one.
    """
    if not county.on("job_risk"):
        return
    workers = pick(_Workers, county.households, county.flows, wants_local=np.zeros(len(county.households), np.bool_))
    _change_jobs(workers, county.luck.draws(LABOUR, county.year), labour_terms(county))
    _fill_vacancies(county, workers.wants_local)


def labour_terms(county: County) -> LabourTerms:
    """Rates of entry into and exit from off-farm work in the county's year."""
    return county.parameters.fill(
        LabourTerms,
        "labour",
        county.year,
        entry_rate=county.value("labour.entry_rate") * county.markets.labour_demand,
        motivation_effect=county.value("labour.motivation_effect") if county.on("motivation") else 0.0,
    )


@rule
def motivation_felt(motivation: float, term: float) -> float:
    """Motivation (0..1) as an offer meets it: the household's, and what programmes add (share of the scale)."""
    return min(1.0, max(0.0, motivation + term))


@rule
def entry_rate(remoteness: float, motivation: float, factor: float, t: LabourTerms) -> float:
    """Yearly rate of entry into off-farm work of an idle worker of mean skill; `factor` is what programmes make of it.

    The more remote a household the rarer, the more motivated the likelier, stated for the middle of both scales; both
    as felt, with what programmes do to distance and to motivation.
    """
    rate = t.entry_rate * (1.0 - t.remote_penalty * (remoteness - MIDDLE))
    return rate * ((1.0 + t.motivation_effect * (motivation - MIDDLE)) * factor)


@rule
def enters(u: float, rate: float, skill: float, idle: int) -> bool:
    """Whether one of `idle` workers enters off-farm work: u < 1 - exp(-rate * exp(skill) * idle), skill in log points.

    exp(x) < 1 + x + x^2 up to the limit, and 1 - exp(-r) < r: most need neither exponential, which takes 5.3 instead
    of 9.2 ns a household.
    """
    most = rate * (1.0 + skill + skill * skill) * idle
    return (skill > _BOUNDS_EXP or u < most) and u < 1.0 - math.exp(-rate * math.exp(skill) * idle)


@compiled
def _change_jobs(c: _Workers, draws: Draws, t: LabourTerms) -> None:
    u = draws.u
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, c.uid, i)
        c.off_farm[i] = min(c.off_farm[i], c.able_workers[i])
        c.migrants[i] = min(c.migrants[i], c.off_farm[i])
        idle = c.able_workers[i] - c.off_farm[i]
        leaves = u[1, k] < t.exit_rate * c.off_farm[i]
        if idle > 0:
            remoteness = c.remoteness[i] * c.distance_factor[i]
            motivation = motivation_felt(c.motivation[i], c.motivation_term[i])
            rate = entry_rate(remoteness, motivation, c.entry_factor[i], t)
            if enters(u[0, k], rate, t.skill_slope * c.skill[i], idle):
                if u[2, k] < t.away_share * c.away_factor[i]:
                    c.off_farm[i] += 1
                    c.migrants[i] += 1
                else:
                    c.wants_local[i] = True
        if leaves and c.off_farm[i] > 0:
            if u[3, k] * c.off_farm[i] < c.migrants[i]:
                c.migrants[i] -= 1
            c.off_farm[i] -= 1


def _fill_vacancies(county: County, wants_local: Flags) -> None:
    """Give the county's vacancies to those who want one, by lot if they are too few."""
    h = county.households
    rows = np.flatnonzero(wants_local)
    if county.on("vacancies") and not county.in_burn_in:
        usual = county.jobs_in_county * county.value("labour.vacancy_rate") * county.markets.labour_demand
        vacancies = round(usual + county.vacancies)
        lot = county.luck.uniforms(LABOUR, county.year, h.uid[rows], 5)[:, 4]
        rows = rows[lowest(lot, h.uid[rows], vacancies)]
    h.off_farm[rows] += 1


class _Earners(NamedTuple):
    off_farm: I8
    migrants: I8
    jobs_lost: I8
    came_home: I8
    productivity: F64
    illness_factor: F32
    income_factor: F32
    wage_term: F64
    wage_factor: F32
    wage_income: F32
    remitted: F32


def earn_wages(county: County) -> None:
    """Write the year's wage income."""
    _earn_wages(pick(_Earners, county.households, county.flows), wage_terms(county))


class Wages(NamedTuple):
    """What reaches a household of its workers' wages, yuan a year: from outside the county and from within."""

    remitted: float
    local: float


@rule
def wages_of(workers: int, away: int, jobs_lost: int, t: WageTerms) -> Wages:
    """Wages of a household's off-farm workers at mean productivity (yuan a year), `away` of them outside the county.

    Each job lost costs `months_lost` of the year's `months` of one worker.
    """
    if workers == 0:
        return Wages(0.0, 0.0)
    kept = 1.0 - min(jobs_lost, workers) * (t.months_lost / t.months) / workers
    return Wages(away * t.away * kept, (workers - away) * t.local * kept)


@compiled
def _earn_wages(c: _Earners, t: WageTerms) -> None:
    for i in range(c.off_farm.shape[0]):
        # who came home is no longer among the workers
        earned = wages_of(c.off_farm[i], c.migrants[i], c.jobs_lost[i] - c.came_home[i], t)
        factor = c.productivity[i] * c.illness_factor[i] * c.income_factor[i] * c.wage_factor[i]
        c.remitted[i] = earned.remitted * factor
        c.wage_income[i] = (earned.remitted + earned.local) * factor + c.wage_term[i]
