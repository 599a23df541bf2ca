"""One county in one scenario of one replicate, and what its years leave behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tuopin.agents.county import County
from tuopin.agents.groups import begin_groups
from tuopin.agents.parameters import Parameters
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy
from tuopin.policies.writes import contested
from tuopin.sim.run.recorder import Recorder


@dataclass
class Run:
    """A county, the policies of its scenario in the order of their names, its accounts and its record.

    `tuopin.sim.run.year.simulate_year` moves it on by a year. A county still in its burn-in has no policies and records
    nothing.
    """

    county: County
    policies: Sequence[Policy]
    ledger: Ledger
    recorder: Recorder
    parameters: Parameters = field(init=False)
    """The county's numbers before any policy moves some of them for a year."""

    def __post_init__(self) -> None:
        self.parameters = self.county.parameters

    @property
    def programmes(self) -> list[Policy]:
        """The policies that enrol households and have money."""
        return [policy for policy in self.policies if policy.enrols]

    @property
    def year(self) -> int:
        """The last year simulated."""
        return self.county.year

    @property
    def finished(self) -> bool:
        """Whether the last year to be recorded has been simulated."""
        return self.county.year >= self.recorder.last_year


def begin(
    county: County,
    policies: Sequence[Policy],
    last_year: int,
    *,
    parameters: Mapping[str, Any] | None = None,
    groups: Sequence[str] = (),
    panel: bool = False,
) -> Run:
    """Return a run in the initial state of `county`, which becomes the run's own: policies set up, the state recorded.

    `parameters` are the numbers of the model that the scenario has for itself, by id. They act from the first year
    simulated on; the initial state is recorded under those that all scenarios share. `groups` are the further groups
    that indicators are given for.

    Raises
    ------
    ValueError
        If two policies write one base column or set one parameter.
    """
    if groups:
        begin_groups(county, groups)
    shared = county.parameters
    county.parameters = shared.given(parameters or {})
    run = Run(county, in_order(policies), Ledger(), Recorder(county.start, last_year, panel, groups))
    for policy in run.policies:
        set_up(policy, county)
    county.parameters = shared
    run.recorder.start(county, run.programmes)
    county.parameters = run.parameters
    return run


def in_order(policies: Sequence[Policy]) -> list[Policy]:
    """Return policies in the order of their names, in which they act.

    Raises
    ------
    ValueError
        If two write one base column or set one parameter.
    """
    ordered = sorted(policies, key=lambda policy: policy.name)
    if (found := contested(ordered)) is not None:
        one, other, what = found
        raise ValueError(f"policies {one} and {other} both write {what}")
    return ordered


def set_up(policy: Policy, county: County) -> None:
    """Give a policy its own columns and institutions in `county`."""
    county.households.declare(policy.columns())
    county.villages.declare(policy.village_columns())
    policy.first_year = county.year + 1
    policy.scale = county.scale  # of a place that is a sample it is another than the study's
    policy.prepare(county)
