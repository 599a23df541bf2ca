"""What a rule of another package's policy may not touch: what it did not declare, money of others, luck of others.

While such a rule runs, the arrays it may read only are read-only to numpy, so that watching costs microseconds a call
and a write fails where it is written. To name what was to be written, the rule is run once more with the arrays open:
the run has failed by then.
"""

from __future__ import annotations

import builtins
import math
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np

from tuopin.agents import randomness
from tuopin.agents.arrays import F64, I64, Array
from tuopin.agents.county import County
from tuopin.agents.flows import COUNTY_TERMS, LINE_TERMS, TERMS, VILLAGE_TERMS, FlowName
from tuopin.agents.parameters import Parameters
from tuopin.agents.randomness import STREAM_OWNERS, STREAMS, TAKE_UP, TARGETING, Draws, Luck, luck_elsewhere
from tuopin.policies.ledger import Ledger
from tuopin.policies.protocol import Policy

_BLOCKS = 4  # sequences that a policy has to itself on the streams all policies share
_SCALARS = ("year", "start", "scale", "level", "in_burn_in", "jobs_in_county")
_PARTS = ("place", "parameters", "households", "villages", "markets", "flows")
_ALLOWED = (
    "allowed: its own columns, the year's terms in rules that write (those of the shocks before them, in `protect`),"
    " and base columns named in `writes`"
)
_REVIEWED: FlowName = "verified_income"
"""What the review writes for others to read."""


class PolicyFault(RuntimeError):
    """A rule of a policy returned, left behind, touched or raised what no rule may."""


def call_watched(
    where: str, policy: Policy, rule: Callable[..., Any], arguments: Sequence[Any], *, terms: bool, early: bool = False
) -> Any:
    """Call `rule(policy, *arguments)`; `terms` says whether it may change the year's terms.

    Those that the shocks read it may change only if it acts before them (`early`): later nobody would read them.

    Raises
    ------
    PolicyFault
        If it writes what is not its own, changes the county's surroundings, posts for another programme, or draws luck
        that is another's.
    """
    county = arguments[0] if arguments and isinstance(arguments[0], County) else None
    if county is None:
        return rule(policy, *arguments)
    process = os.getpid()
    closed = _closed(policy, county, arguments, terms=terms, early=early)
    for array in closed.values():
        array.flags.writeable = False
    try:
        with (
            _python_kept(where),
            _surroundings_kept(where, county, terms=terms, notes="review" in policy.holds),
            _own_luck(where, policy, county),
            _own_money(where, policy, arguments),
        ):
            result = rule(policy, *arguments)
        if os.getpid() != process:  # a rule that forks comes back twice: one of them would be simulated beside the run
            os._exit(1)
        if opened := [name for name, array in closed.items() if array.flags.writeable]:
            raise PolicyFault(f"{where} opens {', '.join(opened)} for writing; {_ALLOWED}")
        return result
    except (ValueError, TypeError, RuntimeError, SystemError) as error:
        if isinstance(error, PolicyFault) or not _is_of_a_write(error):
            raise
        _open(closed)
        touched = _written(policy, county, rule, arguments, closed)
        what = ", ".join(touched) or f"what it was given to read ({error})"
        raise PolicyFault(f"{where} writes to {what}, not its own; {_ALLOWED}") from error
    finally:
        _open(closed)


