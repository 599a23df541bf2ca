"""The synthetic population of a place: exact totals, every other marginal from sourced parameters.

It is drawn as of five years before the documented state and simulated up to it (see `tuopin.sim.run.burn_in`), so that
debts, illness and spells are not all fresh; registration then picks households until the registered totals match to
the unit.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, brentq, milp

from tuopin.agents.arrays import F64, I64
from tuopin.agents.composition import compose, half_variance
from tuopin.agents.county import County, Markets, Villages
from tuopin.agents.documented import MOST_MEMBERS
from tuopin.agents.economy import monthly_wage
from tuopin.agents.households import Households
from tuopin.agents.identity import household_uids, village_uids
from tuopin.agents.parameters import Parameters
from tuopin.agents.place import Place
from tuopin.agents.place_sample import simulated_place, simulated_share, simulated_villages
from tuopin.agents.randomness import POPULATION, VILLAGES, Luck, normals_of
from tuopin.agents.village_traits import list_villages

BURN_IN_YEARS = 5
LEAST_WEIGHT = 1e-9
"""No size of household is quite impossible: every total of persons can then be met."""
_TILTS = (30.0, 100.0)
"""How far the shape of sizes is tilted to meet a mean, and how far where that is not enough (log points a person)."""


def largest_remainder(weights: F64, total: int) -> I64:
    """Split `total` units in proportion to `weights` (n,) so that they sum exactly; ties go to the lower index."""
    shares = weights / weights.sum() * total
    floor: I64 = np.floor(shares).astype(np.int64)
    order = np.lexsort((np.arange(len(weights)), -(shares - floor)))
    floor[order[: total - int(floor.sum())]] += 1
    return floor


def sizes_with_totals(weights: F64, households: int, persons: int) -> I64:
    """Return how many households have 1, 2, ... persons so that both totals are met to the unit.

    The shape `weights` is tilted exponentially to the mean (the distribution nearest to it in relative entropy).

    Raises
    ------
    ValueError
        If no such sizes exist.
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
        most = next((tilt for tilt in _TILTS if excess(-tilt) < 0 < excess(tilt)), None)
        if most is None:
            raise ValueError(f"{persons} persons in {households} households are too near all of one size")
        tilted = weights * np.exp(brentq(excess, -most, most) * (sizes - mean))
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


def size_weights(p: Parameters) -> F64:
    """The shares of household sizes 1 to 7; none is quite zero, so that every total of persons can be met."""
    weights = np.array([p.value(f"demography.size_weight_{k}") for k in range(1, MOST_MEMBERS + 1)])
    never_zero: F64 = np.maximum(weights, LEAST_WEIGHT)
    return never_zero


def make_villages(place: Place, p: Parameters, luck: Luck, number: int) -> Villages:
    """Draw the villages of a place: remoteness, hazard, team quality, common income effect, lists, position."""
    uid = village_uids(place.code, number)
    u = luck.uniforms(VILLAGES, 0, uid, 8)
    hazard_sd = p.value("population.hazard_sd")
    normal = normals_of(u[:, 0:3])
    villages = Villages(
        uid=uid,
        remoteness=u[:, 6],
        hazard=np.exp(hazard_sd * normal[:, 0] - half_variance(hazard_sd)),
        cadre_quality=normal[:, 1],
        effect=normal[:, 2] * np.sqrt(p.value("income_risk.village_variance")),
        hours=np.zeros(number),
        crop_left=np.ones(number),
    )
    list_villages(villages, place, luck)
    return villages


def village_sizes(villages: Villages, luck: Luck, households: int, log_sd: float) -> I64:
    """Return households per village, shape (villages,), summing exactly; none is empty where numbers allow.

    Sizes are unequal: weights are log-normal with `log_sd`.
    """
    u = luck.uniforms(VILLAGES, 1, villages.uid, 2)
    weights = np.exp(log_sd * normals_of(u[:, 0]))
    spare = households - len(villages)
    if spare < 0:
        return largest_remainder(weights, households)
    return largest_remainder(weights, spare) + 1


