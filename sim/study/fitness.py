"""Whether a scenario's policies fit the study: what a policy says of its settings in a place and in the years."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuopin.agents.place import Place
from tuopin.policies.protocol import Policy
from tuopin.sim.study.document import Document
from tuopin.sim.study.problems import Path
from tuopin.sim.study.values import Years


def check_fitness(
    document: Document,
    scenarios: Mapping[str, Mapping[str, Mapping[str, Any]]],
    policies: Mapping[str, type[Policy]],
    places: Mapping[str, Place],
    years: Years,
) -> None:
    """Note in `document` what each policy of `scenarios` says of its settings in each place and the study's years."""
    for scenario, packages in scenarios.items():
        for name, given in packages.items():
            if policies[name].problems is not Policy.problems:
                here = ("scenarios", scenario, name)
                for place in places.values():
                    _ask(document, here, policies[name], given, place, years)


def _ask(
    document: Document, here: Path, policy: type[Policy], given: Mapping[str, Any], place: Place, years: Years
) -> None:
    try:
        for parameter, wrong, allowed in policy(given).problems(place, years):
            document.add((*here, str(parameter)), str(wrong), f"allowed: {allowed}")
    except Exception as error:
        wrong = f"the policy cannot say whether it fits: {type(error).__name__}: {error}"
        document.add(
            here, wrong, "allowed: a policy whose `problems` gives (parameter, what is wrong, what is allowed)"
        )
