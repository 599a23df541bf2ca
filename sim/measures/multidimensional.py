"""Multidimensional poverty by counting: income, schooling, medical cover, safe housing, safe water, weighted alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuopin.sim.measures.arguments import check_lengths
from tuopin.sim.measures.fgt import weighted_mean

Array = NDArray[Any]

DIMENSIONS: tuple[str, ...] = ("income", "schooling", "medical_cover", "safe_housing", "safe_water")
"""The guarantees of an official exit and the income line; each weighs one fifth (a modelling choice)."""

CUTOFF = 1.0 / 3.0
"""Share of weighted deprivations from which a person is multidimensionally poor (academic convention)."""


class Multidimensional(NamedTuple):
    """Alkire-Foster results: union headcount, headcount and intensity at the cut-off, M0 = headcount * intensity."""

    any_deprivation_headcount: float
    headcount: float
    intensity: float
    adjusted_headcount: float


def deprivation_count(deprivations: Mapping[str, Array]) -> NDArray[np.int8]:
    """Return in how many of the five dimensions each household is deprived, shape (n,), 0..5.

    `deprivations` maps every name of `DIMENSIONS` to a bool array (n,).

    Raises
    ------
    ValueError
        Naming what is missing or extra, or if the shapes differ or an array is not of flags.
    """
    if set(deprivations) != set(DIMENSIONS):
        raise ValueError(f"deprivations must be exactly {', '.join(DIMENSIONS)}; got {', '.join(deprivations)}")
    check_lengths(**deprivations)
    if any(np.asarray(flags).dtype != np.bool_ for flags in deprivations.values()):
        raise ValueError("deprivations must be flags (bool)")
    count = np.zeros(len(deprivations[DIMENSIONS[0]]), dtype=np.int8)
    for dimension in DIMENSIONS:
        count += deprivations[dimension]
    return count


def least_deprivations(cutoff: float = CUTOFF) -> int:
    """Return from how many of the five dimensions on a household is multidimensionally poor.

    Its share of deprivations is then at least `cutoff` (0 to 1).
    """
    return int(np.ceil(cutoff * len(DIMENSIONS) - 1e-9))  # 0.6 of five dimensions is three, not four


def alkire_foster(deprivations: Mapping[str, Array], members: Array, cutoff: float = CUTOFF) -> Multidimensional:
    """Return union headcount, headcount H, intensity A and M0 = H * A over persons.

    A household is multidimensionally poor if its share of deprivations is at least `cutoff`; at one third and five
    equal weights that is two dimensions. Source: Alkire and Foster (2011), Journal of Public Economics 95, sections
    3-4. NaN if nobody is there; the intensity is NaN if nobody is multidimensionally poor.
    """
    count = deprivation_count(deprivations)
    share = count / len(DIMENSIONS)
    poor = count >= least_deprivations(cutoff)
    headcount = weighted_mean(poor, members)
    adjusted = weighted_mean(np.where(poor, share, 0.0), members)
    intensity = adjusted / headcount if headcount > 0 else np.nan
    return Multidimensional(weighted_mean(count > 0, members), headcount, intensity, adjusted)
