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
from tuopin.policies.protocol import County, Ledger, Policy, Report, Set, policy_parameters

PAPER, PLAN, MARGIN = "registry.paper_exits", "registry.exit_share", "registry.exit_margin"
MISNAMED = "every.cause_error"
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
    influences = (MISNAMED,)
    sets = (PAPER, PLAN, MARGIN)
    reports = REPORTS
    keeps = ("quality",)
    quality: F64 = np.ones(0)
    """What new members have changed in each team's quality so far, standard deviations, shape (villages,)."""

    def prepare(self, county: County) -> None:
        """Begin with the teams as they are."""
        self.quality = np.zeros(len(county.villages))

    def influence(self, county: County) -> Mapping[str, float | Set]:
        """The exit plan, its deadline, exits on paper, and causes better known where every household is visited."""
        year, moves = county.year, dict[str, float | Set]()
        paper = self.value("paper_gain", year) * self.value("pressure", year)
        if paper > 0.0:
            moves[PAPER] = Set(min(1.0, paper))
        if (planned := self.setting("plan", year)) is not None:
            members = county.households.members[registered(county)].sum()
            share = county.place.part(round(float(planned) * county.scale)) / max(int(members), 1)
            moves[PLAN] = Set(min(1.0, share))
        deadline = self.value("deadline", year)
        if 0 < deadline <= year < county.place.deadline:
            moves[MARGIN] = Set(county.parameters.value("registry.deadline_margin", year))
        if self.value("diagnosis_hours", year) > 0.0:
            moves[MISNAMED] = self.value("diagnosis_error", year)
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
        v.hours_term += np.where(self.covered(county), self._hours_of_a_team(county), 0.0)
        out = round(self.value("turnover", year) * len(v))
        worst = np.lexsort((v.uid, v.cadre_quality + self.quality))[:out]
        fresh = county.luck.normals(CADRES, year, v.uid[worst])
        self.quality[worst] = fresh - v.cadre_quality[worst]
        v.quality_term += self.quality

    def _hours_of_a_team(self, county: County) -> float:
        """Hours a team adds, of the part of a village that is simulated.

        Size x hours a member x (1 - formalism) x (1 + gain x pressure).
        """
        year = county.year
        effort = 1.0 + self.value("effort_gain", year) * self.value("pressure", year)
        hours = self.value("team_size", year) * self.value("hours_per_member", year)
        return hours * (1.0 - self.value("formalism", year)) * effort * county.village_scale

    def work(self, county: County) -> F64 | None:
        """Hours for diagnosis visits to every registered household of a covered village."""
        each = self.value("diagnosis_hours", county.year)
        if each == 0.0:
            return None
        number = np.bincount(county.households.village[registered(county)], minlength=len(county.villages))
        return np.asarray(number * each * self.covered(county))

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Pay the members' keep, if that is counted; what pairing does to income is free and nothing by default."""
        h, year, covered = county.households, county.year, self.covered(county)
        cost = self.value("cost_per_member", year) * self.value("team_size", year) * county.village_scale
        if cost > 0.0 and covered.any():
            yuan = cost * int(covered.sum()) * county.prices
            ledger.post_common(self.name, "sending_unit", covered[h.village], round(yuan * 100.0), int(covered.sum()))
        gain = self.value("help_effect", year) * self.value("effect", year)
        if gain > 0.0:
            county.flows.income_factor[registered(county) & covered[h.village]] *= 1.0 + gain

    def report(self, county: County) -> Mapping[str, float]:
        """Hours added, villages covered, exits on paper."""
        villages = int(self.covered(county).sum())
        hours = self._hours_of_a_team(county) * villages
        numbers = (hours, villages, county.notes.get(ON_PAPER, 0.0))
        return {report.name: float(number) for report, number in zip(REPORTS, numbers, strict=True)}
