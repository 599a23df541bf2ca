"""Relocation by hand: who pays, where they go, the dip, the jobs at the site, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.agents.labour import earn_wages
from tuopin.agents.lines import LINES
from tuopin.agents.production import produce
from tuopin.agents.randomness import RELOCATION
from tuopin.policies.ledger import Ledger
from tuopin.policies.places.relocation import Relocation

TERMS = {
    "budget": None,
    "take_up": 1.0,
    "leakage": 0.0,
    "targeting_noise": 0.0,
    "remoteness_from": 0.5,
    "neighbour_share": 0.2,
    "cost_per_person": 1000.0,
    "central_cost_per_person": 300.0,
    "own_pay_per_person": 100.0,
    "own_pay_cap": 250.0,
    "neighbour_subsidy": 50.0,
    "land_kept": 0.4,
    "dip": 0.1,
    "dip_years": 2,
    "return_rate": 0.0,
    "return_years": 5,
    "rent_per_mu": 300.0,
    "site_wage_month": 400.0,
}
WAGES = {
    "labour.wage_discount": 1.0,
    "labour.months": 10.0,
    "labour.local_wage_ratio": 0.8,
    "labour.away_wage_ratio": 1.0,
    "labour.remitted_share": 0.5,
    "labour.months_lost": 0.0,
}
FAR = {"remoteness": 0.9, "hazard": 2.0, "housing_grade": 0, "safe_water": False, "land": 2.0}


def relocation(**more: Any) -> Relocation:
    return Relocation({**TERMS, **more})


def remote(by_hand: Callable[..., County], policy: Relocation, size: int, **columns: Any) -> County:
    return by_hand(size, WAGES, {"vacancies": True, "spillovers": True}, policies=(policy,), **{**FAR, **columns})


def test_costs_and_payers_sum(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = relocation()
    county = remote(by_hand, policy, 3, members=[4, 2, 3], registry_status=[1, 1, 0])
    ledger = programmes(county, policy)
    assert policy.enrolled(county).all()
    got = {e.payer: (e.households, e.persons, e.fen) for e in ledger.close_year(county.households.members)}
    # registered: 4,000 = 250 own + 1,200 central + 2,550 local; 2,000 = 200 + 600 + 1,200; a neighbour's 150 is all
    # its own
    assert got == {
        "household": (3, 9, 25_000 + 20_000 + 15_000),
        "central": (2, 6, 120_000 + 60_000),
        "local_bonds_and_loans": (2, 6, 255_000 + 120_000),
    }
    assert county.flows.own_payment_term.tolist() == [250.0, 200.0, 150.0]
    assert sum(fen for _, _, fen in got.values()) == int(
        policy.unit_cost(county, np.arange(3), policy.observe(county)).sum()
    )


def test_neighbours_move_within_their_part_of_the_budget(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    # 80% of 5,000 moves four registered persons at 1,000; the 1,000 for neighbours would pay for 20 at 50
    policy = relocation(budget=5000.0)
    county = remote(
        by_hand,
        policy,
        8,
        members=2,
        registry_status=[1, 1, 1, 1, 0, 0, 0, 0],
        net_income_pp=np.arange(8) * 100 + 200.0,
    )
    ledger = programmes(county, policy)
    assert policy.enrolled(county).tolist() == [True, True, False, False, True, True, True, True]
    assert ledger.spent("relocation") == 400_000 + 4 * 10_000


def test_slots_are_of_the_registered_and_their_neighbours_together(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    """Three slots and money for all: the two registered move, and of four neighbours one."""
    policy = relocation(slots=3)
    county = remote(
        by_hand,
        policy,
        6,
        members=1,
        registry_status=[0, 0, 1, 1, 0, 0],
        net_income_pp=[900.0, 400.0, 2_000.0, 1_900.0, 300.0, 800.0],
    )
    programmes(county, policy)
    assert policy.enrolled(county).tolist() == [False, False, True, True, True, False]


def test_only_the_remote_move(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = relocation()
    county = remote(by_hand, policy, 3, registry_status=1, remoteness=[0.49, 0.5, 0.9])
    programmes(county, policy)
    assert policy.enrolled(county).tolist() == [False, True, True]


def test_the_move_by_hand(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = relocation()
    # one with a worker goes to the industrial park, one without to the central village
    county = remote(
        by_hand, policy, 2, members=[4, 2], working_age=[4, 0], elderly=[0, 2], able_workers=[2, 0], registry_status=1
    )
    programmes(county, policy)
    h = county.households
    assert h.site.tolist() == [1, 3] and h.zone.tolist() == [2, 5]
    np.testing.assert_allclose(h.remoteness, [0.08, 0.4])
    np.testing.assert_allclose(h.land_access, [0.4, 1.0])  # the central village is near the old land
    # of two mu .6 are out of reach of the one and let at 300
    np.testing.assert_allclose(county.flows.property_term, [360.0, 0.0], rtol=1e-6)
    assert (h.housing_grade == 3).all() and (h.hazard == 2.0).all() and h.safe_water.all()
    np.testing.assert_allclose(county.flows.income_factor, [0.9, 0.9])


def test_the_dip_lasts_its_years(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = relocation()
    county = remote(by_hand, policy, 2, registry_status=[1, 0], remoteness=[0.9, 0.1])
    factors = []
    for county.year in range(2017, 2021):
        county.flows.reset(2)
        programmes(county, policy)
        factors.append(county.flows.income_factor.tolist())
    np.testing.assert_allclose(factors, [[0.9, 1], [0.9, 1], [1, 1], [1, 1]])


def test_site_jobs_go_to_idle_workers_within_the_vacancies(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = relocation()
    # five persons fit the park's second site, which has one job; the first site takes four and has two jobs
    county = remote(by_hand, policy, 9, registry_status=1, able_workers=1, working_age=1)
    programmes(county, policy)
    policy.employ(county)
    h = county.households
    assert np.bincount(h.site, minlength=4).tolist() == [0, 4, 5, 0]
    workers = policy.own(county).workers
    assert np.bincount(h.site, weights=workers).tolist() == [0.0, 2.0, 1.0]
    assert [s.jobs_filled for s in policy.sites] == [0, 2, 1, 0]
    # ten months at 400
    np.testing.assert_array_equal(county.flows.wage_term, 4000.0 * workers)
    np.testing.assert_array_equal(county.flows.claimed_workers, workers)
    before = workers.copy()
    county.flows.reset(9)
    county.flows.productivity, county.flows.illness_factor = 1.0, 0.5
    county.year = 2018
    policy.employ(county)  # who has the job keeps it
    np.testing.assert_array_equal(workers, before)
    np.testing.assert_array_equal(county.flows.wage_term, 2000.0 * workers)
    h.off_farm[:] = 1  # a better job outside frees the post
    policy.employ(county)
    assert not workers.any()


def test_without_the_limit_every_idle_worker_finds_a_job(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = relocation()
    county = remote(by_hand, policy, 9, registry_status=1)
    county.mechanisms["vacancies"] = False
    programmes(county, policy)
    policy.employ(county)
    assert policy.own(county).workers.tolist() == [1] * 9


def test_a_split_shares_no_post(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = relocation()
    county = remote(by_hand, policy, 9, registry_status=1)
    programmes(county, policy)
    policy.employ(county)
    h = county.households
    twins = h.take(np.flatnonzero(policy.own(county).workers > 0))
    twins.uid[:] += 1 << 42
    h.append(twins)
    county.flows.reset(12)
    county.flows.productivity, county.flows.illness_factor = 1.0, 1.0
    policy.employ(county)
    assert [s.jobs_filled for s in policy.sites] == [0, 2, 1, 0]
    assert not policy.own(county).workers[9:].any()


def test_who_has_only_old_or_disabled_members_gains_no_income(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    def income(*policies: Relocation) -> np.ndarray:
        county = by_hand(
            3,
            {**WAGES, "production.grain_margin": 500.0},
            {"vacancies": False},
            policies=(relocation(),),
            registry_status=1,
            able_workers=0,
            elderly=[1, 2, 1],
            members=[1, 2, 2],
            working_age=[0, 0, 1],
            line=LINES.index("grain"),
            **FAR,
        )
        for policy in policies:
            policy.prepare(county)
            programmes(county, policy)
            assert policy.enrolled(county).all()
            policy.employ(county)
        earn_wages(county)
        produce(county)
        h = county.households
        total: np.ndarray = h.wage_income + h.business_income + county.flows.property_term
        return total

    stayed, moved, later = income(), income(relocation()), income(relocation(dip=0.0))
    assert (moved < stayed).all() and (later <= stayed).all() and (stayed > 0).all()


def test_nobody_moves_without_a_place(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = relocation()
    county = remote(by_hand, policy, 30, members=1, registry_status=1)
    ledger = programmes(county, policy)
    assert int(policy.enrolled(county).sum()) == 25  # 10 + 9 + 6 places
    assert ledger.spent("relocation") == 25 * 100_000
    assert all(s.residents == s.capacity for s in policy.sites)
    assert (county.households.site[~policy.enrolled(county)] == -1).all()


def test_the_registered_find_a_place_before_their_neighbours(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    """Of 25 places 20 go to the registered, who stand last in the list, and 5 to 15 neighbours."""
    policy = relocation()
    county = remote(by_hand, policy, 35, members=1, registry_status=np.repeat([0, 1], [15, 20]))
    programmes(county, policy)
    moved = policy.enrolled(county)
    assert (int(moved[15:].sum()), int(moved[:15].sum())) == (20, 5)


def test_return_restores_and_frees_the_place_for_others(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = relocation(return_rate=0.3)
    county = remote(by_hand, policy, 40, members=1, registry_status=1)
    programmes(county, policy)
    policy.employ(county)
    h = county.households
    first = policy.enrolled(county).copy()
    county.year = 2018
    back = first & (county.luck.uniform(RELOCATION, 2018, h.uid) < 0.3)
    assert 0 < back.sum() < first.sum()
    programmes(county, policy)
    assert not policy.enrolled(county)[back].any()  # they do not move a second time
    np.testing.assert_allclose(h.remoteness[back], 0.9)
    assert (h.land_access[back] == 1.0).all() and (h.site[back] == -1).all() and (h.zone[back] == 0).all()
    assert not policy.own(county).workers[back].any()
    assert int(policy.enrolled(county).sum()) == 25  # others took the places
    assert all(s.residents == s.capacity for s in policy.sites)


def test_registry_exit_does_not_end_a_relocation(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = relocation(support_after_exit_months=0)
    county = remote(by_hand, policy, 1, registry_status=1)
    programmes(county, policy)
    county.households.registry_status[:], county.households.registry_exit_year[:], county.year = 2, 2017, 2020
    programmes(county, policy)
    assert policy.enrolled(county).all()


def test_nobody_goes_back_after_some_years(by_hand: Callable[..., County], programmes: Callable[..., Ledger]) -> None:
    policy = relocation(return_rate=1.0, return_years=3, budget={2016: 1.0})
    county = remote(by_hand, policy, 4, site=0)
    policy.since(county)[:] = [2013, 2014, 2016, 0]
    programmes(county, policy)
    assert policy.enrolled(county).tolist() == [True, False, False, False]


@pytest.mark.parametrize(("year", "wage"), [(2015, 4000.0), (2016, 4000.0), (2017, 4400.0), (2018, 4840.0)])
def test_the_wage_at_a_site_follows_all_wages_from_2016_on(
    by_hand: Callable[..., County], year: int, wage: float
) -> None:
    policy = relocation()
    series = {"economy.migrant_wage": {2015: 900.0, 2016: 1000.0, 2017: 1100.0, 2018: 1210.0}}
    county = by_hand(1, {**WAGES, **series}, {}, policies=(policy,), year=year, site=1)
    policy.since(county)[:] = 2010
    policy.employ(county)
    assert county.flows.wage_term[0] == pytest.approx(wage)


@pytest.mark.parametrize("effect", [0.0, 0.5])
def test_effect_scales_the_wage_and_nothing_moves_at_zero(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger], effect: float
) -> None:
    policy = relocation(effect=effect)
    county = remote(by_hand, policy, 1, registry_status=1)
    programmes(county, policy)
    policy.employ(county)
    h = county.households
    assert policy.enrolled(county).all() and h.site[0] >= 0
    assert county.flows.wage_term[0] == 4000.0 * effect
    if effect == 0.0:
        assert h.remoteness[0] == np.float32(0.9) and h.land_access[0] == 1.0 and h.zone[0] == 0
        assert county.flows.income_factor[0] == 1.0


def test_payers_of_a_neighbour_whose_subsidy_is_above_his_own_part(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    """Of 4 x 800 a neighbour pays his cap of 250 and local bonds the rest; central money is the registered's."""
    policy = relocation(neighbour_subsidy=800.0, budget={2017: 1e6})
    county = remote(by_hand, policy, 3, members=[4, 2, 1], registry_status=[0, 1, 0])
    ledger = programmes(county, policy)
    found = {(e.payer, e.kind): (e.households, e.persons, e.fen) for e in ledger.close_year(county.households.members)}
    assert found == {
        ("household", "own"): (3, 7, 25_000 + 20_000 + 10_000),
        ("central", "spent"): (1, 2, 60_000),
        ("local_bonds_and_loans", "spent"): (
            3,
            7,
            (320_000 - 25_000) + (200_000 - 20_000 - 60_000) + (80_000 - 10_000),
        ),
    }
    assert county.flows.own_payment_term.tolist() == [250.0, 200.0, 100.0]


def test_central_investment_never_exceeds_what_is_left_of_the_cost(
    by_hand: Callable[..., County], programmes: Callable[..., Ledger]
) -> None:
    policy = relocation(cost_per_person=350.0, budget={2017: 1e6})  # 2 x 350 = 200 own + 500 central, not 600
    county = remote(by_hand, policy, 1, members=2, registry_status=1)
    found = {e.payer: e.fen for e in programmes(county, policy).close_year(county.households.members)}
    assert found == {"household": 20_000, "central": 50_000, "local_bonds_and_loans": 0}
