"""Step 7, assessment: incomes per person, the true and the survey view, exits and relapses.

The true view is effective income per person against the statistical line of the year; nothing else makes `poor_true`.
The survey view is net income with classical measurement error, for comparison with published survey figures only; the
consumption view is smoothed consumption against the line; the official view joins net income and consumption, each
under its multiple of the line (the statistical office publishes neither).
"""

from __future__ import annotations

import math
from typing import NamedTuple

from tuopin.agents.arrays import F32, F64, I8, I16, I64, Flags
from tuopin.agents.compiled import compiled, rule
from tuopin.agents.county import County
from tuopin.agents.kernels import pick
from tuopin.agents.randomness import CHUNK, SURVEY, Draws, draw_chunk

MOST_COUNTED = 120
"""Exits and relapses counted of one household (the columns' type holds 127)."""


class AssessmentTerms(NamedTuple):
    """What the views judge by.

    The statistical line (yuan a person), the survey's log error, whether exits are counted yet (1) or not, and the
    official view's limits of income and consumption (yuan a person).
    """

    line: float
    error_sd: float
    counts: float
    official_income: float
    official_consumption: float


class _Assessed(NamedTuple):
    uid: I64
    members: I16
    wage_income: F32
    business_income: F32
    property_income: F32
    private_transfers: F32
    public_transfers: F64
    policy_transfers: F64
    medical_paid: F64
    school_paid: F64
    consumption: F32
    tested_transfer_term: F64
    net_income: F64
    market_income_pp: F64
    net_income_pp: F64
    income_pp: F64
    net_income_pp_1: F32
    net_income_pp_2: F32
    survey_income_pp: F32
    poor_true: Flags
    poor_survey: Flags
    poor_consumption: Flags
    poor_official: Flags
    exits: I8
    relapses: I8
    ever_poor: Flags
    left_poverty: Flags


def assess(county: County) -> None:
    """Write incomes per person and the true and survey status of every household; count exits and relapses."""
    error_sd = county.value("income_risk.survey_error_variance") ** 0.5
    terms = AssessmentTerms(
        county.line,
        error_sd,
        float(not county.in_burn_in),
        county.value("economy.official_income_multiple") * county.line,
        county.value("economy.official_consumption_multiple") * county.line,
    )
    draws = county.luck.draws(SURVEY, county.year, normals=1)
    _assess(pick(_Assessed, county.households, county.flows), draws, terms)


@rule
def effective_income(net: float, medical: float, school: float, members: int) -> float:
    """Net income less what care and schooling took of it, yuan a person: what is judged by the statistical line."""
    return (net - medical - school) / members


@rule
def survey_income(net_pp: float, z: float, error_sd: float) -> float:
    """Net income as a survey measures it, yuan a person: classical error, multiplicative with log spread `error_sd`."""
    return max(0.0, net_pp) * math.exp(error_sd * z)


@compiled
def _assess(c: _Assessed, draws: Draws, t: AssessmentTerms) -> None:
    for i in range(c.uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            draw_chunk(draws, c.uid, i)
        n = c.members[i]
        c.net_income_pp_2[i] = c.net_income_pp_1[i]
        c.net_income_pp_1[i] = c.net_income_pp[i]
        tested = c.tested_transfer_term[i]
        c.public_transfers[i] += tested
        c.policy_transfers[i] += tested
        c.net_income[i] += tested
        c.consumption[i] += tested  # what comes after the year's spending is consumed
        earned = c.wage_income[i] + c.business_income[i]
        c.market_income_pp[i] = (earned + c.property_income[i] + c.private_transfers[i]) / n
        c.net_income_pp[i] = c.net_income[i] / n
        c.income_pp[i] = effective_income(c.net_income[i], c.medical_paid[i], c.school_paid[i], n)
        survey = survey_income(c.net_income_pp[i], draws.z[0, k], t.error_sd)
        c.survey_income_pp[i] = survey
        c.poor_survey[i] = survey < t.line
        consumed = c.consumption[i] / n
        c.poor_consumption[i] = consumed < t.line
        c.poor_official[i] = c.net_income_pp[i] < t.official_income and consumed < t.official_consumption
        was_poor, is_poor = c.poor_true[i], c.income_pp[i] < t.line
        c.poor_true[i] = is_poor
        c.left_poverty[i] = was_poor and not is_poor
        if t.counts:
            if c.left_poverty[i]:
                c.exits[i] = min(c.exits[i] + 1, MOST_COUNTED)
            elif not was_poor and is_poor and c.exits[i] > 0:
                c.relapses[i] = min(c.relapses[i] + 1, MOST_COUNTED)
            c.ever_poor[i] = c.ever_poor[i] or is_poor
