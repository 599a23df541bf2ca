"""A record that goes on twice: what stood in it stands in both, and neither sees the other's years."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tuopin.agents.county import County
from tuopin.agents.demography import Movement
from tuopin.policies.ledger import Ledger
from tuopin.sim.run.lives import begin_lives
from tuopin.sim.run.recorder import Recorder


@pytest.fixture
def county(by_hand: Callable[..., County]) -> County:
    county = by_hand(3, year=2016, members=[1, 2, 4], poor_true=[True, False, True], income_pp=[1.0, 4_000.0, 2.0])
    begin_lives(county)
    return county


def live(recorder: Recorder, county: County, year: int, poor: list[bool], moved: Movement) -> None:
    county.year = year
    county.flows.reset(3)
    ledger = Ledger()
    ledger.open_year(year, 3)
    recorder.move(moved)
    recorder.remember(county)
    county.households.poor_true[:] = poor
    ledger.close_year(county.households.members)
    recorder.record(county, (), ledger)


@pytest.mark.parametrize("panel", [True, False])
def test_a_fork_has_the_years_before_and_goes_on_alone(county: County, panel: bool) -> None:
    recorder = Recorder(2016, 2018, panel=True)
    recorder.start(county, ())
    live(recorder, county, 2017, [False, True, True], Movement(1, 2, 3, 4))
    twin, other = recorder.fork(panel), county.fork()
    before = (recorder.persons_columns(), len(recorder.rows), recorder.spell_columns()["persons"].tolist())
    live(twin, other, 2018, [False, False, False], Movement(5, 6, 7, 8))
    twin.finish(other)
    assert (recorder.persons_columns(), len(recorder.rows), recorder.spell_columns()["persons"].tolist()) == before
    assert twin.persons_columns() == {
        "year": [2016, 2017, 2018],
        "persons": [7, 7, 7],
        "births": [None, 1, 5],
        "deaths": [None, 2, 6],
        "arrivals": [None, 3, 7],
        "departures": [None, 4, 8],
    }
    assert [year for year, _, _ in twin.rows] == [2016, 2017, 2018]
    assert twin.latest("true", "poor_persons") == 0.0 and recorder.latest("true", "poor_persons") == 2 + 4
    assert twin.latest("true", "poverty_years_persons") == 2 + 4  # those of 2017, the initial year apart
    assert twin.initial.persons.tolist() == [1, 2, 4]
    assert [len(table) for table in twin.panels or ()] == ([3, 3, 3] if panel else [])
    assert len(recorder.panels or ()) == 2
    spells = twin.spell_columns()
    true = [k for k, view in enumerate(spells["view"]) if view == "true"]
    assert sum(int(spells["persons"][k]) for k in true if spells["kind"][k] == "poor") == 1 + 2 + 4
