"""Step 1, demography: ageing, births, deaths, marriage, school stages, retirement and household split.

Counts, not persons, are simulated: each stage is left by at most one member a household and year, with the probability
(number in the stage) / (years the stage lasts). All luck of a household's year is eight uniforms of one stream.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.columns import COLUMNS
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.households import Households
from tuopin.agents.identity import split_off_uids
from tuopin.agents.kernels import pick
from tuopin.agents.randomness import CHUNK, DEMOGRAPHY, SPLITS, Draws, draw_chunk
from tuopin.agents.stages import (
    COLLEGE_YEARS,
    COUPLE,
    PUPIL_YEARS,
    SMALL_CHILD_YEARS,
    UPPER_YEARS,
    WORKING_YEARS,
    YOUNG_OLD_YEARS,
)


class DemographyTerms(NamedTuple):
    """Parameters of group `demography` that the yearly kernel needs."""

    birth_rate: float
    elderly_mortality: float
    adult_mortality: float
    split_rate: float
    split_concentration: float
    split_members_from: float
    marriage_in_rate: float
    marriage_out_rate: float
    aged_mortality: float
    family_leaves: float
    upper_school_share: float
    college_share: float
    graduate_leaves: float
    elderly_able_share: float


class _People(NamedTuple):
    uid: I64
    members: I16
    small_children: I8
    pupils: I8
    upper_students: I8
    college_students: I8
    working_age: I8
    elderly: I8
    aged: I8
    able_workers: I8
    disabled: I8
    chronic: I8
    off_farm: I8
    migrants: I8
    splits: Flags


class Movement(NamedTuple):
    """Persons who came and went in a year.

    Those present at its end are those of a year before + births - deaths + arrivals - departures. Children left without
    adults depart with their household, graduates when they settle elsewhere, and young families who leave the county as
    a whole; by marriage about as many arrive as depart. Other splits move nobody in or out.
    """

    births: int
    deaths: int
    arrivals: int
    departures: int


NOBODY = Movement(0, 0, 0, 0)


def age_a_year(county: County) -> Movement:
    """Age every household by a year and append split-off households; return how many persons came and went.

    Households whose last member died or left stay with no members until `bury` takes them off the books.
    """
    if not county.on("demography"):
        return NOBODY
    h = county.households
    terms = county.parameters.fill(DemographyTerms, "demography", county.year)
    people = pick(_People, h, splits=np.zeros(len(h), dtype=np.bool_))
    moved = _age(people, county.luck.draws(DEMOGRAPHY, county.year, blocks=2), terms)
    left = 0
    if people.splits.any():
        rows = np.flatnonzero(people.splits)
        leaves = county.luck.uniform(SPLITS, county.year, h.uid[rows]) < terms.family_leaves
        left = _split(h, rows, leaves, county.year)
    births, dead, arrivals, departures = (int(persons) for persons in moved)
    return Movement(births, dead, arrivals, departures + left)


def bury(county: County) -> None:
    """Remove the households without members."""
    county.households.keep(county.households.members > 0)


@rule
def moves_on(u: float, number: int, years: float) -> bool:
    """Whether one of `number` members leaves a stage of life that lasts `years`; at most one a household and year."""
    return u * years < number


class Deaths(NamedTuple):
    """Members who died in a year, one at most."""

    elderly: int
    aged: int
    working_age: int


@rule
def deaths(u: float, elderly: int, aged: int, working: int, t: DemographyTerms) -> Deaths:
    """Who of a household dies in a year; of the `elderly`, `aged` are 70 and over."""
    p_aged, p_adult = aged * t.aged_mortality, working * t.adult_mortality
    p_old = p_aged + (elderly - aged) * t.elderly_mortality
    if u < p_old:
        return Deaths(1, 1 if u < p_aged else 0, 0)
    return Deaths(0, 0, 1) if u < p_old + p_adult else Deaths(0, 0, 0)


class Young(NamedTuple):
    """Members before working life by stage, and how many of them begin to work this year."""

    small_children: int
    pupils: int
    upper_students: int
    college_students: int
    starters: int


class SchoolLuck(NamedTuple):
    """Uniforms of a year at school: who moves on (late and early stages), and where to from upper and middle school."""

    late: float
    early: float
    to_college: float
    to_upper: float


@rule
def through_school(small: int, pupils: int, upper: int, college: int, u: SchoolLuck, t: DemographyTerms) -> Young:
    """The young of a household a year on: small children, pupils, students of upper schools and of colleges.

    The last stage is left first, so that nobody moves two stages in a year; who goes no further begins to work, but
    for graduates who settle elsewhere.
    """
    starters = 0
    if moves_on(u.late, college, COLLEGE_YEARS):
        college -= 1
        starters += u.to_college > t.graduate_leaves
    elif moves_on(1.0 - u.late, upper, UPPER_YEARS):
        upper -= 1
        if u.to_college < t.college_share:
            college += 1
        else:
            starters += 1
    if moves_on(u.early, pupils, PUPIL_YEARS):
        pupils -= 1
        if u.to_upper < t.upper_school_share:
            upper += 1
        else:
            starters += 1
    if moves_on(1.0 - u.early, small, SMALL_CHILD_YEARS):
        small -= 1
        pupils += 1
    return Young(small, pupils, upper, college, starters)


@rule
def marries(u: float, working: int, t: DemographyTerms) -> int:
    """Change of members of working age by marriage; no parent leaves: fewer can leave than join, at a higher rate."""
    if u > 1.0 - t.marriage_in_rate:
        return 1 if working >= 1 else 0
    return -1 if u > 1.0 - t.marriage_in_rate - t.marriage_out_rate and working > COUPLE else 0


@compiled
def _age(c: _People, draws: Draws, t: DemographyTerms) -> Movement:
    u = draws.u
    births, died, arrivals, departures = 0, 0, 0, 0
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, c.uid, i)
        working, elderly, able = c.working_age[i], c.elderly[i], c.able_workers[i]
        adults_before = working + elderly
        dead = deaths(u[0, k], elderly, c.aged[i], working, t)
        elderly -= dead.elderly
        aged = c.aged[i] - dead.aged
        aged += moves_on(1.0 - u[4, k], elderly - aged, YOUNG_OLD_YEARS)
        working -= dead.working_age
        unfit = dead.working_age > 0
        if moves_on(u[4, k], working, WORKING_YEARS):
            working -= 1
            elderly += 1
            unfit = unfit or u[5, k] > t.elderly_able_share
        if unfit and able > 0:
            able -= 1
        luck = SchoolLuck(u[1, k], u[2, k], u[6, k], u[7, k])
        young = through_school(c.small_children[i], c.pupils[i], c.upper_students[i], c.college_students[i], luck, t)
        young_before = c.small_children[i] + c.pupils[i] + c.upper_students[i] + c.college_students[i]
        young_now = young.small_children + young.pupils + young.upper_students + young.college_students
        departures += young_before - young_now - young.starters  # graduates who settle elsewhere
        working += young.starters
        able += young.starters
        born = working >= COUPLE and u[3, k] < t.birth_rate * c.members[i]
        joined = marries(u[3, k], working, t)
        working += joined
        able = max(0, able + joined)
        births += born
        died += dead.elderly + dead.working_age
        arrivals += max(0, joined)
        departures += max(0, -joined)
        c.small_children[i], c.pupils[i] = young.small_children + born, young.pupils
        c.upper_students[i], c.college_students[i] = young.upper_students, young.college_students
        c.working_age[i], c.elderly[i], c.aged[i] = working, elderly, aged
        adults = working + elderly
        members = c.small_children[i] + c.pupils[i] + c.upper_students[i] + c.college_students[i] + adults
        c.able_workers[i] = min(able, adults)
        c.chronic[i] = min(c.chronic[i], adults)
        c.disabled[i] = min(c.disabled[i], members)
        c.off_farm[i] = min(c.off_farm[i], c.able_workers[i])
        c.migrants[i] = min(c.migrants[i], c.off_farm[i])
        # children left without adults join relatives: the household ends
        ends = adults == 0 and adults_before > 0
        departures += members if ends else 0
        c.members[i] = 0 if ends else members
        may_split = working > COUPLE and c.members[i] >= t.split_members_from  # somebody of working age stays behind
        c.splits[i] = may_split and u[5, k] < t.split_rate * t.split_concentration
    return Movement(births, died, arrivals, departures)


class _Shared(NamedTuple):
    """Columns divided by members when a household splits."""

    land: F32
    forest: F32
    line_scale: F32
    productive_assets: F32
    savings: F32
    debt_due_1: F32
    debt_due_2: F32
    debt_due_3: F32
    debt_for_loans: F32
    formal_loan: F32


class _Parted(NamedTuple):
    rows: I64
    share: F64
    members: I16
    small_children: I8
    pupils: I8
    upper_students: I8
    college_students: I8
    working_age: I8
    elderly: I8
    aged: I8
    able_workers: I8
    disabled: I8
    chronic: I8
    off_farm: I8
    migrants: I8


def _split(h: Households, rows: I64, leaves: Flags, year: int) -> int:
    """Let a younger couple leave: two of working age with a child if there is one; wealth and land go by members.

    Who `leaves` the county as a family takes nothing along. Returns the persons who leave it; their households stay
    without members until `bury` takes them off the books.
    """
    uids = split_off_uids(h.uid[rows], year, h.uid)
    young = h.duplicate(rows)
    h.uid[young] = uids
    share = np.empty(len(rows))
    _part(pick(_Parted, h, rows=rows, share=share), young.start)
    persons = h.start_persons[rows]
    with_young = np.floor(persons * share + 0.5).astype(np.int32)
    h.start_persons[young], h.start_persons[rows] = with_young, persons - with_young
    share[leaves] = 0.0
    for column in pick(_Shared, h):
        _divide(rows, young.start, share, column)
    _part_own_columns(h, rows, young, share)
    left = int(h.members[young][leaves].sum())
    h.members[young.start + np.flatnonzero(leaves)] = 0
    return left


def _part_own_columns(h: Households, rows: I64, young: slice, share: F64) -> None:
    """Divide what programmes keep of a household, as each column declares; `duplicate` has copied all of it."""
    for column in h.table.values():
        if column.name in COLUMNS or column.at_split == "copy":
            continue
        array = h.column(column.name)
        if column.at_split == "older":
            array[young] = column.default
        else:
            leaves = array[rows] * share
            array[young] = leaves if array.dtype.kind == "f" else np.floor(leaves + 0.5)
            array[rows] -= array[young]


@rule
def leaving(trait: int, leavers: int, others: int) -> int:
    """How many of a household's `trait` members go with the leavers: half, rounded up, within the room on both sides.

    `leavers` is how many who leave could be such members, `others` how many who stay.
    """
    return max(min(leavers, (trait + 1) // 2), trait - others)


@compiled
def _part(c: _Parted, first: int) -> None:
    """Part the people of household `rows[k]` between it and its copy `first + k`: the leavers, `share` of all.

    The fit and the workers go first, the rest only if they must: members with a trait never exceed the persons who
    have room for it, in the old household or the new one.
    """
    for k in range(c.rows.shape[0]):
        old, new = c.rows[k], first + k
        child = 1 if c.small_children[old] > 0 else 0
        fit = min(COUPLE, c.able_workers[old])
        hired = leaving(c.off_farm[old], fit, c.able_workers[old] - fit)
        away = leaving(c.migrants[old], hired, c.off_farm[old] - hired)
        ill = max(0, c.chronic[old] - (c.working_age[old] + c.elderly[old] - COUPLE))
        handicapped = max(0, c.disabled[old] - (c.members[old] - COUPLE - child))
        leavers = COUPLE + child
        c.share[k] = leavers / c.members[old]
        c.pupils[new] = c.upper_students[new] = c.college_students[new] = c.elderly[new] = c.aged[new] = 0
        c.members[new], c.small_children[new], c.working_age[new] = leavers, child, COUPLE
        c.able_workers[new], c.off_farm[new], c.migrants[new] = fit, hired, away
        c.chronic[new], c.disabled[new] = ill, handicapped
        c.members[old] -= leavers
        c.small_children[old] -= child
        c.working_age[old] -= COUPLE
        c.able_workers[old] -= fit
        c.off_farm[old] -= hired
        c.migrants[old] -= away
        c.chronic[old] -= ill
        c.disabled[old] -= handicapped


@compiled
def _divide(rows: I64, first: int, share: F64, column: F32) -> None:
    for k in range(rows.shape[0]):
        whole = np.float64(column[rows[k]])
        column[first + k] = whole * share[k]
        column[rows[k]] = whole * (1.0 - share[k])
