"""The office's components, the official view, relapse of who exits in both, the allowance: by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tuopin.sim.calibration.budgets import BUDGETS, budget_table
from tuopin.sim.calibration.components import office_poor
from tuopin.sim.calibration.drawn import drawn_table
from tuopin.sim.calibration.histories import Histories, HouseholdYear
from tuopin.sim.calibration.measures import MEASURES
from tuopin.sim.calibration.official import official_table
from tuopin.sim.calibration.reach import reach_table
from tuopin.sim.calibration.targets import targets_of
from tuopin.sim.calibration.windows import window, window_table
from tuopin.sim.study.plan import Plan, make_plan
from tuopin.sim.study.study import Study

Make = Callable[..., Any]


def test_what_members_away_send_home_is_a_transfer(households: Make, lives_of: Make) -> None:
    h = households(
        [1, 2],
        members=[1, 3],
        wage_income=[4000.0, 2000.0],
        remitted=[1000.0, 2000.0],
        business_income=[3000.0, 1000.0],
        private_transfers=[0.0, 500.0],
        public_transfers=[500.0, 1000.0],
        net_income_pp=[7500.0, 1500.0],
    )
    histories = lives_of(x={2019: h})
    shares = [MEASURES[f"office_{name}_share"](histories, "x", (2019,)) for name in ("wage", "business", "transfer")]
    assert shares == pytest.approx([3000 / 12000, 4000 / 12000, 5000 / 12000])
    assert sum(shares) == pytest.approx(1.0)  # no property income here


def test_components_of_the_poorest_fifth_bear_the_surveys_error(households: Make, lives_of: Make) -> None:
    h = households(
        [1, 2, 3, 4, 5],
        members=[2, 2, 2, 2, 2],
        survey_income_pp=[900.0, 5000.0, 5000.0, 5000.0, 5000.0],
        net_income_pp=[1000.0, 800.0, 5000.0, 5000.0, 5000.0],
        wage_income=[1500.0, 0.0, 0.0, 0.0, 0.0],
        remitted=[500.0, 0.0, 0.0, 0.0, 0.0],
        business_income=[600.0, 0.0, 0.0, 0.0, 0.0],
    )
    histories = lives_of(x={2017: h})
    assert MEASURES["poorest_fifth_income"](histories, "x", (2017,)) == 900.0
    assert MEASURES["poorest_fifth_wage"](histories, "x", (2017,)) == pytest.approx(0.9 * 500.0)
    assert MEASURES["poorest_fifth_business"](histories, "x", (2017,)) == pytest.approx(0.9 * 300.0)


def test_the_official_view_asks_for_both(households: Make) -> None:
    h = HouseholdYear(
        households(
            [1, 2, 3], members=[1, 1, 2], net_income_pp=[900.0, 900.0, 1100.0], consumption=[900.0, 1100.0, 1800.0]
        )
    )
    assert office_poor(h, 1000.0, 1.0, 1.0) == 0.25
    assert office_poor(h, 1000.0, 1.0, 1.2) == 0.5
    assert office_poor(h, 1000.0, 1.2, 1.0) == 0.75


def test_relapse_is_that_of_the_same_persons_under_both(households: Make, lives_of: Make) -> None:
    """Bit t of the years: poor in year t. Household 1 exits in year 1 in both and falls back in none only."""
    columns = {"start_persons": [2000.0, 1000.0, 4000.0], "members": [2, 1, 4]}
    none = households([1, 2, 3], poor_years=[0b100101, 0b000001, 0b111111], **columns).astype({"poor_years": int})
    policy = households([1, 2, 3], poor_years=[0b000001, 0b000101, 0b000001], **columns).astype({"poor_years": int})
    years = dict.fromkeys(range(2016, 2022), none)
    histories = lives_of(none=years, x={**years, 2021: policy})
    assert MEASURES["relapse_of_both"](histories, "x", (2021,)) == pytest.approx(1 / 3)
    assert MEASURES["relapse_of_both_in_none"](histories, "x", (2021,)) == pytest.approx(2 / 3)


def test_a_stay_is_judged_on_income_before_bills(households: Make, lives_of: Make) -> None:
    """Line 1000: bills that push a household under it are no failure to exit."""
    before = households([1, 2, 3, 4], net_income_pp=[900.0, 900.0, 900.0, 2000.0])
    now = households(
        [1, 2, 3, 4],
        net_income_pp=[1200.0, 800.0, 1200.0, 2000.0],
        income_pp=[100.0, 100.0, 1200.0, 2000.0],
        poor_true=[1, 1, 0, 0],
        stay_ratio=[0.5, 0.5, 9.0, 0.5],
    )
    histories = lives_of(none={2016: before, 2017: now})
    assert MEASURES["stay_exit_penalty"](histories, "none", (2017,)) == pytest.approx(0.5 - 1.0)


def test_five_guarantee_households_are_told_apart(households: Make, lives_of: Make) -> None:
    h = households([1, 2, 3], members=[2, 2, 1], low_income_support_yuan=[2000.0, 5200.0, 0.0])
    histories = lives_of(x={2018: h})
    assert MEASURES["allowance_paid"](histories, "x", (2018,)) == 0.5
    assert MEASURES["five_guarantees_paid"](histories, "x", (2018,)) == 1.3
    assert MEASURES["allowance_coverage"](histories, "x", (2018,)) == 0.8


def test_peers_move_a_refusal_in_the_model() -> None:
    """Slope of 1 - (1 - take_up)(1 - effect (motivation - .5)) on motivation, times the peer gain."""
    empty = Histories({}, np.zeros(1), np.zeros(1))
    found = MEASURES["peer_take_up"](empty, "none", (2017,))
    assert found == pytest.approx((1 - 0.85) * 0.2 * 0.3, rel=1e-9)


@pytest.fixture(scope="module")
def documented() -> Plan:
    given = {"none": {}, "documented": {"low_income_support": {}, "public_jobs": {}}}
    data = {"name": "d", "place": "poor-area", "years": "2016-2019", "baseline": "none", "scenarios": given}
    return make_plan(Study.from_dict(data), 0.02)


def test_the_official_view_rises_with_its_multiples(documented: Plan) -> None:
    table = official_table(documented, 1)
    assert list(table.columns) == ["multiples of the line", "2016", "2017", "2018", "2019"]
    assert table.loc[0, "2016"] == pytest.approx(10.1)
    assert np.isnan(table.loc[0, "2018"])
    by = table.set_index("multiples of the line")["2017"]
    assert by["income 0.8, consumption 1"] <= by["income 1, consumption 1"] <= by["income 1.2, consumption 1.2"]
    assert 0.0 < by["income 1.2, consumption 1.2"] < by["income 1.5, consumption 1.5"]


def test_a_window_starts_at_the_series_of_its_year_and_its_programmes_with_2017(documented: Plan) -> None:
    early = window(documented, 2014, "documented")
    assert early.scenario_settings["documented"]["public_jobs"] == {"start": 2017}
    assert window(documented, 2018, "documented").scenario_settings["documented"]["public_jobs"] == {"start": 2019}
    table = window_table(documented, 1).set_index("initial year")
    assert list(table.index) == ["2014", "2016", "2018"]
    assert table["sd_log_income"].between(0.5, 1.0).all()
    assert np.isnan(table.loc["2018", "income after 3"])  # no series value for 2021
    assert table.drop(columns="income after 3").notna().all().all()
    assert table["income after 1"].between(0.8, 1.2).all()


def test_draws_are_judged_one_by_one() -> None:
    table = drawn_table(2)
    judged = ["sd_log_income", "variance_of_change", "unregistered_poor", "off_farm_ratio"]
    assert list(table["target"]) == [*judged, "headcount"]
    assert table["met"].iloc[:-1].isin([0.0, 0.5, 1.0]).all() and np.isnan(table["met"].iloc[-1])
    assert (table["admissible"] <= table["met"]).iloc[:-1].all()
    assert table["stated"].iloc[-1] > table["stated"].iloc[2]  # the registered are poorer
    assert table.set_index("target").loc["off_farm_ratio", "stated"] == 1.0


def test_budgets_are_told_for_the_whole_county(small_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"low_income_support": {m: BUDGETS["low_income_support"][m] for m in (5, 200)}}
    monkeypatch.setattr("tuopin.sim.calibration.budgets.BUDGETS", few)
    table = budget_table(small_plan, 1)
    assert list(table["budget"]) == [5.0, 200.0]
    assert table["averted"].is_monotonic_increasing and table["averted"].iloc[-1] > 0
    assert table["helped"].iloc[-1] > table["harmed"].iloc[-1]
    assert (table["helped"] / small_plan.scale > 0).all()
    assert table["headcount"].iloc[-1] < 0


def _simulated(study: str, **changes: float) -> pd.DataFrame:
    fits: Mapping[str, float] = {t.id: t.value or 0.0 for t in targets_of(study)}
    return pd.DataFrame({"simulated": {**fits, **changes}})


def test_what_was_asked_says_yes_and_no() -> None:
    lushi = _simulated("lushi", own_share_members_2018=0.13, allowance_retention=0.6, relapse_of_both=0.3)
    documented = _simulated("documented", Y5_2017=2668 * 1.2, YPA_2022=15111 * 0.96, YPA_2018=10371 * 0.96)
    budgets = pd.DataFrame(
        {"programme": ["health_insurance"] * 3, "budget": [2, 5, 10], "headcount": [-0.1, -0.2, -0.1]}
    )
    parts = {"calibration lushi": lushi, "calibration documented": documented, "budgets": budgets}
    said = reach_table(parts).set_index("what")["reached"]
    assert said.iloc[0] == "no"  # the headcount rises again
    assert said["own share of members from 2018"] == "no"
    assert said["mean income 2022 against the series, documented"] == "yes"
    assert said["mean income 2018 against the series, documented"] == "no"
    assert said["income of the poorest fifth 2017 against the published one, documented"] == "no"
    assert said["allowance, retention of recipients, lushi"] == "yes"
    assert said["relapse in 3 years, who exits under the allowance and under none"] == "no"
