"""The engine's measures equal plain Python loops over the same households."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.benchmarks.core import core_plan
from tests.benchmarks.reference import ReferenceCounty
from tests.benchmarks.reference_measures import TRAITS, VIEWS
from tuopin.sim.measures.state import Cohort, YearState, check_state
from tuopin.sim.measures.yearly import yearly_values
from tuopin.sim.run.setup import county_of, policies_of


def _state(model: ReferenceCounty) -> YearState:
    """The reference's households of the year as the engine's measures take them."""
    agents = list(model.households)

    def array(get: object, kind: type = float) -> np.ndarray:
        return np.array([get(h) for h in agents], dtype=kind)

    now = model.now
    return YearState(
        year=model.year,
        line=now.line,
        members=array(lambda h: h.members, np.int16),
        income=array(lambda h: h.income_pp),
        net_income=array(lambda h: h.net_income_pp),
        market_income=array(lambda h: h.market_income / h.members),
        policy_transfers=array(lambda h: h.policy_transfers / h.members),
        poor={v: array(lambda h, v=v: h.poor_in[v], bool) for v in VIEWS},
        registered=array(lambda h: h.registered, bool),
        survey_income=array(lambda h: h.survey_income),
        medical_payment=array(lambda h: h.out_of_pocket),
        subsistence_food=now.village.subsistence_food * now.prices,
        # the first dimensions of as many as a household lacks: only their number is counted
        deprivations={
            name: array(lambda h, k=k: h.deprived > k, bool)
            for k, name in enumerate(("income", "schooling", "medical_cover", "safe_housing", "safe_water"))
        },
        poor_before={v: array(lambda h, v=v: h.before[v], bool) for v in VIEWS},
        exited_before={v: array(lambda h, v=v: h.had_exited[v], bool) for v in VIEWS},
        cohort=Cohort(
            array(lambda h: 1000 * h.start_members, np.int32),
            array(lambda h: h.sustained, bool),
            array(lambda h: h.sustained_alone, bool),
        )
        if model.year >= model.start + 3
        else None,
        poverty_years_before=np.zeros(1 + 2 * len(TRAITS)),
        class_before=array(lambda h: h.class_before, np.int8),
        enrolled={p.name: array(lambda h, p=p: p.name in h.enrolled, bool) for p in model.programmes},
        groups={t: (array(lambda h, t=t: h.groups[t], np.int8), ("no", "yes")) for t in TRAITS},
    )


def test_measures_equal_plain_loops() -> None:
    plan = core_plan(800)
    model = ReferenceCounty(county_of(plan, "lushi", 0), policies_of(plan, "all", 0), seed=1, all_measures=True)
    for _ in range(5):
        model.step()
        state = _state(model)
        check_state(state)
        keys, values = yearly_values(state)
        engine = {tuple(key): float(value) for key, value in zip(keys, values, strict=True)}
        plain = {row[1:4]: row[4] for row in model.measures.rows if row[0] == model.year}
        assert set(plain) == {key for key in engine if not key[2].startswith("deprivation_")}
        for key, value in plain.items():
            if math.isnan(value):
                assert math.isnan(engine[key]), key
            else:
                assert engine[key] == pytest.approx(value, rel=1e-6, abs=1e-6), key
