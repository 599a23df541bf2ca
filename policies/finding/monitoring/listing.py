"""Who of those looked at is put on the list, and who is taken off it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I16, Flags
from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.review import income_as_seen
from tuopin.policies.finding.monitoring.causes import AtRisk


class Terms(NamedTuple):
    """The line of the list (yuan a person), chances of being seen, of false alarms, of a release on paper; the rule."""

    limit: float
    seen: F64
    alarm: float
    on_paper: float
    by_income: bool
    """Whether income above the line of the list is enough to leave it."""


class _Cases(NamedTuple):
    """Columns of all households, and of those looked at income as seen (yuan a person) and what is decided."""

    since: I16
    village: I16
    income: F64
    found: Flags
    gone: Flags


@compiled
def _decide(risk: AtRisk, t: Terms, c: _Cases) -> None:
    for k in range(risk.rows.shape[0]):
        i, under = risk.rows[k], c.income[k] < t.limit
        if c.since[i] > 0:
            free = not risk.alone[k] and not under and (t.by_income or risk.cause[k] == 0)
            c.gone[k] = free or risk.luck[k, 3] < t.on_paper
        else:
            at_risk = risk.alone[k] or (under and risk.cause[k] > 0)
            seen = risk.luck[k, 0] < t.seen[c.village[i]] if at_risk else risk.luck[k, 1] < t.alarm
            c.found[k] = seen or risk.called[k]


class Decided(NamedTuple):
    """Of who is looked at: who is put on the list, who leaves it, and income as seen, yuan a person, NaN unseen."""

    found: Flags
    gone: Flags
    seen: F64


def decide(county: County, risk: AtRisk, since: I16, terms: Terms) -> Decided:
    """Who of `risk` is put on the list and who leaves it, shapes (n,); `since` is the year on it of every household.

    Who has left is not found in the same year.
    """
    rows = risk.rows
    judged = np.flatnonzero((risk.cause > 0) | (since[rows] > 0))  # nobody else's income matters
    seen = np.full(len(rows), np.nan)
    seen[judged] = income_as_seen(county, rows[judged])
    found, gone = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.bool_)
    _decide(risk, terms, _Cases(since, county.households.village, seen, found, gone))
    return Decided(found, gone, seen)
