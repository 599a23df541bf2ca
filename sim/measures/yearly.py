"""Every indicator of one year, for everybody and for each group, from one pass over the households.

A share of nobody (0/0) has no value and is NaN, never 0: an exit rate of a group without poor is unknown. Counts of
nobody are 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuopin.sim.measures import accumulate as a
from tuopin.sim.measures.catastrophic import catastrophic
from tuopin.sim.measures.counting import persons_where, share_of_persons
from tuopin.sim.measures.inequality import gini_and_sst
from tuopin.sim.measures.multidimensional import DIMENSIONS, deprivation_count, least_deprivations
from tuopin.sim.measures.single import of_programmes, whole_county
from tuopin.sim.measures.state import YearState, check_state
from tuopin.sim.measures.targeting import targeting_errors
from tuopin.sim.measures.transitions import (
    CLASSES,
    income_class,
    shorrocks_mobility,
    transition_counts,
    transition_matrix,
)
from tuopin.sim.measures.views import TRACKED

Array = NDArray[Any]
NEAR_POOR_LINES = 1.5
"""Near-poor is not poor and below this many lines."""


class Key(NamedTuple):
    """Which figure a value is."""

    view: str
    group: str
    indicator: str


class Keys(tuple[Key, ...]):
    """The keys of a year's figures. There are hundreds and years share them, so their hash is worked out once."""

    def __hash__(self) -> int:
        if "hash" not in vars(self):
            vars(self)["hash"] = super().__hash__()
        return int(vars(self)["hash"])


_MOVES = [Key("true", f"class_before={start}", f"move_to_{end}") for start in CLASSES for end in CLASSES]


class Block(NamedTuple):
    """One indicator of a view for all groups, everybody first, (1 + groups,): part / whole / unit, or a count."""

    view: str
    indicator: str
    part: Array
    whole: Array | None = None
    unit: float = 1.0


def yearly_values(state: YearState) -> tuple[Keys, NDArray[np.float64]]:
    """Return the keys of all figures of the year and their values, shape (k,), in the same order.

    The keys are one cached tuple for all years of the same kind, so a caller may compare them by identity and keep
    values only.

    Raises
    ------
    ValueError
        If an income is not a finite number, or the state is not sound (`check_state`).
    """
    check_state(state)
    totals = [_sums(state, batch) for batch in a.batches(state.groups)]
    incomes, wellbeing, cohort, *statuses = (
        np.concatenate([sums[0], *(more[1:] for more in sums[1:])]) for sums in zip(*totals, strict=True)
    )
    blocks = _income_blocks(incomes, statuses[0]) + _wellbeing_blocks(incomes, wellbeing)
    blocks += _cohort_blocks(state, cohort, statuses[0])
    for view, status in zip(_views(state), statuses, strict=True):
        blocks += _status_blocks(state, view, incomes, status)
    single, extra = _single_values(state)
    labels = tuple((trait, tuple(names)) for trait, (_, names) in state.groups.items())
    keys = _keys(tuple((b.view, b.indicator) for b in blocks), labels, tuple(single))
    return keys, np.concatenate([_quotients(blocks), np.array(extra, dtype=np.float64)])


@lru_cache(maxsize=64)
def _keys(
    blocks: tuple[tuple[str, str], ...], groups: tuple[tuple[str, tuple[str, ...]], ...], single: tuple[Key, ...]
) -> Keys:
    names = ["all", *(f"{trait}={name}" for trait, labels in groups for name in labels)]
    return Keys((*(Key(view, group, indicator) for view, indicator in blocks for group in names), *single))


def _views(state: YearState) -> list[str]:
    return [view for view in TRACKED if view in state.poor]


