"""The Mesa shell: one county in one scenario of one replicate; `step()` is one year."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tuopin.agents import mesa_door as mesa
from tuopin.agents.county import County
from tuopin.agents.institutions import CountyOffice, FirmAgent, Market, SiteAgent, Village
from tuopin.agents.lines import LINES
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy
from tuopin.sim.run.recorder import Recorder
from tuopin.sim.run.setup import county_of, policies_of
from tuopin.sim.run.year import STEPS
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.study import Study

REPORTED = {
    "headcount_ratio": ("true", "headcount_ratio"),
    "poverty_gap": ("true", "poverty_gap"),
    "mean_income_per_person": ("true", "mean_income_per_person"),
    "registered_persons": ("registry", "registered_persons"),
}
"""Columns of the data collector: name -> view and indicator."""


class CountyModel(mesa.Model):  # type: ignore[misc]
    """A county year by year under the policies of one scenario.

    `CountyModel(study="scenarios/lushi.yaml", scenario="all", replicate=0, scale=0.02)` prepares its own initial state, so
    that `mesa.batch_run` works on it; the batch engine hands in a `county` it forks for each scenario. All luck is
    keyed by seed and replicate: Mesa's own generator is never used. With the `recorder` and `ledger` of an earlier
    model its `county` lives on (`tuopin.sim.run.saved_state`): nothing is prepared or recorded anew.
    """

    running: bool

    def __init__(
        self,
        study: str | Path | None = None,
        scenario: str | None = None,
        replicate: int = 0,
        scale: float = 1.0,
        *,
        county: County | None = None,
        policies: Sequence[Policy] | None = None,
        last_year: int | None = None,
        panel: bool = False,
        recorder: Recorder | None = None,
        ledger: Ledger | None = None,
        seed: int | None = None,
        rng: Any = None,
    ) -> None:
        super().__init__(seed=0)
        if county is None:
            county, policies, last_year = _from_study(study, scenario, replicate, scale, seed)
        self.county = county
        self.policies = sorted(policies or (), key=lambda policy: policy.name)
        self.policy_names = frozenset(policy.name for policy in self.policies)
        self.ledger = ledger or Ledger()
        _check_writers(self.policies)
        self.recorder = recorder or Recorder(
            county.start, last_year if last_year is not None else county.start + 9, panel
        )
        if recorder is None:
            for policy in self.policies:
                county.households.declare(policy.columns())
                policy.prepare(county)
            self.recorder.start(county, self.policies)
        self._founded = False
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "year": lambda m: m.county.year,
                **{name: _reporter(view, indicator) for name, (view, indicator) in REPORTED.items()},
                "cost_yuan": lambda m: sum(e.fen for e in m.ledger.entries if e.year == m.county.year) / 100.0,
            }
        )
        self.datacollector.collect(self)

    @property
    def agents(self) -> Any:
        """The institutions: county office, villages, markets, sites and firms."""
        self._found_institutions()
        return super().agents

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], Any]:
        """The institutions by their class."""
        self._found_institutions()
        return super().agents_by_type  # type: ignore[no-any-return]

    def _found_institutions(self) -> None:
        """Make the agents when somebody first looks at them: a batch never does, and some 500 cost it a fiftieth of
        its time.
        """
        if self._founded:
            return
        self._founded = True
        CountyOffice(self)
        for index in range(len(self.county.villages)):
            Village(self, index)
        for line in range(1, len(LINES)):
            Market(self, line)
        for policy in self.policies:
            for site in getattr(policy, "sites", ()):
                SiteAgent(self, site)
            for firm in getattr(policy, "firms", ()):
                FirmAgent(self, firm)

    @property
    def year(self) -> int:
        """The last year lived."""
        return self.county.year

    def close(self) -> None:
        """Let go of the households. Agents and model hold each other: else they would stay in memory until a
        collection.
        """
        del self.county

    def step(self) -> None:
        """Live one year; after the last one `running` is False and further steps do nothing."""
        if not self.running:
            return
        self.county.year += 1
        for step in STEPS:
            step.function(self)
        if self.county.year >= self.recorder.last_year:
            self.recorder.finish(self.county)
            self.running = False
        self.datacollector.collect(self)


def _check_writers(policies: Sequence[Policy]) -> None:
    owner: dict[str, str] = {}
    for policy in policies:
        for column in policy.writes:
            if column in owner:
                raise ValueError(f"policies {owner[column]} and {policy.name} both write the column {column}")
            owner[column] = policy.name


def _reporter(view: str, indicator: str) -> Any:
    return lambda model: model.recorder.latest(view, indicator)


def _from_study(
    study: str | Path | None, scenario: str | None, replicate: int, scale: float, seed: int | None
) -> tuple[County, list[Policy], int]:
    if study is None:
        raise ValueError("CountyModel needs a study file or a county")
    plan = make_plan(Study.load(study, overrides={} if seed is None else {"seed": seed}), scale)
    county = county_of(plan, plan.places[0], replicate)
    return county, policies_of(plan, scenario or plan.baseline, replicate), plan.last_year
