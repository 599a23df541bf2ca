"""A household of the plain-Mesa reference: a `mesa.Agent` with attributes and a method for each thing it lives
through.
"""

from __future__ import annotations

from math import exp
from typing import Any

import mesa

from tuopin.agents.columns import EXITED, EXITED_UNSTABLE, OUTSIDE, REGISTERED_POOR, RELAPSED
from tuopin.agents.lines import LINES

GRAIN, LIVESTOCK = LINES.index("grain"), LINES.index("livestock")
WEATHERPROOF = {LINES.index(name) for name in ("livestock", "tourism", "trade")}
GESTATION = {LINES.index("herbs"): "herbs_gestation", LINES.index("fruit"): "fruit_gestation"}


class Household(mesa.Agent):
    """One household; its starting attributes are the columns of the engine's initial county."""

    def __init__(self, model: mesa.Model, village: Any, attributes: dict[str, Any]) -> None:
        super().__init__(model)
        for name, value in attributes.items():
            setattr(self, name, value)
        self.home = village
        self.enrolled: dict[str, int] = {}
        self.willing: dict[str, float] = {}
        self.ever_exited = False
        self.allowance = self.support = 0.0
        self.last_allowance = 0
        self.site_jobs = 0
        self.site_of = self.firm_of = None
        self.effective_member = self.struck = self.went_back = self.paid_for = False
        self.has_children = self.private_transfers > 0.0 or self.elderly < self.members

    @property
    def registered(self) -> bool:
        return self.registry_status in (REGISTERED_POOR, RELAPSED)

    @property
    def adults(self) -> int:
        return self.working_age + self.elderly

    @property
    def traits(self) -> int:
        return (self.chronic > 0) + (self.disabled > 0) + (self.elderly == self.members)

    @property
    def team_error(self) -> float:
        p = self.model.now.registry
        return min(p.most_team_error, max(p.least_team_error, 1.0 - p.cadre_error * self.home.quality))

    @property
    def has_exited(self) -> bool:
        return self.registry_status in (EXITED, EXITED_UNSTABLE)

    def misjudged(self, lasting: float) -> float:
        """An error of judgement of this year: partly what is thought of the household for life."""
        share = self.model.now.registry.lasting_misjudgement
        return share**0.5 * lasting + (1.0 - share) ** 0.5 * self.random.gauss(0.0, 1.0)

    # --- shocks ---------------------------------------------------------------------------------------------------

    def begin_year(self) -> None:
        self.entry_factor = self.business_factor = self.income_factor = self.use_factor = 1.0
        self.site_wage = self.policy_transfers = self.own_payment = self.reimbursed = self.rent = 0.0
        self.poor_before = self.poor_true
        self.exited_before = self.ever_exited

    def fall_ill(self) -> None:
        now, random = self.model.now, self.random
        p = now.health
        weight = (
            self.working_age + p.elderly_risk * self.elderly + (p.chronic_risk - 1.0) * self.chronic
        ) / p.mean_risk
        rate = p.inpatient_rate * weight * (p.forgone_risk if self.care_forgone else 1.0)
        chance = 1.0 - exp(-rate)
        # below 1: a stay anyway; up to the use of care: a stay that cheaper care brings about
        self.stay_luck = random.random() / chance if chance > 0.0 else 1e9
        self.stay_bill = self.major_bill = 0.0
        if self.stay_luck < 2.0:
            self.stay_bill = p.bill_median * now.prices * exp(random.gauss(0.0, p.bill_sigma))
        if random.random() < p.major_rate * self.adults:
            self.major_bill = p.major_median * now.prices * exp(random.gauss(0.0, p.major_sigma))
        u = random.random()
        if u < p.chronic_onset * (self.adults - self.chronic):
            self.chronic += 1
        elif u > 1.0 - p.chronic_recovery * self.chronic:
            self.chronic -= 1
        if random.random() < p.disability_rate * self.adults and self.able_workers > 0:
            self.able_workers -= 1
            self.disabled = min(self.disabled + 1, self.members)
            self.off_farm = min(self.off_farm, self.able_workers)
            self.migrants = min(self.migrants, self.off_farm)
        self.fitness = 1.0
        if self.stay_luck < 1.0:
            self.fitness *= 1.0 - p.income_loss
        if self.major_bill > 0.0:
            self.fitness *= 1.0 - p.major_income_loss

    def meet_accidents(self) -> None:
        now, random = self.model.now, self.random
        self.jobs_lost = sum(random.random() < now.labour.separation_rate for _ in range(self.off_farm))
        self.animals_lost = self.line == LIVESTOCK and random.random() < now.production.animal_loss_rate

    def draw_productivity(self) -> None:
        risk, random = self.model.now.income_risk, self.random
        self.permanent = risk.persistence * self.permanent + random.gauss(0.0, risk.permanent_variance**0.5)
        log = self.skill + self.permanent + random.gauss(0.0, risk.transitory_variance**0.5)
        self.productivity = self.model.level * exp(log)

    # --- livelihood -----------------------------------------------------------------------------------------------

    def seek_work(self) -> None:
        p, random = self.model.now.labour, self.random
        self.off_farm = min(self.off_farm, self.able_workers)
        self.migrants = min(self.migrants, self.off_farm)
        self.wants_local_job = False
        leaves = random.random() < p.exit_rate * self.off_farm
        idle = self.able_workers - self.off_farm
        if idle > 0:
            rate = p.entry_rate * self.model.labour_demand * exp(p.skill_slope * self.skill)
            rate *= 1.0 - p.remote_penalty * (self.remoteness - 0.5)
            rate *= (1.0 + p.motivation_effect * (self.motivation - 0.5)) * self.entry_factor
            if random.random() < 1.0 - exp(-rate * idle):
                if random.random() < p.away_share:
                    self.off_farm += 1
                    self.migrants += 1
                else:
                    self.wants_local_job = True
        if leaves and self.off_farm > 0:
            if random.random() < self.migrants / self.off_farm:
                self.migrants -= 1
            self.off_farm -= 1

    def earn(self) -> None:
        now = self.model.now
        earned = 0.0
        if self.off_farm > 0:
            earned = self.migrants * now.wage_away + (self.off_farm - self.migrants) * now.wage_local
            lost = min(now.labour.months_lost, now.labour.months) / now.labour.months
            earned *= 1.0 - lost * min(self.jobs_lost, self.off_farm) / self.off_farm
        self.wage_income = earned * self.productivity * self.fitness * self.income_factor + self.site_wage

    def produce(self) -> None:
        model, p = self.model, self.model.now.production
        hands = max(0, self.able_workers - self.off_farm - self.site_jobs)
        hands += p.elderly_hand * (self.elderly - self.aged + p.aged_hand * self.aged)
        labour = min(1.0, p.farm_labour_base + p.farm_labour_slope * hands)
        crop = self.home.crop_left
        margin = p.grain_margin * model.now.margins * model.price[GRAIN]
        made = self.land * self.land_access * self.land_quality * margin * crop * labour
        if self.line > GRAIN:
            made += self.line_income() * labour * self.business_factor
        self.business_income = made * self.productivity * self.fitness * self.income_factor
        self.line_age = min(self.line_age + 1, 100)

    def line_income(self) -> float:
        """Income of the industry line with all hands at work."""
        model, p, line = self.model, self.model.now.production, self.line
        if line in GESTATION and self.line_age < getattr(p, GESTATION[line]):
            return 0.0
        yields = 1.0 if line in WEATHERPROOF else self.home.crop_left * self.land_access
        if self.animals_lost:
            yields *= 1.0 - p.animal_loss_share
        return getattr(p, f"income_{LINES[line]}") * model.now.margins * self.line_scale * model.price[line] * yields

    # --- spending and finance -------------------------------------------------------------------------------------

    def gather_income(self) -> None:
        now = self.model.now
        self.property_income = self.savings * now.economy.saving_return + self.rent
        self.private_transfers = 0.0
        if self.elderly == self.members and self.has_children:
            self.private_transfers = self.elderly * now.economy.elderly_private_transfer * now.prices
        self.pension = round(self.elderly * 12.0 * now.economy.resident_pension_month, 2)
        self.subsidy = round(self.land * now.economy.grain_subsidy, 2)
        self.market_income = self.wage_income + self.business_income + self.property_income + self.private_transfers
        self.net_income = self.market_income + self.pension + self.subsidy

    def receive_bills(self) -> None:
        p = self.model.now.health
        stay = self.stay_bill if self.stay_luck < self.use_factor else 0.0
        self.inpatient = round(stay + self.major_bill, 2)
        self.outpatient = round(self.chronic * p.outpatient_cost * self.model.now.prices, 2)
        self.basic_paid = self.basic_scheme()

    def basic_scheme(self) -> float:
        """What the basic scheme pays at ordinary terms."""
        if not self.insured:
            return 0.0
        p, prices = self.model.now.health, self.model.now.prices
        covered = max(0.0, self.inpatient - p.basic_deductible * prices) * p.basic_rate
        return round(min(covered, p.basic_cap * prices) + self.outpatient * p.basic_outpatient_rate, 2)

    def forgo_care(self) -> None:
        """Compare the bill left by `reimbursed`, as yet only a quote, with all means."""
        now = self.model.now
        owed = self.inpatient + self.outpatient - self.basic_paid - self.reimbursed
        income = max(0.0, self.net_income)
        debt = self.debt_due_1 + self.debt_due_2 + self.debt_due_3
        credit = max(0.0, now.finance.borrowing_cap * income - debt)
        self.care_forgone = owed > now.finance.bill_share * income + self.savings + credit
        if self.care_forgone:
            self.inpatient = round(self.inpatient * (1.0 - now.health.forgone_share), 2)
            self.outpatient = round(self.outpatient * (1.0 - now.health.forgone_share), 2)
            self.basic_paid = self.basic_scheme()
        self.reimbursed = 0.0

    def pay(self) -> None:
        p = self.model.now.finance
        income = max(0.0, self.net_income)
        self.out_of_pocket = max(0.0, round(self.inpatient + self.outpatient - self.basic_paid - self.reimbursed, 2))
        school = self.school_cost()
        bearable = p.bill_share * income
        medical_now = min(self.out_of_pocket, bearable)
        school_now = min(school, bearable - medical_now)
        rest = self.out_of_pocket - medical_now + school - school_now
        from_savings = min(rest, self.savings)
        instalment = min(self.debt_due_1, p.instalment_share * income)
        put_off = self.debt_due_1 - instalment
        lent = max(0.0, p.borrowing_cap * income - put_off - self.debt_due_2 - self.debt_due_3)
        borrowed = min(rest - from_savings, lent)
        hardship = max(0.0, p.hardship_share * income - medical_now - school_now - instalment)
        medical_now += min(rest - from_savings - borrowed, hardship)
        own_share = min(self.own_payment, self.savings - from_savings)
        self.formal_loan += self.own_payment - own_share
        self.debt_due_1 = self.debt_due_2 + put_off + borrowed / 3.0
        self.debt_due_2 = self.debt_due_3 + borrowed / 3.0
        self.debt_due_3 = borrowed / 3.0
        self.medical_paid = round(medical_now + instalment, 2)
        self.school_paid = round(school_now, 2)
        left = max(0.0, income - self.medical_paid - self.school_paid)
        savings = max(0.0, self.savings - from_savings - own_share)
        consumed = min(self.wanted(left), left + savings)
        invested = p.invested_share * max(0.0, left - consumed)
        self.savings = max(0.0, savings + left - consumed - invested)
        self.productive_assets *= 1.0 - p.asset_depreciation
        self.productive_assets += invested
        if self.care_forgone:
            self.productive_assets *= 1.0 - p.distress_sale

    def wanted(self, left: float) -> float:
        """Consumption aimed at: part of it follows what is left of this year's income, the rest the usual income."""
        p, line = self.model.now.finance, self.model.now.line * self.members
        usual = (left + self.members * max(0.0, self.net_income_pp + self.net_income_pp_1)) / 3.0
        between = min(1.0, max(0.0, (usual / line - 1.0) / (p.smooth_from - 1.0)))
        follows = p.pass_through_poor + (p.pass_through_rich - p.pass_through_poor) * between
        kept_up = usual - max(0.0, p.saving_rate * (usual - line))
        return max(0.0, follows * left + (1.0 - follows) * kept_up)

    def school_cost(self) -> float:
        p = self.model.now.schooling
        college = max(0.0, p.college_cost - p.college_loan)
        cost = self.pupils * p.compulsory_cost + self.upper_students * p.upper_cost + self.college_students * college
        return cost * self.model.now.prices

    # --- assessment and learning ----------------------------------------------------------------------------------

    def assess(self) -> None:
        self.net_income += self.policy_transfers
        self.net_income_pp_1 = self.net_income_pp
        self.net_income_pp = self.net_income / self.members
        self.income_pp = (self.net_income - self.medical_paid - self.school_paid) / self.members
        self.poor_true = self.income_pp < self.model.now.line
        self.left_poverty = self.poor_before and not self.poor_true
        self.ever_exited = self.ever_exited or self.left_poverty

    def be_reviewed(self) -> None:
        now, random = self.model.now, self.random
        noise = now.registry.verification_noise * self.team_error * self.misjudged(self.known_as)
        self.verified = max(0.0, self.net_income_pp) * exp(noise)
        self.may_exit = self.registered
        fallen = self.verified < now.registry.fall_margin * now.line
        if self.registry_status == EXITED_UNSTABLE:
            self.registry_status = RELAPSED if fallen else EXITED
        elif fallen:
            if self.registry_status == EXITED and random.random() < now.registry.fall_detected:
                self.registry_status = EXITED_UNSTABLE
            elif self.registry_status == OUTSIDE and random.random() < now.registry.addition_detected:
                self.registry_status = REGISTERED_POOR

    def learn(self) -> None:
        if self.able_workers > 0:
            p = self.model.now.learning
            m = self.motivation + p.reversion * (0.5 - self.motivation) + p.peer_gain * self.home.success
            if self.policy_transfers > 0.0:
                m -= p.support_decay
            self.motivation = min(1.0, max(0.0, m))
