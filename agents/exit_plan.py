"""How many persons are planned to leave the register in a year: by the place's own plan, else by the model's share."""

from __future__ import annotations

from typing import NamedTuple

from tuopin.agents.county import County

SHARE, PERSONS = "registry.exit_share", "registry.planned_exits"


class ExitPlan(NamedTuple):
    """Persons who are to leave the register in a year, and their share of those registered."""

    persons: int
    share: float


def exits_planned(county: County, registered: int) -> ExitPlan:
    """Return the persons planned to exit this year, of the `registered` persons.

    Persons that a study, a scenario or a programme plans (`registry.planned_exits`, of the whole place) come first. A
    place's plan counts persons of the whole place; of a sample or a scaled study it is that part. It rules the years
    it names, unless the share of that year is set by name: by a study, a scenario or a programme that moves it.
    """
    if (asked := county.value(PERSONS)) >= 0:
        return _of_persons(county.place.part(round(asked * county.scale)), registered)
    plan = county.place.plan
    if plan is not None and county.year in plan.value and not _set_by_name(county):
        return _of_persons(round(plan.value[county.year] * county.scale), registered)
    share = min(1.0, county.value(SHARE))
    return ExitPlan(int(share * registered), share)


def _of_persons(planned: int, registered: int) -> ExitPlan:
    planned = min(planned, registered)
    return ExitPlan(planned, planned / registered if registered else 0.0)


def _set_by_name(county: County) -> bool:
    parameter = county.parameters[SHARE]
    return county.year in parameter.changed or not parameter.dated
