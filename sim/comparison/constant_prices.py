"""Money of different years made comparable: prices of the first year, and present values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray


def deflators(years: Iterable[int], price_index: Mapping[int, float], first_year: int) -> dict[int, float]:
    """Return by what each year's nominal yuan are multiplied to be yuan of `first_year`.

    `price_index` is a consumer price index by year in any base.

    Raises
    ------
    ValueError
        Naming the years it lacks.
    """
    wanted = sorted({int(y) for y in years} | {first_year})
    lacking = [y for y in wanted if not 0 < price_index.get(y, 0) < math.inf]
    if lacking:
        raise ValueError(
            f"the price index has no value above 0 for {', '.join(map(str, lacking))}; it must cover every year"
        )
    return {y: price_index[first_year] / price_index[y] for y in wanted}


def discount_factors(years: Iterable[int], first_year: int, rate: float) -> NDArray[np.float64]:
    """Return (1 + rate) ** -(year - first_year) for each year: end-of-year values seen from the end of `first_year`.

    Raises
    ------
    ValueError
        If the rate is not a number above -1.
    """
    if not -1 < rate < math.inf:
        raise ValueError(f"the discount rate must be above -1 a year (0.045 is 4.5%), got {rate}")
    return (1.0 + rate) ** (first_year - np.array(list(years), dtype=np.float64))
