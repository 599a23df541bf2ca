"""Figures of a year that are given for everybody or for groups of their own: components, long run, programmes."""

from __future__ import annotations

import numpy as np

from tuopin.agents.arrays import Array
from tuopin.sim.measures.components import growth_incidence, growth_redistribution, income_shares
from tuopin.sim.measures.counting import persons_where, share_of_persons
from tuopin.sim.measures.lives import LEAST_YEARS, long_run
from tuopin.sim.measures.programmes import benefit_incidence, programme_values, reached, total_received
from tuopin.sim.measures.state import YearState
from tuopin.sim.measures.vulnerability import VULNERABLE, binned_area_under_curve

Figures = dict[tuple[str, str], float]
"""(group, indicator) -> value."""


FORETOLD = 2
"""Assessments, the initial one counted, after which the estimate is held against the truth: that of the next year."""


def whole_county(state: YearState) -> Figures:
    """Return what is known of the whole county's incomes and lives."""
    found: Figures = {}
    for name, flags in state.deprivations.items():
        found["all", f"deprivation_{name}"] = share_of_persons(flags, state.members)
    if state.sources is not None:
        found |= {("all", name): value for name, value in income_shares(state.sources).items()}
    if state.initial is not None:
        change = growth_redistribution(state.initial, state.income, state.members, state.line)
        found |= {("all", f"headcount_change_by_{name}"): value for name, value in change._asdict().items()}
        growth = growth_incidence(state.initial, state.income, state.members)
        found |= {(f"start_decile={k}", "real_income_growth"): value for k, value in growth.items()}
    if state.vulnerability is not None:
        found |= _vulnerability(state, state.vulnerability)
    if state.lives is not None:
        found |= _long_run(state)
    return found | {("all", name): value for name, value in state.notes.items()}


def _vulnerability(state: YearState, estimate: Array) -> Figures:
    """The estimate of the initial state: the share it calls vulnerable, and how well it meets the next year's truth."""
    found: Figures = {("all", "vulnerable_share"): share_of_persons(estimate >= VULNERABLE, state.members)}
    if state.lives is not None and state.lives.years == FORETOLD:
        found["all", "vulnerability_auc"] = binned_area_under_curve(estimate, state.poor["true"])
    return found


def _long_run(state: YearState) -> Figures:
    lives = state.lives
    assert lives is not None
    if lives.years < LEAST_YEARS:
        return {}
    poverty, patterns = long_run(lives, state.members)
    share = poverty.transient / poverty.total if poverty.total > 0 else np.nan
    found: Figures = {("all", "chronic_gap"): poverty.chronic, ("all", "transient_share"): share}
    return found | {(f"pattern={name}", "poverty_pattern"): value for name, value in patterns.items()}


def of_programmes(state: YearState) -> Figures:
    """Return what each programme reached this year, and how all their money is spread over fifths of income."""
    found: Figures = {
        (f"policy={name}", key): value for name, own in state.reports.items() for key, value in own.items()
    }
    if state.alone is None or not state.programmes:
        return found
    poor = state.alone < state.line
    persons = float(persons_where(poor, state.members))
    for name, programme in state.programmes.items():
        values = programme_values(reached(programme, poor, persons, state.alone, state.members))
        found |= {(f"policy={name}", indicator): value for indicator, value in values.items()}
    paid = total_received(state.programmes, len(state.members))
    shares = benefit_incidence(paid, state.alone, state.members, state.line)
    return found | {(f"fifth={k}", "benefit_incidence"): value for k, value in shares.items()}
