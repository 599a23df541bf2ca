"""A batch in hand: its manifest, and at the end its tables and comparison."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuopin.sim.batch.selection import Selection
from tuopin.sim.batch.tables import assemble, tables_stand, write_tables_record
from tuopin.sim.batch.taskfile import read_frames
from tuopin.sim.comparison.compare import write_comparison
from tuopin.sim.results import durable
from tuopin.sim.results.manifest import MANIFEST, build_manifest, canonical, manifest_bytes, ordered_scenarios
from tuopin.sim.results.receipts import RUNS, Records, RunKey
from tuopin.sim.results.results import Results
from tuopin.sim.results.schemas import REFUSED
from tuopin.sim.study.plan import Plan

_MANIFEST_EVERY_SECONDS = 2.0


@dataclass
class Batch:
    """One call of `run_study` while it holds the directory."""

    plan: Plan
    out: Path
    selection: Selection
    records: Records
    parts: dict[str, int]  # stem of a task's file names -> first unused part number
    extra: dict[str, Any]
    manifest_written: float = float("-inf")
    manifest_cost: float = 0.0
    asked: list[RunKey] = field(default_factory=list)

    @property
    def runs(self) -> Path:
        """Where the committed files are."""
        return self.out / RUNS


def _manifest(batch: Batch) -> dict[str, Any]:
    panel = batch.selection.panel
    return build_manifest(batch.plan, batch.records, batch.asked, panel=panel, extra=batch.extra)


def write_manifest(batch: Batch) -> None:
    """Write the manifest of what is committed now."""
    began = time.monotonic()
    durable.write_atomically(batch.out / MANIFEST, manifest_bytes(_manifest(batch)))
    batch.manifest_written = time.monotonic()
    batch.manifest_cost = batch.manifest_written - began


def write_manifest_now_and_then(batch: Batch) -> None:
    """For those who look: every two seconds, rarer when the manifest is long; the journal is what counts."""
    if time.monotonic() - batch.manifest_written > max(_MANIFEST_EVERY_SECONDS, 50 * batch.manifest_cost):
        write_manifest(batch)


def refused_draws(batch: Batch) -> dict[str, int]:
    """How many draws of the parameters were kept, one a replicate, and how many were refused before them."""
    refused: dict[int, int] = {}
    for key, record in sorted(batch.records.items()):
        if record.done and record.rows.get("draws") and key.replicate not in refused:
            for _, table in read_frames(batch.runs / record.file, [(record.position, "draws")]):
                drawn = dict(zip(table["parameter"].to_pylist(), table["value"].to_pylist(), strict=True))
                refused[key.replicate] = int(drawn.get(REFUSED, 0.0))
    return {"kept": len(refused), "refused": sum(refused.values())}


def finish(batch: Batch, note: Callable[[str], None]) -> None:
    """Bring manifest, tables and comparison up to date, unless they already are."""
    if batch.plan.draw_parameters:
        batch.extra["draws"] = refused_draws(batch)
    manifest = _manifest(batch)
    content = manifest_bytes(manifest)
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        manifest_stands = (batch.out / MANIFEST).read_bytes() == content
    except FileNotFoundError:
        manifest_stands = False
    if manifest_stands and tables_stand(batch.out, batch.runs, sha256):
        return
    write_manifest(batch)
    scenarios = ordered_scenarios(batch.plan, batch.records)
    done = [key for key, record in batch.records.items() if record.done]
    facts = {
        "tuopin.study": batch.plan.study_name,
        "tuopin.identity": batch.plan.identity,
        "tuopin.manifest_sha256": sha256,
        "tuopin.scale": repr(batch.plan.scale),
        **_samples(batch.plan),
    }
    in_order = [batch.records[key] for key in canonical(batch.plan, done, scenarios)]
    tables = assemble(batch.out, batch.runs, in_order, facts)
    comparison = write_comparison(Results(batch.out, manifest))
    if comparison is None:
        takes = f"that takes {batch.plan.baseline} (the baseline) and another scenario"
        note(f"{batch.out}: nothing to compare yet; {takes}")
    write_tables_record(batch.runs, sha256, tables, comparison)


def _samples(plan: Plan) -> dict[str, str]:
    """Of the places that are a sample, in how many households one is simulated, as JSON; nothing if none is."""
    samples = {name: place.sample for name, place in plan.place_data.items() if place.sample > 1}
    return {"tuopin.samples": json.dumps(samples, ensure_ascii=False)} if samples else {}