def rural_totals(place: Place, scale: float = 1.0) -> tuple[int, int]:
    """Households and persons of the share `scale` of a place: the registered, and others at the mean household size."""
    others_persons = round((place.rural_persons.value - place.registered_persons.value) * scale)
    others = round(others_persons / place.household_size.value)
    others = min(max(others, -(-others_persons // MOST_MEMBERS)), others_persons)  # of 1 to 7 persons, however few
    households = round(place.registered_households.value * scale)
    return households + others, round(place.registered_persons.value * scale) + others_persons


def misfit(place: Place, weights: F64, scale: float = 1.0) -> str | None:
    """Why a place cannot have its registered households and persons at a study's `scale`, or None if it can.

    All of it is known before anything is drawn: how many households of each size there are follows from the totals.
    """
    share = simulated_share(place, scale)
    households, persons = rural_totals(place, share)
    chosen, chosen_persons = (
        round(place.registered_households.value * share),
        round(place.registered_persons.value * share),
    )
    villages = simulated_villages(place, households)
    if chosen < 1 or households < villages:
        return f"{households} households in {villages} villages, {chosen} of them registered"
    try:
        sizes = sizes_with_totals(weights, households, persons)
    except ValueError as error:
        return str(error)
    if not can_choose(sizes, chosen, chosen_persons):
        return f"no {chosen} of the {households} households have {chosen_persons} persons together"
    return None


def can_choose(there: I64, households: int, persons: int) -> bool:
    """Whether `households` of those `there` (of 1, 2, ... persons) can have `persons` together.

    Where no size between the smallest and the largest is missing, every total between the fewest and the most persons
    can be met: as long as one chosen household is smaller than one left over, some swap adds just one person.
    """
    found = np.flatnonzero(there)
    if len(found) and len(found) == found[-1] - found[0] + 1 and households <= int(there.sum()):
        sizes = np.repeat(found + 1, there[found])
        return int(sizes[:households].sum()) <= persons <= int(sizes[len(sizes) - households :].sum())
    return sizes_to_choose(there, np.zeros_like(there), households, persons) is not None


def sizes_to_choose(there: I64, near: I64, households: int, persons: int) -> I64 | None:
    """Return how many households of 1, 2, ... persons to take of those `there` so that both totals are met.

    They are as `near` as can be to a first choice; None if no choice meets both.
    """
    size = len(there)
    each = np.eye(size)
    totals = np.zeros((2, 2 * size))
    totals[0, :size], totals[1, :size] = 1.0, np.arange(1, size + 1)
    solved = milp(
        np.concatenate([np.zeros(size), np.ones(size)]),  # the sum of the distances, which are the second half
        integrality=np.repeat([1, 0], size),
        bounds=Bounds(np.zeros(2 * size), np.concatenate([there, np.full(size, np.inf)])),
        constraints=[
            LinearConstraint(totals, [households, persons], [households, persons]),
            LinearConstraint(np.hstack([each, -each]), -np.inf, near),
            LinearConstraint(np.hstack([each, each]), near, np.inf),
        ],
    )
    return None if solved.x is None else np.rint(solved.x[:size]).astype(np.int64)


def synthesise(
    place: Place, parameters: Parameters, mechanisms: dict[str, bool | str], luck: Luck, scale: float = 1.0
) -> County:
    """Return the county five years before its documented state, with exact totals of households and persons.

    `scale` takes that share of the households of every village; of a place that is a sample it is a share of the
    households that one in `sample` leaves (`tuopin.agents.place_sample`). The number of registered households and
    persons is realised by `tuopin.agents.registry` at the end of the burn-in.
    """
    p = parameters
    scale = simulated_share(place, scale)
    households, persons = rural_totals(place, scale)
    place = simulated_place(place, simulated_villages(place, households))
    villages = make_villages(place, p, luck, int(place.villages.value))
    first = place.year - BURN_IN_YEARS
    h = Households(households)
    h.set("uid", household_uids(place.code, households))
    sizes = village_sizes(villages, luck, households, p.value("population.village_size_sd"))
    h.set("village", np.repeat(np.arange(len(villages)), sizes))
    h.set("members", _assign_sizes(h.uid, luck, sizes_with_totals(size_weights(p), households, persons)))
    # savings are in wages of the first year lived: the year before it is no part of what a study asks of the series
    compose(h, villages, p, luck, monthly_wage(p, first + 1, place.year))
    return County(
        place=place,
        parameters=p,
        mechanisms=mechanisms,
        luck=luck,
        households=h,
        villages=villages,
        start=place.year,
        year=first,
        scale=scale,
        in_burn_in=True,
        markets=Markets(),
    )


def _assign_sizes(uid: I64, luck: Luck, counts: I64) -> I64:
    rank = np.argsort(luck.uniform(POPULATION, 1, uid), kind="stable")
    sizes = np.empty(len(uid), dtype=np.int64)
    sizes[rank] = np.repeat(np.arange(1, len(counts) + 1), counts)
    return sizes
