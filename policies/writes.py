"""Base columns that several policies may change, because what they do to one adds up whatever their order.

All other columns that a policy names in `writes` are its own while it takes part in a scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from tuopin.agents.arrays import Array
from tuopin.agents.columns import EXITED, REGISTERED_POOR, RELAPSED, ColumnName
from tuopin.agents.county import County
from tuopin.agents.lines import GRAIN
from tuopin.policies.protocol import Policy

ADD, MOST, ANY, FIRST, MOVED = "add", "most", "any", "first", "moved"
COMBINED: Mapping[ColumnName, str] = {
    "line": FIRST,
    "line_age": FIRST,
    "line_scale": ADD,
    "productive_assets": ADD,
    "savings": ADD,
    "housing_grade": MOST,
    "safe_water": ANY,
    "insured": ANY,
    "registry_status": MOVED,
    "registered_since": MOVED,
    "registry_exit_year": MOVED,
    "cause": MOVED,
}
"""How a column is changed by each: `first` starts a line where there is none, `add` adds to it, `most` raises it to
something, `any` sets a flag that no other takes away, `moved` changes by `tuopin.agents.registry.move` alone."""


def claims(policy: Policy | type[Policy]) -> tuple[str, ...]:
    """What only this policy may change, set or hold in a scenario."""
    return (*(name for name in policy.writes if name not in COMBINED), *policy.sets, *policy.holds)


def contested(policies: Iterable[Policy | type[Policy]]) -> tuple[str, str, str] | None:
    """The first two policies that claim the same thing, and what it is; variants of one class may share.

    None if there are none.
    """
    owner: dict[str, Policy | type[Policy]] = {}
    for policy in policies:
        for what in claims(policy):
            other = owner.setdefault(what, policy)
            if other is not policy and root(other.name) != root(policy.name):
                return other.name, policy.name, what
    return None


def root(policy: str) -> str:
    """The name of a policy without its variant."""
    return policy.partition(".")[0]


Kept = Mapping[ColumnName, Array]
"""Combined columns by name as they stood before a rule ran."""
_REGISTER: tuple[ColumnName, ...] = ("registry_status", "registered_since", "registry_exit_year", "cause")


def kept_before(policy: Policy, county: County) -> Kept:
    """Copies of what the policy may change together with others, before one of its rules runs."""
    names = [name for name in policy.writes if name in COMBINED]
    if any(COMBINED[name] == FIRST for name in names):
        names.append("line")
    if any(COMBINED[name] == MOVED for name in names):
        names += _REGISTER
    return {name: county.households.column(name).copy() for name in names}


def broken_rule(before: Kept, county: County) -> str:
    """What a rule did to columns of `COMBINED` that would undo what other policies do to them; empty if nothing."""
    h = county.households
    for name, was in before.items():
        now = h.column(name)
        kind = COMBINED.get(name)
        if kind == MOST and (now < was).any():
            return f"lowers {name}; allowed: to raise it, np.maximum({name}[rows], ...)"
        if kind == ANY and (was & ~now).any():
            return f"clears {name}; allowed: to set it"
        if kind == FIRST and ((now != was) & (before["line"] > GRAIN)).any():
            return (
                f"changes {name} of households that have an industry; allowed: to start one where `line` is 0 (grain)"
            )
    return _wrong_move(before, county) if "registry_status" in before else ""


def _wrong_move(before: Kept, county: County) -> str:
    """Whether the register was written otherwise than `tuopin.agents.registry.move` leaves it."""
    h, year = county.households, county.year
    was_listed, listed = _listed(before["registry_status"]), _listed(h.registry_status)
    came, left = listed & ~was_listed, was_listed & (h.registry_status == EXITED)
    new = h.registered_since == year
    wrong = {
        "registry_status": (came & ~new) | (left & (h.registry_exit_year != year)),
        "registered_since": (h.registered_since != before["registered_since"]) & ~new,
        "registry_exit_year": (h.registry_exit_year != before["registry_exit_year"]) & (h.registry_exit_year != year),
        "cause": (h.cause != before["cause"]) & ~new,
    }
    for name, where in wrong.items():
        if where.any():
            return f"writes {name} itself; allowed: tuopin.agents.registry.move(county, rows, status)"
    return ""


def _listed(status: Array) -> Array:
    return np.isin(status, (REGISTERED_POOR, RELAPSED))
