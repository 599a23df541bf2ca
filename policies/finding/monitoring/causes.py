"""What puts a household at risk, and who has to be looked at: one pass over the county."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.columns import REGISTERED_POOR, RELAPSED
from tuopin.agents.compiled import compiled, rule

NONE, ILLNESS, DISABILITY, JOB, INDUSTRY, ACCIDENT, SCHOOLING, EPIDEMIC, DISASTER, OTHER = range(10)


class Watched(NamedTuple):
    """Columns and flows of all households, and by village whether a disaster struck."""

    village: I16
    members: I16
    registry_status: I8
    net_income_pp: F64
    net_income_pp_1: F32
    medical_out_of_pocket: F64
    school_paid: F64
    disabled: I8
    upper_students: I8
    college_students: I8
    off_farm: I8
    land: F32
    major_bill: F32
    jobs_lost: I8
    animals_lost: Flags
    firm_lost: Flags
    """Whether a firm that the household was linked to failed this year."""
    disaster: Flags
    before: I8
    """Disabled members a year ago."""
    since: I16
    """Year on the list, 0 not."""


class Watch(NamedTuple):
    """What counts as a risk: shares of income and, in yuan a person, the income under which anybody is looked at."""

    rigid_share: float
    fall_share: float
    epidemic: bool
    looked_under: float


class AtRisk(NamedTuple):
    """Rows to be looked at, ascending; the cause that holds; whether bills or a fall alone put it on the list."""

    rows: I64
    cause: I8
    alone: Flags


@rule
def cause_of(
    ill: bool, disabled: int, before: int, job: bool, industry: bool, student: bool, epidemic: bool, disaster: bool
) -> int:
    """The first cause of risk that applies, 0 for none; a member disabled only this year is an accident."""
    if ill:
        return ILLNESS
    if min(disabled, before) > 0:
        return DISABILITY
    if job:
        return JOB
    if industry:
        return INDUSTRY
    if disabled > before:
        return ACCIDENT
    if student:
        return SCHOOLING
    if epidemic:
        return EPIDEMIC
    return DISASTER if disaster else NONE


@compiled
def at_risk(w: Watched, t: Watch, found: AtRisk) -> int:
    """Write who is to be looked at, and return how many.

    They are outside the register and at risk, listed, or poor enough to be taken for it.
    """
    number = 0
    for i in range(w.members.shape[0]):
        if w.registry_status[i] == REGISTERED_POOR or w.registry_status[i] == RELAPSED:
            continue
        income = max(0.0, w.net_income_pp[i])
        medical, school = w.medical_out_of_pocket[i], w.school_paid[i]
        rigid = medical + school > t.rigid_share * income * w.members[i]
        fell = income < min((1.0 - t.fall_share) * w.net_income_pp_1[i], t.looked_under)
        if income >= t.looked_under and not (rigid or fell or w.since[i] > 0):
            continue
        cause = cause_of(
            w.major_bill[i] > 0 or (rigid and medical >= school),
            w.disabled[i],
            w.before[i],
            w.jobs_lost[i] > 0,
            w.animals_lost[i] or w.firm_lost[i],
            w.upper_students[i] + w.college_students[i] > 0 or (rigid and school > medical),
            t.epidemic and w.off_farm[i] > 0,
            w.disaster[w.village[i]] and w.land[i] > 0,
        )
        found.rows[number], found.cause[number], found.alone[number] = i, cause, rigid or fell
        number += 1
    return number


def look_through(watched: Watched, watch: Watch) -> AtRisk:
    """Return who is to be looked at."""
    size = len(watched.members)
    found = AtRisk(np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int8), np.empty(size, dtype=np.bool_))
    number = at_risk(watched, watch, found)
    return AtRisk(found.rows[:number], found.cause[:number], found.alone[:number])


def seen_share(sensitivity: float, rounds: float, hours: F64) -> F64:
    """Part of those at risk that is seen in a year, by village: 1 - (1 - s)^R, times the share of hours got."""
    share: F64 = (1.0 - (1.0 - sensitivity) ** rounds) * hours
    return share


def first_year_share(rounds: float, delay: float) -> float:
    """Part of the year that a first referral covers: 1 - 1/(2R) - delay/12, `delay` in months, at least 0."""
    return max(0.0, 1.0 - 1.0 / (2.0 * rounds) - delay / 12.0) if rounds > 0 else 0.0
