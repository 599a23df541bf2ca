"""What incomes are made of, and what changed poverty: sources, growth and redistribution, growth by initial tenth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I8, I16, I64
from tuopin.agents.compiled import compiled
from tuopin.sim.measures.state import Initial, Sources

_FIXED = 1e4
"""Fixed point of sums: whole numbers do not depend on the order of rows."""


def income_shares(sources: Sources) -> dict[str, float]:
    """Return each source's share of all net income, by the model's sources and by the statistical office's components.

    The office counts what members away send home as a transfer, so that wages there are those earned near home.
    NaN if there is no income.
    """
    sums = np.zeros(len(Sources._fields), dtype=np.int64)
    _sum_sources(sources, sums)
    total = dict(zip(Sources._fields, (sums / _FIXED).tolist(), strict=True))
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


@compiled
def _sum_sources(s: Sources, sums: I64) -> None:
    for i in range(s.wage.shape[0]):
        sums[0] += np.int64(np.rint(s.wage[i] * _FIXED))
        sums[1] += np.int64(np.rint(s.remitted[i] * _FIXED))
        sums[2] += np.int64(np.rint(s.business[i] * _FIXED))
        sums[3] += np.int64(np.rint(s.property[i] * _FIXED))
        sums[4] += np.int64(np.rint(s.private[i] * _FIXED))
        sums[5] += np.int64(np.rint(s.public[i] * _FIXED))


class GrowthRedistribution(NamedTuple):
    """Change of the headcount since the initial state, as a share of persons, and what is left of it."""

    growth: float
    redistribution: float
    residual: float


class _Spread(NamedTuple):
    """Incomes and persons of households, and what incomes are divided by to be in lines."""

    income: F64
    persons: I16
    line: float


@compiled
def _mean_in_lines(c: _Spread) -> float:
    total, persons = 0, 0
    for i in range(c.income.shape[0]):
        total += c.persons[i] * np.int64(np.rint(c.income[i] / c.line * _FIXED))
        persons += c.persons[i]
    return total / _FIXED / max(persons, 1)


@compiled
def _below(c: _Spread, limit: float) -> float:
    """Share of persons with an income below `limit` lines."""
    poor, persons = 0, 0
    for i in range(c.income.shape[0]):
        poor += c.persons[i] * (c.income[i] < limit * c.line)
        persons += c.persons[i]
    return poor / max(persons, 1)


def growth_redistribution(initial: Initial, income: F64, members: I16, line: float) -> GrowthRedistribution:
    """Return how the headcount changed by growth of the mean and by redistribution, incomes being in lines.

    growth = H(mu_1, L_0) - H(mu_0, L_0), redistribution = H(mu_0, L_1) - H(mu_0, L_0), residual the rest of
    H(mu_1, L_1) - H(mu_0, L_0). Source: Datt and Ravallion (1992), Journal of Development Economics 38. NaN if a mean
    is not above 0.
    """
    then, now = _Spread(initial.in_lines, initial.persons, 1.0), _Spread(income, members, float(line))
    mean_0, mean_1 = _mean_in_lines(then), _mean_in_lines(now)
    if not (mean_0 > 0 and mean_1 > 0):
        return GrowthRedistribution(np.nan, np.nan, np.nan)
    before = _below(then, 1.0)
    growth, redistribution = _below(then, mean_0 / mean_1) - before, _below(now, mean_1 / mean_0) - before
    return GrowthRedistribution(growth, redistribution, _below(now, 1.0) - before - growth - redistribution)


DECILES = range(1, 11)


def growth_incidence(initial: Initial, income: F64, members: I16) -> dict[int, float]:
    """Return the growth of mean real effective income since the initial state by tenth of income then (1 the poorest).

    Not anonymous: the same households, with who was born to them; so it shows the return to the mean at once. Source:
    Ravallion and Chen (2003), Economics Letters 78, on the panel. NaN for a tenth without anybody or without income.
    """
    now = mean_by_decile(initial.decile, income, members) / initial.prices
    growth = np.divide(now, initial.means, out=np.full(len(now), np.nan), where=initial.means > 0) - 1.0
    return {k: float(growth[k]) for k in DECILES}


class _Tenths(NamedTuple):
    decile: I8
    income: F64
    members: I16


class _ByTenth(NamedTuple):
    """Persons, and their income in fixed point, by tenth, shape (11,)."""

    persons: I64
    total: I64


@compiled
def _sum_tenths(c: _Tenths, s: _ByTenth) -> None:
    for i in range(c.decile.shape[0]):
        s.persons[c.decile[i]] += c.members[i]
        s.total[c.decile[i]] += np.int64(np.rint(c.income[i] * c.members[i] * _FIXED))


def mean_by_decile(decile: I8, income: F64, members: I16) -> F64:
    """Mean income of persons by tenth, yuan a person, shape (11,) with the tenths at 1 to 10; NaN for nobody."""
    size = DECILES[-1] + 1
    persons, total = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    _sum_tenths(_Tenths(decile, income, members), _ByTenth(persons, total))
    means: F64 = np.divide(total / _FIXED, persons, out=np.full(size, np.nan), where=persons > 0)
    return means


def deciles(income: F64, persons: I16) -> I8:
    """Return the tenth of persons by income each household belongs to, 1 the poorest, int8 (n,); ties go by row."""
    order = np.argsort(income, kind="stable")
    upto = np.cumsum(np.asarray(persons)[order], dtype=np.float64)
    middle = upto - np.asarray(persons)[order] / 2.0
    found = np.empty(len(order), dtype=np.int8)
    found[order] = np.clip(np.ceil(10.0 * middle / max(float(upto[-1]), 1.0)), 1, 10) if len(order) else 0
    return found
