"""Training and labour transfer: courses and recruitment after which idle workers find off-farm work sooner."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I64
from tuopin.agents.compiled import compiled
from tuopin.agents.kernels import pick
from tuopin.agents.labour import LabourTerms, entry_rate, labour_terms, motivation_felt
from tuopin.policies.protocol import County, Fen, Ledger, Mask, ObservedNeed, Policy, Rows, policy_parameters

_LITTLE = 1e-9
"""A rate of entry below which none is: a household that never enters gains nothing worth telling."""


class Training(Policy):
    """Courses for registered households with an idle worker, who then enter off-farm work more often for some years.

    Jobs are not made: in the county the vacancies bind, so that others may lose what trainees gain.
    """

    name = "training"
    label = "Training and labour transfer"
    label_zh = "技能培训与劳务输出"
    family = "work"
    steps = ("programmes", "livelihood")
    measures = ("work",)
    parameters = policy_parameters("training", Path(__file__).parent / "parameters.yaml")

    def withdraw(self, county: County) -> Mask:
        """Who was trained so long ago that nothing is left of it may be trained again."""
        since = self.since(county)
        return super().withdraw(county) | (
            (since > 0) & (county.year - since >= 2 * self.value("full_years", county.year))
        )

    def suitable(self, county: County) -> Mask:
        """Households with an idle able worker."""
        h = county.households
        fit: Mask = h.able_workers > h.off_farm
        return fit

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        """A course and the travel aid for one worker, fen."""
        cost = self.value("cost_per_trainee", county.year) + self.value("travel_aid", county.year)
        return np.full(len(rows), round(cost * county.prices * 100.0), dtype=np.int64)

    def pay_enrolment(self, county: County, ledger: Ledger, rows: Rows, fen: Fen) -> None:
        """The county pays."""
        ledger.post(self.name, "county_integrated_funds", rows, fen)

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Raise trainees' entry into off-farm work by `entry_gain` points a year, and by half of them later on."""
        rows = np.flatnonzero(self.enrolled(county))
        gain = self.value("entry_gain", county.year) * self.value("effect", county.year)
        if len(rows) == 0 or gain == 0.0:
            return
        years = county.year - self.since(county)[rows].astype(np.int64)
        fading = np.where(years < self.value("full_years", county.year), 1.0, 0.5)
        points = gain * fading * self.share_of_year(county, rows)
        county.flows.entry_factor[rows] *= entry_factors(county, rows, points)


class _Trainees(NamedTuple):
    """The households `rows` of the county's `remoteness` and `motivation` as felt, and the points each gains."""

    rows: I64
    remoteness: F32
    distance_factor: F32
    motivation: F32
    motivation_term: F32
    points: F64


@compiled
def _factors(c: _Trainees, terms: LabourTerms, factors: F64) -> None:
    for k in range(c.rows.shape[0]):
        i = c.rows[k]
        remoteness = c.remoteness[i] * c.distance_factor[i]
        own = entry_rate(remoteness, motivation_felt(c.motivation[i], c.motivation_term[i]), 1.0, terms)
        factors[k] = 1.0 + c.points[k] / max(own, _LITTLE)


def entry_factors(county: County, rows: I64, points: F64) -> F64:
    """The factor on each household's own yearly rate of entry that adds `points` to it, shape (n,)."""
    factors = np.empty(len(rows))
    trainees = pick(_Trainees, county.households, county.flows, rows=rows, points=points)
    _factors(trainees, labour_terms(county), factors)
    return factors
