from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuopin.sim.measures.accumulate import batches, margins
from tuopin.sim.measures.catastrophic import catastrophic
from tuopin.sim.measures.fgt import fgt, watts, weighted_mean
from tuopin.sim.measures.indicators import INDICATORS
from tuopin.sim.measures.inequality import gini_and_sst
from tuopin.sim.measures.multidimensional import DIMENSIONS, alkire_foster
from tuopin.sim.measures.state import Cohort, Lives, Programme, Sources, YearState, check_state
from tuopin.sim.measures.targeting import targeting_errors
from tuopin.sim.measures.transitions import exit_rate, income_class, reentry_rate
from tuopin.sim.measures.yearly import yearly_values

LINE = 3_000.0


def scramble(n: int, salt: int) -> np.ndarray:
    """Numbers in [0, 1) without pattern, by a fixed integer hash."""
    x = (np.arange(1, n + 1, dtype=np.uint64) + np.uint64(salt * 7_919)) * np.uint64(0x9E3779B97F4A7C15)
    x ^= x >> np.uint64(29)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    return (x >> np.uint64(11)).astype(np.float64) / 2.0**53


def county(n: int, salt: int = 0) -> YearState:
    """A county of n households with everything known."""

    def some(k: int, share: float) -> np.ndarray:
        return scramble(n, 100 * salt + k) < share

    income = 14_000 * scramble(n, salt + 1) ** 2 - 200
    poor = income < LINE
    return YearState(
        year=2018,
        line=LINE,
        members=(1 + 6 * scramble(n, salt + 2)).astype(np.int16),
        income=income,
        net_income=income + 700 * scramble(n, salt + 3),
        market_income=income - 900 * scramble(n, salt + 4),
        policy_transfers=300 * scramble(n, salt + 5),
        survey_income=income * (0.8 + 0.4 * scramble(n, salt + 6)),
        poor={"true": poor, "registry": some(7, 0.2), "survey": some(8, 0.2)},
        poor_before={"true": some(9, 0.3), "registry": some(10, 0.3), "survey": some(11, 0.3)},
        exited_before={"true": some(12, 0.4), "registry": some(13, 0.4), "survey": some(14, 0.4)},
        registered=some(7, 0.2),
        registry_near_poor=some(15, 0.1),
        deprivations={"income": poor} | {name: some(20 + k, 0.2) for k, name in enumerate(DIMENSIONS[1:])},
        medical_payment=9_000 * scramble(n, salt + 30) * some(31, 0.5),
        subsistence_food=1_500.0,
        consumption_poor=some(16, 0.2),
        official_poor=some(17, 0.1),
        cohort=Cohort((4_000 * scramble(n, salt + 36)).astype(np.int32), some(32, 0.1), some(33, 0.05)),
        class_before=(5 * scramble(n, salt + 34)).astype(np.int8),
        enrolled={"relocation": some(35, 0.2)},
        groups={
            "elderly_only": (some(40, 0.3).astype(np.int8), ("no", "yes")),
            "zone": ((5 * scramble(n, salt + 41)).astype(np.int8) - 1, ("city", "town", "park", "village")),
        },
    )


def found(state: YearState) -> dict[tuple[str, str, str], float]:
    rows = [(*key, value) for key, value in zip(*yearly_values(state), strict=True)]
    table = {(view, group, indicator): value for view, group, indicator, value in rows}
    assert len(table) == len(rows)
    return table


def part(state: YearState, mask: np.ndarray) -> YearState:
    """The same year for some of the households."""

    def cut(value: object) -> object:
        if isinstance(value, np.ndarray):
            return value[mask]
        if isinstance(value, Cohort):
            return Cohort(*(array[mask] for array in value))
        if isinstance(value, dict):
            return {k: (v[0][mask], v[1]) if isinstance(v, tuple) else v[mask] for k, v in value.items()}
        return value

    return dataclasses.replace(state, **{k: cut(v) for k, v in vars(state).items()})


