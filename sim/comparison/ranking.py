"""The order of packages by poverty-years averted, and how sure it is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.sim.comparison.paired import Floats, Uncertainty, paired_interval


class Ranking(NamedTuple):
    """Rank of each scenario (1 the best, NaN if unknown) and the share of replicates in which it comes first."""

    rank: Floats
    first: Floats


def ranking(averted: Floats, uncertainty: Uncertainty = "luck") -> Ranking:
    """Return the order of scenarios by `averted` (scenarios, replicates), more being better, NaN without a run.

    A scenario's rank is one more than the number of scenarios clearly better than it: those whose paired difference
    from it has an interval wholly above zero. Scenarios whose differences are unclear may so share a
    rank; they need not, since one may be clearly behind a third that the other is not clearly behind. With fewer than
    two replicates nothing is clear and ranks are NaN. First is counted in the replicates in which all scenarios have a
    run; of several that are equal each gets its part.
    """
    count = len(averted)
    better = np.zeros(count)
    for other in range(count):
        low = paired_interval(averted[other] - averted, uncertainty).low
        better += np.nan_to_num(low, nan=0.0) > 0
    known = np.isfinite(averted).sum(axis=1) >= 2
    return Ranking(np.where(known, better + 1.0, np.nan), shares_of_first(averted))


def shares_of_first(averted: Floats) -> Floats:
    """Return in which share of the complete replicates each scenario has the highest value; NaN if none is complete."""
    complete = np.asarray(np.isfinite(averted).all(axis=0))
    if not complete.any():
        return np.full(len(averted), np.nan)
    values = averted[:, complete]
    best = np.asarray(values == values.max(axis=0), dtype=np.float64)
    return np.asarray((best / best.sum(axis=0)).mean(axis=1))
