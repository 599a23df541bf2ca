"""Sourced numbers: dated values, draws keyed by name, malformed files refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from tuopin.agents import parameters as module
from tuopin.agents.parameters import (
    CONFIDENCES,
    Parameter,
    Parameters,
    draw_parameter,
    model_parameters,
    name_key,
    read_parameters,
    resolve_parameters,
)
from tuopin.agents.randomness import Luck


def parameter(value: object = 1.0, **more: object) -> Parameter:
    return Parameter(
        "x", "g", value, "yuan", "made for a test", **{"confidence": "free", "low": 0.5, "high": 2.5, **more}
    )  # type: ignore[arg-type]


def test_a_dated_series_holds_its_ends_or_is_zero_there() -> None:
    held = parameter({2016: 1.0, 2018: 3.0})
    assert [held.at(y) for y in (2010, 2016, 2017, 2018, 2030)] == [1.0, 1.0, 1.0, 3.0, 3.0]
    budget = parameter({2017: 5.0, 2019: 7.0}, extend="zero")
    assert [budget.at(y) for y in (2016, 2017, 2018, 2019, 2020)] == [0.0, 5.0, 0.0, 7.0, 0.0]
    assert parameter({}).at(2017) == 0.0
    assert parameter(None).at(2017) is None and parameter("lagged").at(2017) == "lagged"


def test_lookup_by_year_and_by_group() -> None:
    class Terms(NamedTuple):
        x: float
        given: float

    p = Parameters({"g.x": parameter({2016: 1.0, 2018: 3.0}), "g.none": parameter(None)})
    assert (p.value("g.x", 2017), p.value("g.x", 2018)) == (1.0, 3.0)
    assert p.fill(Terms, "g", 2019, given=8) == Terms(3.0, 8.0)
    with pytest.raises(KeyError):
        p.value("g.unknown")
    with pytest.raises(ValueError, match="has no value"):
        p.value("g.none")


def test_only_free_numbers_with_a_range_are_drawn() -> None:
    luck = Luck(3, 0)
    drawn = draw_parameter(parameter(), luck)
    assert drawn.value != 1.0 and 0.5 <= drawn.value <= 2.5  # type: ignore[operator]
    for fixed in (
        parameter(confidence="confirmed-here"),
        parameter(low=None, high=None),
        parameter(None),
        parameter("lagged"),
        parameter(True),
    ):
        assert draw_parameter(fixed, luck) == fixed


def test_a_dated_free_series_is_scaled_as_a_whole() -> None:
    drawn = draw_parameter(parameter({2016: 10.0, 2018: 30.0}), Luck(3, 0)).value
    assert isinstance(drawn, dict)
    assert drawn[2018] == pytest.approx(3 * drawn[2016]) and 5.0 <= drawn[2016] <= 25.0


def test_draws_are_uniform_over_replicates_and_differ_by_name() -> None:
    values = np.array([draw_parameter(parameter(), Luck(20161231, r)).value for r in range(2000)], dtype=float)
    assert stats.kstest((values - 0.5) / 2.0, "uniform").pvalue > 1e-6
    other = np.array(
        [draw_parameter(replace(parameter(), name="y"), Luck(20161231, r)).value for r in range(2000)], dtype=float
    )
    assert stats.pearsonr(values, other).pvalue > 1e-6


def test_adding_parameters_changes_no_other_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    luck, known = Luck(5, 2), model_parameters()
    before = resolve_parameters({}, luck)
    more = {"aaa.first": parameter(), **known, "zzz.last": parameter()}
    monkeypatch.setattr(module, "model_parameters", lambda: more)
    after = module.resolve_parameters({}, luck)
    for id in known:
        assert after[id] == before[id]
    free = [id for id, p in known.items() if p.free and p.low is not None and isinstance(p.value, int | float)]
    assert sum(before[id].value != known[id].value for id in free) > 0.9 * len(free)


def test_what_a_study_sets_is_not_drawn() -> None:
    id = next(id for id, p in model_parameters().items() if p.free and p.low is not None and isinstance(p.value, float))
    assert resolve_parameters({id: 0.123}, Luck(1, 1)).value(id) == 0.123
    assert resolve_parameters({id: 0.123}).value(id) == 0.123
    assert resolve_parameters({id: {2017: 1.0, 2019: 2.0}}).value(id, 2018) == 1.0


def test_name_key_is_fnv_1a() -> None:
    # published FNV-1a 64-bit values of "a" and "foobar", here without the sign bit
    assert name_key("a") == 0xAF63DC4C8601EC8C & 0x7FFFFFFFFFFFFFFF
    assert name_key("foobar") == 0x85944171F73967E8 & 0x7FFFFFFFFFFFFFFF
    keys = [name_key(id) for id in model_parameters()]
    assert len(set(keys)) == len(keys)


def test_every_number_of_the_model_has_unit_source_and_confidence() -> None:
    for id, p in model_parameters().items():
        assert p.unit and p.source and p.confidence in CONFIDENCES, id
        value = p.value
        if p.low is not None and isinstance(value, int | float) and not isinstance(value, bool):
            assert p.low <= value <= p.high, id  # type: ignore[operator]
        if p.minimum is not None and isinstance(value, int | float):
            assert p.minimum <= value <= p.maximum, id  # type: ignore[operator]


GOOD = "x: {value: 1.0, unit: yuan, source: s, confidence: well-known}\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x: {value: 1.0, unit: yuan, source: s}\n", r"p\.yaml: x: missing \['confidence'\]"),
        ("x: {value: 1.0, unit: yuan, source: s, confidence: sure}\n", "confidence 'sure' is not one of"),
        ("x: {value: 1.0, unit: yuan, source: s, confidence: free}\n", "a free parameter needs a prior range"),
        (
            "x: {value: 1.0, unit: yuan, source: s, confidence: well-known, rnage: [0, 1]}\n",
            r"unknown keys \['rnage'\]",
        ),
    ],
)
def test_a_malformed_file_is_refused_by_entry(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=complaint):
        read_parameters(path, "g")
    path.write_text(GOOD)
    assert read_parameters(path, "g")["x"].id == "g.x"
    path.write_text("")
    assert read_parameters(path, "g") == {}
