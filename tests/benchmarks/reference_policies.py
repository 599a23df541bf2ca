"""The four policies of the plain-Mesa reference and their institutions."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

import mesa

from tests.benchmarks.reference_household import GRAIN, Household
from tests.benchmarks.reference_programme import Programme
from tuopin.agents.columns import ZONES
from tuopin.agents.firms import make_firms
from tuopin.policies.places.relocation.sites import WITH_WORKER, WITHOUT_WORKER, make_sites
from tuopin.policies.protocol import Policy

if TYPE_CHECKING:
    from tests.benchmarks.reference import ReferenceCounty


class Firm(mesa.Agent):
    """A cooperative or lead firm."""

    def __init__(self, model: mesa.Model, line: int, capacity: int, open_to_all: bool) -> None:
        super().__init__(model)
        self.line, self.capacity, self.alive, self.size = line, capacity, True, 0
        self.open_to_all = open_to_all


class Cooperative(Programme):
    """Linkage to firms: premium or floor and yields for effective members; a failure hits all of a firm's members."""

    def __init__(self, model: ReferenceCounty, policy: Policy) -> None:
        super().__init__(model, policy)
        capacity = model.now.firms.cooperative_capacity
        self.firms = [
            Firm(model, f.line, f.capacity, f.open_to_all) for f in make_firms(model.place, capacity, model.scale)
        ]
        for household in model.households:
            household.reliable, household.lot = model.random.random(), model.random.random()

    def strike(self) -> None:
        for household in self.model.households:
            household.struck = False
        for firm in self.firms:
            if firm.alive and self.model.random.random() < self.model.now.firms.failure:
                firm.alive = False
                for household in self.model.households:
                    if household.firm_of is firm:
                        household.struck = household.effective_member
                        del household.enrolled[self.name]
                        self.release(household)

    def eligible(self, household: Household) -> bool:
        hand = household.able_workers > household.off_farm or household.elderly > 0
        return household.registered and hand and household.land > 0 and not household.paid_for

    def cost(self, household: Household) -> float:
        return self.p.cost_per_household

    def place(self, households: list[Household]) -> list[Household]:
        for firm in self.firms:
            firm.size = 0
        for member in self.members():
            member.firm_of.size += 1
        waiting = sorted(households, key=lambda h: h.lot)
        linked = []
        for own_line in (True, False):
            for firm in sorted((f for f in self.firms if f.alive), key=lambda f: f.size - f.capacity):
                fits = [h for h in waiting if (h.line == firm.line if own_line else h.line <= GRAIN)]
                joining = fits[: max(0, firm.capacity - firm.size)]
                for household in joining:
                    household.firm_of = firm
                firm.size += len(joining)
                linked += joining
                taken = set(joining)
                waiting = [h for h in waiting if h not in taken]
        for firm in (f for f in self.firms if f.alive and f.open_to_all):
            joining = waiting[: max(0, firm.capacity - firm.size)]
            waiting = waiting[len(joining) :]
            for household in joining:
                household.firm_of = firm
            firm.size += len(joining)
            linked += joining
        return linked

    def enrol(self, household: Household) -> None:
        effect = self.p.effect
        household.paid_for = True
        fits = household.line <= GRAIN or household.line == household.firm_of.line
        household.effective_member = fits and household.reliable < self.p.effective_share
        if household.effective_member and effect > 0.0:
            if household.line <= GRAIN:
                household.line, household.line_scale, household.line_age = household.firm_of.line, 0.0, 0
            household.line_scale += self.p.expansion * effect
            household.productive_assets += self.p.cost_per_household * self.p.inputs_share * effect

    def release(self, household: Household) -> None:
        household.firm_of, household.effective_member = None, False

    def change_terms(self) -> None:
        effect = self.p.effect
        better = 1.0 + self.p.yield_gain
        for household in self.model.households:
            if household.struck:
                household.business_factor *= 1.0 - self.p.failure_loss * min(effect, 1.0)
            if household.effective_member:
                market = self.model.price[household.line]
                received = max(market * (1.0 + self.p.price_premium), self.p.price_floor)
                gain = received / market * better
                if market > 1.0 and self.model.random.random() < self.p.side_selling:
                    gain = 1.0
                household.business_factor *= 1.0 + effect * (gain - 1.0)


