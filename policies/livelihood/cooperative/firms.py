"""Which firm takes a household: its own industry first, the roomiest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuopin.agents.arrays import F64, I64
from tuopin.agents.firms import FACTORY, Firm
from tuopin.agents.lines import GRAIN, LINES
from tuopin.policies.arrays import Places


def linking(firms: Sequence[Firm]) -> list[Firm]:
    """The living firms that link households: all but factories."""
    return [firm for firm in firms if firm.alive and firm.kind != FACTORY]


def assign_firms(firms: Sequence[Firm], line: I64, lot: F64, uid: I64) -> Places:
    """Return the firm index of each household, shape (n,), -1 where none has room.

    A household joins a firm of its own industry if one has room; grain households join any, the roomiest first. Who is
    left over joins a village cooperative of another industry, in name.
    """
    firms, chosen = linking(firms), np.full(len(line), -1, dtype=np.int64)
    order = np.lexsort((uid, lot))
    queues = {k: order[line[order] == k] for k in range(len(LINES))}
    grain = order[line[order] <= GRAIN]
    for own_line in (True, False):
        if not own_line:  # those with no industry of their own, less who joined a firm of their line
            grain = grain[chosen[grain] < 0]
        for firm in sorted(firms, key=lambda f: (f.members - f.capacity, f.index)):
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
    for firm in (f for f in firms if f.open_to_all):
        if len(unlinked) == 0:
            break
        room = max(0, firm.capacity - firm.members)
        joining, unlinked = unlinked[:room], unlinked[room:]
        chosen[joining] = firm.index
        firm.members += len(joining)
    return chosen
