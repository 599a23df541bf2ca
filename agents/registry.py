"""The registry: who is on it, how a household's status moves, and the initial registration.

Registration is a plain built-in process, the same in all scenarios; the yearly review is `tuopin.agents.review`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tuopin.agents.arrays import F64, I8, I64, Array, Flags
from tuopin.agents.columns import (
    CAUSES,
    EXITED,
    EXITED_UNSTABLE,
    OUTSIDE,
    REGISTERED_POOR,
    RELAPSED,
)
from tuopin.agents.compiled import compiled
from tuopin.agents.county import County
from tuopin.agents.documented import PERSONS
from tuopin.agents.economy import INCOME_FLOOR
from tuopin.agents.health import HOSPITAL_STAY
from tuopin.agents.judgement import judgement_shares, team_error
from tuopin.agents.population import largest_remainder, sizes_to_choose
from tuopin.agents.randomness import REGISTRATION, VERIFICATION
from tuopin.agents.rationing import first_of_each, lowest, whole_part

_MOST_TILT, _TILT_STEPS = 3.0, 16
"""Log points a member by which sizes may be tilted either way, and halvings of that span: swaps settle what is left."""
_MARGIN = 40
"""Households on either side of a village's cut that are tried in a swap."""


def registered(county: County) -> Flags:
    """Registered and not exited, bool per household."""
    status = county.households.registry_status
    result: Flags = (status == REGISTERED_POOR) | (status == RELAPSED)
    return result


def has_exited(status: I8) -> Flags:
    """Off the register after having been on it, stable or not, bool per household of `status`."""
    result: Flags = (status == EXITED) | (status == EXITED_UNSTABLE)
    return result


def move(county: County, rows: I64, status: int) -> None:
    """Give `rows` a registry status, with the years and the recorded cause that go with it.

    Who comes onto the register is registered since this year; a household new to it gets a cause recorded. Who leaves
    it by an exit has exited this year. Doubts about an exit, and their end, leave both years alone.
    """
    h = county.households
    was = h.registry_status[rows]
    listed = (was == REGISTERED_POOR) | (was == RELAPSED)
    if status in (REGISTERED_POOR, RELAPSED):
        new = rows[~listed]
        h.registered_since[new] = county.year
        if status == REGISTERED_POOR:
            h.cause[new] = main_cause(county, new)
    elif status == EXITED:
        h.registry_exit_year[rows[listed]] = county.year
    h.registry_status[rows] = status


def judged_poverty(county: County) -> F64:
    """The score by which households were registered, lower is poorer: judged log income of three years less traits."""
    h, value = county.households, county.value
    mean = (h.net_income_pp + h.net_income_pp_1.astype(np.float64) + h.net_income_pp_2) / 3.0
    visible = (
        (h.chronic > 0).astype(np.float64)
        + (h.disabled > 0)
        + (h.elderly == h.members)
        + (h.housing_grade <= 1)
        + value("registry.student_trait") * (h.upper_students + h.college_students > 0)
    )
    own = county.luck.normals(REGISTRATION, county.year, h.uid)
    noise = judgement_error(county, h.uid, own) * team_error(county)[h.village]
    score: F64 = (
        np.log(np.maximum(mean, INCOME_FLOOR))
        - value("registry.trait_weight") * visible
        + value("registry.registration_noise") * noise
    )
    return score


def register(county: County, households: int, persons: int) -> None:
    """Register exactly `households` households with exactly `persons` persons under village quotas, and earlier exits.

    Quotas follow how many households of a village are judged poor. Sizes enter through one tilt found by bisection; the
    last few persons are settled by swaps at the margin of a village's list.

    Raises
    ------
    ValueError
        If the totals cannot be met.
    """
    h = county.households
    score = judged_poverty(county)
    quota_floor = county.value("registry.quota_floor")
    chosen = _exact_choice(h.village, h.members, h.uid, score, len(county.villages), households, persons, quota_floor)
    rest = np.flatnonzero(~chosen)
    poorest = _earlier_exits(county, rest, score, households)
    _over_report(county, chosen, poorest)
    h.registry_status[:] = OUTSIDE
    h.registry_status[poorest] = EXITED
    h.registry_exit_year[poorest] = county.year - (
        score[poorest] > np.median(score[poorest] if len(poorest) else [0.0])
    )
    h.registry_status[chosen] = REGISTERED_POOR
    h.registered_since[:] = 0
    h.registered_since[chosen] = county.year
    h.registered_since[poorest] = h.registry_exit_year[poorest]
    h.cause[:] = main_cause(county)
    h.cause[h.registered_since == 0] = 0


