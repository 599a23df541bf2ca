"""What every test may use: quick hypothesis settings, a county made by hand and the shipped county at small scale."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from tuopin.agents import firm_life
from tuopin.agents.county import County, Villages
from tuopin.agents.households import Households
from tuopin.agents.mechanisms import resolve_mechanisms
from tuopin.agents.parameters import Parameters, model_parameters
from tuopin.agents.place import Place
from tuopin.agents.randomness import Luck
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy

settings.register_profile("tuopin", deadline=None, max_examples=60)  # a first example may compile a kernel
settings.register_profile("ci", settings.get_profile("tuopin"), derandomize=True)  # a run that can be repeated
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tuopin"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a shell's background job, whose children would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

FLAT: Mapping[str, Any] = {
    "economy.statistical_line_2016": 3000.0,
    "economy.registry_line": 3000.0,
    "economy.rural_cpi": 0.0,
    "economy.rural_cpi_after": 0.0,
    "economy.migrant_wage": 1000.0,
    "economy.wage_growth_after": 0.0,
    "economy.local_real_growth": 0.0,
    "economy.off_farm_growth": 0.0,
}
"""An economy without growth or inflation: prices 1, line 3,000 yuan, wage 1,000 yuan a month in every year."""

SOUND = {"members": 1, "working_age": 1, "able_workers": 1, "skill": 0.0, "insured": True, "housing_grade": 3}
"""A household of one able adult, unless a test says otherwise."""


def _figure(value: float, **more: Any) -> dict[str, Any]:
    return {"value": value, "unit": "units", "source": "made for a test", "confidence": "source-document", **more}


def of_these_series(given: Mapping[str, Any]) -> Parameters:
    """The model's parameters with `given` in their place, series as a whole (a study changes the years it names)."""
    known = model_parameters()
    return Parameters({**known, **{id: replace(known[id], value=value) for id, value in given.items()}})


@pytest.fixture
def place_data() -> dict[str, Any]:
    """A small valid place as YAML would give it."""
    zone = {"sites": 0, "persons": 0, "jobs": 0, "remoteness": 0.1}
    return {
        "name": "testing",
        "code": 7,
        "label": {"en": "Testing"},
        "year": 2016,
        "deadline": 2019,
        "registered_households": _figure(40, unit="households"),
        "registered_persons": _figure(130, unit="persons"),
        "rural_persons": _figure(600, unit="persons"),
        "household_size": _figure(3.0, unit="persons"),
        "villages": _figure(4, unit="villages"),
        "county_factor": _figure(0.9, unit="ratio"),
        "cooperatives": _figure(2, unit="cooperatives"),
        "resettlement": {
            "source": "made for a test",
            "confidence": "source-document",
            "city": {**zone, "sites": 1, "persons": 10, "jobs": 1, "remoteness": 0.02},
            "industrial_park": {**zone, "sites": 2, "persons": 9, "jobs": 3, "remoteness": 0.08},
            "town": zone,
            "scenic_area": zone,
            "central_village": {**zone, "sites": 1, "persons": 6, "jobs": 0, "remoteness": 0.4},
        },
        "anchors": [
            {
                "name": "cattle",
                "label": {"en": "Cattle"},
                "line": "livestock",
                "capacity": _figure(12),
                "per_household": _figure(4),
            },
        ],
    }


@pytest.fixture
def by_hand(place_data: dict[str, Any]) -> Callable[..., County]:
    """Make a county of `size` households in a flat economy: `by_hand(3, {"health.basic_rate": 0.5}, savings=[0, 1,
    2])`.

    Mechanisms are all off unless named in `mechanisms`; columns take scalars or one value a household. The year's
    terms are reset and productivity and illness factors are 1.
    """

    def make(
        size: int = 1,
        parameters: Mapping[str, Any] | None = None,
        mechanisms: Mapping[str, Any] | None = None,
        *,
        year: int = 2017,
        villages: int = 1,
        policies: tuple[Policy, ...] = (),
        luck: Luck | None = None,
        scale: float = 1.0,
        place: Mapping[str, Any] | None = None,
        **columns: Any,
    ) -> County:
        off = {name: False for name in resolve_mechanisms({}) if name != "asset_trap"}
        h = Households(size)
        for policy in policies:
            h.declare(policy.columns())
        h.set("uid", np.arange(100, 100 + size))
        for name, value in {**SOUND, **columns}.items():
            setattr(h, name, np.asarray(value))
        none = np.zeros(villages)
        county = County(
            place=Place.model_validate({**place_data, **(place or {})}),
            parameters=of_these_series({**FLAT, **(parameters or {})}),
            mechanisms={**resolve_mechanisms({**off, **(mechanisms or {})}), **(mechanisms or {})},
            luck=luck or Luck(1, 0),
            households=h,
            start=2016,
            year=year,
            scale=scale,
            villages=Villages(
                np.arange(villages) + 900,
                none.copy(),
                np.ones(villages),
                none.copy(),
                none.copy(),
                np.full(villages, 1e9),
                np.ones(villages),
            ),
        )
        county.flows.reset(size)
        for name in ("productivity", "illness_factor"):
            setattr(county.flows, name, 1.0)
        for name in ("stay_ratio",):
            setattr(county.flows, name, 9.0)
        for name in ("stay_bill", "major_bill", "inpatient_bill", "outpatient_bill", "basic_reimbursed"):
            setattr(county.flows, name, 0.0)
        for name in ("net_income", "repayment_unpaid"):
            setattr(county.flows, name, 0.0)
        for name in ("jobs_lost", "came_home", "animals_lost", "left_poverty", "verified_income"):
            setattr(county.flows, name, 0)
        firm_life.found(county)
        for policy in policies:
            policy.prepare(county)
        return county

    return make


@pytest.fixture
def opened() -> Callable[..., Ledger]:
    """A ledger opened for the county's year with the policies' budgets and slots."""

    def make(county: County, *policies: Policy) -> Ledger:
        ledger = Ledger()
        ledger.open_year(county.year, len(county.households))
        for policy in policies:
            ledger.set_budget(policy.name, policy.budget_fen(county), policy.slots(county))
        return ledger

    return make


EVERYTHING: Mapping[str, Mapping[str, Any]] = {
    "relocation": {},
    "cooperative": {},
    "health_insurance": {},
    "low_income_support": {},
}


@pytest.fixture(scope="session")
def plan_for() -> Callable[..., Any]:
    """Make a plan of the shipped county: `plan_for({"none": {}, "x": {"relocation": {}}}, years="2016-2018",
    scale=0.02)`.
    """
    from tuopin.sim.study.plan import make_plan
    from tuopin.sim.study.study import Study

    def make(scenarios: Mapping[str, Any] | None = None, scale: float = 0.02, **keys: Any) -> Any:
        given = scenarios or {"none": {}, "all": EVERYTHING}
        data = {"name": "test", "place": "lushi", "years": "2016-2021", "seed": 11, "baseline": next(iter(given))}
        return make_plan(Study.from_dict({**data, "scenarios": given, **keys}), scale)

    return make


@pytest.fixture(scope="session")
def lived() -> Callable[..., Iterator[Any]]:
    """Simulate a county under a scenario of a plan and yield the run after every year, the initial state first."""
    from tuopin.sim.run.task import begin_scenario
    from tuopin.sim.run.year import simulate_year

    def years(plan: Any, county: County, scenario: str, replicate: int = 0, *, panel: bool = False) -> Iterator[Any]:
        run = begin_scenario(plan, county, scenario, replicate, panel=panel)
        yield run
        while not run.finished:
            simulate_year(run)
            yield run

    return years
