"""What `check` accepts, `run` runs: studies and places made from what is declared, inside its bounds and outside."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuopin.agents.documented import KINDS
from tuopin.agents.mechanisms import MECHANISMS
from tuopin.agents.parameters import Parameter, model_parameters
from tuopin.agents.place_keys import OWN_LINES
from tuopin.policies.catalogue import catalogue
from tuopin.sim.run.task import simulate_task
from tuopin.sim.study.document import Document
from tuopin.sim.study.plan import make_plan
from tuopin.sim.study.problems import StudyError
from tuopin.sim.study.study import Study
from tuopin.sim.study.values import INVALID, check_value

SHIPPED = ("cooperative", "health_insurance", "low_income_support", "relocation")
POLICIES = {name: catalogue()[name].parameters for name in SHIPPED}
JUNK = st.sampled_from(
    [None, True, False, "many", "", [], {}, [1], {"x": 1}, -1, 1e300, -1e300, 2**70, 1.5, {2017: 1e300}, {1066: 1.0}]
)


def good_value(p: Parameter) -> st.SearchStrategy[Any]:
    """A value that the declaration of `p` allows, the ends of its bounds often."""
    if p.choices:
        return st.sampled_from(p.choices)
    if isinstance(p.value, bool):
        return st.booleans()
    assert p.minimum is not None and p.maximum is not None
    ends = st.sampled_from([p.minimum, p.maximum])
    number = (
        st.integers(int(p.minimum), int(p.maximum)) if p.whole else st.floats(p.minimum, p.maximum, allow_nan=False)
    )
    return ends | number


def bad_value(p: Parameter) -> st.SearchStrategy[Any]:
    """A value that it does not allow."""
    wrong: list[Any] = ["x", [1], float("nan"), float("inf"), {"value": 1, "unit": "dogs"}]
    if p.minimum is not None and p.maximum is not None:
        wrong += [p.minimum - 1, p.maximum * 1.01 + 1, True, *([p.minimum + 0.5] if p.whole else [])]
    if p.by_year:
        wrong += [{1 if p.programme_years else 2017: "x"}, {"2017": p.minimum}, {2999: p.minimum}, {}]
    return st.sampled_from(wrong)


def series(p: Parameter) -> st.SearchStrategy[Any]:
    """A plain value, or one by year where that is allowed."""
    value = good_value(p)
    years = st.integers(1, 3) if p.programme_years else st.integers(2017, 2018)
    return value | st.dictionaries(years, value, min_size=1) if p.by_year else value


@st.composite
def levels(draw: st.DrawFn, figure: Callable[[str, Any], dict[str, Any]]) -> dict[str, Any]:
    """A level of income: against the mean of poor areas, or stated."""
    if draw(st.booleans()):
        return {"county_factor": figure("county_factor", draw(st.floats(0.1, 5) | st.sampled_from([0.1, 5.0])))}
    return {"mean_income": figure("mean_income", draw(st.floats(100, 100_000)))}


@st.composite
def own_keys(draw: st.DrawFn, figure: Callable[[str, Any], dict[str, Any]]) -> dict[str, Any]:
    """Some of the optional keys of a place, each within its own bounds; whether they fit is for `check` to say."""
    note = {"source": "generated", "confidence": "derived"}
    numbers: dict[str, st.SearchStrategy[Any]] = {
        "registered_exited": st.integers(0, 60),
        "poor_villages": st.integers(0, 1) | st.floats(0, 1),
        "weak_villages": st.integers(0, 9),
        "flood_villages": st.integers(0, 1),
        "townships": st.integers(1, 9),
        "land_per_person": st.floats(0, 100),
        "forest_per_person": st.floats(0, 1000),
        "off_farm_share": st.floats(0, 1),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(numbers)), max_size=3, unique=True))
    found: dict[str, Any] = {name: figure(name, draw(numbers[name])) for name in chosen}
    years = st.integers(2016, 2019)
    if draw(st.booleans()):
        values = draw(st.dictionaries(years, st.integers(0, 200), min_size=1))
        found["plan"] = {"value": values, "unit": "persons", **note}
    if draw(st.booleans()):
        values = draw(st.dictionaries(years, st.floats(100, 100_000), min_size=1))
        found["line"] = {"value": values, "unit": "元/人年", "indexed": draw(st.booleans()), **note}
    if draw(st.booleans()):
        shares = draw(st.dictionaries(st.sampled_from(OWN_LINES), st.floats(0, 0.5), max_size=3))
        found["line_shares"] = {line: {"value": x, "unit": "share", **note} for line, x in shares.items()}
    if draw(st.booleans()):
        found["allowed_lines"] = draw(st.lists(st.sampled_from(OWN_LINES), max_size=4))
    known = model_parameters()
    ids = draw(st.lists(st.sampled_from(sorted(known)), max_size=2, unique=True))
    found["parameters"] = {id: {"value": draw(series(known[id])), "unit": known[id].unit, **note} for id in ids}
    found["sample"] = draw(st.sampled_from([1, 1, 1, 2, 5]))
    return found


@st.composite
def places(draw: st.DrawFn) -> dict[str, Any]:
    """A small place; whether its totals fit into each other is for `check` to say."""

    def figure(name: str, value: Any) -> dict[str, Any]:
        return {
            "value": value,
            "unit": draw(st.sampled_from(KINDS[name].units)),
            "source": "generated",
            "confidence": "derived",
        }

    households = draw(st.integers(1, 40))
    persons = draw(st.integers(households, 7 * households))
    rural = persons + draw(st.integers(0, 3) | st.integers(0, 400))
    zone = st.fixed_dictionaries(
        {
            "sites": st.integers(1, 3),
            "persons": st.integers(0, 60),
            "jobs": st.integers(0, 9),
            "remoteness": st.floats(0, 1),
        }
    )
    own = draw(own_keys(figure))
    zones = {name: draw(zone) for name in ("city", "industrial_park", "town", "scenic_area", "central_village")}
    capacity = {"value": draw(st.integers(0, 500)), "unit": "head/year", "source": "g", "confidence": "derived"}
    share = {**capacity, "value": draw(st.integers(1, 5)), "unit": "head"}
    return {
        "name": "made",
        "code": draw(st.integers(1, 2**20 - 1)),
        "label": {"en": "Made"},
        "year": 2016,
        "deadline": draw(st.integers(2008, 2040)),
        "registered_households": figure("registered_households", households),
        "registered_persons": figure("registered_persons", persons),
        "rural_persons": figure("rural_persons", rural),
        "household_size": figure("household_size", draw(st.floats(1, 7))),
        "villages": figure("villages", draw(st.integers(1, households))),
        **draw(levels(figure)),
        "cooperatives": figure("cooperatives", draw(st.integers(0, 4))),
        "registered_only": draw(st.booleans()),
        **own,
        "resettlement": draw(st.none() | st.just({"source": "g", "confidence": "derived", **zones})),
        "anchors": draw(
            st.just([])
            | st.just(
                [{"name": "a", "label": {"en": "A"}, "line": "livestock", "capacity": capacity, "per_household": share}]
            )
        ),
    }


@st.composite
def studies(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A study and its place: mostly sound, sometimes with a value that is not."""
    known = model_parameters()
    ids = draw(st.lists(st.sampled_from(sorted(known)), max_size=6, unique=True))
    parameters = {id: draw(series(known[id])) for id in ids}
    scenario: dict[str, dict[str, Any]] = {}
    for name in draw(st.lists(st.sampled_from(SHIPPED), max_size=4, unique=True)):
        keys = draw(st.lists(st.sampled_from(sorted(POLICIES[name])), max_size=3, unique=True))
        scenario[name] = {key: draw(series(POLICIES[name][key])) for key in keys}
    place = draw(places())
    if draw(st.integers(0, 4)) == 0:
        parts = [part for part in place.values() if isinstance(part, dict)]
        target = draw(st.sampled_from([parameters, place, *scenario.values(), *parts]))
        if target:
            target[draw(st.sampled_from(sorted(target)))] = draw(JUNK)
    switches = draw(st.lists(st.sampled_from(sorted(MECHANISMS)), max_size=3, unique=True))
    study = {
        "name": "made",
        "place": "made",
        "years": "2016-2018",
        "seed": draw(st.integers(0, 2**32 - 1)),
        "replicates": 1,
        "draw_parameters": draw(st.booleans()),
        "mechanisms": {name: draw(st.sampled_from(MECHANISMS[name].choices)) for name in switches},
        "parameters": parameters,
        "baseline": "only",
        "scenarios": {"only": scenario},
    }
    return study, place


