"""What a policy reports of its own: figures of the year under the group `policy=<name>`."""

from __future__ import annotations

from typing import NamedTuple


class Report(NamedTuple):
    """A figure that a policy's `report` gives: its name among the indicators, unit, labels in English and Chinese.

    Figures of the counties of a region are added up. Over years flows are added up too; of a `stock` the mean is taken.
    """

    name: str
    unit: str
    label: str
    label_zh: str
    stock: bool = False


ENROLLED, WAITING = COMMON = (
    Report("enrolled_households", "households", "enrolled at the end of the year", "年末在册户数", stock=True),
    Report(
        "waiting_households",
        "households",
        "willing candidates left without money, slot, hours or room",
        "愿意而未获扶持的户数",
        stock=True,
    ),
)
"""What every programme reports (of a programme for villages, they are villages)."""