class HealthInsurance(Programme):
    """Better basic terms, critical illness insurance and medical aid; more care is used because it is cheaper."""

    paid_ratio = 0.0
    """What was paid of last year's claims."""

    def eligible(self, household: Household) -> bool:
        return household.registered and household.insured

    def layers(self, inpatient: float, outpatient: float, ordinary: float) -> float:
        """What the three layers pay beyond the ordinary basic scheme."""
        p, prices, effect = self.model.now.health, self.model.now.prices, self.p.effect
        deductible = p.basic_deductible * prices * (1.0 - effect * (1.0 - self.p.deductible_factor))
        rate = min(1.0, p.basic_rate + effect * self.p.basic_rate_gain)
        gain = effect * max(0.0, self.p.outpatient_rate - p.basic_outpatient_rate)
        basic = min(max(0.0, inpatient - deductible) * rate, p.basic_cap * prices)
        basic += outpatient * min(1.0, p.basic_outpatient_rate + gain)
        bill = inpatient + outpatient
        first = max(0.0, min(basic, bill) - ordinary)
        left = max(0.0, bill - ordinary - first)
        critical = max(0.0, left - self.p.critical_deductible * prices)
        second = critical * min(1.0, effect * self.p.critical_rate)
        aid = (left - second) * min(1.0, effect * self.p.aid_rate)
        return round(first, 2) + round(second, 2) + round(min(aid, self.p.aid_cap * prices), 2)

    def change_terms(self) -> None:
        if self.budget == 0:
            return
        p, prices = self.model.now.health, self.model.now.prices
        typical = p.bill_median * prices
        ordinary = min(max(0.0, typical - p.basic_deductible * prices) * p.basic_rate, p.basic_cap * prices)
        newly = self.paid_ratio * self.layers(typical, 0.0, ordinary) / (typical - ordinary)
        for household in self.members():
            if household.insured:
                household.use_factor *= 1.0 + p.moral_hazard * newly

    def claims(self) -> dict[Household, float]:
        ill = [h for h in self.members() if h.insured and h.inpatient + h.outpatient > 0.0]
        return {h: self.layers(h.inpatient, h.outpatient, h.basic_paid) for h in ill}

    def quote(self) -> None:
        if self.budget > 0.0:
            for household, claim in self.claims().items():
                household.reimbursed += self.paid_ratio * claim

    def reimburse(self) -> None:
        claims = self.claims()
        total = sum(claims.values())
        share = min(1.0, self.money / total) if total > 0.0 else 0.0
        if self.budget == 0.0 or total > 0.0:
            self.paid_ratio = share
        for household, claim in claims.items():
            household.reimbursed += share * claim
        self.spent = (1.0 + self.p.leakage) * share * total


class LowIncomeSupport(Programme):
    """Allowance by tier on last year's income, five-guarantee support, and relief for those struck this year."""

    def need(self, household: Household) -> float:
        tested = max(100.0, household.net_income_pp - household.support / household.members)
        return log(tested / self.p.standard) - self.p.trait_weight * household.traits

    def eligible(self, household: Household) -> bool:
        seen = self.seen_need(household)
        if seen < 0.0:
            return True
        months = 12 * (self.model.year - household.registry_exit_year - 1)
        fading = household.has_exited and months < self.p.support_after_exit_months
        return household.last_allowance == self.model.year - 1 and (fading or seen < log(self.p.retest_margin))

    def is_alone(self, household: Household) -> bool:
        """Falls under the five guarantees: nobody able, below 70 and fit, no child, no relative who sends money."""
        younger = household.working_age + household.elderly - household.aged
        nobody_fit = household.able_workers == 0 and younger <= household.disabled
        childless = household.pupils + household.small_children == 0
        return nobody_fit and childless and household.private_transfers <= 0.0

    def rank(self, household: Household) -> float:
        seen = self.seen_need(household)
        return seen if seen < 0.0 and self.is_alone(household) else seen + 1000.0

    def leaves(self, household: Household) -> bool:
        return True

    def cost(self, household: Household) -> float:
        standard, ratio = self.p.standard, exp(self.seen_need(household))
        p = self.p
        share = p.tier_a if ratio < p.tier_a_below else p.tier_b if ratio < p.tier_b_below else p.tier_c
        if ratio < 1.0 and self.is_alone(household):
            share = self.p.five_guarantee_ratio
        return round(share * standard * household.members, 2)

    def affordable(self, households: list[Household]) -> list[Household]:
        return self.queue(households, self.money * (1.0 - self.p.relief_share))

    def change_terms(self) -> None:
        change = self.p.work_disincentive * self.p.effect
        for household in self.model.households:
            household.allowance = 0.0
            if self.name in household.enrolled:
                household.allowance = self.cost(household)
                household.last_allowance = self.model.year
                if household.able_workers > 0:
                    household.entry_factor *= 1.0 + change

    def transfer(self) -> None:
        line, amount = self.model.now.line, self.p.relief_amount
        struck = []
        for h in self.model.households:
            h.policy_transfers += h.allowance
            h.support = h.allowance
            disaster = h.home.crop_left < self.model.weather
            if h.major_bill > 0 or h.jobs_lost > 0 or h.animals_lost or h.care_forgone or disaster:
                h.present = (h.net_income + h.allowance - h.medical_paid - h.school_paid) / h.members
                if h.present < line:
                    struck.append(h)
        leak = 1.0 + self.p.leakage
        money = min(self.budget - self.spent, self.budget * self.p.relief_share) / leak
        for household in sorted(struck, key=lambda h: h.present):
            money -= amount
            if money < 0.0:
                break
            household.policy_transfers += amount
            household.support += amount
            self.spent += leak * amount


