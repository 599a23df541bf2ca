"""Benefit design: tiers of the minimum living allowance, not an exact filling of gaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def allowance(
    tested_income: NDArray[np.float64], standard: float, limits: tuple[float, float], tiers: tuple[float, float, float]
) -> NDArray[np.float64]:
    """Return the yearly allowance in yuan a person by tier of tested income (yuan a person), shape as given.

    `limits` are tested incomes, `tiers` allowances, both as shares of the standard: the first tier ends at the first
    limit
    (exclusive), the second at the second. A household at or above the standard that is still enrolled gets the last
    tier.
    """
    ratio = tested_income / standard if standard > 0 else np.full_like(tested_income, np.inf)
    share = np.where(ratio < limits[0], tiers[0], np.where(ratio < limits[1], tiers[1], tiers[2]))
    return share * standard