def refused_or_run(study: dict[str, Any], place: dict[str, Any]) -> bool:
    """Check a study; where it is accepted, run it. Returns whether it was."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "places").mkdir()
        (Path(folder) / "places" / "made.yaml").write_text(json.dumps(place, ensure_ascii=False), encoding="utf-8")
        try:
            plan = make_plan(Study.from_dict(study, beside=Path(folder)))
        except StudyError as error:
            for problem in error.problems:
                assert problem.line >= 1 and problem.allowed.startswith("allowed: "), problem
                assert "tuopin schema" not in problem.allowed and "\n" not in str(problem)
            return False
    (outcome,) = simulate_task(plan, "made", 0, ["only"], panel=True)
    assert outcome.error is None, f"{outcome.error}\n{outcome.traceback}"
    values = np.array(outcome.frames["indicators"]["value"].to_pylist(), dtype=float)
    assert not np.isinf(values).any()
    return True


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(studies())
def test_what_is_accepted_runs(made: tuple[dict[str, Any], dict[str, Any]]) -> None:
    refused_or_run(*made)


@pytest.mark.slow
@settings(max_examples=2000, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(studies())
def test_what_is_accepted_runs_at_length(made: tuple[dict[str, Any], dict[str, Any]]) -> None:
    refused_or_run(*made)


DECLARED = [("parameters", p.id, p) for p in model_parameters().values()] + [
    (name, key, p) for name, parameters in POLICIES.items() for key, p in parameters.items()
]


@settings(max_examples=10)
@given(data=st.data())
@pytest.mark.parametrize(("where", "key", "p"), DECLARED, ids=lambda part: part if isinstance(part, str) else "")
def test_values_in_bounds_are_accepted_and_others_refused_with_the_bounds(
    where: str, key: str, p: Parameter, data: st.DataObject
) -> None:
    document = Document("study.yaml", {})
    assert check_value(document, (where, key), data.draw(series(p)), p, (2016, 2025)) is not INVALID
    assert not document.problems
    assert check_value(document, (where, key), data.draw(bad_value(p)), p, (2016, 2025)) is INVALID
    (problem,) = document.problems
    if p.minimum is not None and p.choices is None and "unit" not in problem.path and "year" not in problem.wrong:
        assert f"{p.minimum:g}..{p.maximum:g}" in problem.allowed
