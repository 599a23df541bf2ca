"""A county's year as the measures take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tuopin.agents.arrays import F64, Array
from tuopin.agents.county import County
from tuopin.agents.economy import price_index
from tuopin.agents.groups import further_groups, groups_of
from tuopin.agents.registry import has_exited, registered
from tuopin.agents.review import ON_PAPER
from tuopin.agents.schooling import out_of_school
from tuopin.policies.hours import ASKED, HAD
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy
from tuopin.policies.reports import ENROLLED, WAITING
from tuopin.sim.measures.components import mean_by_decile
from tuopin.sim.measures.state import Cohort, Initial, Lives, Programme, Sources, YearState
from tuopin.sim.measures.sustained import ASSESSMENTS, sustained_exits


class Start(NamedTuple):
    """The initial state's households: effective income in lines, persons, and mean income by tenth."""

    in_lines: Array
    persons: Array
    means: Array


def start_of(county: County) -> Start:
    """The initial state, as copies."""
    h = county.households
    means = mean_by_decile(h.start_decile, h.income_pp, h.members)
    return Start(h.income_pp / county.line, h.members.copy(), means)


def poor_by_view(county: County) -> dict[str, Array]:
    """Who is poor in each view whose moves are followed, bool per household."""
    h = county.households
    return {"true": h.poor_true, "registry": registered(county), "survey": h.poor_survey}


def year_state(
    county: County, policies: Sequence[Policy], start: Start, alone: F64, groups: Sequence[str] = (), **moves: Any
) -> YearState:
    """Return what the measures need of the county's year.

    `alone` is income without what ends with programmes, `groups` the further groups asked for.
    """
    h, years = county.households, county.year - county.start
    exits = sustained_exits(start_poor=h.start_poor, years_above=h.years_above, years_above_alone=h.years_above_alone)
    prices = price_index(county.parameters, county.year, county.start)
    return YearState(
        year=county.year,
        line=county.line,
        members=h.members,
        income=h.income_pp,
        net_income=h.net_income_pp,
        market_income=h.market_income_pp,
        policy_transfers=h.policy_transfers / h.members,
        poor=poor_by_view(county),
        registered=registered(county),
        survey_income=h.survey_income_pp,
        consumption_poor=h.poor_consumption,
        official_poor=h.poor_official,
        medical_payment=h.medical_out_of_pocket,
        subsistence_food=county.value("village.subsistence_food") * county.prices,
        deprivations={
            "income": h.poor_true,
            "schooling": out_of_school(county),
            "medical_cover": ~h.insured | h.care_forgone,
            "safe_housing": h.housing_grade <= 1,
            "safe_water": ~h.safe_water,
        },
        enrolled={policy.name: policy.enrolled(county) for policy in policies},
        groups=groups_of(h) | further_groups(county, groups),
        cohort=Cohort(h.start_persons, *exits) if years >= ASSESSMENTS else None,
        sources=Sources(
            h.wage_income, h.remitted, h.business_income, h.property_income, h.private_transfers, h.public_transfers
        ),
        lives=Lives(years + 1, h.poor_years, h.lines_sum, h.squared_gap_sum),
        initial=Initial(*start, decile=h.start_decile, prices=prices),
        alone=alone,
        vulnerability=h.vulnerability,
        **moves,
    )


def noted(county: County, alone: F64) -> Mapping[str, float]:
    """What the year noted of register and teams, by indicator; `alone` is income without what ends with programmes.

    Nothing is demanded of teams that have no hours: that share is then unknown.
    """
    h, notes = county.households, county.notes
    exited = has_exited(h.registry_status) & (h.registry_exit_year == county.year)
    secure = exited & (alone >= county.line)
    had, asked = notes.get(HAD, 0.0), notes.get(ASKED, 0.0)
    return {
        ON_PAPER: notes.get(ON_PAPER, 0.0),
        "exits_without_support_persons": float(h.members[secure].sum()),
        "hours_demanded_share": asked / had if had > 0 else float("nan"),
        HAD: had,
    }


def paid_by(ledger: Ledger, county: County, policies: Sequence[Policy]) -> Mapping[str, Programme]:
    """What each policy paid this year and whom it paid the year before; the latter is then moved on to this year."""
    found = {}
    for policy in policies:
        received, served = ledger.received(policy.name), policy.served(county)
        found[policy.name] = Programme(received, served.copy())
        served[:] = received > 0
    return found


def reported(policy: Policy, county: County, ledger: Ledger) -> Mapping[str, float]:
    """What a policy reports of the year: of a programme who is enrolled and who waits, and its own figures."""
    own = policy.report(county)
    if not policy.enrols:
        return own
    reach = ledger.reach(policy.name)
    waiting = reach.applied - reach.enrolled + reach.lapsed
    return {ENROLLED.name: float((policy.since(county) > 0).sum()), WAITING.name: float(waiting), **own}
