"""Relocation: eligibility, cost and payers, moving, site jobs limited by vacancies, transition dip, return."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tuopin.agents.arrays import F32, I8, I64, Flags
from tuopin.agents.economy import BASE_YEAR, monthly_wage
from tuopin.agents.institutions import Site
from tuopin.agents.randomness import RELOCATION
from tuopin.agents.rationing import count_by, first_of_each, reached
from tuopin.agents.registry import has_exited, registered
from tuopin.policies.ledger import OWN, fen
from tuopin.policies.places.relocation.sites import CENTRAL_VILLAGE, assign_sites, make_sites
from tuopin.policies.protocol import (
    County,
    Fen,
    Ledger,
    Mask,
    ObservedNeed,
    OwnColumns,
    Places,
    Policy,
    Rows,
    column,
    policy_parameters,
)


class RelocationColumns(OwnColumns):
    """What a household holds at its site, and what it left behind."""

    workers: I8 = column("programme", "persons", 0, 30, "workers in site jobs", "安置点就业人数")
    returned: Flags = column("programme", "flag", 0, 1, "went back to the old village", "已返迁")
    origin: F32 = column("programme", "share", 0, 1, "remoteness before the move", "搬迁前偏远程度")


class Relocation(Policy):
    """Moves remote registered households, and neighbours along with them, to sites with jobs.

    The gain is not put in: it comes from nearer jobs, site vacancies and lost land, so elderly-only households gain
    nothing.
    """

    name = "relocation"
    label = "Relocation to resettlement sites"
    label_zh = "易地搬迁"
    family = "places"
    steps = ("programmes", "livelihood", "spending")
    parameters = policy_parameters("relocation", Path(__file__).parent / "parameters.yaml")
    own_columns = RelocationColumns
    measures = ("housing",)
    capital_years = 30
    writes = ("zone", "site", "remoteness", "land_access", "housing_grade", "safe_water")
    keeps = ("sites",)
    sites: list[Site]

    def own(self, county: County) -> RelocationColumns:
        """Site jobs, and the place before the move."""
        return RelocationColumns(self.name, county.households)

    def prepare(self, county: County) -> None:
        """Set up the sites."""
        self.sites = make_sites(county.place, county.scale)

    def target(self, county: County) -> Mask:
        """Everybody: the registered, and neighbours, who are paid from a part of their own."""
        return np.ones(len(county.households), dtype=np.bool_)

    def suitable(self, county: County) -> Mask:
        """Remote households, but nobody who went back."""
        remote = county.households.remoteness >= self.value("remoteness_from", county.year)
        mask: Mask = remote & ~self.own(county).returned
        return mask

    def unit_cost(self, county: County, rows: Rows, observed: ObservedNeed) -> Fen:
        """Programme cost per person for the registered, the subsidy for neighbours, fen."""
        per_person = np.where(
            registered(county)[rows],
            self.value("cost_per_person", county.year),
            self.value("neighbour_subsidy", county.year),
        )
        return fen(per_person * county.households.members[rows])

    def affordable(self, county: County, rows: Rows, left_fen: int, observed: ObservedNeed) -> tuple[Rows, Fen]:
        """The registered first, then neighbours from their part of the budget."""
        h, reserved, slots = county.households, self.value("neighbour_share", county.year), self.slots(county)
        is_registered = registered(county)[rows]
        kept: list[tuple[Rows, Fen]] = []
        for group, share in ((is_registered, 1.0 - reserved), (~is_registered, reserved)):
            mine = rows[group]
            left = len(mine) if slots is None else slots - sum(len(k) for k, _ in kept)
            chosen, cost = reached(
                observed.of(mine),
                h.uid[mine],
                left,
                int(left_fen * share),
                lambda index, mine=mine: self.unit_cost(county, mine[index], observed),  # type: ignore[misc]
            )
            kept.append((mine[chosen], cost))
        chosen, cost = (np.concatenate(parts) for parts in zip(*kept, strict=True))
        order = np.argsort(chosen)
        return chosen[order], cost[order]

    def absorbs(self, county: County) -> float:
        """Money, yuan, at which the registered remote households have all been reached, that of neighbours included."""
        h, first = county.households, county.year + 1
        remote = registered(county) & (h.remoteness >= self.value("remoteness_from", first))
        for_registered = h.members[remote].sum() * self.value("take_up", first) * self.value("cost_per_person", first)
        kept = 1.0 - self.value("neighbour_share", first)
        return float(for_registered) / kept if kept > 0 else 0.0

    def room(self, county: County, rows: Rows) -> Places:
        """The site with room for each household, -1 where none has; the registered choose before their neighbours."""
        h = county.households
        is_registered = registered(county)[rows]
        places = np.full(len(rows), -1, dtype=np.int64)
        for group in (is_registered, ~is_registered):
            mine = rows[group]
            lot = county.luck.uniform(RELOCATION, 0, h.uid[mine])
            members = h.members[mine].astype(np.int64)
            places[group] = assign_sites(self.sites, members, h.able_workers[mine] > 0, lot, h.uid[mine])
        return places

    def pay_enrolment(self, county: County, ledger: Ledger, rows: Rows, fen: Fen) -> None:
        """Split the cost: central investment, the household's own capped part, local bonds and loans the rest."""
        h, year = county.households, county.year
        members = h.members[rows].astype(np.float64)
        own = np.minimum(members * self.value("own_pay_per_person", year), self.value("own_pay_cap", year))
        own_fen = np.minimum((own * 100).astype(np.int64), fen)
        central = np.minimum(
            (members * self.value("central_cost_per_person", year) * 100).astype(np.int64), fen - own_fen
        )
        central[~registered(county)[rows]] = 0
        ledger.post(self.name, "household", rows, own_fen, OWN)
        ledger.post(self.name, "central", rows, central)
        ledger.post(self.name, "local_bonds_and_loans", rows, fen - own_fen - central)
        county.flows.own_payment_term[rows] += own_fen / 100.0

    def enrol(self, county: County, rows: Rows, places: Places) -> None:
        """Move: new site, better house and water, town nearby, less of the old land within reach."""
        h, own = county.households, self.own(county)
        own.origin[rows] = h.remoteness[rows]
        h.site[rows] = places
        if self.value("effect", county.year) == 0.0:
            return
        zone = np.array([s.zone for s in self.sites])[places]
        h.zone[rows] = zone
        h.remoteness[rows] = np.array([s.remoteness for s in self.sites])[places]
        h.land_access[rows] = np.where(zone == CENTRAL_VILLAGE, 1.0, self.value("land_kept", county.year))
        h.housing_grade[rows] = 3
        h.safe_water[rows] = True

    def withdraw(self, county: County) -> Mask:
        """Some return to the old village in their first years; registry exit ends nothing, the house is theirs."""
        since = self.since(county)
        leaving = np.zeros(len(since), dtype=np.bool_)
        rows = np.flatnonzero((since > 0) & (county.year - since <= self.value("return_years", county.year)))
        u = county.luck.uniform(RELOCATION, county.year, county.households.uid[rows])
        leaving[rows] = u < self.value("return_rate", county.year)
        return leaving

    def release(self, county: County, rows: Rows) -> None:
        """Back to the old village and its land; the place at the site is free again."""
        h, own = county.households, self.own(county)
        h.remoteness[rows] = own.origin[rows]
        h.site[rows], h.zone[rows] = -1, 0
        h.land_access[rows] = 1.0
        own.workers[rows] = 0
        own.returned[rows] = True

    def recount(self, county: County) -> None:
        """Count residents per site."""
        h = county.households
        persons = np.zeros(len(self.sites), dtype=np.int64)
        count_by(group=h.site, weight=h.members, totals=persons)
        for site in self.sites:
            site.residents = int(persons[site.index])

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Charge the transition dip in the first years, and let the land that is out of reach."""
        h, since, year = county.households, self.since(county), county.year
        effect = self.value("effect", year)
        if effect == 0.0:
            return
        rows = np.flatnonzero(since > 0)
        rent = self.value("rent_per_mu", year) * county.prices * min(effect, 1.0)
        county.flows.property_term[rows] += rent * h.land[rows] * (1.0 - h.land_access[rows])
        fresh = np.flatnonzero((since > 0) & (year - since < self.value("dip_years", year)))
        county.flows.income_factor[fresh] *= 1.0 - self.value("dip", year)

    def employ(self, county: County) -> None:
        """Fill site vacancies with workers still idle, nobody past working age, and pay their wages."""
        h, f, year = county.households, county.flows, county.year
        rows = np.flatnonzero(self.enrolled(county))
        effect = self.value("effect", year)
        if len(rows) == 0 or effect == 0.0:
            return
        workers = self.own(county).workers
        idle = np.minimum(np.maximum(h.able_workers[rows] - h.off_farm[rows], 0), h.working_age[rows])
        workers[rows] = np.minimum(workers[rows], idle)
        self._fill_jobs(county, rows, idle)
        rows = rows[workers[rows] > 0]
        held = workers[rows]
        f.claimed_workers[rows] += held
        wage = self._yearly_wage(county) * effect
        f.wage_term[rows] += held * wage * f.productivity[rows] * f.illness_factor[rows]

    def _yearly_wage(self, county: County) -> float:
        """Wage of a year at a site for a worker of mean productivity, yuan: it follows the wage of all workers."""
        p, year = county.parameters, county.year
        growth = monthly_wage(p, year, county.start) / monthly_wage(p, min(BASE_YEAR, year), county.start)
        return self.value("site_wage_month", year) * growth * county.value("labour.months")

    def _is_left_alone(self, county: County, rows: Rows) -> Mask:
        """Whose support after registry exit has run out, bool of `rows`."""
        h = county.households
        months = 12 * (county.year - h.registry_exit_year[rows].astype(np.int64) - 1)
        over: Mask = has_exited(h.registry_status[rows]) & (
            months >= self.value("support_after_exit_months", county.year)
        )
        return over

    def _fill_jobs(self, county: County, rows: Rows, idle: I64) -> None:
        """One job a household with an idle worker and none yet, by lot within the vacancies of its site.

        Nobody is offered one when support after registry exit is over; who has one keeps it.
        """
        h = county.households
        workers = self.own(county).workers
        jobs = np.array([site.jobs for site in self.sites], dtype=np.int64)
        filled = np.bincount(h.site[rows], weights=workers[rows], minlength=len(self.sites)).astype(np.int64)
        # a split doubles the post on paper: it stays with the older one
        if county.on("vacancies") and (filled > jobs).any():
            holding = rows[workers[rows] > 0]
            place, name = h.site[holding], h.uid[holding]
            over = np.ones(len(holding), dtype=np.bool_)
            over[first_of_each(place, name, name, jobs)] = False
            workers[holding[over]] = 0
            filled = np.minimum(filled, jobs)
        wanting = rows[(idle > 0) & (workers[rows] == 0) & ~self._is_left_alone(county, rows)]
        lot = county.luck.uniforms(RELOCATION, county.year, h.uid[wanting], 2)[:, 1]
        vacancies = jobs - filled if county.on("vacancies") else np.full(len(jobs), len(wanting))
        placed = wanting[first_of_each(h.site[wanting], lot, h.uid[wanting], vacancies)]
        workers[placed] = 1
        filled += np.bincount(h.site[placed], minlength=len(self.sites))
        for site in self.sites:
            site.jobs_filled = int(filled[site.index])
