"""The plain-Mesa reference: a stated core of the model written the ordinary Mesa way, one `Agent` per household.

The core is everything but demography: income (productivity, off-farm work, wages, farm and industry, covariate shocks,
prices under county supply), illness (stays, bills, chronic illness, the basic scheme, care forgone, who pays, debt),
the four policies with budgets, hours and institutions, and status (effective income, true poverty, registry). It is
written from the rules and shares no rule with the engine: it takes the engine's initial county, its list of firms and
sites and its parameter values, and draws from Mesa's own generator. It is the yardstick of speed and an independent
check of the engine's results.
"""

from __future__ import annotations

from math import exp

import mesa

from tests.benchmarks.reference_household import Household
from tests.benchmarks.reference_measures import Measures
from tests.benchmarks.reference_numbers import SOLD_OUTSIDE, numbers_of
from tests.benchmarks.reference_policies import PROGRAMMES
from tests.benchmarks.reference_programme import Programme, share_hours
from tuopin.agents.columns import EXITED
from tuopin.agents.county import County
from tuopin.agents.lines import LINES
from tuopin.agents.randomness import VERIFICATION
from tuopin.policies.protocol import Policy

CORE = {"demography": False}
"""The switches that make the engine live the same core."""


class Village(mesa.Agent):
    """A village: its team's hours and quality, its exposure, and the year's harvest and success."""

    def __init__(self, model: mesa.Model, hours: float, quality: float, hazard: float) -> None:
        super().__init__(model)
        self.hours, self.quality, self.hazard = hours, quality, hazard
        self.crop_left, self.success = 1.0, 0.0
        self.households: list[Household] = []

    def meet_weather(self) -> None:
        p = self.model.now.production
        self.crop_left = self.model.weather
        if self.random.random() < p.disaster_rate * self.hazard:
            self.crop_left *= 1.0 - p.disaster_loss

    def count_success(self) -> None:
        self.success = sum(h.left_poverty for h in self.households) / max(1, len(self.households))


class ReferenceCounty(mesa.Model):
    """A county of household agents; `step()` is one year. `policies` give parameter values; their rules are not
    called.
    """

    def __init__(self, county: County, policies: list[Policy], seed: int, all_measures: bool = False) -> None:
        super().__init__(seed=seed)
        self.parameters, self.place, self.scale = county.parameters, county.place, county.scale
        self.level = county.level
        self.start = self.year = county.start
        self.now = numbers_of(self.parameters, self.year, self.start)
        v = county.villages
        rows = zip(v.hours.tolist(), v.cadre_quality.tolist(), v.hazard.tolist(), strict=True)
        self.villages = [Village(self, *row) for row in rows]
        columns = {name: array.tolist() for name, array in county.households.as_mapping().items()}
        # the register it begins with was made by teams who think of households what they will go on thinking
        columns["known_as"] = county.luck.normals(VERIFICATION, 0, county.households.uid).tolist()
        for i in range(len(county.households)):
            home = self.villages[columns["village"][i]]
            home.households.append(Household(self, home, {name: values[i] for name, values in columns.items()}))
        self.households = self.agents_by_type[Household]
        self.base_supply = self.supply()
        self.county_jobs = sum(h.off_farm - h.migrants for h in self.households)
        self.price = dict.fromkeys(range(len(LINES)), 1.0)
        self.weather = self.labour_demand = 1.0
        self.programmes: list[Programme] = [PROGRAMMES[p.name](self, p) for p in sorted(policies, key=lambda p: p.name)]
        self.costs: dict[str, float] = {}
        self.datacollector = mesa.DataCollector(model_reporters=REPORTERS)
        self.measures = Measures(self) if all_measures else None

    def step(self) -> None:
        self.year += 1
        self.now = numbers_of(self.parameters, self.year, self.start)
        self.households.do("begin_year")
        for programme in self.programmes:
            programme.open_year()
        self.strike()
        self.households.do("draw_productivity")
        self.run_programmes()
        self.households.do("seek_work")
        self.fill_vacancies()
        for programme in self.programmes:
            programme.employ()
        self.households.do("earn")
        self.households.do("produce")
        self.spend()
        for programme in self.programmes:
            programme.transfer()
        self.households.do("assess")
        self.households.do("be_reviewed")
        self.exit_by_schedule()
        self.agents_by_type[Village].do("count_success")
        self.households.do("learn")
        self.keep_accounts()
        if self.measures is not None:
            self.measures.record()
        else:
            self.datacollector.collect(self)

    def strike(self) -> None:
        p = self.now.production
        for line, name in enumerate(LINES):
            sd = p.price_sd_livestock if name == "livestock" else p.price_sd_crops
            if name in SOLD_OUTSIDE:
                sd = p.price_sd_grain
            self.price[line] = exp(self.random.gauss(0.0, sd) - sd**2 / 2.0)
        self.weather = exp(self.random.gauss(0.0, p.weather_sd) - p.weather_sd**2 / 2.0)
        self.labour_demand = self.now.demand * exp(self.random.gauss(0.0, self.now.labour.demand_shock_sd))
        self.agents_by_type[Village].do("meet_weather")
        self.households.do("meet_accidents")
        self.households.do("fall_ill")
        for programme in self.programmes:
            programme.strike()

    def supply(self) -> dict[int, float]:
        """County supply of each line, in typical households."""
        total = dict.fromkeys(range(len(LINES)), 0.0)
        for household in self.households:
            total[household.line] += household.line_scale
        return total

    def settle_prices(self) -> None:
        """Press prices by county supply as it stands after this year's enrolment."""
        supply = self.supply()
        for line, name in enumerate(LINES):
            if name not in SOLD_OUTSIDE and self.base_supply[line] > 0:
                ratio = max(supply[line] / self.base_supply[line], 1e-9)
                self.price[line] *= ratio**-self.now.production.supply_elasticity

    def run_programmes(self) -> None:
        for programme in self.programmes:
            programme.withdraw()
        applicants = {programme.name: programme.applicants() for programme in self.programmes}
        funded = {name: set(households) for name, households in applicants.items()}
        share_hours(self, applicants)
        for programme in self.programmes:
            programme.fund_and_enrol(applicants[programme.name], funded[programme.name])
        self.settle_prices()
        for programme in self.programmes:
            programme.change_terms()

    def fill_vacancies(self) -> None:
        vacancies = round(self.county_jobs * self.now.labour.vacancy_rate * self.labour_demand)
        wanting = [h for h in self.households if h.wants_local_job]
        self.random.shuffle(wanting)
        for household in wanting[:vacancies]:
            household.off_farm += 1

    def spend(self) -> None:
        self.households.do("gather_income")
        self.households.do("receive_bills")
        for programme in self.programmes:
            programme.quote()
        self.households.do("forgo_care")
        for programme in self.programmes:
            programme.reimburse()
        self.households.do("pay")

    def exit_by_schedule(self) -> None:
        """Let registered households leave in order of verified income until the year's planned persons are reached."""
        p = self.now.registry
        margin = p.deadline_margin if self.year >= self.place.deadline else p.exit_margin
        candidates = [h for h in self.households if h.may_exit]
        planned = int(min(1.0, p.exit_share) * sum(h.members for h in candidates))
        if self.place.plan is not None and self.year in self.place.plan.value:
            planned = round(self.place.plan.value[self.year] * self.scale)
        fit = [h for h in candidates if h.verified >= margin * self.now.registry_line]
        for household in sorted(fit, key=lambda h: -h.verified):
            planned -= household.members
            if planned < 0:
                break
            household.registry_status = EXITED
            household.registry_exit_year = self.year

    def keep_accounts(self) -> None:
        self.costs = {programme.name: programme.spent for programme in self.programmes}
        self.costs["basic_insurance"] = sum(h.basic_paid for h in self.households)
        self.costs["resident_pension"] = sum(h.pension for h in self.households)
        self.costs["grain_subsidy"] = sum(h.subsidy for h in self.households)


