"""Monitoring against falling back into poverty: lists, causes, visits, referral; inspection, oversight."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tuopin.agents.arrays import F64, I8, I16, I64
from tuopin.agents.columns import EXITED, EXITED_UNSTABLE, NEAR_POOR, OUTSIDE
from tuopin.agents.kernels import pick
from tuopin.agents.randomness import MONITORING
from tuopin.agents.registry import move
from tuopin.agents.review import income_as_seen, registered_status
from tuopin.policies.finding.monitoring.causes import (
    OTHER,
    Chances,
    Watch,
    Watched,
    first_year_share,
    look_through,
    seen_share,
)
from tuopin.policies.finding.monitoring.listing import Terms, decide
from tuopin.policies.finding.monitoring.looks import firm_lost, recorded, revoke_false_exits
from tuopin.policies.finding.monitoring.packages import CAUSES, Sending, sent_to
from tuopin.policies.finding.monitoring.tables import REPORTS, counts
from tuopin.policies.protocol import County, Ledger, OwnColumns, Policy, Set, column, policy_parameters


class MonitoringColumns(OwnColumns):
    """Who is on the list and why."""

    listed: I16 = column("programme", "year", 0, 3000, "on the list of the monitored since (0 not)", "纳入监测年份")
    cause: I8 = column("programme", "code", 0, len(CAUSES) - 1, "recorded cause of risk", "监测风险类型")
    disabled: I8 = column("programme", "persons", 0, 30, "disabled members a year ago", "上年残疾人数")


class Monitoring(Policy):
    """Watches who is outside the register or has left it, and sends who is at risk to measures.

    It enrols nobody and pays nothing: it takes working hours of the teams, and whom it sends competes for the money of
    the programmes that deliver.
    """

    name = "monitoring"
    label = "Monitoring against falling back"
    label_zh = "防返贫监测"
    family = "finding"
    steps = ("shocks", "programmes")
    parameters = policy_parameters("monitoring", Path(__file__).parent / "parameters.yaml")
    own_columns = MonitoringColumns
    writes = ("registry_status", "registered_since", "registry_exit_year", "cause")
    influences = ("every.leakage", "every.interest_only", "every.not_to_poor", "every.one_firm")
    enrols = False
    keeps = ("hours_share", "revoked", "found")
    reports = REPORTS
    hours_share: F64 = np.ones(0)
    """Of the hours asked last year, the share each village's team had."""
    revoked: int = 0
    """Persons whose exit inspection revoked this year."""
    found: int = 0
    """Households put on the list this year."""
    _income: F64 = np.empty(0)
    """Income as this year's search saw it, by household, NaN of who was not looked at; of no use after the year."""

    def own(self, county: County) -> MonitoringColumns:
        """The list."""
        return MonitoringColumns(self.name, county.households)

    def prepare(self, county: County) -> None:
        """Begin without a list, with teams that have had their hours."""
        self.hours_share, self.revoked = np.ones(len(county.villages)), 0
        self.own(county).disabled[:] = county.households.disabled

    def influence(self, county: County) -> Mapping[str, float | Set]:
        """Oversight of money: what leaks, and what distorts credit, times the same factor."""
        factor = self.value("oversight", county.year)
        return {} if factor == 1.0 else dict.fromkeys(self.influences, factor)

    def strike(self, county: County) -> None:
        """Bring the list up to date by last year's income and this year's events, and revoke exits found false."""
        h, own, year = county.households, self.own(county), county.year
        self.revoked = revoke_false_exits(county, self.value("inspection", year))
        self.found, self._income = 0, np.empty(0)
        listed = np.flatnonzero(own.listed)
        left = listed[registered_status(h.registry_status[listed])]  # who is on the register again is watched there
        own.listed[left], own.cause[left] = 0, 0
        if len(listed) or self.value("rounds", year) > 0 or self.value("hotline", year) > 0:
            self._search(county)
        own.disabled[:] = h.disabled

    def _search(self, county: County) -> None:
        """Look through the county; take off the list who leaves it and put on it who is found."""
        h, own, year = county.households, self.own(county), county.year
        watch = Watch(
            self.value("rigid_share", year),
            self.value("fall_share", year),
            self.value("epidemic", year) > 0,
            self.value("looked_under", year) * county.line,
        )
        disaster = county.villages.crop_left < county.markets.weather
        watched = pick(
            Watched,
            h,
            county.flows,
            disaster=disaster,
            firm_lost=firm_lost(county),
            before=own.disabled,
            since=own.listed,
        )
        chances = Chances(self._seen(county), self._false_alarms(year), self.value("hotline", year))
        risk = look_through(watched, watch, chances, county.luck.draws(MONITORING, year))
        found, gone, seen = decide(county, risk, own.listed, self._terms(county, chances))
        self._income = np.full(len(h), np.nan)
        self._income[risk.rows] = seen
        self._release(county, risk.rows[gone])
        rows, cause = risk.rows[found], risk.cause[found]
        self.found = len(rows)
        own.listed[rows] = year
        true = np.where(cause > 0, cause, OTHER)
        own.cause[rows] = recorded(true, self.value("cause_error", year), risk.luck[found, 2:])
        self._mark(county)

    def _terms(self, county: County, chances: Chances) -> Terms:
        """The line of the list, what is seen, and how households leave."""
        year = county.year
        limit = self.value("line_ratio", year) * county.line
        by_income = self.setting("release", year) == "income"
        return Terms(limit, chances.seen, chances.alarm, self.value("release_on_paper", year), by_income)

    def _seen(self, county: County) -> F64:
        sensitivity = self.value("sensitivity", county.year)
        if self.value("supervision", county.year) > 0:
            sensitivity = min(1.0, sensitivity + self.value("supervision_gain", county.year))
        return seen_share(sensitivity, self.value("rounds", county.year), self.hours_share)

    def _false_alarms(self, year: int) -> float:
        if self.value("rounds", year) == 0:  # nobody is looked at
            return 0.0
        supervised = self.value("supervision", year) > 0
        return self.value("false_alarm", year) * (self.value("supervision_alarms", year) if supervised else 1.0)

    def _release(self, county: County, rows: I64) -> None:
        """Take `rows` off the list; who was at the edge of the register is outside it again."""
        h, own = county.households, self.own(county)
        own.listed[rows], own.cause[rows] = 0, 0
        move(county, rows[h.registry_status[rows] == NEAR_POOR], OUTSIDE)

    def _mark(self, county: County) -> None:
        """Give the listed the status by which the review looks at them with certainty."""
        h = county.households
        rows = np.flatnonzero(self.own(county).listed)
        status = h.registry_status[rows]
        move(county, rows[status == OUTSIDE], NEAR_POOR)
        move(county, rows[status == EXITED], EXITED_UNSTABLE)

    def refer(self, county: County) -> Mapping[str, F64]:
        """Send the listed to the measures of their cause that they lack; the first year is covered in part."""
        own, year = self.own(county), county.year
        if self.value("packages", year) == 0:
            return {}
        rows = np.flatnonzero(own.listed)
        if len(rows) == 0:
            return {}
        limit = self.value("line_ratio", year) * county.line
        most, first = int(self.value("most_measures", year)), self._first_year(year)
        share = np.where(own.listed[rows] == year, first, 1.0)
        return sent_to(county, Sending(rows, own.cause[rows], self._seen_income(county, rows), share), limit, most)

    def _seen_income(self, county: County, rows: I64) -> F64:
        """Income of `rows` as seen this year, as the search saw it where it looked."""
        seen = self._income[rows] if len(self._income) else np.full(len(rows), np.nan)
        unseen = np.isnan(seen)
        seen[unseen] = income_as_seen(county, rows[unseen])
        return seen

    def _first_year(self, year: int) -> float:
        return first_year_share(self.value("rounds", year), self.value("delay", year))

    def work(self, county: County) -> F64:
        """Hours of the teams for visits to the listed, and for supervision."""
        year, number = county.year, len(county.villages)
        listed = np.bincount(county.households.village[self.own(county).listed > 0], minlength=number)
        each = self.value("visits", year) * self.value("visit_hours", year) * (1.0 - self.value("helper_share", year))
        more = (
            self.value("supervision_hours", year) * county.village_scale if self.value("supervision", year) > 0 else 0.0
        )
        return np.asarray(listed * each + more)

    def change_terms(self, county: County, ledger: Ledger) -> None:
        """Note what part of their hours the teams had: next year's list is seen by it."""
        self.hours_share = county.referrals.hours_share[self.name].copy()

    def report(self, county: County) -> Mapping[str, float]:
        """The list by status and cause, and who was sent to what and served."""
        own = self.own(county)
        waited = 12.0 * (1.0 - self._first_year(county.year)) * self.found
        numbers = {"exits_revoked_persons": self.revoked, "found_households": self.found, "waited_months": waited}
        events = {name: float(number) for name, number in numbers.items()}
        rows = np.flatnonzero(own.listed)
        return {**counts(county, rows, own.cause[rows]), **events}
