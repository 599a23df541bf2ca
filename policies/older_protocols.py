"""What changed in the rules of a policy, so that one written for older rules is refused instead of misread."""

from __future__ import annotations

import inspect

from tuopin.policies.own_columns import OwnColumns
from tuopin.policies.protocol import PROTOCOL, Policy

RENAMED = {
    "serve": "`serve` is now `change_terms`",
    "seen_need": "`seen_need` is gone: rules that need it are given `observed`, and `observed.of(rows)` is the need",
    "seen_need_of_all": "`seen_need_of_all` is gone: rules that need it are given `observed`; see `observed.of_all()`",
    "open_eyes": "`open_eyes` is gone: the programme step makes an `ObservedNeed` by `observe(county)`",
    "close_eyes": "`close_eyes` is gone: the programme step makes an `ObservedNeed` by `observe(county)`",
}
"""Names of protocol 1 and what became of them."""

RULES = {
    "eligible": "(county, observed)",
    "unit_cost": "(county, rows, observed)",
    "affordable": "(county, rows, left_fen, observed)",
    "enrol": "(county, rows, places), where `places` is what `room` returned: an index for each row, -1 for no room",
}
"""Rules that take more than in protocol 1, and what they take now."""


def changes_missed(policy: type[Policy]) -> list[str]:
    """Return one line for each way in which `policy` is written for an older protocol; empty if it is not."""
    missed = [told for name, told in RENAMED.items() if hasattr(policy, name)]
    for name, taken in RULES.items():
        rule = inspect.signature(getattr(policy, name)).parameters.values()
        if not _takes(len(inspect.signature(getattr(Policy, name)).parameters), list(rule)):
            missed.append(f"`{name}` now takes {taken}")
    declared: object = policy.own_columns
    if not (isinstance(declared, type) and issubclass(declared, OwnColumns)):
        missed.append("`own_columns` is now a subclass of `OwnColumns` with an annotated attribute for each column")
    if policy.protocol != PROTOCOL and not missed:
        missed.append(f"it declares protocol {policy.protocol}")
    return missed


def refuse_older(policy: type[Policy], origin: str) -> None:
    """Raise ValueError, naming `origin` and what changed, if `policy` is not written for this protocol."""
    if missed := changes_missed(policy):
        told = "; ".join(missed)
        raise ValueError(f"{origin}: the policy {policy.name!r} is not written for protocol {PROTOCOL}: {told}")


def _takes(number: int, parameters: list[inspect.Parameter]) -> bool:
    """Whether a function of these parameters can be called with `number` positional arguments."""
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return True
    required = [p for p in parameters if p.default is inspect.Parameter.empty and p.kind in by_position]
    return len(required) <= number <= sum(p.kind in by_position for p in parameters)
