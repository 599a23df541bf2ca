"""Off-farm work: entry and exit at their rates, vacancies by lot, wages by destination, productivity as an AR(1)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.agents.labour import change_jobs, draw_productivity, earn_wages, wage_terms

WAGES = {
    "labour.wage_discount": 0.8,
    "labour.months": 10.0,
    "labour.away_wage_ratio": 1.2,
    "labour.local_wage_ratio": 0.9,
    "labour.remitted_share": 0.5,
    "labour.months_lost": 4.0,
}
PLAIN = {
    "labour.entry_rate": 0.2,
    "labour.exit_rate": 0.0,
    "labour.skill_slope": 0.0,
    "labour.remote_penalty": 0.0,
    "labour.away_share": 0.5,
    "labour.motivation_effect": 0.0,
    "labour.vacancy_rate": 0.1,
}


def test_wages_follow_destination_and_only_a_share_comes_home(by_hand: Callable[..., County]) -> None:
    # 1,000 a month x .8 x 10 months = 8,000: away 8,000 x 1.2 x .5 = 4,800, local 8,000 x .9 = 7,200
    county = by_hand(4, WAGES, able_workers=3, working_age=3, members=3, off_farm=[0, 1, 1, 3], migrants=[0, 1, 0, 1])
    terms = wage_terms(county)
    assert (terms.away, terms.local) == pytest.approx((4800.0, 7200.0))
    earn_wages(county)
    np.testing.assert_allclose(county.households.wage_income, [0.0, 4800.0, 7200.0, 4800.0 + 2 * 7200.0])
    # what comes from outside the county is told apart
    np.testing.assert_allclose(county.households.remitted, [0.0, 4800.0, 0.0, 4800.0])


def test_remittances_share_luck_and_lost_jobs_with_wages_and_a_programmes_post_is_none(
    by_hand: Callable[..., County],
) -> None:
    county = by_hand(1, WAGES, able_workers=2, working_age=2, members=2, off_farm=2, migrants=1)
    f = county.flows
    f.jobs_lost[:], f.productivity[:], f.illness_factor[:], f.income_factor[:] = 1, 1.5, 0.8, 0.5
    f.wage_factor[:], f.wage_term[:] = 1.1, 700.0
    earn_wages(county)
    # one of two jobs is lost for 4 of 10 months: .8 of either's wage; the factor is 1.5 x .8 x .5 x 1.1 = .66
    h = county.households[0]
    assert h.remitted == pytest.approx(4800.0 * 0.8 * 0.66)
    assert h.wage_income == pytest.approx((4800.0 + 7200.0) * 0.8 * 0.66 + 700.0)


def test_wages_after_job_loss_illness_dip_and_a_programmes_wage(by_hand: Callable[..., County]) -> None:
    county = by_hand(5, WAGES, able_workers=2, working_age=2, members=2, off_farm=[1, 2, 1, 1, 0])
    f = county.flows
    f.jobs_lost[:] = [1, 1, 2, 0, 1]
    f.productivity[3], f.illness_factor[3], f.income_factor[3] = 1.5, 0.8, 0.5
    f.wage_term[:] = [0.0, 0.0, 0.0, 100.0, 50.0]
    earn_wages(county)
    # a lost job is 4 of 10 months; two lost of one held count once; who has no job loses none
    np.testing.assert_allclose(
        county.households.wage_income,
        [7200 * 0.6, 14400 * 0.8, 7200 * 0.6, 7200 * 1.5 * 0.8 * 0.5 + 100.0, 50.0],
        rtol=1e-6,
    )


def test_a_job_loss_never_takes_more_than_the_months_worked(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, {**WAGES, "labour.months": 3.0}, off_farm=1)
    county.flows.jobs_lost[:] = 1
    earn_wages(county)
    assert county.households.wage_income[0] == 0.0


def test_entry_by_hand(by_hand: Callable[..., County]) -> None:
    n = 40_000
    able, off = np.repeat([1, 2, 1], n), np.repeat([0, 0, 1], n)
    county = by_hand(3 * n, PLAIN, {"job_risk": True}, members=2, working_age=2, able_workers=able, off_farm=off)
    change_jobs(county)
    h = county.households
    one, two, none = h.off_farm[:n], h.off_farm[n : 2 * n], h.off_farm[2 * n :]
    # a Poisson rate of .2 per idle worker, one entry a year at most; half of those who enter go away
    for entered, p in ((one, 1 - np.exp(-0.2)), (two, 1 - np.exp(-0.4))):
        assert entered.mean() == pytest.approx(p, abs=4.5 * (p * (1 - p) / n) ** 0.5)
    assert (none == 1).all()
    assert h.migrants[: 2 * n].sum() / h.off_farm[: 2 * n].sum() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("parameters", "mechanisms", "columns", "factor", "rate"),
    [
        ({"labour.skill_slope": 0.5}, {}, {"skill": np.log(4.0)}, 1.0, 0.2 * 2.0),
        ({"labour.remote_penalty": 0.4}, {}, {"remoteness": 1.0}, 1.0, 0.2 * 0.8),
        ({"labour.motivation_effect": 0.5}, {"motivation": True}, {"motivation": 1.0}, 1.0, 0.2 * 1.25),
        ({"labour.motivation_effect": 0.5}, {"motivation": False}, {"motivation": 1.0}, 1.0, 0.2),
        ({}, {}, {}, 0.25, 0.2 * 0.25),
        ({}, {}, {}, 0.0, 0.0),
    ],
)
def test_what_moves_entry(
    by_hand: Callable[..., County],
    parameters: dict[str, float],
    mechanisms: dict[str, bool],
    columns: dict[str, float],
    factor: float,
    rate: float,
) -> None:
    n = 40_000
    county = by_hand(n, {**PLAIN, **parameters}, {"job_risk": True, **mechanisms}, **columns)
    county.flows.entry_factor[:] = factor
    change_jobs(county)
    p = 1 - np.exp(-rate)
    assert county.households.off_farm.mean() == pytest.approx(p, abs=4.5 * (p * (1 - p) / n) ** 0.5)


def test_exit_takes_migrants_in_proportion(by_hand: Callable[..., County]) -> None:
    n = 40_000
    county = by_hand(
        n,
        {**PLAIN, "labour.entry_rate": 0.0, "labour.exit_rate": 0.1},
        {"job_risk": True},
        members=3,
        working_age=3,
        able_workers=3,
        off_farm=3,
        migrants=1,
    )
    change_jobs(county)
    left, away = 3 - county.households.off_farm, 1 - county.households.migrants
    assert set(left) == {0, 1} and left.mean() == pytest.approx(0.3, abs=4.5 * (0.21 / n) ** 0.5)
    assert away.sum() / left.sum() == pytest.approx(1 / 3, abs=0.02)


def test_vacancies_limit_local_entry_to_the_unit(by_hand: Callable[..., County]) -> None:
    terms = {**PLAIN, "labour.entry_rate": 50.0, "labour.away_share": 0.0}
    county = by_hand(200, terms, {"job_risk": True, "vacancies": True, "spillovers": True})
    county.jobs_in_county = 300
    change_jobs(county)
    chosen = set(county.households.uid[county.households.off_farm == 1])
    assert len(chosen) == 30  # 300 jobs x .1
    free = by_hand(200, terms, {"job_risk": True, "vacancies": False})
    free.jobs_in_county = 300
    change_jobs(free)
    assert (free.households.off_farm == 1).all()
    # the lot is the household's own, whatever the order of rows
    mixed = by_hand(200, terms, {"job_risk": True, "vacancies": True, "spillovers": True})
    mixed.households = mixed.households.take(np.arange(200)[::-1])
    mixed.jobs_in_county = 300
    change_jobs(mixed)
    assert set(mixed.households.uid[mixed.households.off_farm == 1]) == chosen


def test_workers_no_longer_able_leave_off_farm_work(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, {**PLAIN, "labour.entry_rate": 0.0}, {"job_risk": True}, able_workers=1, off_farm=3, migrants=2)
    change_jobs(county)
    assert (county.households.off_farm[0], county.households.migrants[0]) == (1, 1)


RISK = {
    "income_risk.persistence": 0.8,
    "income_risk.permanent_variance": 0.04,
    "income_risk.transitory_variance": 0.09,
}


def test_productivity_is_fixed_plus_ar1_plus_transitory(by_hand: Callable[..., County]) -> None:
    n = 60_000
    county = by_hand(n, RISK, {"income_risk": True}, skill=0.5, permanent=1.0)
    county.level = 2.0
    draw_productivity(county)
    permanent = county.households.permanent.astype(float)
    transitory = np.log(county.flows.productivity / 2.0) - 0.5 - permanent
    assert permanent.mean() == pytest.approx(0.8, abs=0.004) and permanent.var() == pytest.approx(0.04, rel=0.03)
    assert transitory.mean() == pytest.approx(0.0, abs=0.006) and transitory.var() == pytest.approx(0.09, rel=0.03)
    assert abs(np.corrcoef(permanent, transitory)[0, 1]) < 0.02


def test_without_income_risk_productivity_is_the_fixed_effect(by_hand: Callable[..., County]) -> None:
    county = by_hand(2, RISK, skill=[0.0, 0.5], permanent=0.25)
    draw_productivity(county)
    np.testing.assert_allclose(county.flows.productivity, np.exp([0.25, 0.75]), rtol=1e-6)
    assert county.households.permanent.tolist() == [0.25, 0.25]


@pytest.mark.parametrize(("demand", "vacancies"), [(0.5, 15), (1.2, 36), (0.0, 0)])
def test_vacancies_follow_the_demand_for_labour(by_hand: Callable[..., County], demand: float, vacancies: int) -> None:
    terms = {**PLAIN, "labour.entry_rate": 200.0, "labour.away_share": 0.0}
    county = by_hand(200, terms, {"job_risk": True, "vacancies": True, "spillovers": True})
    county.jobs_in_county = 300
    county.markets.labour_demand = demand
    change_jobs(county)
    assert int((county.households.off_farm == 1).sum()) == vacancies  # 300 jobs x .1 x demand


def test_low_demand_makes_entry_rarer_without_a_limit_of_vacancies(by_hand: Callable[..., County]) -> None:
    n = 40_000
    county = by_hand(n, PLAIN, {"job_risk": True})
    county.markets.labour_demand = 0.5
    change_jobs(county)
    expected = 1 - np.exp(-0.1)
    assert county.households.off_farm.mean() == pytest.approx(expected, abs=4.5 * (expected / n) ** 0.5)
