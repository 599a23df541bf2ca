"""From households to the cells of the tables: six households asymmetric in everything, and every cell by hand.

Sizes, lags, prices (1, 1.1, 1.32), the statistical line (3,000, 3,300, 3,960 yuan) and the registry's, the three
views, groups, transfers, bills and deprivations all differ, one income is negative, one household dies, one had left
the register before the start. A mistake that takes households for persons, one view for another, last year for this
one or a household's money for a person's moves a cell.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tuopin.agents.columns import EXITED, NEAR_POOR, OUTSIDE, REGISTERED_POOR, RELAPSED
from tuopin.agents.county import County
from tuopin.agents.demography import Movement
from tuopin.policies.ledger import Ledger
from tuopin.sim.run.lives import begin_lives
from tuopin.sim.run.recorder import Recorder
from tuopin.sim.run.run import Run
from tuopin.sim.run.tables import tables

NAN = float("nan")
PRICES = {
    "economy.rural_cpi": {2016: 0.0, 2017: 0.10, 2018: 0.20},
    "economy.registry_line": {2016: 2_000.0, 2017: 2_500.0, 2018: 9_000.0},
    "village.subsistence_food": 1_000.0,
    "schooling.dropout_poor": 1.0,
    "schooling.dropout_base": 0.0,
}


def _set(county: County, **columns: object) -> None:
    for name, values in columns.items():
        setattr(county.households, name, np.asarray(values))


def _post(ledger: Ledger, county: County, rows: list[int], yuan: list[float], payer: str, kind: str = "spent") -> None:
    ledger.post("dole", payer, np.array(rows), (np.array(yuan) * 100).astype(np.int64), kind)


@pytest.fixture
def frames(by_hand: Callable[..., County]) -> dict[str, pd.DataFrame]:
    county = by_hand(
        6,
        PRICES,
        year=2016,
        members=[1, 2, 3, 5, 4, 7],
        elderly=[1, 0, 1, 0, 4, 2],
        disabled=[0, 2, 0, 0, 1, 0],
        pupils=[0, 1, 0, 2, 0, 0],  # out of school while poor, and only then
        settlement=[0, 1, 0, 2, 0, 1],
        income_pp=[2_000.0, 3_500.0, -500.0, 2_900.0, 9_000.0, 3_000.0],
        net_income_pp=[2_500.0, 3_600.0, 100.0, 3_100.0, 9_500.0, 2_900.0],
        market_income_pp=[2_000.0, 3_600.0, -100.0, 3_000.0, 9_000.0, 2_000.0],
        survey_income_pp=[3_100.0, 3_000.0, 2_999.0, 10.0, 4_500.0, 1.0],
        poor_true=[True, False, True, True, False, False],
        poor_survey=[False, False, True, True, False, True],
        registry_status=[REGISTERED_POOR, OUTSIDE, REGISTERED_POOR, EXITED, NEAR_POOR, RELAPSED],
        registry_exit_year=[0, 0, 0, 2015, 0, 0],
        safe_water=True,
        registered_at_start=[True, False, True, False, False, True],
        ever_poor=[True, False, True, True, False, False],
        poor_consumption=[False, True, False, False, False, False],
    )
    recorder, ledger = Recorder(2016, 2018), Ledger()
    run = Run(county, (), ledger, recorder)
    begin_lives(county)
    recorder.start(county, ())
    # 2017: the third household dies out, the fourth has a child, the fifth loses one
    county.year = 2017
    before = county.households.members.copy()
    _set(county, members=[1, 2, 0, 6, 3, 7], elderly=[1, 0, 0, 0, 3, 2])
    recorder.leave(county, before)
    recorder.move(Movement(births=1, deaths=4, arrivals=0, departures=0))
    county.households.keep(county.households.members > 0)
    h = county.households = county.households.take(np.argsort(county.households.uid))
    county.flows.reset(5)
    ledger.open_year(2017, 5)
    ledger.set_budget("dole", 1_000_000, 3)
    _post(ledger, county, [0, 2], [300.0, 3_000.0], "county")
    _post(ledger, county, [2], [200.0], "county")
    _post(ledger, county, [4], [150.0], "household", "own")
    ledger.post_leakage("dole", 1_050)
    ledger.post_background("resident_pension", "pension_fund", h.elderly, 12.0)
    recorder.remember(county)
    _set(
        county,
        income_pp=[3_400.0, 3_200.0, 3_301.0, 8_000.0, 2_000.0],
        net_income_pp=[3_500.0, 3_200.0, 3_301.0, 8_400.0, 3_299.0],
        market_income_pp=[3_000.0, 3_200.0, 2_500.0, 8_400.0, 1_299.0],
        survey_income_pp=[3_299.0, 4_950.0, 3_300.0, 4_949.0, 100.0],
        policy_transfers=[300.0, 0.0, 3_000.0, 6_000.0, 700.0],
        medical_out_of_pocket=[0.0, 1_680.0, 5_279.0, 0.0, 6_200.0],
        poor_true=[False, True, False, False, True],
        poor_survey=[True, False, False, False, True],
        exits=[1, 0, 1, 0, 0],
        registry_status=[REGISTERED_POOR, OUTSIDE, EXITED, NEAR_POOR, EXITED],
        ever_poor=[True, True, True, True, True],
        poor_consumption=[True, False, True, False, False],
        poor_official=[True, False, False, False, False],
        wage_income=[0.0, 1_000.0, 0.0, 0.0, 0.0],
        remitted=[0.0, 400.0, 0.0, 0.0, 0.0],
        business_income=[0.0, 0.0, 500.0, 0.0, 0.0],
        private_transfers=[0.0, 0.0, 0.0, 500.0, 0.0],
        insured=[True, False, True, True, True],
        care_forgone=[True, False, False, False, False],
        housing_grade=[3, 1, 2, 3, 1],
        safe_water=[True, False, True, False, True],
    )
    ledger.close_year(h.members)
    recorder.record(county, (), ledger)
    # 2018
    county.year = 2018
    recorder.move(Movement(0, 0, 0, 0))
    ledger.open_year(2018, 5)
    recorder.remember(county)
    _set(
        county,
        income_pp=[3_000.0, 5_000.0, 4_000.0, 3_959.99, 2_500.0],
        net_income_pp=[3_000.0, 5_000.0, 4_000.0, 4_000.0, 2_500.0],
        market_income_pp=[3_000.0, 5_000.0, 4_000.0, 4_000.0, 2_500.0],
        policy_transfers=[0.0, 0.0, 0.0, 0.0, 0.0],
        medical_out_of_pocket=[0.0, 0.0, 0.0, 0.0, 0.0],
        poor_true=[True, False, False, True, True],
        poor_survey=[False, False, False, False, True],
        exits=[1, 1, 1, 0, 0],
        registry_status=[REGISTERED_POOR, REGISTERED_POOR, EXITED, NEAR_POOR, RELAPSED],
    )
    ledger.close_year(h.members)
    recorder.record(county, (), ledger)
    recorder.finish(county)
    return {name: frame.to_pandas() for name, frame in tables(run, "here", "dole", 3).items()}


CELLS = {
    # persons are 22, then 19 and 19
    ("true", "all", "persons"): (22, 19, 19),
    ("true", "all", "headcount_ratio"): (9 / 22, 9 / 19, 11 / 19),
    ("true", "all", "poor_persons"): (9, 9, 11),
    ("true", "all", "poor_households"): (3, 2, 3),
    ("true", "all", "poverty_gap"): (
        (1 * (1 / 3) + 3 * 1.0 + 5 * (100 / 3_000)) / 22,  # a negative income counts as none
        (2 * (100 / 3_300) + 7 * (1_300 / 3_300)) / 19,
        (1 * (960 / 3_960) + 3 * (0.01 / 3_960) + 7 * (1_460 / 3_960)) / 19,
    ),
    ("true", "all", "mean_income_per_person"): (
        (2_000 + 7_000 - 1_500 + 14_500 + 36_000 + 21_000) / 22,
        (3_400 + 6_400 + 19_806 + 24_000 + 14_000) / 19,
        (3_000 + 10_000 + 24_000 + 3 * 3_959.99 + 17_500) / 19,
    ),
    ("true", "all", "net_income_headcount_ratio"): ((1 + 3 + 7) / 22, (2 + 7) / 19, (1 + 7) / 19),
    ("true", "all", "near_poor_persons"): (2 + 7, 1 + 6, 2 + 6),
    ("survey", "all", "near_poor_persons"): (1 + 2, 6 + 3, 1 + 2 + 6 + 3),
    ("true", "all", "transfer_share"): (
        1 - (2_000 + 7_200 - 300 + 15_000 + 36_000 + 14_000) / (2_500 + 7_200 + 300 + 15_500 + 38_000 + 20_300),
        (500 + 6 * 801 + 7 * 2_000) / (3_500 + 6_400 + 19_806 + 25_200 + 7 * 3_299),
        0.0,
    ),
    ("true", "all", "policy_transfer_share"): (0.0, 10_000 / (3_500 + 6_400 + 19_806 + 25_200 + 7 * 3_299), 0.0),
    ("true", "all", "exit_rate"): (None, 1.0, 2 / 9),
    ("true", "all", "exits_persons"): (None, 7, 2),
    ("true", "all", "first_exits_persons"): (None, 7, 2),
    ("true", "all", "reentries_persons"): (None, 0, 1),
    ("true", "all", "reentry_rate"): (None, NAN, 1 / 7),
    # no exit is sustained before the third assessment
    ("true", "all", "sustained_exits_persons"): (NAN, NAN, NAN),
    ("true", "all", "sustained_exits_own_strength_persons"): (NAN, NAN, NAN),
    # relief is counted among the poor of 2016 (of 1, 3 and 5 persons), prevention among the others
    ("true", "all", "poverty_years_persons"): (0, 9, 9 + 11),
    ("true", "start=poor", "persons"): (9, 7, 7),
    ("true", "start=poor", "poverty_years_persons"): (0, 0, 1),
    ("true", "start=not_poor", "poverty_years_persons"): (0, 2 + 7, 9 + 3 + 7),
    # tenths of the persons of 2016: one with 2,000 yuan is in the second, five with 2,900 in the third
    ("true", "start_decile=1", "real_income_growth"): (NAN, NAN, NAN),
    ("true", "start_decile=2", "real_income_growth"): (0.0, 3_400 / 1.1 / 2_000 - 1, 3_000 / 1.32 / 2_000 - 1),
    ("true", "start_decile=3", "real_income_growth"): (0.0, 3_301 / 1.1 / 2_900 - 1, 4_000 / 1.32 / 2_900 - 1),
    ("true", "all", "wage_income_share"): (NAN, 0.5, 0.5),
    ("true", "all", "office_wage_share"): (NAN, 0.3, 0.3),
    ("true", "all", "office_transfer_share"): (NAN, 0.45, 0.45),
    ("consumption", "all", "poor_persons"): (2, 1 + 6, 1 + 6),
    ("official", "all", "headcount_ratio"): (0.0, 1 / 19, 1 / 19),
    # the survey: 2 and 4 are not the poor of the true view
    ("survey", "all", "headcount_ratio"): ((3 + 5 + 7) / 22, 8 / 19, 7 / 19),
    ("survey", "all", "exits_persons"): (None, 6, 1),
    ("survey", "all", "first_exits_persons"): (None, 6, 1),
    ("survey", "all", "reentries_persons"): (None, 0, 0),
    ("survey", "all", "reentry_rate"): (None, NAN, 0.0),
    # the register: relapsed count, exited and near-poor do not
    ("registry", "all", "registered_persons"): (1 + 3 + 7, 1, 1 + 2 + 7),
    ("registry", "all", "headcount_ratio"): (11 / 22, 1 / 19, 10 / 19),
    ("registry", "all", "poor_households"): (3, 1, 3),
    ("registry", "all", "exits_persons"): (None, 7, 0),
    ("registry", "all", "exit_rate"): (None, 7 / 8, 0.0),
    ("registry", "all", "reentries_persons"): (None, 0, 7),
    ("registry", "all", "reentry_rate"): (None, NAN, 1.0),  # who had left before the start is not at risk
    ("true", "all", "exclusion_error"): (5 / 9, 1.0, 3 / 11),
    ("true", "all", "inclusion_error"): (7 / 11, 1.0, 2 / 10),
    # food costs 1,100 in 2017: 2 x 2,100 x .4 = 1,680 is struck, 6 x 2,201 x .4 = 5,282.4 is not by 5,279;
    # 7 x 2,199 x .4 = 6,157.2 is struck by 6,200
    ("true", "all", "catastrophic_health_spending_rate"): (0.0, 9 / 19, 0.0),
    ("true", "all", "catastrophic_health_spending_household_rate"): (0.0, 2 / 5, 0.0),
    # 2016: the fourth in income and school; 2017: deprived are 1: cover; 2: in everything; 4: water; 5: income, housing
    ("true", "all", "any_deprivation_headcount"): (9 / 22, (1 + 2 + 3 + 7) / 19, (1 + 2 + 3 + 7) / 19),
    ("true", "all", "multidimensional_headcount"): (5 / 22, 9 / 19, (1 + 2 + 3 + 7) / 19),
    ("true", "all", "adjusted_multidimensional_headcount"): (
        5 * 2 / 5 / 22,
        (2 * 5 / 5 + 7 * 2 / 5) / 19,
        (1 * 2 / 5 + 2 * 3 / 5 + 3 * 2 / 5 + 7 * 2 / 5) / 19,
    ),
    # groups
    ("true", "elderly_only=yes", "persons"): (5, 4, 4),
    ("true", "disabled=yes", "persons"): (6, 5, 5),
    ("true", "disabled=yes", "headcount_ratio"): (0.0, 2 / 5, 3 / 5),
    ("true", "remote=yes", "persons"): (8, 4, 4),
    ("true", "remote=yes", "exits_persons"): (None, 1, 0),
    ("true", "registered=yes", "persons"): (11, 8, 8),
    ("true", "registered=yes", "headcount_ratio"): (4 / 11, 7 / 8, 1.0),
    ("true", "registered=no", "exits_persons"): (None, 6, 2),
    # moves between classes by each year's own line: of those at .5 to 1 line in 2016, all are at 1 to 1.5 in 2017
    ("true", "class_before=poor", "move_to_near"): (None, 1.0, 2 / 9),
    ("true", "class_before=near", "move_to_poor"): (None, 1.0, 1 / 7),
    ("true", "all", "cost_yuan"): (0.0, 300 + 3_200 + 10.5 + 12 * 6, 0.0),
}


@pytest.mark.parametrize("key", CELLS, ids=" ".join)
def test_indicators(frames: dict[str, pd.DataFrame], key: tuple[str, str, str]) -> None:
    view, group, indicator = key
    rows = frames["indicators"]
    rows = rows[(rows["view"] == view) & (rows.group == group) & (rows.indicator == indicator)].set_index("year").value
    for year, expected in zip((2016, 2017, 2018), CELLS[key], strict=True):
        if expected is None:
            assert year not in rows.index
        else:
            assert rows[year] == pytest.approx(expected, rel=1e-8, abs=1e-9, nan_ok=True), year


SPELLS = {
    "true": [
        ("exited", 2017, 1, False, False, 1, 6),
        ("exited", 2017, 1, True, False, 1, 1),
        ("exited", 2018, 0, False, False, 1, 2),
        ("poor", 2016, 0, False, True, 1, 3),  # who died out, with the persons of the last assessment
        ("poor", 2016, 1, True, True, 2, 7),
        ("poor", 2017, 1, False, False, 1, 7),
        ("poor", 2017, 1, True, False, 1, 2),
        ("poor", 2018, 0, False, False, 2, 4),
    ],
    "registry": [
        ("exited", 2016, 2, False, True, 1, 6),  # left the register before the start
        ("exited", 2017, 1, True, False, 1, 7),
        ("poor", 2016, 0, False, True, 1, 3),
        ("poor", 2016, 1, True, True, 1, 7),
        ("poor", 2016, 2, False, True, 1, 1),
        ("poor", 2018, 0, False, False, 2, 9),
    ],
    "survey": [
        ("exited", 2017, 1, False, False, 1, 6),
        ("exited", 2018, 0, False, False, 1, 1),
        ("poor", 2016, 0, False, True, 1, 3),
        ("poor", 2016, 1, True, True, 1, 6),
        ("poor", 2016, 2, False, True, 1, 7),
        ("poor", 2017, 1, True, False, 1, 1),
    ],
}


@pytest.mark.parametrize("view", SPELLS)
def test_spells(frames: dict[str, pd.DataFrame], view: str) -> None:
    rows = frames["spells"]
    rows = rows[rows["view"] == view]
    columns = ["kind", "start_year", "years", "ended", "left_censored", "households", "persons"]
    assert sorted(rows[columns].itertuples(index=False, name=None)) == SPELLS[view]


def test_costs(frames: dict[str, pd.DataFrame]) -> None:
    rows = frames["costs"].astype({"policy": str, "payer": str, "kind": str})
    assert list(rows.iloc[:, :3].drop_duplicates().itertuples(index=False, name=None)) == [("here", "dole", 3)]
    columns = ["year", "policy", "payer", "kind", "households", "persons", "villages", "yuan", "budget_yuan", "slots"]
    found = [tuple(None if pd.isna(x) else x for x in row) for row in rows[columns].itertuples(index=False, name=None)]
    assert found == [
        (2017, "dole", "county", "spent", 2, 7, 0, 3_500.0, 10_000.0, 3),  # the third household twice, once counted
        (2017, "dole", "household", "own", 1, 7, 0, 150.0, 10_000.0, 3),
        (2017, "dole", "leakage", "spent", 0, 0, 0, 10.5, 10_000.0, 3),
        (2017, "resident_pension", "pension_fund", "spent", 3, 11, 0, 72.0, None, None),
    ]


def test_limits_and_persons(frames: dict[str, pd.DataFrame]) -> None:
    (limit,) = frames["limits"].astype({"reason": str}).to_dict("records")
    assert (limit["year"], limit["given_yuan"], limit["spent_yuan"], limit["slots"]) == (2017, 10_000.0, 3_660.5, 3)
    columns = ["year", "persons", "births", "deaths", "arrivals", "departures"]
    persons = frames["persons"][columns].astype(object).where(frames["persons"][columns].notna(), None)
    assert [tuple(row) for row in persons.to_numpy().tolist()] == [
        (2016, 22, None, None, None, None),
        (2017, 19, 1, 4, 0, 0),
        (2018, 19, 0, 0, 0, 0),
    ]
