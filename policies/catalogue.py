"""Which policies there are: those of this package, and those other packages add.

A folder two levels down, `policies/<family>/<module>/`, is a policy if its package names one as `POLICY`; another
package adds one by an entry point of the group `tuopin.policies`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points

from tuopin import policies
from tuopin.policies.older_protocols import refuse_older
from tuopin.policies.protocol import FAMILIES, Policy

GROUP = "tuopin.policies"


@cache
def catalogue() -> dict[str, type[Policy]]:
    """Return every policy class by name, sorted.

    Raises
    ------
    ValueError
        If two claim one name, or a plug-in is no policy, of an unknown family or written for an older protocol.
    """
    found: dict[str, type[Policy]] = {}
    for module in _modules():
        _add(found, importlib.import_module(module).POLICY, module)
    for point in entry_points(group=GROUP):
        _add(found, point.load(), point.value)
    return dict(sorted(found.items()))


def _modules() -> list[str]:
    """The import names of the policies of this package: every package in a family's folder."""
    families = [family.name for family in pkgutil.iter_modules(policies.__path__) if family.ispkg]
    return [
        f"{policies.__name__}.{family}.{module.name}"
        for family in families
        for module in pkgutil.iter_modules([f"{path}/{family}" for path in policies.__path__])
        if module.ispkg
    ]


def _add(found: dict[str, type[Policy]], policy: object, origin: str) -> None:
    if not (isinstance(policy, type) and issubclass(policy, Policy)):
        raise ValueError(f"{origin}: a policy must be a subclass of tuopin.policies.protocol.Policy")
    refuse_older(policy, origin)
    if policy.family and policy.family not in FAMILIES:
        raise ValueError(f"{origin}: the family {policy.family!r} is not one of {', '.join(FAMILIES)}")
    if found.get(policy.name, policy) is not policy:
        raise ValueError(f"{origin}: the policy name {policy.name!r} is already taken")
    found[policy.name] = policy
