"""Training and labour transfer: courses and recruitment after which idle workers find off-farm work sooner."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tuopin.agents.arrays import F64, I64
from tuopin.agents.labour import entry_rate, labour_terms
from tuopin.policies.protocol import County, Fen, Ledger, Mask, ObservedNeed, Policy, Rows, policy_parameters


class Training(Policy):
    """Courses for registered households with an idle worker, who then enter off-farm work more often for some years.

    Jobs are not made: in the county the vacancies bind, so that others may lose what trainees gain.
    """

    name = "training"
    label = "Training and labour transfer"
    label_zh = "技能培训与劳务输出"
    family = "work"
    steps = ("programmes", "livelihood")
    parameters = policy_parameters("training", Path(__file__).parent / "parameters.yaml")

    def withdraw(self, county: County) -> Mask:
        """Who was trained so long ago that nothing is left of it may be trained again."""
        since = self.since(county)
        return super().withdraw(county) | (
            (since > 0) & (county.year - since >= 2 * self.value("full_years", county.year))
        )

    def eligible(self, county: County, observed: ObservedNeed) -> Mask:
        """Registered households with an idle able worker."""
        h = county.households
        return super().eligible(county, observed) & (h.able_workers > h.off_farm)

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        """A course and the travel aid for one worker, fen."""
        cost = self.value("cost_per_trainee", county.year) + self.value("travel_aid", county.year)
        return np.full(len(rows), round(cost * county.prices * 100.0), dtype=np.int64)

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Raise trainees' entry into off-farm work by `entry_gain` points a year, and by half of them later on."""
        rows = np.flatnonzero(self.enrolled(county))
        gain = self.value("entry_gain", county.year) * self.value("effect", county.year)
        if len(rows) == 0 or gain == 0.0:
            return
        years = county.year - self.since(county)[rows].astype(np.int64)
        fading = np.where(years < self.value("full_years", county.year), 1.0, 0.5)
        county.flows.entry_factor[rows] *= entry_factors(county, rows, gain * fading)


def entry_factors(county: County, rows: I64, points: F64) -> F64:
    """The factor on each household's own yearly rate of entry that adds `points` to it, shape (n,)."""
    h, terms = county.households, labour_terms(county)
    own = np.array(
        [entry_rate(float(h.remoteness[i]), float(h.motivation[i]), 1.0, terms) for i in rows], dtype=np.float64
    )
    factors: F64 = 1.0 + points / np.maximum(own, 1e-9)
    return factors