def _over_report(county: County, chosen: Flags, exited: I64) -> None:
    """Give a share o / (1 + o) of the places on the list to households by lot (o is `registry.over_reporting`).

    Who gives way is drawn by lot too, and his place goes to a household of as many members outside the list, of his
    village if there is one, so that households and persons registered stay as they are. Who `exited` earlier is left
    alone.
    """
    over, h = county.value("registry.over_reporting"), county.households
    if over == 0.0:
        return
    lot = county.luck.uniform(REGISTRATION, county.year, h.uid, 1)
    listed, free = np.flatnonzero(chosen), ~chosen
    free[exited] = False
    leaving = listed[lowest(lot[listed], h.uid[listed], whole_part(over / (1.0 + over), len(listed)))]
    sizes = int(h.members.max()) + 1
    for like in (h.village.astype(np.int64) * sizes + h.members, h.members.astype(np.int64)):
        there = np.flatnonzero(free)
        asked = np.bincount(like[leaving], minlength=int(like.max()) + 1)
        taken = there[first_of_each(like[there], lot[there], h.uid[there], asked)]
        given = np.bincount(like[taken], minlength=len(asked))
        gone = leaving[first_of_each(like[leaving], lot[leaving], h.uid[leaving], given)]
        chosen[gone], chosen[taken], free[taken] = False, True, False
        leaving = np.setdiff1d(leaving, gone, assume_unique=True)


def _earlier_exits(county: County, rest: I64, score: F64, households: int) -> I64:
    """Who of `rest`, who are not registered, had left the register before: the poorest as judged, in order of score.

    They are as many households or persons as the place states (within the last household), else a share of the
    `households` registered.
    """
    h, stated = county.households, county.place.registered_exited
    if stated is None or stated.unit not in PERSONS:
        asked = county.value("registry.earlier_exits") * households
        number = round(asked if stated is None else stated.value * county.scale)
        return rest[lowest(score[rest], h.uid[rest], min(number, len(rest)))]
    order = rest[np.lexsort((h.uid[rest], score[rest]))]
    persons = np.cumsum(h.members[order], dtype=np.int64)
    return order[: int(np.searchsorted(persons, round(stated.value * county.scale), side="right"))]


def judgement_error(county: County, uid: I64, of_year: F64) -> F64:
    """How who keeps the register misjudges each household, standard normal, shape (n,): for life and `of_year`."""
    shares = judgement_shares(county)
    error: F64 = shares.lasting * county.luck.normals(VERIFICATION, 0, uid) + shares.of_year * of_year
    return error


def main_cause(county: County, rows: I64 | slice = slice(None)) -> I8:
    """The cause a form would record for each household of `rows`: the first that applies, illness before others.

    It is illness only if labour was lost to it this year, or the household's own bill is above
    `registry.illness_bill_share` of its net income.
    """
    h = county.households
    student = h.upper_students[rows] + h.college_students[rows] > 0
    cause = np.where(
        h.able_workers[rows] == 0, CAUSES.index("lack_of_labour"), CAUSES.index("lack_of_technology_or_funds")
    )
    cause[student] = CAUSES.index("schooling")
    cause[h.disabled[rows] > 0] = CAUSES.index("disability")
    net = np.maximum(h.net_income_pp[rows], 0.0) * h.members[rows]
    heavy = h.medical_out_of_pocket[rows] > county.value("registry.illness_bill_share") * net
    cause[heavy | (h.health[rows] >= HOSPITAL_STAY)] = CAUSES.index("illness")
    return cause.astype(np.int8)


