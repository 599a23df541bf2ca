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

from sim.measures import accumulate as a
from sim.measures.catastrophic import catastrophic
from sim.measures.inequality import gini_and_sst
from sim.measures.labels import VIEWS
from sim.measures.multidimensional import CUTOFF, DIMENSIONS, deprivation_count
from sim.measures.state import YearState
from sim.measures.targeting import targeting_errors
from sim.measures.transitions import CLASSES, income_class, shorrocks_mobility, transition_counts, transition_matrix

Array = NDArray[Any]
NEAR_POOR_LINES = 1.5
"""Near-poor is not poor and below this many lines."""


class Key(NamedTuple):
    """Which figure a value is."""

    view: str
    group: str
    indicator: str


_MOVES = [Key("true", f"class_before={start}", f"move_to_{end}") for start in CLASSES for end in CLASSES]


class Block(NamedTuple):
    """One indicator of one view for all groups: `values` (1 + groups,), everybody first."""

    view: str
    indicator: str
    values: Array


def yearly_indicators(state: YearState) -> list[tuple[str, str, str, float]]:
    """Return (view, group, indicator, value) for every indicator of the year; `yearly_values` is the columnar form."""
    keys, values = yearly_values(state)
    return [(*key, value) for key, value in zip(keys, values.tolist(), strict=True)]


def yearly_values(state: YearState) -> tuple[tuple[Key, ...], NDArray[np.float64]]:
    """Return the keys of all figures of the year and their values, shape (k,), in the same order.

    The keys are one cached tuple for all years of the same kind, so a caller may compare them by identity and keep
    values only. Raises ValueError if an income is not a finite number.
    """
    totals = [_sums(state, batch) for batch in a.batches(state.groups)]
    incomes, wellbeing, *statuses = (
        np.concatenate([sums[0], *(more[1:] for more in sums[1:])]) for sums in zip(*totals, strict=True)
    )
    blocks = _income_blocks(incomes, statuses[0]) + _wellbeing_blocks(state, incomes, wellbeing)
    for view, status in zip(_views(state), statuses, strict=True):
        blocks += _status_blocks(state, view, incomes, status)
    single, extra = _single_values(state)
    labels = tuple((trait, tuple(names)) for trait, (_, names) in state.groups.items())
    keys = _keys(tuple((b.view, b.indicator) for b in blocks), labels, tuple(single))
    return keys, np.concatenate([*(b.values for b in blocks), np.array(extra, dtype=np.float64)])


@lru_cache(maxsize=64)
def _keys(
    blocks: tuple[tuple[str, str], ...], groups: tuple[tuple[str, tuple[str, ...]], ...], single: tuple[Key, ...]
) -> tuple[Key, ...]:
    names = ["all", *(f"{trait}={name}" for trait, labels in groups for name in labels)]
    return tuple(Key(view, group, indicator) for view, indicator in blocks for group in names) + single


def _views(state: YearState) -> list[str]:
    return [view for view in VIEWS if view in state.poor]


def _sums(state: YearState, batch: a.Groups) -> list[a.Totals]:
    """Run the passes for one batch of traits; returns margins of incomes, wellbeing, then status by view."""
    n = len(state.members)
    none = np.zeros(n, dtype=np.bool_)
    cells, shape = a.cells_of(batch, n)
    size = math.prod(shape)
    poor = state.poor["true"]

    incomes = np.zeros((size, a.N_INCOME), dtype=np.int64)
    bad = a.add_incomes(
        cells, state.members, poor, state.income, state.net_income, state.market_income, state.policy_transfers,
        float(state.line), incomes,
    )  # fmt: skip
    if bad:
        raise ValueError(f"{bad} of {n} households have an income that is not a finite number in {state.year}")

    struck = catastrophic(state.medical_payment, state.net_income, state.members, state.subsistence_food)
    flags = np.zeros((size, a.WELLBEING_CODES), dtype=np.int64)
    dimensions = np.zeros((size, a.DIMENSION_CODES), dtype=np.int64)
    a.count_wellbeing(
        cells, state.members, poor, state.registered, deprivation_count(state.deprivations), struck,
        _or(state.sustained_exit, none), _or(state.sustained_exit_net_of_transfers, none), flags, dimensions,
    )  # fmt: skip
    least = int(np.ceil(CUTOFF * len(DIMENSIONS) - 1e-9))
    wellbeing = a.wellbeing_sums(a.margins(flags, shape), a.margins(dimensions, shape), least)

    statuses = []
    for view in _views(state):
        counts = np.zeros((size, a.STATUS_CODES), dtype=np.int64)
        before = none if state.poor_before is None else state.poor_before[view]
        exited = none if state.exited_before is None else state.exited_before[view]
        a.count_status(cells, state.members, state.poor[view], _or(_near_poor(state, view), none), before, exited, counts)
        statuses.append(a.status_sums(a.margins(counts, shape)))
    return [a.margins(incomes, shape), wellbeing, *statuses]


def _or(values: Array | None, otherwise: Array) -> Array:
    return otherwise if values is None else values


