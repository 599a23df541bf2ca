"""The state of one county in one scenario of one replicate: everything a mechanism or a policy may read."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from tuopin.agents.arrays import F64, I64, Array, Flags
from tuopin.agents.columns import Column
from tuopin.agents.economy import price_index, registry_line, statistical_line
from tuopin.agents.firms import Firm
from tuopin.agents.flows import COUNTY_TERMS, LINE_TERMS, VILLAGE_TERMS, Flows
from tuopin.agents.households import Households
from tuopin.agents.lines import LINES
from tuopin.agents.parameters import Parameters
from tuopin.agents.place import Place
from tuopin.agents.randomness import Luck
from tuopin.agents.referrals import Referrals


@dataclass
class Villages:
    """Villages as columns (length = number of villages).

    `hours` are the team's working hours of the year; `hours_term` (hours) and `quality_term` (standard deviations of
    the teams' quality) are what programmes add to them and to `cadre_quality` this year. `listed` (as poor), `weak` and
    `flood_zone` are set by what the place says of its villages; `x`, `y` in [0, 1) say where a village lies
    (`tuopin.agents.village_traits`).
    """

    uid: I64
    remoteness: F64
    hazard: F64
    cadre_quality: F64
    effect: F64
    hours: F64
    crop_left: F64
    own: dict[str, Array] = field(default_factory=dict)
    """Columns of programmes that serve villages, by name."""
    hours_term: F64 = field(default_factory=lambda: np.zeros(0))
    quality_term: F64 = field(default_factory=lambda: np.zeros(0))
    listed: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    weak: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    flood_zone: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    x: F64 = field(default_factory=lambda: np.zeros(0))
    y: F64 = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """What is not given is of as many villages as there are: none listed, all at the origin."""
        for name in ("listed", "weak", "flood_zone", "x", "y"):
            if len(getattr(self, name)) != len(self.uid):
                setattr(self, name, np.zeros(len(self.uid), dtype=getattr(self, name).dtype))
        for name, term in VILLAGE_TERMS.items():
            if len(getattr(self, name)) != len(self):
                setattr(self, name, np.full(len(self), term.neutral))

    def declare(self, columns: Iterable[Column]) -> None:
        """Add columns of a programme, at their defaults."""
        for column in columns:
            self.own[column.name] = np.full(len(self), column.default, dtype=column.dtype)

    def column(self, name: str) -> Array:
        """Return the column of a programme.

        Raises
        ------
        KeyError
            If there is none of that name.
        """
        return self.own[name]

    def __len__(self) -> int:
        return len(self.uid)


@dataclass
class Markets:
    """One market per industry line: this year's price against trend and the supply it opened with (grams of scale).

    `demand` (ratio, against the initial year's) and `unsold` (share of the line's income) are terms of the year.
    `labour_demand` is that for off-farm work against the initial year, and `labour_demand_fall` the share by which it
    fell in a year.
    """

    price: F64 = field(default_factory=lambda: np.ones(len(LINES)))
    base_supply: I64 = field(default_factory=lambda: np.zeros(len(LINES), dtype=np.int64))
    weather: float = 1.0
    labour_demand: float = 1.0
    labour_demand_fall: float = 0.0
    demand: F64 = field(default_factory=lambda: np.full(len(LINES), LINE_TERMS["demand"].neutral))
    unsold: F64 = field(default_factory=lambda: np.full(len(LINES), LINE_TERMS["unsold"].neutral))


@dataclass
class County:
    """One county, simulated year by year. `start` is the initial year A; `in_burn_in` before the registry exists.

    `jobs_in_county` are the off-farm jobs held in it in the initial year; `vacancies`, a term, jobs added this year.
    """

    place: Place
    parameters: Parameters
    mechanisms: dict[str, bool | str]
    luck: Luck
    households: Households
    villages: Villages
    start: int
    year: int
    scale: float = 1.0
    level: float = 1.0
    in_burn_in: bool = False
    markets: Markets = field(default_factory=Markets)
    flows: Flows = field(default_factory=Flows)
    referrals: Referrals = field(default_factory=Referrals)
    """Of this year; no part of a saved state."""
    firms: list[Firm] = field(default_factory=list)
    jobs_in_county: int = 0
    vacancies: float = 0.0
    notes: dict[str, float] = field(default_factory=dict)

    def fork(self) -> County:
        """Return an independent copy, to be simulated under other policies; place, parameters and luck are shared."""
        twin = copy.copy(self)
        twin.households = self.households.copy()
        twin.villages = copy.deepcopy(self.villages)
        twin.markets = copy.deepcopy(self.markets)
        twin.firms = copy.deepcopy(self.firms)
        twin.flows, twin.referrals = Flows(), Referrals()
        twin.notes = dict(self.notes)
        return twin

    def reset_terms(self) -> None:
        """Set the year's terms of households, villages, lines and of the county to their neutral values."""
        self.flows.reset(len(self.households))
        for part, terms in ((self.villages, VILLAGE_TERMS), (self.markets, LINE_TERMS)):
            for name, term in terms.items():
                getattr(part, name)[:] = term.neutral
        self.vacancies = COUNTY_TERMS["vacancies"].neutral

    @property
    def villages_share(self) -> float:
        """Simulated villages over those there are: below 1 only in a sample."""
        return len(self.villages) / max(self.place.documented_villages, len(self.villages))

    @property
    def village_scale(self) -> float:
        """Part of a documented village's households that a simulated one holds: its hours and costs are that part."""
        return self.scale / self.villages_share

    def on(self, mechanism: str) -> bool:
        """Whether a switch is on."""
        return self.mechanisms[mechanism] is True

    def value(self, id: str) -> float:
        """The parameter `id` in the current year."""
        return self.parameters.value(id, self.year)

    @property
    def prices(self) -> float:
        """Consumer prices of the year against 2016."""
        return price_index(self.parameters, self.year)

    @property
    def line(self) -> float:
        """The statistical line of the year, yuan a person."""
        return statistical_line(self.parameters, self.year)

    @property
    def registry_line(self) -> float:
        """The registry's line of the year, yuan a person."""
        return registry_line(self.parameters, self.year)
