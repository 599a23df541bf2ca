from __future__ import annotations

import io
import math

import numpy as np
import pandas as pd
import pytest

from tuopin.sim.comparison.differences import COLUMNS, paired_differences
from tuopin.sim.comparison.headline import headline
from tuopin.sim.comparison.precision import replicates_for
from tuopin.sim.comparison.worst import worst_years

CPI = {2016: 1.0, 2017: 1.02, 2018: 1.0404, 2019: 1.061208}
YEARS = range(2016, 2020)
NOISE = (0.0, 0.01, -0.01, 0.02)
"""By replicate; the same in both scenarios, which is what pairing takes out."""


def indicators() -> pd.DataFrame:
    """`help` lowers headcount by 2 points a year after 2016, adds 10 sustained exits (a little more each replicate)."""
    rows = []
    for scenario in ("none", "help"):
        on = scenario == "help"
        for replicate, noise in enumerate(NOISE):
            for year in YEARS:
                helped = on and year > 2016
                rows += [
                    (scenario, replicate, year, "true", "headcount_ratio", 0.2 + noise - 0.02 * helped),
                    (scenario, replicate, year, "true", "poor_persons", 1_000 * (0.2 + noise - 0.02 * helped)),
                    (scenario, replicate, year, "true", "mean_income_per_person", 5_000.0 + 102.0 * helped),
                    (scenario, replicate, year, "registry", "headcount_ratio", 0.1),
                ]
                if year > 2016:
                    rows += [
                        (scenario, replicate, year, "true", "exits_persons", 50.0 + 5 * on),
                        (scenario, replicate, year, "true", "reentries_persons", 20.0),
                    ]
                years = year - 2016
                under = 200.0 * years - (20 + replicate) * years * on  # person-years since 2016
                rows.append((scenario, replicate, year, "true", "poverty_years_persons", under))
                gained = 100 + (10 + replicate) * on if year == 2019 else 0
                rows.append((scenario, replicate, year, "true", "sustained_exits_persons", float(gained)))
    columns = ["scenario", "replicate", "year", "view", "indicator", "value"]
    return pd.DataFrame(rows, columns=columns).assign(place="here", group="all")


def costs() -> pd.DataFrame:
    rows = [("help", r, y, "p", payer, 1_020.0) for r in range(4) for y in (2017,) for payer in ("county", "centre")]
    return pd.DataFrame(rows, columns=["scenario", "replicate", "year", "policy", "payer", "yuan"]).assign(place="here")


def spells() -> pd.DataFrame:
    rows = [
        (scenario, r, years, ended, persons + (10 * r if not ended else 0))
        for scenario, relapse in (("none", 40), ("help", 20))
        for r in range(4)
        for years, ended, persons in ((1, True, relapse), (3, True, 10), (3, False, 100 - relapse))
    ]
    table = pd.DataFrame(rows, columns=["scenario", "replicate", "years", "ended", "persons"])
    return table.assign(place="here", view="true", kind="exited", left_censored=False, start_year=2016, households=1)


def compared(**options: object) -> pd.DataFrame:
    settings = {"baseline": "none", "price_index": CPI, "first_year": 2016, "discount_rate": 0.0} | options
    return paired_differences(indicators(), costs(), spells(), **settings)  # type: ignore[arg-type]


def against_none(*tables: pd.DataFrame) -> pd.DataFrame:
    return paired_differences(*tables, baseline="none", price_index=CPI, first_year=2016, discount_rate=0.0)


