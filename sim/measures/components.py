"""What incomes are made of, and what changed poverty: sources, growth and redistribution, growth by initial tenth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import Array
from tuopin.sim.measures.fgt import fgt
from tuopin.sim.measures.state import Initial, Sources


def income_shares(sources: Sources) -> dict[str, float]:
    """Return each source's share of all net income, by the model's sources and by the statistical office's components.

    The office counts what members away send home as a transfer, so that wages there are those earned near home.
    NaN if there is no income.
    """
    total = {name: float(np.sum(values, dtype=np.float64)) for name, values in sources._asdict().items()}
    transfers = total["private"] + total["public"]
    whole = total["wage"] + total["business"] + total["property"] + transfers
    parts = {
        "wage_income_share": total["wage"],
        "business_income_share": total["business"],
        "property_income_share": total["property"],
        "private_transfer_share": total["private"],
        "office_wage_share": total["wage"] - total["remitted"],
        "office_transfer_share": transfers + total["remitted"],
    }
    return {name: part / whole if whole > 0 else np.nan for name, part in parts.items()}


class GrowthRedistribution(NamedTuple):
    """Change of the headcount since the initial state, as a share of persons, and what is left of it."""

    growth: float
    redistribution: float
    residual: float


def growth_redistribution(initial: Initial, in_lines: Array, members: Array) -> GrowthRedistribution:
    """Return how the headcount changed by growth of the mean and by redistribution, incomes being in lines.

    growth = H(mu_1, L_0) - H(mu_0, L_0), redistribution = H(mu_0, L_1) - H(mu_0, L_0), residual the rest of
    H(mu_1, L_1) - H(mu_0, L_0). Source: Datt and Ravallion (1992), Journal of Development Economics 38. NaN if a mean
    is not above 0.
    """
    mean_0 = float(np.average(initial.in_lines, weights=initial.persons))
    mean_1 = float(np.average(in_lines, weights=members))
    if not (mean_0 > 0 and mean_1 > 0):
        return GrowthRedistribution(np.nan, np.nan, np.nan)
    before = fgt(initial.in_lines, 1.0, initial.persons)
    grown = fgt(initial.in_lines * (mean_1 / mean_0), 1.0, initial.persons)
    spread = fgt(in_lines * (mean_0 / mean_1), 1.0, members)
    now = fgt(in_lines, 1.0, members)
    growth, redistribution = grown - before, spread - before
    return GrowthRedistribution(growth, redistribution, now - before - growth - redistribution)


DECILES = range(1, 11)


def growth_incidence(initial: Initial, income: Array, members: Array) -> dict[int, float]:
    """Return the growth of mean real effective income since the initial state by tenth of income then (1 the poorest).

    Not anonymous: the same households, with who was born to them; so it shows the return to the mean at once. Source:
    Ravallion and Chen (2003), Economics Letters 78, on the panel. NaN for a tenth without anybody or without income.
    """
    before = _means(initial.deciles, initial.income, initial.persons)
    now = _means(initial.decile, income, members) / initial.prices
    growth = np.divide(now, before, out=np.full(len(before), np.nan), where=before > 0) - 1.0
    return {k: float(growth[k]) for k in DECILES}


def _means(decile: Array, income: Array, persons: Array) -> Array:
    size = DECILES[-1] + 1
    people = np.bincount(decile, weights=persons, minlength=size)
    total = np.bincount(decile, weights=income * persons, minlength=size)
    means: Array = np.divide(total, people, out=np.full(size, np.nan), where=people > 0)
    return means


def deciles(income: Array, persons: Array) -> Array:
    """Return the tenth of persons by income each household belongs to, 1 the poorest, int8 (n,); ties go by row."""
    order = np.argsort(income, kind="stable")
    upto = np.cumsum(np.asarray(persons)[order], dtype=np.float64)
    middle = upto - np.asarray(persons)[order] / 2.0
    found = np.empty(len(order), dtype=np.int8)
    found[order] = np.clip(np.ceil(10.0 * middle / max(float(upto[-1]), 1.0)), 1, 10) if len(order) else 0
    return found
