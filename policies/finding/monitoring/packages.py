"""Causes of risk, and the measures that go with each: what a household is sent to is what it lacks, first things first.

The nine causes and the eight packages are those a county monitored by (2020); "other" got what keeps work going.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tuopin.agents.arrays import F64, I8, I64
from tuopin.agents.county import County
from tuopin.agents.lines import GRAIN
from tuopin.policies.arrays import Mask

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


def lacks(county: County, measure: str, rows: I64, tested: F64, limit: float) -> Mask:
    """Whether each of `rows` lacks what a measure gives, as a visitor sees it.

    Housing: an unsafe house. Work: an idle able worker. Industry: a line of its own, or land and hands for one.
    Schooling: a pupil or student. Allowance: income as seen (`tested`, yuan a person) under `limit`. Medical: always.
    """
    h = county.households
    idle = h.able_workers[rows] > h.off_farm[rows]
    answers: dict[str, Mask] = {
        "housing": h.housing_grade[rows] <= 1,
        "work": idle,
        "industry": (h.line[rows] > GRAIN) | (idle & (h.land[rows] > 0)),
        "schooling": h.pupils[rows] + h.upper_students[rows] + h.college_students[rows] > 0,
        "allowance": tested < limit,
        "medical": np.ones(len(rows), dtype=np.bool_),
    }
    return answers[measure]


def sent_to(county: County, rows: I64, cause: I8, tested: F64, limit: float, most: int) -> dict[str, Mask]:
    """Which of `rows` are sent to each measure: of the package of its cause the first `most` that it lacks."""
    number = np.zeros(len(rows), dtype=np.int64)
    lacking = {measure: lacks(county, measure, rows, tested, limit) for measure in MEASURES}
    found = {measure: np.zeros(len(rows), dtype=np.bool_) for measure in MEASURES}
    for place in range(max(len(package) for package in PACKAGES.values())):
        taken = np.zeros(len(rows), dtype=np.int64)
        for code, name in enumerate(CAUSES[1:], start=1):
            package = PACKAGES[name]
            if place < len(package):
                sent = (cause == code) & (number < most) & lacking[package[place]]
                found[package[place]] |= sent
                taken += sent
        number += taken
    return found
