from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tuopin.sim.calibration.histories import COLUMNS, FLOWS, POLICY_COLUMNS, Histories, History, simulate_histories
from tuopin.sim.study.plan import Plan, make_plan
from tuopin.sim.study.study import Study


@pytest.fixture(scope="session")
def small_plan() -> Plan:
    """A small county over four years with the scenarios that targets name."""
    study = Study.from_dict(
        {
            "name": "small",
            "place": "lushi",
            "years": "2016-2020",
            "replicates": 1,
            "baseline": "none",
            "scenarios": {
                "none": {},
                "relocation": {"relocation": {}},
                "cooperative": {"cooperative": {}},
                "low_income_support": {"low_income_support": {}},
                "all": {"relocation": {}, "cooperative": {}, "health_insurance": {}, "low_income_support": {}},
            },
        }
    )
    return make_plan(study, 0.02)


@pytest.fixture(scope="session")
def histories(small_plan: Plan) -> Histories:
    return simulate_histories(small_plan, 0, ["none", "relocation", "cooperative", "all"])


@pytest.fixture
def households() -> Callable[..., pd.DataFrame]:
    """A frame of households by uid in which everything not given is 0 (and nobody is in hospital)."""

    def of(uid: list[int], **columns: list[float]) -> pd.DataFrame:
        names = (*COLUMNS, *FLOWS, *POLICY_COLUMNS, "registered")
        frame = pd.DataFrame(0.0, index=uid, columns=list(names)).assign(stay_ratio=9.0, use_factor=1.0, members=1)
        flags = ("poor_true", "poor_survey", "poor_official", "registered_at_start", "registered", "insured")
        return frame.assign(**columns).astype(dict.fromkeys(flags, bool))

    return of


@pytest.fixture
def lives_of() -> Callable[..., Histories]:
    """Histories with a line of 1000 yuan, subsistence food of 500 and an allowance standard of 2000 in every year."""

    def of(**scenarios: dict[int, pd.DataFrame]) -> Histories:
        simulated = {}
        for name, years in scenarios.items():
            line, food, standard = (dict.fromkeys(years, value) for value in (1000.0, 500.0, 2000.0))
            simulated[name] = History(years, pd.DataFrame(), line, food, standard)
        return Histories(simulated, np.array([1.0, 3.0]), np.array([1.0, 1.0]))

    return of
