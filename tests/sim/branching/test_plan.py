"""Histories cut at a year, and the digests that tell one branched scenario from another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tuopin.sim.branching.plan import Stage, branch_digest, make_branch_plan, until
from tuopin.sim.study.plan import scenario_digest

NONE: dict[str, Any] = {}
OWN: dict[str, Any] = {"registry.exit_margin": 1.3}
MOVE: dict[str, Any] = {"relocation": {"budget": 1.0e7}}
LIFE = (Stage(2018, NONE), Stage(2020, MOVE, OWN), Stage(2025, NONE))


@pytest.mark.parametrize(
    ("year", "stages"),
    [
        (2016, (Stage(2016, NONE),)),
        (2018, (Stage(2018, NONE),)),
        (2019, (Stage(2018, NONE), Stage(2019, MOVE, OWN))),
        (2020, (Stage(2018, NONE), Stage(2020, MOVE, OWN))),
        (2024, (Stage(2018, NONE), Stage(2020, MOVE, OWN), Stage(2024, NONE))),
    ],
)
def test_a_life_is_cut_at_the_year(year: int, stages: tuple[Stage, ...]) -> None:
    assert until(LIFE, year) == stages


def test_the_past_and_the_future_make_the_digest() -> None:
    digests = {
        branch_digest((Stage(2018, NONE),), NONE, {}),
        branch_digest((Stage(2019, NONE),), NONE, {}),
        branch_digest((Stage(2018, MOVE),), NONE, {}),
        branch_digest((Stage(2018, NONE),), MOVE, {}),
        branch_digest((Stage(2018, NONE),), NONE, OWN),
        branch_digest((Stage(2018, NONE, OWN),), NONE, {}),
        branch_digest((Stage(2018, NONE), Stage(2019, NONE)), NONE, {}),
        scenario_digest(NONE, {}),
        scenario_digest(NONE, OWN),
    }
    assert len(digests) == 9
    assert branch_digest((Stage(2018, NONE),), MOVE, {}) == branch_digest(
        (Stage(2018, {}, {}),), {"relocation": {"budget": 1.0e7}}, {}
    )


def test_identity_is_of_the_source_and_the_year(plan_for: Callable[..., Any]) -> None:
    from tuopin.sim.study.study import Study

    scenarios = {"none": NONE}
    data = {"name": "t", "place": "lushi", "years": "2016-2021", "baseline": "none", "scenarios": scenarios}
    study = Study.from_dict(data)
    histories = {"none": (Stage(2021, NONE),)}

    def made(year: int, identity: str, **more: Any) -> Any:
        return make_branch_plan(
            study,
            0.1,
            from_year=year,
            continues={"none": "none"},
            histories=histories,
            source_study="t",
            source_identity=identity,
            source_hashes={},
            **more,
        )

    one = made(2018, "a")
    assert one.identity == made(2018, "a", saved={("lushi", "none", 1): ("x.zip", 0)}).identity
    assert len({one.identity, made(2019, "a").identity, made(2018, "b").identity}) == 3
    assert one.histories == {"none": (Stage(2018, NONE),)} and one.scale == 0.1
    past = one.branched["continues"]["none"]
    assert (past["scenario"], past["from_year"], past["earlier"]) == (
        "none",
        2018,
        [{"last_year": 2018, "policies": {}}],
    )