def test_three_households_by_hand() -> None:
    yes, no = True, False
    state = YearState(
        year=2017,
        line=1_000.0,
        members=np.array([4, 2, 4], dtype=np.int16),
        income=np.array([500.0, 1_200.0, 3_000.0]),
        net_income=np.array([1_100.0, 1_200.0, 3_200.0]),
        market_income=np.array([600.0, 1_200.0, 3_200.0]),
        policy_transfers=np.array([250.0, 0.0, 0.0]),
        poor={"true": np.array([yes, no, no])},
        poor_before={"true": np.array([yes, yes, no])},
        exited_before={"true": np.array([no, no, yes])},
        registered=np.array([no, yes, no]),
        deprivations={"income": np.array([yes, no, no]), "schooling": np.array([yes, yes, no])}
        | {name: np.zeros(3, dtype=bool) for name in DIMENSIONS[2:]},
        medical_payment=np.array([2_400.0, 0.0, 100.0]),
        subsistence_food=500.0,
    )
    table = found(state)

    def true(indicator: str) -> float:
        return table["true", "all", indicator]

    assert true("headcount_ratio") == 0.4
    assert true("poverty_gap") == pytest.approx(0.2)
    assert true("squared_poverty_gap") == pytest.approx(0.1)
    assert true("watts") == pytest.approx(0.4 * math.log(2), abs=1e-9)
    assert true("mean_income_per_person") == pytest.approx(1_640.0)
    assert true("net_income_headcount_ratio") == 0.0
    assert true("near_poor_persons") == 2
    assert (true("poor_persons"), true("poor_households")) == (4, 1)
    assert true("exit_rate") == pytest.approx(2 / 6)
    assert (true("exits_persons"), true("reentries_persons"), true("reentry_rate")) == (2, 0, 0)
    assert true("first_exits_persons") == 2
    assert found(left_before(state))["true", "all", "first_exits_persons"] == 0
    assert (true("exclusion_error"), true("inclusion_error")) == (1.0, 1.0)
    assert table["registry", "all", "registered_persons"] == 2
    assert true("any_deprivation_headcount") == pytest.approx(0.6)
    assert true("multidimensional_headcount") == pytest.approx(0.4)
    assert true("adjusted_multidimensional_headcount") == pytest.approx(0.16)
    # 4,400 net less 2,000 food leaves 2,400, all paid for care
    assert true("catastrophic_health_spending_rate") == pytest.approx(0.4)
    assert true("catastrophic_health_spending_household_rate") == pytest.approx(1 / 3)
    # net income 4,400 + 2,400 + 12,800, of which public transfers 2,000 and policy transfers 1,000
    assert true("transfer_share") == pytest.approx(2_000 / 19_600)
    assert true("policy_transfer_share") == pytest.approx(1_000 / 19_600)


def left_before(state: YearState) -> YearState:
    """The same year, had every household left poverty once before."""
    return dataclasses.replace(state, exited_before={"true": np.ones(len(state.members), dtype=bool)})


