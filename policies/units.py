"""What a programme enrols: households, or villages with all who live there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import I16, I64
from tuopin.agents.county import County

HOUSEHOLD, VILLAGE = LEVELS = ("household", "village")


class Units(NamedTuple):
    """Keys of luck, and the village whose team serves each unit."""

    uid: I64
    village: I16


def units_of(county: County, level: str = HOUSEHOLD) -> Units:
    """The units of a level, in the order of their rows."""
    if level == VILLAGE:
        return Units(county.villages.uid, np.arange(len(county.villages), dtype=np.int16))
    return Units(county.households.uid, county.households.village)
