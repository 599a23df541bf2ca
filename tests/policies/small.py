"""Small policies with a few rules of their own, for tests of what the programme step does with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.policies.dole import Dole
from tuopin.agents.county import County
from tuopin.policies.protocol import Policy

PLAIN = {"hours_per_household": 0.0, "targeting_noise": 0.0}
"""Nobody is held up by hours, and need is observed as it is."""


def kind(policy: str, base: type[Policy] = Dole, **body: Any) -> type[Policy]:
    """A class of policy named `policy` with the attributes and rules of `body`; costs 100 yuan unless they say."""
    numbers = dict(base.parameters)
    return type(f"Small{policy.title()}", (base,), {"name": policy, "label": policy, "parameters": numbers, **body})


def small(policy: str, settings: dict[str, Any] | None = None, **body: Any) -> Policy:
    """A policy of that kind with `settings` on top of `PLAIN`."""
    return kind(policy, **body)({**PLAIN, **(settings or {})})


def fen_of(yuan: float) -> Callable[..., Any]:
    """A rule that gives the same cost, yuan, for each of the rows it is asked for (its second argument)."""
    return lambda self, county, rows, *_: np.full(len(rows), round(yuan * 100), dtype=np.int64)


def where(*names: str) -> Callable[..., Any]:
    """A rule that refers whom column `savings` marks: measure k in `names` for who has k + 1 (or the sum of bits)."""

    def refer(self: Policy, county: County) -> dict[str, Any]:
        return {
            name: np.where(county.households.savings.astype(int) & (1 << k), 1.0, 0.0) for k, name in enumerate(names)
        }

    return refer


def members(county: County, policy: Policy) -> list[int]:
    """Rows enrolled, households or villages."""
    return np.flatnonzero(policy.since(county) > 0).tolist()
