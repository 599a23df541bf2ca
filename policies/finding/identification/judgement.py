"""Judged income: what a team makes of what it is told of income and of what it sees in house, hands and health."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64
from tuopin.agents.county import County
from tuopin.agents.economy import INCOME_FLOOR
from tuopin.agents.judgement import judgement_shares, team_error
from tuopin.agents.randomness import IDENTIFICATION, VERIFICATION, normals_of

LASTING = 0
"""The "year" of luck that lasts."""


class Weights(NamedTuple):
    """What each trait that is looked at adds to predicted log income."""

    workers: float
    housing: float
    assets: float
    chronic: float
    disability: float
    age: float
    pupils: float


class Looks(NamedTuple):
    """How judged income is made: weight of what is looked at, and standard deviations of both errors in log points."""

    weight: float
    look_noise: F64
    """By village, since some teams are trained."""
    account_noise: float


def predicted_log_income(county: County, weights: Weights) -> F64:
    """Log income predicted by visible traits, shape (households,), centred on the county's median log income.

    sum of weight x trait, with workers per member, housing grade, log(1 + assets / 1000 yuan), chronically ill,
    disabled, the share of members over 60, and pupils per member.
    """
    h = county.households
    members = np.maximum(h.members, 1).astype(np.float64)
    score: F64 = (
        weights.workers * (h.able_workers / members)
        + weights.housing * h.housing_grade
        + weights.assets * np.log1p(h.productive_assets.astype(np.float64) / 1000.0)
        + weights.chronic * (h.chronic > 0)
        + weights.disability * (h.disabled > 0)
        + weights.age * (h.elderly / members)
        + weights.pupils * (h.pupils / members)
    )
    return score - np.median(score) + np.median(_log_income(county))


def judged_log_income(county: County, looks: Looks, weights: Weights) -> F64:
    """Log of judged income, shape (households,): w (L + look error) + (1 - w) (S + account error).

    L is log income as predicted by what is looked at, S log net income of the year as told. Errors are normal, mostly
    lasting (`tuopin.agents.judgement`), and larger where a team is weak. What is looked at shrinks to the mean: this
    ranks households, it is never compared with a line.
    """
    told = _log_income(county)
    if not county.on("targeting_error"):
        return looks.weight * predicted_log_income(county, weights) + (1.0 - looks.weight) * told
    h, luck, shares = county.households, county.luck, judgement_shares(county)
    worse = team_error(county)[h.village]
    year = luck.uniforms(IDENTIFICATION, county.year, h.uid, 4)  # a place of its own in the year's luck
    account = shares.lasting * luck.normals(VERIFICATION, 0, h.uid) + shares.of_year * normals_of(year[:, 0])
    told = told + looks.account_noise * worse * account
    if looks.weight == 0.0:
        return told
    look = shares.lasting * luck.normals(IDENTIFICATION, LASTING, h.uid) + shares.of_year * normals_of(year[:, 1])
    seen = predicted_log_income(county, weights) + looks.look_noise[h.village] * worse * look
    result: F64 = looks.weight * seen + (1.0 - looks.weight) * told
    return result


def _log_income(county: County) -> F64:
    logs: F64 = np.log(np.maximum(county.households.net_income_pp, INCOME_FLOOR))
    return logs
