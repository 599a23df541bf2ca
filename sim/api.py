"""`simulate`: what the command ``tuopin run`` does, from Python."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path

from tuopin.sim.batch.engine import run_study
from tuopin.sim.results.results import Results
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.study import Study


class SimulationFailed(RuntimeError):
    """Some runs failed; the message names each with its error."""


def simulate(
    study: Study | str | Path,
    out: str | Path | None = None,
    *,
    scale: float = 1.0,
    replicates: int | None = None,
    scenarios: Sequence[str] | None = None,
    workers: int | None = 1,
    panel: bool = False,
    dask: str | None = None,
    time_limit: float | None = None,
) -> Results:
    """Simulate a study, or the file or shipped study that `study` names, and return its results.

    They are pandas frames: `indicators`, `costs`, `spells` and, if asked for, `panel`. With `out` the directory is
    written and continued like `tuopin run --out` does; without it, it is temporary and goes when the results are no
    longer used. Arguments mean what the options of `tuopin run` of the same names mean.

    Raises
    ------
    SimulationFailed
        If a run failed; with `out`, what succeeded is kept.
    """
    asked = study if isinstance(study, Study) else Study.load(study)
    chosen = asked if replicates is None else asked.changed(replicates=replicates)
    temporary = tempfile.TemporaryDirectory(prefix="tuopin-") if out is None else None
    directory = Path(temporary.name if temporary is not None else str(out))
    report = run_study(
        make_plan(chosen, scale),
        directory,
        workers=workers,
        scenarios=list(scenarios) if scenarios else None,
        panel=panel,
        dask_address=dask,
        time_limit=time_limit,
    )
    if report.failed:
        lines = [f"{run.place} {run.scenario}:{run.replicate}: {run.error}" for run in report.failures]
        raise SimulationFailed("; ".join(lines))
    results = Results.open(directory)
    if temporary is not None:
        weakref.finalize(results, temporary.cleanup)
    return results
