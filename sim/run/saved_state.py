"""A county at the end of a year, to go on from under the same or other policies.

`capture` copies a living model, `resume` makes a model that lives on from the copy; `save_state` and `load_state` do
the same
through a file. Since luck is a function of what happens to whom and when (`tuopin.agents.randomness`), nothing of it
is kept: a model resumed under unchanged policies gives the years that the unbroken one gives, value for value.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from tuopin.agents.columns import Column
from tuopin.agents.county import County
from tuopin.agents.households import Households
from tuopin.policies.ledger import Entry, Ledger
from tuopin.policies.protocol import Policy
from tuopin.sim.batch.seam import state_frame
from tuopin.sim.results.durable import write_atomically
from tuopin.sim.run.model import CountyModel
from tuopin.sim.run.recorder import Recorder
from tuopin.sim.run.setup import policies_of, world_of
from tuopin.sim.run.state_file import Origin, StateError, from_bytes, to_bytes
from tuopin.sim.study.plan import Plan
from tuopin.sim.study.versions import versions

__all__ = ["Origin", "State", "StateError", "capture", "keep_state", "load_state", "origin_of", "resume", "save_state"]


@dataclass(frozen=True)
class State:
    """What a model is made of at the end of a year, as a copy of its own that nothing else changes.

    `own_columns` are the household columns of each policy, `held` the attributes it keeps (sites, firms);
    `recorder` and `entries` are what the years lived have left behind.
    """

    county: County
    recorder: Recorder
    entries: tuple[Entry, ...]
    own_columns: Mapping[str, tuple[Column, ...]]
    held: Mapping[str, Mapping[str, Any]]

    @property
    def year(self) -> int:
        """The last year lived."""
        return self.county.year


def capture(model: CountyModel) -> State:
    """Return the state of a model as it is now, which must be between two years."""
    return State(
        county=model.county.fork(),
        recorder=model.recorder.fork(panel=model.recorder.panels is not None),
        entries=tuple(model.ledger.entries),
        own_columns={policy.name: policy.columns() for policy in model.policies},
        held={policy.name: copy.deepcopy(_held(policy)) for policy in model.policies},
    )


def resume(state: State, policies: Iterable[Policy], *, panel: bool = False) -> CountyModel:
    """Return a model that lives on from a copy of `state` under `policies`, which are new objects made from settings.

    A policy that was there keeps its columns, sites and firms, and works on with its new settings; a new one is set up
    now. Of a policy that is gone the columns go too and it stops acting; what it changed in households (a house, an
    industry, assets) stays theirs.

    Raises:
        StateError: if panels are asked for that the state does not have.
    """
    if panel and state.recorder.panels is None:
        raise StateError("the state holds no panels of the years before it; live those years again to have them")
    policies = sorted(policies, key=lambda policy: policy.name)
    county = state.county.fork()
    staying = [policy for policy in policies if policy.name in state.held]
    county.households = _with_columns(county.households, [c for p in staying for c in state.own_columns[p.name]])
    for policy in policies:
        if policy.name in state.held:
            vars(policy).update(copy.deepcopy(dict(state.held[policy.name])))
        else:
            county.households.declare(policy.columns())
            policy.prepare(county)
    ledger = Ledger()
    ledger.entries.extend(state.entries)
    return CountyModel(county=county, policies=policies, recorder=state.recorder.fork(panel=panel), ledger=ledger)


def _held(policy: Policy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in policy.keeps}


def _with_columns(households: Households, extra: Iterable[Column]) -> Households:
    """The same rows and arrays with the base columns and `extra` only."""
    kept = Households(len(households), extra)
    for name in kept.table:
        kept.set(name, households.column(name))
    return kept


# --- through a file --------------------------------------------------------------------------------------------------


def origin_of(plan: Plan, place: str, scenario: str, replicate: int, year: int) -> Origin:
    """Return what tells the state of a run at the end of `year` from all others."""
    return Origin(plan.identity, place, scenario, plan.scenario_hashes[scenario], replicate, year, versions())


def keep_state(
    plan: Plan, place: str, scenario: str, replicate: int, year: int, frames: dict[str, pa.Table]
) -> Callable[[CountyModel], None]:
    """Return what puts a model's state into `frames`, for the batch engine to commit, when its year is `year`."""

    def each_year(model: CountyModel) -> None:
        if model.year == year:
            data = to_bytes(capture(model), origin_of(plan, place, scenario, replicate, year))
            frames[state_frame(year)] = pa.table({"state": pa.array([data], pa.large_binary())})

    return each_year


def save_state(model: CountyModel, path: Path | str, plan: Plan, place: str, scenario: str, replicate: int) -> None:
    """Write the state of a model, a run of `plan`, to the file `path`: whole or not at all.

    Raises:
        StateError: if a policy holds something that cannot be saved.
        OSError: if the file cannot be written.
    """
    write_atomically(Path(path), to_bytes(capture(model), origin_of(plan, place, scenario, replicate, model.year)))


def load_state(path: Path | str, plan: Plan, scenario: str | None = None, *, panel: bool = False) -> CountyModel:
    """Return a model ready to step from a saved state of a run of `plan`.

    `scenario` names the one of `plan` whose policies act from now on; None the one that was saved.

    Raises:
        StateError: if the file is no state, is damaged, or was made by other inputs or another version.
        OSError: if it cannot be read.
    """
    data = Path(path).read_bytes()
    origin, state = from_bytes(data, str(path), lambda origin: _world(plan, origin, str(path)))
    return resume(state, policies_of(plan, scenario or origin.scenario, origin.replicate), panel=panel)


def _world(plan: Plan, origin: Origin, where: str) -> Any:
    """The county's surroundings in `plan`, if the state is of a run of it."""
    expected = None
    if origin.place in plan.places and origin.scenario in plan.scenarios:
        expected = origin_of(plan, origin.place, origin.scenario, origin.replicate, origin.year)
    if expected != origin:
        raise StateError(f"{where}: {origin.differs_from(expected)}")
    return world_of(plan, origin.place, origin.replicate)
