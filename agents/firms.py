"""Firms of the county: anchor projects, village cooperatives and factories, which live and fail for all alike.

Programmes link households to them by columns of their own; when a firm fails, every link to it breaks in that year. A
firm's luck is its own, so that it fails in the same years whatever a scenario does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuopin.agents.lines import COOPERATIVE_LINES, LINES
from tuopin.agents.parameters import name_key
from tuopin.agents.place import Place

ANCHOR, COOPERATIVE, FACTORY = KINDS = ("anchor", "cooperative", "factory")


@dataclass
class Firm:
    """A firm: its product, what it can hold (households, of a factory jobs), and whether it lives.

    `index` is its place in `county.firms`. Wrapped as a Mesa agent by the model.
    """

    index: int
    uid: int
    name: str
    line: int
    capacity: int
    alive: bool = True
    members: int = 0
    kind: str = ANCHOR
    failed_in: int = 0
    """Year of its failure, 0 while it lives."""

    @property
    def open_to_all(self) -> bool:
        """Whether it takes members of any industry, in name: a village cooperative, not an anchor firm."""
        return self.kind == COOPERATIVE


def make_firms(place: Place, capacity: float, scale: float) -> list[Firm]:
    """Return the place's firms: anchors, then village cooperatives, then factories.

    An anchor holds its printed capacity over what one household fills, a cooperative `capacity` households, a factory
    the jobs it is said to offer; all at `scale`.
    """
    firms = [
        Firm(
            k,
            name_key(f"{place.name} anchor {a.name}"),
            a.name,
            LINES.index(a.line),
            round(a.capacity.value / a.per_household.value * scale),
        )
        for k, a in enumerate(place.anchors)
    ]
    number = int(place.cooperatives.value) if place.cooperatives else 0
    allowed = [k for k in COOPERATIVE_LINES if place.allowed_lines is None or LINES[k] in place.allowed_lines]
    number = number if allowed else 0  # no cooperative deals in what the place does not grow
    for k in range(number):
        rooms = round(capacity * scale * (k + 1)) - round(capacity * scale * k)
        uid, name = name_key(f"{place.name} cooperative {k}"), f"cooperative_{k + 1}"
        firms.append(Firm(len(firms), uid, name, allowed[k % len(allowed)], rooms, kind=COOPERATIVE))
    for factory in place.factories:
        uid, jobs = name_key(f"{place.name} factory {factory.name}"), round(factory.jobs.value * scale)
        firms.append(Firm(len(firms), uid, factory.name, 0, jobs, kind=FACTORY))
    return firms


def failed(firms: Sequence[Firm], year: int) -> list[Firm]:
    """The firms that failed in `year`."""
    return [firm for firm in firms if firm.failed_in == year]
