"""What a policy of another package returns and leaves behind is checked at every call of a rule.

A fault is said with the policy's name, the rule and what is allowed, and fails the run it happens in; without the
check, a wrong shape would be read past its end by compiled code and a cost of 2**62 fen would wrap around. Policies of
this package are guarded in the tests only, where the check costs nobody anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import numpy as np

from tuopin.agents.columns import COLUMNS
from tuopin.agents.county import County
from tuopin.agents.flows import COUNTY_TERMS, LINE_TERMS, TERMS, VILLAGE_TERMS, Flow
from tuopin.policies.ledger import MOST_FEN, Ledger
from tuopin.policies.measures import measures
from tuopin.policies.observed_need import ObservedNeed
from tuopin.policies.protocol import Policy, Set
from tuopin.policies.units import units_of
from tuopin.policies.untouched import PolicyFault, call_watched
from tuopin.policies.writes import broken_rule, kept_before

MOST_YUAN = 1e9
"""No amount of a household is larger, yuan a year."""
MOST_RATIO = 1e3  # a factor of a rate, price or income beyond it is a mistake of units
MOST_SCORE = 1e300  # any finite score ranks; beyond it lie infinities
MOST_ROUNDS = 100
MOST_PERSONS = 40.0  # members of the largest household that the column holds


def is_built_in(policy: type[Policy]) -> bool:
    """Whether a policy belongs to Tuopin itself."""
    return policy.__module__.partition(".")[0] == "tuopin"


def guarded(policy: type[Policy]) -> type[Policy]:
    """Return a subclass of `policy` that checks the rules it defines at every call."""
    body: dict[str, Any] = {"__module__": policy.__module__, "__qualname__": policy.__qualname__}
    for name in (*_RETURNS, *_WRITES):
        rule = getattr(policy, name)
        if rule is not getattr(Policy, name):
            body[name] = _checked(name, rule)
    if policy.__init__ is not Policy.__init__:
        body["__init__"] = _checked("__init__", policy.__init__)
    return type(policy.__name__, (policy,), body)


def _checked(name: str, rule: Callable[..., Any]) -> Callable[..., Any]:
    """`rule`, whose result is checked as `name` asks, and after which terms and own columns are."""
    check = _RETURNS.get(name)

    @wraps(rule)
    def call(self: Policy, *arguments: Any) -> Any:
        where = f"policy {type(self).name}: {name}"
        county = arguments[0] if arguments and isinstance(arguments[0], County) else None
        before = kept_before(self, county) if county is not None else {}
        spent = arguments[1].spent(self.name) if name in _PAY else 0
        try:
            result = call_watched(where, self, rule, arguments, terms=name in _WRITES, early=name == "protect")
        except PolicyFault:
            raise
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) or type(error).__module__.startswith("tuopin.sim"):
                raise  # Ctrl-C, or a time limit
            raise PolicyFault(f"{where} raised {described(error)}") from error
        if name in _PAY:
            _check_paid(where, self, spent, *arguments)
        if county is not None:
            _check_state(where, self, county, terms=name in _WRITES)
            if broken := broken_rule(before, county):
                raise PolicyFault(f"{where} {broken}")
        if check is not None:
            return check(where, result, self, *arguments)
        if result is not None:
            raise PolicyFault(f"{where} returns {_kind(result)}; it returns nothing")
        if name == "__init__" and not hasattr(self, "resolved"):
            raise PolicyFault(f"{where} leaves the settings out; allowed: super().__init__(settings, luck) first")
        return None

    return call


def described(error: BaseException) -> str:
    """The type and text of an error of somebody else's code, whose text may itself fail."""
    try:
        text = str(error)
    except (Exception, SystemExit, GeneratorExit):
        text = "(its text cannot be made)"
    return f"{type(error).__name__}: {text}".rstrip(": ")


# --- what rules return ---------------------------------------------------------------------------------------------


def _kind(value: object) -> str:
    if isinstance(value, np.ndarray):
        if type(value) is not np.ndarray:
            return f"a {type(value).__name__}"
        return f"an array of {value.dtype} of shape {value.shape}"
    return f"{type(value).__name__} ({value!r:.40})"