def _sums(state: YearState, batch: a.Groups) -> list[a.Totals]:
    """Run the passes for one batch of traits; returns margins of incomes, wellbeing, then status by view."""
    n = len(state.members)
    none = np.zeros(n, dtype=np.bool_)
    cells, shape = a.cells_of(batch, n)
    size = math.prod(shape)
    poor = state.poor["true"]

    incomes = np.zeros((size, a.N_INCOME), dtype=np.int64)
    bad = a.add_incomes(
        a.Incomes(
            cells=cells,
            members=state.members,
            poor=poor,
            income=state.income,
            net=state.net_income,
            market=state.market_income,
            policy_transfers=state.policy_transfers,
        ),
        float(state.line),
        incomes,
    )
    if bad:
        raise ValueError(f"{bad} of {n} households have an income that is not a finite number in {state.year}")

    struck = catastrophic(state.medical_payment, state.net_income, state.members, state.subsistence_food)
    flags = np.zeros((size, a.WELLBEING_CODES), dtype=np.int64)
    dimensions = np.zeros((size, a.DIMENSION_CODES), dtype=np.int64)
    a.count_wellbeing(
        a.Wellbeing(
            cells=cells,
            members=state.members,
            poor=poor,
            registered=state.registered,
            deprived=deprivation_count(state.deprivations),
            catastrophic=struck,
        ),
        a.WellbeingCounts(by_flags=flags, by_dimensions=dimensions),
    )
    wellbeing = a.wellbeing_sums(a.margins(flags, shape), a.margins(dimensions, shape), least_deprivations())
    cohort = np.zeros((size, a.N_COHORT), dtype=np.int64)
    if state.cohort is not None:
        a.add_cohort(a.Cohort(cells, *state.cohort), cohort)

    statuses, near = [], _near_poor(state)
    for view in _views(state):
        counts = np.zeros((size, a.STATUS_CODES), dtype=np.int64)
        status = a.Status(
            cells=cells,
            members=state.members,
            poor=state.poor[view],
            near=near.get(view, none),
            before=none if state.poor_before is None else state.poor_before[view],
            exited=none if state.exited_before is None else state.exited_before[view],
        )
        a.count_status(status, counts)
        statuses.append(a.status_sums(a.margins(counts, shape)))
    return [a.margins(incomes, shape), wellbeing, a.margins(cohort, shape), *statuses]


def _or(values: Array | None, otherwise: Array) -> Array:
    return otherwise if values is None else values


def _near_poor(state: YearState) -> dict[str, Array]:
    known = {"true": state.income, "survey": state.survey_income}
    near = {view: income < NEAR_POOR_LINES * state.line for view, income in known.items() if income is not None}
    return near if state.registry_near_poor is None else {**near, "registry": state.registry_near_poor}


def _knows_near_poor(state: YearState, view: str) -> bool:
    return {"true": state.income, "registry": state.registry_near_poor, "survey": state.survey_income}[view] is not None


def _quotients(blocks: Sequence[Block]) -> NDArray[np.float64]:
    """Return the values of all blocks, one block after the other; 0/0 is NaN."""
    one = np.ones(len(blocks[0].part))
    parts = np.array([b.part for b in blocks], dtype=np.float64)
    wholes = np.array([one if b.whole is None else b.whole for b in blocks], dtype=np.float64)
    values = np.full(parts.shape, np.nan)
    np.divide(parts, wholes, out=values, where=wholes > 0)
    values /= np.array([[b.unit] for b in blocks])
    return values.ravel()


def _income_blocks(sums: a.Totals, status: a.Totals) -> list[Block]:
    persons, net = sums[:, a.PERSONS], sums[:, a.NET_INCOME]
    return [
        Block("true", "persons", persons),
        Block("true", "headcount_ratio", status[:, a.POOR], persons),
        Block("true", "poverty_gap", sums[:, a.GAP], persons, a.PER_RATIO),
        Block("true", "squared_poverty_gap", sums[:, a.SQUARED_GAP], persons, a.PER_RATIO),
        Block("true", "watts", sums[:, a.WATTS], persons, a.PER_RATIO),
        Block("true", "mean_income_per_person", sums[:, a.INCOME], persons, a.PER_YUAN),
        Block("true", "net_income_headcount_ratio", sums[:, a.NET_POOR], persons),
        Block("true", "transfer_share", net - sums[:, a.MARKET_INCOME], net),
        Block("true", "policy_transfer_share", sums[:, a.POLICY_TRANSFERS], net),
    ]


