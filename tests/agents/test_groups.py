"""Groups of the indicators: the rule of each trait on households made by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tuopin.agents.columns import CAUSES, Column
from tuopin.agents.county import County
from tuopin.agents.groups import (
    FURTHER,
    NO_YES,
    START,
    TRAITS,
    Further,
    begin_groups,
    further_groups,
    groups_of,
)
from tuopin.agents.households import Households


def test_every_trait_parts_the_households_by_its_rule() -> None:
    h = Households(4)
    h.members[:], h.elderly[:] = [2, 2, 1, 3], [2, 1, 0, 3]
    h.disabled[:] = [0, 2, 0, 1]
    h.settlement[:] = [0, 1, 2, 3]
    h.start_poor[:] = [False, False, True, False]
    h.registered_at_start[:] = [True, False, True, True]
    found = groups_of(h)
    assert list(found) == [*(trait.name for trait in TRAITS), START]
    assert {name: codes.tolist() for name, (codes, _) in found.items()} == {
        "elderly_only": [1, 0, 0, 1],
        "disabled": [0, 1, 0, 1],
        "remote": [1, 0, 0, 0],
        "registered": [1, 0, 1, 1],
        "start": [0, 0, 1, 0],
    }
    assert all(codes.dtype == np.int8 for codes, _ in found.values())
    assert [labels for _, labels in found.values()] == [NO_YES] * len(TRAITS) + [("not_poor", "poor")]


@pytest.mark.parametrize("trait", TRAITS, ids=lambda trait: trait.name)
def test_every_group_has_a_label_in_both_languages(trait: object) -> None:
    assert all(trait.yes) and all(trait.no) and trait.yes != trait.no  # type: ignore[attr-defined]


def test_bands_at_the_start_are_by_effective_income_in_lines(by_hand: Callable[..., County]) -> None:
    """Of a line of 3,000 yuan; a bound belongs to the band above it, and a household that splits off has the same."""
    incomes = [-50.0, 1499.0, 1500.0, 2400.0, 2999.9, 3000.0, 3750.0, 4499.0, 4500.0, 9e5]
    county = by_hand(10, income_pp=incomes)
    begin_groups(county, ["start_band"])
    expected = [0, 0, 1, 2, 2, 3, 4, 4, 5, 5]
    assert further_groups(county, ["start_band"])["start_band"][0].tolist() == expected
    county.households.income_pp[:] = 1.0  # what comes later is of no matter
    young = county.households.duplicate(np.array([1, 5]))
    codes, labels = further_groups(county, ["start_band"])["start_band"]
    assert codes.tolist() == [*expected, 0, 3] and codes[young].tolist() == [0, 3]
    assert labels == ("below_0.5", "0.5-0.8", "0.8-1", "1-1.25", "1.25-1.5", "above_1.5")
    assert county.households.table["start_band"].at_split == "copy"
    assert codes.dtype == np.int8


def test_listed_villages_causes_and_the_monitored(by_hand: Callable[..., County]) -> None:
    county = by_hand(3, villages=2, village=[0, 1, 1], cause=[0, 1, 13])
    names = ["monitored", "village_listed", "cause"]
    before = len(county.households.table)
    begin_groups(county, names)
    assert len(county.households.table) == before  # only bands of the start need a column
    found = further_groups(county, names)
    assert list(found) == ["village_listed", "cause", "monitored"]  # in the order of the tables, however asked for
    assert found["cause"][0].tolist() == [0, 1, 13] and len(found["cause"][1]) == len(CAUSES)
    assert found["village_listed"][0].tolist() == found["monitored"][0].tolist() == [0, 0, 0]
    county.villages.listed = np.array([False, True])  # type: ignore[attr-defined]
    county.households.declare([Column("monitoring_listed", "policy", "bool", "flag", 0, 1, "on the list", "监测")])
    county.households.set("monitoring_listed", np.array([True, False, True]))
    found = further_groups(county, names)
    assert found["village_listed"][0].tolist() == [0, 1, 1]
    assert found["monitored"][0].tolist() == [1, 0, 1]


@pytest.mark.parametrize("further", FURTHER, ids=lambda further: further.name)
def test_further_groups_have_labels_in_both_languages_and_names_apart(further: Further) -> None:
    assert all(all(label) for label in further.labels) and further.meaning
    for column in zip(*further.labels, strict=True):
        assert len(set(column)) == len(further.labels)
