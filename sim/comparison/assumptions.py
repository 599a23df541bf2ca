"""Which assumptions decide: the order of packages under drawn parameters, and what turns it over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata

from tuopin.sim.comparison.paired import LEVEL, Floats

TOLD = 3
MOST_PAIRS = 5
OFTEN = 0.10
"""A neighbour that overtakes in this share of the draws is told of where no stated order is there to differ from."""
FEWEST = 10
"""With fewer draws no correlation is told."""


class Decides(NamedTuple):
    """Two packages, in which share of the draws the first averts more, and the parameters that decide: (id, rho).

    `by_luck` is the strength that the strongest of so many correlations reaches by luck alone (95%).
    """

    first: str
    second: str
    share: float
    parameters: tuple[tuple[str, float], ...]
    by_luck: float


def order_of(averted: Mapping[str, Floats]) -> list[str]:
    """Return packages by their mean over draws of poverty-years averted, the most first."""
    return sorted(averted, key=lambda name: -float(np.nanmean(averted[name])))


def differing_pairs(order: Sequence[str], stated: Sequence[str]) -> list[tuple[str, str]]:
    """Return the pairs of packages that stand the other way round in the stated order, nearest neighbours first."""
    place = {name: at for at, name in enumerate(stated)}
    known = [name for name in order if name in place]
    pairs = [(a, b, j - i) for i, a in enumerate(known) for j, b in enumerate(known[i + 1 :], i + 1)]
    turned = [(distance, a, b) for a, b, distance in pairs if place[a] > place[b]]
    return [(a, b) for _, a, b in sorted(turned, key=lambda pair: pair[0])]


def deciding(
    averted: Mapping[str, Floats],
    draws: pd.DataFrame,
    stated: Sequence[str] | None = None,
    policies: Mapping[str, Collection[str]] | None = None,
) -> Iterator[Decides]:
    """Give the pairs of packages whose order the draws put in doubt, and which parameters decide it.

    Parameters
    ----------
    averted
        Poverty-years averted by package, (draws,) in the order of the rows of `draws`.
    draws
        One row a draw, one column a parameter.
    stated
        The order under the stated values. None: neighbours in the mean order that change places in a tenth of the draws
        or more are concerned.
    policies
        The programmes of each package: parameters of others can decide nothing between two packages.
    """
    order = order_of(averted)
    if stated is None:
        concerned = [(a, b) for a, b in pairwise(order) if _share(averted[a], averted[b]) <= 1 - OFTEN]
    else:
        concerned = differing_pairs(order, stated)
    for first, second in concerned[:MOST_PAIRS]:
        difference = averted[first] - averted[second]
        found, by_luck = strongest(difference, draws[relevant(list(draws.columns), first, second, policies or {})])
        yield Decides(first, second, _share(averted[first], averted[second]), found, by_luck)


def relevant(parameters: Sequence[str], first: str, second: str, policies: Mapping[str, Collection[str]]) -> list[str]:
    """Return the parameters but those of programmes that neither of two packages has."""
    theirs = {*policies.get(first, ()), *policies.get(second, ())}
    others = {policy for package in policies.values() for policy in package} - theirs
    return [name for name in parameters if name.partition(".")[0] not in others]


def strongest(difference: Floats, draws: pd.DataFrame) -> tuple[tuple[tuple[str, float], ...], float]:
    """Return the parameters whose rank correlation (Spearman 1904) with `difference` is strongest, with it.

    The second value is the strength that the largest of the correlations reaches by luck in one of twenty such tables
    (normal approximation with standard error 1/sqrt(n - 1), Bonferroni). Nothing is told with fewer than ten draws.
    """
    there = np.isfinite(difference)
    values = draws.to_numpy(dtype=np.float64)[there]
    varies = np.ptp(values, axis=0) > 0 if len(values) else np.zeros(draws.shape[1], dtype=np.bool_)
    if there.sum() < FEWEST or not varies.any() or np.ptp(difference[there]) == 0:
        return (), float("nan")
    x, y = rankdata(values[:, varies], axis=0), rankdata(difference[there])
    x, y = x - x.mean(axis=0), y - y.mean()
    rho = (y @ x) / np.sqrt((x * x).sum(axis=0) * (y * y).sum())
    names = draws.columns[varies]
    top = np.argsort(-np.abs(rho), kind="stable")[:TOLD]
    by_luck = float(ndtri(1 - (1 - LEVEL) / 2 / len(rho)) / np.sqrt(there.sum() - 1))
    return tuple((str(names[k]), float(rho[k])) for k in top), min(by_luck, 1.0)


def _share(first: Floats, second: Floats) -> float:
    there = np.isfinite(first) & np.isfinite(second)
    return float((first[there] > second[there]).mean()) if there.any() else float("nan")
