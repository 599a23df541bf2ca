"""Step 7, assessment: incomes per person, the true and the survey view, exits and relapses.

The true view is effective income per person against the statistical line of the year; nothing else makes `poor_true`.
The survey view is net income with classical measurement error, for comparison with published survey figures only.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.randomness import CHUNK, SURVEY, fill4, fill_normals

MOST_COUNTED = 120
"""Exits and relapses counted of one household (the columns' type holds 127)."""


def assess(county: County) -> None:
    """Write incomes per person and the true and survey status of every household; count exits and relapses."""
    h, f = county.households, county.flows
    _assess(
        h.uid,
        h.members,
        h.wage_income,
        h.business_income,
        h.property_income,
        h.private_transfers,
        h.public_transfers,
        h.policy_transfers,
        h.medical_paid,
        h.school_paid,
        h.consumption,
        f.tested_transfer_term,
        f.net_income,
        h.market_income_pp,
        h.net_income_pp,
        h.income_pp,
        h.net_income_pp_1,
        h.net_income_pp_2,
        h.survey_income_pp,
        h.poor_true,
        h.poor_survey,
        h.exits,
        h.relapses,
        h.ever_poor,
        f.left_poverty,
        county.luck.seed,
        county.luck.replicate,
        SURVEY,
        county.year,
        county.line,
        county.value("income_risk.survey_error_variance") ** 0.5,
        county.in_burn_in,
    )


@compiled
def _assess(
    uid: Any,
    members: Any,
    wage: Any,
    business: Any,
    property_income: Any,
    private: Any,
    public: Any,
    policy: Any,
    medical: Any,
    school: Any,
    consumption: Any,
    tested: Any,
    net: Any,
    market_pp: Any,
    net_pp: Any,
    income_pp: Any,
    net_pp_1: Any,
    net_pp_2: Any,
    survey_pp: Any,
    poor: Any,
    poor_survey: Any,
    exits: Any,
    relapses: Any,
    ever_poor: Any,
    left_poverty: Any,
    seed: Any,
    replicate: Any,
    stream: Any,
    year: Any,
    line: Any,
    error_sd: Any,
    in_burn_in: Any,
) -> None:
    u, z = np.empty((4, CHUNK)), np.empty(CHUNK)
    for i in range(uid.shape[0]):
        k = i % CHUNK
        if k == 0:
            many = min(CHUNK, uid.shape[0] - i)
            fill4(seed, replicate, stream, year, uid[i : i + many], 0, u)
            fill_normals(u[0, :many], z)
        n = members[i]
        net_pp_2[i] = net_pp_1[i]
        net_pp_1[i] = net_pp[i]
        public[i] += tested[i]
        policy[i] += tested[i]
        net[i] += tested[i]
        consumption[i] += tested[i]  # what comes after the year's spending is consumed
        market_pp[i] = (wage[i] + business[i] + property_income[i] + private[i]) / n
        net_pp[i] = net[i] / n
        income = (net[i] - medical[i] - school[i]) / n
        income_pp[i] = income
        survey = max(0.0, net_pp[i]) * math.exp(error_sd * z[k])
        survey_pp[i] = survey
        poor_survey[i] = survey < line
        is_poor = income < line
        left_poverty[i] = poor[i] and not is_poor
        if not in_burn_in:
            if left_poverty[i]:
                exits[i] = min(exits[i] + 1, MOST_COUNTED)
            elif not poor[i] and is_poor and exits[i] > 0:
                relapses[i] = min(relapses[i] + 1, MOST_COUNTED)
            ever_poor[i] = ever_poor[i] or is_poor
        poor[i] = is_poor
