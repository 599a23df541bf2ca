"""Identification: re-ranking, look-back, audit, exits by procedure, a reset of the line; it holds the yearly review."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tuopin.agents.arrays import F64, I64, Flags
from tuopin.agents.columns import CAUSES
from tuopin.agents.randomness import IDENTIFICATION
from tuopin.agents.registry import registered
from tuopin.agents.review import (
    ON_PAPER,
    Looked,
    certify_on_paper,
    chances,
    detect_falls,
    exit_by_plan,
    look,
    planned,
    verify,
)
from tuopin.agents.schooling import out_of_school
from tuopin.policies.finding.identification.judgement import Looks, Weights, judged_log_income
from tuopin.policies.finding.identification.register import Checked, audit, enter_under, remove_false_entries, rerank
from tuopin.policies.protocol import County, Ledger, Policy, Report, Set, policy_parameters

LINE = "economy.registry_line"
REPORTS = (
    Report("register_removed_persons", "persons", "struck off the register", "剔除人口"),
    Report("register_retained_persons", "persons", "doubtful and kept on the register", "存疑保留人口"),
    Report("register_added_persons", "persons", "added to the register", "补录人口"),
    Report("false_entries_found_persons", "persons", "false entries found by data sharing", "数据比对剔除人口"),
    Report("paper_exits_persons", "persons", "certified as exited without being secure", "纸面脱贫人口"),
)


class Identification(Policy):
    """Ranks the register by judged income, checks it in stated years, and certifies exits; enrols nobody.

    Only programmes whose target is the register feel it. Its scale is what was documented, its accuracy an output.
    """

    name = "identification"
    label = "Precise identification"
    label_zh = "精准识别"
    family = "finding"
    steps = ("programmes", "assessment")
    parameters = policy_parameters("identification", Path(__file__).parent / "parameters.yaml")
    holds = ("review",)
    writes = ("registry_status", "registered_since", "registry_exit_year", "cause")
    sets = (LINE,)
    enrols = False
    keeps = ("checked", "false_found")
    reports = REPORTS
    checked: Checked = Checked()
    """What this year's checks of the register did."""
    false_found: int = 0

    def influence(self, county: County) -> Mapping[str, float | Set]:
        """The registry's line of the year, where this module resets it."""
        line = self.setting("registry_line", county.year)
        return {} if line is None else {LINE: Set(float(line))}

    def work(self, county: County) -> F64:
        """Hours for looking at households: at the registered each year, at everybody when the register is checked."""
        h, year = county.households, county.year
        looked_at = np.ones(len(h), dtype=np.bool_) if self._checks(year) else registered(county)
        number = np.bincount(h.village[looked_at], minlength=len(county.villages))
        return np.asarray(number * self.value("hours_per_look", year), dtype=np.float64)

    def _checks(self, year: int) -> bool:
        return year in (self.value("lookback_year", year), self.value("audit_year", year))

    def review(self, county: County, ledger: Ledger) -> None:
        """Check the register if it is the year for it, certify exits, register falls, enter after a new line."""
        year = county.year
        reached = self.value("checked", year) * county.referrals.hours_share[self.name]
        lot = county.luck.uniforms(IDENTIFICATION, year, county.households.uid, 4)
        at = lot[:, 2] < reached[county.households.village]
        before = registered(county)
        paper = 1.0 - (1.0 - self.value("paper_exits", year)) * (1.0 - county.value("registry.paper_exits"))
        ranks = self._checks(year) or paper > 0.0 or self._raised(year) is not None
        judged = self._judged(county) if ranks else np.zeros(len(before))
        self.checked = self._check(county, judged, reached, at, lot[:, 3])
        looked = look(county, chances(county))
        if (reached < 1.0).any():
            looked = _only(looked, at[looked.rows] | ~looked.listed)
        verified = verify(county, looked)
        plan = planned(county, looked)
        exited = exit_by_plan(county, looked, verified, plan, self._meets(county, looked))
        certify_on_paper(county, looked, -judged[looked.rows], plan.persons - exited, paper)
        detect_falls(county, looked, verified)
        self._enter(county, judged)
        self._misname(county, np.flatnonzero(registered(county) & ~before))

    def _judged(self, county: County) -> F64:
        """Log of judged income of everybody, by the method."""
        year = county.year
        alone = self.setting("method", year) == "none"
        noise = np.full(len(county.villages), self.value("look_noise", year) * (1.0 - self.value("meetings", year)))
        lot = county.luck.uniform(IDENTIFICATION, 0, county.villages.uid, 1)
        noise[lot < self.value("trained_share", year)] *= 1.0 - self.value("training_gain", year)
        told = self.value("account_noise_alone" if alone else "account_noise", year)
        weight = 0.0 if alone else self.value("proxy_weight", year)
        looks = Looks(weight, noise, told * (1.0 - self.value("meetings", year)))
        weights = Weights(*(self.value(f"weight_{name}", year) for name in Weights._fields))
        return judged_log_income(county, looks, weights)

    def _check(self, county: County, judged: F64, reached: F64, at: Flags, lot: F64) -> Checked:
        year, done = county.year, Checked()
        self.false_found = 0
        if year == self.value("lookback_year", year):
            done = rerank(county, judged, at)
        if year == self.value("audit_year", year):
            shares = self.value("doubtful_share", year), self.value("added_share", year)
            removed_of = self.value("removed_of_doubtful", year) * reached
            audited = audit(county, judged, shares[0], removed_of, shares[1], at, lot)
            done = Checked(*(a + b for a, b in zip(done, audited, strict=True)))
        if self._checks(year):
            false = self.value("false_entries", year)
            self.false_found = remove_false_entries(county, false, self.value("data_sharing", year), lot)
        return done

    def _meets(self, county: County, looked: Looked) -> Flags | None:
        """Who has a safe house, safe water, cover and no child out of school; None if that is not asked."""
        if self.value("guarantees_tested", county.year) == 0:
            return None
        h = county.households
        safe = (h.housing_grade > 1) & h.safe_water & h.insured & ~out_of_school(county)
        meets: Flags = safe[looked.rows]
        return meets

    def _enter(self, county: County, judged: F64) -> None:
        """After a rise of the line by this module: list who is newly under it, up to the year's intake."""
        if (before := self._raised(county.year)) is None:
            return
        told, share = county.households.net_income_pp, self.value("intake_share", county.year)
        entered = enter_under(county, judged, told, before, share)
        self.checked = self.checked._replace(added=self.checked.added + entered)

    def _raised(self, year: int) -> float | None:
        """The line of the year before, if this module has raised it since."""
        line, before = self.setting("registry_line", year), self.setting("registry_line", year - 1)
        if line is None or before is None or float(line) <= float(before):
            return None
        return float(before)

    def _misname(self, county: County, rows: I64) -> None:
        """Record the cause of some new entries as another one."""
        h = county.households
        lot = county.luck.uniform(IDENTIFICATION, county.year, h.uid[rows], 1)
        rows = rows[lot < self.value("cause_error", county.year)]
        h.cause[rows] = 1 + h.cause[rows] % CAUSES.index("lack_of_technology_or_funds")

    def report(self, county: County) -> Mapping[str, float]:
        """What was done to the register this year."""
        done = (*self.checked, self.false_found, county.notes.get(ON_PAPER, 0.0))
        return {report.name: float(number) for report, number in zip(REPORTS, done, strict=True)}


def _only(looked: Looked, kept: Flags) -> Looked:
    return Looked(looked.rows[kept], looked.was[kept], looked.of_verification[kept], looked.of_exit[kept])
