"""Which policies there are: those of this package, and those other packages add (entry point group
`tuopin.policies`).
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points

from tuopin import policies
from tuopin.policies.protocol import Policy

GROUP = "tuopin.policies"


@cache
def catalogue() -> dict[str, type[Policy]]:
    """Return every policy class by name, sorted. Raises ValueError if two claim one name or a plug-in is no Policy."""
    found: dict[str, type[Policy]] = {}
    for module in pkgutil.iter_modules(policies.__path__):
        if module.ispkg:
            _add(
                found,
                importlib.import_module(f"tuopin.policies.{module.name}").POLICY,
                f"tuopin.policies.{module.name}",
            )
    for point in entry_points(group=GROUP):
        _add(found, point.load(), point.value)
    return dict(sorted(found.items()))


def _add(found: dict[str, type[Policy]], policy: object, origin: str) -> None:
    if not (isinstance(policy, type) and issubclass(policy, Policy)):
        raise ValueError(f"{origin}: a policy must be a subclass of tuopin.policies.protocol.Policy")
    if found.get(policy.name, policy) is not policy:
        raise ValueError(f"{origin}: the policy name {policy.name!r} is already taken")
    found[policy.name] = policy
