"""The Mesa shell of one run: `step()` is one year, institutions are agents, a data collector reports a few figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tuopin.agents import mesa_door as mesa
from tuopin.agents.county import County
from tuopin.agents.institutions import CountyOffice, FirmAgent, Market, SiteAgent, Village
from tuopin.agents.lines import LINES
from tuopin.agents.randomness import MAXIMUM_SEED
from tuopin.policies.ledger import Ledger, is_public
from tuopin.policies.protocol import Policy
from tuopin.sim.run.recorder import Recorder
from tuopin.sim.run.run import Run
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.task import begin_scenario
from tuopin.sim.run.year import simulate_year
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
    """A county year by year under the policies of one scenario, for `mesa.batch_run` and for looking at one run.

    `CountyModel(study="lushi", scenario="all", replicate=1, scale=0.02)` prepares its own initial state; with `run` it
    wraps a run that somebody else has begun. All luck is keyed by the study's seed and the replicate: Mesa's own
    generator is never used. `seed` or `rng` (a whole number, or a numpy generator from which one is taken) stands in
    place of the study's seed, so that Mesa's ways of repeating a model give different luck. `iterations` alone repeats
    one run: sweep `replicate=[1, 2, 3]`.

    `running` ends with a step that changes nothing else, since Mesa's batch runner reports the state before the last.

    Raises
    ------
    StudyError
        If the study cannot be used.
    ValueError
        For an unknown scenario, a replicate below 1, both `seed` and `rng`, or neither study nor run.
    """

    running: bool

    def __init__(
        self,
        study: str | Path | None = None,
        scenario: str | None = None,
        replicate: int = 1,
        scale: float = 1.0,
        *,
        run: Run | None = None,
        rng: Any = None,
        **others: Any,
    ) -> None:
        super().__init__(rng=0)
        if unknown := others.keys() - {"seed"}:
            raise TypeError(f"CountyModel has no argument {', '.join(sorted(unknown))}")
        # not in the signature: a model with an argument of this name has it overwritten by newer batch runners of Mesa
        chosen = _seed(others.get("seed"), rng)
        self.simulated = run if run is not None else _run_of_study(study, scenario, replicate, scale, chosen)
        self._institutions_made = False
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "year": lambda model: model.year,
                **{name: _reporter(view, indicator) for name, (view, indicator) in REPORTED.items()},
                "cost_yuan": lambda model: _public_yuan(model.ledger, model.year),
            }
        )
        self.datacollector.collect(self)

    @property
    def county(self) -> County:
        """The county as it is now."""
        return self.simulated.county

    @property
    def policies(self) -> list[Policy]:
        """The policies in the order of their names."""
        return list(self.simulated.policies)

    @property
    def ledger(self) -> Ledger:
        """The accounts so far."""
        return self.simulated.ledger

    @property
    def recorder(self) -> Recorder:
        """What has been recorded so far."""
        return self.simulated.recorder

    @property
    def year(self) -> int:
        """The last year simulated."""
        return self.simulated.year

    @property
    def agents(self) -> Any:
        """The institutions: county office, villages, markets, sites and firms."""
        self._make_institutions()
        return super().agents

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], Any]:
        """The institutions by their class."""
        self._make_institutions()
        return super().agents_by_type  # type: ignore[no-any-return]

    def _make_institutions(self) -> None:
        """Make the agents when somebody first looks at them: a sweep of many models never does."""
        if self._institutions_made:
            return
        self._institutions_made = True
        CountyOffice(self)
        for index in range(len(self.county.villages)):
            Village(self, index)
        for line in range(1, len(LINES)):
            Market(self, line)
        for firm in self.county.firms:
            FirmAgent(self, firm)
        for policy in self.policies:
            for site in getattr(policy, "sites", ()):
                SiteAgent(self, site)

    def step(self) -> None:
        """Simulate one year; after the last one `running` becomes False and further steps do nothing."""
        if self.simulated.finished:
            self.running = False
            return
        simulate_year(self.simulated)
        self.datacollector.collect(self)


def _reporter(view: str, indicator: str) -> Callable[[CountyModel], float]:
    return lambda model: model.recorder.latest(view, indicator)


def _public_yuan(ledger: Ledger, year: int) -> float:
    return sum(e.fen for e in ledger.entries if e.year == year and is_public(e.kind)) / 100.0


def _run_of_study(
    study: str | Path | None, scenario: str | None, replicate: int, scale: float, seed: int | None
) -> Run:
    if study is None:
        raise ValueError("CountyModel needs a study file or a run")
    plan = make_plan(Study.load(study, overrides={} if seed is None else {"seed": seed}), scale)
    if replicate < 1:
        raise ValueError(
            f"replicate is {replicate}; allowed: whole numbers from 1 on, the first being the study's first"
        )
    name = plan.baseline if scenario is None else scenario
    if name not in plan.scenarios:
        raise ValueError(f"scenario is {name!r}; allowed: {', '.join(plan.scenarios)}")
    return begin_scenario(plan, county_of(plan, plan.places[0], replicate), name, replicate)


def _seed(seed: int | None, rng: Any) -> int | None:
    """The seed in place of the study's, from Mesa's two ways of giving one; None to keep the study's."""
    if seed is not None and rng is not None:
        raise ValueError("seed and rng are both given; allowed: one of them")
    if hasattr(rng, "integers"):
        return int(rng.integers(MAXIMUM_SEED, endpoint=True))
    given = rng if rng is not None else seed
    return None if given is None else int(given)
