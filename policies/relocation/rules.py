"""Relocation: eligibility, cost and payers, moving, site jobs limited by vacancies, transition dip, return."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tuopin.agents.columns import Column
from tuopin.agents.county import County
from tuopin.agents.institutions import Site
from tuopin.agents.labour import wage_terms
from tuopin.agents.randomness import RELOCATION
from tuopin.agents.rationing import count_by, first_of_each, reached
from tuopin.agents.registry import registered
from tuopin.policies.ledger import Ledger, fen
from tuopin.policies.protocol import Fen, Mask, Policy, Rows, policy_parameters
from tuopin.policies.relocation.sites import CENTRAL_VILLAGE, assign_sites, make_sites


class Relocation(Policy):
    """Moves remote registered households, and neighbours along with them, to sites with jobs.

    The gain is not put in: it comes from nearer jobs, site vacancies and lost land, so elderly-only households gain
    nothing.
    """

    name = "relocation"
    label = "Relocation to resettlement sites"
    label_zh = "易地搬迁"
    steps = ("programmes", "livelihood", "spending")
    parameters = policy_parameters("relocation", Path(__file__).parent / "parameters.yaml")
    own_columns = (
        Column("relocation_workers", "programme", "int8", "persons", 0, 30, "workers in site jobs", "安置点就业人数"),
        Column("relocation_returned", "programme", "bool", "flag", 0, 1, "went back to the old village", "已返迁"),
        Column(
            "relocation_origin", "programme", "float32", "share", 0, 1, "remoteness before the move", "搬迁前偏远程度"
        ),
        Column("relocation_hazard", "programme", "float32", "ratio", 0, 50, "hazard before the move", "搬迁前灾害暴露"),
    )
    writes = ("zone", "site", "remoteness", "hazard", "land_access", "housing_grade", "safe_water")
    sites: list[Site]
    _places: NDArray[np.int64]

    def prepare(self, county: County) -> None:
        """Set up the sites."""
        self.sites = make_sites(county.place, county.scale)

    def eligible(self, county: County) -> Mask:
        """Remote households: the registered, and neighbours (paid from a part of their own); nobody who went back."""
        h = county.households
        mask: Mask = (h.remoteness >= self.value("remoteness_from", county.year)) & ~h.column("relocation_returned")
        return mask

    def unit_cost(self, county: County, rows: Rows) -> NDArray[np.int64]:
        """Programme cost per person for the registered, the subsidy for neighbours, fen."""
        per_person = np.where(
            registered(county)[rows],
            self.value("cost_per_person", county.year),
            self.value("neighbour_subsidy", county.year),
        )
        return fen(per_person * county.households.members[rows])

    def affordable(self, county: County, rows: Rows, left_fen: int) -> tuple[Rows, NDArray[np.int64]]:
        """The registered first, then neighbours from their part of the budget."""
        h, reserved, slots = county.households, self.value("neighbour_share", county.year), self.slots(county)
        is_registered = registered(county)[rows]
        kept: list[tuple[Rows, Fen]] = []
        for group, share in ((is_registered, 1.0 - reserved), (~is_registered, reserved)):
            mine = rows[group]
            left = len(mine) if slots is None else slots - sum(len(k) for k, _ in kept)
            chosen, cost = reached(
                self.seen_need(county, mine),
                h.uid[mine],
                left,
                int(left_fen * share),
                lambda index, mine=mine: self.unit_cost(county, mine[index]),  # type: ignore[misc]
            )
            kept.append((mine[chosen], cost))
        chosen, cost = (np.concatenate(parts) for parts in zip(*kept, strict=True))
        order = np.argsort(chosen)
        return chosen[order], cost[order]

    def room(self, county: County, rows: Rows) -> Mask:
        """Nobody moves without a place at a site; the registered choose before their neighbours."""
        h = county.households
        is_registered = registered(county)[rows]
        place = np.full(len(rows), -1, dtype=np.int64)
        for group in (is_registered, ~is_registered):
            mine = rows[group]
            lot = county.luck.uniform(RELOCATION, 0, h.uid[mine])
            members = h.members[mine].astype(np.int64)
            place[group] = assign_sites(self.sites, members, h.able_workers[mine] > 0, lot, h.uid[mine])
        self._places = place[place >= 0]
        return place >= 0

    def pay_enrolment(self, county: County, ledger: Ledger, rows: Rows, fen: NDArray[np.int64]) -> None:
        """Split the cost: central investment, the household's own capped part, local bonds and loans the rest."""
        h, year = county.households, county.year
        members = h.members[rows].astype(np.float64)
        own = np.minimum(members * self.value("own_pay_per_person", year), self.value("own_pay_cap", year))
        own_fen = np.minimum((own * 100).astype(np.int64), fen)
        central = np.minimum(
            (members * self.value("central_cost_per_person", year) * 100).astype(np.int64), fen - own_fen
        )
        central[~registered(county)[rows]] = 0
        ledger.post(self.name, "household", rows, own_fen)
        ledger.post(self.name, "central", rows, central)
        ledger.post(self.name, "local_bonds_and_loans", rows, fen - own_fen - central)
        county.flows.own_payment_term[rows] += own_fen / 100.0

    def enrol(self, county: County, rows: Rows) -> None:
        """Move: new site, better house and water, town nearby, less of the old land within reach."""
        h, places = county.households, self._places
        h.column("relocation_origin")[rows] = h.remoteness[rows]
        h.column("relocation_hazard")[rows] = h.hazard[rows]
        h.site[rows] = places
        if self.value("effect", county.year) == 0.0:
            return
        zone = np.array([s.zone for s in self.sites])[places]
        h.zone[rows] = zone
        h.remoteness[rows] = np.array([s.remoteness for s in self.sites])[places]
        h.hazard[rows] = self.value("site_hazard", county.year)
        h.land_access[rows] = np.where(zone == CENTRAL_VILLAGE, 1.0, self.value("land_kept", county.year))
        h.housing_grade[rows] = 3
        h.safe_water[rows] = True

    def withdraw(self, county: County) -> Mask:
        """Some return to the old village; registry exit ends nothing, the house is theirs."""
        leaving = self.enrolled(county)
        rows = np.flatnonzero(leaving)
        u = county.luck.uniform(RELOCATION, county.year, county.households.uid[rows])
        leaving[rows] = u < self.value("return_rate", county.year)
        return leaving

    def release(self, county: County, rows: Rows) -> None:
        """Back to the old village and its land; the place at the site is free again."""
        h = county.households
        h.remoteness[rows] = h.column("relocation_origin")[rows]
        h.hazard[rows] = h.column("relocation_hazard")[rows]
        h.site[rows], h.zone[rows] = -1, 0
        h.land_access[rows] = 1.0
        h.column("relocation_workers")[rows] = 0
        h.column("relocation_returned")[rows] = True

    def recount(self, county: County) -> None:
        """Count residents per site."""
        h = county.households
        persons = np.zeros(len(self.sites), dtype=np.int64)
        count_by(group=h.site, weight=h.members, totals=persons)
        for site in self.sites:
            site.residents = int(persons[site.index])

    def serve(self, county: County, ledger: Ledger) -> None:
        """Charge the transition dip in the first years."""
        since, year = self.since(county), county.year
        if self.value("effect", year) == 0.0:
            return
        fresh = np.flatnonzero((since > 0) & (year - since < self.value("dip_years", year)))
        county.flows.income_factor[fresh] *= 1.0 - self.value("dip", year)

    def employ(self, county: County) -> None:
        """Fill site vacancies with workers still idle and pay their wages."""
        h, f, year = county.households, county.flows, county.year
        rows = np.flatnonzero(self.enrolled(county))
        effect = self.value("effect", year)
        if len(rows) == 0 or effect == 0.0:
            return
        workers = h.column("relocation_workers")
        idle = np.maximum(h.able_workers[rows] - h.off_farm[rows], 0)
        workers[rows] = np.minimum(workers[rows], idle)
        self._fill_jobs(county, rows, idle)
        rows = rows[workers[rows] > 0]
        held = workers[rows]
        f.claimed_workers[rows] += held
        wage = wage_terms(county).local * self.value("site_wage_ratio", year) * effect
        f.wage_term[rows] += held * wage * f.productivity[rows] * f.illness_factor[rows]

    def _fill_jobs(self, county: County, rows: Rows, idle: NDArray[np.int64]) -> None:
        """One job a household with an idle worker and none yet, by lot within the vacancies of its site."""
        h = county.households
        workers = h.column("relocation_workers")
        jobs = np.array([site.jobs for site in self.sites], dtype=np.int64)
        filled = np.bincount(h.site[rows], weights=workers[rows], minlength=len(self.sites)).astype(np.int64)
        if (
            county.on("vacancies") and (filled > jobs).any()
        ):  # a split doubles the post on paper: it stays with the older one
            holding = rows[workers[rows] > 0]
            place, name = h.site[holding], h.uid[holding]
            over = np.ones(len(holding), dtype=np.bool_)
            over[first_of_each(place, name, name, jobs)] = False
            workers[holding[over]] = 0
            filled = np.minimum(filled, jobs)
        wanting = rows[(idle > 0) & (workers[rows] == 0)]
        lot = county.luck.uniforms(RELOCATION, county.year, h.uid[wanting], 2)[:, 1]
        vacancies = jobs - filled if county.on("vacancies") else np.full(len(jobs), len(wanting))
        placed = wanting[first_of_each(h.site[wanting], lot, h.uid[wanting], vacancies)]
        workers[placed] = 1
        filled += np.bincount(h.site[placed], minlength=len(self.sites))
        for site in self.sites:
            site.jobs_filled = int(filled[site.index])
