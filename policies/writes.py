"""Base columns that several policies may change, because what they do to one adds up whatever their order.

All other columns that a policy names in `writes` are its own while it takes part in a scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tuopin.agents.columns import ColumnName
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
