"""Step 4, labour: who takes up and leaves off-farm work, and what wages reach the household.

Wages follow skill and destination before anyone is selected: a worker away from the county remits a share, one in the
county
brings all home. New jobs in the county are limited by its vacancies; jobs at resettlement sites are the programme's
own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.economy import monthly_wage
from tuopin.agents.randomness import CHUNK, INCOME_RISK, LABOUR, fill4, fill_normals
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


def draw_productivity(county: County) -> None:
    """Move the AR(1) component and write the year's productivity: exp(fixed + permanent + transitory) times the
    level.
    """
    h, value = county.households, county.value
    risky = county.on("income_risk")
    terms = RiskTerms(
        value("income_risk.persistence") if risky else 1.0,
        value("income_risk.permanent_variance") ** 0.5 if risky else 0.0,
        value("income_risk.transitory_variance") ** 0.5 if risky else 0.0,
        county.level,
    )
    _draw_productivity(
        h.uid,
        h.skill,
        h.permanent,
        county.flows.productivity,
        county.luck.seed,
        county.luck.replicate,
        INCOME_RISK,
        county.year,
        terms,
    )


@compiled
def _draw_productivity(
    uid: Any, skill: Any, permanent: Any, productivity: Any, seed: Any, replicate: Any, stream: Any, year: Any, t: Any
) -> None:
    u, z = np.empty((4, CHUNK)), np.empty((2, CHUNK))
    for i in range(uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            many = min(CHUNK, uid.shape[0] - i)
            fill4(seed, replicate, stream, year, uid[i : i + many], 0, u)
            fill_normals(u[0, :many], z[0])
            fill_normals(u[1, :many], z[1])
        permanent[i] = t.persistence * permanent[i] + t.permanent_sd * z[0, k]
        productivity[i] = t.level * np.exp(skill[i] + permanent[i] + t.transitory_sd * z[1, k])


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


def change_jobs(county: County) -> None:
    """Let able workers who are not in off-farm work enter it, and others return to the village.

    Jobs that programmes offer are filled afterwards from who is still idle, so nobody is kept from a better job by one.
    """
    h, f = county.households, county.flows
    if county.on("job_risk"):
        wants_local = np.zeros(len(h), dtype=np.bool_)
        terms = county.parameters.fill(
            LabourTerms,
            "labour",
            county.year,
            entry_rate=county.value("labour.entry_rate") * county.markets.labour_demand,
            motivation_effect=county.value("labour.motivation_effect") if county.on("motivation") else 0.0,
        )
        _change_jobs(
            h.uid,
            h.able_workers,
            h.off_farm,
            h.migrants,
            h.skill,
            h.remoteness,
            h.motivation,
            f.entry_factor,
            wants_local,
            county.luck.seed,
            county.luck.replicate,
            LABOUR,
            county.year,
            terms,
        )
        _fill_vacancies(county, wants_local)


def earn_wages(county: County) -> None:
    """Write the year's wage income."""
    h, f = county.households, county.flows
    _earn_wages(
        h.off_farm,
        h.migrants,
        f.jobs_lost,
        f.productivity,
        f.illness_factor,
        f.income_factor,
        f.wage_term,
        h.wage_income,
        wage_terms(county),
    )


@compiled
def _change_jobs(
    uid: Any,
    able: Any,
    off_farm: Any,
    migrants: Any,
    skill: Any,
    remoteness: Any,
    motivation: Any,
    entry_factor: Any,
    wants_local: Any,
    seed: Any,
    replicate: Any,
    stream: Any,
    year: Any,
    t: Any,
) -> None:
    u = np.empty((4, CHUNK))
    for i in range(uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            fill4(seed, replicate, stream, year, uid[i : i + CHUNK], 0, u)
        u0, u1, u2, u3 = u[0, k], u[1, k], u[2, k], u[3, k]
        off_farm[i] = min(off_farm[i], able[i])
        migrants[i] = min(migrants[i], off_farm[i])
        idle = able[i] - off_farm[i]
        leaves = u1 < t.exit_rate * off_farm[i]
        if idle > 0:
            rate = t.entry_rate * (1.0 - t.remote_penalty * (remoteness[i] - MIDDLE))
            rate *= (1.0 + t.motivation_effect * (motivation[i] - MIDDLE)) * entry_factor[i]
            x = t.skill_slope * skill[i]
            # exp(x) < 1 + x + x^2 up to the limit, and 1 - exp(-r) < r: most need neither exponential
            if (x > _BOUNDS_EXP or u0 < rate * (1.0 + x + x * x) * idle) and u0 < 1.0 - np.exp(
                -rate * np.exp(x) * idle
            ):
                if u2 < t.away_share:
                    off_farm[i] += 1
                    migrants[i] += 1
                else:
                    wants_local[i] = True
        if leaves and off_farm[i] > 0:
            if u3 * off_farm[i] < migrants[i]:
                migrants[i] -= 1
            off_farm[i] -= 1


def _fill_vacancies(county: County, wants_local: Any) -> None:
    """Give the county's vacancies to those who want one, by lot if they are too few."""
    h = county.households
    rows = np.flatnonzero(wants_local)
    if county.on("vacancies") and not county.in_burn_in:
        vacancies = round(county.jobs_in_county * county.value("labour.vacancy_rate") * county.markets.labour_demand)
        lot = county.luck.uniforms(LABOUR, county.year, h.uid[rows], 5)[:, 4]
        rows = rows[lowest(lot, h.uid[rows], vacancies)]
    h.off_farm[rows] += 1


@compiled
def _earn_wages(
    off_farm: Any,
    migrants: Any,
    jobs_lost: Any,
    productivity: Any,
    illness: Any,
    dip: Any,
    wage_term: Any,
    wage: Any,
    t: Any,
) -> None:
    for i in range(off_farm.shape[0]):
        workers = off_farm[i]
        earned = 0.0
        if workers > 0:
            full = migrants[i] * t.away + (workers - migrants[i]) * t.local
            lost = min(jobs_lost[i], workers) * (t.months_lost / t.months) / workers
            earned = full * (1.0 - lost)
        wage[i] = earned * productivity[i] * illness[i] * dip[i] + wage_term[i]
