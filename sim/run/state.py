"""A county at the end of a year, to go on from under the same or other policies.

Since luck is a function of what happens to whom and when (`tuopin.agents.randomness`), nothing of it is kept: a run
resumed under unchanged policies gives the years that the unbroken one gives, value for value.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tuopin.agents.columns import Column
from tuopin.agents.county import County
from tuopin.agents.groups import group_columns
from tuopin.agents.households import Households
from tuopin.policies.ledger import Entry, Ledger
from tuopin.policies.limits import Limit
from tuopin.policies.protocol import Policy
from tuopin.sim.run.recorder import Recorder
from tuopin.sim.run.run import Run, in_order, set_up


class StateError(ValueError):
    """A saved state that cannot be used, or a county that cannot be saved."""

    exit_status = 2


@dataclass(frozen=True)
class State:
    """What a run is made of at the end of a year, as a copy of its own that nothing else changes.

    `own_columns` are the household columns of each policy, `held` the attributes it keeps (sites, firms);
    `recorder`, `entries` and `limits` are what past years have left behind.
    """

    county: County
    recorder: Recorder
    entries: tuple[Entry, ...]
    limits: tuple[Limit, ...]
    own_columns: Mapping[str, tuple[Column, ...]]
    held: Mapping[str, Mapping[str, Any]]

    @property
    def year(self) -> int:
        """The last year simulated."""
        return self.county.year


def capture(run: Run) -> State:
    """Return the state of a run as it is now, which must be between two years."""
    return State(
        county=run.county.fork(),
        recorder=run.recorder.fork(panel=run.recorder.panels is not None),
        entries=tuple(run.ledger.entries),
        limits=tuple(run.ledger.limits),
        own_columns={policy.name: policy.columns() for policy in run.policies},
        held={policy.name: copy.deepcopy(_attributes_to_keep(policy)) for policy in run.policies},
    )


def resume(
    state: State, policies: Sequence[Policy], parameters: Mapping[str, Any] | None = None, *, panel: bool = False
) -> Run:
    """Return a run that goes on from a copy of `state` under `policies`, which are new objects made from settings.

    `parameters` are the numbers of the model that the scenario has for itself from now on, by id; those of the scenario
    that was saved are gone.

    A policy that was there keeps its columns, sites and firms, and works on with its new settings; a new one is set up
    now. Of a policy that is gone the columns go too and it stops acting; what it changed in households (a house, an
    industry, assets) stays theirs.

    Raises
    ------
    StateError
        If panels are asked for that the state does not have.
    """
    if panel and state.recorder.panels is None:
        raise StateError("the state holds no panels of the years before it; simulate those years again to have them")
    policies = in_order(policies)
    county = state.county.fork()
    county.parameters = county.parameters.past.given(parameters or {})
    staying = [policy for policy in policies if policy.name in state.held]
    own = [c for p in staying for c in state.own_columns[p.name]]
    county.households = _with_columns(county.households, [*group_columns(state.recorder.groups), *own])
    of_villages = {column.name for policy in staying for column in policy.village_columns()}
    county.villages.own = {name: years for name, years in county.villages.own.items() if name in of_villages}
    for policy in policies:
        policy.scale = county.scale
        if policy.name in state.held:
            vars(policy).update(copy.deepcopy(dict(state.held[policy.name])))
        else:
            set_up(policy, county)
    ledger = Ledger()
    ledger.entries.extend(state.entries)
    ledger.limits.extend(state.limits)
    return Run(county, policies, ledger, state.recorder.fork(panel=panel))


def _attributes_to_keep(policy: Policy) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in (*policy.keeps, "first_year")}


def _with_columns(households: Households, extra: Iterable[Column]) -> Households:
    """The same rows and arrays with the base columns and `extra` only."""
    kept = Households(len(households), extra)
    for name in kept.table:
        kept.set(name, households.column(name))
    return kept
