"""What each term of the year does: nothing at its neutral value, and beyond it what it says, by hand and in general."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuopin.agents.arrays import Array
from tuopin.agents.county import County
from tuopin.agents.finance import forgo_care, pay
from tuopin.agents.flows import COUNTY_TERMS, LINE_TERMS, TERMS, VILLAGE_TERMS
from tuopin.agents.health import bill, fall_ill
from tuopin.agents.income import gather
from tuopin.agents.judgement import team_error
from tuopin.agents.labour import change_jobs, draw_productivity, earn_wages
from tuopin.agents.lines import LINES
from tuopin.agents.production import produce, settle_prices
from tuopin.agents.randomness import POPULATION, Luck
from tuopin.agents.schooling import out_of_school
from tuopin.agents.shocks import strike_county, strike_households
from tuopin.agents.status import assess

LIVESTOCK, HERBS, MUSHROOMS, TRADE = (LINES.index(n) for n in ("livestock", "herbs", "mushrooms", "trade"))
HOUSEHOLDS = 400
OFTEN = {
    "health.inpatient_rate": 0.3,
    "health.chronic_onset": 0.1,
    "health.major_rate": 0.1,
    "health.disability_rate": 0.1,
    "production.animal_loss_rate": 0.3,
    "production.disaster_rate": 0.5,
    "labour.separation_rate": 0.3,
    "labour.entry_rate": 0.5,
    "labour.exit_rate": 0.0,
    "schooling.dropout_base": 0.1,
    "schooling.dropout_poor": 0.2,
    "finance.borrowing_cap": 0.5,
    "health.forgone_share": 0.0,
}
"""Everything that a term moves happens often enough to be seen among 400 households."""
SWITCHES = dict.fromkeys(
    ("illness", "weather", "job_risk", "price_risk", "animal_loss", "borrowing", "motivation", "income_risk"), True
)


def people(by_hand: Callable[..., County], seed: int, **more: Any) -> County:
    """A county of households of all kinds."""
    u = Luck(seed, 0).uniforms(POPULATION, 0, np.arange(HOUSEHOLDS), 20).T

    def some(k: int, most: int) -> Array:
        return np.floor(u[k] * (most + 1)).astype(np.int64)

    able = some(0, 3)
    off_farm = np.minimum(able, some(1, 2))
    return by_hand(
        HOUSEHOLDS,
        {**OFTEN, **more},
        SWITCHES,
        villages=5,
        village=some(2, 4),
        members=8,
        working_age=able + 1,
        able_workers=able,
        elderly=some(3, 1),
        pupils=some(4, 1),
        upper_students=some(5, 1),
        chronic=some(6, 1),
        off_farm=off_farm,
        migrants=np.minimum(off_farm, some(7, 2)),
        motivation=u[8],
        remoteness=u[9],
        land=u[10] * 5,
        line=np.array([1, LIVESTOCK, MUSHROOMS, TRADE])[some(11, 3)],
        line_scale=u[12],
        line_age=9,
        savings=u[13] * 9000,
        debt_due_1=u[14] * 900,
        net_income_pp=2000.0,
        net_income_pp_1=2000.0,
    )


def live(county: County) -> County:
    """One year of everything in `agents` that reads a term."""
    for mechanism in (strike_county, strike_households, fall_ill, draw_productivity, change_jobs, earn_wages, produce):
        mechanism(county)
    for mechanism in (gather, bill, forgo_care, pay, assess):
        mechanism(county)
    return county


def everything(county: County) -> dict[str, Array]:
    """All columns, quantities and children out of school, as copies; the terms themselves are left out."""
    found = {name: array.copy() for name, array in county.households.as_mapping().items()}
    found |= {name: a.copy() for name, a in county.flows.as_mapping().items() if name not in TERMS}
    found.pop("verified_income")  # of the review, which is not part of this year
    return {**found, "out_of_school": out_of_school(county)}


MOVES: dict[str, tuple[str, int]] = {
    "illness_risk": ("stays", 1),
    "major_risk": ("major_bill", 1),
    "accident_risk": ("disabled", 1),
    "animal_risk": ("animals_lost", 1),
    "separation_factor": ("jobs_lost", 1),
    "motivation_term": ("off_farm", 1),
    "distance_factor": ("off_farm", -1),
    "away_factor": ("migrants", 1),
    "disaster_share": ("business_income", -1),
    "crop_factor": ("business_income", 1),
    "stay_bill_factor": ("inpatient_bill", 1),
    "major_bill_factor": ("inpatient_bill", 1),
    "school_aid_term": ("school_paid", -1),
    "dropout_factor": ("out_of_school", 1),
    "repayment_term": ("consumption", -1),
}
"""Term -> what it moves, in every household, and in which direction if it grows."""
MOST = {"school_aid_term": 4000.0, "repayment_term": 30_000.0, "motivation_term": 1.0}
LEAST = {"motivation_term": -1.0}


def seen(county: County, name: str) -> Array:
    if name == "stays":
        return (county.flows.stay_ratio < 1.0).astype(float)
    return everything(county)[name].astype(float)


@pytest.mark.parametrize("term", MOVES)
def test_a_term_at_neutral_changes_nothing_and_beyond_it_moves_one_way(
    by_hand: Callable[..., County], term: str
) -> None:
    what, direction = MOVES[term]
    least, most = LEAST.get(term, 0.0), MOST.get(term, 3.0)
    moved = 0

    @given(st.floats(least, most), st.floats(least, most), st.integers(0, 2**16))
    @settings(max_examples=12)
    def check(one: float, other: float, seed: int) -> None:
        nonlocal moved
        as_found = everything(live(people(by_hand, seed)))
        neutral = people(by_hand, seed)
        neutral.flows.array(term)[:] = TERMS[term].neutral
        assert [name for name, a in everything(live(neutral)).items() if a.tobytes() != as_found[name].tobytes()] == []
        low, high = people(by_hand, seed), people(by_hand, seed)
        low.flows.array(term)[:], high.flows.array(term)[:] = sorted((one, other))
        change = (seen(live(high), what) - seen(live(low), what)) * direction
        assert (change >= -1e-9).all()
        moved += int((change > 0).any())

    check()
    assert moved >= 4


def test_every_risk_is_early_and_every_early_term_a_risk_of_the_shocks(by_hand: Callable[..., County]) -> None:
    """Written after the shocks, they would be read by nobody: the table says so, for whoever checks policies."""
    early = {name for name, flow in TERMS.items() if flow.early}
    assert early == {"illness_risk", "major_risk", "accident_risk", "animal_risk", "separation_factor"}
    county = people(by_hand, 1)
    for mechanism in (strike_county, strike_households, fall_ill):
        mechanism(county)
    before = everything(county)
    for name in early:
        county.flows.array(name)[:] = 0.0
    for mechanism in (draw_productivity, change_jobs, earn_wages, produce, gather, bill, forgo_care, pay, assess):
        mechanism(county)
    kept = ("stay_ratio", "major_bill", "jobs_lost", "came_home", "animals_lost", "disabled", "chronic")
    after = everything(county)
    assert [name for name in kept if after[name].tobytes() != before[name].tobytes()] == []


# --- risks by hand -------------------------------------------------------------------------------------------------


def test_risks_are_ratios_of_probabilities(by_hand: Callable[..., County]) -> None:
    n = 40_000
    rates = {"health.inpatient_rate": 0.25, "health.chronic_onset": 0.2, "health.major_rate": 0.2}
    rates |= {"health.disability_rate": 0.2, "production.animal_loss_rate": 0.2, "labour.separation_rate": 0.2}
    switches = {"illness": True, "job_risk": True, "animal_loss": True}
    county = by_hand(n, {**rates, "health.mean_risk": 1.0}, switches, line=LIVESTOCK, off_farm=1)
    for name in ("illness_risk", "major_risk", "accident_risk", "animal_risk", "separation_factor"):
        county.flows.array(name)[:] = np.where(np.arange(n) % 2, 0.5, 0.0)
    strike_households(county)
    fall_ill(county)
    h, f = county.households, county.flows
    struck = {
        "stays": (f.stay_ratio < 1.0, 0.5 * (1 - np.exp(-0.25))),
        "chronic": (h.chronic == 1, 0.1),
        "major": (f.major_bill > 0, 0.1),
        "disabled": (h.disabled == 1, 0.1),
        "animals": (f.animals_lost, 0.1),
        "jobs": (f.jobs_lost == 1, 0.1),
    }
    for name, (found, share) in struck.items():
        assert not found[::2].any(), name
        assert found[1::2].mean() == pytest.approx(share, abs=4.5 * (share * (1 - share) / n * 2) ** 0.5), name


def test_a_risk_several_times_as_high_and_more_use_of_care_lose_no_stay(by_hand: Callable[..., County]) -> None:
    """Of 1 - exp(-.1) three times as many fall ill, and with twice the use of care six times as many have a stay."""
    n, p = 40_000, 1 - np.exp(-0.1)
    county = by_hand(n, {"health.inpatient_rate": 0.1, "health.mean_risk": 1.0}, {"illness": True})
    county.flows.illness_risk[:] = 3.0
    fall_ill(county)
    ratio, billed = county.flows.stay_ratio, county.flows.stay_bill > 0
    for use, share in ((1.0, 3 * p), (1.99, 5.97 * p)):
        assert (ratio < use).mean() == pytest.approx(share, abs=4.5 * (share * (1 - share) / n) ** 0.5)
        assert billed[ratio < use].all()


@pytest.mark.parametrize(("share", "left"), [(1.0, 0.3 * 1.2), (0.5, 0.65 * 1.2), (0.0, 1.2), (2.0, 0.0)])
def test_of_a_disaster_a_household_bears_its_share(by_hand: Callable[..., County], share: float, left: float) -> None:
    """Weather 1.2 of an ordinary harvest, of which the disaster of the village took seven tenths."""
    struck, spared = (by_hand(1, {"production.grain_margin": 500.0}, land=2.0, line=1) for _ in range(2))
    struck.markets.weather, struck.villages.crop_left[:] = 1.2, 0.3 * 1.2
    struck.flows.disaster_share[:] = share
    produce(struck)
    produce(spared)
    assert struck.households.business_income == pytest.approx(left * spared.households.business_income, rel=1e-6)


def test_crop_factor_moves_grain_and_crops_and_not_animals_or_trade(by_hand: Callable[..., County]) -> None:
    def earned(factor: float) -> Array:
        lines = [1, MUSHROOMS, LIVESTOCK, TRADE]
        county = by_hand(4, line=lines, line_scale=[0, 1, 1, 1], line_age=9, land=[2.0, 0.0, 0.0, 0.0])
        county.flows.crop_factor[:] = factor
        produce(county)
        return county.households.business_income.copy()

    np.testing.assert_allclose(earned(1.05) / earned(1.0), [1.05, 1.05, 1.0, 1.0], rtol=1e-6)


# --- work ----------------------------------------------------------------------------------------------------------


def test_entry_follows_distance_and_motivation_as_felt(by_hand: Callable[..., County]) -> None:
    """Remoteness 1 felt as .5 is the middle; motivation .8 and .4 more are 1: the rate is .1 x (1 + .4 x .5) = .12."""
    n = 60_000
    terms = {"labour.entry_rate": 0.1, "labour.exit_rate": 0.0, "labour.skill_slope": 0.0, "labour.away_share": 0.5}
    terms |= {"labour.remote_penalty": 0.6, "labour.motivation_effect": 0.4}
    county = by_hand(n, terms, {"job_risk": True, "motivation": True}, remoteness=1.0, motivation=0.8)
    county.flows.distance_factor[:], county.flows.motivation_term[:], county.flows.away_factor[:] = 0.5, 0.4, 1.5
    change_jobs(county)
    h, share = county.households, 1 - np.exp(-0.12)
    assert h.off_farm.mean() == pytest.approx(share, abs=4.5 * (share * (1 - share) / n) ** 0.5)
    assert h.migrants.sum() / h.off_farm.sum() == pytest.approx(0.75, abs=4.5 * (0.1875 / (share * n)) ** 0.5)
    county.flows.motivation_term[:] = -2.0  # no motivation at all, and none below
    h.off_farm[:], h.migrants[:] = 0, 0
    change_jobs(county)
    share = 1 - np.exp(-0.08)
    assert h.off_farm.mean() == pytest.approx(share, abs=4.5 * (share * (1 - share) / n) ** 0.5)


@pytest.mark.parametrize(("added", "filled"), [(0.0, 30), (12.0, 42), (0.4, 30), (-40.0, 0)])
def test_vacancies_of_the_year_are_added_to_the_usual_ones(
    by_hand: Callable[..., County], added: float, filled: int
) -> None:
    terms = {"labour.entry_rate": 50.0, "labour.away_share": 0.0, "labour.vacancy_rate": 0.1}
    county = by_hand(200, terms, {"job_risk": True, "vacancies": True, "spillovers": True})
    county.jobs_in_county, county.vacancies = 300, added
    change_jobs(county)
    assert int((county.households.off_farm == 1).sum()) == filled


# --- bills and schooling -------------------------------------------------------------------------------------------


def test_bills_by_factor(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, {"health.basic_rate": 0.5, "health.basic_deductible": 0.0}, {"illness": True})
    f = county.flows
    f.stay_ratio[:], f.stay_bill[:], f.major_bill[:] = [0.5, 0.5, 9.0], 1000.0, [0.0, 20_000.0, 20_000.0]
    f.stay_bill_factor[:], f.major_bill_factor[:] = 0.4, 0.25
    bill(county)
    np.testing.assert_allclose(f.inpatient_bill, [400.0, 5400.0, 5000.0], rtol=1e-6)
    np.testing.assert_allclose(f.basic_reimbursed, [200.0, 2700.0, 2500.0], rtol=1e-6)


def test_school_aid_lowers_the_cost_down_to_nothing_and_is_no_income(by_hand: Callable[..., County]) -> None:
    costs = {"schooling.compulsory_cost": 600.0, "finance.bill_share": 0.3}
    county = by_hand(3, costs, {"borrowing": True}, members=3, pupils=2)
    county.flows.net_income[:], county.flows.school_aid_term[:] = 10_000.0, [0.0, 500.0, 5000.0]
    pay(county)
    assert county.households.school_paid.tolist() == [1200.0, 700.0, 0.0]
    assert county.flows.net_income.tolist() == [10_000.0] * 3


def test_dropout_by_factor(by_hand: Callable[..., County]) -> None:
    n = 40_000
    county = by_hand(n, {"schooling.dropout_poor": 0.2}, pupils=1, poor_true=True)
    county.flows.dropout_factor[:] = np.where(np.arange(n) % 2, 0.5, 0.0)
    out = out_of_school(county)
    assert not out[::2].any() and out[1::2].mean() == pytest.approx(0.1, abs=4.5 * (0.09 / n * 2) ** 0.5)


# --- lines, villages -----------------------------------------------------------------------------------------------


def test_demand_and_what_is_not_sold_by_line(by_hand: Callable[..., County]) -> None:
    """Supply four times the initial one, demand twice: (4 / 2)^-.5 = .7071; of a line sold outside it is 2^.5."""
    terms = {"production.supply_elasticity": 0.5}
    on = {"supply_price": True, "spillovers": True}
    lines = [MUSHROOMS, TRADE, HERBS]
    county, usual = (
        by_hand(3, terms, on, line=lines, line_scale=[4.0, 4.0, 1.0], line_age=9, land=0.0) for _ in range(2)
    )
    for one in (county, usual):
        one.markets.base_supply[lines] = 1000
    county.markets.demand[[MUSHROOMS, TRADE]] = 2.0
    price = settle_prices(county)
    assert price[MUSHROOMS] == pytest.approx(0.5**0.5) and price[TRADE] == pytest.approx(2**0.5)
    assert price[HERBS] == 1.0
    county.markets.unsold[[MUSHROOMS, HERBS]] = [0.274, 1.0]
    produce(county)
    produce(usual)
    ratio = county.households.business_income / usual.households.business_income
    np.testing.assert_allclose(ratio, [0.726 * 2**0.5, 2**0.5, 0.0], rtol=1e-6)
    county.mechanisms["supply_price"] = False
    assert settle_prices(county)[MUSHROOMS] == 1.0


def test_quality_of_a_year_is_added_to_the_teams_own(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, {"registry.cadre_error": 0.4}, villages=3)
    county.villages.cadre_quality[:] = [0.0, 1.0, -0.5]
    county.villages.quality_term[:] = [1.0, 0.0, 0.5]
    np.testing.assert_allclose(team_error(county), [0.6, 0.6, 1.0])


def test_terms_of_villages_lines_and_county_are_neutral_again_next_year(by_hand: Callable[..., County]) -> None:
    county = by_hand(2, villages=3)
    parts = ((county, COUNTY_TERMS), (county.villages, VILLAGE_TERMS), (county.markets, LINE_TERMS))
    held = [(part, name, term) for part, terms in parts for name, term in terms.items()]
    for part, name, term in held:
        assert np.all(getattr(part, name) == term.neutral) and term.least <= term.neutral <= term.most
        setattr(part, name, getattr(part, name) * 0 + 5.0)
    county.flows.wage_term[:] = 3.0
    county.reset_terms()
    for part, name, term in held:
        assert np.all(getattr(part, name) == term.neutral), name
    assert county.flows.wage_term.tolist() == [0.0, 0.0]
    assert len(county.villages.hours_term) == 3 and len(county.markets.demand) == len(LINES)