def _array(where: str, value: object, kinds: str, shape: tuple[int, ...], allowed: str) -> Any:
    """`value` as the array it has to be: one of the numpy `kinds`, of `shape`, contiguous."""
    wanted = f"{allowed}, shape {shape}"
    if type(value) is not np.ndarray or value.dtype.kind not in kinds or value.shape != shape:
        raise PolicyFault(f"{where} returns {_kind(value)}; allowed: an array of {wanted}")
    return np.ascontiguousarray(value)


def _within(where: str, values: Any, low: float, high: float, what: str) -> None:
    """Every value is a number from `low` to `high`; NaN is not."""
    if len(values) and not (values.min() >= low and values.max() <= high):
        wrong = values[~((values >= low) & (values <= high))][0]
        raise PolicyFault(f"{where} returns {wrong} for a household; allowed: {what} from {low:g} to {high:g}")


def _mask(where: str, value: object, policy: Policy, county: County, *_: object) -> Any:
    return _array(where, value, "b", (len(county.households),), "bool, one a household")


def _units(where: str, value: object, policy: Policy, county: County, *_: object) -> Any:
    size = len(units_of(county, policy.level).uid)
    return _array(where, value, "b", (size,), f"bool, one a {policy.level}")


def _fit(where: str, value: object, policy: Policy, county: County, *_: object) -> Any:
    return True if value is True else _units(where, value, policy, county)


def _referrals(where: str, value: object, policy: Policy, county: County) -> Any:
    allowed = f"allowed: shares by measure, of {', '.join(measures())}"
    if not isinstance(value, Mapping):
        raise PolicyFault(f"{where} returns {_kind(value)}; {allowed}")
    for name in value:
        if name not in measures():
            raise PolicyFault(f"{where} sends to the measure {name!r:.60}; {allowed}")
    what = "shares of the year"
    return {m: _numbers(where, share, len(county.households), 0.0, 1.0, what) for m, share in value.items()}


def _hours(where: str, value: object, policy: Policy, county: County) -> Any:
    return None if value is None else _numbers(where, value, len(county.villages), 0.0, MOST_YUAN, "hours")


def _shares(where: str, value: object, policy: Policy, county: County, rows: Any) -> Any:
    return _numbers(where, value, len(rows), 0.0, 1.0, "shares of the year")


def _choice(where: str, value: object, policy: Policy, county: County, willing: Mapping[str, Any], *_: object) -> Any:
    if not isinstance(value, Mapping) or set(value) != set(willing):
        raise PolicyFault(f"{where} returns {_kind(value)}; allowed: rows for each of {', '.join(willing)}")
    chosen = {}
    for name, rows in value.items():
        size = len(rows) if isinstance(rows, np.ndarray) and rows.ndim == 1 else 0
        found = _array(where, rows, "iu", (size,), "rows (int64)").astype(np.int64, copy=False)
        if size and ((np.diff(found) <= 0).any() or not np.isin(found, willing[name]).all()):
            raise PolicyFault(f"{where} returns rows that are not willing, or not ascending; allowed: some of them")
        chosen[name] = found
    return chosen


def _rounds(where: str, value: object, *_: object) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 1 <= value <= MOST_ROUNDS:
        raise PolicyFault(f"{where} returns {_kind(value)}; allowed: a whole number from 1 to {MOST_ROUNDS}")
    return int(value)


def _numbers(where: str, value: object, size: int, low: float, high: float, what: str) -> Any:
    found = _array(where, value, "fiu", (size,), f"float64 ({what})").astype(np.float64, copy=False)
    _within(where, found, low, high, what)
    return found


def _size(policy: Policy, county: County, rows: Any) -> int:
    if not isinstance(rows, slice):
        return len(rows)
    return len(range(*rows.indices(len(units_of(county, policy.level).uid))))


def _need(where: str, value: object, policy: Policy, county: County, rows: Any) -> Any:
    return _numbers(where, value, _size(policy, county, rows), -MOST_SCORE, MOST_SCORE, "finite scores")


def _rank(where: str, value: object, policy: Policy, county: County, rows: Any, *_: object) -> Any:
    return _numbers(where, value, len(rows), -MOST_SCORE, MOST_SCORE, "finite scores")


def _index(where: str, value: object, *_: object) -> Any:
    if isinstance(value, bool) or not (isinstance(value, (int, float, np.number)) and 0.0 <= value < np.inf):
        raise PolicyFault(f"{where} returns {_kind(value)}; allowed: a finite number from 0")
    return float(value)


