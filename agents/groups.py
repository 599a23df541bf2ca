"""Groups of households that indicators are given for: one row of this table a group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tuopin.agents.arrays import I8, Flags
from tuopin.agents.households import Households

NO_YES = ("no", "yes")
START, START_LABELS = "start", ("not_poor", "poor")
"""Status in the initial state (true view): what is gained by the first is prevention, by the second relief."""


@dataclass(frozen=True)
class Trait:
    """One trait that parts all households in two groups, `<name>=yes` and `<name>=no`.

    `yes` and `no` are the labels of the two in English and Chinese; `holds` is the rule of `yes`: households -> bool,
    shape (households,). `overlooked` is the one that programmes tend to leave out, which figures therefore show.
    """

    name: str
    yes: tuple[str, str]
    no: tuple[str, str]
    holds: Callable[[Households], Flags]
    overlooked: Literal["yes", "no"] = "yes"


TRAITS: tuple[Trait, ...] = (
    Trait(
        "elderly_only", ("Elderly-only households", "纯老年户"), ("Others", "其他户"), lambda h: h.elderly == h.members
    ),
    Trait("disabled", ("With a disabled member", "残疾人户"), ("Without one", "无残疾人户"), lambda h: h.disabled > 0),
    Trait("remote", ("Remote villages", "偏远村"), ("Other villages", "其他村"), lambda h: h.settlement == 0),
    Trait(
        "registered", ("Registered", "建档户"), ("Not registered", "未建档户"), lambda h: h.registered_at_start, "no"
    ),
)
"""In the order in which the tables list them. `registered` is the initial state's: a later exit leaves one in it."""


def groups_of(households: Households) -> dict[str, tuple[I8, tuple[str, ...]]]:
    """Return for each trait the codes of all households, shape (households,), and the labels of the codes."""
    groups = {trait.name: (trait.holds(households).astype(np.int8), NO_YES) for trait in TRAITS}
    return {**groups, START: (households.start_poor.astype(np.int8), START_LABELS)}
