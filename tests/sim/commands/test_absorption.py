"""Money that outlasts the households a programme may reach is told by `check`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tuopin.agents.columns import REGISTERED_POOR
from tuopin.policies.places.relocation.rules import Relocation
from tuopin.sim.commands.absorption import absorption_lines, runs_out
from tuopin.sim.study.study import Study


def start() -> Any:
    """Three registered households of 2, 3 and 4 persons, the last too near to move, and a remote neighbour."""
    households = SimpleNamespace(
        members=np.array([2, 3, 4, 5]),
        remoteness=np.array([0.9, 0.6, 0.1, 0.9]),
        registry_status=np.array([REGISTERED_POOR, REGISTERED_POOR, REGISTERED_POOR, 0]),
    )
    return SimpleNamespace(year=2016, households=households)


GIVEN = {"take_up": 0.8, "cost_per_person": 60_000.0, "neighbour_share": 0.25, "remoteness_from": 0.5}


def test_what_relocation_can_take_by_hand() -> None:
    # 5 registered remote persons, of whom .8 accept, at 60,000 yuan, from three quarters of the money
    assert Relocation(GIVEN).absorbs(start()) == pytest.approx(5 * 0.8 * 60_000 / 0.75)


def test_it_can_take_what_the_terms_of_its_first_year_allow() -> None:
    """The households are those of the start; money is first given a year later."""
    now = {"take_up": 0.1, "cost_per_person": 7.0, "neighbour_share": 0.9, "remoteness_from": 0.8}
    dated = {name: {2016: now[name], 2017: later} for name, later in GIVEN.items()}
    assert Relocation(dated).absorbs(start()) == pytest.approx(5 * 0.8 * 60_000 / 0.75)


@pytest.mark.parametrize(
    ("yuan", "year"),
    [
        ({2017: 50.0, 2018: 50.0}, None),
        ({2017: 50.0, 2018: 51.0}, 2018),
        ({2017: 150.0, 2018: 0.0}, 2017),
        ({2017: None}, None),
    ],
)
def test_the_year_in_which_they_run_out(yuan: dict[int, float | None], year: int | None) -> None:
    assert runs_out(yuan, 100.0) == year


def test_the_warning_names_scenarios_and_sums() -> None:
    budget = {2017: 2.0e6, 2018: 2.0e6}
    study = Study.from_dict(
        {
            "name": "far",
            "place": "lushi",
            "years": "2016-2018",
            "baseline": "none",
            "scenarios": {
                "none": {},
                "much": {"relocation": GIVEN | {"budget": budget}},
                "little": {"relocation": GIVEN | {"budget": {2017: 1.0e6}}},
            },
        }
    )
    (line,) = absorption_lines(study, "lushi", start(), 0.1)  # 320,000 yuan at a tenth: 3.2 M
    assert "relocation (much)" in line and "run out in 2018" in line and "3.2 of 4 M yuan" in line
