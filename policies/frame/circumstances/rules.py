"""Circumstances: shocks of stated years on top of drawn luck, the same in every scenario that names them.

They cost nothing and enrol nobody: parameters of the model are moved for the year before its shocks are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tuopin.agents.lines import INDUSTRY
from tuopin.policies.protocol import County, Policy, Set, policy_parameters

FACTORS = {
    **{f"price_{line.name}": f"production.price_{line.name}" for line in INDUSTRY if line.name != "none"},
    "labour_demand": "labour.demand_level",
    "separation": "labour.separation_rate",
    "work_share": "labour.months",
    "disaster_rate": "production.disaster_rate",
    "animal_loss": "production.animal_loss_rate",
    "firm_failure": "firms.failure",
}
"""Factor of this module -> the parameter of the model that it multiplies."""
STRUCK = "production.struck_share"


class Circumstances(Policy):
    """Shocks by calendar year: factors on prices, demand, job losses, disasters, failures and months worked."""

    name = "circumstances"
    label = "Circumstances"
    label_zh = "外部冲击"
    family = "frame"
    steps = ("shocks",)
    parameters = policy_parameters("circumstances", Path(__file__).parent / "parameters.yaml")
    influences = tuple(FACTORS.values())
    sets = (STRUCK,)
    enrols = False

    def influence(self, county: County) -> Mapping[str, float | Set]:
        """Factors of the year, and the share of villages struck beside those drawn."""
        year, share = county.year, self.value("struck_share", county.year)
        factors: dict[str, float | Set] = {id: self.value(name, year) for name, id in FACTORS.items()}
        return {**factors, STRUCK: Set(share)} if share > 0 else factors
