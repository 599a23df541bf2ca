"""How monitoring and inspection see households: income as judged, causes as written down, exits found false."""

from __future__ import annotations

import numpy as np

from tuopin.agents.arrays import F64, I8, I64
from tuopin.agents.columns import RELAPSED
from tuopin.agents.county import County
from tuopin.agents.judgement import team_error
from tuopin.agents.randomness import MONITORING, VERIFICATION
from tuopin.agents.registry import has_exited, judgement_error, move
from tuopin.policies.finding.monitoring.causes import OTHER


def income_as_seen(county: County, rows: I64) -> F64:
    """Last year's net income of `rows`, yuan a person, as a team judges it: with the error of the yearly review."""
    h = county.households
    income: F64 = np.maximum(h.net_income_pp[rows], 0.0)
    if not county.on("targeting_error"):
        return income
    error = judgement_error(county, h.uid[rows], county.luck.normals(VERIFICATION, county.year, h.uid[rows]))
    noise = county.value("registry.verification_noise") * error * team_error(county)[h.village[rows]]
    seen: F64 = income * np.exp(noise)
    return seen


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
