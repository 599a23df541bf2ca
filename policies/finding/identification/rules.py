"""Identification: re-ranking, look-back, audit, exits by procedure, a reset of the line; it holds the yearly review."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tuopin.agents.arrays import F64, I64, Flags
from tuopin.agents.columns import CAUSES
from tuopin.agents.economy import registry_line
from tuopin.agents.randomness import IDENTIFICATION
from tuopin.agents.registry import registered
from tuopin.agents.review import (
    ON_PAPER,
    Looked,
    certify_on_paper,
    chances,
    detect_falls,
    exit_by_plan,
    income_as_seen,
    look,
    planned,
    verify,
)
from tuopin.agents.schooling import out_of_school
from tuopin.policies.finding.identification.judgement import Looks, Weights, judged_log_income
from tuopin.policies.finding.identification.register import Checked, audit, enter_under, remove_false_entries, rerank
from tuopin.policies.protocol import County, Ledger, Place, Policy, Report, Set, policy_parameters

LINE = "economy.registry_line"
REPORTS = (
    Report("register_removed_persons", "persons", "struck off the register", "剔除人口"),
    Report("register_retained_persons", "persons", "doubtful and kept on the register", "存疑保留人口"),
    Report("register_added_persons", "persons", "added to the register", "补录人口"),
    Report("false_entries_found_persons", "persons", "false entries found by data sharing", "数据比对剔除人口"),
    Report("paper_exits_persons", "persons", "certified as exited without being secure", "纸面脱贫人口"),
    Report("causes_misnamed_households", "households", "new entries with another cause recorded", "致贫原因误记户"),
    Report("sent_to_development_households", "households", "registered, sent to work and industry", "转介开发式扶贫户"),
    Report("sent_to_allowance_households", "households", "registered, sent to the allowance", "转介保障式扶贫户"),
    Report("sent_wrongly_households", "households", "registered, sent to the wrong of the two", "误分类户"),
)
DEVELOPMENT, ALLOWANCE = ("work", "industry"), ("allowance",)
"""Measures of the two tracks: for who has an able worker, and for who has none."""


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
    keeps = ("checked", "false_found", "misnamed", "tracks")
    reports = REPORTS
    checked: tuple[int, int, int] = (0, 0, 0)
    """Persons that this year's checks of the register removed, doubted and kept, and added."""
    false_found: int = 0
    misnamed: int = 0
    """New entries of this year whose cause is recorded as another."""
    tracks: tuple[int, int, int] = (0, 0, 0)
    """Registered households sent this year to development and to the allowance, and of both those sent wrongly."""

    def problems(self, place: Place, years: tuple[int, int]) -> list[tuple[str, str, str]]:
        """A check of the register in a year that is not simulated, and additions where nobody is outside it."""
        first, last = years[0] + 1, years[1]
        found = []
        for name in ("lookback_year", "audit_year"):
            if (year := int(self.value(name, first))) and not first <= year <= last:
                found.append((name, f"{year} is not simulated", f"a year in {first}..{last}, or 0 for never"))
        audited, added = int(self.value("audit_year", first)), self.value("added_share", first)
        if audited and added > 0 and place.registered_only:
            wrong = f"is {added:g}, but {place.name} has registered households only: there is nobody to add"
            found.append(("added_share", wrong, "0"))
        return found

    def influence(self, county: County) -> Mapping[str, float | Set]:
        """The registry's line of the year, where this module resets it."""
        line = self._line(county.year)
        return {} if line is None else {LINE: Set(line)}

    def _line(self, year: int) -> float | None:
        """The line this module sets in a year: the latest it was given up to then, None before the first."""
        given = self.resolved["registry_line"].value
        if not isinstance(given, Mapping):
            return None if given is None else float(given)
        latest = max((named for named in given if named <= year), default=None)
        return None if latest is None or given[latest] is None else float(given[latest])

    def refer(self, county: County) -> Mapping[str, F64]:
        """With two tracks: send the registered with an able worker to work and industry, the others to the allowance.

        By an error of each household's file, which lasts, a share goes the other way.
        """
        h, year = county.households, county.year
        self.tracks = (0, 0, 0)
        if self.value("two_track", year) == 0:
            return {}
        wrong = county.luck.uniform(IDENTIFICATION, 0, h.uid, 3) < self.value("track_error", year)
        listed, able = registered(county), h.able_workers > 0
        develops = listed & (able != wrong)
        allowed = listed & ~develops
        self.tracks = (int(develops.sum()), int(allowed.sum()), int((listed & wrong).sum()))
        tracks = {**dict.fromkeys(DEVELOPMENT, develops), **dict.fromkeys(ALLOWANCE, allowed)}
        return {measure: mask.astype(np.float64) for measure, mask in tracks.items()}

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
        ranks = self._checks(year) or paper > 0.0 or self._raised(county) is not None
        judged = self._judged(county) if ranks else np.zeros(len(before))
        checked = self._check(county, judged, reached, at, lot[:, 3])
        self.false_found = self._compare(county)
        looked = look(county, chances(county))
        if (reached < 1.0).any():
            looked = _only(looked, at[looked.rows] | ~looked.listed)
        verified = verify(county, looked)
        plan = planned(county, looked)
        exited = exit_by_plan(county, looked, verified, plan, self._meets(county, looked))
        certify_on_paper(county, looked, -judged[looked.rows], plan.persons - exited, paper)
        detect_falls(county, looked, verified)
        added = checked.added + self._enter(county, judged)
        self.checked = (checked.removed, checked.retained, added)
        self.misnamed = self._misname(county, np.flatnonzero(registered(county) & ~before))

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
        if year == self.value("lookback_year", year):
            done = rerank(county, judged, at)
        if year == self.value("audit_year", year):
            shares = self.value("doubtful_share", year), self.value("added_share", year)
            removed_of = self.value("removed_of_doubtful", year) * reached
            audited = audit(county, judged, shares[0], removed_of, shares[1], at, lot)
            done = Checked(*(a + b for a, b in zip(done, audited, strict=True)))
        return done

    def _compare(self, county: County) -> int:
        """Compare the register with other registers when it is checked; return persons struck off as false entries."""
        year = county.year
        false, found = self.value("false_entries", year), self.value("data_sharing", year)
        if not self._checks(year) or false == 0.0 or found == 0.0:
            return 0
        lot = county.luck.uniform(IDENTIFICATION, year, county.households.uid, 2)
        return remove_false_entries(county, false, found, lot)

    def _meets(self, county: County, looked: Looked) -> Flags | None:
        """Who has a safe house, safe water, cover and no child out of school; None if that is not asked."""
        if self.value("guarantees_tested", county.year) == 0:
            return None
        h = county.households
        safe = (h.housing_grade > 1) & h.safe_water & h.insured & ~out_of_school(county)
        meets: Flags = safe[looked.rows]
        return meets

    def _enter(self, county: County, judged: F64) -> int:
        """After a rise of the line by this module list who is newly under it, up to the intake; return persons."""
        if (before := self._raised(county)) is None:
            return 0
        seen = income_as_seen(county, np.arange(len(county.households)))
        return enter_under(county, judged, seen, before, self.value("intake_share", county.year))

    def _raised(self, county: County) -> float | None:
        """The line of the year before, if this module sets one anew this year and it is higher."""
        given, year = self.resolved["registry_line"].value, county.year
        if not isinstance(given, Mapping) or year not in given or (line := self._line(year)) is None:
            return None
        before = self._line(year - 1)
        if before is None:
            before = registry_line(county.parameters, year - 1)
        return before if line > before else None

    def _misname(self, county: County, rows: I64) -> int:
        """Record the cause of some new entries as another one; return how many."""
        h = county.households
        lot = county.luck.uniform(IDENTIFICATION, county.year, h.uid[rows], 1)
        rows = rows[lot < self.value("cause_error", county.year)]
        h.cause[rows] = 1 + h.cause[rows] % CAUSES.index("lack_of_technology_or_funds")
        return len(rows)

    def report(self, county: County) -> Mapping[str, float]:
        """What was done to the register this year."""
        done = (*self.checked, self.false_found, county.notes.get(ON_PAPER, 0.0), self.misnamed, *self.tracks)
        return {report.name: float(number) for report, number in zip(REPORTS, done, strict=True)}


def _only(looked: Looked, kept: Flags) -> Looked:
    return Looked(looked.rows[kept], looked.was[kept], looked.of_verification[kept], looked.of_exit[kept])
