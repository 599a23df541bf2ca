"""Who is reached: exclusion and inclusion errors, benefit incidence, and the share that goes to the poorest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I16, Array, Flags
from tuopin.agents.compiled import compiled
from tuopin.sim.measures.arguments import check_lengths, check_line, check_weights


class TargetingErrors(NamedTuple):
    """Person-weighted errors of a register or a programme; both NaN where there is nobody to be wrong about."""

    exclusion: float
    inclusion: float


class _Reach(NamedTuple):
    poor: Flags
    reached: Flags
    members: I16


@compiled
def _count(c: _Reach) -> tuple[np.int64, np.int64, np.int64]:
    """Return persons who are poor, persons reached, and persons who are both."""
    n_poor = n_reached = both = np.int64(0)
    for i in range(c.members.shape[0]):
        m, p, r = np.int64(c.members[i]), np.int64(c.poor[i]), np.int64(c.reached[i])
        n_poor += m * p
        n_reached += m * r
        both += m * p * r
    return n_poor, n_reached, both


def targeting_errors(*, poor: Flags, reached: Flags, members: I16) -> TargetingErrors:
    """Return the share of poor persons not reached and the share of reached persons not poor; bool arrays (n,).

    Source: Cornia and Stewart (1993). Poverty is that of the same assessment, so a programme that lifts people out at
    once looks less well aimed than it was; compare with the status of a year earlier where that matters.

    Raises
    ------
    ValueError
        If the shapes differ or persons are below 0.
    """
    check_lengths(poor=poor, reached=reached, members=members)
    check_weights(members, "members")
    n_poor, n_reached, both = (int(k) for k in _count(_Reach(poor=poor, reached=reached, members=members)))
    return TargetingErrors(
        (n_poor - both) / n_poor if n_poor else np.nan,
        (n_reached - both) / n_reached if n_reached else np.nan,
    )


def cumulative_benefit_share(benefit: Array, income: Array, members: Array, quantiles: Array) -> F64:
    """Return the share of all benefits that goes to the poorest share q of persons, for each q of `quantiles` (k,).

    `benefit` (n,) yuan per household, `income` (n,) yuan per person *before* the benefit, `members` (n,). Households of
    equal income share alike, so no row order matters; one without members has no part. NaN if no benefit is paid,
    nobody is there or a benefit or income is NaN.

    Raises
    ------
    ValueError
        If the shapes differ, a benefit or persons are below 0 or infinite, or a quantile is not within 0..1.
    """
    if not ((np.asarray(quantiles) >= 0) & (np.asarray(quantiles) <= 1)).all():
        raise ValueError("quantiles must be within 0..1")
    persons, yuan, total = _by_income(benefit, income, members)
    if not total > 0:
        return np.full(len(quantiles), np.nan)
    at = np.concatenate([[0.0], np.cumsum(persons) / persons.sum()])
    share = np.concatenate([[0.0], np.cumsum(yuan) / total])
    return np.asarray(np.interp(quantiles, at, share), dtype=np.float64)


def _by_income(benefit: Array, income: Array, members: Array) -> tuple[F64, F64, float]:
    """Persons and benefits by level of income, poorest first, and all benefits: NaN if they or incomes are unknown."""
    check_lengths(benefit=benefit, income=income, members=members)
    check_weights(members, "members")
    paid, y = np.asarray(benefit, dtype=np.float64), np.asarray(income, dtype=np.float64)
    if (paid < 0).any() or np.isinf(paid).any():
        raise ValueError("benefits must be finite and not below 0")
    paid = np.where(np.asarray(members) > 0, paid, 0.0)  # what goes to nobody is nobody's share, and shares sum to 1
    levels, index = np.unique(y, return_inverse=True)
    persons = np.bincount(index, weights=members, minlength=len(levels)).astype(np.float64)
    yuan = np.bincount(index, weights=paid, minlength=len(levels)).astype(np.float64)
    known = not np.isnan(y).any() and persons.sum() > 0
    return persons, yuan, float(yuan.sum()) if known else np.nan


def coady_grosh_hoddinott(benefit: Array, income: Array, members: Array, share: float) -> float:
    """Return the share of benefits going to the poorest `share` of persons, divided by `share` (1: no targeting).

    Arguments as `cumulative_benefit_share`; usual shares are .1, .2 and .4. Source: Coady, Grosh and Hoddinott (2004),
    World Bank, ch. 2.

    Raises
    ------
    ValueError
        If `share` is not between 0 and 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"the poorest share must be above 0 and at most 1, got {share}")
    return float(cumulative_benefit_share(benefit, income, members, np.array([share]))[0]) / share


def benefit_incidence(benefit: Array, income: Array, members: Array, groups: int = 10) -> F64:
    """Return the share of benefits that each of `groups` equal groups of persons receives, poorest first.

    A household on a border is divided in proportion to persons. Arguments as `cumulative_benefit_share`.

    Raises
    ------
    ValueError
        If there is not at least one group.
    """
    if groups < 1:
        raise ValueError(f"groups must be at least 1, got {groups}")
    return np.diff(cumulative_benefit_share(benefit, income, members, np.linspace(0.0, 1.0, groups + 1)))


def concentration_coefficient(benefit: Array, income: Array, members: Array) -> float:
    """Return the concentration coefficient of benefits: -1 all to the poorest, 0 even, 1 all to the richest.

    Twice the area between the diagonal and the concentration curve. Arguments as `cumulative_benefit_share`. Source:
    Kakwani (1980), ch. 8. NaN if no benefit is paid.
    """
    persons, yuan, total = _by_income(benefit, income, members)
    if not total > 0:
        return np.nan
    at = np.cumsum(persons) / persons.sum()
    share = np.cumsum(yuan) / total
    below = np.concatenate([[0.0], share[:-1]])
    return float(1.0 - np.sum(np.diff(at, prepend=0.0) * (share + below)))


def poverty_gap_efficiency(income_before: Array, income: Array, line: float, members: Array, cost: float) -> float:
    """Return how much of a programme's cost closed poverty gaps, (gap before - gap after) / cost; NaN without cost.

    Incomes (n,) yuan per person, gaps truncated at zero income; NaN if one is NaN. Source: Beckerman (1979), Economic
    Journal 89.

    Raises
    ------
    ValueError
        If the shapes differ, persons are below 0, or the line is not a number above 0.
    """
    check_lengths(income_before=income_before, income=income, members=members)
    check_weights(members, "members")
    check_line(line)

    def gap(y: Array) -> float:
        return float(np.dot(np.clip(line - np.maximum(y, 0.0), 0.0, None), members))

    return (gap(income_before) - gap(income)) / cost if cost > 0 else np.nan