def one(table: pd.DataFrame, indicator: str, year: str = "all", view: str = "true") -> pd.Series:
    rows = table[(table["indicator"] == indicator) & (table["year"] == year) & (table["view"] == view)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_columns_are_those_of_the_file_and_nothing_is_said_twice() -> None:
    table = compared()
    assert list(table.columns) == COLUMNS
    assert not table.duplicated(["place", "scenario", "indicator", "view", "group", "year"]).any()
    assert set(table["scenario"]) == {"help"}
    assert set(table["uncertainty"]) == {"luck"}
    assert set(table["year"]) == {"2016", "2017", "2018", "2019", "all", "worst"}


def test_pairing_takes_common_luck_out() -> None:
    row = one(compared(), "headcount_ratio", "2018")
    assert (row["mean_difference"], row["low"], row["high"]) == pytest.approx((-0.02, -0.02, -0.02))
    assert (row["probability_positive"], row["replicates"]) == (0.0, 4)
    assert one(compared(), "headcount_ratio", "2016")["mean_difference"] == 0.0


def test_years_together() -> None:
    table = compared()
    assert one(table, "headcount_ratio")["mean_difference"] == pytest.approx(-0.02)
    assert one(table, "poor_persons")["mean_difference"] == pytest.approx(-60.0)
    assert one(table, "exits_persons")["mean_difference"] == pytest.approx(15.0)


def test_money_is_in_prices_of_the_first_year_with_the_nominal_sum_beside_it() -> None:
    table = compared(discount_rate=0.05)
    assert one(table, "cost_yuan")["mean_difference"] == pytest.approx(2_000.0)
    assert one(table, "cost_yuan_nominal")["mean_difference"] == pytest.approx(2_040.0)
    assert one(table, "cost_yuan_discounted")["mean_difference"] == pytest.approx(2_000.0 / 1.05)
    assert one(table, "mean_income_per_person", "2017")["mean_difference"] == pytest.approx(100.0)


def test_cost_ratios() -> None:
    table = compared()
    row = one(table, "cost_per_sustained_exit")
    assert row["mean_difference"] == pytest.approx(2_000.0 / 11.5)  # gains 10, 11, 12, 13
    assert row["low"] < row["mean_difference"] < row["high"]
    assert row["probability_positive"] == 1.0
    assert one(table, "cost_per_poverty_year_averted")["mean_difference"] == pytest.approx(2_000.0 / 64.5)  # 3 x 21.5


def test_effects_are_discounted_like_costs() -> None:
    table = compared(discount_rate=0.05)
    cost, yearly = 2_000.0 / 1.05, 21.5  # poverty-years averted a year; the stock of exits counts in 2019
    assert one(table, "cost_per_sustained_exit")["mean_difference"] == pytest.approx(cost / (11.5 / 1.05**3))
    averted = yearly * (1 / 1.05 + 1 / 1.05**2 + 1 / 1.05**3)
    assert one(table, "cost_per_poverty_year_averted")["mean_difference"] == pytest.approx(cost / averted)


@pytest.mark.parametrize(("rate", "annualised"), [(0.0, 2_000.0 * 3 / 30), (0.05, None)])
def test_capital_is_annualised_beside_the_cash_figure(rate: float, annualised: float | None) -> None:
    """2,000 yuan of 2017 that last 30 years have served three of them by 2019."""
    if annualised is None:
        payment = 2_000.0 / sum(1.05**-k for k in range(30))
        annualised = payment * (1 / 1.05 + 1 / 1.05**2 + 1 / 1.05**3)
    table = compared(discount_rate=rate, capital_years={"p": 30})
    assert one(table, "cost_yuan_annualised_discounted")["mean_difference"] == pytest.approx(annualised)
    assert one(table, "cost_yuan_discounted")["mean_difference"] == pytest.approx(2_000.0 / (1 + rate))
    assert "cost_yuan_annualised_discounted" not in set(compared()["indicator"])  # no programme has capital
    spared = compared(discount_rate=rate, capital_years={"another": 30})
    assert "cost_yuan_annualised_discounted" not in set(spared["indicator"])


def test_capital_used_up_within_the_study_costs_what_it_cost() -> None:
    table = compared(discount_rate=0.05, capital_years={"p": 3})
    assert one(table, "cost_yuan_annualised_discounted")["mean_difference"] == pytest.approx(2_000.0 / 1.05)


def test_the_worst_year_in_twenty_is_the_baseline_s() -> None:
    """Of 12 replicate-years one is the worst: a headcount of .22 in the fourth replicate, .20 with help."""
    table = compared()
    row = one(table, "headcount_ratio", "worst")
    assert row["mean_difference"] == pytest.approx(-0.02)
    assert math.isnan(row["low"]) and row["replicates"] == 1
    baseline, differences = np.arange(40.0).reshape(10, 4), -np.arange(40.0).reshape(10, 4)
    found = worst_years(baseline, differences)
    assert (float(found.mean), int(found.replicates), float(found.probability_positive)) == (-38.5, 2, 0.0)
    baseline[9, 3] = math.nan  # 39 are left: one twentieth of them is one
    assert float(worst_years(baseline, differences).mean) == -38.0


def test_pairs_are_told_as_they_are_and_relapse_of_those_who_exit_under_both() -> None:
    counts = {"exited_in_both_persons": 50.0, "relapsed_persons": 10.0, "relapsed_in_baseline_persons": 15.0}
    counts |= {"helped_persons": 30.0, "harmed_persons": 40.0}
    rows = [("here", "help", r, name, value * (1 + r)) for r in (0, 1) for name, value in counts.items()]
    rows.append(("here", "help", 2, "exited_in_both_persons", 0.0))
    pairs = pd.DataFrame(rows, columns=["place", "scenario", "replicate", "measure", "value"])
    table = paired_differences(
        indicators(), costs(), None, pairs, baseline="none", price_index=CPI, first_year=2016, discount_rate=0.0
    )
    assert one(table, "paired_relapse_by_3_years")["mean_difference"] == pytest.approx(10 / 50 - 15 / 50)
    assert one(table, "paired_relapse_by_3_years")["replicates"] == 2
    assert one(table, "paired_relapse_by_3_years_in_baseline")["mean_difference"] == pytest.approx(0.3)
    assert one(table, "helped_persons")["mean_difference"] == pytest.approx((30 + 60) / 2)
    assert one(table, "harmed_persons")["mean_difference"] == pytest.approx((40 + 80) / 2)


def test_no_cost_ratio_without_a_clear_gain() -> None:
    table = indicators()
    table.loc[table["indicator"] == "sustained_exits_persons", "value"] = 100.0
    found = against_none(table, costs())
    assert math.isnan(one(found, "cost_per_sustained_exit")["mean_difference"])
    assert math.isfinite(one(found, "cost_per_poverty_year_averted")["mean_difference"])


def test_cost_among_the_indicators_is_used_as_it_is() -> None:
    spent = [("help", r, y, 510.0 * (y == 2017)) for r in range(4) for y in YEARS] + [
        ("none", r, y, 0.0) for r in range(4) for y in YEARS
    ]
    rows = pd.DataFrame(spent, columns=["scenario", "replicate", "year", "value"])
    rows = rows.assign(place="here", view="true", group="all", indicator="cost_yuan")
    found = against_none(pd.concat([indicators(), rows]), costs())
    assert one(found, "cost_yuan_nominal")["mean_difference"] == pytest.approx(510.0)


def test_relapse_after_exit_is_compared_within_replicates() -> None:
    row = one(compared(), "relapse_by_1_year")
    expected = [20 / (20 + 10 + 80 + 10 * r) - 40 / (40 + 10 + 60 + 10 * r) for r in range(4)]
    assert row["mean_difference"] == pytest.approx(np.mean(expected))
    assert row["replicates"] == 4
    assert "relapse_by_5_years" not in set(compared()["indicator"])  # nobody was watched so long


def test_drawn_parameters_say_so_and_give_quantiles_of_the_draws() -> None:
    drawn = compared(draw_parameters=True)
    assert set(drawn["uncertainty"]) == {"parameters"}
    gain = one(drawn, "sustained_exits_persons")  # 10, 11, 12, 13
    assert (gain["low"], gain["high"]) == pytest.approx((10.075, 12.925))


def test_a_failed_run_leaves_its_pair_out() -> None:
    table = indicators()
    table = table[~((table["scenario"] == "help") & (table["replicate"] == 2))]
    found = against_none(table, costs())
    assert one(found, "headcount_ratio")["replicates"] == 3
    assert one(found, "cost_yuan")["replicates"] == 3  # not a cost of 0 for a run that is not there


def test_scenarios_in_common_compare_alike_when_others_are_added() -> None:
    third = indicators().replace({"scenario": {"help": "more"}})
    both = pd.concat([indicators(), third[third["scenario"] == "more"]])
    found = against_none(both, costs())
    alone = against_none(indicators(), costs())
    pd.testing.assert_frame_equal(found[found["scenario"] == "help"].reset_index(drop=True), alone)


def test_places_stay_apart() -> None:
    two = pd.concat([indicators(), indicators().assign(place="there", value=lambda f: f["value"] * 2)])
    found = against_none(two)
    assert one(found[found["place"] == "there"], "exits_persons")["mean_difference"] == pytest.approx(30.0)
    assert one(found[found["place"] == "here"], "exits_persons")["mean_difference"] == pytest.approx(15.0)


def test_tables_from_parquet_with_categories_give_the_same() -> None:
    names = ["place", "scenario", "view", "group", "indicator"]
    categories = indicators().astype(dict.fromkeys(names, "category"))
    spent = costs().astype({"place": "category", "scenario": "category"})
    found = against_none(categories, spent)
    expected = against_none(indicators(), costs())
    pd.testing.assert_frame_equal(found, expected)


def test_survives_the_way_to_csv_and_back() -> None:
    table = compared()
    again = pd.read_csv(io.StringIO(table.to_csv(index=False)), dtype={"year": str})
    pd.testing.assert_frame_equal(again.fillna({"note": ""}).astype(table.dtypes), table)


def test_a_scenario_whose_programmes_spent_nothing_is_noted() -> None:
    paid = costs()
    assert set(compared()["note"]) == {""}
    assert set(against_none(indicators(), paid.assign(yuan=0.0))["note"]) == {"nothing spent"}
    assert set(against_none(indicators(), paid.assign(policy="resident_pension"))["note"]) == {"nothing spent"}


def test_what_households_pay_is_not_among_the_costs() -> None:
    own = costs().assign(kind="own", payer="household")
    table = against_none(indicators(), pd.concat([costs().assign(kind="spent"), own, own.assign(kind="lent")]))
    assert one(table, "cost_yuan")["mean_difference"] == pytest.approx(2_000.0)


def test_bad_input_is_told_plainly() -> None:
    with pytest.raises(ValueError, match="there are none, help"):
        compared(baseline="nobody")
    with pytest.raises(ValueError, match="price index has no value above 0 for 2019"):
        compared(price_index={2016: 1.0, 2017: 1.0, 2018: 1.0})


def test_headline_has_one_row_a_scenario_and_the_differences_beside_it() -> None:
    table = headline(compared(discount_rate=0.05), indicators()).set_index("scenario")
    assert list(table.index) == ["none", "help"]
    assert table.loc["help", "headcount_ratio_end"] == pytest.approx(0.185)
    assert table.loc["help", "poor_persons_end"] == pytest.approx(185.0)
    # poverty-years averted by 2019: 3 x 20, 21, 22, 23
    assert table.loc["help", "averted"] == pytest.approx(64.5)
    assert table.loc["help", "averted_low"] < 64.5 < table.loc["help", "averted_high"]
    assert math.isnan(table.loc["none", "averted"])
    assert table.loc["help", "sustained_gain"] == pytest.approx(11.5)
    assert table.loc["help", "cost"] == pytest.approx(2_000.0 / 1.05)
    averted = 21.5 * (1 / 1.05 + 1 / 1.05**2 + 1 / 1.05**3)
    assert table.loc["help", "cost_per_poverty_year"] == pytest.approx(2_000.0 / 1.05 / averted)
    assert table["replicates"].tolist() == [4, 4]
    assert (table["rank"].tolist(), table["first"].tolist()) == ([2.0, 1.0], [0.0, 1.0])


def test_precision_says_how_many_more_runs_and_what_pairing_bought() -> None:
    table = replicates_for(indicators(), baseline="none", first_year=2016, relative=0.1).set_index(
        ["indicator", "view"]
    )
    gain = table.loc[("sustained_exits_persons", "true")]
    assert gain["standard_deviation"] == pytest.approx(np.std([10, 11, 12, 13], ddof=1))
    assert gain["replicates_needed"] > 4
    assert gain["replicates_more"] == gain["replicates_needed"] - 4
    assert table.loc[("headcount_ratio", "true"), "variance_reduction"] > 1e6  # the noise is all common
    assert pd.isna(table.loc[("headcount_ratio", "registry"), "replicates_needed"])  # nothing differs
