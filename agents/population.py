"""The synthetic population of a place: exact totals, every other marginal from sourced parameters.

It is drawn as of five years before the documented state and lived into (see `sim.burn_in`), so that debts, illness and
spells are not all fresh; registration then picks households until the registered totals match to the unit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from agents.columns import LINES
from agents.compiled import compiled
from agents.county import County, Markets, Villages
from agents.economy import monthly_wage
from agents.households import Households
from agents.parameters import Parameters
from agents.place import Place
from agents.randomness import POPULATION, VILLAGES, Luck, normal_pair, uniform4

BURN_IN_YEARS = 5
UID_PLACE_SHIFT = 43
DERIVED_UID = 1 << 42
_VILLAGE_UID = 1 << 41


class PopulationTerms(NamedTuple):
    """What the composition of households needs; fields are parameter names of their groups."""

    elderly_alone_1: float
    elderly_alone_2: float
    elderly_one: float
    elderly_two: float
    upper_school_share: float
    disability_prevalence: float
    chronic_prevalence: float
    insured_share: float
    skill_sd: float
    permanent_sd: float
    initial_off_farm_share: float
    away_share: float
    remote_penalty: float
    land_per_person: float
    forest_per_person: float
    reference_assets: float
    initial_savings: float
    motivation_spread: float
    remoteness_spread: float
    safe_water_share: float
    unsafe_housing_share: float
    elderly_able_share: float


def largest_remainder(weights: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Split `total` units in proportion to `weights` (n,) so that they sum exactly; ties go to the lower index."""
    shares = weights / weights.sum() * total
    floor: NDArray[np.int64] = np.floor(shares).astype(np.int64)
    order = np.lexsort((np.arange(len(weights)), -(shares - floor)))
    floor[order[: total - int(floor.sum())]] += 1
    return floor


def sizes_with_totals(weights: NDArray[np.float64], households: int, persons: int) -> NDArray[np.int64]:
    """Return how many households have 1, 2, ... persons so that both totals are met to the unit.

    The shape `weights` is tilted exponentially to the mean (the distribution nearest to it in relative entropy). Raises
    ValueError if no such sizes exist.
    """
    sizes = np.arange(1, len(weights) + 1)
    if not households <= persons <= households * len(weights):
        raise ValueError(f"{persons} persons do not fit {households} households of 1 to {len(weights)}")
    mean = persons / households

    def excess(tilt: float) -> float:
        w = weights * np.exp(tilt * (sizes - mean))
        return float((w * sizes).sum() / w.sum()) - mean

    if mean in (1.0, float(len(weights))):
        tilted = (sizes == mean).astype(float)
    else:
        tilted = weights * np.exp(brentq(excess, -30, 30) * (sizes - mean))
    counts = largest_remainder(tilted, households)
    gap = persons - int((counts * sizes).sum())
    while gap:  # rounding leaves at most a few persons: move households by one size, from the fullest class
        step = 1 if gap > 0 else -1
        movable = np.where((sizes + step >= 1) & (sizes + step <= len(weights)), counts, 0)
        k = int(np.argmax(movable))
        counts[k] -= 1
        counts[k + step] += 1
        gap -= step
    return counts


def make_villages(place: Place, p: Parameters, luck: Luck, number: int) -> Villages:
    """Draw the villages of a place: remoteness, hazard, team quality and common income effect."""
    uid = (place.code << UID_PLACE_SHIFT) | _VILLAGE_UID | np.arange(number, dtype=np.int64)
    u = luck.uniforms(VILLAGES, 0, uid, 8)
    normal = np.sqrt(-2.0 * np.log(u[:, 0:6:2])) * np.cos(2.0 * np.pi * u[:, 1:6:2])
    return Villages(
        uid=uid,
        remoteness=u[:, 6],
        hazard=np.exp(0.5 * normal[:, 0] - 0.125),
        cadre_quality=normal[:, 1],
        effect=normal[:, 2] * np.sqrt(p.value("income_risk.village_variance")),
        hours=np.zeros(number),
        crop_left=np.ones(number),
    )


def village_sizes(villages: Villages, luck: Luck, households: int) -> NDArray[np.int64]:
    """Households per village: unequal (log-normal weights), summing exactly, none empty where numbers allow."""
    u = luck.uniforms(VILLAGES, 1, villages.uid, 2)
    weights = np.exp(0.4 * np.sqrt(-2.0 * np.log(u[:, 0])) * np.cos(2.0 * np.pi * u[:, 1]))
    spare = households - len(villages)
    if spare < 0:
        return largest_remainder(weights, households)
    return largest_remainder(weights, spare) + 1


