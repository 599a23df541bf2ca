"""Illness and its bills: who falls ill (step 2), what care costs and what the ordinary basic scheme pays (step 5).

The luck of a hospital stay is kept as `stay_ratio`, luck over probability: better insurance raises the use of care
(moral hazard) by moving the threshold, so a household with more cover never loses a stay it would have had. An induced
stay costs money but no income.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.randomness import CHUNK, ILLNESS, fill4, fill_normals, normal

WELL, CHRONIC, HOSPITAL_STAY, MAJOR_ILLNESS = range(4)
MOST_USE = 2.0
"""Use of care never exceeds this (`health.moral_hazard` is at most 1): no bill is drawn for luck beyond it."""
NO_STAY = 1e9
"""`stay_ratio` of a household that cannot fall ill."""


class IllnessTerms(NamedTuple):
    """Parameters of group `health` (bills in yuan of the year) for the kernel of illness."""

    inpatient_rate: float
    chronic_onset: float
    chronic_recovery: float
    chronic_risk: float
    elderly_risk: float
    mean_risk: float
    bill_median: float
    bill_sigma: float
    major_rate: float
    major_median: float
    major_sigma: float
    income_loss: float
    major_income_loss: float
    disability_rate: float
    forgone_risk: float


class BasicScheme(NamedTuple):
    """Terms of the basic medical scheme; money in yuan of the year."""

    basic_deductible: float
    basic_rate: float
    basic_cap: float
    basic_outpatient_rate: float


def fall_ill(county: County) -> None:
    """Draw illness of the year: hospital stays, major illness, chronic illness, accidents, and income left."""
    h, f, p, year = county.households, county.flows, county.parameters, county.year
    terms = p.fill(
        IllnessTerms,
        "health",
        year,
        bill_median=county.value("health.bill_median") * county.prices,
        major_median=county.value("health.major_median") * county.prices,
        forgone_risk=county.value("health.forgone_risk") if county.on("health_loop") else 1.0,
    )
    if not county.on("illness"):
        zero = ("inpatient_rate", "major_rate", "chronic_onset", "chronic_recovery", "disability_rate")
        terms = terms._replace(**dict.fromkeys(zero, 0.0))
    _fall_ill(
        h.uid,
        h.working_age,
        h.elderly,
        h.able_workers,
        h.disabled,
        h.members,
        h.off_farm,
        h.migrants,
        h.chronic,
        h.care_forgone,
        h.health,
        f.stay_ratio,
        f.stay_bill,
        f.major_bill,
        f.illness_factor,
        county.luck.seed,
        county.luck.replicate,
        ILLNESS,
        year,
        terms,
    )


@compiled
def _fall_ill(
    uid: Any,
    working: Any,
    elderly: Any,
    able: Any,
    disabled: Any,
    members: Any,
    off_farm: Any,
    migrants: Any,
    chronic: Any,
    care_forgone: Any,
    health: Any,
    stay_ratio: Any,
    stay_bill: Any,
    major_bill: Any,
    illness_factor: Any,
    seed: Any,
    replicate: Any,
    stream: Any,
    year: Any,
    t: Any,
) -> None:
    a, b, z = np.empty((4, CHUNK)), np.empty((4, CHUNK)), np.empty(CHUNK)
    rate, near, own = np.empty(CHUNK), np.empty(CHUNK, dtype=np.int64), np.empty(CHUNK)
    for first in range(0, uid.shape[0], CHUNK):
        many = min(CHUNK, uid.shape[0] - first)
        fill4(seed, replicate, stream, year, uid[first : first + many], 0, a)
        fill4(seed, replicate, stream, year, uid[first : first + many], 1, b)
        found = np.int64(0)
        for k in range(many):
            i = np.uint64(first + k)  # unsigned: numba does not look whether it counts from the end
            # risk-weighted adults over the mean weight of one, so that a county of average health has the surveyed rate
            weight = (working[i] + t.elderly_risk * elderly[i] + (t.chronic_risk - 1.0) * chronic[i]) / t.mean_risk
            rate[k] = t.inpatient_rate * weight * (t.forgone_risk if care_forgone[i] else 1.0)
            stay_ratio[i] = NO_STAY
            stay_bill[i] = 0.0
            near[found] = k
            found += np.int64(
                a[0, k] < MOST_USE * rate[k]
            )  # 1 - exp(-rate) is never above rate: the others need no exponential
        for j in range(found):
            own[j] = a[1, near[j]]
        fill_normals(own[:found], z)
        for j in range(found):
            k = near[j]
            i = np.uint64(first + k)
            stay_ratio[i] = a[0, k] / (1.0 - math.exp(-rate[k]))
            if stay_ratio[i] < MOST_USE:
                stay_bill[i] = t.bill_median * math.exp(t.bill_sigma * z[j])
        for k in range(many):
            i = np.uint64(first + k)
            a3, b0, b2, b3 = a[3, k], b[0, k], b[2, k], b[3, k]
            adults = working[i] + elderly[i]
            major_bill[i] = 0.0
            if a3 < t.major_rate * adults:
                major_bill[i] = t.major_median * math.exp(t.major_sigma * normal(b0))
            if b2 < t.chronic_onset * (adults - chronic[i]):
                chronic[i] += 1
            elif b2 > 1.0 - t.chronic_recovery * chronic[i]:
                chronic[i] -= 1
            if b3 < t.disability_rate * adults and able[i] > 0:
                able[i] -= 1
                disabled[i] = min(disabled[i] + 1, members[i])
                off_farm[i] = min(off_farm[i], able[i])
                migrants[i] = min(migrants[i], off_farm[i])
            stays, major = stay_ratio[i] < 1.0, major_bill[i] > 0.0
            state = HOSPITAL_STAY if stays else (WELL if chronic[i] == 0 else CHRONIC)
            health[i] = MAJOR_ILLNESS if major else state
            left = 1.0 - t.income_loss if stays else 1.0
            illness_factor[i] = left * (1.0 - t.major_income_loss) if major else left


def basic_terms(county: County) -> BasicScheme:
    """The ordinary terms of the basic scheme in the county's year (yuan of the year)."""
    p, year, value, prices = county.parameters, county.year, county.value, county.prices
    return p.remember(
        ("basic_terms", year),
        lambda: p.fill(
            BasicScheme,
            "health",
            year,
            basic_deductible=value("health.basic_deductible") * prices,
            basic_cap=value("health.basic_cap") * prices,
        ),
    )


