"""How the county's firms begin and end."""

from __future__ import annotations

import numpy as np

from tuopin.agents.county import County
from tuopin.agents.firms import make_firms
from tuopin.agents.randomness import FIRMS


def found(county: County) -> None:
    """Set up the county's firms in the initial state."""
    county.firms = make_firms(county.place, county.value("firms.cooperative_capacity"), county.scale)


def fail(county: County) -> None:
    """Let firms fail this year, each by its own luck."""
    failure = county.value("firms.failure")
    u = county.luck.uniform(FIRMS, county.year, np.array([f.uid for f in county.firms], dtype=np.int64))
    for firm, x in zip(county.firms, u, strict=True):
        if firm.alive and x < failure:
            firm.alive, firm.members, firm.failed_in = False, 0, county.year
