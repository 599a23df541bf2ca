"""What puts a household at risk, and who has to be looked at: one pass over the county."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.columns import REGISTERED_POOR, RELAPSED
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.randomness import CHUNK, Draws, draw_chunk

NONE, ILLNESS, DISABILITY, JOB, INDUSTRY, ACCIDENT, SCHOOLING, EPIDEMIC, DISASTER, OTHER = range(10)


class Watched(NamedTuple):
    """Columns and flows of all households, and by village whether a disaster struck."""

    uid: I64
    poor_true: Flags
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


class Chances(NamedTuple):
    """The chance of being seen while at risk, by village; of a false alarm; and of a call by the poor."""

    seen: F64
    alarm: float
    hotline: float


class AtRisk(NamedTuple):
    """Rows that may be put on the list or are on it, ascending, with the cause that holds and four uniforms each.

    `alone`: bills or a fall list the household whatever its income; `called`: it is poor and has called.
    """

    rows: I64
    cause: I8
    alone: Flags
    called: Flags
    luck: F64


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
def at_risk(w: Watched, t: Watch, c: Chances, draws: Draws, found: AtRisk) -> int:
    """Write who may be put on the list or is on it, and return how many.

    They are outside the register; who is far above the line and has no such bills is not looked at.
    """
    number = 0
    for i in range(w.members.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, w.uid, i)
        if w.registry_status[i] == REGISTERED_POOR or w.registry_status[i] == RELAPSED:
            continue
        income, listed = max(0.0, w.net_income_pp[i]), w.since[i] > 0
        medical, school = w.medical_out_of_pocket[i], w.school_paid[i]
        rigid = medical + school > t.rigid_share * income * w.members[i]
        if income >= t.looked_under and not (rigid or listed):
            continue
        alone = rigid or income < min((1.0 - t.fall_share) * w.net_income_pp_1[i], t.looked_under)
        alarm, called = draws.u[1, k] < c.alarm, w.poor_true[i] and draws.u[1, k] > 1.0 - c.hotline
        if not (listed or alarm or called or draws.u[0, k] < c.seen[w.village[i]]):
            continue  # whatever his risk, nobody sees it
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
        if listed or alarm or called or alone or cause > 0:
            found.rows[number], found.cause[number] = i, cause
            found.alone[number], found.called[number] = alone, called
            for j in range(4):
                found.luck[number, j] = draws.u[j, k]
            number += 1
    return number


def look_through(watched: Watched, watch: Watch, chances: Chances, draws: Draws) -> AtRisk:
    """Return who may be put on the list or is on it."""
    size = len(watched.members)
    found = AtRisk(
        np.empty(size, dtype=np.int64),
        np.empty(size, dtype=np.int8),
        np.empty(size, dtype=np.bool_),
        np.empty(size, dtype=np.bool_),
        np.empty((size, 4)),
    )
    number = at_risk(watched, watch, chances, draws, found)
    return AtRisk(
        found.rows[:number], found.cause[:number], found.alone[:number], found.called[:number], found.luck[:number]
    )


def seen_share(sensitivity: float, rounds: float, hours: F64) -> F64:
    """Part of those at risk that is seen in a year, by village: 1 - (1 - s)^R, times the share of hours got."""
    share: F64 = (1.0 - (1.0 - sensitivity) ** rounds) * hours
    return share


def first_year_share(rounds: float, delay: float) -> float:
    """Part of the year that a first referral covers: 1 - 1/(2R) - delay/12, `delay` in months, at least 0."""
    return max(0.0, 1.0 - 1.0 / (2.0 * rounds) - delay / 12.0) if rounds > 0 else 0.0
