"""The order of packages, how sure it is, and which assumptions turn it over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from tuopin.sim.comparison.assumptions import deciding, differing_pairs, order_of, relevant, strongest
from tuopin.sim.comparison.ranking import ranking, shares_of_first

NAN = float("nan")


def test_packages_whose_difference_is_unclear_share_a_rank() -> None:
    luck = np.array([0.0, 10.0, -10.0, 5.0])
    averted = np.array([100 + luck, 60 + luck, 60 + luck + [1, -1, 1, -1], 0 * luck])
    found = ranking(averted)
    assert found.rank.tolist() == [1.0, 2.0, 2.0, 4.0]
    assert found.first.tolist() == [1.0, 0.0, 0.0, 0.0]


def test_with_one_replicate_no_rank_is_known() -> None:
    assert np.isnan(ranking(np.array([[3.0], [1.0]])).rank).all()


def test_drawn_packages_are_apart_only_if_nearly_all_draws_say_so() -> None:
    """Two draws of twenty turn the order: not clear by quantiles, though the t-interval would call it so."""
    first = np.full(20, 10.0)
    second = np.array([11.0, 11.0, *[4.0] * 18])
    assert ranking(np.array([first, second])).rank.tolist() == [1.0, 2.0]
    assert ranking(np.array([first, second]), "parameters").rank.tolist() == [1.0, 1.0]
    assert ranking(np.array([first, second]), "parameters").first.tolist() == [0.9, 0.1]


def test_who_comes_first_is_counted_in_complete_replicates_and_ties_are_shared() -> None:
    averted = np.array([[3.0, 2.0, 5.0], [1.0, 2.0, 1.0], [0.0, 0.0, NAN]])
    assert shares_of_first(averted).tolist() == [0.75, 0.25, 0.0]
    assert np.isnan(shares_of_first(np.array([[NAN], [1.0]]))).all()


def test_pairs_that_stand_the_other_way_round_nearest_first() -> None:
    assert differing_pairs(["a", "b", "c"], ["a", "b", "c"]) == []
    assert differing_pairs(["a", "b", "c"], ["b", "a", "c"]) == [("a", "b")]
    assert differing_pairs(["a", "b", "c"], ["c", "b", "a"]) == [("a", "b"), ("b", "c"), ("a", "c")]
    assert differing_pairs(["a", "new", "b"], ["b", "a"]) == [("a", "b")]


def draws() -> pd.DataFrame:
    numbers = np.arange(30.0)
    return pd.DataFrame({"noise": (numbers * 7) % 30, "wage": (numbers * 11) % 30, "fixed": 1.0})


def test_what_decides_is_the_parameter_that_moves_the_difference() -> None:
    table = draws()
    averted = {"a": 50 + 4 * table["wage"].to_numpy(), "b": 100 + table["noise"].to_numpy() / 10}
    assert order_of(averted) == ["a", "b"]
    (pair,) = deciding(averted, table)
    assert (pair.first, pair.second) == ("a", "b")
    assert pair.share == pytest.approx((averted["a"] > averted["b"]).mean())
    assert pair.parameters[0][0] == "wage"
    difference = averted["a"] - averted["b"]
    assert pair.parameters[0][1] == pytest.approx(spearmanr(table["wage"], difference).statistic)
    assert [name for name, _ in pair.parameters] == ["wage", "noise"]  # what is fixed decides nothing
    assert pair.by_luck == pytest.approx(2.2414 / np.sqrt(29), abs=1e-4)  # the quantile of 1 - .025 / 2


def test_clear_orders_are_not_put_in_doubt_and_stated_ones_are_compared() -> None:
    table = draws()
    averted = {"a": np.full(30, 10.0), "b": np.full(30, 5.0) + table["noise"].to_numpy() / 100}
    assert list(deciding(averted, table)) == []
    assert list(deciding(averted, table, ["a", "b"])) == []
    (pair,) = deciding(averted, table, ["b", "a"])
    assert pair.parameters[0] == ("noise", pytest.approx(-1.0))


def test_parameters_of_programmes_that_neither_package_has_are_left_out() -> None:
    names = ["labour.entry_rate", "roads.tier", "pension.level", "herbs.price"]
    policies = {"none": {}, "a": {"roads": {}}, "b": {"pension": {}}, "c": {"herbs": {}}}
    assert relevant(names, "a", "b", policies) == ["labour.entry_rate", "roads.tier", "pension.level"]
    assert relevant(names, "a", "none", policies) == ["labour.entry_rate", "roads.tier"]
    assert relevant(names, "a", "b", {}) == names


def test_few_draws_tell_nothing() -> None:
    found, by_luck = strongest(np.arange(5.0), draws().head(5))
    assert found == () and np.isnan(by_luck)
