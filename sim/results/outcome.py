"""One run as it leaves the simulation, in memory; what becomes of it on disk is a `RunRecord` of `receipts`."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tuopin.policies.guard import described


@dataclass(frozen=True)
class RunOutcome:
    """A run's tables by name (`indicators`, `costs`, `spells`, `panel` if asked for), or why there are none.

    `frames` are pyarrow tables; a run with an `error` has none. `seconds` is the time the run took.
    """

    place: str
    scenario: str
    replicate: int
    frames: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    traceback: str | None = None
    seconds: float = 0.0
    household_years: int = 0

    @classmethod
    def failed(
        cls, place: str, scenario: str, replicate: int, error: BaseException, seconds: float = 0.0
    ) -> RunOutcome:
        """The outcome of a run that raised `error`."""
        trace = "".join(traceback.format_exception(error))
        return cls(place, scenario, replicate, {}, described(error), trace, seconds)