def _report(where: str, value: object, policy: Policy, *_: object) -> Any:
    declared = [report.name for report in policy.reports]
    numbers = isinstance(value, Mapping) and all(isinstance(x, (int, float, np.number)) for x in value.values())
    if not numbers or not set(value) <= set(declared):  # type: ignore[call-overload]
        allowed = f"a number by name of a figure in `reports` ({', '.join(declared) or 'none'})"
        raise PolicyFault(f"{where} returns {_kind(value)}; allowed: {allowed}")
    return value


def _influence(where: str, value: object, policy: Policy, *_: object) -> Any:
    factors, values = ", ".join(policy.influences) or "no id", ", ".join(policy.sets) or "no id"
    allowed = f"allowed: by id, factors from 0 to {MOST_RATIO:g} of {factors}, Set(number) of {values}"
    if not isinstance(value, Mapping):
        raise PolicyFault(f"{where} returns {_kind(value)}; {allowed}")
    for id, move in value.items():
        number = move.value if isinstance(move, Set) else move
        known = policy.sets if isinstance(move, Set) else policy.influences
        plain = isinstance(number, (int, float, np.number)) and not isinstance(number, bool)
        most = MOST_YUAN if isinstance(move, Set) else MOST_RATIO
        if id not in known or not plain or not 0.0 <= number <= most:
            raise PolicyFault(f"{where} returns {_kind(move)} for {id!r:.60}; {allowed}")
    return value


def _take_up(where: str, value: object, policy: Policy, county: County, rows: Any) -> Any:
    if isinstance(value, (float, int, np.floating, np.integer)) and not isinstance(value, bool):
        if not 0.0 <= value <= 1.0:
            raise PolicyFault(f"{where} returns {value}; allowed: a probability from 0 to 1")
        return float(value)
    return _numbers(where, value, len(rows), 0.0, 1.0, "probabilities")


def _uniforms(where: str, value: object, policy: Policy, county: County, rows: Any) -> Any:
    return _numbers(where, value, len(rows), 0.0, 1.0, "uniforms")


def _gain(where: str, value: object, policy: Policy, county: County) -> Any:
    return _numbers(where, value, len(county.households), -MOST_YUAN, MOST_YUAN, "yuan a person and year")


def _fen(where: str, value: object, size: int) -> Any:
    found = _array(where, value, "iu", (size,), "whole fen (int64)")
    _within(where, found, 0, MOST_FEN, "whole fen")
    return found.astype(np.int64, copy=False)


def _unit_cost(where: str, value: object, policy: Policy, county: County, rows: Any, *_: object) -> Any:
    return _fen(where, value, len(rows))


def _affordable(where: str, value: object, policy: Policy, county: County, rows: Any, left: int, *_: object) -> Any:
    if not isinstance(value, tuple) or len(value) != 2:
        raise PolicyFault(f"{where} returns {_kind(value)}; allowed: rows and the cost of each")
    size = len(value[0]) if isinstance(value[0], np.ndarray) and value[0].ndim == 1 else 0
    chosen = _array(where, value[0], "iu", (size,), "rows (int64)").astype(np.int64, copy=False)
    if size and ((np.diff(chosen) <= 0).any() or not np.isin(chosen, rows).all()):
        raise PolicyFault(
            f"{where} returns rows that are no applicants, or not ascending; allowed: some of the rows given"
        )
    cost = _fen(where, value[1], size)
    total = sum(cost.tolist())
    if total > left:
        raise PolicyFault(f"{where} returns costs of {total} fen together; allowed: the {left} fen left")
    slots = policy.slots(county)
    if slots is not None and size > slots:
        raise PolicyFault(f"{where} returns {size} households; allowed: the year's {slots} slots")
    return chosen, cost


def _room(where: str, value: object, policy: Policy, county: County, rows: Any) -> Any:
    places = _array(where, value, "iu", (len(rows),), "places (int64, -1 for none), not a mask")
    _within(where, places, -1, 2**31, "places")
    return places.astype(np.int64, copy=False)


def _observed(where: str, value: object, *_: object) -> Any:
    if not isinstance(value, ObservedNeed):
        raise PolicyFault(f"{where} returns {_kind(value)}; allowed: an ObservedNeed")
    return value