def test_agrees_with_the_definitions_for_everybody_and_every_group() -> None:
    state = county(3_000)
    check_state(state)
    table = found(state)
    both = (table["true", "all", "gini"], table["true", "all", "sst"])
    assert both == gini_and_sst(state.income, LINE, state.members)
    masks = {"all": np.ones(3_000, dtype=bool)}
    for trait, (codes, labels) in state.groups.items():
        masks |= {f"{trait}={label}": codes == k for k, label in enumerate(labels)}
    for group, mask in masks.items():
        s = part(state, mask)
        m, poor, before = s.members, s.poor, s.poor_before
        assert before is not None
        assert s.exited_before is not None and s.cohort is not None
        many = alkire_foster(s.deprivations, m)
        struck = catastrophic(s.medical_payment, s.net_income, m, s.subsistence_food)
        errors = targeting_errors(poor=poor["true"], reached=s.registered, members=m)
        expected = {
            "headcount_ratio": fgt(s.income, LINE, m, 0),
            "poverty_gap": fgt(s.income, LINE, m, 1),
            "squared_poverty_gap": fgt(s.income, LINE, m, 2),
            "watts": watts(s.income, LINE, m),
            "mean_income_per_person": weighted_mean(s.income, m),
            "net_income_headcount_ratio": fgt(s.net_income, LINE, m, 0),
            "transfer_share": 1 - np.dot(s.market_income, m) / np.dot(s.net_income, m),
            "policy_transfer_share": np.dot(s.policy_transfers, m) / np.dot(s.net_income, m),
            "any_deprivation_headcount": many.any_deprivation_headcount,
            "multidimensional_headcount": many.headcount,
            "adjusted_multidimensional_headcount": many.adjusted_headcount,
            "catastrophic_health_spending_rate": weighted_mean(struck, m),
            "catastrophic_health_spending_household_rate": struck.mean(),
            "exclusion_error": errors.exclusion,
            "inclusion_error": errors.inclusion,
            "sustained_exits_persons": s.cohort.start_persons[s.cohort.sustained].sum() / 1000,
            "sustained_exits_own_strength_persons": s.cohort.start_persons[s.cohort.own_strength].sum() / 1000,
        }
        for indicator, value in expected.items():
            assert table["true", group, indicator] == pytest.approx(value, rel=1e-9, abs=1e-9), (group, indicator)
        near = {"true": s.income < 1.5 * LINE, "survey": s.survey_income < 1.5 * LINE, "registry": s.registry_near_poor}
        for view in poor:
            now, then, exited = poor[view], before[view], s.exited_before[view]
            moves = {
                "headcount_ratio": weighted_mean(now, m),
                "poor_persons": m[now].sum(),
                "poor_households": now.sum(),
                "near_poor_persons": m[near[view] & ~now].sum(),
                "exit_rate": exit_rate(then, now, m),
                "exits_persons": m[then & ~now].sum(),
                "first_exits_persons": m[then & ~now & ~exited].sum(),
                "reentry_rate": reentry_rate(then, exited, now, m),
                "reentries_persons": m[~then & exited & now].sum(),
            }
            for indicator, value in moves.items():
                assert table[view, group, indicator] == pytest.approx(value, abs=1e-12), (view, group, indicator)


def test_consumption_and_official_views_are_of_everybody() -> None:
    state = county(800)
    table = found(state)
    for view, poor in (("consumption", state.consumption_poor), ("official", state.official_poor)):
        assert table[view, "all", "poor_persons"] == state.members[poor].sum()
        assert table[view, "all", "headcount_ratio"] == pytest.approx(weighted_mean(poor, state.members))


def test_what_counts_from_the_initial_state_on() -> None:
    state = county(500)
    assert math.isnan(found(dataclasses.replace(state, cohort=None))["true", "all", "sustained_exits_persons"])
    groups = 1 + 2 + 4  # everybody, then two and four labels
    table = found(dataclasses.replace(state, poverty_years_before=np.arange(groups, dtype=float)))
    assert table["true", "all", "poverty_years_persons"] == table["true", "all", "poor_persons"]
    town, label = ("true", "zone=town"), "poverty_years_persons"
    assert table[(*town, label)] == 4 + table[(*town, "poor_persons")]


def test_moves_between_income_classes() -> None:
    state = county(2_000)
    table = found(state)
    now = income_class(state.income, LINE)
    start = state.class_before == 1
    share = state.members[start & (now == 2)].sum() / state.members[start].sum()
    assert table["true", "class_before=poor", "move_to_near"] == pytest.approx(share)
    assert 0 < table["true", "all", "shorrocks_mobility"] < 2


def test_a_programme_has_targeting_errors_of_its_own() -> None:
    state = county(500)
    errors = targeting_errors(poor=state.poor["true"], reached=state.enrolled["relocation"], members=state.members)
    assert found(state)["true", "policy=relocation", "exclusion_error"] == errors.exclusion


def test_every_name_is_in_the_table_of_labels() -> None:
    assert {indicator for _, _, indicator in found(county(50))} <= set(INDICATORS)


