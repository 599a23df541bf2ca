"""In a run the terms of villages, lines and the county begin every year neutral, whatever was written before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tuopin.agents.county import County
from tuopin.policies.frame.circumstances.rules import Circumstances
from tuopin.sim.run.run import begin
from tuopin.sim.run.setup import county_of
from tuopin.sim.run.year import simulate_year


def test_terms_begin_every_year_neutral(plan_for: Callable[..., Any]) -> None:
    seen: list[tuple[float, ...]] = []

    class Spender(Circumstances):
        name, sets = "spender", ()

        def strike(self, county: County) -> None:
            villages, markets = county.villages, county.markets
            terms = (villages.hours_term, villages.quality_term, markets.demand, markets.unsold)
            seen.append((*(float(x.max()) for x in terms), county.vacancies, float(county.flows.wage_term.max())))
            for x in terms:
                x += 0.5
            county.vacancies += 3.0
            county.flows.wage_term += 1.0

    run = begin(county_of(plan_for({"none": {}}), "lushi", 1).fork(), [Spender({})], 2019)
    while not run.finished:
        simulate_year(run)
        assert run.county.vacancies == 3.0
    assert seen == [(0.0, 0.0, 1.0, 0.0, 0.0, 0.0)] * 3