def _persons(model: ReferenceCounty) -> int:
    return sum(h.members for h in model.households)


def _headcount(model: ReferenceCounty) -> float:
    return sum(h.members for h in model.households if h.poor_true) / _persons(model)


def _poverty_gap(model: ReferenceCounty) -> float:
    line = model.now.line
    gaps = sum(h.members * min(1.0, (line - h.income_pp) / line) for h in model.households if h.poor_true)
    return gaps / _persons(model)


def _mean_income(model: ReferenceCounty) -> float:
    return sum(h.members * h.income_pp for h in model.households) / _persons(model)


def _net_headcount(model: ReferenceCounty) -> float:
    return sum(h.members for h in model.households if h.net_income_pp < model.now.line) / _persons(model)


def _registered(model: ReferenceCounty) -> int:
    return sum(h.members for h in model.households if h.registered)


def _exit_rate(model: ReferenceCounty) -> float:
    left = sum(h.members for h in model.households if h.left_poverty)
    return left / sum(h.members for h in model.households if h.poor_before)


def _reentry_rate(model: ReferenceCounty) -> float:
    at_risk = [h for h in model.households if h.exited_before and not h.poor_before]
    return sum(h.members for h in at_risk if h.poor_true) / sum(h.members for h in at_risk) if at_risk else float("nan")


def _catastrophic(model: ReferenceCounty) -> float:
    food = model.now.village.subsistence_food * model.now.prices
    struck = (h for h in model.households if h.out_of_pocket > 0.0)
    hit = sum(h.members for h in struck if h.out_of_pocket >= 0.4 * max(0.0, h.net_income_pp - food) * h.members)
    return hit / _persons(model)


REPORTERS = {
    "headcount_ratio": _headcount,
    "poverty_gap": _poverty_gap,
    "mean_income_per_person": _mean_income,
    "net_income_headcount_ratio": _net_headcount,
    "registered_persons": _registered,
    "exit_rate": _exit_rate,
    "reentry_rate": _reentry_rate,
    "catastrophic_health_spending_rate": _catastrophic,
    "costs": lambda model: model.costs,
}
"""Model reporters of the data collector; names are the engine's indicators."""
