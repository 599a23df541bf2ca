"""Every public measure with arguments that nobody should give: a documented answer or ValueError, never a wrong number.

`CASES` calls each function with sound arguments by name; the tests spoil one of them at a time. A function without a
case fails the first test.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tuopin.sim import measures
from tuopin.sim.measures import (
    catastrophic,
    fgt,
    inequality,
    multidimensional,
    spells,
    survival,
    sustained,
    targeting,
    transient,
    transitions,
    vulnerability,
)

INCOME = np.array([900.0, 2_000.0, 3_500.0, 8_000.0, 2_500.0])
MEMBERS = np.array([2, 5, 3, 1, 4], dtype=np.int16)
POOR = INCOME < 3_000.0
OTHER = np.array([True, False, True, False, True])
YEARS5 = np.outer(INCOME, [1.0, 1.1, 0.9])
TRAITS = np.column_stack([np.ones(5), [0.0, 1.0, 0.0, 1.0, 1.0]])
CODES = np.array([0, 1, 2, 4, 1], dtype=np.int8)
DEPRIVED = {name: (POOR if k % 2 else OTHER) for k, name in enumerate(multidimensional.DIMENSIONS)}
START = np.full(5, 2016, dtype=np.int16)
SPELLS = pd.DataFrame(
    {"place": "p", "scenario": "s", "replicate": 1, "view": "true", "kind": "exited", "left_censored": False}
    | {"years": [1.0, 2.0, 2.0], "ended": [True, True, False], "persons": [3.0, 2.0, 4.0]}
)
LIFE = survival.kaplan_meier(SPELLS)


def _alkire(members: Any, **deprivations: Any) -> Any:
    return multidimensional.alkire_foster(deprivations, members)


def _count(**deprivations: Any) -> Any:
    return multidimensional.deprivation_count(deprivations)


def _on_spells(function: Callable[[pd.DataFrame], Any]) -> Callable[..., Any]:
    return lambda **columns: function(SPELLS.assign(**columns))


def _advance(before: Any, **running: Any) -> Any:
    counts = spells.new_counts(2016, 2018)
    spells.advance(counts, 2016, 2017, spells.Running(**{k: v.copy() for k, v in running.items()}), before)
    return counts


def _close(**running: Any) -> Any:
    counts = spells.new_counts(2016, 2018)
    spells.close(counts, 2016, 2017, spells.Running(**running))
    return counts


Case = tuple[Callable[..., Any], Mapping[str, Any]]
_BENEFIT = {"benefit": np.array([10.0, 0.0, 5.0, 1.0, 2.0]), "income": INCOME, "members": MEMBERS}
_RUNNING = {"poor": POOR, "members": MEMBERS, "start": START, "left": OTHER}
_TABLE = {"years": np.array([1.0, 2.0, 2.0]), "persons": np.array([3.0, 2.0, 4.0])}
CASES: dict[str, Case] = {
    "fgt.gap_ratio": (fgt.gap_ratio, {"income": INCOME, "line": 3_000.0}),
    "fgt.fgt": (fgt.fgt, {"income": INCOME, "line": 3_000.0, "weights": MEMBERS, "alpha": 0}),
    "fgt.fgt of gaps": (fgt.fgt, {"income": INCOME, "line": 3_000.0, "weights": MEMBERS, "alpha": 2}),
    "fgt.watts": (fgt.watts, {"income": INCOME, "line": 3_000.0, "weights": MEMBERS}),
    "fgt.weighted_mean": (fgt.weighted_mean, {"values": INCOME, "weights": MEMBERS}),
    "inequality.gini_and_sst": (inequality.gini_and_sst, {"income": INCOME, "line": 3_000.0, "members": MEMBERS}),
    "inequality.gini": (inequality.gini, {"values": INCOME, "weights": MEMBERS}),
    "multidimensional.deprivation_count": (_count, DEPRIVED),
    "multidimensional.alkire_foster": (_alkire, {**DEPRIVED, "members": MEMBERS}),
    "targeting.targeting_errors": (
        targeting.targeting_errors,
        {"poor": POOR, "reached": OTHER, "members": MEMBERS},
    ),
    "targeting.cumulative_benefit_share": (
        targeting.cumulative_benefit_share,
        {**_BENEFIT, "quantiles": np.array([0.2, 0.7])},
    ),
    "targeting.coady_grosh_hoddinott": (targeting.coady_grosh_hoddinott, {**_BENEFIT, "share": 0.4}),
    "targeting.benefit_incidence": (targeting.benefit_incidence, {**_BENEFIT, "groups": 5}),
    "targeting.concentration_coefficient": (targeting.concentration_coefficient, _BENEFIT),
    "targeting.poverty_gap_efficiency": (
        targeting.poverty_gap_efficiency,
        {"income_before": INCOME * 0.9, "income": INCOME, "line": 3_000.0, "members": MEMBERS, "cost": 50.0},
    ),
    "catastrophic.catastrophic": (
        catastrophic.catastrophic,
        {"payment": INCOME * 0.3, "income": INCOME, "members": MEMBERS, "subsistence_food": 900.0},
    ),
    "vulnerability.expected_poverty": (
        vulnerability.expected_poverty,
        {"income": INCOME, "traits": TRAITS, "line": 3_000.0},
    ),
    "vulnerability.true_vulnerability": (
        vulnerability.true_vulnerability,
        {"poor_futures": np.stack([POOR, OTHER])},
    ),
    "vulnerability.calibration": (
        vulnerability.calibration,
        {"predicted": INCOME / 9e3, "truth": INCOME / 1e4, "members": MEMBERS},
    ),
    "vulnerability.area_under_curve": (vulnerability.area_under_curve, {"predicted": INCOME / 9e3, "poor": OTHER}),
    "transient.chronic_transient": (
        transient.chronic_transient,
        {"income": YEARS5, "lines": np.array([3e3, 3.1e3, 3.2e3]), "members": MEMBERS},
    ),
    "transient.poverty_pattern": (
        transient.poverty_pattern,
        {"income": YEARS5, "lines": np.array([3e3, 3.1e3, 3.2e3])},
    ),
    "transitions.income_class": (transitions.income_class, {"income": INCOME, "line": 3_000.0}),
    "transitions.transition_counts": (
        transitions.transition_counts,
        {"before": CODES, "now": CODES[::-1].copy(), "members": MEMBERS},
    ),
    "transitions.transition_matrix": (transitions.transition_matrix, {"counts": np.array([[3.0, 1.0], [2.0, 4.0]])}),
    "transitions.shorrocks_mobility": (transitions.shorrocks_mobility, {"matrix": np.array([[0.7, 0.3], [0.2, 0.8]])}),
    "transitions.exit_rate": (transitions.exit_rate, {"poor_before": POOR, "poor": OTHER, "members": MEMBERS}),
    "transitions.reentry_rate": (
        transitions.reentry_rate,
        {"poor_before": POOR, "exited_before": ~POOR, "poor": OTHER, "members": MEMBERS},
    ),
    "sustained.sustained_exits": (
        sustained.sustained_exits,
        {"start_poor": POOR, "years_above": CODES, "years_above_alone": CODES[::-1].copy()},
    ),
    "spells.begin": (spells.begin, {"poor": POOR, "exited": OTHER, "year": 2016}),
    "spells.advance": (_advance, {**_RUNNING, "before": OTHER}),
    "spells.close": (_close, _RUNNING),
    "survival.usable": (_on_spells(survival.usable), _TABLE),
    "survival.kaplan_meier": (_on_spells(survival.kaplan_meier), _TABLE),
    "survival.survival_by_run": (_on_spells(survival.survival_by_run), _TABLE),
    "survival.relapse_by_run": (_on_spells(survival.relapse_by_run), _TABLE),
    "survival.hazard_by_duration": (_on_spells(survival.hazard_by_duration), _TABLE),
}
"""`module.function` (with what is special) -> a call by name, and its sound arguments."""
ELSEWHERE = {
    "multidimensional.least_deprivations": "no arrays; test_multidimensional",
    "spells.new_counts": "no arrays; its years below",
    "spells.merged": "counts that `advance` made",
    "survival.ended_within": "life tables that `kaplan_meier` made, below",
    "survival.median_duration": "life tables that `kaplan_meier` made, test_survival",
    "sustained.years_next": "a rule of one household",
    "sustained.advance": "changes what it is given; test_sustained",
    "lives.pattern_of": "a rule of one household",
    "lives.long_run": "what `sustained.advance` kept; test_lives",
    "programmes.bin_of": "a rule of one household",
    "programmes.programme_values": "sums that `reached` made",
    "programmes.reached": "a checked state; test_programmes",
    "programmes.benefit_incidence": "a checked state; test_programmes",
    "programmes.total_received": "a checked state; test_programmes",
    "components.income_shares": "a checked state; test_components",
    "components.growth_redistribution": "a checked state; test_components",
    "components.growth_incidence": "a checked state; test_components",
    "components.mean_by_decile": "columns of one table; test_components",
    "components.deciles": "columns of one table; test_components",
    "pairs.first_exits": "no lengths to differ; test_pairs",
    "pairs.pair_measures": "its lengths; test_pairs",
    "counting.persons_where": "a checked state; test_yearly",
    "counting.share_of_persons": "a checked state; test_yearly",
    "single.whole_county": "a checked state; test_yearly",
    "single.of_programmes": "a checked state; test_yearly",
    "vulnerability.binned_area_under_curve": "columns of one table; test_vulnerability",
    "catastrophic.is_catastrophic": "a rule of one household",
    "state.check_state": "checks; test_yearly",
    "yearly.yearly_values": "checks its state; test_yearly",
}
LINES = [name for name, (_, given) in CASES.items() if "line" in given]
WEIGHTS = ("weights", "members", "persons")
UNBOUND = {"fgt.gap_ratio", "fgt.weighted_mean"}


def _call(name: str, **changed: Any) -> Any:
    function, given = CASES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(**{**given, **changed})


def _numbers(result: Any) -> np.ndarray:
    if isinstance(result, pd.DataFrame):
        return result.select_dtypes("number").to_numpy(dtype=np.float64).ravel()
    parts = result if isinstance(result, tuple) else (result,)
    return np.concatenate([np.ravel(np.asarray(part, dtype=np.float64)) for part in parts])


def _spoilt(kinds: Callable[[Any], bool]) -> list[tuple[str, str]]:
    return [
        (name, key)
        for name, (_, given) in CASES.items()
        for key, value in given.items()
        if isinstance(value, np.ndarray) and kinds(value)
    ]


def _with(values: np.ndarray, item: Any) -> np.ndarray:
    spoilt = values.astype(type(item)) if isinstance(item, float) else values.copy()
    spoilt.reshape(-1)[1] = item
    return spoilt


def test_every_public_measure_has_a_case() -> None:
    found = set()
    for module in pkgutil.iter_modules(measures.__path__):
        if module.name in ("accumulate", "arguments", "indicators", "known"):  # kernels behind `yearly`, checks, names
            continue
        loaded = importlib.import_module(f"{measures.__name__}.{module.name}")
        for name, value in vars(loaded).items():
            own = getattr(value, "__module__", None) == loaded.__name__ and not inspect.isclass(value)
            if own and callable(value) and not name.startswith("_"):
                found.add(f"{module.name}.{name}")
    assert found == {name.split()[0] for name in CASES} | set(ELSEWHERE)


@pytest.mark.parametrize("name", CASES)
def test_sound_arguments_give_numbers(name: str) -> None:
    assert np.isfinite(_numbers(_call(name))).any()


@pytest.mark.parametrize(("name", "key"), _spoilt(lambda v: v.ndim == 1 and v.dtype.kind != "O"))
def test_an_array_one_short_is_refused(name: str, key: str) -> None:
    if key == "quantiles" or name in ("fgt.gap_ratio", "transitions.income_class"):
        pytest.skip("no other array to be as long as")
    with pytest.raises(ValueError, match=r"length|shape|must be"):
        _call(name, **{key: CASES[name][1][key][:-1].copy()})


@pytest.mark.parametrize(("name", "key"), _spoilt(lambda v: v.dtype.kind == "f"))
def test_nan_in_gives_nan_out_or_is_refused(name: str, key: str) -> None:
    try:
        result = _call(name, **{key: _with(CASES[name][1][key], float("nan"))})
    except ValueError:
        return
    assert np.isnan(_numbers(result)).any()
    if isinstance(result, float):
        assert np.isnan(result)


@pytest.mark.parametrize("item", [float("inf"), float("-inf")])
@pytest.mark.parametrize(("name", "key"), _spoilt(lambda v: v.dtype.kind == "f"))
def test_infinite_numbers_are_refused_or_mean_rich_and_poor(name: str, key: str, item: float) -> None:
    """Infinite income is not poor and infinite debt is: shares stay within their bounds."""
    try:
        found = _numbers(_call(name, **{key: _with(CASES[name][1][key], item)}))
    except ValueError:
        return
    bounded = found[~np.isnan(found)]
    if name not in UNBOUND:
        assert np.isfinite(bounded).all()


@pytest.mark.parametrize(("name", "key"), [pair for pair in _spoilt(lambda v: True) if pair[1] in WEIGHTS])
def test_persons_below_zero_are_refused(name: str, key: str) -> None:
    if name == "spells.close" or name == "spells.advance":
        pytest.skip("counts households by the columns of `Households`, whose members are not below 0")
    for item in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError):
            _call(name, **{key: _with(CASES[name][1][key], item)})


@pytest.mark.parametrize(("name", "key"), [pair for pair in _spoilt(lambda v: True) if pair[1] in WEIGHTS[:2]])
def test_nobody_is_no_division(name: str, key: str) -> None:
    found = _numbers(_call(name, **{key: np.zeros_like(CASES[name][1][key])}))
    assert np.isnan(found).any() or (found == np.round(found)).all() or not len(found)


@pytest.mark.parametrize("line", [0.0, -1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("name", LINES)
def test_a_line_that_is_no_amount_is_refused(name: str, line: float) -> None:
    with pytest.raises(ValueError, match="line must be finite and above 0"):
        _call(name, line=line)


@pytest.mark.parametrize("name", CASES)
def test_empty_arrays_give_nothing_or_are_refused(name: str) -> None:
    given = CASES[name][1]
    empty = {k: v[:0].copy() for k, v in given.items() if isinstance(v, np.ndarray) and k not in ("quantiles", "lines")}
    try:
        found = _numbers(_call(name, **empty))
    except ValueError:
        return
    assert not np.isfinite(found).any() or (found[np.isfinite(found)] == 0).all() or name.startswith("survival")


def test_the_rest() -> None:
    with pytest.raises(ValueError, match="comes before the first"):
        spells.new_counts(2018, 2016)
    with pytest.raises(ValueError, match="at least 1"):
        survival.relapse_by_run(SPELLS, years=(0,))
    with pytest.raises(ValueError, match="alpha must not be below 0"):
        fgt.fgt(INCOME, 3_000.0, MEMBERS, -1)
    with pytest.raises(ValueError, match="outside 2016 to 2017"):
        _close(**{**_RUNNING, "start": START + 2})
    with pytest.raises(ValueError, match="classes must be 0 to 4"):
        transitions.transition_counts(CODES + 1, CODES, MEMBERS)
    assert np.isnan(survival.median_duration(LIFE[:0]))
    assert np.isnan(survival.ended_within(LIFE, -1)) and np.isnan(survival.ended_within(LIFE, 9))