class Site(mesa.Agent):
    """A resettlement site with room for persons and some jobs."""

    def __init__(self, model: mesa.Model, zone: int, capacity: int, jobs: int, remoteness: float) -> None:
        super().__init__(model)
        self.zone, self.capacity, self.jobs, self.remoteness = ZONES[zone], capacity, jobs, remoteness
        self.residents = 0


class Relocation(Programme):
    """Moves remote households to sites; what they gain comes from jobs nearby and at the site."""

    def __init__(self, model: ReferenceCounty, policy: Policy) -> None:
        super().__init__(model, policy)
        sites = make_sites(model.place, model.scale)
        self.sites = [Site(model, s.zone, s.capacity, s.jobs, s.remoteness) for s in sites]
        for household in model.households:
            household.move_lot = model.random.random()

    def eligible(self, household: Household) -> bool:
        return household.remoteness >= self.p.remoteness_from and not household.went_back

    def cost(self, household: Household) -> float:
        per_person = self.p.cost_per_person if household.registered else self.p.neighbour_subsidy
        return round(per_person * household.members, 2)

    def leaves(self, household: Household) -> bool:
        years = self.model.year - household.enrolled[self.name]
        return years <= self.p.return_years and self.model.random.random() < self.p.return_rate

    def affordable(self, households: list[Household]) -> list[Household]:
        reserved = self.p.neighbour_share
        listed = [h for h in households if h.registered]
        neighbours = [h for h in households if not h.registered]
        return [
            *self.queue(listed, self.money * (1.0 - reserved)),
            *self.queue(neighbours, self.money * reserved),
        ]

    def place(self, households: list[Household]) -> list[Household]:
        for site in self.sites:
            site.residents = 0
        for household in self.members():
            household.site_of.residents += household.members
        listed = [h for h in households if h.registered]
        neighbours = [h for h in households if not h.registered]
        return [*self.settle(listed), *self.settle(neighbours)]

    def settle(self, movers: list[Household]) -> list[Household]:
        """Give places zone by zone in the order of preference; within a site by lot until the next does not fit."""
        movers = sorted(movers, key=lambda h: h.move_lot)
        for with_worker, without in zip(WITH_WORKER, WITHOUT_WORKER, strict=True):
            for workers, zone in ((True, with_worker), (False, without)):
                for site in self.sites:
                    if site.zone == zone:
                        self.fill(site, [h for h in movers if h.site_of is None and (h.able_workers > 0) == workers])
        return [h for h in movers if h.site_of is not None]

    def fill(self, site: Site, households: list[Household]) -> None:
        for household in households:
            if site.residents + household.members > site.capacity:
                break
            site.residents += household.members
            household.site_of = site

    def enrol(self, household: Household) -> None:
        h, site = household, household.site_of
        own = min(h.members * self.p.own_pay_per_person, self.p.own_pay_cap, self.cost(h))
        h.own_payment += own
        h.old_home = h.remoteness
        h.remoteness, h.housing_grade, h.safe_water = site.remoteness, 3, True
        h.land_access = 1.0 if site.zone == "central_village" else self.p.land_kept

    def release(self, household: Household) -> None:
        household.remoteness = household.old_home
        household.land_access, household.site_of, household.site_jobs = 1.0, None, 0
        household.went_back = True

    def change_terms(self) -> None:
        for h in self.members():
            out_of_reach = h.land * (1.0 - h.land_access)
            h.rent = self.p.rent_per_mu * self.model.now.prices * min(self.p.effect, 1.0) * out_of_reach
            if self.model.year - h.enrolled[self.name] < self.p.dip_years:
                h.income_factor *= 1.0 - self.p.dip

    def left_alone(self, household: Household) -> bool:
        """Whose support after registry exit is over: no new job is offered."""
        months = 12 * (self.model.year - household.registry_exit_year - 1)
        return household.has_exited and months >= self.p.support_after_exit_months

    def employ(self) -> None:
        settled = self.members()
        wage = self.p.site_wage_month * self.model.now.wage_growth * self.model.now.labour.months * self.p.effect
        for h in settled:
            h.site_jobs = min(h.site_jobs, max(0, h.able_workers - h.off_farm), h.working_age)
        for site in self.sites:
            residents = [h for h in settled if h.site_of is site]
            vacancies = site.jobs - sum(h.site_jobs for h in residents)
            wanting = [h for h in residents if h.site_jobs == 0 and min(h.able_workers - h.off_farm, h.working_age) > 0]
            wanting = [h for h in wanting if not self.left_alone(h)]
            self.model.random.shuffle(wanting)
            for household in wanting[: max(0, vacancies)]:
                household.site_jobs = 1
        for h in settled:
            h.site_wage += h.site_jobs * wage * h.productivity * h.fitness


PROGRAMMES = {
    "cooperative": Cooperative,
    "health_insurance": HealthInsurance,
    "low_income_support": LowIncomeSupport,
    "relocation": Relocation,
}
