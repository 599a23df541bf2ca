"""Temporary relief: who was struck by an event of the year and has less than the line now."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.policies.arrays import Rows


class Events(NamedTuple):
    """What befell households this year (columns and flows), and the villages a disaster struck."""

    village: I16
    members: I16
    net_income: F64
    medical_paid: F64
    school_paid: F64
    tested_transfer_term: F64
    major_bill: F32
    jobs_lost: I8
    animals_lost: Flags
    care_forgone: Flags
    disaster: Flags


class Struck(NamedTuple):
    """Rows of households, ascending, and the income of each as it is now, yuan a person."""

    rows: Rows
    income: F64


@rule
def is_struck(major_bill: float, jobs_lost: int, animals_lost: bool, care_forgone: bool, disaster: bool) -> bool:
    """Whether an event of the year struck a household: major illness, a job or animals lost, care forgone, disaster."""
    return major_bill > 0 or jobs_lost > 0 or animals_lost or care_forgone or disaster


@rule
def present_income(net: float, granted: float, medical: float, school: float, members: int) -> float:
    """Effective income of the year so far, yuan a person.

    Net income and the allowance `granted` for the year, less what illness and school took of it.
    """
    return (net + granted - medical - school) / members


@compiled
def _struck_below(e: Events, line: float, struck: Struck) -> int:
    """Write who was struck and is under `line` (yuan a person); return how many there are."""
    number = 0
    for i in range(e.village.shape[0]):
        disaster = e.disaster[e.village[i]]
        if is_struck(e.major_bill[i], e.jobs_lost[i], e.animals_lost[i], e.care_forgone[i], disaster):
            income = present_income(
                e.net_income[i], e.tested_transfer_term[i], e.medical_paid[i], e.school_paid[i], e.members[i]
            )
            struck.rows[number], struck.income[number] = i, income
            number += income < line
    return number


def struck_below(events: Events, line: float) -> Struck:
    """Return the households that an event of the year struck and that are under `line`, yuan a person."""
    size = len(events.village)
    struck = Struck(rows=np.empty(size, dtype=np.int64), income=np.empty(size))
    number = _struck_below(events, line, struck)
    return Struck(rows=struck.rows[:number], income=struck.income[:number])
