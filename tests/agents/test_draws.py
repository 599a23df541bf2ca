"""Draws of parameters: what is drawn, from which prior, keyed by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tuopin.agents.draws import Draw, draw_parameter, is_uncertain, pert, resolve_parameters
from tuopin.agents.parameters import Parameter, model_parameters
from tuopin.agents.randomness import Luck


def parameter(value: object = 1.0, **more: object) -> Parameter:
    return Parameter(
        "x", "g", value, "yuan", "made for a test", **{"confidence": "free", "low": 0.5, "high": 2.5, **more}
    )  # type: ignore[arg-type]


DRAW = Draw(Luck(3, 0))


STATED: dict[str, Parameter] = {
    "a sourced number": parameter(confidence="confirmed-here"),
    "a derived number": parameter(confidence="derived"),
    "no range": parameter(low=None, high=None),
    "no value": parameter(None),
    "a word": parameter("lagged"),
    "a switch": parameter(True),
    "an effect of zero": parameter(0.0, low=0.0),
    "the lower end": parameter(0.5),
    "the upper end": parameter(2.5),
    "a series whose factors begin at 1": parameter({2016: 10.0}, low=1.0),
}


"""What is never drawn, and why."""


@pytest.mark.parametrize("why", STATED)
def test_what_a_source_states_and_what_is_swept_at_its_ends_is_not_drawn(why: str) -> None:
    assert not is_uncertain(STATED[why])
    assert draw_parameter(STATED[why], DRAW) == STATED[why]


@pytest.mark.parametrize("confidence", ["free", "modelling-choice", "approximate"])
def test_numbers_without_an_exact_source_are_drawn_from_their_range(confidence: str) -> None:
    uncertain = parameter(confidence=confidence)
    assert is_uncertain(uncertain)
    drawn = draw_parameter(uncertain, DRAW)
    assert drawn.value != 1.0 and 0.5 <= drawn.value <= 2.5  # type: ignore[operator]
    whole = draw_parameter(parameter(3, low=1, high=9, whole=True), DRAW).value
    assert isinstance(whole, int) and 1 <= whole <= 9


def test_a_dated_series_is_scaled_as_a_whole() -> None:
    drawn = draw_parameter(parameter({2016: 10.0, 2018: 30.0}), DRAW).value
    assert isinstance(drawn, dict)
    assert drawn[2018] == pytest.approx(3 * drawn[2016]) and 5.0 <= drawn[2016] <= 25.0


@pytest.mark.parametrize(
    ("low", "mode", "high"), [(0.5, 1.0, 2.5), (0.0, 0.2, 1.0), (0.93, 1.0, 1.08), (-1.0, 8.0, 9.0)]
)
def test_quantiles_of_a_pert_are_those_of_its_beta(low: float, mode: float, high: float) -> None:
    rising, falling = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
    beta = stats.beta(rising, falling, loc=low, scale=high - low)
    for u in (0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999):
        assert pert(u, low, mode, high) == pytest.approx(beta.ppf(u), rel=1e-9, abs=1e-12)
    assert beta.mean() == pytest.approx((low + 4 * mode + high) / 6)  # the rule of thumb it is named after
    assert (pert(0.0, low, mode, high), pert(1.0, low, mode, high)) == pytest.approx((low, high))


def test_draws_follow_the_pert_over_replicates_and_attempts_and_differ_by_name() -> None:
    def drawn(name: str, attempt: int) -> np.ndarray:
        same = replace(parameter(), name=name)
        return np.array(
            [draw_parameter(same, Draw(Luck(20161231, r), attempt)).value for r in range(2000)], dtype=float
        )

    values = drawn("x", 0)
    assert stats.kstest((values - 0.5) / 2.0, stats.beta(2.0, 4.0).cdf).pvalue > 1e-6
    for other in (drawn("y", 0), drawn("x", 1)):
        assert stats.pearsonr(values, other).pvalue > 1e-6


def test_adding_parameters_changes_no_other_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    luck, known = Draw(Luck(5, 2)), model_parameters()
    before = resolve_parameters({}, luck)
    more = {"aaa.first": parameter(), **known, "zzz.last": parameter()}
    monkeypatch.setattr("tuopin.agents.draws.model_parameters", lambda: more)
    after = resolve_parameters({}, luck)
    for id in known:
        assert after[id] == before[id]
    uncertain = [id for id, p in known.items() if is_uncertain(p) and not p.whole]
    assert len(uncertain) > 100 and all(before[id].value != known[id].value for id in uncertain)


def test_what_a_study_sets_is_not_drawn() -> None:
    id = next(id for id, p in model_parameters().items() if is_uncertain(p) and isinstance(p.value, float))
    assert resolve_parameters({id: 0.123}, Draw(Luck(1, 1))).value(id) == 0.123
    assert resolve_parameters({id: 0.123}).value(id) == 0.123


def test_a_draw_of_a_series_stays_in_its_bounds() -> None:
    series = parameter({2017: 0.5, 2018: 0.99}, low=0.5, high=2.5, minimum=0, maximum=1)
    draw = next(draw for draw in map(Draw, (Luck(1, r) for r in range(99))) if draw.uniform("g.x") * 2 > 1.5)
    drawn = draw_parameter(series, draw).value
    factor = pert(draw.uniform("g.x"), 0.5, 1.0, 2.5)
    assert factor > 1.02 and drawn == {2017: pytest.approx(0.5 * factor), 2018: 1.0}
