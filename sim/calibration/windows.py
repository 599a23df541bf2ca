"""Whether the fit moves with the initial year: the same county started in other years of the income series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tuopin.agents.draws import resolve_parameters
from tuopin.sim.calibration.histories import Histories, simulate_histories
from tuopin.sim.calibration.measures import MEASURES
from tuopin.sim.run.burn_in import income_factor
from tuopin.sim.study.plan import Plan

STARTS = (2014, 2016, 2018)
FOLLOWED = 4
"""Years after the initial one."""
PROGRAMMES_FROM = 2017
INITIAL = ("sd_log_income", "variance_of_yearly_change", "unregistered_poor", "headcount_true", "poorest_fifth_income")


def window(plan: Plan, start: int, scenario: str) -> Plan:
    """Return the plan with its first place in the initial state of `start`, simulated for `FOLLOWED` years.

    Registered totals stay those of the place; programmes begin with 2017, or the first simulated year if that is later.
    """
    name = plan.places[0]
    place = plan.place_data[name].model_copy(update={"year": start})
    since = max(PROGRAMMES_FROM, start + 1)
    settings = {policy: {**given, "start": since} for policy, given in plan.scenario_settings[scenario].items()}
    return replace(
        plan,
        place_data={name: place},
        scenario_settings={**plan.scenario_settings, scenario: settings},
        first_year=start,
        last_year=start + FOLLOWED,
    )


def window_table(plan: Plan, replicates: int, scenario: str = "documented") -> pd.DataFrame:
    """Return a row per initial year: figures of the initial state, and mean net income of later years to the series.

    Means over replicates; parameters as stated, never drawn. Where the series has no value for a year (2021), none is
    given.
    """
    rows = []
    for start in STARTS:
        shifted = window(plan, start, scenario)
        found = [_figures(shifted, simulate_histories(shifted, k, [scenario]), scenario) for k in range(replicates)]
        rows.append({"initial year": str(start), **pd.DataFrame(found).mean().to_dict()})
    return pd.DataFrame(rows)


def _figures(plan: Plan, histories: Histories, scenario: str) -> dict[str, float]:
    start = plan.first_year
    found = {name: MEASURES[name](histories, scenario, (start,)) for name in INITIAL}
    place = plan.place_data[plan.places[0]]
    parameters = resolve_parameters(plan.parameters, place=place)
    series = parameters["economy.poor_area_income"].value
    assert isinstance(series, dict)
    factor = income_factor(place, parameters)
    for ahead in range(1, FOLLOWED + 1):
        published = series.get(start + ahead, np.nan) * factor
        found[f"income after {ahead}"] = MEASURES["mean_net_income"](histories, scenario, (start + ahead,)) / published
    return found