def bill(county: County) -> None:
    """Write the year's bills and what the ordinary basic scheme pays of them (yuan, rounded to 0.01)."""
    h, f = county.households, county.flows
    _bill(
        h.insured,
        h.chronic,
        f.stay_ratio,
        f.stay_bill,
        f.major_bill,
        f.use_factor,
        f.inpatient_bill,
        f.outpatient_bill,
        f.basic_reimbursed,
        county.value("health.outpatient_cost") * county.prices if county.on("illness") else 0.0,
        basic_terms(county),
    )


@compiled
def to_fen(yuan: Any) -> Any:
    """Round yuan to 0.01."""
    return math.floor(yuan * 100.0 + 0.5) / 100.0


@compiled
def basic_payment(inpatient: Any, outpatient: Any, t: Any) -> Any:
    """What a basic scheme with terms `t` pays of one household's bills of a year (yuan)."""
    covered = max(0.0, inpatient - t.basic_deductible) * t.basic_rate
    return to_fen(min(covered, t.basic_cap) + outpatient * t.basic_outpatient_rate)


@compiled
def _bill(
    insured: Any,
    chronic: Any,
    stay_ratio: Any,
    stay_bill: Any,
    major_bill: Any,
    use_factor: Any,
    inpatient: Any,
    outpatient: Any,
    basic: Any,
    outpatient_cost: Any,
    t: Any,
) -> None:
    for i in range(insured.shape[0]):
        stay = stay_bill[i] if stay_ratio[i] < use_factor[i] else 0.0
        inpatient[i] = to_fen(stay + major_bill[i])
        outpatient[i] = to_fen(chronic[i] * outpatient_cost)
        basic[i] = basic_payment(inpatient[i], outpatient[i], t) if insured[i] else 0.0
