"""Firms of the county: capacity from printed size, failure by the firm's own luck, for all scenarios alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tuopin.agents.county import County
from tuopin.agents.firm_life import fail
from tuopin.agents.firms import Firm, failed, make_firms
from tuopin.agents.lines import LINES
from tuopin.agents.place import Place

FRUIT, HERBS, LIVESTOCK = (LINES.index(n) for n in ("fruit", "herbs", "livestock"))
FACTORY_DATA = {
    "name": "toys",
    "label": {"en": "Toy workshop", "zh": "玩具厂"},
    "jobs": {"value": 40, "unit": "jobs", "source": "made up", "confidence": "source-document"},
}


def test_capacities_by_hand(place_data: dict[str, Any]) -> None:
    firms = make_firms(Place.model_validate(place_data), 5.0, 1.0)
    # 12 head at 4 a household; two cooperatives of five households each
    assert [(f.name, f.line, f.capacity, f.alive) for f in firms] == [
        ("cattle", LIVESTOCK, 3, True),
        ("cooperative_1", FRUIT, 5, True),
        ("cooperative_2", HERBS, 5, True),
    ]
    half = make_firms(Place.model_validate(place_data), 5.0, 0.5)
    assert [f.capacity for f in half] == [2, 2, 3]  # 1.5 rounds to even; 2.5 and 5 sum to 5
    assert [f.uid for f in half] == [f.uid for f in firms] and len({f.uid for f in firms}) == 3
    place_data["factories"] = [FACTORY_DATA]
    made = make_firms(Place.model_validate(place_data), 5.0, 0.5)
    assert [(f.index, f.kind, f.capacity) for f in made[-1:]] == [(3, "factory", 20)]
    del place_data["factories"]
    del place_data["anchors"], place_data["cooperatives"]
    assert make_firms(Place.model_validate(place_data), 5.0, 1.0) == []


def failing(by_hand: Callable[..., County], firms: list[Firm], probability: float) -> list[Firm]:
    county = by_hand(1, {"firms.failure": probability}, year=2018)
    county.firms = firms
    fail(county)
    return failed(firms, 2018)


def firms_of(number: int) -> list[Firm]:
    return [Firm(k, k + 50, f"f{k}", FRUIT, 1, members=1) for k in range(number)]


def test_failure_is_the_firms_own_luck(by_hand: Callable[..., County]) -> None:
    gone = failing(by_hand, firms_of(20_000), 0.06)
    assert len(gone) / 20_000 == pytest.approx(0.06, abs=0.008)
    assert all((f.alive, f.members, f.failed_in) == (False, 0, 2018) for f in gone)
    alone = failing(by_hand, firms_of(20_000)[::7], 0.06)
    assert [f.index for f in alone] == [f.index for f in gone if f.index % 7 == 0]
    assert {f.index for f in failing(by_hand, firms_of(20_000), 0.03)} < {f.index for f in gone}
    assert failing(by_hand, firms_of(50), 0.0) == []


def test_a_dead_firm_fails_no_second_time(by_hand: Callable[..., County]) -> None:
    county = by_hand(1, {"firms.failure": 1.0}, year=2018)
    county.firms = firms_of(3)
    county.firms[1].alive, county.firms[1].failed_in = False, 2017
    fail(county)
    assert [f.failed_in for f in county.firms] == [2018, 2017, 2018]
    county.year = 2019
    fail(county)
    assert failed(county.firms, 2019) == [] and not any(f.alive for f in county.firms)


def test_a_copy_of_a_county_has_firms_of_its_own(by_hand: Callable[..., County]) -> None:
    county = by_hand(1)
    twin = county.fork()
    twin.firms[0].alive = False
    assert county.firms[0].alive and len(twin.firms) == len(county.firms) == 3
    assert np.array([f.uid for f in twin.firms]).tolist() == [f.uid for f in county.firms]