def _closed(policy: Policy, county: County, arguments: Sequence[Any], *, terms: bool, early: bool) -> dict[str, Array]:
    """The arrays the rule may only read and that are not closed already (by the rule that calls it), by name."""
    own = {column.name for column in policy.columns()}.union(policy.writes)
    found: dict[str, Any] = {f"column {n}": a for n, a in county.households.as_mapping().items() if n not in own}
    reviewed = {_REVIEWED} if "review" in policy.holds else set()
    for name, array in county.flows.as_mapping().items():
        if name not in reviewed and not (terms and name in TERMS and (early or not TERMS[name].early)):
            found[f"{'term' if name in TERMS else 'quantity'} {name}"] = array
    for part in ("villages", "markets"):
        common = {**VILLAGE_TERMS, **LINE_TERMS} if terms else {}
        found |= {f"{part}.{name}": v for name, v in vars(getattr(county, part)).items() if name not in common}
    mine = {column.name for column in policy.village_columns()}
    found |= {f"villages.own {name}": years for name, years in county.villages.own.items() if name not in mine}
    found |= {f"its argument {k}": value for k, value in enumerate(arguments) if isinstance(value, np.ndarray)}
    return {name: a for name, a in found.items() if isinstance(a, np.ndarray) and a.flags.writeable}


def _open(arrays: Mapping[str, Array]) -> None:
    for array in arrays.values():
        array.flags.writeable = True


def _is_of_a_write(error: Exception) -> bool:
    try:
        text = str(error)
    except Exception:
        return False
    return "read-only" in text or "readonly" in text.lower()


def _written(
    policy: Policy, county: County, rule: Callable[..., Any], arguments: Sequence[Any], arrays: Mapping[str, Array]
) -> list[str]:
    """The names of those arrays that the rule changes when it can."""
    before = {name: array.copy() for name, array in arrays.items()}
    with suppress(Exception, SystemExit), _surroundings_kept("", county, terms=True):
        rule(policy, *arguments)
    return [name for name, array in arrays.items() if array.tobytes() != before[name].tobytes()]


@contextmanager
def _surroundings_kept(where: str, county: County, *, terms: bool, notes: bool = False) -> Iterator[None]:
    """What is around the households stays: the year, switches, the households themselves, and Python's own luck.

    Switches, notes and numbers are shared with the scenarios to come, so they are put back. The county's own terms may
    change where `terms` may, its notes where the policy takes the review's place, which leaves some.
    """
    scalars = _SCALARS if terms else (*_SCALARS, *COUNTY_TERMS)
    before = vars(county).copy()
    shared = {name: dict(before[name]) for name in (("mechanisms",) if notes else ("mechanisms", "notes"))}
    uids, parts = county.households.uid, {part: vars(before[part]).copy() for part in ("villages", "markets")}
    elsewhere = luck_elsewhere()
    series = _series(county.parameters)
    changed: list[str] = []
    try:
        with np.errstate():  # what a policy sets there would act on all that follows
            yield
    finally:
        changed += [name for name in scalars if getattr(county, name) != before[name]]
        changed += [name for name in _PARTS if getattr(county, name) is not before[name]]
        changed += [name for name, kept in shared.items() if getattr(county, name) != kept]
        for id, held, kept in series:
            if held != kept:
                changed.append(f"parameter {id}")
                held.clear()
                held.update(kept)
        for name, kept in shared.items():
            before[name].clear()
            before[name].update(kept)
        vars(county).update({name: before[name] for name in (*scalars, *_PARTS, *shared)})
    for part, held in parts.items():
        now = vars(before[part])
        changed += [f"{part}.{name}" for name in held if now[name] is not held[name]]
    if county.households.uid is not uids:
        changed.append("households: some were added, removed or moved")
    if changed:
        raise PolicyFault(f"{where} changes the county's {', '.join(changed)}; {_ALLOWED}")
    if luck_elsewhere() != elsewhere:
        raise PolicyFault(f"{where} draws from Python's or numpy's own random numbers; allowed: county.luck")


def _series(parameters: Parameters) -> list[tuple[str, dict[int, Any], dict[int, Any]]]:
    """The numbers that are dicts of years (all others are frozen): id, the dict itself, and a copy."""
    held = parameters.remember(("dicts of years",), lambda: _dicts(parameters))
    return [(id, part, part.copy()) for id, part in held]


def _dicts(parameters: Parameters) -> list[tuple[str, dict[int, Any]]]:
    parts = [(id, part) for id, number in parameters.entries.items() for part in (number.value, number.changed)]
    return [(id, part) for id, part in parts if isinstance(part, dict)]