def synthesise(
    place: Place, parameters: Parameters, mechanisms: dict[str, bool | str], luck: Luck, scale: float = 1.0
) -> County:
    """Return the county five years before its documented state, with exact totals of households and persons.

    `scale` takes that share of the households of every village. The number of registered households and persons is
    realised by `agents.registration` at the end of the burn-in.
    """
    p = parameters
    registered = round(place.registered_households.value * scale)
    registered_persons = round(place.registered_persons.value * scale)
    others_persons = round((place.rural_persons.value - place.registered_persons.value) * scale)
    others = round(others_persons / place.household_size.value)
    households, persons = registered + others, registered_persons + others_persons
    villages = make_villages(place, p, luck, int(place.villages.value))
    first = place.year - BURN_IN_YEARS
    h = Households(households)
    h.set("uid", (place.code << UID_PLACE_SHIFT) + np.arange(households, dtype=np.int64))
    h.set("village", np.repeat(np.arange(len(villages)), village_sizes(villages, luck, households)))
    weights = np.array([p.value(f"demography.size_weight_{k}") for k in range(1, 8)])
    h.set("members", _assign_sizes(h.uid, luck, sizes_with_totals(weights, households, persons)))
    _compose(h, villages, p, luck, first, monthly_wage(p, first, place.year))
    return County(
        place=place, parameters=p, mechanisms=mechanisms, luck=luck, households=h, villages=villages,
        start=place.year, year=first, scale=scale, in_burn_in=True, markets=Markets(),
    )  # fmt: skip


