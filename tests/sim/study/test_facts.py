"""Figures of shipped places that name facts: the numbers are those of the facts, or what they add up to."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tuopin.sim.study.facts import TABLE, known_facts
from tuopin.sim.study.places import load_place
from tuopin.sim.study.shipped import PLACES, SCENARIOS, shipped_places
from tuopin.sim.study.yaml_file import read_document

WITH_FACTS = ("guizhou-planned", "guizhou-sample", "hubei", "jiangsu")


def facts() -> dict[str, float]:
    with (SCENARIOS / TABLE).open(encoding="utf-8", newline="") as table:
        return {row["fact"]: float(row["value"]) for row in csv.DictReader(table) if row["value"]}


def figures(data: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(data, Mapping):
        if "facts" in data:
            yield path, data
        for key, inside in data.items():
            yield from figures(inside, f"{path}.{key}".lstrip("."))


@pytest.mark.parametrize("name", WITH_FACTS)
def test_a_documented_figure_has_the_value_of_its_fact(name: str) -> None:
    known, found = facts(), 0
    for path, figure in figures(read_document(PLACES / f"{name}.yaml").data):
        value = figure.get("value")
        if figure["confidence"] != "source-document" or value is None:
            continue
        values = list(value.values()) if isinstance(value, Mapping) else [value]
        assert values == [known[id] for id in figure["facts"]], path
        found += 1
    assert found > 0


def test_every_fact_that_a_shipped_place_names_is_there() -> None:
    named = {
        id for file in shipped_places() for _, figure in figures(read_document(file).data) for id in figure["facts"]
    }
    assert named and named <= known_facts()


def test_jiangsu_sums_to_what_is_printed() -> None:
    known = facts()
    cities = {place.name: place for place in load_place(PLACES / "jiangsu.yaml").counties}
    assert len(cities) == 12
    for name, place in cities.items():
        assert place.registered_persons.value == known[f"jiangsu-{name}-poor"]
    assert sum(p.registered_persons.value for p in cities.values()) == known["jiangsu-2007-poor-persons"]
    assert sum(p.registered_households.value for p in cities.values()) == known["jiangsu-2007-poor-households"]
    for region, deadline in (("sunan", 2008), ("suzhong", 2010), ("subei", 2012)):
        there = [p for p in cities.values() if p.deadline == deadline == known[f"jiangsu-{region}-deadline"]]
        assert sum(p.registered_persons.value for p in there) == known[f"jiangsu-{region}-poor"]
        for place in there:  # in equal parts up to the deadline, and from then on all who are left
            plan, persons = place.plan.value, place.registered_persons.value
            assert all(plan[year] == persons for year in range(deadline, 2013))
            assert all(abs(plan[year] - persons / (deadline - 2007)) < 1 for year in range(2008, deadline))
    assert sum(p.weak_villages.value for p in cities.values()) == known["jiangsu-weak-villages"]


def test_guizhou_sums_to_its_two_readings() -> None:
    known = facts()
    targets = {year: known[f"guizhou-{year}-target"] for year in (2016, 2017, 2018, 2019)}
    planned = sum(targets.values())
    for name, stock in (
        ("guizhou-planned", planned),
        ("guizhou-sample", planned + known["guizhou-floor-persons"]),
    ):
        counties = load_place(PLACES / f"{name}.yaml").counties
        assert sum(c.registered_persons.value for c in counties) == stock
        assert sum(c.registered_exited.value for c in counties) == known["guizhou-poor-persons"] - stock
        assert {year: sum(c.plan.value[year] for c in counties) for year in targets} == targets
        assert sum(c.poor_villages.value for c in counties) == known["guizhou-poor-villages"]


def test_hubeis_base_fits_all_three_shares() -> None:
    known, base = facts(), load_place(PLACES / "hubei.yaml").registered_persons.value
    for what in ("removed", "retained", "added"):
        assert round(100 * known[f"hubei-{what}-persons"] / base, 1) == known[f"hubei-{what}-share"]
    printed = known["hubei-poor-persons"]
    assert round(100 * known["hubei-retained-persons"] / printed, 1) != known["hubei-retained-share"]


def test_as_shipped_no_more_than_ten_thousand_households_are_simulated() -> None:
    from tuopin.sim.commands.check import initial_households

    for name in (*WITH_FACTS, "monitoring-county"):
        loaded = load_place(PLACES / f"{name}.yaml")
        places = getattr(loaded, "counties", [loaded])
        assert 5_000 < sum(initial_households(place) for place in places) <= 10_000, name
