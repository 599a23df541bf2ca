"""What the policies of the plain-Mesa reference share: ordinary objects that walk over lists of household agents."""

from __future__ import annotations

from math import floor, log
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tests.benchmarks.reference_household import Household
from tuopin.policies.protocol import Policy

if TYPE_CHECKING:
    from tests.benchmarks.reference import ReferenceCounty


class Programme:
    """What all four share: the year's budget, applicants, funding by need as seen, withdrawal after exit."""

    def __init__(self, model: ReferenceCounty, policy: Policy) -> None:
        self.model, self.policy, self.name = model, policy, policy.name
        for household in model.households:
            household.willing[self.name] = model.random.random()
        self.thought = {household: model.random.gauss(0.0, 1.0) for household in model.households}

    def open_year(self) -> None:
        """Read the year's parameter values and open its account."""
        values = {name: parameter.at(self.model.year) for name, parameter in self.policy.resolved.items()}
        self.p = SimpleNamespace(**values)
        self.budget = float("inf") if self.p.budget is None else self.p.budget * self.model.scale
        self.spent = 0.0
        self.seen: dict[Household, float] = {}

    def members(self) -> list[Household]:
        return [h for h in self.model.households if self.name in h.enrolled]

    # rules a programme may replace
    def strike(self) -> None: ...

    def eligible(self, household: Household) -> bool:
        return household.registered

    def need(self, household: Household) -> float:
        return log(max(100.0, household.net_income_pp))

    def cost(self, household: Household) -> float:
        return 0.0

    def enrol(self, household: Household) -> None: ...

    def release(self, household: Household) -> None: ...

    def change_terms(self) -> None: ...

    def employ(self) -> None: ...

    def quote(self) -> None: ...

    def reimburse(self) -> None: ...

    def transfer(self) -> None: ...

    def leaves(self, household: Household) -> bool:
        months = 12 * (self.model.year - household.registry_exit_year - 1)
        return household.has_exited and months >= self.p.support_after_exit_months

    # the cycle
    def withdraw(self) -> None:
        for household in self.members():
            if self.leaves(household):
                del household.enrolled[self.name]
                self.release(household)

    def applicants(self) -> list[Household]:
        if self.budget == 0 or self.model.year < self.p.start:
            return []
        able = [
            h
            for h in self.model.households
            if self.name not in h.enrolled and h.willing[self.name] < self.acceptance(h) and self.eligible(h)
        ]
        self.waiting = able
        return self.affordable(able)

    def acceptance(self, household: Household) -> float:
        """Take-up; motivated workers refuse more rarely."""
        refused = 1.0 - self.p.take_up
        if household.able_workers > 0:
            refused *= 1.0 - self.model.now.labour.motivation_effect * (household.motivation - 0.5)
        return 1.0 - refused

    def seen_need(self, household: Household) -> float:
        """Need with this year's error, drawn once a household and year."""
        if household not in self.seen:
            error = self.p.targeting_noise * household.team_error * household.misjudged(self.thought[household])
            self.seen[household] = self.need(household) + error
        return self.seen[household]

    def rank(self, household: Household) -> float:
        """The order in which money and hours reach applicants, lower first."""
        return self.seen_need(household)

    def queue(self, households: list[Household], money: float) -> list[Household]:
        """The neediest whose costs fit into `money`; the first that does not fit ends the queue."""
        served = []
        for household in sorted(households, key=self.rank):
            money -= self.cost(household)
            if money < 0.0:
                break
            served.append(household)
        return served

    @property
    def money(self) -> float:
        """Yuan of the year's budget that can reach households; what leaks comes on top."""
        return (self.budget - self.spent) / (1.0 + self.p.leakage)

    def affordable(self, households: list[Household]) -> list[Household]:
        """Whom the year's money reaches; only they take part in the split of hours."""
        return self.queue(households, self.money)

    def place(self, households: list[Household]) -> list[Household]:
        """Who of those served finds room in the programme's institutions."""
        return households

    def fund_and_enrol(self, applicants: list[Household], funded: set[Household]) -> None:
        """Enrol who finds room; the money of the others goes to the next in line while there are hours."""
        while True:
            placed = self.place(applicants)
            for household in placed:
                self.spent += (1.0 + self.p.leakage) * self.cost(household)
                household.enrolled[self.name] = self.model.year
                self.enrol(household)
            if len(placed) == len(applicants) > 0 or (not applicants and not funded):
                return
            self.waiting = [h for h in self.waiting if h not in funded]
            applicants = self.affordable(self.waiting)
            if not applicants:
                return
            funded = set(applicants)
            applicants = self.within_hours(applicants)

    def within_hours(self, applicants: list[Household]) -> list[Household]:
        """Whom the hours left in their villages still serve; takes the hours."""
        served = []
        for household in sorted(applicants, key=self.rank):
            if household.home.hours_left >= self.p.hours_per_household - 1e-9:
                household.home.hours_left -= self.p.hours_per_household
                served.append(household)
        return served


def share_hours(model: ReferenceCounty, applicants: dict[str, list[Household]]) -> None:
    """Split each village team's hours in proportion to demand; each programme keeps the neediest it can serve."""
    hours = {p.name: p.p.hours_per_household for p in model.programmes}
    lists: dict[str, dict[Any, list[Household]]] = {}
    for name, households in applicants.items():
        by_village = lists[name] = {}
        for household in households:
            by_village.setdefault(household.home, []).append(household)
    for village in model.villages:
        village.hours_left = village.hours
        demand = sum(hours[name] * len(by_village.get(village, ())) for name, by_village in lists.items())
        if demand <= village.hours:
            village.hours_left -= demand
            continue
        for programme in model.programmes:
            waiting = lists[programme.name].get(village)
            if waiting and hours[programme.name] > 0:
                served = floor(village.hours / demand * len(waiting) + 1e-9)
                lists[programme.name][village] = sorted(waiting, key=programme.rank)[:served]
        for name, by_village in lists.items():
            village.hours_left -= hours[name] * len(by_village.get(village, ()))
    for name, by_village in lists.items():
        applicants[name] = [household for households in by_village.values() for household in households]
