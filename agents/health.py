"""Illness and its bills: who falls ill (step 2), what care costs and what the ordinary basic scheme pays (step 5).

The luck of a hospital stay is recorded as `stay_ratio`, luck over probability: better insurance raises the use of care
(moral hazard) by moving the threshold, so a household with more cover never loses a stay it would have had. An induced
stay costs money but no income.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.kernels import pick
from tuopin.agents.randomness import CHUNK, ILLNESS, Draws, draw_chunk, fill_normals, normal

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


class _Patients(NamedTuple):
    uid: I64
    members: I16
    working_age: I8
    elderly: I8
    able_workers: I8
    disabled: I8
    off_farm: I8
    migrants: I8
    chronic: I8
    care_forgone: Flags
    health: I8
    illness_risk: F32
    major_risk: F32
    accident_risk: F32
    stay_ratio: F32
    stay_bill: F32
    major_bill: F32
    illness_factor: F32


def fall_ill(county: County) -> None:
    """Draw illness of the year: hospital stays, major illness, chronic illness, accidents, and income left."""
    terms = county.parameters.fill(
        IllnessTerms,
        "health",
        county.year,
        bill_median=county.value("health.bill_median") * county.prices,
        major_median=county.value("health.major_median") * county.prices,
        forgone_risk=county.value("health.forgone_risk") if county.on("health_loop") else 1.0,
    )
    if not county.on("illness"):
        zero = ("inpatient_rate", "major_rate", "chronic_onset", "chronic_recovery", "disability_rate")
        terms = terms._replace(**dict.fromkeys(zero, 0.0))
    patients = pick(_Patients, county.households, county.flows)
    draws = county.luck.draws(ILLNESS, county.year, blocks=2)
    _fall_ill(patients, draws, terms)


@rule
def stay_rate(working: int, elderly: int, chronic: int, forgone: bool, t: IllnessTerms) -> float:
    """Expected hospital stays of a household in a year.

    Risk-weighted adults over the mean weight of one, so that a county of average health has the surveyed rate per
    adult; care forgone last year raises it.
    """
    weight = (working + t.elderly_risk * elderly + (t.chronic_risk - 1.0) * chronic) / t.mean_risk
    return t.inpatient_rate * weight * (t.forgone_risk if forgone else 1.0)


@rule
def bill_of(z: float, median: float, log_sd: float) -> float:
    """A log-normal bill (yuan) from a standard normal: median * exp(log_sd z)."""
    return median * math.exp(log_sd * z)


@compiled
def _draw_stays(c: _Patients, first: int, many: int, draws: Draws, t: IllnessTerms) -> None:
    """Write luck and bill of hospital stays of a chunk of households: first who may have one, then only those.

    Two passes, so that the normals of those few are drawn together, and no branch that is guessed wrong half the time:
    in a run 9 ns a household less than with a branch and plain indices.
    """
    rate, near, own, z = np.empty(many), np.empty(many, dtype=np.int64), np.empty(many), np.empty(many)
    found = np.int64(0)
    for k in range(many):
        i = np.uint64(first + k)  # unsigned: numba does not look whether it counts from the end
        rate[k] = stay_rate(c.working_age[i], c.elderly[i], c.chronic[i], c.care_forgone[i], t)
        c.stay_ratio[i] = NO_STAY
        c.stay_bill[i] = 0.0
        near[found] = k
        # 1 - exp(-rate) is never above rate: the others need no exponential; without a branch, as half are such
        found += np.int64(draws.u[0, k] < MOST_USE * rate[k] * c.illness_risk[i])
    for j in range(found):
        own[j] = draws.u[1, near[j]]
    fill_normals(own[:found], z)
    for j in range(found):
        k = near[j]
        i = np.uint64(first + k)
        c.stay_ratio[i] = draws.u[0, k] / ((1.0 - math.exp(-rate[k])) * c.illness_risk[i])
        if c.stay_ratio[i] < MOST_USE:
            c.stay_bill[i] = bill_of(z[j], t.bill_median, t.bill_sigma)


@rule
def chronic_next(chronic: int, adults: int, u: float, risk: float, t: IllnessTerms) -> int:
    """Chronically ill members a year on: one of the well falls ill, or one of the ill recovers, or neither.

    `risk` is what programmes make of the probability to fall ill (ratio).
    """
    if u < t.chronic_onset * (adults - chronic) * risk:
        return chronic + 1
    return chronic - 1 if u > 1.0 - t.chronic_recovery * chronic else chronic


@rule
def health_state(stays: bool, major: bool, chronic: int) -> int:
    """Code of the worst health event of the year."""
    if major:
        return MAJOR_ILLNESS
    return HOSPITAL_STAY if stays else (CHRONIC if chronic > 0 else WELL)


@rule
def income_left(stays: bool, major: bool, t: IllnessTerms) -> float:
    """Share of market income left after the illness of the year."""
    left = 1.0 - t.income_loss if stays else 1.0
    return left * (1.0 - t.major_income_loss) if major else left


@compiled
def _fall_ill(c: _Patients, draws: Draws, t: IllnessTerms) -> None:
    u = draws.u
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            _draw_stays(c, i, draw_chunk(draws, c.uid, i), draws, t)
        adults = c.working_age[i] + c.elderly[i]
        c.major_bill[i] = 0.0
        if u[3, k] < t.major_rate * adults * c.major_risk[i]:
            c.major_bill[i] = bill_of(normal(u[4, k]), t.major_median, t.major_sigma)
        c.chronic[i] = chronic_next(c.chronic[i], adults, u[6, k], c.illness_risk[i], t)
        if u[7, k] < t.disability_rate * adults * c.accident_risk[i] and c.able_workers[i] > 0:
            c.able_workers[i] -= 1
            c.disabled[i] = min(c.disabled[i] + 1, c.members[i])
            c.off_farm[i] = min(c.off_farm[i], c.able_workers[i])
            c.migrants[i] = min(c.migrants[i], c.off_farm[i])
        stays, major = c.stay_ratio[i] < 1.0, c.major_bill[i] > 0.0
        c.health[i] = health_state(stays, major, c.chronic[i])
        c.illness_factor[i] = income_left(stays, major, t)


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


class _Billed(NamedTuple):
    insured: Flags
    chronic: I8
    stay_ratio: F32
    stay_bill: F32
    major_bill: F32
    use_factor: F32
    stay_bill_factor: F32
    major_bill_factor: F32
    inpatient_bill: F64
    outpatient_bill: F64
    basic_reimbursed: F64


def bill(county: County) -> None:
    """Write the year's bills and what the ordinary basic scheme pays of them (yuan, rounded to 0.01)."""
    outpatient_cost = county.value("health.outpatient_cost") * county.prices if county.on("illness") else 0.0
    _bill(pick(_Billed, county.households, county.flows), outpatient_cost, basic_terms(county))


@rule
def to_fen(yuan: float) -> float:
    """Round yuan to 0.01."""
    return math.floor(yuan * 100.0 + 0.5) / 100.0


@rule
def basic_payment(inpatient: float, outpatient: float, t: BasicScheme) -> float:
    """What a basic scheme with terms `t` pays of one household's bills of a year (yuan)."""
    covered = max(0.0, inpatient - t.basic_deductible) * t.basic_rate
    return to_fen(min(covered, t.basic_cap) + outpatient * t.basic_outpatient_rate)


@compiled
def _bill(c: _Billed, outpatient_cost: float, t: BasicScheme) -> None:
    for i in range(c.insured.shape[0]):
        stay = c.stay_bill[i] * c.stay_bill_factor[i] if c.stay_ratio[i] < c.use_factor[i] else 0.0
        inpatient = to_fen(stay + c.major_bill[i] * c.major_bill_factor[i])
        outpatient = to_fen(c.chronic[i] * outpatient_cost)
        c.inpatient_bill[i], c.outpatient_bill[i] = inpatient, outpatient
        c.basic_reimbursed[i] = basic_payment(inpatient, outpatient, t) if c.insured[i] else 0.0
