"""Industry lines: one row of this table a line, and its numbers in `parameters/production.yaml`.

A line added at the end of the table needs there `share_<name>`, `income_<name>` and `price_<name>`, with `gestation`
also `<name>_gestation`. Everything else (places, markets, shocks, production, cooperatives) follows from the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tuopin.agents.arrays import Flags

PriceRisk = Literal["grain", "crops", "livestock"]


@dataclass(frozen=True)
class Line:
    """One industry line.

    Attributes
    ----------
    name, zh
        Name in studies and places, and Chinese label.
    price_risk
        Its price moves with the spread `production.price_sd_<price_risk>`.
    weatherproof
        Neither weather nor a disaster of the village touches what it yields.
    sold_outside
        The county is too small a seller, or buyer, to move its price.
    animals
        Its animals may fall ill: `production.animal_loss_rate` and `animal_loss_share`.
    gestation
        It yields nothing in its first `production.<name>_gestation` years.
    cooperative
        Its turn among the lines that village cooperatives take up one after the other; 0 if none deals in it.
    """

    name: str
    zh: str
    price_risk: PriceRisk = "crops"
    weatherproof: bool = False
    sold_outside: bool = False
    animals: bool = False
    gestation: bool = False
    cooperative: int = 0


INDUSTRY: tuple[Line, ...] = (
    Line("none", "无", "grain", weatherproof=True, sold_outside=True),
    Line("grain", "粮食", "grain", sold_outside=True),
    Line("tea", "茶叶", cooperative=6),
    Line("livestock", "养殖", "livestock", weatherproof=True, animals=True, cooperative=5),
    Line("silk", "养蚕"),
    Line("vegetables", "蔬菜", cooperative=4),
    Line("herbs", "药材", gestation=True, cooperative=2),
    Line("mushrooms", "食用菌", cooperative=3),
    Line("fruit", "林果", gestation=True, cooperative=1),
    Line("konjac", "魔芋"),
    Line("tourism", "旅游", "grain", weatherproof=True, sold_outside=True),
    Line("trade", "商贸", "grain", weatherproof=True, sold_outside=True),
)
"""Every line; its place here is the code that the column `line` holds."""

LINES: tuple[str, ...] = tuple(line.name for line in INDUSTRY)
GRAIN = LINES.index("grain")
"""Codes up to this are no industry of a household's own: grain is what one with land does if nothing else."""
OWN_LINES_FROM = GRAIN + 1
"""The first code of an industry of one's own; from here on lines have a share and an income."""

WEATHERPROOF: Flags = np.array([line.weatherproof for line in INDUSTRY])
SOLD_OUTSIDE: Flags = np.array([line.sold_outside for line in INDUSTRY])
ANIMALS: Flags = np.array([line.animals for line in INDUSTRY])
COOPERATIVE_LINES: tuple[int, ...] = tuple(
    LINES.index(line.name) for line in sorted(INDUSTRY, key=lambda line: line.cooperative) if line.cooperative
)
"""Codes of the lines that village cooperatives deal in, in the order in which they take them up."""

for _flags in (WEATHERPROOF, SOLD_OUTSIDE, ANIMALS):
    _flags.flags.writeable = False