def test_the_initial_year_reports_levels_and_no_moves() -> None:
    start = dataclasses.replace(county(100), poor_before=None, exited_before=None, class_before=None)
    names = {indicator for _, _, indicator in found(start)}
    assert "headcount_ratio" in names
    assert not names & {
        "exit_rate",
        "exits_persons",
        "first_exits_persons",
        "reentry_rate",
        "reentries_persons",
        "move_to_poor",
    }


def test_a_share_of_nobody_is_nan_and_a_count_of_nobody_zero() -> None:
    table = found(part(county(40), np.zeros(40, dtype=bool)))
    assert math.isnan(table["true", "zone=town", "headcount_ratio"])
    assert math.isnan(table["true", "all", "sst"])
    assert table["true", "zone=town", "poor_persons"] == 0


def test_keys_are_one_object_for_all_years_alike() -> None:
    assert yearly_values(county(30))[0] is yearly_values(county(60, salt=3))[0]


def test_an_income_that_is_no_number_is_an_error_not_a_result() -> None:
    state = county(30)
    state.income[3] = math.nan
    with pytest.raises(ValueError, match=r"1 of 30 households .* 2018"):
        yearly_values(state)


def test_check_state_names_the_field() -> None:
    state = county(30)
    with pytest.raises(ValueError, match="net_income: shape"):
        check_state(dataclasses.replace(state, net_income=state.net_income[:-1]))
    short = np.zeros(29, dtype=bool)
    for name, value, said in (
        ("cohort", state.cohort._replace(own_strength=short), "cohort.own_strength: shape"),
        ("programmes", {"dole": Programme(np.zeros(30, dtype=np.int64), short)}, r"programmes\['dole'\].before: shape"),
        ("lives", Lives(3, np.zeros(30, dtype=np.int64), short, short), "lives.lines_sum: shape"),
        ("sources", Sources(*(short for _ in Sources._fields)), "sources.wage: shape"),
    ):
        with pytest.raises(ValueError, match=said):
            check_state(dataclasses.replace(state, **{name: value}))
    with pytest.raises(ValueError, match="codes must be -1 to 0"):
        check_state(dataclasses.replace(state, groups={"zone": (state.groups["zone"][0], ("city",))}))


def test_many_traits_are_taken_in_several_passes_with_the_same_result() -> None:
    state = county(400)
    codes = (np.arange(400) % 90).astype(np.int8)
    wide = {f"trait{k}": (codes, tuple(map(str, range(90)))) for k in range(3)}
    assert len(list(batches(wide))) == 3
    table = found(dataclasses.replace(state, groups=wide))
    for k in range(3):
        alone = found(dataclasses.replace(state, groups={f"trait{k}": wide[f"trait{k}"]}))
        same = [table[key] == value or (math.isnan(value) and math.isnan(table[key])) for key, value in alone.items()]
        assert all(same)


def test_margins_of_a_small_table() -> None:
    totals = np.arange(6, dtype=np.int64)[:, None]  # 2 x 3 slots, the first of each trait being "no group"
    assert margins(totals, (2, 3)).ravel().tolist() == [15, 3 + 4 + 5, 1 + 4, 2 + 5]


@given(st.integers(1, 60), st.integers(0, 50), st.randoms(use_true_random=False))
def test_row_order_changes_no_bit(n: int, salt: int, shuffler: object) -> None:
    state = county(n, salt)
    order = list(range(n))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    keys, values = yearly_values(state)
    keys_again, again = yearly_values(part(state, np.array(order)))
    assert keys == keys_again
    assert np.array_equal(values, again, equal_nan=True)


@given(st.integers(1, 60), st.integers(0, 50))
def test_groups_add_up_to_everybody(n: int, salt: int) -> None:
    table = found(county(n, salt))
    for indicator in ("poor_persons", "exits_persons", "poor_households"):
        parts = sum(table["registry", f"elderly_only={label}", indicator] for label in ("no", "yes"))
        assert parts == table["registry", "all", indicator]
