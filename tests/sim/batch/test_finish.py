"""How many draws of the parameters a batch kept and refused: each replicate counts once, from any of its done runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from tuopin.sim.batch import finish
from tuopin.sim.results.receipts import RunKey, RunRecord
from tuopin.sim.results.schemas import REFUSED

REFUSALS = {1: 1.0, 2: 4.0, 3: 0.0, 4: 7.0}


def test_draws_are_counted_by_replicate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two places and two scenarios share each replicate's draw; of the fourth replicate nothing is done."""
    records = {}
    for place in ("east", "west"):
        for scenario in ("help", "none"):  # what was drawn is told with the baseline
            for replicate in REFUSALS:
                done = replicate < 4 and (place, replicate) != ("east", 2)
                record = RunRecord(
                    place,
                    scenario,
                    replicate,
                    "h",
                    "done" if done else "failed",
                    rows={"indicators": 5, "draws": 2 if scenario == "none" else 0},
                    file=f"{replicate}",
                    position=3,
                )
                records[RunKey(place, scenario, replicate)] = record

    def read(path: Path, wanted: list[tuple[int, str]]) -> Iterator[tuple[str, Any]]:
        assert wanted == [(3, "draws")]
        drawn = {"labour.exit_rate": 0.5, REFUSED: REFUSALS[int(path.name)]}
        yield "draws", pa.table({"parameter": list(drawn), "value": list(drawn.values())})

    monkeypatch.setattr(finish, "read_frames", read)
    batch: Any = SimpleNamespace(records=records, runs=Path("runs"))
    assert finish.refused_draws(batch) == {"kept": 3, "refused": 5}
