"""Who the synthetic households are and what they live on: people, health, land, industry, wealth, housing and work.

Every share, spread and slope is a parameter, most of group `population`; luck is keyed by household.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import Villages
from tuopin.agents.households import Households
from tuopin.agents.kernels import pick
from tuopin.agents.lines import GRAIN, LINES, OWN_LINES_FROM
from tuopin.agents.parameters import Parameters
from tuopin.agents.randomness import (
    CHUNK,
    LIVELIHOOD_KEY,
    PEOPLE_KEY,
    POPULATION,
    Draws,
    Luck,
    draw_chunk,
    normal,
    uniform4,
)
from tuopin.agents.stages import COUPLE, MIDDLE, PUPIL_YEARS, SMALL_CHILD_YEARS, YOUNG_YEARS

MOST_PERSISTENT = 0.99
"""The AR(1) component begins at its stationary variance; persistence 1 has none, so that of .99 is taken there."""


class PeopleTerms(NamedTuple):
    """Who lives in a household; groups `demography`, `health` and `population`."""

    elderly_alone_1: float
    elderly_alone_2: float
    elderly_one: float
    elderly_two: float
    elderly_able_share: float
    upper_school_share: float
    disability_prevalence: float
    chronic_prevalence: float
    one_parent_share: float
    grown_at_home_share: float
    chronic_elderly: float
    chronic_working: float
    disabled_elderly: float
    disabled_working: float
    working_fit_share: float
    aged_share: float


class LivelihoodTerms(NamedTuple):
    """What a household has, and what its members do; money in yuan at the start of the burn-in."""

    skill_sd: float
    permanent_sd: float
    insured_share: float
    initial_off_farm_share: float
    away_share: float
    remote_penalty: float
    land_per_person: float
    forest_per_person: float
    reference_assets: float
    motivation_spread: float
    remoteness_spread: float
    safe_water_share: float
    unsafe_housing_share: float
    savings: float
    scattered_above: float
    natural_village_above: float
    central_village_above: float
    land_sd: float
    land_quality_sd: float
    land_quality_near: float
    land_quality_remote_loss: float
    forest_sd: float
    forest_near: float
    forest_remote_gain: float
    line_scale_sd: float
    line_age_limit: float
    assets_sd: float
    assets_skill_slope: float
    assets_line_correlation: float
    dangerous_housing_share: float
    sound_housing_share: float
    water_gradient: float


def compose(h: Households, v: Villages, p: Parameters, luck: Luck, wage: float) -> None:
    """Fill the households `h`, whose members and villages are set; `wage` is the mean wage, yuan a month."""
    _compose_people(pick(_People, h), luck.draws(POPULATION, PEOPLE_KEY), _people_terms(p))
    terms = _livelihood_terms(p, wage)
    nature = pick(_Nature, h, village_remoteness=v.remoteness, village_hazard=v.hazard, village_effect=v.effect)
    _compose_nature(nature, luck.draws(POPULATION, LIVELIHOOD_KEY, blocks=2, normals=8), terms)
    shares = [0.0] * OWN_LINES_FROM + [p.value(f"production.share_{name}") for name in LINES[OWN_LINES_FROM:]]
    means = pick(_Means, h, village_remoteness=v.remoteness, line_shares=np.cumsum(shares))
    _compose_means(means, luck.draws(POPULATION, LIVELIHOOD_KEY, blocks=4, normals=7), terms)


def _named(p: Parameters, group: str, *names: str) -> dict[str, float]:
    return {name: p.value(f"{group}.{name}") for name in names}


def _people_terms(p: Parameters) -> PeopleTerms:
    return p.fill(
        PeopleTerms,
        "population",
        0,
        **_named(
            p,
            "demography",
            "elderly_alone_1",
            "elderly_alone_2",
            "elderly_one",
            "elderly_two",
            "elderly_able_share",
            "upper_school_share",
        ),
        **_named(p, "health", "disability_prevalence", "chronic_prevalence"),
    )


def _livelihood_terms(p: Parameters, wage: float) -> LivelihoodTerms:
    rho = min(p.value("income_risk.persistence"), MOST_PERSISTENT)
    return p.fill(
        LivelihoodTerms,
        "population",
        0,
        skill_sd=p.value("income_risk.skill_variance") ** 0.5,
        permanent_sd=(p.value("income_risk.permanent_variance") / (1.0 - rho**2)) ** 0.5,
        motivation_spread=p.value("learning.spread"),
        savings=p.value("finance.initial_savings") * p.value("population.income_in_wages") * wage,
        **_named(p, "health", "insured_share"),
        **_named(p, "labour", "initial_off_farm_share", "away_share", "remote_penalty"),
        **_named(p, "production", "land_per_person", "forest_per_person", "reference_assets"),
        **_named(p, "village", "remoteness_spread", "safe_water_share", "unsafe_housing_share"),
    )


class _People(NamedTuple):
    uid: I64
    members: I16
    small_children: I8
    pupils: I8
    upper_students: I8
    working_age: I8
    elderly: I8
    aged: I8
    able_workers: I8
    disabled: I8
    chronic: I8


@rule
def elderly_of(members: int, u: float, t: PeopleTerms) -> int:
    """Persons aged 60 and over in a household of `members`, 0 to 2, by its size."""
    both = t.elderly_alone_2 if members == 2 else t.elderly_two
    if members == 1:
        return 1 if u < t.elderly_alone_1 else 0
    return 2 if u < both else (1 if u < both + t.elderly_one else 0)


@rule
def stage_of_young(u: float, to_upper: float, t: PeopleTerms) -> int:
    """Where a member of 0 to 18 is: 0 before school, 1 at school, 2 at upper school, 3 at work; ages alike likely."""
    if u < SMALL_CHILD_YEARS / YOUNG_YEARS:
        return 0
    if u < (SMALL_CHILD_YEARS + PUPIL_YEARS) / YOUNG_YEARS:
        return 1
    return 2 if to_upper < t.upper_school_share else 3


@compiled
def _compose_people(c: _People, draws: Draws, t: PeopleTerms) -> None:
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, c.uid, i)
        elderly = elderly_of(c.members[i], draws.u[0, k], t)
        rest = c.members[i] - elderly
        working = min(rest, COUPLE)
        if rest == COUPLE and draws.u[1, k] < t.one_parent_share:
            working = 1
        small, pupils, upper = 0, 0, 0
        for child in range(rest - working):
            at_home, age, to_upper, _ = uniform4(draws, c.uid[i], 1 + child)
            stage = 3 if at_home < t.grown_at_home_share else stage_of_young(age, to_upper, t)
            small += stage == 0
            pupils += stage == 1
            upper += stage == 2
            working += stage == 3  # a grown child, or a brother or sister
        c.small_children[i], c.pupils[i], c.upper_students[i] = small, pupils, upper
        c.working_age[i], c.elderly[i] = working, elderly
        ill, disabled, able, aged = 0, 0, 0, 0
        for adult in range(working + elderly):
            illness, disability, fitness, age = uniform4(draws, c.uid[i], 10 + adult)
            old = adult >= working
            aged += old and age < t.aged_share
            ill += illness < t.chronic_prevalence * (t.chronic_elderly if old else t.chronic_working)
            if disability < t.disability_prevalence * (t.disabled_elderly if old else t.disabled_working):
                disabled += 1
            elif fitness < (t.elderly_able_share if old else t.working_fit_share):
                able += 1
        c.chronic[i], c.disabled[i], c.able_workers[i], c.aged[i] = ill, disabled, able, aged


class _Nature(NamedTuple):
    uid: I64
    village: I16
    members: I16
    settlement: I8
    remoteness: F32
    skill: F32
    permanent: F32
    motivation: F32
    land: F32
    land_quality: F32
    forest: F32
    hazard: F32
    village_remoteness: F64
    village_hazard: F64
    village_effect: F64


@rule
def half_variance(log_sd: float) -> float:
    """Half the variance of log x: with it taken off, x = exp(log_sd z) has mean one."""
    return 0.5 * log_sd * log_sd


@rule
def spread(z: float, log_sd: float) -> float:
    """A log-normal of mean one from a standard normal z: exp(log_sd z - log_sd^2 / 2)."""
    return math.exp(log_sd * z - half_variance(log_sd))


@rule
def within_unit(x: float) -> float:
    """The nearest number of the scale 0..1."""
    return min(1.0, max(0.0, x))


@rule
def remoteness_of(village: float, z: float, t: LivelihoodTerms) -> float:
    """Distance from town (0 beside it, 1 farthest) of a household in a village of remoteness `village`."""
    return within_unit(village + t.remoteness_spread * z)


@rule
def settlement_of(remoteness: float, t: LivelihoodTerms) -> int:
    """Code of the settlement type: scattered, natural village, central village or town, the farther the smaller."""
    if remoteness > t.scattered_above:
        return 0
    return 1 if remoteness > t.natural_village_above else (2 if remoteness > t.central_village_above else 3)


@compiled
def _compose_nature(c: _Nature, draws: Draws, t: LivelihoodTerms) -> None:
    """What a household is and the land it has; `_compose_means` takes the rest of the luck."""
    z = draws.z
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, c.uid, i)
        v = c.village[i]
        r = remoteness_of(c.village_remoteness[v], z[2, k], t)
        c.remoteness[i] = r
        c.settlement[i] = settlement_of(r, t)
        c.hazard[i] = c.village_hazard[v]
        c.skill[i] = t.skill_sd * z[0, k] + c.village_effect[v]
        c.permanent[i] = t.permanent_sd * z[1, k]
        c.motivation[i] = within_unit(MIDDLE + t.motivation_spread * z[3, k])
        c.land[i] = t.land_per_person * c.members[i] * spread(z[4, k], t.land_sd)
        gradient = t.land_quality_near - t.land_quality_remote_loss * r
        c.land_quality[i] = spread(z[5, k], t.land_quality_sd) * gradient
        woods = spread(z[7, k], t.forest_sd)
        c.forest[i] = t.forest_per_person * c.members[i] * woods * (t.forest_near + t.forest_remote_gain * r)


class _Means(NamedTuple):
    uid: I64
    village: I16
    skill: F32
    able_workers: I8
    off_farm: I8
    migrants: I8
    insured: Flags
    line: I8
    line_scale: F32
    line_age: I8
    productive_assets: F32
    savings: F32
    housing_grade: I8
    safe_water: Flags
    village_remoteness: F64
    line_shares: F64


@compiled
def line_of(u: float, shares: F64) -> int:
    """Code of the industry line; `shares` (lines,) are cumulated. Grain if the lot falls on no line of one's own."""
    for line in range(OWN_LINES_FROM, shares.shape[0]):
        if u < shares[line]:
            return line
    return GRAIN


