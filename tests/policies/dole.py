"""The plainest policy there is, for tests of what all policies share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from tuopin.agents.county import County
from tuopin.agents.parameters import Parameter
from tuopin.policies.places.relocation import Relocation
from tuopin.policies.protocol import Fen, ObservedNeed, Policy, Rows

_BASE = dict(Relocation.parameters)


def _fixed(value: Any, name: str = "x", **more: Any) -> Parameter:
    return Parameter(name, "dole", value, "yuan", "made for a test", "well-known", **more)


class Dole(Policy):
    """A policy with nothing of its own: 100 yuan to enrol a household."""

    name = "dole"
    label = "Dole"
    parameters: ClassVar[dict[str, Parameter]] = {
        **{n: replace(_BASE[n], group="dole") for n in ("start", "targeting_noise", "effect", "slots")},
        "budget": _fixed(None, "budget", extend="zero", optional=True),
        "take_up": _fixed(1.0, "take_up"),
        "leakage": _fixed(0.0, "leakage"),
        "hours_per_household": _fixed(1.0, "hours_per_household"),
        "support_after_exit_months": _fixed(60, "support_after_exit_months"),
        "size": Parameter("size", "dole", 3.0, "ratio", "made for a test", "free", low=1.0, high=5.0),
    }

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        return np.full(len(rows), 10_000, dtype=np.int64)
