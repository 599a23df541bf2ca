"""Who of those looked at is put on the list, and who is taken off it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I8, I16, I64, Flags
from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.review import income_as_seen
from tuopin.policies.finding.monitoring.causes import AtRisk


class Terms(NamedTuple):
    """Chances of being seen by village, of a false alarm, a call and a release on paper; and the rule of release."""

    seen: F64
    alarm: float
    hotline: float
    on_paper: float
    by_income: bool
    """Whether income above the line of the list is enough to leave it."""


class _Looked(NamedTuple):
    """Of who is looked at: row, cause, whether bills or a fall alone list him, income under the line of the list."""

    rows: I64
    cause: I8
    alone: Flags
    under: Flags
    luck: F64


@compiled
def _decide(c: _Looked, t: Terms, since: I16, village: I16, poor: Flags, found: Flags, gone: Flags) -> None:
    for k in range(c.rows.shape[0]):
        i = c.rows[k]
        at_risk = c.alone[k] or (c.under[k] and c.cause[k] > 0)
        if since[i] > 0:
            free = not c.alone[k] and not c.under[k] and (t.by_income or c.cause[k] == 0)
            gone[k] = free or c.luck[k, 3] < t.on_paper
        elif at_risk:
            found[k] = c.luck[k, 0] < t.seen[village[i]] or (poor[i] and c.luck[k, 1] > 1.0 - t.hotline)
        else:
            found[k] = c.luck[k, 1] < t.alarm or (poor[i] and c.luck[k, 1] > 1.0 - t.hotline)


class Decided(NamedTuple):
    """Of who is looked at: who is put on the list, who leaves it, and income as seen, yuan a person, NaN unseen."""

    found: Flags
    gone: Flags
    seen: F64


def decide(county: County, risk: AtRisk, since: I16, limit: float, terms: Terms, luck: F64) -> Decided:
    """Who of `risk` is put on the list and who leaves it, shapes (n,); `luck` are four uniforms each, (n, 4).

    `since` is the year on the list of every household, `limit` the income as seen, yuan a person, under which a cause
    lists. Who has left is not found in the same year.
    """
    h, rows = county.households, risk.rows
    judged = np.flatnonzero((risk.cause > 0) | (since[rows] > 0))  # nobody else's income matters
    seen = np.full(len(rows), np.nan)
    seen[judged] = income_as_seen(county, rows[judged])
    found, gone = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.bool_)
    looked = _Looked(rows, risk.cause, risk.alone, seen < limit, luck)
    _decide(looked, terms, since, h.village, h.poor_true, found, gone)
    return Decided(found, gone, seen)
