"""Step 1, demography: ageing, births, deaths, marriage, school stages, retirement and household split.

Counts, not persons, are simulated: each stage is left by at most one member a household and year, with the probability
(number in the stage) / (years the stage lasts). All luck of a household's year is eight uniforms of one stream.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.households import Households
from tuopin.agents.identity import split_off_uids
from tuopin.agents.randomness import CHUNK, DEMOGRAPHY, fill4
from tuopin.agents.stages import COLLEGE_YEARS, COUPLE, PUPIL_YEARS, SMALL_CHILD_YEARS, UPPER_YEARS, WORKING_YEARS

SHARED_AT_SPLIT = (
    "land",
    "forest",
    "line_scale",
    "productive_assets",
    "savings",
    "debt_due_1",
    "debt_due_2",
    "debt_due_3",
    "formal_loan",
)
"""Columns divided by members when a household splits."""

PEOPLE = (
    "small_children",
    "pupils",
    "upper_students",
    "college_students",
    "working_age",
    "elderly",
    "able_workers",
    "disabled",
    "chronic",
    "off_farm",
    "migrants",
)


class DemographyTerms(NamedTuple):
    """Parameters of group `demography` that the yearly kernel needs."""

    birth_rate: float
    elderly_mortality: float
    adult_mortality: float
    split_rate: float
    split_concentration: float
    split_members_from: float
    marriage_rate: float
    upper_school_share: float
    college_share: float
    graduate_leaves: float
    elderly_able_share: float


def live_a_year(county: County) -> None:
    """Age every household by a year and append split-off households.

    Households whose last member died or left stay with no members until `bury` takes them off the books.
    """
    if not county.on("demography"):
        return
    h = county.households
    terms = county.parameters.fill(DemographyTerms, "demography", county.year)
    splits = np.zeros(len(h), dtype=np.bool_)
    _age(
        h.uid,
        h.members,
        h.small_children,
        h.pupils,
        h.upper_students,
        h.college_students,
        h.working_age,
        h.elderly,
        h.able_workers,
        h.disabled,
        h.chronic,
        h.off_farm,
        h.migrants,
        splits,
        county.luck.seed,
        county.luck.replicate,
        DEMOGRAPHY,
        county.year,
        terms,
    )
    if splits.any():
        _split(h, np.flatnonzero(splits), county.year)


def bury(county: County) -> None:
    """Remove the households without members."""
    county.households.keep(county.households.members > 0)


@compiled
def _age(
    uid: Any,
    members: Any,
    small: Any,
    pupils: Any,
    upper: Any,
    college: Any,
    working: Any,
    elderly: Any,
    able: Any,
    disabled: Any,
    chronic: Any,
    off_farm: Any,
    migrants: Any,
    splits: Any,
    seed: Any,
    replicate: Any,
    stream: Any,
    year: Any,
    t: Any,
) -> None:
    a, b = np.empty((4, CHUNK)), np.empty((4, CHUNK))
    for i in range(uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            fill4(seed, replicate, stream, year, uid[i : i + CHUNK], 0, a)
            fill4(seed, replicate, stream, year, uid[i : i + CHUNK], 1, b)
        a0, a1, a2, a3 = a[0, k], a[1, k], a[2, k], a[3, k]
        b0, b1, b2, b3 = b[0, k], b[1, k], b[2, k], b[3, k]
        adults_before = working[i] + elderly[i]
        # deaths first; one death a year at most
        p_old = elderly[i] * t.elderly_mortality
        p_adult = working[i] * t.adult_mortality
        lost_able = False
        if a0 < p_old:
            elderly[i] -= 1
        elif a0 < p_old + p_adult:
            working[i] -= 1
            lost_able = True
        if b0 * WORKING_YEARS < working[i]:
            working[i] -= 1
            elderly[i] += 1
            if b1 > t.elderly_able_share:
                lost_able = True
        if lost_able and able[i] > 0:
            able[i] -= 1
        # school stages, the last first, so that nobody moves two stages in a year
        if college[i] > 0 and a1 * COLLEGE_YEARS < college[i]:
            college[i] -= 1
            if b2 > t.graduate_leaves:
                working[i] += 1
                able[i] += 1
        elif upper[i] > 0 and (1.0 - a1) * UPPER_YEARS < upper[i]:
            upper[i] -= 1
            if b2 < t.college_share:
                college[i] += 1
            else:
                working[i] += 1
                able[i] += 1
        if pupils[i] > 0 and a2 * PUPIL_YEARS < pupils[i]:
            pupils[i] -= 1
            if b3 < t.upper_school_share:
                upper[i] += 1
            else:
                working[i] += 1
                able[i] += 1
        if small[i] > 0 and (1.0 - a2) * SMALL_CHILD_YEARS < small[i]:
            small[i] -= 1
            pupils[i] += 1
        if working[i] >= COUPLE and a3 < t.birth_rate * members[i]:
            small[i] += 1
        # marriage: as many leave as join, and no parent leaves
        if a3 > 1.0 - t.marriage_rate and working[i] >= 1:
            working[i] += 1
            able[i] += 1
        elif a3 > 1.0 - 2.0 * t.marriage_rate and working[i] > COUPLE:
            working[i] -= 1
            if able[i] > 0:
                able[i] -= 1
        members[i] = small[i] + pupils[i] + upper[i] + college[i] + working[i] + elderly[i]
        adults = working[i] + elderly[i]
        able[i] = min(able[i], adults)
        chronic[i] = min(chronic[i], adults)
        disabled[i] = min(disabled[i], members[i])
        off_farm[i] = min(off_farm[i], able[i])
        migrants[i] = min(migrants[i], off_farm[i])
        if adults == 0 and adults_before > 0:
            members[i] = 0  # children left without adults join relatives: the household ends
        may_split = working[i] > COUPLE and members[i] >= t.split_members_from  # somebody of working age stays behind
        splits[i] = may_split and b1 < t.split_rate * t.split_concentration


def _split(h: Households, rows: NDArray[np.int64], year: int) -> None:
    """Let a younger couple leave: two of working age with a child if there is one; wealth and land go by members."""
    uids = split_off_uids(h.uid[rows], year, h.uid)
    young = h.duplicate(rows)
    h.uid[young] = uids
    share = np.empty(len(rows))
    _part(rows, young.start, share, h.members, *(h.column(name) for name in PEOPLE))
    for name in SHARED_AT_SPLIT:
        _divide(rows, young.start, share, h.column(name))


@compiled
def _part(
    rows: Any,
    first: Any,
    share: Any,
    members: Any,
    small: Any,
    pupils: Any,
    upper: Any,
    college: Any,
    working: Any,
    elderly: Any,
    able: Any,
    disabled: Any,
    chronic: Any,
    off_farm: Any,
    migrants: Any,
) -> None:
    """Part the people of household `rows[k]` between it and its copy `first + k`, where the leavers, `share` of all,
    live.

    The fit and the workers go first, the rest only if they must: members with a trait never exceed the persons who
    have room for it, in the old household or the new one.
    """
    for k in range(rows.shape[0]):
        old, new = rows[k], first + k
        child = 1 if small[old] > 0 else 0
        fit = min(COUPLE, able[old])
        hired = max(min(fit, (off_farm[old] + 1) // 2), off_farm[old] - (able[old] - fit))
        away = max(min(hired, (migrants[old] + 1) // 2), migrants[old] - (off_farm[old] - hired))
        ill = max(0, chronic[old] - (working[old] + elderly[old] - COUPLE))
        handicapped = max(0, disabled[old] - (members[old] - COUPLE - child))
        leavers = COUPLE + child
        share[k] = leavers / members[old]
        pupils[new] = upper[new] = college[new] = elderly[new] = 0
        members[new], small[new], working[new], able[new] = leavers, child, COUPLE, fit
        off_farm[new], migrants[new], chronic[new], disabled[new] = hired, away, ill, handicapped
        members[old] -= leavers
        small[old] -= child
        working[old] -= COUPLE
        able[old] -= fit
        off_farm[old] -= hired
        migrants[old] -= away
        chronic[old] -= ill
        disabled[old] -= handicapped


@compiled
def _divide(rows: Any, first: Any, share: Any, column: Any) -> None:
    for k in range(rows.shape[0]):
        whole = np.float64(column[rows[k]])
        column[first + k] = whole * share[k]
        column[rows[k]] = whole * (1.0 - share[k])
