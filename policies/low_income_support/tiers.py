"""Benefit design: tiers of the minimum living allowance, not an exact filling of gaps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TIER_LIMITS = (0.4, 0.7)
"""Tested income as a share of the standard at which the first and the second tier end."""


def allowance(
    tested_income: NDArray[np.float64], standard: float, tiers: tuple[float, float, float]
) -> NDArray[np.float64]:
    """Return the yearly allowance in yuan a person by tier of tested income (yuan a person), shape as given.

    A household at or above the standard that is still enrolled gets the last tier.
    """
    ratio = tested_income / standard if standard > 0 else np.full_like(tested_income, np.inf)
    share = np.where(ratio < TIER_LIMITS[0], tiers[0], np.where(ratio < TIER_LIMITS[1], tiers[1], tiers[2]))
    return share * standard
