"""The views of one household's poverty: their names, and who is poor in each."""

from __future__ import annotations

from typing import NamedTuple


class View(NamedTuple):
    """A view of one household's poverty: its name for readers, and who is poor in it."""

    english: str
    chinese: str
    meaning: str
    meaning_zh: str


VIEWS: dict[str, View] = {
    "true": View(
        "true view",
        "真实口径",
        "effective income per person below the statistical line of the year",
        "人均有效收入低于当年统计贫困线",
    ),
    "registry": View(
        "registry view", "建档口径", "persons registered as poor and not exited", "在册且未退出的贫困人口"
    ),
    "consumption": View(
        "consumption view",
        "消费口径",
        "smoothed consumption per person below the statistical line of the year",
        "人均平滑消费低于当年统计贫困线",
    ),
    "official": View(
        "official view",
        "官方口径",
        "net income and consumption per person, each below its multiple of the line",
        "人均纯收入与人均消费均低于各自倍数的贫困线",
    ),
    "survey": View(
        "survey view",
        "调查口径",
        "net income with measurement error below the statistical line of the year",
        "带测量误差的纯收入低于当年统计贫困线",
    ),
}
"""The views of poverty, in the order of every table."""

TRACKED = ("true", "registry", "survey")
"""The views in which moves and spells of households are followed; of the others the level is given."""