def _exact_choice(
    village: Array,
    members: Array,
    uid: I64,
    score: F64,
    villages: int,
    households: int,
    persons: int,
    quota_floor: float,
) -> Flags:
    if not households <= len(uid):
        raise ValueError(f"{households} households to register, but only {len(uid)} exist")
    if households == len(uid):  # a place of registered households only
        if persons != int(members.sum()):
            raise ValueError(f"{persons} persons to register, but all households together have {int(members.sum())}")
        return np.ones(len(uid), dtype=np.bool_)
    sizes = np.bincount(village, minlength=villages)
    cut = np.partition(score, households)[households]
    need = np.bincount(village[score < cut], minlength=villages) + quota_floor * sizes
    quota = np.minimum(largest_remainder(need, households), sizes)
    while (short := households - int(quota.sum())) > 0:  # a village cannot list more than it has
        open_villages = np.flatnonzero(quota < sizes)
        quota[open_villages[np.argsort(quota[open_villages] / sizes[open_villages], kind="stable")[:short]]] += 1

    by_village, starts = np.argsort(village, kind="stable"), np.concatenate([[0], np.cumsum(sizes)])
    lists = _Lists(by_village, starts, quota, uid)

    def choose(tilt: float) -> Flags:
        mask = np.zeros(len(uid), dtype=np.bool_)
        _poorest_by_village(lists, score - tilt * members, mask)
        return mask

    low, high = -_MOST_TILT, _MOST_TILT
    for _ in range(_TILT_STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if int(members[choose(middle)].sum()) < persons else (low, middle)
    chosen = choose(0.5 * (low + high))
    _swap_to_total(village, members, uid, score, chosen, persons)
    return chosen


@compiled
def _at_rank(values: F64, rank: int) -> float:
    """Return the value at `rank` (from 0) of `values`, which it reorders: Hoare's selection.

    numpy's own partition takes five seconds to compile in a kernel, and its sort three times as long to run.
    """
    low, high = 0, values.shape[0] - 1
    while low < high:
        pivot, i, j = values[(low + high) // 2], low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i, j = i + 1, j - 1
        if rank <= j:
            high = j
        elif rank >= i:
            low = i
        else:
            break
    found: float = values[rank]
    return found


class _Lists(NamedTuple):
    """Households by village: rows[starts[v]:starts[v + 1]] are those of village v, which may list `quota[v]`."""

    rows: I64
    starts: I64
    quota: I64
    uid: I64


@compiled
def _poorest_by_village(lists: _Lists, score: F64, chosen: Flags) -> None:
    """Mark the `quota[v]` lowest scores of each village v, ties by uid."""
    for v in range(lists.quota.shape[0]):
        mine = lists.rows[lists.starts[v] : lists.starts[v + 1]]
        left = min(lists.quota[v], mine.shape[0])
        if left <= 0:
            continue
        cut = _at_rank(score[mine], left - 1)
        for i in mine:
            if score[i] < cut:
                chosen[i] = True
                left -= 1
        while left > 0:  # of those at the cut, nearly always one
            first = -1
            for i in mine:
                if score[i] == cut and not chosen[i] and (first < 0 or lists.uid[i] < lists.uid[first]):
                    first = i
            chosen[first] = True
            left -= 1


def _swap_to_total(
    village: Array,
    members: Array,
    uid: I64,
    score: F64,
    chosen: Flags,
    persons: int,
) -> None:
    """Swap households one against another within villages until the persons chosen are exactly `persons`."""
    gap = persons - int(members[chosen].sum())
    if gap == 0:
        return
    order = np.lexsort((uid, score, village))
    by_village = np.split(order, np.cumsum(np.bincount(village))[:-1])
    while gap:
        before = gap
        for rows in by_village:
            gap -= _swap(rows, members, chosen, gap, _MARGIN)
            if gap == 0:
                return
        if gap == before:  # no village can: a household of one then gives way to one of another
            gap -= _swap(np.lexsort((uid, score)), members, chosen, gap, 50 * _MARGIN)
        if gap == before:
            _choose_sizes(members, uid, score, chosen, persons)
            return


def _choose_sizes(members: Array, uid: I64, score: F64, chosen: Flags, persons: int) -> None:
    """Choose the poorest of each household size, as many as bring the persons chosen to exactly `persons`.

    For small places whose households are of few sizes: swaps of two get no nearer there.

    Raises
    ------
    ValueError
        If no choice of as many households has so many persons.
    """
    sizes = np.arange(1, int(members.max()) + 1)
    there, near = (np.bincount(m, minlength=len(sizes) + 1)[1:] for m in (members, members[chosen]))
    wanted = sizes_to_choose(there, near, int(chosen.sum()), persons)
    if wanted is None:
        raise ValueError(f"no {int(chosen.sum())} households to register have {persons} persons together")
    order = np.lexsort((uid, score))
    chosen[:] = False
    for size, number in zip(sizes, wanted, strict=True):
        chosen[order[members[order] == size][:number]] = True


def _swap(rows: I64, members: Array, chosen: Flags, gap: int, margin: int) -> int:
    """Swap the two of `rows` (poorest first) nearest the list's end that bring persons nearer; return by how many."""
    inside, outside = rows[chosen[rows]][::-1][:margin], rows[~chosen[rows]][:margin]
    change = members[outside][None, :].astype(int) - members[inside][:, None]
    fits = (change > 0) & (change <= gap) if gap > 0 else (change < 0) & (change >= gap)
    if not fits.any():
        return 0
    a, b = np.unravel_index(int(np.argmax(fits)), fits.shape)
    chosen[inside[a]], chosen[outside[b]] = False, True
    return int(change[a, b])
