"""Cadre support: teams' hours and quality, an exit plan, and the pressure that raises work and false reports alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tuopin.agents.arrays import F64
from tuopin.agents.randomness import CADRES
from tuopin.agents.registry import registered
from tuopin.agents.review import ON_PAPER
from tuopin.policies.arrays import Mask
from tuopin.policies.protocol import County, Ledger, Place, Policy, Report, Set, policy_parameters

PAPER, PLAN = "registry.paper_exits", "registry.planned_exits"
MARGIN, LATE_MARGIN = "registry.exit_margin", "registry.deadline_margin"
MISNAMED, DELAY = "every.cause_error", "every.delay"
REPORTS = (
    Report("team_hours", "hours", "hours added to village teams", "驻村工作队新增工时"),
    Report("covered_villages", "villages", "villages with a team of cadres", "驻村覆盖村", stock=True),
    Report("paper_exits_persons", "persons", "certified as exited without being secure", "纸面脱贫人口"),
)


class CadreSupport(Policy):
    """Adds working hours to village teams, and a plan of exits with the pressure to meet it; enrols nobody.

    Pressure raises effort, and exits certified on paper: how much of either is not known, so both ends are to be shown.
    """

    name = "cadre_support"
    label = "Cadres stationed in villages"
    label_zh = "驻村帮扶"
    family = "staff"
    steps = ("shocks", "programmes", "assessment")
    parameters = policy_parameters("cadre_support", Path(__file__).parent / "parameters.yaml")
    enrols = False
    influences = (MISNAMED, DELAY)
    sets = (PAPER, PLAN, MARGIN, LATE_MARGIN)
    reports = REPORTS
    keeps = ("quality",)
    quality: F64 = np.ones(0)
    """What new members have changed in each team's quality so far, standard deviations, shape (villages,)."""

    def prepare(self, county: County) -> None:
        """Begin with the teams as they are."""
        self.quality = np.zeros(len(county.villages))

    def problems(self, place: Place, years: tuple[int, int]) -> list[tuple[str, str, str]]:
        """A plan of more persons than are registered, and a deadline before the first simulated year."""
        first, last = years[0] + 1, years[1]
        found, registered = [], int(place.registered_persons.value)
        for year in range(first, last + 1):
            planned = self.setting("plan", year)
            if planned is not None and (persons := place.part(round(float(planned)))) > registered:
                wrong = f"{persons:,} persons of {place.name} are to exit in {year}, but {registered:,} are registered"
                found.append(("plan", wrong, f"at most {registered:,} a year"))
        if (deadline := int(self.value("deadline", first))) and deadline < first:
            found.append(("deadline", f"{deadline} is before the first simulated year", f"{first} or later, or 0"))
        return found

    def influence(self, county: County) -> Mapping[str, float | Set]:
        """The exit plan, its deadline, exits on paper, and causes better known where every household is visited."""
        year, moves = county.year, dict[str, float | Set]()
        paper = self.value("paper_gain", year) * self.value("pressure", year)
        if paper > 0.0:
            moves[PAPER] = Set(min(1.0, paper))
        if (planned := self.setting("plan", year)) is not None:
            moves[PLAN] = Set(float(planned))
        deadline, usual = self.value("deadline", year), county.place.deadline
        if 0 < deadline <= year < usual:
            moves[MARGIN] = Set(county.value(LATE_MARGIN))
        if usual <= year < deadline:
            moves[LATE_MARGIN] = Set(county.value(MARGIN))
        if self.value("diagnosis_hours", year) > 0.0:
            visited = float(self.covered(county).mean())
            moves[MISNAMED] = 1.0 - visited * (1.0 - self.value("diagnosis_error", year))
        if (delegated := self.value("delegation", year)) != 1.0:
            moves[DELAY] = delegated
        return moves

    def covered(self, county: County) -> Mask:
        """Which villages have a team of cadres, bool per village: a share of them, the listed and then the remotest."""
        v, year = county.villages, county.year
        if year > self.value("stay_until", year):
            return np.zeros(len(v), dtype=np.bool_)
        worst = self.setting("first", year) == "weakest"
        order = np.lexsort((v.uid, v.cadre_quality if worst else -v.remoteness, ~v.listed))
        mask = np.zeros(len(v), dtype=np.bool_)
        mask[order[: round(self.value("coverage", year) * len(v))]] = True
        return mask

    def protect(self, county: County) -> None:
        """Add the year's hours, and draw the worst teams anew."""
        v, year = county.villages, county.year
        v.hours_term += self._hours(county)
        out = round(self.value("turnover", year) * len(v))
        worst = np.lexsort((v.uid, v.cadre_quality + self.quality))[:out]
        fresh = county.luck.normals(CADRES, year, v.uid[worst])
        self.quality[worst] = fresh - v.cadre_quality[worst]
        v.quality_term += self.quality

    def _hours(self, county: County) -> F64:
        """Hours that come on top of those of each village's own team, shape (villages,).

        (size x hours a member, of the part of a village that is simulated, + pairs x hours a pair) x (1 - formalism) x
        (1 + gain x pressure), in covered villages.
        """
        year, covered = county.year, self.covered(county)
        hours = np.full(len(covered), self.value("team_size", year) * self.value("hours_per_member", year))
        hours *= county.village_scale
        if self.value("paired_share", year) > 0.0:
            paired = county.households.village[self._paired(county)]
            hours += np.bincount(paired, minlength=len(covered)) * self.value("hours_per_pair", year)
        effort = 1.0 + self.value("effort_gain", year) * self.value("pressure", year)
        added: F64 = np.where(covered, hours * (1.0 - self.value("formalism", year)) * effort, 0.0)
        return added

    def _paired(self, county: County) -> Mask:
        """Which registered households of covered villages have a cadre of their own, by a lot that lasts."""
        h, share = county.households, self.value("paired_share", county.year)
        lot = county.luck.uniform(CADRES, 0, h.uid, 1)
        mask: Mask = registered(county) & self.covered(county)[h.village] & (lot < share)
        return mask

    def work(self, county: County) -> F64 | None:
        """Hours for diagnosis visits to every registered household of a covered village."""
        each = self.value("diagnosis_hours", county.year)
        if each == 0.0:
            return None
        number = np.bincount(county.households.village[registered(county)], minlength=len(county.villages))
        return np.asarray(number * each * self.covered(county))

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Pay the members' keep, if that is counted; what pairing does to income is free and nothing by default.

        A model cadre's own money (`own_money`) reaches one village.
        """
        h, year, covered = county.households, county.year, self.covered(county)
        cost = self.value("cost_per_member", year) * self.value("team_size", year) * county.village_scale
        if cost > 0.0 and covered.any():
            yuan = cost * int(covered.sum()) * county.prices
            ledger.post_common(self.name, "sending_unit", covered[h.village], round(yuan * 100.0), int(covered.sum()))
        gain = self.value("help_effect", year) * self.value("effect", year)
        if gain > 0.0 and self.value("paired_share", year) > 0.0:
            county.flows.income_factor[self._paired(county)] *= 1.0 + gain
        if self.value("own_money", year) > 0.0:
            self._give_own_money(county, ledger)

    def _give_own_money(self, county: County, ledger: Ledger) -> None:
        """A model cadre's money of the year: to the registered of the best team's village, for their business.

        They share it equally; `own_return` of it is earned in that year. It is one village, of which a part may be
        simulated; the others get nothing.
        """
        v, h, year = county.villages, county.households, county.year
        listed = registered(county) & (h.able_workers > 0)
        there = np.bincount(h.village[listed], minlength=len(v)) > 0
        if not (there & self.covered(county)).any():
            return
        order = np.lexsort((v.uid, -(v.cadre_quality + self.quality), ~(there & self.covered(county))))
        rows = np.flatnonzero(listed & (h.village == order[0]))
        yuan = self.value("own_money", year) * county.village_scale * county.prices
        ledger.post_common(self.name, "sending_unit", h.village == order[0], round(yuan * 100.0), 1)
        gain = self.value("own_return", year) * self.value("effect", year)
        county.flows.business_term[rows] += gain * yuan / len(rows)

    def report(self, county: County) -> Mapping[str, float]:
        """Hours added, villages covered, exits on paper."""
        villages, hours = int(self.covered(county).sum()), float(self._hours(county).sum())
        numbers = (hours, villages, county.notes.get(ON_PAPER, 0.0))
        return {report.name: float(number) for report, number in zip(REPORTS, numbers, strict=True)}
