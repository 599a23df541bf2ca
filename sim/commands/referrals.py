"""Which measures the modules of a study send households to, and which programmes deliver them."""

from __future__ import annotations

from typing import Any

from tuopin.policies.measures import measures
from tuopin.policies.protocol import Policy
from tuopin.sim.study.declarations import declared
from tuopin.sim.study.study import Study

NOBODY = "nobody: counted as undelivered"


def measure_rows(study: Study) -> list[dict[str, Any]]:
    """One row a measure, with who delivers it in each scenario that has a module which sends; none if none has."""
    policies = declared().policies
    sending = {
        name: [p for p in packages if policies[p].refer is not Policy.refer]
        for name, packages in study.scenarios.items()
    }
    scenarios = [name for name, senders in sending.items() if senders]
    return [
        {
            "measure": measure.name,
            "label": measure.label,
            **{
                name: ", ".join(p for p in study.scenarios[name] if measure.name in policies[p].measures) or NOBODY
                for name in scenarios
            },
        }
        for measure in (measures().values() if scenarios else ())
    ]
