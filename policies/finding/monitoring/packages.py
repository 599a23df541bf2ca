"""Causes of risk, and the measures that go with each: what a household is sent to is what it lacks, first things first.

The nine causes and the eight packages are those a county monitored by (2020); "other" got what keeps work going.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I64
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.kernels import pick
from tuopin.agents.lines import GRAIN

CAUSES = (
    "none",
    "illness",
    "disability",
    "job",
    "industry",
    "accident",
    "schooling",
    "epidemic",
    "disaster",
    "other",
)
"""In the order in which they are tried: the first that applies is recorded."""
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "illness": ("medical", "housing", "work", "allowance"),
    "disability": ("medical", "housing", "work", "allowance"),
    "job": ("work", "allowance"),
    "industry": ("industry", "work", "housing"),
    "accident": ("allowance", "medical", "housing", "work"),
    "schooling": ("schooling", "allowance"),
    "epidemic": ("work", "medical", "industry", "housing"),
    "disaster": ("housing", "allowance", "work", "industry"),
    "other": ("work", "industry"),
}
"""Cause -> measures, the most urgent first."""
MEASURES = tuple(dict.fromkeys(measure for package in PACKAGES.values() for measure in package))


_ORDER = np.full((len(CAUSES), max(len(package) for package in PACKAGES.values())), -1, dtype=np.int64)
for _cause, _package in PACKAGES.items():
    _ORDER[CAUSES.index(_cause), : len(_package)] = [MEASURES.index(measure) for measure in _package]
"""Of each cause the numbers of its measures, -1 beyond the last."""
HOUSING, WORK, INDUSTRY, SCHOOLING, ALLOWANCE = (
    MEASURES.index(name) for name in ("housing", "work", "industry", "schooling", "allowance")
)


class Lives(NamedTuple):
    """What a visitor sees of every household."""

    housing_grade: I8
    able_workers: I8
    off_farm: I8
    line: I8
    land: F32
    pupils: I8
    upper_students: I8
    college_students: I8


class Sending(NamedTuple):
    """The list: rows, recorded causes, income as seen (yuan a person), the part of the year that a referral covers."""

    rows: I64
    cause: I8
    tested: F64
    share: F64


@rule
def lacks(lives: Lives, i: int, measure: int, tested: float, limit: float) -> bool:
    """Whether household `i` lacks what a measure gives, as a visitor sees it.

    Housing: an unsafe house. Work: an idle able worker. Industry: a line of its own, or land and hands for one.
    Schooling: a pupil or student. Allowance: income as seen (`tested`, yuan a person) under `limit`. Medical: always.
    """
    idle = lives.able_workers[i] > lives.off_farm[i]
    if measure == HOUSING:
        return bool(lives.housing_grade[i] <= 1)
    if measure == WORK:
        return bool(idle)
    if measure == INDUSTRY:
        return bool(lives.line[i] > GRAIN or (idle and lives.land[i] > 0))
    if measure == SCHOOLING:
        return bool(lives.pupils[i] + lives.upper_students[i] + lives.college_students[i] > 0)
    return tested < limit if measure == ALLOWANCE else True


@compiled
def _send(lives: Lives, who: Sending, order: I64, limit: float, most: int, covered: F64) -> None:
    for k in range(who.rows.shape[0]):
        i, number = who.rows[k], 0
        for place in range(order.shape[1]):
            measure = order[who.cause[k], place]
            if number == most or measure < 0:
                break
            if lacks(lives, i, measure, who.tested[k], limit):
                covered[measure, i] = who.share[k]
                number += 1


def sent_to(county: County, who: Sending, limit: float, most: int) -> dict[str, F64]:
    """The part of the year for which each household is sent to a measure, by measure, of those to which anybody is.

    Of the package of its cause a household is sent to the first `most` measures that it lacks.
    """
    covered = np.zeros((len(MEASURES), len(county.households)))
    _send(pick(Lives, county.households), who, _ORDER, limit, most, covered)
    return {measure: share for measure, share in zip(MEASURES, covered, strict=True) if share.any()}
