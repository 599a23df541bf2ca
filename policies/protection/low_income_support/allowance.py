"""Benefit design: tiers of the minimum living allowance, not an exact filling of gaps; support of the destitute."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F32, F64, I8, I16
from tuopin.agents.compiled import compiled, rule
from tuopin.policies.arrays import Mask, Rows


class Tiers(NamedTuple):
    """Terms of the year: limits of tested income and amounts, all as shares of the standard."""

    tier_a_below: float
    tier_b_below: float
    tier_a: float
    tier_b: float
    tier_c: float
    five_guarantee_ratio: float


class Beneficiaries(NamedTuple):
    """Households granted an allowance (`rows`, and the `tested` income of each), and columns of all households."""

    rows: Rows
    tested: F64
    members: I16
    able_workers: I8
    working_age: I8
    elderly: I8
    aged: I8
    disabled: I8
    pupils: I8
    small_children: I8
    private_transfers: F32


@rule
def allowance(income: float, standard: float, t: Tiers) -> float:
    """Yearly allowance, yuan a person, by tier of tested `income` (yuan a person).

    The first tier ends below `tier_a_below` x standard, the second below `tier_b_below` x standard. Who is at or above
    the standard and still enrolled gets the third. Nothing if there is no standard.
    """
    if standard <= 0:
        return 0.0
    ratio = income / standard
    share = t.tier_a if ratio < t.tier_a_below else (t.tier_b if ratio < t.tier_b_below else t.tier_c)
    return share * standard


@rule
def destitute(
    able_workers: int, younger: int, disabled: int, pupils: int, small_children: int, from_relatives: float
) -> bool:
    """Whether a household falls under the five guarantees: old or disabled persons with nobody to support them.

    Nobody able to work, nobody below 70 (`younger` adults) who is not disabled, no child, and no relative who sends
    anything (yuan).
    """
    return able_workers == 0 and younger <= disabled and pupils + small_children == 0 and from_relatives <= 0.0


@rule
def support_per_person(income: float, standard: float, is_destitute: bool, t: Tiers) -> float:
    """Yearly support, yuan a person: `five_guarantee_ratio` x standard for the destitute below it, else the tier's."""
    if is_destitute and income < standard:
        return standard * t.five_guarantee_ratio
    return allowance(income, standard, t)


@compiled
def _is_destitute(b: Beneficiaries, i: int) -> bool:
    return destitute(
        b.able_workers[i],
        b.working_age[i] + b.elderly[i] - b.aged[i],
        b.disabled[i],
        b.pupils[i],
        b.small_children[i],
        b.private_transfers[i],
    )


@compiled
def _find_destitute(b: Beneficiaries, found: Mask) -> None:
    for k in range(b.rows.shape[0]):
        i = b.rows[k]
        found[k] = _is_destitute(b, i)


def destitute_among(beneficiaries: Beneficiaries) -> Mask:
    """Which of the households fall under the five guarantees, shape (rows,)."""
    found = np.empty(len(beneficiaries.rows), dtype=np.bool_)
    _find_destitute(beneficiaries, found)
    return found


@compiled
def _grant(b: Beneficiaries, standard: float, effect: float, t: Tiers, granted: F64) -> None:
    for k in range(b.rows.shape[0]):
        i = b.rows[k]
        alone = _is_destitute(b, i)
        granted[k] = support_per_person(b.tested[k], standard, alone, t) * b.members[i] * effect


def grants(beneficiaries: Beneficiaries, standard: float, effect: float, tiers: Tiers) -> F64:
    """Yearly allowance of each household, yuan, times `effect`; `standard` in yuan a person."""
    granted = np.empty(len(beneficiaries.rows))
    _grant(beneficiaries, standard, effect, tiers, granted)
    return granted
