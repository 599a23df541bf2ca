"""Who the synthetic households are and what they live on: people, health, land, industry, wealth, housing and work.

Every share, spread and slope is a parameter, most of group `population`; luck is keyed by household.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tuopin.agents.compiled import compiled
from tuopin.agents.county import Villages
from tuopin.agents.households import Households
from tuopin.agents.lines import LINES, OWN_LINES_FROM
from tuopin.agents.parameters import Parameters
from tuopin.agents.randomness import POPULATION, Luck, normal, uniform4
from tuopin.agents.stages import COUPLE, MIDDLE, PUPIL_YEARS, SMALL_CHILD_YEARS, YOUNG_YEARS

MOST_PERSISTENT = 0.99
"""The AR(1) component begins at its stationary variance, which has none at persistence 1: that of .99 is taken
there.
"""


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
    dangerous_housing_share: float
    sound_housing_share: float
    water_gradient: float


@compiled
def half_variance(log_sd: Any) -> Any:
    """Half the variance of log x: with it taken off, x = exp(log_sd z) has mean one."""
    return 0.5 * log_sd * log_sd


def compose(h: Households, v: Villages, p: Parameters, luck: Luck, wage: float) -> None:
    """Fill the households `h`, whose members and villages are set; `wage` is the mean wage, yuan a month."""
    _compose_people(
        h.uid,
        h.members,
        h.small_children,
        h.pupils,
        h.upper_students,
        h.working_age,
        h.elderly,
        h.able_workers,
        h.disabled,
        h.chronic,
        luck.seed,
        luck.replicate,
        POPULATION,
        _people_terms(p),
    )
    line_shares = np.array(
        [0.0] * OWN_LINES_FROM + [p.value(f"production.share_{name}") for name in LINES[OWN_LINES_FROM:]]
    )
    _compose_livelihood(
        h.uid,
        h.village,
        h.members,
        h.able_workers,
        h.settlement,
        h.remoteness,
        h.skill,
        h.permanent,
        h.off_farm,
        h.migrants,
        h.motivation,
        h.insured,
        h.land,
        h.land_quality,
        h.forest,
        h.hazard,
        h.line,
        h.line_scale,
        h.line_age,
        h.productive_assets,
        h.savings,
        h.housing_grade,
        h.safe_water,
        v.remoteness,
        v.hazard,
        v.effect,
        np.cumsum(line_shares),
        luck.seed,
        luck.replicate,
        POPULATION,
        _livelihood_terms(p, wage),
    )


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


@compiled
def _compose_people(
    uid: Any,
    members: Any,
    small: Any,
    pupils: Any,
    upper: Any,
    working: Any,
    elderly: Any,
    able: Any,
    disabled: Any,
    chronic: Any,
    seed: Any,
    replicate: Any,
    stream: Any,
    t: Any,
) -> None:
    for i in range(uid.shape[0]):
        n = members[i]
        a0, a1, a2, a3 = uniform4(seed, replicate, stream, 2, uid[i], 0)
        if n == 1:
            e = 1 if a0 < t.elderly_alone_1 else 0
        elif n == 2:
            e = 2 if a0 < t.elderly_alone_2 else (1 if a0 < t.elderly_alone_2 + t.elderly_one else 0)
        else:
            e = 2 if a0 < t.elderly_two else (1 if a0 < t.elderly_two + t.elderly_one else 0)
        rest = n - e
        w = min(rest, COUPLE)
        if rest == COUPLE and a1 < t.one_parent_share:
            w = 1
        young = [0, 0, 0]
        for k in range(rest - w):
            b0, b1, b2, b3 = uniform4(seed, replicate, stream, 2, uid[i], 1 + k)
            if b0 < t.grown_at_home_share:  # a grown child, or a brother or sister
                w += 1
            elif b1 < SMALL_CHILD_YEARS / YOUNG_YEARS:
                young[0] += 1
            elif b1 < (SMALL_CHILD_YEARS + PUPIL_YEARS) / YOUNG_YEARS:
                young[1] += 1
            elif b2 < t.upper_school_share:
                young[2] += 1
            else:
                w += 1
        small[i] = young[0]
        pupils[i] = young[1]
        upper[i] = young[2]
        working[i] = w
        elderly[i] = e
        ill = 0
        hurt = 0
        fit = 0
        for k in range(w + e):
            c0, c1, c2, c3 = uniform4(seed, replicate, stream, 2, uid[i], 10 + k)
            old = k >= w
            if c0 < t.chronic_prevalence * (t.chronic_elderly if old else t.chronic_working):
                ill += 1
            is_disabled = c1 < t.disability_prevalence * (t.disabled_elderly if old else t.disabled_working)
            if is_disabled:
                hurt += 1
            if not is_disabled and c2 < (t.elderly_able_share if old else t.working_fit_share):
                fit += 1
        chronic[i] = ill
        disabled[i] = hurt
        able[i] = fit


@compiled
def _compose_livelihood(
    uid: Any,
    village: Any,
    members: Any,
    able: Any,
    settlement: Any,
    remoteness: Any,
    skill: Any,
    permanent: Any,
    off_farm: Any,
    migrants: Any,
    motivation: Any,
    insured: Any,
    land: Any,
    quality: Any,
    forest: Any,
    hazard: Any,
    line: Any,
    line_scale: Any,
    line_age: Any,
    assets: Any,
    savings: Any,
    housing: Any,
    water: Any,
    v_remote: Any,
    v_hazard: Any,
    v_effect: Any,
    line_cumulative: Any,
    seed: Any,
    replicate: Any,
    stream: Any,
    t: Any,
) -> None:
    for i in range(uid.shape[0]):
        v = village[i]
        a0, a1, a2, a3 = uniform4(seed, replicate, stream, 3, uid[i], 0)
        z_skill, z_permanent = normal(a0), normal(a1)
        z_remote, z_motive = normal(a2), normal(a3)
        b0, b1, b2, b3 = uniform4(seed, replicate, stream, 3, uid[i], 1)
        z_land, z_quality = normal(b0), normal(b1)
        z_assets, z_forest = normal(b2), normal(b3)
        c0, c1, c2, c3 = uniform4(seed, replicate, stream, 3, uid[i], 2)
        d0, d1, d2, d3 = uniform4(seed, replicate, stream, 3, uid[i], 3)
        r = min(1.0, max(0.0, v_remote[v] + t.remoteness_spread * z_remote))
        remoteness[i] = r
        if r > t.scattered_above:
            settlement[i] = 0
        else:
            settlement[i] = 1 if r > t.natural_village_above else (2 if r > t.central_village_above else 3)
        skill[i] = t.skill_sd * z_skill + v_effect[v]
        permanent[i] = t.permanent_sd * z_permanent
        motivation[i] = min(1.0, max(0.0, MIDDLE + t.motivation_spread * z_motive))
        insured[i] = c0 < t.insured_share
        land[i] = t.land_per_person * members[i] * np.exp(t.land_sd * z_land - half_variance(t.land_sd))
        gradient = t.land_quality_near - t.land_quality_remote_loss * r
        quality[i] = np.exp(t.land_quality_sd * z_quality - half_variance(t.land_quality_sd)) * gradient
        spread = np.exp(t.forest_sd * z_forest - half_variance(t.forest_sd))
        forest[i] = t.forest_per_person * members[i] * spread * (t.forest_near + t.forest_remote_gain * r)
        hazard[i] = v_hazard[v]
        chosen = 1
        for k in range(2, line_cumulative.shape[0]):
            if c1 < line_cumulative[k] and chosen == 1:
                chosen = k
        line[i] = chosen
        line_scale[i] = np.exp(t.line_scale_sd * z_assets - half_variance(t.line_scale_sd))
        line_age[i] = int(c2 * t.line_age_limit)
        log_assets = t.assets_sd * z_assets - half_variance(t.assets_sd) + t.assets_skill_slope * skill[i]
        assets[i] = t.reference_assets * np.exp(log_assets)
        savings[i] = t.savings * c3 * np.exp(skill[i])
        if d0 < t.unsafe_housing_share * r / MIDDLE:  # the share is that of the middle: none beside town
            housing[i] = 0 if d1 < t.dangerous_housing_share else 1
        else:
            housing[i] = 2 if d1 < t.sound_housing_share else 3
        water[i] = d2 < t.safe_water_share + (1.0 - t.safe_water_share) * t.water_gradient * (1.0 - r / MIDDLE)
        workers = 0
        away = 0
        for k in range(able[i]):
            e0, e1, e2, e3 = uniform4(seed, replicate, stream, 3, uid[i], 4 + k)
            if e0 < t.initial_off_farm_share * (1.0 - t.remote_penalty * (r - MIDDLE)):
                workers += 1
                if e1 < t.away_share:
                    away += 1
        off_farm[i] = workers
        migrants[i] = away
