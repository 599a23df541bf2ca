"""Targeting of the register and the programmes, and what programmes did to the households in them.

Effects are paired: the same household under the scenario and under `none`, with the same luck.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tuopin.agents.draws import resolve_parameters
from tuopin.policies.catalogue import catalogue
from tuopin.sim.calibration.histories import Histories, HouseholdYear
from tuopin.sim.calibration.weighted import Measure, every_year, mean, paired, share


def _register_error(kind: str) -> Measure:
    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        poor, listed = h["poor_true"], h["registered"]
        return share(~listed, poor, h["members"]) if kind == "exclusion" else share(~poor, listed, h["members"])

    return every_year(measure)


def _allowance_error(kind: str) -> Measure:
    """Errors of the allowance, judged by net income before policy transfers against the allowance standard."""

    def measure(histories: Histories, scenario: str, year: int) -> float:
        h, standard = histories.year(scenario, year), histories.scenarios[scenario].standards[year]
        entitled = h["net_income_pp"] - h["policy_transfers"] / h["members"] < standard
        reached = h["low_income_support_since"] > 0
        if kind == "exclusion":
            return share(~reached, entitled, h["members"])
        return share(~entitled, reached, h["members"])

    return every_year(measure)


def _allowance_misdirected(histories: Histories, scenario: str, year: int) -> float:
    """Share of beneficiary persons who are not among the poorest equally many persons by income before the allowance.

    At equal numbers the exclusion and the inclusion error are the same figure.
    """
    h = histories.year(scenario, year)
    before = h["net_income_pp"] - h["policy_transfers"] / h["members"]
    reached = h["low_income_support_since"] > 0
    order = before.sort_values(kind="stable").index
    upto = h["members"].loc[order].cumsum()
    poorest = (upto <= h["members"][reached].sum()).reindex(h.index)
    return share(~poorest, reached, h["members"])


def _allowance_coverage(histories: Histories, scenario: str, year: int) -> float:
    h = histories.year(scenario, year)
    return mean((h["low_income_support_yuan"] > 0.0).astype(float), h["members"])


def _allowance_paid(five_guarantees: bool) -> Measure:
    """Allowance a person against the standard: of five-guarantee households, or of the others.

    The former are paid the whole standard a person or more, the latter a tier below it.
    """

    def measure(histories: Histories, scenario: str, year: int) -> float:
        h, standard = histories.year(scenario, year), histories.scenarios[scenario].standards[year]
        paid, persons = h["low_income_support_yuan"], h["members"]
        whole = paid / persons >= standard
        chosen = (paid > 0.0) & (whole == five_guarantees)
        return float(paid[chosen].sum() / persons[chosen].sum() / standard) if chosen.any() else np.nan

    return every_year(measure)


def _gain(chosen: pd.Series, with_policy: HouseholdYear, without: HouseholdYear) -> float:
    """Mean net income of the `chosen` households under the policy against the same households without it."""
    one, other = with_policy[chosen], without[chosen]
    return mean(one["net_income_pp"], one["members"]) / mean(other["net_income_pp"], other["members"]) - 1.0


def _relocation_gain(histories: Histories, scenario: str, year: int) -> float:
    """Of registered households moved three years before `year` or earlier."""
    with_policy, without = paired(histories, (scenario, "none"), year)
    since = with_policy["relocation_since"]
    moved = (since > 0) & (since <= year - 3) & with_policy["registered_at_start"]
    return _gain(moved, with_policy, without) if moved.any() else np.nan


def _cooperative_gain(effective: bool) -> Measure:
    def measure(histories: Histories, scenario: str, year: int) -> float:
        with_policy, without = paired(histories, (scenario, "none"), year)
        member = with_policy["cooperative_since"] > 0
        if effective:
            member &= with_policy["cooperative_effective"].astype(bool)
        return _gain(member, with_policy, without) if member.any() else np.nan

    return every_year(measure)


def _relocated_employed(histories: Histories, scenario: str, year: int) -> float:
    """Share of relocated households with an able worker in which somebody works off-farm."""
    h = histories.year(scenario, year)
    h = h[(h["relocation_since"] > 0) & (h["able_workers"] > 0)]
    return float((h["off_farm"] + h["relocation_workers"] > 0).mean()) if len(h) else np.nan


def _relocated_persons(registered: bool) -> Measure:
    """Persons living at sites against persons of the county registered in the first year (ratio)."""

    def measure(histories: Histories, scenario: str, year: int) -> float:
        h = histories.year(scenario, year)
        start = histories.year(scenario, min(histories.scenarios[scenario].households))
        moved = (h["relocation_since"] > 0) & (h["registered_at_start"] == registered)
        return float(h["members"][moved].sum() / start["members"][start["registered"]].sum())

    return every_year(measure)


def _cooperative_members(histories: Histories, scenario: str, year: int) -> float:
    """Share of the households registered at the start that are linked to a firm, in name."""
    h = histories.year(scenario, year)
    return float((h["cooperative_since"] > 0)[h["registered_at_start"]].mean())


def _reported(policy: str, indicator: str) -> Measure:
    """A figure of a programme as the run's own tables give it."""

    def measure(histories: Histories, scenario: str, year: int) -> float:
        reported = histories.scenarios[scenario].reported
        return reported.get((year, f"policy={policy}", indicator), np.nan)

    return every_year(measure)


def _peer_take_up(histories: Histories, scenario: str, years: tuple[int, ...]) -> float:
    """Rise of the probability to join a cooperative with the share of the village that left poverty a year before.

    The slope of the model's rule at the stated parameters: peers act through motivation, motivation on refusals.
    """
    value, own = resolve_parameters({}).value, catalogue()["cooperative"].parameters
    take_up = float(own["take_up"].value)  # type: ignore[arg-type]
    return (1.0 - take_up) * value("labour.motivation_effect") * value("learning.peer_gain")


MEASURES: dict[str, Measure] = {
    "register_exclusion": _register_error("exclusion"),
    "register_inclusion": _register_error("inclusion"),
    "allowance_exclusion": _allowance_error("exclusion"),
    "allowance_inclusion": _allowance_error("inclusion"),
    "allowance_misdirected": every_year(_allowance_misdirected),
    "allowance_coverage": every_year(_allowance_coverage),
    "allowance_paid": _allowance_paid(five_guarantees=False),
    "five_guarantees_paid": _allowance_paid(five_guarantees=True),
    "allowance_retention": _reported("low_income_support", "retention"),
    "peer_take_up": _peer_take_up,
    "relocation_gain": every_year(_relocation_gain),
    "cooperative_gain": _cooperative_gain(effective=True),
    "cooperative_gain_nominal": _cooperative_gain(effective=False),
    "cooperative_members": every_year(_cooperative_members),
    "relocated_employed": every_year(_relocated_employed),
    "relocated_registered": _relocated_persons(True),
    "relocated_neighbours": _relocated_persons(False),
}
