"""Institutions are few and are real Mesa agents: they hold their own state and show up in `model.agents`."""

from __future__ import annotations

from dataclasses import dataclass

from tuopin.agents import mesa_door as mesa
from tuopin.agents.firms import Firm


class Village(mesa.Agent):  # type: ignore[misc]
    """A village and its assistance team; its figures stand in `county.villages` at `index`."""

    def __init__(self, model: mesa.Model, index: int) -> None:
        super().__init__(model)
        self.index = index

    @property
    def hours(self) -> float:
        """Working hours of the team in a year."""
        return float(self.model.county.villages.hours[self.index])


class CountyOffice(mesa.Agent):  # type: ignore[misc]
    """The county office: it holds the year's money."""

    @property
    def spent(self) -> float:
        """Yuan spent on the scenario's policies so far."""
        names = {policy.name for policy in self.model.policies}
        return float(sum(e.fen for e in self.model.ledger.entries if e.policy in names)) / 100.0


class Market(mesa.Agent):  # type: ignore[misc]
    """The market of one industry line; its price stands in `county.markets`."""

    def __init__(self, model: mesa.Model, line: int) -> None:
        super().__init__(model)
        self.line = line

    @property
    def price(self) -> float:
        """Price of the year against trend, before the pressure of county supply."""
        return float(self.model.county.markets.price[self.line])


@dataclass
class Site:
    """A resettlement site: what a relocation policy fills. Wrapped as a Mesa agent by the model."""

    index: int
    zone: int
    capacity: int
    jobs: int
    remoteness: float
    residents: int = 0
    jobs_filled: int = 0


class SiteAgent(mesa.Agent):  # type: ignore[misc]
    """The Mesa face of a resettlement site."""

    def __init__(self, model: mesa.Model, site: Site) -> None:
        super().__init__(model)
        self.site = site


class FirmAgent(mesa.Agent):  # type: ignore[misc]
    """The Mesa face of a cooperative or lead firm."""

    def __init__(self, model: mesa.Model, firm: Firm) -> None:
        super().__init__(model)
        self.firm = firm
