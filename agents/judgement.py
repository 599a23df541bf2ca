"""How village teams misjudge households: what a team thinks of one is mostly lasting, the rest is of the year."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64
from tuopin.agents.compiled import rule
from tuopin.agents.county import County


class JudgementShares(NamedTuple):
    """Weights of the lasting and of the year's part of an error; their squares sum to one."""

    lasting: float
    of_year: float


def judgement_shares(county: County) -> JudgementShares:
    """Weights of both parts of an error of judgement: square roots of their shares of its variance."""
    share = county.value("registry.lasting_misjudgement")
    return JudgementShares(float(share**0.5), float((1.0 - share) ** 0.5))


@rule
def misjudgement(lasting: float, of_year: float, shares: JudgementShares) -> float:
    """A standard normal error from two: one of the household for life, one of the year."""
    return shares.lasting * lasting + shares.of_year * of_year


def team_error(county: County) -> F64:
    """How much each village's team errs against an average one, shape (villages,): the better, the less.

    Its quality is the team's own and what programmes add to it this year.
    """
    value, villages = county.value, county.villages
    error: F64 = np.clip(
        1.0 - value("registry.cadre_error") * (villages.cadre_quality + villages.quality_term),
        value("registry.least_team_error"),
        value("registry.most_team_error"),
    )
    return error
