"""Sourced numbers: dated values, draws keyed by name, malformed files refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tuopin.agents.draws import resolve_parameters
from tuopin.agents.parameters import CONFIDENCES, Parameter, Parameters, model_parameters, name_key, read_parameters
from tuopin.policies.catalogue import catalogue


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


def entry(**changes: str) -> str:
    rows = {"value": "1.0", "unit": "yuan", "bounds": "[0, 9]", "source": "s", "confidence": "well-known", **changes}
    return "first: {value: true, unit: '-', source: s, confidence: well-known}\nx:\n" + "".join(
        f"  {key}: {text}\n" for key, text in rows.items() if text
    )


MALFORMED = [
    ({"confidence": ""}, r"missing \['confidence'\]"),
    ({"confidence": "sure"}, "confidence 'sure' is not one of"),
    ({"confidence": "free"}, "a free parameter needs a prior range"),
    ({"rnage": "[0, 1]"}, r"unknown keys \['rnage'\]"),
    ({"bounds": ""}, r"needs bounds: \[low, high\], or choices"),
    ({"bounds": "[2, 9]"}, r"the value 1.0 is not a number in its bounds 2\.\.9"),
    ({"bounds": "[9, 0]"}, r"bounds \[9, 0\] is not a pair"),
    ({"bounds": "[0, .inf]"}, "is not a pair"),
    ({"bounds": "[0]"}, "is not a pair"),
    ({"value": "{2016: 1.0, 2018: 12.0}"}, r"the value 12.0 is not a number in its bounds 0\.\.9"),
    ({"value": "{2016: 1.0, later: 2.0}"}, "'later' is not a year"),
    ({"value": ".nan"}, "the value nan is not a number"),
    ({"value": "text"}, "the value 'text' is not a number"),
    ({"value": "null"}, "the value None is not a number"),
    ({"value": "1.5", "whole": "true"}, "the value 1.5 is not whole"),
    ({"range": "[0.5, 10]"}, r"the range 0.5\.\.10 is outside 0\.\.9"),
    ({"range": "[1, a]"}, "range .* is not a pair"),
    ({"value": "b", "bounds": "", "choices": "[a, c]"}, "'b' is not one of its choices"),
    ({"rank": "1"}, "rank 1 is for free parameters"),
    ({"rank": "0", "confidence": "free", "range": "[0, 2]"}, "rank 0 is for free parameters, a whole number from 1"),
    ({"extend": "forever"}, "extend 'forever' is not one of hold, zero"),
]


@pytest.mark.parametrize(("changes", "complaint"), MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_file_is_refused_by_file_line_and_entry(
    tmp_path: Path, changes: dict[str, str], complaint: str
) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(entry(**changes))
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}:2: x: .*{complaint}"):
        read_parameters(path, "g")
    path.write_text(entry())
    assert read_parameters(path, "g")["x"].id == "g.x"
    path.write_text("")
    assert read_parameters(path, "g") == {}
    for text in ("- a\n", "x: {\n", "x: 1\n"):
        path.write_text(text)
        with pytest.raises(ValueError, match=re.escape(str(path))):
            read_parameters(path, "g")


def test_every_number_has_bounds_or_choices() -> None:
    every = [p for policy in catalogue().values() for p in policy.parameters.values()]
    for p in [*model_parameters().values(), *every]:
        assert p.choices or isinstance(p.value, bool) or (p.minimum is not None and p.maximum is not None), p.id


def test_what_a_study_gives_by_year() -> None:
    held = parameter({2016: 1.0, 2018: 3.0})
    assert [held.given(7.0).at(y) for y in (2010, 2017, 2030)] == [7.0, 7.0, 7.0]
    assert [held.given({2017: 9.0}).at(y) for y in (2015, 2016, 2017, 2018, 2019)] == [1.0, 1.0, 9.0, 3.0, 3.0]
    assert [held.given({2018: 9.0}).at(y) for y in (2017, 2018, 2019)] == [1.0, 9.0, 3.0]
    one = parameter(5.0, by_year=True)
    assert [one.given({2017: 9.0}).at(y) for y in (2016, 2017, 2018)] == [5.0, 9.0, 5.0]
    budget = parameter({2017: 5.0, 2018: 5.0}, extend="zero")
    assert [budget.given({2018: 9.0}).at(y) for y in (2017, 2018, 2019)] == [0.0, 9.0, 0.0]
    slots = parameter(None, optional=True, by_year=True)
    assert [slots.given({2017: 9.0, 2019: 4.0}).at(y) for y in (2016, 2017, 2018, 2019, 2020)] == [9, 9, 9, 4, 4]


def test_a_number_that_is_not_there_is_told_with_its_file() -> None:
    with pytest.raises(KeyError, match=r"production\.share_bees: .*agents/parameters/production\.yaml"):
        resolve_parameters({}).value("production.share_bees")


def test_numbers_moved_for_a_year_return_and_stay_in_their_bounds() -> None:
    p = Parameters(
        {
            "g.rate": parameter(0.4, minimum=0, maximum=1),
            "g.series": parameter({2016: 2.0, 2018: 3.0}),
            "g.choice": parameter(True),
        }
    )
    moved = p.moved(2017, {"g.rate": 2.0, "g.series": 1.5}, {})
    assert [moved.value("g.rate", year) for year in (2016, 2017, 2018)] == [0.4, 0.8, 0.4]
    assert [moved.value("g.series", year) for year in (2016, 2017, 2018)] == [2.0, 3.0, 3.0]
    assert p.moved(2017, {"g.rate": 9.0}, {}).value("g.rate", 2017) == 1.0
    assert p.moved(2017, {"g.rate": 2.0}, {"g.rate": 0.1}).value("g.rate", 2017) == pytest.approx(0.2)
    assert p.moved(2017, {}, {"g.rate": -1.0}).value("g.rate", 2017) == 0.0
    assert p.moved(2017, {"g.rate": 1.0}, {}) is p and p.value("g.rate", 2017) == 0.4
    assert p.moved(2017, {"g.rate": 2.0, "g.series": 1.5}, {}) is moved is not p.moved(2017, {"g.rate": 2.0}, {})
    other = p.moved(2018, {"g.rate": 2.0, "g.series": 1.5}, {})  # the same move in another year is another
    assert [other.value("g.series", year) for year in (2017, 2018)] == [2.0, 4.5]
    with pytest.raises(KeyError, match="no such number"):
        p.moved(2017, {"g.unknown": 2.0}, {})
    with pytest.raises(ValueError, match=r"g\.x is no number that could be moved"):
        p.moved(2017, {"g.choice": 2.0}, {})
