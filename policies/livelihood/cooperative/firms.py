"""Anchor firms and cooperatives: their product, capacity and failure."""

from __future__ import annotations

import numpy as np

from tuopin.agents.arrays import F64, I64
from tuopin.agents.institutions import Firm
from tuopin.agents.lines import COOPERATIVE_LINES, GRAIN, LINES
from tuopin.agents.parameters import name_key
from tuopin.agents.place import Place
from tuopin.agents.randomness import FIRMS, Luck
from tuopin.policies.arrays import Places


def make_firms(place: Place, capacity: float, scale: float) -> list[Firm]:
    """Return the place's anchor firms (printed capacity over what one household fills) and its village cooperatives."""
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
        line = allowed[k % len(allowed)]
        firms.append(
            Firm(
                len(firms),
                name_key(f"{place.name} cooperative {k}"),
                f"cooperative_{k + 1}",
                line,
                rooms,
                open_to_all=True,
            )
        )
    return firms


def failing(firms: list[Firm], luck: Luck, year: int, probability: float) -> list[Firm]:
    """Return the living firms that fail in `year`; the luck is the firm's own, the same in every scenario."""
    u = luck.uniform(FIRMS, year, np.array([f.uid for f in firms], dtype=np.int64))
    return [f for f, x in zip(firms, u, strict=True) if f.alive and x < probability]


def assign_firms(firms: list[Firm], line: I64, lot: F64, uid: I64) -> Places:
    """Return the firm index of each household, shape (n,), -1 where none has room.

    A household joins a firm of its own industry if one has room; grain households join any, the roomiest first. Who is
    left over joins a village cooperative of another industry, in name.
    """
    chosen = np.full(len(line), -1, dtype=np.int64)
    order = np.lexsort((uid, lot))
    queues = {k: order[line[order] == k] for k in range(len(LINES))}
    grain = order[line[order] <= GRAIN]
    for own_line in (True, False):
        if not own_line:  # those with no industry of their own, less who joined a firm of their line
            grain = grain[chosen[grain] < 0]
        for firm in sorted((f for f in firms if f.alive), key=lambda f: (f.members - f.capacity, f.index)):
            queue = queues[firm.line] if own_line else grain
            room = max(0, firm.capacity - firm.members)
            joining, rest = queue[:room], queue[room:]
            chosen[joining] = firm.index
            firm.members += len(joining)
            if own_line:
                queues[firm.line] = rest
            else:
                grain = rest
    unlinked = order[chosen[order] < 0]
    for firm in (f for f in firms if f.alive and f.open_to_all):
        if len(unlinked) == 0:
            break
        room = max(0, firm.capacity - firm.members)
        joining, unlinked = unlinked[:room], unlinked[room:]
        chosen[joining] = firm.index
        firm.members += len(joining)
    return chosen
