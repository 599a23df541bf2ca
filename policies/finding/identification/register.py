"""What is done to the register: re-ranked, audited, checked against other data, entered after a new line."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I64, Flags
from tuopin.agents.columns import NEAR_POOR, OUTSIDE, REGISTERED_POOR
from tuopin.agents.county import County
from tuopin.agents.rationing import first_of_each, whole_part, within_budget
from tuopin.agents.registry import move, registered


class Checked(NamedTuple):
    """Persons that a check of the register removed, doubted and kept, and added."""

    removed: int = 0
    retained: int = 0
    added: int = 0


def outside(county: County) -> Flags:
    """Who has never been on the register or was struck off it, bool per household."""
    status = county.households.registry_status
    mask: Flags = (status == OUTSIDE) | (status == NEAR_POOR)
    return mask


def rerank(county: County, judged: F64, looked_at: Flags) -> Checked:
    """List anew, in every village, as many households as were listed: those judged poorest of who is looked at.

    Who is not looked at stays where he is.
    """
    h = county.households
    listed, free = registered(county) & looked_at, outside(county) & looked_at
    rows = np.flatnonzero(listed | free)
    places = np.bincount(h.village[listed], minlength=len(county.villages))
    chosen = np.zeros(len(h), dtype=np.bool_)
    chosen[rows[first_of_each(h.village[rows], judged[rows], h.uid[rows], places)]] = True
    removed, added = np.flatnonzero(listed & ~chosen), np.flatnonzero(free & chosen)
    move(county, removed, OUTSIDE)
    move(county, added, REGISTERED_POOR)
    return Checked(int(h.members[removed].sum()), 0, int(h.members[added].sum()))


def audit(
    county: County, judged: F64, doubtful_share: float, removed_of: F64, added_share: float, looked_at: Flags, lot: F64
) -> Checked:
    """Doubt the listed judged richest, strike off some of them, and list the poorest outside; shares of those listed.

    `removed_of` is the chance that a doubtful household of each village is removed, `lot` a uniform of each household.
    """
    h = county.households
    members = h.members.astype(np.int64)
    listed = np.flatnonzero(registered(county))
    persons = int(members[listed].sum())
    doubtful = listed[
        within_budget(-judged[listed], h.uid[listed], members[listed], whole_part(doubtful_share, persons))
    ]
    removed = doubtful[lot[doubtful] < removed_of[h.village[doubtful]]]
    free = np.flatnonzero(outside(county) & looked_at)
    added = free[within_budget(judged[free], h.uid[free], members[free], whole_part(added_share, persons))]
    move(county, removed, OUTSIDE)
    move(county, added, REGISTERED_POOR)
    gone = int(members[removed].sum())
    return Checked(gone, int(members[doubtful].sum()) - gone, int(members[added].sum()))


def remove_false_entries(county: County, false_share: float, found: float, lot: F64) -> int:
    """Strike off a share `found` of the false entries, the listed richest in truth; return persons.

    What other registers hold (cars, houses, firms) shows what a household is worth without an error of judgement.
    """
    h = county.households
    members = h.members.astype(np.int64)
    listed = np.flatnonzero(registered(county))
    most = whole_part(false_share, int(members[listed].sum()))
    false = listed[within_budget(-h.net_income_pp[listed], h.uid[listed], members[listed], most)]
    rows = false[lot[false] < found]
    move(county, rows, OUTSIDE)
    return int(members[rows].sum())


def enter_under(county: County, judged: F64, seen: F64, old_line: float, intake_share: float) -> int:
    """After a rise of the line list a share of who is newly under it, the poorest first; return persons.

    `seen` is income as the review judges it, yuan a person; newly under are those from the old line up to the new.
    """
    h = county.households
    members = h.members.astype(np.int64)
    newly: I64 = np.flatnonzero(outside(county) & (seen >= old_line) & (seen < county.registry_line))
    most = whole_part(intake_share, int(members[newly].sum()))
    rows = newly[within_budget(judged[newly], h.uid[newly], members[newly], most)]
    move(county, rows, REGISTERED_POOR)
    return int(members[rows].sum())
