"""What is kept of every household from the initial state on: its status then, and its years since."""

from __future__ import annotations

import numpy as np

from tuopin.agents.arrays import F64
from tuopin.agents.county import County
from tuopin.sim.measures.components import deciles
from tuopin.sim.measures.sustained import Lives, advance
from tuopin.sim.measures.vulnerability import expected_poverty

PER_PERSON = 1000
"""Persons of the initial state are kept in thousandths, so that a household that splits can share them."""


def begin_lives(county: County) -> None:
    """Write status, tenth of income, persons and vulnerability of the initial state, and count it as year 0."""
    h = county.households
    h.start_poor[:] = h.poor_true
    h.start_decile[:] = deciles(h.income_pp, h.members)
    h.start_persons[:] = h.members.astype(np.int32) * PER_PERSON
    if len(h) > visible_traits(county).shape[1]:
        h.vulnerability[:] = expected_poverty(h.income_pp, visible_traits(county), county.line).probability
    h.poor_years[:] = 0
    h.lines_sum[:] = h.squared_gap_sum[:] = 0.0
    h.years_above[:] = h.years_above_alone[:] = 0
    advance_lives(county, h.income_pp)


def visible_traits(county: County) -> F64:
    """What a register sees of households, shape (households, traits), a column of ones first: nothing of incomes."""
    h = county.households
    return np.column_stack(
        [
            np.ones(len(h)),
            h.members,
            h.able_workers / h.members,
            h.off_farm,
            h.elderly / h.members,
            h.pupils + h.upper_students + h.college_students,
            h.chronic > 0,
            h.disabled > 0,
            h.housing_grade <= 1,
            h.safe_water,
            h.land / h.members,
            h.remoteness,
        ]
    ).astype(np.float64)


def own_income(county: County) -> F64:
    """Effective income less what ends with the money of a programme, yuan a person, shape (households,)."""
    h = county.households
    supported: F64 = h.policy_transfers + (0.0 if county.year == county.start else county.flows.supported_term)
    alone: F64 = h.income_pp - supported / h.members
    return alone


def advance_lives(county: County, alone: F64) -> None:
    """Add this year's assessment to every household's life."""
    h = county.households
    lives = Lives(h.income_pp, alone, h.years_above, h.years_above_alone, h.poor_years, h.lines_sum, h.squared_gap_sum)
    advance(lives, county.line, county.year - county.start)
