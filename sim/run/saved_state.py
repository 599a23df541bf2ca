"""Saved states as files and as frames of a task: whose state it is, and back to a run that goes on."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from tuopin.sim.results.durable import write_atomically
from tuopin.sim.results.schemas import state_frame
from tuopin.sim.run.run import Run
from tuopin.sim.run.setup import own_parameters, policies_of, world_of
from tuopin.sim.run.state import StateError, capture, resume
from tuopin.sim.run.state_file import Origin, World, from_bytes, to_bytes
from tuopin.sim.study.plan import Plan
from tuopin.sim.study.versions import versions


def origin_of(plan: Plan, place: str, scenario: str, replicate: int, year: int) -> Origin:
    """Return what tells the state of a run at the end of `year` from all others."""
    return Origin(plan.identity, place, scenario, plan.scenario_hashes[scenario], replicate, year, versions())


def kept_state(plan: Plan, place: str, scenario: str, replicate: int, year: int, run: Run) -> dict[str, pa.Table]:
    """Return the state of a run as a frame for the batch engine to commit if its year is `year`, else nothing."""
    if run.year != year:
        return {}
    data = to_bytes(capture(run), origin_of(plan, place, scenario, replicate, year))
    return {state_frame(year): pa.table({"state": pa.array([data], pa.large_binary())})}


def save_state(run: Run, path: Path | str, plan: Plan, place: str, scenario: str, replicate: int) -> None:
    """Write the state of a run of `plan` to the file `path`: whole or not at all.

    Raises
    ------
    StateError
        If a policy holds something that cannot be saved.
    OSError
        If the file cannot be written.
    """
    write_atomically(Path(path), to_bytes(capture(run), origin_of(plan, place, scenario, replicate, run.year)))


def load_state(path: Path | str, plan: Plan, scenario: str | None = None, *, panel: bool = False) -> Run:
    """Return a run ready to go on from a saved state of a run of `plan`.

    `scenario` names the one of `plan` whose policies act from now on; None the one that was saved.

    Raises
    ------
    StateError
        If the file is no state, is damaged, or was made by other inputs or another version.
    OSError
        If it cannot be read.
    """
    data = Path(path).read_bytes()
    origin, state = from_bytes(data, str(path), lambda origin: _world(plan, origin, str(path)))
    name = scenario or origin.scenario
    return resume(state, policies_of(plan, name, origin.replicate), own_parameters(plan, name), panel=panel)


def _world(plan: Plan, origin: Origin, where: str) -> World:
    """The county's surroundings in `plan`, if the state is of a run of it."""
    expected = None
    if origin.place in plan.places and origin.scenario in plan.scenarios:
        expected = origin_of(plan, origin.place, origin.scenario, origin.replicate, origin.year)
    if expected != origin:
        raise StateError(f"{where}: {origin.differs_from(expected)}")
    return world_of(plan, origin.place, origin.replicate)