def _limit(where: str, value: object, *_: object) -> Any:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if value is not None and not (whole and 0 <= value <= 2**62):  # type: ignore[operator]
        raise PolicyFault(
            f"{where} returns {_kind(value)}; allowed: None (unlimited) or a whole number from 0 to 2**62"
        )
    return None if value is None else int(value)  # type: ignore[call-overload]


def _setting(where: str, value: object, policy: Policy, name: str, year: int, *_: object) -> Any:
    if value is not None and not (isinstance(value, (int, float, np.number, np.bool_)) and np.isfinite(value)):
        raise PolicyFault(f"{where} returns {_kind(value)} for {name} in {year}; allowed: a finite number, or None")
    return value


_RETURNS: Mapping[str, Callable[..., Any]] = {
    "withdraw": _units,
    "eligible": _units,
    "target": _units,
    "suitable": _fit,
    "refer": _referrals,
    "choose": _choice,
    "rounds": _rounds,
    "work": _hours,
    "share_of_year": _shares,
    "enrolled": _mask,
    "observe": _observed,
    "need": _need,
    "rank": _rank,
    "served": _mask,
    "report": _report,
    "influence": _influence,
    "money_index": _index,
    "take_up": _take_up,
    "willingness": _uniforms,
    "unit_cost": _unit_cost,
    "yearly_cost": _unit_cost,
    "entry_cost": _unit_cost,
    "affordable": _affordable,
    "room": _room,
    "expected_gain": _gain,
    "value": _setting,
    "setting": _setting,
    "budget_fen": _limit,
    "slots": _limit,
}

# --- what rules leave behind ---------------------------------------------------------------------------------------

_WRITES = (
    "prepare",
    "protect",
    "strike",
    "release",
    "recount",
    "enrol",
    "pay_enrolment",
    "pay_members",
    "settle",
    "review",
    "change_terms",
    "employ",
    "reimburse",
    "transfer",
)

_PAY = ("pay_enrolment", "pay_members")
"""Rules that must post the whole cost they are given."""

_BOUNDS = {
    "persons": (0.0, MOST_PERSONS),
    "ratio": (0.0, MOST_RATIO),
    "yuan/year": (-MOST_YUAN, MOST_YUAN),
    "share": (-1.0, 1.0),
}
"""Of a term, by its unit: the lowest and the highest value."""


def _check_state(where: str, policy: Policy, county: County, *, terms: bool) -> None:
    """The policy's own columns hold what they are declared to hold, and the year's terms are finite and in bounds."""
    households = county.households
    for column in (*policy.columns(), *(COLUMNS[name] for name in policy.writes)):
        if column.name in households.table:
            _check_left(where, column.name, households.column(column.name), column.low, column.high, column.unit)
    for column in policy.village_columns():
        if column.name in county.villages.own:
            _check_left(where, column.name, county.villages.column(column.name), column.low, column.high, column.unit)
    for name, flow in TERMS.items() if terms and county.flows.begun else ():
        low, high = _bounds(flow)
        _check_left(where, name, county.flows.array(name), low, high, flow.unit)
    parts = (("", county, COUNTY_TERMS), ("villages.", county.villages, VILLAGE_TERMS))
    for prefix, part, common in (*parts, ("markets.", county.markets, LINE_TERMS)) if terms else ():
        for name, term in common.items():
            _check_left(where, prefix + name, np.atleast_1d(getattr(part, name)), term.least, term.most, term.unit)


def _check_paid(where: str, policy: Policy, before: int, county: County, ledger: Ledger, rows: Any, fen: Any) -> None:
    """What enrolment was to cost has been posted, whoever pays it."""
    posted, due = ledger.spent(policy.name) - before, int(fen.sum())
    if posted != due:
        raise PolicyFault(f"{where} posts {posted} fen; allowed: all of the {due} fen that `affordable` said")


def _bounds(flow: Flow) -> tuple[float, float]:
    low, high = _BOUNDS.get(flow.unit, (-MOST_YUAN, MOST_YUAN))
    return (low if flow.least is None else flow.least, high)


def _check_left(where: str, name: str, values: Any, low: float, high: float, unit: str) -> None:
    if len(values) and not (values.min() >= low and values.max() <= high):
        wrong = values[~((values >= low) & (values <= high))][0]
        raise PolicyFault(f"{where} leaves {wrong} in {name}; allowed: {low:g} to {high:g} {unit}")
