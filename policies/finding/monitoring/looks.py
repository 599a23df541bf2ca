"""How monitoring and inspection see households: causes as written down, exits found false."""

from __future__ import annotations

import numpy as np

from tuopin.agents.arrays import F64, I8, I64, Flags
from tuopin.agents.columns import RELAPSED
from tuopin.agents.county import County
from tuopin.agents.randomness import MONITORING
from tuopin.agents.registry import has_exited, move
from tuopin.policies.finding.monitoring.causes import OTHER

STRUCK = "_struck"
"""What the name of a programme's own column ends with that flags whose firm failed this year."""


def firm_lost(county: County) -> Flags:
    """Whose firm failed this year, bool per household, by what the programmes that link households to firms note."""
    h = county.households
    lost = np.zeros(len(h), dtype=np.bool_)
    for name in h.table:
        if name.endswith(STRUCK):
            lost |= h.column(name)
    return lost


def recorded(cause: I64, wrong_share: float, u: F64) -> I8:
    """The causes written down, shape (n,), a share of them by mistake another; `u` are two uniforms each, (n, 2)."""
    other = 1 + (cause + np.floor(u[:, 1] * (OTHER - 1)).astype(np.int64)) % OTHER
    return np.where(u[:, 0] < wrong_share, other, cause).astype(np.int8)


def revoke_false_exits(county: County, found: float) -> int:
    """Register again a share `found` of last year's exits who then were under the registry's line; return persons."""
    h = county.households
    if found == 0.0:
        return 0
    false = has_exited(h.registry_status) & (h.registry_exit_year == county.year - 1)
    rows = np.flatnonzero(false & (h.net_income_pp < county.registry_line))
    rows = rows[county.luck.uniform(MONITORING, county.year, h.uid[rows], 1) < found]
    move(county, rows, RELAPSED)
    return int(h.members[rows].sum())
