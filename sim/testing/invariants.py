"""What holds of every sound policy, as plain functions that raise AssertionError in words; for pytest or by hand.

All take the name of an installed policy or a class, and a scenario's settings for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tuopin.agents import demography
from tuopin.agents.columns import COLUMNS
from tuopin.agents.county import County
from tuopin.agents.randomness import Luck
from tuopin.policies.ledger import LEAKAGE
from tuopin.policies.own_columns import column_prefix
from tuopin.policies.protocol import Policy
from tuopin.policies.untouched import PolicyFault
from tuopin.sim.run.run import Run
from tuopin.sim.run.state import capture, resume
from tuopin.sim.testing.world import FIRST_YEAR, LAST_YEAR, SCALE, Tried, begun, initial, lived, named, tried, until

Settings = Mapping[str, Any] | None
BESIDE = ("low_income_support",)
NOT_COUNTED = frozenset({"year", "flag", "code", "index", "share", "ratio", "points", "probability"})
"""Units of own columns that may be copied where a household splits: what they hold is no amount."""


def null_effect(policy: str | type[Policy], settings: Settings = None, moves: Sequence[str] = ()) -> None:
    """Without effect it costs money and changes nothing: every base column is what it is without the policy.

    `moves` are columns it may change all the same: what households pay themselves comes out of `savings`, say.

    Raises
    ------
    AssertionError
        Naming the columns that move; or if nobody is enrolled, so that nothing was tried.
    """
    it = tried(policy, settings)
    idle, without = lived([it.made(effect=0.0)]), lived([])
    if it.kind.enrols:
        _some_enrolled(it, idle, "with effect 0 ")
    one, other = without.county.households, idle.county.households
    moved = [name for name in COLUMNS if name not in moves and not _same(one.column(name), other.column(name))]
    if moved:
        raise AssertionError(
            f"{it.name}: with effect 0 it changes {', '.join(moved)}; scale what it adds by `effect`, or name what"
            " households pay themselves in `moves`"
        )


def any_order(policy: str | type[Policy], settings: Settings = None, beside: Sequence[str] = BESIDE) -> None:
    """Neither its place among other policies nor the order of households matters.

    It is run beside others under a name that acts first and one that acts last, with its own luck, and with the
    households shuffled.

    Raises
    ------
    AssertionError
        Naming the columns that differ.
    """
    it = tried(policy, settings)
    first, last = (lived([_renamed(it, prefix), *named(beside)]) for prefix in ("a0_", "zz_"))
    _equal(first, last, f"{it.name}: it matters whether it acts before or after {', '.join(beside)}")
    county = initial()
    county.households = county.households.take(np.argsort(Luck(9, 9).uniform(2, 0, county.households.uid)))
    straight, mixed = lived([it.made()]), lived([it.made()], county=county)
    _equal(straight, mixed, f"{it.name}: the order of households matters")
    if straight.ledger.entries != mixed.ledger.entries:
        raise AssertionError(f"{it.name}: the order of households changes what it pays")


def limits_hold(policy: str | type[Policy], settings: Settings = None) -> None:
    """Money and slots are never exceeded, however short; and without money nobody enters.

    Raises
    ------
    AssertionError
        Saying the year, and what was given and used.
    """
    it = tried(policy, settings)
    own = {key: value for key, value in it.settings.items() if not key.startswith(("budget", "slots"))}
    free = Tried(it.kind, own)
    _some_enrolled(it, lived([it.made()]), "")
    for yuan, slots in ((0.0, None), (2.0e5, None), (5.0e6, None), (None, 100), (5.0e6, 300)):
        run = begun([free.made(budget=yuan, slots=slots)])
        while not run.finished:
            try:
                until(run, run.year + 1)
            except PolicyFault as fault:
                raise AssertionError(f"{it.name}: with a budget of {yuan} and {slots} slots: {fault}") from fault
            _within_limits(it, run, yuan)


def _within_limits(it: Tried, run: Run, yuan: float | None) -> None:
    policy, year = run.programmes[0], run.year
    spent = sum(entry.fen for entry in run.ledger.entries if entry.year == year and entry.policy == it.name)
    given, slots = policy.budget_fen(run.county), policy.slots(run.county)
    new = int((policy.since(run.county) == year).sum())
    if given is not None and spent > given:
        raise AssertionError(f"{it.name}: {spent / 100:.2f} yuan spent in {year}; {given / 100:.2f} were given")
    if slots is not None and new > slots:
        raise AssertionError(f"{it.name}: {new} enrolled in {year}; there were {slots} slots")
    if yuan == 0.0 and (new or spent):
        raise AssertionError(
            f"{it.name}: without money {new} enrolled in {year}, and {spent / 100:.2f} yuan were spent"
        )


def splits_keep(policy: str | type[Policy], settings: Settings = None, copied: Sequence[str] = ()) -> None:
    """Where households split, amounts in its own columns are divided: no debt is doubled, no post given twice.

    `copied` are own columns, without the policy's name, that each part of a household rightly keeps whole.

    Raises
    ------
    AssertionError
        Naming the column, and its total before and after every household has had the chance to split.
    """
    it = tried(policy, settings)
    run = until(begun([it.made()]), FIRST_YEAR + 2)
    county = run.county.fork()
    certain = {"demography.split_rate": 1.0, "demography.split_concentration": 1.0}
    county.parameters = county.parameters.given(certain)
    county.year += 1
    columns = list(_amounts(it.kind, copied))
    before = {name: _total(county, name) for name in columns}
    households = len(county.households)
    demography.age_a_year(county)
    if len(county.households) <= households:
        raise AssertionError(f"{it.name}: no household split, so that nothing was tried")
    for name, was in before.items():
        if (now := _total(county, name)) > was * (1.0 + 1e-6) + 0.01:
            raise AssertionError(
                f"{it.name}: where households split, {name} grows from {was:g} to {now:g} in sum; say split='share' or"
                " 'older' at its declaration, or name it in `copied`"
            )


def resumes(policy: str | type[Policy], settings: Settings = None) -> None:
    """A run that goes on from a saved state is the run that was never interrupted.

    Raises
    ------
    AssertionError
        Naming the columns that differ: most often an attribute of the policy that `keeps` does not name.
    """
    it = tried(policy, settings)
    for year in (FIRST_YEAR, FIRST_YEAR + 1):
        run = until(begun([it.made()]), year)
        again = until(resume(capture(run), [it.made()]), LAST_YEAR)
        until(run, LAST_YEAR)
        said = (
            f"{it.name}: saved at the end of {year} and resumed it goes on otherwise (is an attribute not in `keeps`?)"
        )
        _equal(run, again, said)
        if run.ledger.entries != again.ledger.entries:
            raise AssertionError(f"{said}: other money is paid")


def scales(policy: str | type[Policy], settings: Settings = None, within: float = 0.3) -> None:
    """A part of the county is given that part of what there is: money and members follow the scale.

    They are compared at 2% and 8% of Lushi; `within` is by how much they may differ, by luck and whole numbers.

    Raises
    ------
    AssertionError
        Saying both figures at full size: most often a capacity of the policy that is not declared `scaled: true`.
    """
    it, figures = tried(policy, settings), dict[str, list[float]]()
    for scale in (SCALE, 4 * SCALE):
        made = it.made()
        made.scale = scale
        run = lived([made], scale)
        paid = sum(e.fen for e in run.ledger.entries if e.policy == it.name and e.payer != LEAKAGE) / 100
        figures.setdefault("yuan paid", []).append(paid / scale)
        figures.setdefault("households enrolled", []).append(float(made.enrolled(run.county).sum()) / scale)
    for what, (small, large) in figures.items():
        if abs(small - large) > within * max(small, large):
            raise AssertionError(
                f"{it.name}: {what}, at full size, are {small:,.0f} from {SCALE:.0%} of the county and {large:,.0f}"
                f" from {4 * SCALE:.0%}; declare capacities `scaled: true`, or allow more by `within`"
            )


def all_hold(policy: str | type[Policy], settings: Settings = None) -> None:
    """Everything above with its defaults."""
    for invariant in (null_effect, any_order, limits_hold, splits_keep, resumes, scales):
        invariant(policy, settings)


def _renamed(it: Tried, prefix: str) -> Policy:
    """The policy under another name, and so at another place in the order, with the luck it has under its own."""
    block = it.made().block
    body = {"name": prefix + it.name, "block": property(lambda self: block), "__module__": it.kind.__module__}
    renamed: type[Policy] = type(it.kind.__name__, (it.kind,), body)
    return renamed(it.settings)


def _some_enrolled(it: Tried, run: Run, when: str) -> None:
    if not any(policy.enrolled(run.county).any() for policy in run.programmes):
        raise AssertionError(f"{it.name}: {when}nobody is enrolled, so that nothing was tried; give it money or slots")


def _amounts(kind: type[Policy], copied: Sequence[str]) -> Iterator[str]:
    prefix = f"{column_prefix(kind.name)}_"
    for column in kind.own_columns.declared(kind.name):
        if column.unit not in NOT_COUNTED and column.name.removeprefix(prefix) not in copied:
            yield column.name


def _total(county: County, name: str) -> float:
    return float(np.asarray(county.households.column(name), dtype=np.float64).sum())


def _equal(one: Run, other: Run, said: str) -> None:
    """The two runs end with the same households, whatever their order in memory."""
    first, second = one.county.households, other.county.households
    if not _same(np.sort(first.uid), np.sort(second.uid)):
        raise AssertionError(f"{said}: other households are there")
    rows, others = np.argsort(first.uid), np.argsort(second.uid)
    differ = [name for name in COLUMNS if not _same(first.column(name)[rows], second.column(name)[others])]
    if differ:
        raise AssertionError(f"{said}: {', '.join(differ)} differ")


def _same(one: Any, other: Any) -> bool:
    return bool(one.shape == other.shape and one.tobytes() == other.tobytes())
