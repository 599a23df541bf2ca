"""What a scenario did to the same households: relapse among those who exit in both, who is helped and who is harmed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import Array
from tuopin.sim.measures.arguments import check_lengths

FOLLOWED = 3
"""Years after an exit in which a return counts as a relapse."""
MEASURES = (
    "exited_in_both_persons",
    "relapsed_persons",
    "relapsed_in_baseline_persons",
    "relief_person_years",
    "prevention_person_years",
    "lifted_persons",
    "stayers_persons",
    "prevented_persons",
    "induced_persons",
    "helped_persons",
    "harmed_persons",
)
"""What is told of a pair of runs, in the order of the table."""


class Histories(NamedTuple):
    """The households present at the end of a run, shapes (n,): persons of the initial state, true poverty by year.

    `poor_years` has bit t set if a household was poor in year t, 0 being the initial state.
    """

    uid: Array
    persons: Array
    poor_years: Array


class FirstExits(NamedTuple):
    """Year of each household's first exit from poverty, 0 if none, and whether it relapsed within `FOLLOWED` years."""

    year: Array
    relapsed: Array


def first_exits(poor_years: Array, years: int) -> FirstExits:
    """Return the first exits of households over `years` years after the initial state."""
    poor = poor_years[:, None] >> np.arange(years + 1) & 1
    leaves = (poor[:, :-1] == 1) & (poor[:, 1:] == 0)
    year = np.where(leaves.any(axis=1), leaves.argmax(axis=1) + 1, 0)
    back = np.zeros(len(year), dtype=np.bool_)
    for after in range(1, FOLLOWED + 1):
        back |= (poor_years >> (year + after) & 1) == 1
    return FirstExits(year, back & (year > 0))


def pair_measures(baseline: Histories, scenario: Histories, years: int) -> dict[str, float]:
    """Return the measures of a scenario against the baseline on the same luck, in persons of the initial state.

    Of households present at the end of both. Relapse is among those whose first exit came in both runs early enough to
    be followed for `FOLLOWED` years. Relief is the person-years under the line less than in the baseline of persons
    poor in the initial state, prevention that of the others; lifted, stayers and prevented are so at the end; helped
    are poor in fewer years than in the baseline, harmed in more.

    Raises
    ------
    ValueError
        If arrays of one run differ in length.
    """
    check_lengths(**baseline._asdict())
    check_lengths(**scenario._asdict())
    _, b, s = np.intersect1d(baseline.uid, scenario.uid, assume_unique=True, return_indices=True)
    weight, without, under = baseline.persons[b], baseline.poor_years[b], scenario.poor_years[s]

    def persons(mask: Array) -> float:
        return float(weight[mask].sum(dtype=np.float64))

    exits, others = first_exits(under, years), first_exits(without, years)
    last = years - FOLLOWED
    both = (exits.year > 0) & (exits.year <= last) & (others.year > 0) & (others.year <= last)
    started = (without & 1) == 1
    ends, ended = (under >> years & 1) == 1, (without >> years & 1) == 1
    fewer = (_number(without, years) - _number(under, years)).astype(np.float64)
    return {
        "exited_in_both_persons": persons(both),
        "relapsed_persons": persons(both & exits.relapsed),
        "relapsed_in_baseline_persons": persons(both & others.relapsed),
        "relief_person_years": float((weight * fewer)[started].sum()),
        "prevention_person_years": float((weight * fewer)[~started].sum()),
        "lifted_persons": persons(started & ended & ~ends),
        "stayers_persons": persons(started & ended & ends),
        "prevented_persons": persons(~started & ended & ~ends),
        "induced_persons": persons(ends & ~ended),
        "helped_persons": persons(fewer > 0),
        "harmed_persons": persons(fewer < 0),
    }


def _number(poor_years: Array, years: int) -> Array:
    """Years after the initial state in which each household was poor."""
    number: Array = sum((poor_years >> t & 1 for t in range(1, years + 1)), np.zeros(len(poor_years), dtype=np.int64))
    return number