def _assign_sizes(uid: NDArray[np.int64], luck: Luck, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    rank = np.argsort(luck.uniform(POPULATION, 1, uid), kind="stable")
    sizes = np.empty(len(uid), dtype=np.int64)
    sizes[rank] = np.repeat(np.arange(1, len(counts) + 1), counts)
    return sizes


def _compose(h: Households, v: Villages, p: Parameters, luck: Luck, year: int, wage: float) -> None:
    rho = min(p.value("income_risk.persistence"), 0.99)
    terms = PopulationTerms._make((
        *(p.value(f"demography.{n}") for n in
          ("elderly_alone_1", "elderly_alone_2", "elderly_one", "elderly_two", "upper_school_share")),
        *(p.value(f"health.{n}") for n in ("disability_prevalence", "chronic_prevalence", "insured_share")),
        p.value("income_risk.skill_variance") ** 0.5,
        (p.value("income_risk.permanent_variance") / (1.0 - rho**2)) ** 0.5,
        *(p.value(f"labour.{n}") for n in ("initial_off_farm_share", "away_share", "remote_penalty")),
        *(p.value(f"production.{n}") for n in ("land_per_person", "forest_per_person", "reference_assets")),
        p.value("finance.initial_savings") * 4.0 * wage,
        p.value("learning.spread"),
        *(p.value(f"village.{n}") for n in ("remoteness_spread", "safe_water_share", "unsafe_housing_share")),
        p.value("demography.elderly_able_share"),
    ))  # fmt: skip
    line_shares = np.array([0.0, 0.0] + [p.value(f"production.share_{name}") for name in LINES[2:]])
    _compose_people(
        h.uid, h.members, h.small_children, h.pupils, h.upper_students, h.working_age, h.elderly, h.able_workers,
        h.disabled, h.chronic, luck.seed, luck.replicate, POPULATION, terms,
    )  # fmt: skip
    _compose_livelihood(
        h.uid, h.village, h.members, h.able_workers, h.settlement, h.remoteness, h.skill, h.permanent, h.off_farm,
        h.migrants, h.motivation, h.insured, h.land, h.land_quality, h.forest, h.hazard, h.line, h.line_scale,
        h.line_age, h.productive_assets, h.savings, h.housing_grade, h.safe_water, v.remoteness, v.hazard, v.effect,
        np.cumsum(line_shares), luck.seed, luck.replicate, POPULATION, terms,
    )  # fmt: skip


@compiled
def _compose_people(
    uid: Any, members: Any, small: Any, pupils: Any, upper: Any, working: Any, elderly: Any, able: Any,
    disabled: Any, chronic: Any, seed: Any, replicate: Any, stream: Any, t: Any,
) -> None:  # fmt: skip
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
        w = min(rest, 2)
        if rest == 2 and a1 < 0.15:
            w = 1
        young = [0, 0, 0]
        for k in range(rest - w):
            b0, b1, b2, b3 = uniform4(seed, replicate, stream, 2, uid[i], 1 + k)
            if b0 < 0.35:  # grown child or sibling at home
                w += 1
            elif b1 < 6.0 / 19.0:
                young[0] += 1
            elif b1 < 16.0 / 19.0:
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
            if c0 < t.chronic_prevalence * (1.6 if old else 0.85):
                ill += 1
            is_disabled = c1 < t.disability_prevalence * (2.0 if old else 1.1)
            if is_disabled:
                hurt += 1
            if (old and c2 < t.elderly_able_share and not is_disabled) or (not old and not is_disabled and c2 < 0.97):
                fit += 1
        chronic[i] = ill
        disabled[i] = hurt
        able[i] = fit


@compiled
def _compose_livelihood(
    uid: Any, village: Any, members: Any, able: Any, settlement: Any, remoteness: Any, skill: Any, permanent: Any,
    off_farm: Any, migrants: Any, motivation: Any, insured: Any, land: Any, quality: Any, forest: Any, hazard: Any,
    line: Any, line_scale: Any, line_age: Any, assets: Any, savings: Any, housing: Any, water: Any, v_remote: Any,
    v_hazard: Any, v_effect: Any, line_cumulative: Any, seed: Any, replicate: Any, stream: Any, t: Any,
) -> None:  # fmt: skip
    for i in range(uid.shape[0]):
        v = village[i]
        a0, a1, a2, a3 = uniform4(seed, replicate, stream, 3, uid[i], 0)
        z_skill, z_permanent = normal_pair(a0, a1)
        z_remote, z_motive = normal_pair(a2, a3)
        b0, b1, b2, b3 = uniform4(seed, replicate, stream, 3, uid[i], 1)
        z_land, z_quality = normal_pair(b0, b1)
        z_assets, z_forest = normal_pair(b2, b3)
        c0, c1, c2, c3 = uniform4(seed, replicate, stream, 3, uid[i], 2)
        d0, d1, d2, d3 = uniform4(seed, replicate, stream, 3, uid[i], 3)
        r = min(1.0, max(0.0, v_remote[v] + t.remoteness_spread * z_remote))
        remoteness[i] = r
        settlement[i] = 0 if r > 0.75 else (1 if r > 0.3 else (2 if r > 0.08 else 3))
        skill[i] = t.skill_sd * z_skill + v_effect[v]
        permanent[i] = t.permanent_sd * z_permanent
        motivation[i] = min(1.0, max(0.0, 0.5 + t.motivation_spread * z_motive))
        insured[i] = c0 < t.insured_share
        land[i] = t.land_per_person * members[i] * np.exp(0.45 * z_land - 0.101)
        quality[i] = np.exp(0.2 * z_quality - 0.02) * (1.15 - 0.3 * r)
        forest[i] = t.forest_per_person * members[i] * np.exp(0.5 * z_forest - 0.125) * (0.4 + 1.2 * r)
        hazard[i] = v_hazard[v]
        chosen = 1
        for k in range(2, line_cumulative.shape[0]):
            if c1 < line_cumulative[k] and chosen == 1:
                chosen = k
        line[i] = chosen
        line_scale[i] = np.exp(0.5 * z_assets - 0.125)
        line_age[i] = int(c2 * 12.0)
        assets[i] = t.reference_assets * np.exp(0.7 * z_assets - 0.245 + 0.5 * skill[i])
        savings[i] = t.initial_savings * c3 * np.exp(skill[i])
        housing[i] = (0 if d1 < 0.3 else 1) if d0 < t.unsafe_housing_share * 2.0 * r else (2 if d1 < 0.5 else 3)
        water[i] = d2 < t.safe_water_share + (1.0 - t.safe_water_share) * 0.5 * (1.0 - 2.0 * r)
        workers = 0
        away = 0
        for k in range(able[i]):
            e0, e1, e2, e3 = uniform4(seed, replicate, stream, 3, uid[i], 4 + k)
            if e0 < t.initial_off_farm_share * (1.0 - t.remote_penalty * (r - 0.5)):
                workers += 1
                if e1 < t.away_share:
                    away += 1
        off_farm[i] = workers
        migrants[i] = away