def _wellbeing_blocks(incomes: a.Totals, sums: a.Totals) -> list[Block]:
    persons, households, struck = incomes[:, a.PERSONS], incomes[:, a.HOUSEHOLDS], sums[:, a.CATASTROPHIC_HOUSEHOLDS]
    return [
        Block("true", "any_deprivation_headcount", sums[:, a.DEPRIVED], persons),
        Block("true", "multidimensional_headcount", sums[:, a.MULTIDIMENSIONAL], persons),
        Block("true", "adjusted_multidimensional_headcount", sums[:, a.DEPRIVATIONS], persons, len(DIMENSIONS)),
        Block("true", "catastrophic_health_spending_rate", sums[:, a.CATASTROPHIC], persons),
        Block("true", "catastrophic_health_spending_household_rate", struck, households),
        Block("true", "exclusion_error", sums[:, a.EXCLUDED], sums[:, a.TRULY_POOR]),
        Block("true", "inclusion_error", sums[:, a.INCLUDED], sums[:, a.REGISTERED]),
        Block("registry", "registered_persons", sums[:, a.REGISTERED]),
    ]


def _cohort_blocks(state: YearState, cohort: a.Totals, status: a.Totals) -> list[Block]:
    """What is counted from the initial state on: sustained exits (unknown before three assessments), poverty-years."""
    before = state.poverty_years_before
    years = np.zeros(len(status)) if before is None else before + status[:, a.POOR]
    known = cohort * (np.nan if state.cohort is None else 0.001)
    return [
        Block("true", "sustained_exits_persons", known[:, a.SUSTAINED]),
        Block("true", "sustained_exits_own_strength_persons", known[:, a.OWN_STRENGTH]),
        Block("true", "poverty_years_persons", years),
    ]


def _status_blocks(state: YearState, view: str, incomes: a.Totals, sums: a.Totals) -> list[Block]:
    blocks = []
    if view != "true":  # the true headcount stands with the other measures of income
        blocks.append(Block(view, "headcount_ratio", sums[:, a.POOR], incomes[:, a.PERSONS]))
    blocks.append(Block(view, "poor_persons", sums[:, a.POOR]))
    blocks.append(Block(view, "poor_households", sums[:, a.POOR_HOUSEHOLDS]))
    if _knows_near_poor(state, view):
        blocks.append(Block(view, "near_poor_persons", sums[:, a.NEAR_POOR]))
    if state.poor_before is not None:
        blocks.append(Block(view, "exit_rate", sums[:, a.EXITS], sums[:, a.POOR_BEFORE]))
        blocks.append(Block(view, "exits_persons", sums[:, a.EXITS]))
        blocks.append(Block(view, "first_exits_persons", sums[:, a.FIRST_EXITS]))
        blocks.append(Block(view, "reentry_rate", sums[:, a.REENTRIES], sums[:, a.AT_RISK]))
        blocks.append(Block(view, "reentries_persons", sums[:, a.REENTRIES]))
    return blocks


def _single_values(state: YearState) -> tuple[Sequence[Key], Sequence[float]]:
    """Return what is reported for everybody only, or for groups of its own: inequality, programmes, income classes."""
    gini, sst = gini_and_sst(state.income, float(state.line), state.members)
    found = {Key("true", "all", "gini"): gini, Key("true", "all", "sst"): sst}
    for policy, enrolled in state.enrolled.items():
        errors = targeting_errors(poor=state.poor["true"], reached=enrolled, members=state.members)
        found[Key("true", f"policy={policy}", "exclusion_error")] = errors.exclusion
        found[Key("true", f"policy={policy}", "inclusion_error")] = errors.inclusion
    if state.class_before is not None:
        now = income_class(state.income, state.line)
        matrix = transition_matrix(transition_counts(state.class_before, now, state.members))
        found.update(zip(_MOVES, matrix.ravel().tolist(), strict=True))
        found[Key("true", "all", "shorrocks_mobility")] = shorrocks_mobility(matrix)
    for (group, indicator), value in (whole_county(state) | of_programmes(state)).items():
        found[Key("true", group, indicator)] = value
    for view, poor in (("consumption", state.consumption_poor), ("official", state.official_poor)):
        if poor is not None:
            found[Key(view, "all", "headcount_ratio")] = share_of_persons(poor, state.members)
            found[Key(view, "all", "poor_persons")] = float(persons_where(poor, state.members))
    return list(found), list(found.values())
