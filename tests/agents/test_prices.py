"""Everything stated in yuan of 2016 moves with prices: each amount in an economy whose prices rose by half in 2017.

One parametrised test holds them all, since a forgotten index shows in no test of an economy without inflation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tuopin.agents import income
from tuopin.agents.county import County
from tuopin.agents.economy import registry_line, statistical_line
from tuopin.agents.finance import _terms as finance_terms
from tuopin.agents.health import basic_terms, bill, fall_ill
from tuopin.agents.production import line_income

SURE = {
    "health.inpatient_rate": 1.0,
    "health.major_rate": 1.0,
    "health.mean_risk": 0.01,
    "health.disability_rate": 0.0,
    "health.chronic_onset": 0.0,
    "schooling.compulsory_cost": 700.0,
    "schooling.upper_cost": 4_100.0,
    "schooling.college_cost": 12_000.0,
    "schooling.college_loan": 7_900.0,
    "registry.exit_share": 0.0,
}


def _illness(county: County) -> tuple[float, float]:
    fall_ill(county)
    return float(county.flows.stay_bill.sum()), float(county.flows.major_bill.sum())


def _outpatient(county: County) -> float:
    county.households.chronic = np.ones(len(county.households), dtype=np.int8)
    bill(county)
    return float(county.flows.outpatient_bill.sum())


def _relatives(county: County) -> float:
    income.gather(county)
    return float(county.households.private_transfers.sum())


AMOUNTS: dict[str, Callable[[County], object]] = {
    "bills of stays and of major illness": _illness,
    "bills of outpatients": _outpatient,
    "deductible of the basic scheme": lambda county: basic_terms(county).basic_deductible,
    "cap of the basic scheme": lambda county: basic_terms(county).basic_cap,
    "compulsory school": lambda county: finance_terms(county).compulsory_cost,
    "upper school": lambda county: finance_terms(county).upper_cost,
    "college less its loan": lambda county: finance_terms(county).college_cost,
    "what relatives send to the old": _relatives,
    "statistical line": lambda county: statistical_line(county.parameters, county.year),
    "line of the year": lambda county: county.line,
    "registry's line after its last printed year": lambda county: registry_line(county.parameters, county.year),
    "income of each industry": lambda county: line_income(county)[line_income(county) > 0],
}


@pytest.mark.parametrize("name", AMOUNTS)
def test_an_amount_in_yuan_of_2016_is_half_as_much_again_at_prices_of_one_and_a_half(
    by_hand: Callable[..., County], name: str
) -> None:
    def amount(inflation: float) -> np.ndarray:
        figures = {
            **SURE,
            "economy.rural_cpi": {2016: 0.0, 2017: inflation},
            "economy.registry_line": {2016: 2_000.0},
        }
        county = by_hand(40, figures, {"illness": True, "borrowing": True}, elderly=1, working_age=0, able_workers=0)
        return np.atleast_1d(np.asarray(AMOUNTS[name](county), dtype=np.float64))

    before, after = amount(0.0), amount(0.5)
    assert (before > 0).all()
    assert after == pytest.approx(1.5 * before, rel=1e-6)
