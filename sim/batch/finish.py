"""A batch in hand: its manifest, and at the end its tables and comparison."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuopin.sim.batch.directory import RUNS
from tuopin.sim.batch.seam import PlanLike, RunKey
from tuopin.sim.batch.selection import Selection
from tuopin.sim.batch.state import Records
from tuopin.sim.batch.tables import assemble, tables_stand, write_tables_record
from tuopin.sim.comparison.comparing import COMPARISON, Compare, write_comparison
from tuopin.sim.results import durable
from tuopin.sim.results.manifest import MANIFEST, build_manifest, canonical, manifest_bytes, ordered_scenarios
from tuopin.sim.results.regions import regions_of

_MANIFEST_EVERY_SECONDS = 2.0


@dataclass
class Batch:
    """One call of `run_study` while it holds the directory."""

    plan: PlanLike
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


def _manifest(batch: Batch) -> bytes:
    panel = batch.selection.panel
    return manifest_bytes(build_manifest(batch.plan, batch.records, batch.asked, panel=panel, extra=batch.extra))


def write_manifest(batch: Batch) -> None:
    """Write the manifest of what is committed now."""
    began = time.monotonic()
    durable.write_atomically(batch.out / MANIFEST, _manifest(batch))
    batch.manifest_written = time.monotonic()
    batch.manifest_cost = batch.manifest_written - began


def write_manifest_now_and_then(batch: Batch) -> None:
    """For those who look: every two seconds, rarer when the manifest is long; the journal is what counts."""
    if time.monotonic() - batch.manifest_written > max(_MANIFEST_EVERY_SECONDS, 50 * batch.manifest_cost):
        write_manifest(batch)


def finish(batch: Batch, compare: Compare, note: Callable[[str], None]) -> None:
    """Bring manifest, tables and comparison up to date, unless they already are."""
    content = _manifest(batch)
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        manifest_stands = (batch.out / MANIFEST).read_bytes() == content
    except FileNotFoundError:
        manifest_stands = False
    if manifest_stands and tables_stand(batch.out, batch.runs, sha256):
        return
    write_manifest(batch)
    scenarios = ordered_scenarios(batch.plan, batch.records)
    done_keys = [key for key, record in batch.records.items() if record.done]
    done = [(key, batch.records[key]) for key in canonical(batch.plan, done_keys, scenarios)]
    facts = {
        "tuopin.study": batch.plan.study_name,
        "tuopin.identity": batch.plan.identity,
        "tuopin.manifest_sha256": sha256,
    }
    tables = assemble(batch.out, batch.runs, done, facts, _indicator_labels())
    comparison = _compare(batch, done_keys, compare, note)
    write_tables_record(batch.runs, sha256, tables, comparison)


def _compare(batch: Batch, done: list[RunKey], compare: Compare, note: Callable[[str], None]) -> str | None:
    """Write ``comparison.csv`` of the places that have something to compare; its SHA-256, or None."""
    baseline = batch.plan.baseline
    scenarios: dict[str, set[str]] = {}
    for key in done:
        scenarios.setdefault(key.place, set()).add(key.scenario)
    places = [name for name in batch.plan.places if baseline in (ran := scenarios.get(name, set())) and len(ran) > 1]
    if places:
        regions = regions_of(getattr(batch.plan, "place_data", {}))
        written = write_comparison(batch.out, batch.extra["comparison"], compare, places, regions)
        if written is not None:
            return written
    (batch.out / COMPARISON).unlink(missing_ok=True)
    note(f"{batch.out}: nothing to compare yet; that takes {baseline} (the baseline) and another scenario")
    return None


def _indicator_labels() -> dict[str, tuple[str, str, str]]:
    from tuopin.sim.measures.labels import INDICATORS

    return {name: (label.unit, label.english, label.chinese) for name, label in INDICATORS.items()}