@rule
def housing_of(remoteness: float, u: float, grade: float, t: LivelihoodTerms) -> int:
    """Housing grade 0 (dangerous) to 3 (safe); the unsafe share is that of the middle: none beside town."""
    if u < t.unsafe_housing_share * remoteness / MIDDLE:
        return 0 if grade < t.dangerous_housing_share else 1
    return 2 if grade < t.sound_housing_share else 3


@rule
def water_share(remoteness: float, t: LivelihoodTerms) -> float:
    """Share of households with safe water; it rises from that of the middle towards town."""
    return t.safe_water_share + (1.0 - t.safe_water_share) * t.water_gradient * (1.0 - remoteness / MIDDLE)


@compiled
def _compose_means(c: _Means, draws: Draws, t: LivelihoodTerms) -> None:
    """What a household lives on: industry, wealth, housing, off-farm work; after `_compose_nature` and people."""
    u, z = draws.u, draws.z
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, c.uid, i)
        r = remoteness_of(c.village_remoteness[c.village[i]], z[2, k], t)
        c.insured[i] = u[8, k] < t.insured_share
        c.line[i] = line_of(u[9, k], c.line_shares)
        c.line_scale[i] = spread(z[6, k], t.line_scale_sd)
        c.line_age[i] = int(u[10, k] * t.line_age_limit)
        together, apart = t.assets_line_correlation, math.sqrt(1.0 - t.assets_line_correlation**2)
        own = together * z[6, k] + apart * normal(u[15, k])
        log_assets = t.assets_sd * own - half_variance(t.assets_sd) + t.assets_skill_slope * c.skill[i]
        c.productive_assets[i] = t.reference_assets * math.exp(log_assets)
        c.savings[i] = t.savings * u[11, k] * math.exp(c.skill[i])
        c.housing_grade[i] = housing_of(r, u[12, k], u[13, k], t)
        c.safe_water[i] = u[14, k] < water_share(r, t)
        workers, away = 0, 0
        for worker in range(c.able_workers[i]):
            works, leaves, _, _ = uniform4(draws, c.uid[i], 4 + worker)
            if works < t.initial_off_farm_share * (1.0 - t.remote_penalty * (r - MIDDLE)):
                workers += 1
                away += leaves < t.away_share
        c.off_farm[i], c.migrants[i] = workers, away