@contextmanager
def _python_kept(where: str) -> Iterator[None]:
    """Python and numpy are as before: runs that follow in the same process would be simulated with what is changed."""
    modules = [(module, vars(module).copy()) for module in (np, builtins, math)]
    filters, depth, trace = warnings.filters[:], sys.getrecursionlimit(), sys.gettrace()
    try:
        yield
    finally:
        changed = [f"{m.__name__}.{n}" for m, kept in modules for n, v in kept.items() if vars(m).get(n) is not v]
        for module, kept in modules if changed else ():
            vars(module).update(kept)
        if warnings.filters != filters:  # an import does so too, and means no harm
            warnings.filters[:] = filters  # type: ignore[index]
        if (sys.getrecursionlimit(), sys.gettrace()) != (depth, trace):
            sys.setrecursionlimit(depth)
            sys.settrace(trace)
            changed.append("how Python runs")
    if changed:
        raise PolicyFault(f"{where} changes {', '.join(changed)}; {_ALLOWED}")


class _OwnLuck(Luck):
    """The luck of a replicate as one policy may draw it: of streams its package has declared."""

    def watch(self, where: str, policy: Policy) -> _OwnLuck:
        vars(self).update(_where=where, _policy=policy)
        return self

    def uniforms(self, stream: int, year: int, uids: I64, draws: int = 1, block: int = 0) -> F64:
        self._check(stream, block)
        return super().uniforms(stream, year, uids, draws, block)

    def draws(self, stream: int, year: int, blocks: int = 1, normals: int = 0, block: int = 0) -> Draws:
        self._check(stream, block)
        return super().draws(stream, year, blocks, normals, block)

    def _check(self, stream: int, block: int) -> None:
        """Raise PolicyFault unless who asks for luck has declared the stream; Tuopin's own code may draw any."""
        policy: Policy = vars(self)["_policy"]
        frame = sys._getframe(2)
        while frame.f_back is not None and frame.f_globals.get("__name__") in (__name__, randomness.__name__):
            frame = frame.f_back
        asks = str(frame.f_globals.get("__name__")).partition(".")[0]
        if asks == "tuopin" or STREAM_OWNERS.get(stream) in _packages(policy):
            return
        if stream in (TAKE_UP, TARGETING) and policy.block <= block < policy.block + _BLOCKS:
            return
        names = {number: name for name, number in STREAMS.items()}
        whose = f"the stream {names[stream]!r} ({stream})" if stream in names else f"a stream not declared ({stream})"
        raise PolicyFault(
            f"{vars(self)['_where']} draws luck from {whose}; allowed: a stream of its own package, declared with"
            " declare_stream (numbers from 1000 on)"
        )


def _packages(policy: Policy) -> set[str]:
    return {kind.__module__.partition(".")[0] for kind in type(policy).__mro__} - {"tuopin", "builtins"}


@contextmanager
def _own_luck(where: str, policy: Policy, county: County) -> Iterator[None]:
    luck = county.luck
    county.luck = _OwnLuck(luck.seed, luck.replicate).watch(where, policy)
    try:
        yield
    finally:
        county.luck = luck


@contextmanager
def _own_money(where: str, policy: Policy, arguments: Sequence[Any]) -> Iterator[None]:
    """Money is posted under the policy's own name."""
    ledgers = [argument for argument in arguments if isinstance(argument, Ledger)]
    before = [(ledger.acting, list(ledger.entries), list(ledger.limits)) for ledger in ledgers]
    for ledger in ledgers:
        ledger.acting = policy.name
    try:
        yield
    finally:
        for ledger, (acting, _, _) in zip(ledgers, before, strict=True):
            ledger.acting = acting
    for ledger, (_, *books) in zip(ledgers, before, strict=True):
        if [ledger.entries, ledger.limits] != books:
            raise PolicyFault(f"{where} changes the accounts of closed years; allowed: money posted")