def _near_poor(state: YearState, view: str) -> Array | None:
    if view == "registry":
        return state.registry_near_poor
    income = state.income if view == "true" else state.survey_income
    return None if income is None else income < NEAR_POOR_LINES * state.line


def _ratio(part: Array, whole: Array) -> NDArray[np.float64]:
    out = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out


def _income_blocks(sums: a.Totals, status: a.Totals) -> list[Block]:
    persons, net = sums[:, a.PERSONS], sums[:, a.NET_INCOME]
    named = {
        "persons": persons.astype(np.float64),
        "headcount_ratio": _ratio(status[:, a.POOR], persons),
        "poverty_gap": _ratio(sums[:, a.GAP], persons) / a.PER_RATIO,
        "squared_poverty_gap": _ratio(sums[:, a.SQUARED_GAP], persons) / a.PER_RATIO,
        "watts": _ratio(sums[:, a.WATTS], persons) / a.PER_RATIO,
        "mean_income_per_person": _ratio(sums[:, a.INCOME], persons) / a.PER_YUAN,
        "net_income_headcount_ratio": _ratio(sums[:, a.NET_POOR], persons),
        "transfer_share": _ratio(net - sums[:, a.MARKET_INCOME], net),
        "policy_transfer_share": _ratio(sums[:, a.POLICY_TRANSFERS], net),
    }
    return [Block("true", name, values) for name, values in named.items()]


def _wellbeing_blocks(state: YearState, incomes: a.Totals, sums: a.Totals) -> list[Block]:
    persons = incomes[:, a.PERSONS]
    named = {
        "any_deprivation_headcount": _ratio(sums[:, a.DEPRIVED], persons),
        "multidimensional_headcount": _ratio(sums[:, a.MULTIDIMENSIONAL], persons),
        "adjusted_multidimensional_headcount": _ratio(sums[:, a.DEPRIVATIONS], persons) / len(DIMENSIONS),
        "catastrophic_health_spending_rate": _ratio(sums[:, a.CATASTROPHIC], persons),
        "catastrophic_health_spending_household_rate": _ratio(
            sums[:, a.CATASTROPHIC_HOUSEHOLDS], incomes[:, a.HOUSEHOLDS]
        ),
        "exclusion_error": _ratio(sums[:, a.EXCLUDED], sums[:, a.TRULY_POOR]),
        "inclusion_error": _ratio(sums[:, a.INCLUDED], sums[:, a.REGISTERED]),
    }
    if state.sustained_exit is not None:
        named["sustained_exits_persons"] = sums[:, a.SUSTAINED].astype(np.float64)
    if state.sustained_exit_net_of_transfers is not None:
        named["sustained_exits_net_of_transfers_persons"] = sums[:, a.SUSTAINED_ALONE].astype(np.float64)
    blocks = [Block("true", name, values) for name, values in named.items()]
    return [*blocks, Block("registry", "registered_persons", sums[:, a.REGISTERED].astype(np.float64))]


def _status_blocks(state: YearState, view: str, incomes: a.Totals, sums: a.Totals) -> list[Block]:
    named: dict[str, Array] = {}
    if view != "true":  # the true headcount stands with the other measures of income
        named["headcount_ratio"] = _ratio(sums[:, a.POOR], incomes[:, a.PERSONS])
    named["poor_persons"] = sums[:, a.POOR]
    named["poor_households"] = sums[:, a.POOR_HOUSEHOLDS]
    if _near_poor(state, view) is not None:
        named["near_poor_persons"] = sums[:, a.NEAR_POOR]
    if state.poor_before is not None:
        named["exit_rate"] = _ratio(sums[:, a.EXITS], sums[:, a.POOR_BEFORE])
        named["exits_persons"] = sums[:, a.EXITS]
        named["reentry_rate"] = _ratio(sums[:, a.REENTRIES], sums[:, a.AT_RISK])
        named["reentries_persons"] = sums[:, a.REENTRIES]
    return [Block(view, name, values.astype(np.float64)) for name, values in named.items()]


def _single_values(state: YearState) -> tuple[Sequence[Key], Sequence[float]]:
    """Return what is reported for everybody only, or for groups of its own: inequality, programmes, income classes."""
    gini, sst = gini_and_sst(state.income, float(state.line), state.members)
    found = {Key("true", "all", "gini"): gini, Key("true", "all", "sst"): sst}
    for policy, enrolled in state.enrolled.items():
        errors = targeting_errors(state.poor["true"], enrolled, state.members)
        found[Key("true", f"policy={policy}", "exclusion_error")] = errors.exclusion
        found[Key("true", f"policy={policy}", "inclusion_error")] = errors.inclusion
    if state.class_before is not None:
        now = income_class(state.income, state.line)
        matrix = transition_matrix(transition_counts(state.class_before, now, state.members))
        found.update(zip(_MOVES, matrix.ravel().tolist(), strict=True))
        found[Key("true", "all", "shorrocks_mobility")] = shorrocks_mobility(matrix)
    return list(found), list(found.values())
